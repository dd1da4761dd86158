#!/usr/bin/python3
"""Tests of codegen: patterns against Python's own regular expressions, and what must not build."""
import functools
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path.insert(0, HERE)
import codegen  # noqa: E402
from regex import EQUIVALENT, Unsupported, compile_pattern  # noqa: E402


compiled = functools.lru_cache(None)(compile_pattern)


def matches(pattern, text):
    ranges, _, table, accepting = compiled(pattern)
    state = 1
    for c in text:
        state = table[state][next((n for low, high, n in ranges if low <= ord(c) <= high), 0)]
    return bool(accepting[state])


def model_patterns():
    found = set()
    for name in sorted(os.listdir(os.path.join(ROOT, "models"))):
        if name.endswith(".json") and name.count(".") == 1:
            with open(os.path.join(ROOT, "models", name)) as f:
                for shape in json.load(f)["shapes"].values():
                    found.add(shape.get("traits", {}).get("smithy.api#pattern"))
    return sorted(p for p in found if p)


def mutations(rng, text):
    for _ in range(12):
        at = rng.randrange(len(text) + 1)
        yield text[:at] + rng.choice("aZ09-_./:+=,@ \n\té|") + text[at + rng.randrange(2):]


class Patterns(unittest.TestCase):
    def test_against_python(self):
        rng = random.Random(1)
        seeds = ["", "a", "/", "/a/", "/a/b/", "abc-def", "a--b", "a-", "-a", "123456789012", "v1", "v12.a-b", "us-east-1",
                 "10.0.0.1", "o-exampleorgid", "r-exam", "ou-exam-exampleou1", "p-examplepolicy1", "a@b.c", "x" * 64, "x" * 65,
                 "arn:aws:organizations::123456789012:account/o-exampleorgid/123456789012", "s3://abc/d", "a\nb", "a\x85b"]
        for pattern in model_patterns():
            if r"\p{" in pattern or "10FFFF" in pattern:
                continue  # Python's re has neither
            python = re.compile(pattern.replace("(?s)", ""),
                                re.ASCII | (re.DOTALL if pattern.startswith("(?s)") else 0))
            for seed in seeds:
                for text in [seed, *mutations(rng, seed)]:
                    if not pattern.startswith("(?s)") and re.search("[\r\x85]", text) and "." in pattern:
                        continue  # Java's dot stops at more line ends than Python's
                    self.assertEqual(matches(pattern, text), bool(python.fullmatch(text)), (pattern, text))

    def test_equivalents_match_alike(self):
        rng = random.Random(2)
        for original, same in EQUIVALENT.items():
            for _ in range(2000):
                text = "".join(rng.choice("ab1-") for _ in range(rng.randrange(8)))
                self.assertEqual(bool(re.fullmatch(original, text)), bool(re.fullmatch(same, text)), text)

    def test_categories(self):
        tag = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+"
        self.assertTrue(matches(tag, "Größe 日本 ٣"))
        self.assertFalse(matches(tag, "a\tb"))
        self.assertFalse(matches(tag, "#"))
        self.assertTrue(matches(r"[\u0020-\u007E\u10000-\u10FFFF]+", "a\U0001F600"))

    def test_unsupported_is_refused(self):
        for pattern in [r"(?=a)b", r"a\bb", r"[a[b]]", r"(?i)a", r"\1"]:
            with self.assertRaises((Unsupported, KeyError, IndexError), msg=pattern):
                compile_pattern(pattern)


class Names(unittest.TestCase):
    def test_snake(self):
        for aws, ours in {"RoleName": "role_name", "MFADevices": "mfa_devices", "ETag": "etag", "ARNs": "arns",
                          "ChecksumCRC32C": "checksum_crc32c", "ChecksumSHA256": "checksum_sha256", "Default": "default_",
                          "SSEKMSKeyId": "ssekms_key_id", "PolicyARN": "policy_arn", "accountId": "account_id",
                          "VersionIdMarker": "version_id_marker", "IPv6": "ipv6", "URLEncoded": "url_encoded"}.items():
            self.assertEqual(codegen.snake(aws), ours)


class FailsClosed(unittest.TestCase):
    def build(self, auth):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "auth.json")
            with open(path, "w") as f:
                json.dump(auth, f)
            done = subprocess.run([sys.executable, os.path.join(HERE, "codegen.py"), "--out", folder, "--auth", path,
                                   os.path.join(ROOT, "src/wire/testing/parcel.json")], capture_output=True, text=True)
            return done.returncode, done.stderr

    def facts(self):
        with open(os.path.join(ROOT, "src/wire/testing/parcel.auth.json")) as f:
            return json.load(f)

    def test_the_test_service_builds(self):
        self.assertEqual(self.build(self.facts())[0], 0)

    def refused(self, change, message):
        facts = self.facts()
        change(facts)
        code, text = self.build(facts)
        self.assertNotEqual(code, 0)
        self.assertIn(message, text)

    def test_refusals(self):
        self.refused(lambda f: f.pop("GetLabel"), "no authorization facts for GetLabel")
        self.refused(lambda f: f["GetLabel"].update(actions=[]), "states no action")
        self.refused(lambda f: f["GetLabel"]["actions"][0].update(id=["Idd"]), "no member `Idd`")
        self.refused(lambda f: f["GetLabel"]["actions"][0].update(when="Id[]"), "is no list")
        self.refused(lambda f: f["GetLabel"].update(unautorized=True), "unknown facts")
        self.refused(lambda f: f["SendParcel"]["keys"].update({"k": "Contents.Nope"}), "no member")
        self.refused(lambda f: f.update(Nope={"unauthorized": True}), "no operation")


if __name__ == "__main__":
    unittest.main()
