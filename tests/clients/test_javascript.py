"""The JavaScript SDK v3, unmodified: its signer, its checksums in trailers, its parsers of our answers."""
import json
import os
import pathlib
import subprocess

import pytest

from conftest import ACCOUNTS

HERE = pathlib.Path(__file__).parent
ROLE = f"arn:aws:iam::{ACCOUNTS['prod']}:role/Reader"


@pytest.fixture
def node(server):
    def run(case, user=None):
        key, secret = user or (f"AKIAADMIN{ACCOUNTS['dev'][:7]}0000", "admin-secret-of-dev")
        done = subprocess.run(["node", "sdk.mjs", case], cwd=HERE, text=True, capture_output=True, timeout=120,
                              env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", "ENDPOINT": server.url, "KEY": key, "SECRET": secret, "ROLE": ROLE})
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)
    return run


@pytest.fixture
def role(server):
    iam = server.client("iam", "prod")
    iam.create_role(RoleName="Reader", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": ACCOUNTS["dev"]}, "Action": "sts:AssumeRole"}]}))
    iam.attach_role_policy(RoleName="Reader", PolicyArn="arn:aws:iam::aws:policy/IAMReadOnlyAccess")


def test_identity(node):
    assert node("identity") == {"Account": ACCOUNTS["dev"], "Arn": f"arn:aws:iam::{ACCOUNTS['dev']}:user/rolecall/admin"}


def test_a_role_reads_and_cannot_write(node, role):
    got = node("role")
    assert got["arn"] == f"arn:aws:sts::{ACCOUNTS['prod']}:assumed-role/Reader/from-js"
    assert got["read"] == 0
    assert (got["write"]["name"], got["write"]["status"]) == ("AccessDenied", 403)
    assert "because no identity-based policy allows the iam:CreateUser action" in got["write"]["message"]
    assert (got["ec2"]["name"], got["ec2"]["status"]) == ("UnauthorizedOperation", 403)


def test_a_stranger_is_refused(server, node, role):
    got = node("stranger", server.make_user("stranger", account="staging"))
    assert (got["assume"]["name"], got["assume"]["status"]) == ("AccessDenied", 403)
    assert (got["missing"]["name"], got["missing"]["status"]) == ("AccessDenied", 403)


def test_pages(server, node):
    iam = server.client("iam")
    for i in range(20):
        iam.create_user(UserName=f"user-{i:02}")
    assert node("pages")["names"] == [f"user-{i:02}" for i in range(20)]


def test_objects(node):
    got = node("objects")
    for algorithm in ("default", "CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"):
        assert got[algorithm] == {"text": "checked", "who": "js"}, algorithm
    assert got["streamed"] is True
    assert got["large"]["length"] == 11 * 1024 * 1024
    assert got["large"]["etag"].endswith('-3"')
    assert got["listed"] == ["sum/"]
    assert got["deleted"] == 2
    assert (got["gone"]["name"], got["gone"]["status"]) == ("NoSuchKey", 404)
