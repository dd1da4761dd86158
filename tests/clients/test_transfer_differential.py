"""`rolecall s3 …` beside Debian's AWS CLI: the same folder and buckets, the same lines, statuses and results.

The table is transfer_cases.py; what the AWS CLI did is kept in tests/client/aws_s3_2.9.19.json (`ROLECALL=… python3 test_transfer_differential.py`
records it anew against a server of its own). What differs on purpose stands in DIFFERENT; docs/differences.md tells people.
"""
import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from conftest import Server, rolecall_binary  # noqa: E402
from transfer_cases import CASES, FOLDER, OBJECTS  # noqa: E402

AWS = "/usr/bin/aws"
RECORDED = pathlib.Path(__file__).resolve().parents[1] / "client" / "aws_s3_2.9.19.json"

# name → why we answer otherwise; what lies there afterwards, and whether it succeeded, are still compared.
DIFFERENT = {
    "cp-storage-class-unknown": "choices are listed in one line",
    "cp-grants-wrong": "grants are read before anything is sent, and wrong ones are wrong arguments (252)",
}


def prepare(server, case, home):
    server.reset()
    s3 = server.client("s3")
    for bucket in ("one", "two"):
        s3.create_bucket(Bucket=bucket)
    for key, (contents, more) in OBJECTS.items():
        # boto3 1.26 waits for a body after an empty PUT on the same connection: a client for each.
        (s3 if contents else server.client("s3")).put_object(Bucket="one", Key=key, Body=contents.encode(), **more)
    work = home / "w"
    for name, contents in FOLDER.items():
        path = work / name.rstrip("@|")
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith("@"):
            path.symlink_to(contents)
        elif name.endswith("|"):
            os.mkfifo(path)
        else:
            path.write_text(contents)
    if case["policy"]:
        document = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": case["policy"], "Resource": "*"}}
        key, secret = server.make_user("limited", policy=document)
    else:
        key, secret = "AKIAADMIN11111110000", "admin-secret-of-dev"
    (home / "config").write_text(f"[default]\nregion = us-east-1\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n{case['config']}")
    return s3, work


def lines(text):
    """Lines that stay, without progress; order is the workers' affair."""
    text = re.sub(r"(Completed [^\r\n]*| +)\r", "", text)
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "DATE", text)
    out = [line.rstrip() for line in text.splitlines() if line.strip() and not line.startswith("  why: ")]
    return sorted(out)


def said(text):
    """Usage texts differ in the program's name; their last words count."""
    if "usage: " in text and "Error: " not in text:
        text = text.strip().splitlines()[-1].replace("aws: error: ", "")
    return lines(text.replace("usage: aws ", "usage: rolecall "))


def state(s3, work):
    found = {}
    for bucket in s3.list_buckets()["Buckets"]:
        objects = found[bucket["Name"]] = {}
        for entry in s3.list_objects_v2(Bucket=bucket["Name"]).get("Contents", []):
            head = s3.head_object(Bucket=bucket["Name"], Key=entry["Key"])
            about = {name: head.get(name) for name in ("CacheControl", "ContentDisposition", "ContentEncoding", "ContentLanguage", "ContentType",
                                                       "Metadata", "StorageClass", "ServerSideEncryption")}
            about["Expires"] = str(head.get("Expires") or "")
            objects[entry["Key"]] = [entry["Size"], entry["ETag"], {name: value for name, value in about.items() if value}]
    files = {}
    for path in sorted(work.rglob("*")):
        if path.is_file() and not path.is_symlink():
            files[str(path.relative_to(work))] = path.read_bytes().decode()
        else:
            files[str(path.relative_to(work))] = "-"
    return {**{f"s3://{name}": objects for name, objects in found.items()}, "files": files}


def changes(before, after):
    """Place → what is new or other there (None: gone). A place that is gone itself is None."""
    out = {}
    for place in sorted({*before, *after}):
        old, new = before.get(place), after.get(place)
        if new is None or old is None:
            out[place] = new
        elif old != new:
            out[place] = {name: new.get(name) for name in sorted({*old, *new}) if old.get(name) != new.get(name)}
    return out


BEFORE = []  # the state every case starts from, found once


def run(program, server, case, home):
    s3, work = prepare(server, case, home)
    if not BEFORE:
        BEFORE.append(state(s3, work))
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", "TZ": "UTC", "AWS_CONFIG_FILE": str(home / "config"),
                   "AWS_SHARED_CREDENTIALS_FILE": str(home / "none"), "AWS_EC2_METADATA_DISABLED": "true", "AWS_PAGER": ""}
    done = subprocess.run([program, "s3", *case["words"], "--endpoint-url", server.url], env=environment, cwd=work, capture_output=True,
                          input=(case["stdin"] or "").encode(), timeout=120)
    hide = lambda text: re.sub(r"\.[0-9a-fA-F]{8}'", ".TEMPORARY'", text.decode().replace(str(home), "HOME").replace(server.url, "URL"))
    return {"status": done.returncode, "out": lines(hide(done.stdout)), "err": said(hide(done.stderr)), "after": changes(BEFORE[0], state(s3, work))}


@pytest.fixture(scope="module")
def recorded():
    return json.loads(RECORDED.read_text())


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_same_as_the_aws_cli(case, running_server, tmp_path, recorded):
    theirs = recorded[case["name"]]
    assert theirs["words"] == case["words"], "recorded for other words: record again"
    ours = run(os.environ.get("ROLECALL_CLIENT") or rolecall_binary(), running_server, case, tmp_path)
    if case["name"] in DIFFERENT:
        assert (ours["status"] == 0) == (theirs["status"] == 0), (case["why"], ours, theirs)
    else:
        assert ours["status"] == theirs["status"], (case["why"], ours, theirs)
        assert ours["out"] == theirs["out"], case["why"]
        assert ours["err"] == theirs["err"], case["why"]
    assert json.loads(json.dumps(ours["after"])) == theirs["after"], case["why"]


def test_every_case_has_a_reason_and_a_name():
    assert len({case["name"] for case in CASES}) == len(CASES) >= 100
    assert all(case["why"] for case in CASES)
    assert set(DIFFERENT) <= {case["name"] for case in CASES}


def record(names):
    import concurrent.futures
    import tempfile
    answers = json.loads(RECORDED.read_text()) if RECORDED.exists() else {}

    def some(cases):
        out = {}
        with tempfile.TemporaryDirectory() as folder:
            server = Server(folder)
            for case in cases:
                home = pathlib.Path(folder) / case["name"]
                home.mkdir()
                out[case["name"]] = {"words": case["words"], **run(AWS, server, case, home)}
            server.stop()
        return out

    wanted = [case for case in CASES if not names or case["name"] in names]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for part in pool.map(some, [wanted[0::2], wanted[1::2]]):
            answers.update(part)
    kept = {case["name"] for case in CASES}
    answers = {name: answer for name, answer in answers.items() if name in kept}
    # One line a case: a diff shows which changed.
    RECORDED.write_text("{\n" + ",\n".join(f"{json.dumps(name)}: {json.dumps(answers[name], sort_keys=True)}" for name in sorted(answers)) + "\n}\n")


if __name__ == "__main__":
    record(sys.argv[1:])
