"""`rolecall configure …` beside Debian's AWS CLI: the same files, the same environment, the same answers.

The table is client_cases.py. The AWS CLI needs a second for each case, so what it answered is kept in tests/client/aws_cli_2.9.19.json; a case
that is new or changed, and every case with ROLECALL_LIVE_AWS=1, asks it again. `python3 test_client_differential.py` records all. What differs on purpose stands in DIFFERENT with its reason; docs/differences.md tells people.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from client_cases import CASES  # noqa: E402
from conftest import rolecall_binary  # noqa: E402

AWS = "/usr/bin/aws"
RECORDED = pathlib.Path(__file__).resolve().parents[1] / "client" / "aws_cli_2.9.19.json"

# name → why we answer otherwise; then only the exit status's being zero or not is compared.
DIFFERENT = {
    "set-map-add-before-section": "the AWS CLI fails with a Python error where a map is followed by a section at once",
    "set-part-of-plugins": "the AWS CLI takes a profile named p, in, gin … for the plugins section and writes [p], which is no profile",
    "import-bom": "the console writes its file with a byte order mark; the AWS CLI 2.9.19 then misses the first header",
}


def materialize(case, home):
    home.mkdir()
    for name, text in [("config", case["config"]), ("credentials", case["credentials"]), ("answer", case["answer"]), *case["files"].items()]:
        if text is not None:
            (home / name).write_bytes(text.replace("{home}", str(home)).encode())


def run(binary, case, home):
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", "AWS_CONFIG_FILE": str(home / "config"),
                   "AWS_SHARED_CREDENTIALS_FILE": str(home / "credentials"), "AWS_EC2_METADATA_DISABLED": "true", "AWS_PAGER": "", **case["env"]}
    words = [word.replace("{home}", str(home)) for word in case["words"]]
    done = subprocess.run([binary, *words], env=environment, capture_output=True, input=(case["stdin"] or "").encode(), timeout=60)
    files = {name: (home / name).read_bytes() if (home / name).exists() else None for name in ("config", "credentials")}
    return done.returncode, done.stdout.decode(), done.stderr.decode(), files


def said(text):
    """What is comparable of an error: the AWS CLI's sentence. Our notes are indented; usage texts differ, their last paragraph counts."""
    if "error: " in text and "usage: " in text:
        text = re.sub(r".*error: ", "", text, flags=re.S).split("\n")[0]
    lines = [line for line in text.strip().splitlines() if line.strip() and not line.startswith("  ")]
    return "\n".join(lines)


def plain(answer, home):
    """An answer without its folder's name, as JSON keeps it."""
    status, out, err, files = answer
    hide = lambda text: text.replace(str(home), "HOME")
    return [status, hide(out), hide(err), {name: None if text is None else hide(text.decode("utf-8", "surrogateescape")) for name, text in files.items()}]


def digest(case):
    return hashlib.sha256(json.dumps(case, sort_keys=True).encode()).hexdigest()[:16]


def ask_aws(case, home):
    materialize(case, home)
    return plain(run(AWS, case, home), home)


def aws_answer(case, home, recorded):
    entry = recorded.get(case["name"])
    if entry and entry["case"] == digest(case) and not os.environ.get("ROLECALL_LIVE_AWS"):
        return entry["answer"]
    return ask_aws(case, home)


@pytest.fixture(scope="module")
def recorded():
    return json.loads(RECORDED.read_text()) if RECORDED.exists() else {}


def record():
    import tempfile
    def one(case):
        with tempfile.TemporaryDirectory() as folder:
            return case["name"], {"case": digest(case), "answer": ask_aws(case, pathlib.Path(folder) / "aws")}
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        answers = dict(pool.map(one, CASES))
    RECORDED.parent.mkdir(exist_ok=True)
    RECORDED.write_text(json.dumps(answers, indent=1, sort_keys=True) + "\n")


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_same_as_the_aws_cli(case, tmp_path, recorded):
    theirs = aws_answer(case, tmp_path / "aws", recorded)
    home = tmp_path / "our"
    materialize(case, home)
    ours = plain(run(os.environ.get("ROLECALL_CLIENT") or rolecall_binary(), case, home), home)
    if case["name"] in DIFFERENT:
        assert ours[0] == 0, ours[2]
        return
    assert ours[0] == theirs[0], f"{case['why']}\nAWS: {theirs[:3]}\nour: {ours[:3]}"
    assert ours[1] == theirs[1], case["why"]
    assert said(ours[2]) == said(theirs[2]), case["why"]
    assert ours[3] == theirs[3], case["why"]


def test_every_case_has_a_reason_and_a_name():
    assert len({case["name"] for case in CASES}) == len(CASES) >= 150
    assert all(case["why"] for case in CASES)


def test_files_are_private(tmp_path):
    case = dict(config=None, credentials=None, answer=None, files={}, env={}, stdin=None, words=["configure", "set", "aws_access_key_id", "A"])
    materialize(case, tmp_path / "our")
    run(os.environ.get("ROLECALL_CLIENT") or rolecall_binary(), case, tmp_path / "our")
    assert (tmp_path / "our" / "credentials").stat().st_mode & 0o777 == 0o600


if __name__ == "__main__":
    record()
