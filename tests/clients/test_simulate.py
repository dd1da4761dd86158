"""rolecall simulate: what the guard would answer, on a running server and on a data folder, beside what it does answer."""
import json
import subprocess

import pytest

from conftest import ACCOUNTS, Server, error_of, rolecall_binary

DEV, PROD = ACCOUNTS["dev"], ACCOUNTS["prod"]
BEA, ADMIN = f"arn:aws:iam::{DEV}:user/team/bea", f"arn:aws:iam::{PROD}:role/Admin"


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A server with a data folder: bea of Dev, a role of Prod that trusts Dev with MFA, a bucket of Prod that names bea."""
    directory = tmp_path_factory.mktemp("simulate")
    server = Server(directory, "--data", str(directory / "data"))
    server.data = directory / "data"
    iam = server.client("iam")
    iam.create_user(UserName="bea", Path="/team/")
    iam.put_user_policy(UserName="bea", PolicyName="own", PolicyDocument=policy(
        allow("s3:GetObject"), allow("sts:AssumeRole", ADMIN), allow("ec2:DescribeInstances", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
        {"Sid": "Never", "Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::shared/secret*"}))
    prod = server.client("iam", "prod")
    prod.create_role(RoleName="Admin", AssumeRolePolicyDocument=policy(
        {"Effect": "Allow", "Principal": {"AWS": DEV}, "Action": "sts:AssumeRole", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}))
    prod.attach_role_policy(RoleName="Admin", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    s3 = server.client("s3", "prod")
    s3.create_bucket(Bucket="shared")
    s3.put_bucket_policy(Bucket="shared", Policy=policy(allow("s3:GetObject", "arn:aws:s3:::shared/*", Principal={"AWS": BEA})))
    yield server
    if server.process.poll() is None:
        server.stop()


def simulate(server, principal, action, resource="*", context=(), where="endpoint", more=()):
    words = ["simulate", "--principal", principal, "--action", action, "--resource", resource]
    for entry in context:
        words += ["--context", entry]
    words += ["--endpoint-url", server.url] if where == "endpoint" else ["--data", str(server.data)]
    return subprocess.run([rolecall_binary(), *words, *more], capture_output=True, text=True, timeout=60)


SESSION = f"arn:aws:sts::{PROD}:assumed-role/Admin/bea"
CASES = [
    # principal, action, resource, context, allowed, what the reason says
    (BEA, "s3:GetObject", "arn:aws:s3:::shared/k", (), True, "resource policy: allows"),
    (BEA, "s3:GetObject", "arn:aws:s3:::shared/secret", (), False, "denied by statement 4 `Never` of own (identity policies)"),
    (BEA, "s3:PutObject", "arn:aws:s3:::shared/k", (), False, "that allows s3:PutObject"),
    (BEA, "s3:GetObject", "arn:aws:s3:::none-of-ours/k", (), True, "identity policies: allows"),
    (BEA, "sts:AssumeRole", ADMIN, (), False, "trust policy: nothing here allows it"),
    (BEA, "sts:AssumeRole", ADMIN, ("aws:MultiFactorAuthPresent=true",), True, "trust policy: allows"),
    (BEA, "ec2:DescribeInstances", "*", (), False, "aws:SourceIp"),
    (BEA, "ec2:DescribeInstances", "*", ("aws:SourceIp=10.1.2.3",), True, "aws:SourceIp: 10.1.2.3"),
    (BEA, "ec2:DescribeInstances", "*", ("aws:sourceip=11.1.2.3",), False, "aws:SourceIp: 11.1.2.3"),
    (BEA, "iam:GetUser", BEA, (), False, f"missing   a policy of {BEA} that allows iam:GetUser"),
    (ADMIN, "iam:CreateUser", f"arn:aws:iam::{PROD}:user/x", (), True, f"who       arn:aws:sts::{PROD}:assumed-role/Admin/simulated"),
    (SESSION, "s3:ListBucket", "arn:aws:s3:::shared", (), True, f"who       {SESSION}"),
    (ADMIN, "sts:GetSessionToken", "*", (), False, "Cannot call GetSessionToken with session credentials"),
    (f"arn:aws:iam::{DEV}:root", "s3:ListBucket", "arn:aws:s3:::shared", (), False, "s3:ListBucket"),
    (PROD, "s3:ListBucket", "arn:aws:s3:::shared", (), True, f"arn:aws:iam::{PROD}:root"),
    (DEV, "sts:AssumeRole", ADMIN, (), False, "sts:AssumeRole"),
]


@pytest.mark.parametrize("where", ["endpoint", "folder"])
@pytest.mark.parametrize("principal,action,resource,context,allowed,said", CASES)
def test_decisions_and_reasons(world, where, principal, action, resource, context, allowed, said):
    done = simulate(world, principal, action, resource, context, where)
    assert done.returncode == (0 if allowed else 1), done
    assert said in done.stdout and not done.stderr, done.stdout


def test_the_answer_is_the_guards(world):
    key = world.client("iam").create_access_key(UserName="bea")["AccessKey"]
    s3 = world.client("s3", user=key)
    world.client("s3", "prod").put_object(Bucket="shared", Key="k", Body=b"x")
    assert s3.get_object(Bucket="shared", Key="k")["Body"].read() == b"x"
    assert error_of(s3.put_object, Bucket="shared", Key="k", Body=b"y")[0] == "AccessDenied"
    assert error_of(world.client("sts", user=key).assume_role, RoleArn=ADMIN, RoleSessionName="session")[0] == "AccessDenied"
    # A simulation leaves nothing behind: no decision, no record.
    before = world.get("/_rolecall/audit?limit=1000")
    simulate(world, BEA, "s3:PutObject", "arn:aws:s3:::shared/k")
    assert world.get("/_rolecall/audit?limit=1000") == before


def test_json(world):
    record = json.loads(simulate(world, BEA, "s3:PutObject", "arn:aws:s3:::shared/k", more=["--json"]).stdout)
    assert record["trace"]["decision"] == "ImplicitlyDenied" and record["resourceAccount"] == PROD
    assert record["context"]["aws:username"] == ["bea"] and "aws:SourceIp" not in record["context"]


@pytest.mark.parametrize("words,said", [
    (["--principal", f"arn:aws:iam::{DEV}:user/ghost", "--action", "s3:GetObject"], "ghost"),
    (["--principal", f"arn:aws:iam::{DEV}:user/bea", "--action", "s3:GetObject"], "no principal"),  # she has a path
    (["--principal", "bea", "--action", "s3:GetObject"], "no ARN"),
    (["--principal", f"arn:aws:iam::{DEV}:group/x", "--action", "s3:GetObject"], "cannot be simulated"),
    (["--principal", BEA, "--action", "GetObject"], "no action"),
    (["--principal", BEA, "--action", "s3:GetObject", "--context", "x"], "KEY=VALUE"),
    (["--principal", BEA], "--action"),
    (["--action", "s3:GetObject"], "--principal"),
])
def test_usage(world, words, said):
    for where in (["--endpoint-url", world.url], ["--data", str(world.data)]):
        done = subprocess.run([rolecall_binary(), "simulate", *words, *where], capture_output=True, text=True, timeout=60)
        assert done.returncode == 2 and said in done.stderr and not done.stdout, done


def test_unreachable(world, tmp_path):
    for where in (["--endpoint-url", "http://127.0.0.1:1"], ["--data", str(tmp_path / "none")], ["--data", str(world.data), "--master-key", str(tmp_path / "none")]):
        done = subprocess.run([rolecall_binary(), "simulate", "--principal", BEA, "--action", "s3:GetObject", *where], capture_output=True, text=True, timeout=60)
        assert done.returncode == 3 and done.stderr, done
    assert not (tmp_path / "none").exists()


def test_a_folder_at_rest(world):
    """Last: stops the server."""
    world.stop()
    for principal, action, resource, context, allowed, said in CASES:
        done = simulate(world, principal, action, resource, context, "folder")
        assert done.returncode == (0 if allowed else 1) and said in done.stdout, done
