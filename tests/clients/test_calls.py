"""`rolecall SERVICE OPERATION …` beside Debian's AWS CLI: the same command lines on the same server, the same answers.

The table is call_cases.py; the commands of each run are given one after the other to a fresh server, through the HTTPS proxy (real host
names, TLS). The AWS CLI needs a second for each, so what it answered is kept in tests/client/aws_cli_calls_2.9.19.json, ids and times
replaced; `python3 test_calls.py` records anew. What differs on purpose stands in DIFFERENT with its reason.
"""
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from call_cases import CASES, FILES  # noqa: E402
from conftest import Server, rolecall_binary  # noqa: E402

RECORDED = pathlib.Path(__file__).resolve().parents[1] / "client" / "aws_cli_calls_2.9.19.json"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAADMIN11111110000", "AWS_SECRET_ACCESS_KEY": "admin-secret-of-dev", "AWS_REGION": "us-east-1"}

# Members that the AWS CLI 2.9.19 is too old to know.
NEWER = {"ChecksumCRC64NVME", "ChecksumType", "BucketRegion", "AccessPointAlias", "BucketArn"}

# Command line → why our answer is another; the exit status must be the same all the same, unless one is given here.
DIFFERENT = {
    "ec2 run-instances --image-id ami-12345678 --count 1:x --no-dry-run": ("the AWS CLI fails with a Python error", 252),
    "iam nonsense": ("the AWS CLI has waiters and wizards among its choices", 252),
    "iam list-users --output nonsense": ("we know the format `off`, too", 252),
    "s3api create-bucket --bucket no such name": ("access points are not supported, so they are not in the sentence", 252),
}


def normal(text):
    for pattern, name in [(r"\b(A(?:ID|RO|GP|NP|NV|KI|SI|IP)A)[A-Z0-9]{12,}\b", r"\1…"), (r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?\+00:00", "TIME"),
                          (r"(Marker\W+)[\w+/=-]{24,}", r"\1TOKEN"), (r'("UploadId": )"[^"]+"', r'\1"UPLOAD"'),
                          (r'("(?:VersionId)": )"[^"]+"', r'\1"VERSION"'), (r'"(Rule|Expiration|RequestId|HostId)": "[^"]*"', r'"\1": "…"')]:
        text = re.sub(pattern, name, text)
    # Tokens hold ids of the server's making.
    return re.sub(r"eyJ[\w+/=]{20,}", "TOKEN", text)


def said(text):
    """An error's sentence: without usage, our notes and blank lines."""
    if "usage: " in text:
        text = re.sub(r".*?(error: |(?=Unknown options))", "", text, count=1, flags=re.S)
    lines = [line.rstrip() for line in text.strip().splitlines() if line.strip() and not line.startswith("  as: ") and not line.startswith("  why: ")]
    return normal("\n".join(lines))


def without_newer(value, theirs):
    if isinstance(value, dict):
        of = theirs if isinstance(theirs, dict) else {}
        return {k: without_newer(v, of.get(k)) for k, v in value.items() if k in of or k not in NEWER}
    if isinstance(value, list):
        of = theirs if isinstance(theirs, list) else []
        return [without_newer(v, of[i] if i < len(of) else None) for i, v in enumerate(value)]
    return value


def run_all(binary, server, home):
    """Every command in turn; [status, stdout, stderr] of each, and the files that were made."""
    folder = pathlib.Path(home) / "work"
    folder.mkdir(parents=True)
    for name, text in FILES.items():
        (folder / name).write_text(text)
    environment = {**server.environment(home), **KEYS, "LANG": "C.UTF-8", "COLUMNS": "80"}
    kept, answers = {}, []
    for case in CASES:
        words = [re.sub(r"\{(\w+)\}", lambda m: kept.get(m.group(1), m.group(0)), word) for word in case["words"]]
        done = subprocess.run([binary, *words], env=environment, capture_output=True, text=True, cwd=folder, timeout=120)
        for name, pattern in case["keep"].items():
            found = re.search(pattern, done.stdout)
            kept[name] = found.group(1) if found else "NOT-FOUND"
        answers.append([done.returncode, normal(done.stdout), said(done.stderr)])
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())
             if path.name not in FILES and path.name != "seed.txt"}
    assert len((folder / "seed.txt").read_text()) >= 32
    return answers, files


def line_of(case):
    return " ".join(case["words"])


@pytest.fixture(scope="module")
def recorded():
    return json.loads(RECORDED.read_text())


@pytest.fixture(scope="module")
def ours():
    with tempfile.TemporaryDirectory() as folder:
        server = Server(pathlib.Path(folder))
        try:
            yield run_all(os.environ.get("ROLECALL_CLIENT") or rolecall_binary(), server, pathlib.Path(folder) / "home")
        finally:
            server.stop()


@pytest.mark.parametrize("number", range(len(CASES)), ids=[line_of(case)[:70] for case in CASES])
def test_same_as_the_aws_cli(number, ours, recorded):
    case, (status, out, err) = CASES[number], ours[0][number]
    line = line_of(case)
    assert line in recorded["answers"], "a new command: record it with python3 tests/clients/test_calls.py"
    theirs = recorded["answers"][line]
    if line in DIFFERENT:
        assert status == DIFFERENT[line][1], err
        return
    assert status == theirs[0], f"{case['why']}\nAWS: {theirs}\nour: {[status, out, err]}"
    # What the server says is its own affair (and grows); that it is passed on is ours.
    sentence = lambda text: text.split(" operation: ")[0] if status == 254 else text
    assert sentence(err) == sentence(theirs[2]), case["why"]
    assert status != 254 or len(err) > len(sentence(err)) + len(" operation: ")
    if theirs[1].startswith("{"):
        tree = without_newer(json.loads(out), json.loads(theirs[1]))
        out = json.dumps(tree, indent=4, ensure_ascii=False) + "\n"
    assert out == theirs[1], case["why"]


def test_the_same_files_were_made(ours, recorded):
    assert ours[1] == recorded["files"]


def test_every_case_has_a_reason():
    assert len({line_of(case) for case in CASES}) == len(CASES) >= 100
    assert all(case["why"] for case in CASES)


def test_a_large_body_is_not_held_in_memory(server, tmp_path):
    """Up and down again: hardly more memory than a small object takes, whatever the program itself weighs."""
    environment = {**os.environ, **KEYS, "AWS_ENDPOINT_URL": server.url, "HOME": str(tmp_path), "ASAN_OPTIONS": "quarantine_size_mb=8"}
    binary = os.environ.get("ROLECALL_CLIENT") or rolecall_binary()
    server.client("s3").create_bucket(Bucket="large")

    def peak_mib(*words):
        done = subprocess.run(["/usr/bin/python3", "-c",
                               "import resource,subprocess,sys; r=subprocess.run(sys.argv[1:]); "
                               "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr); sys.exit(r.returncode)",
                               binary, "s3api", *words], env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return int(done.stderr.split()[-1]) / 1024

    peaks = []
    for size in (1024, 192 * 1024 * 1024):
        with open(tmp_path / "body", "wb") as file:
            file.truncate(size)
        peaks.append((peak_mib("put-object", "--bucket", "large", "--key", "k", "--body", str(tmp_path / "body")),
                      peak_mib("get-object", "--bucket", "large", "--key", "k", str(tmp_path / "out"))))
        assert (tmp_path / "out").stat().st_size == size
    small, large = peaks
    assert large[0] - small[0] < 64 and large[1] - small[1] < 64, peaks
