#!/usr/bin/python3
"""Tests of codegen: patterns against Python's own regular expressions, and what must not build."""
import copy
import functools
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import unittest
import unittest.mock

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path.insert(0, HERE)
import codegen  # noqa: E402
from facts import Catalogue, Checker, Wrong  # noqa: E402
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


class Dialects(unittest.TestCase):
    def dialect(self, *traits):
        with open(os.path.join(ROOT, "src/wire/testing/parcel.json")) as f:
            model = json.load(f)
        service = model["shapes"]["com.amazonaws.parcel#service"]
        del service["traits"]["aws.protocols#restJson1"]
        service["traits"].update({t: {} for t in traits})
        with unittest.mock.patch.object(codegen, "fail", lambda text: (_ for _ in ()).throw(Wrong(text))):
            return codegen.Service(model, {}, None).dialect()

    def test_of_each_protocol(self):
        for traits, dialect in ((["aws.protocols#awsQuery"], "query"), (["aws.protocols#ec2Query"], "ec2"),
                                (["aws.protocols#awsJson1_0"], "json"), (["aws.protocols#awsJson1_1"], "json"),
                                (["aws.protocols#restJson1"], "rest_json"),
                                (["aws.protocols#awsJson1_0", "aws.protocols#awsQuery"], "query_json"),
                                (["aws.protocols#awsJson1_0", "aws.protocols#awsQueryCompatible"], "query_json"),
                                (["aws.protocols#restXml", "rolecall#s3Errors"], "s3")):
            self.assertEqual(self.dialect(*traits), dialect)

    def test_a_service_without_words_does_not_build(self):
        with self.assertRaisesRegex(Wrong, "parcel: nobody knows how a service of rest_xml words its refusals"):
            self.dialect("aws.protocols#restXml")
        with self.assertRaisesRegex(Wrong, "no protocol"):
            self.dialect()


class Names(unittest.TestCase):
    def test_snake(self):
        for aws, ours in {"RoleName": "role_name", "MFADevices": "mfa_devices", "ETag": "etag", "ARNs": "arns",
                          "ChecksumCRC32C": "checksum_crc32c", "ChecksumSHA256": "checksum_sha256", "Default": "default_",
                          "SSEKMSKeyId": "ssekms_key_id", "PolicyARN": "policy_arn", "accountId": "account_id",
                          "VersionIdMarker": "version_id_marker", "IPv6": "ipv6", "URLEncoded": "url_encoded"}.items():
            self.assertEqual(codegen.snake(aws), ours)


class FailsClosed(unittest.TestCase):
    """What may not build, because it would fail open, on the made-up service of src/wire/testing."""

    @classmethod
    def setUpClass(cls):
        folder = os.path.join(ROOT, "src/wire/testing")
        with open(os.path.join(folder, "parcel.json")) as f:
            cls.model = json.load(f)
        with open(os.path.join(folder, "parcel.auth.json")) as f:
            cls.auth = json.load(f)
        cls.reference = Catalogue(os.path.join(folder, "parcel.catalogue.txt"))

    def build(self, auth, model=None):
        """The sentence that stops the build; nothing when it goes on."""
        said = []
        with unittest.mock.patch.object(codegen, "fail", lambda text: (_ for _ in ()).throw(Wrong(text))):
            try:
                service = codegen.Service(copy.deepcopy(model or self.model), auth, self.reference)
                service.tables()
                service.checker.finish()
            except Wrong as e:
                said.append(str(e))
        return said[0] if said else ""

    def refused(self, change, message):
        auth, model = copy.deepcopy(self.auth), copy.deepcopy(self.model)
        change(auth, {k.split("#")[1]: v for k, v in model["shapes"].items()})
        said = self.build(auth, model)
        self.assertIn(message, said)
        self.assertNotIn("\n", said)

    def refused_send(self, facts, message):
        """`facts` replace those of SendParcel, a part of an action its first action's."""
        def change(auth, shapes):
            for name, value in facts.items():
                if name in ("action", "resource", "id", "when"):
                    auth["SendParcel"]["actions"][0][name] = value
                else:
                    auth["SendParcel"][name] = value
        self.refused(change, message)

    def test_the_test_service_builds(self):
        self.assertEqual(self.build(self.auth), "")

    def test_the_program_says_it_and_writes_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "parcel.auth.json")
            with open(path, "w") as f:
                json.dump({k: v for k, v in self.auth.items() if k != "GetLabel"}, f)
            testing = os.path.join(ROOT, "src/wire/testing")
            done = subprocess.run([sys.executable, os.path.join(HERE, "codegen.py"), "--out", folder, "--auth", path, "--catalogue",
                                   os.path.join(testing, "parcel.catalogue.txt"), os.path.join(testing, "parcel.json")],
                                  capture_output=True, text=True)
            self.assertEqual(done.returncode, 1)
            self.assertEqual(done.stderr,
                             "codegen: parcel.auth.json has no authorization facts for GetLabel, which is served\n")
            self.assertEqual(os.listdir(folder), ["parcel.auth.json"])

    def test_facts_that_say_too_little_or_too_much(self):
        self.refused(lambda f, _: f.pop("GetLabel"), "no authorization facts for GetLabel, which is served")
        self.refused(lambda f, _: f.update(Nope={"unauthorized": True}), "no operation of parcel")
        self.refused(lambda f, _: f.update(BurnParcel={"unauthorized": True}), "it has facts and no input")
        self.refused(lambda f, _: f.update(GetLabel=[]), "its facts are an object")
        self.refused(lambda f, _: f.update(GetLabel={}), "states no action")
        self.refused(lambda f, _: f["GetLabel"].update(actions=[]), "states no action")
        self.refused(lambda f, _: f["GetLabel"].update(unautorized=True), "unknown facts ['unautorized']")
        self.refused(lambda f, _: f["GetLabel"].update(unauthorized=True), "states unauthorized and actions")
        self.refused(lambda f, _: f["ListParcels"].update(anonymous=True), "states unauthorized and anonymous")
        self.refused(lambda f, _: f.update(ListParcels={"anonymous": True}), "is anonymous; its model has callers sign")
        self.refused(lambda f, s: s["ListParcels"]["traits"].update({"smithy.api#optionalAuth": {}}), "asks for a signature")
        self.refused(lambda f, _: f.update(ListParcels={"bearer": True}), "is called with bearer tokens, which nobody reads yet")
        self.refused(lambda f, _: f["ListParcels"].update(unauthorized="no"), "`unauthorized` is true or left out")
        self.refused(lambda f, _: f["ListParcels"].update(keys={"parcel:Weight": "Most"}), "about which nothing is asked")
        self.refused(lambda f, _: f["ListParcels"].update(tags="Most"), "about which nothing is asked")
        self.refused(lambda f, _: f["GetLabel"].update(actions={"action": "parcel:GetLabel"}), "`actions` is a list of objects")

    def test_actions_and_resources(self):
        self.refused_send({"action": "parcel:SendParsel"},
                          "AWS's reference has no action `parcel:SendParsel`; did you mean `parcel:SendParcel`?")
        self.refused_send({"action": "parcels:SendParcel"}, "no action `parcels:SendParcel`; did you mean `parcel`?")
        self.refused_send({"action": "sendparcel"}, "no action `sendparcel`")
        self.refused_send({"action": ""}, "an action has action, resource, id, when")
        self.refused_send({"resource": "parzel"},
                          "`parzel` is no resource type of AWS's reference for parcel nor of `resource_types`; did you mean `parcel`?")
        self.refused_send({"resource": "depot"}, "`parcel:SendParcel` is asked for `depot`; AWS's reference has it on `parcel`")
        self.refused_send({"resource": "*"}, "is asked for `*`, which no `id` identifies")
        self.refused_send({"resource": "*", "id": []}, "is asked for `*`; AWS's reference has it on `parcel`")
        self.refused(lambda f, _: f["GetLabel"]["actions"][0].update({"if": "Id"}), "an action has action, resource, id, when")

    def test_own_resource_types(self):
        def own(**entry):
            return lambda f, _: (f.update(resource_types={"new-parcel": entry}),
                                 f["GetLabel"]["actions"][0].update(resource="new-parcel"))
        self.refused(own(**{"is": ["parcel"]}), "resource type `new-parcel` states `is`")
        self.refused(own(**{"is": ["parcel"], "why": ""}), "resource type `new-parcel` states `is`")
        self.refused(own(**{"is": ["parsel"], "why": "x"}), "has no type `parsel` for parcel; did you mean `parcel`?")
        self.refused(own(**{"is": ["depot"], "why": "x"}), "asked for `new-parcel`; AWS's reference has it on `parcel`")
        self.refused(own(**{"is": [], "why": "x"}), "asked for `new-parcel`; AWS's reference has it on `parcel`")
        self.refused(lambda f, _: f.update(resource_types={"depot": {"is": ["depot"], "why": "x"}}), "AWS's own")
        self.refused(lambda f, _: f.update(resource_types={"new": {"is": ["parcel"], "why": "x"}}), "no action uses it")
        auth = copy.deepcopy(self.auth)
        own(**{"is": ["parcel"], "why": "x"})(auth, None)
        self.assertEqual(self.build(auth), "")

    def test_ids(self):
        self.refused_send({"id": ["Sendr"]}, "no member `Sendr` (at `Sendr`); did you mean `Sender`?")
        self.refused_send({"id": "Sender"}, "`id` is a list of member paths")
        self.refused_send({"id": ["Sender.Name"]}, "no member `Sender.Name` (at `Name`)")
        self.refused_send({"id": ["Sender[]"]}, "`Sender` is no list")
        self.refused_send({"id": ["Stamps"]}, "is a list, and only a text identifies a resource; write `Stamps[]`")
        self.refused_send({"id": ["Weight"]}, "`Weight` is a long, and only a text identifies a resource")
        self.refused_send({"id": ["Contents"]}, "`Contents` is a structure")
        self.refused_send({"id": ["Stamps[]", "Contents.Boxes[].Label"]},
                          "`id` visits two lists at once: `Contents.Boxes[]`, `Stamps[]`")
        # An item that leaves the member out would be done to without having been asked about.
        self.refused(lambda f, shapes: (shapes["Box"]["members"]["Label"].pop("traits"),
                                        f["SendParcel"]["actions"][0].update(id=["Contents.Boxes[].Label"])),
                     "an item without `Label` would not be asked about")

    def test_when(self):
        self.refused_send({"when": "Nope"}, "no member `Nope`")
        self.refused_send({"when": ["Marks"]}, "`when` one member path")
        self.refused_send({"when": "Weight"}, "`Weight` is always there")
        self.refused_send({"when": "Marks"}, "every action is conditional")

    def test_keys(self):
        key = lambda name, path: {"keys": {name: path}}
        self.refused_send({"keys": ["parcel:Labels"]}, "`keys` gives each condition key one member path")
        self.refused_send(key("parcel:Labels", "Contents.Nope"), "no member `Contents.Nope` (at `Nope`)")
        self.refused_send(key("parcel:Lables", "Stamps"), "no condition key `parcel:Lables`; did you mean `parcel:Labels`?")
        self.refused_send(key("parcel:labels", "Stamps"), "no condition key `parcel:labels`")
        self.refused_send(key("parcel:Mark/", "Sender"), "no condition key `parcel:Mark/`")
        self.refused_send(key("aws:TagKeys", "Stamps"), "is a global condition key")
        self.refused_send(key("parcel:Labels", "Contents"), "`Contents` is a structure that holds no plain values")
        self.refused_send(key("parcel:Labels", "Contents.Boxes"), "`Contents.Boxes` is a list that holds no plain values")
        self.refused_send(key("parcel:Labels", "Marks"), "`Marks` is a map that holds no plain values")
        self.refused_send(key("parcel:Labels", "Seal"), "`Seal` is a blob that holds no plain values")
        self.refused_send(key("parcel:Labels", "Secret"), "`Secret` is a secret")
        self.refused_send(key("parcel:Weight", "Sender"), "is of type Numeric in AWS's reference; `Sender` is a string")
        self.refused_send(key("parcel:Weight", "Stamps"), "has one value in AWS's reference; `Stamps` holds several")
        self.refused_send(key("parcel:Express", "Weight"), "is of type Bool in AWS's reference; `Weight` is a long")
        for name, path in (("parcel:Weight", "Weight"), ("parcel:Express", "Express"), ("parcel:Mark/x", "Sender"),
                           ("parcel:Labels", "Stamps"), ("parcel:Labels", "Sender")):
            auth = copy.deepcopy(self.auth)
            auth["SendParcel"]["keys"] = {name: path}
            self.assertEqual(self.build(auth), "")

    def test_tags(self):
        self.refused_send({"tags": "Nope"}, "no member `Nope`")
        self.refused_send({"tags": ["Marks"]}, "`tags` is one member path")
        for path in ("Stamps", "Sender", "Contents", "Contents.Boxes"):
            self.refused_send({"tags": path}, f"`tags`: `{path}` is neither a list of {{Key, Value}} nor a map of texts")
        self.refused_send({"tag_keys": "Stamps"}, "states `tags` and `tag_keys`")
        self.refused(lambda f, _: f["SendParcel"].pop("tags"), "gives `parcel:SendParcel` the tags of the request; state `tags`")
        for path in ("Marks", "Sender", "Contents.Boxes"):
            self.refused(lambda f, _: (f["SendParcel"].pop("tags"), f["SendParcel"].update(tag_keys=path)),
                         f"`tag_keys`: `{path}` is no list of texts")
        self.refused(lambda f, shapes: (f["GetLabel"].update(tags="Marks"), shapes["GetLabelInput"]["members"].update(
            Marks={"target": "com.amazonaws.parcel#TextMap"})), "gives `parcel:GetLabel` no tags of the request")

    def test_every_form_of_tags(self):
        def with_tags(members, element="string"):
            auth, model = copy.deepcopy(self.auth), copy.deepcopy(self.model)
            shapes, name = model["shapes"], "com.amazonaws.parcel#"
            target = {"string": "Text", "integer": "Count", "list": "Texts"}[element]
            shapes[name + "Tag"] = {"type": "structure", "members": {m: {"target": name + target} for m in members}}
            shapes[name + "Tags"] = {"type": "list", "member": {"target": name + "Tag"}}
            shapes[name + "SendParcelInput"]["members"]["Tags"] = {"target": name + "Tags"}
            auth["SendParcel"]["tags"] = "Tags"
            return self.build(auth, model)
        for members in (("Key", "Value"), ("key", "value"), ("TagKey", "TagValue"), ("Value", "Key", "More")):
            self.assertEqual(with_tags(members), "", members)
        for members in (("Key",), ("Value",), ("Key", "value"), ("Name", "Value"), ()):
            self.assertIn("read by nobody", with_tags(members), members)
        self.assertIn("read by nobody", with_tags(("Key", "Value"), "integer"))
        self.assertIn("read by nobody", with_tags(("Key", "Value"), "list"))
        # A map of something else than texts.
        self.refused(lambda _, shapes: shapes["TextMap"]["value"].update(target="com.amazonaws.parcel#Count"), "read by nobody")

    def test_differences_from_the_reference(self):
        excused = {"parcel:SendParsel": {"action": "parcel:SendParsel"}, "*": {"resource": "*", "id": []},
                   "depot": {"resource": "depot"}, "parcel:Lables": {"keys": {"parcel:Lables": "Stamps"}}}
        for subject, facts in excused.items():
            auth = copy.deepcopy(self.auth)
            send = auth["SendParcel"]
            for name, value in facts.items():
                (send if name == "keys" else send["actions"][0])[name] = value
            if subject == "parcel:SendParsel":
                del send["keys"], send["tags"]
            self.assertNotEqual(self.build(auth), "", subject)
            send["unlike_reference"] = {subject: "a reason"}
            self.assertEqual(self.build(auth), "", subject)
            send["unlike_reference"] = {subject: ""}
            self.assertIn("says why", self.build(auth), subject)
        self.refused_send({"unlike_reference": {"parcel:Labels": "x"}}, "excuses `parcel:Labels`, about which AWS's reference says "
                          "the same")
        self.refused_send({"unlike_reference": ["parcel:Labels"]}, "says why, difference by difference")

    def test_every_misspelling_of_the_real_facts_is_refused(self):
        """Of each model: every path, action, type and key with a letter changed stops the build."""
        reference = Catalogue(os.path.join(ROOT, "data/access-catalogue.txt"))
        tried = 0
        for file in sorted(os.listdir(os.path.join(ROOT, "models"))):
            if not file.endswith(".auth.json"):
                continue
            name = file.removesuffix(".auth.json")
            with open(os.path.join(ROOT, "models", file)) as f:
                auth = json.load(f)
            with open(os.path.join(ROOT, "models", name + ".json")) as f:
                shapes = json.load(f)["shapes"]
            full = next(n for n, s in shapes.items() if s["type"] == "service").split("#")[0] + "#"

            def check(operation, facts):
                checker = Checker(name, shapes, {**auth, operation: facts}, reference)
                checker.check(operation, shapes[full + operation]["input"]["target"], True)

            for operation, facts in auth.items():
                if operation == "resource_types":
                    continue
                check(operation, facts)
                for change in misspellings(facts):
                    tried += 1
                    with self.assertRaises(Wrong, msg=f"{name} {operation} {change}"):
                        check(operation, change)
        self.assertGreater(tried, 600)


def misspellings(facts):
    """The facts with one text in them changed at a time; keys of objects too."""
    def wrong(text):
        return text[:-1] + ("y" if text[-1] == "x" else "x")

    def variants(value):
        if isinstance(value, str):
            if value != "*":
                yield wrong(value)
        elif isinstance(value, list):
            for i, item in enumerate(value):
                for variant in variants(item):
                    yield [*value[:i], variant, *value[i + 1:]]
        elif isinstance(value, dict):
            for key, item in value.items():
                if key == "unlike_reference":
                    continue
                for variant in variants(item):
                    yield {**value, key: variant}
                yield {(wrong(k) if k == key else k): v for k, v in value.items()}

    yield from variants(facts)


if __name__ == "__main__":
    unittest.main()
