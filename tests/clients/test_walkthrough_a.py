"""Walkthrough A: one user, every account. A developer in Dev, a role in Prod, typed with Debian's own AWS CLI.

The CLI (2.9.19) knows no endpoint setting, so it reaches the server as an HTTPS proxy.
"""
import contextlib
import datetime
import json
import re
import sys
import time
import types

import pytest

from conftest import ACCOUNTS, error_of

DEV, PROD = ACCOUNTS["dev"], ACCOUNTS["prod"]
ROLE = f"arn:aws:iam::{PROD}:role/CrossAccountPowerUser"


def trust(principal):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}]})


def allow(action, resource):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": resource}]})


@pytest.fixture
def developer(server, aws):
    """Steps 1 and 2: the user exists, and `aws configure` has asked its four questions."""
    root = server.client("iam", "dev")
    root.create_user(UserName="developer")
    root.put_user_policy(UserName="developer", PolicyName="ec2", PolicyDocument=allow("ec2:Describe*", "*"))
    key = root.create_access_key(UserName="developer")["AccessKey"]
    aws.run("configure", stdin=f"{key['AccessKeyId']}\n{key['SecretAccessKey']}\nus-east-1\njson\n")
    return key


@pytest.fixture
def instances(server):
    """One instance in Dev and two in Prod, in us-west-1."""
    made = {}
    for account, count in (("dev", 1), ("prod", 2)):
        ec2 = server.client("ec2", account, region="us-west-1")
        answer = ec2.run_instances(ImageId=ec2.describe_images()["Images"][0]["ImageId"], MinCount=count, MaxCount=count, InstanceType="t3.micro")
        made[account] = {i["InstanceId"] for i in answer["Instances"]}
    return made


@pytest.fixture
def role(server, developer):
    """Steps 3 to 5 as a person would do them, but for the profile."""
    prod = server.client("iam", "prod")
    prod.create_role(RoleName="CrossAccountPowerUser", AssumeRolePolicyDocument=trust(f"arn:aws:iam::{DEV}:user/developer"))
    prod.attach_role_policy(RoleName="CrossAccountPowerUser", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    dev = server.client("iam", "dev")
    policy = dev.create_policy(PolicyName="AssumeProd", PolicyDocument=allow("sts:AssumeRole", ROLE))["Policy"]
    dev.attach_user_policy(UserName="developer", PolicyArn=policy["Arn"])
    return policy


@pytest.fixture
def profile(aws, role):
    aws("configure", "set", "profile.prod.role_arn", ROLE)
    aws("configure", "set", "profile.prod.source_profile", "default")
    return "prod"


def described(answer):
    return {i["InstanceId"] for r in answer["Reservations"] for i in r["Instances"]}


def test_configure_writes_both_files(aws, developer):
    assert developer["SecretAccessKey"] in (aws.home / "credentials").read_text()
    assert "region = us-east-1" in (aws.home / "config").read_text()
    identity = aws("sts", "get-caller-identity")
    assert identity["Arn"] == f"arn:aws:iam::{DEV}:user/developer"
    assert identity["Account"] == DEV
    assert identity["UserId"].startswith("AIDA")


def test_a_fresh_role_can_do_nothing(server, aws, developer):
    prod = server.client("iam", "prod")
    prod.create_role(RoleName="Empty", AssumeRolePolicyDocument=trust(f"arn:aws:iam::{DEV}:user/developer"))
    arn = f"arn:aws:iam::{PROD}:role/Empty"
    server.client("iam", "dev").put_user_policy(UserName="developer", PolicyName="assume", PolicyDocument=allow("sts:AssumeRole", arn))
    aws("configure", "set", "profile.empty.role_arn", arn)
    aws("configure", "set", "profile.empty.source_profile", "default")
    assert aws("sts", "get-caller-identity", "--profile", "empty")["Arn"].startswith(f"arn:aws:sts::{PROD}:assumed-role/Empty/")
    assert "UnauthorizedOperation" in aws.refused("ec2", "describe-instances", "--region", "us-west-1", "--profile", "empty")


def test_create_policy_answers_what_aws_answers(role):
    assert role["PolicyId"].startswith("ANPA")
    assert role["DefaultVersionId"] == "v1"
    assert role["AttachmentCount"] == 0
    assert role["IsAttachable"] is True
    assert role["Path"] == "/"
    assert role["Arn"] == f"arn:aws:iam::{DEV}:policy/AssumeProd"
    assert role["CreateDate"]


def test_each_account_lists_its_own_instances(aws, profile, instances):
    assert described(aws("ec2", "describe-instances", "--region", "us-west-1")) == instances["dev"]
    assert described(aws("ec2", "describe-instances", "--region", "us-west-1", "--profile", profile)) == instances["prod"]


def test_the_client_caches_the_session(server, aws, profile, instances):
    aws("ec2", "describe-instances", "--region", "us-west-1", "--profile", profile)
    cached = list((aws.home / ".aws/cli/cache").glob("*.json"))
    assert len(cached) == 1
    first = json.loads(cached[0].read_text())["Credentials"]
    assert first["AccessKeyId"].startswith("ASIA")
    aws("ec2", "describe-instances", "--region", "us-west-1", "--profile", profile)
    assert json.loads(cached[0].read_text())["Credentials"] == first


def test_credentials_last_one_hour(server, developer, role):
    before = time.time()
    got = server.client("sts", user=developer).assume_role(RoleArn=ROLE, RoleSessionName="hour")
    assert 3598 <= got["Credentials"]["Expiration"].timestamp() - before <= 3602
    assert got["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{PROD}:assumed-role/CrossAccountPowerUser/hour"
    assert "PackedPolicySize" not in got


# ---- who gets in and who does not ---------------------------------------------------------------------------------

def test_refused_policy_detached(server, developer, role):
    server.client("iam", "dev").detach_user_policy(UserName="developer", PolicyArn=role["Arn"])
    code, status, message = error_of(server.client("sts", user=developer).assume_role, RoleArn=ROLE, RoleSessionName="try")
    assert (code, status) == ("AccessDenied", 403)
    assert message == f"User: arn:aws:iam::{DEV}:user/developer is not authorized to perform: sts:AssumeRole on resource: {ROLE}"


def test_refused_another_user_with_the_same_policy(server, make_user, role):
    other = make_user("other", policy=json.loads(allow("sts:AssumeRole", ROLE)))
    code, status, message = error_of(server.client("sts", user=other).assume_role, RoleArn=ROLE, RoleSessionName="try")
    assert (code, status) == ("AccessDenied", 403)
    assert f"User: arn:aws:iam::{DEV}:user/other is not authorized to perform: sts:AssumeRole" in message


def test_refused_the_user_deleted_and_created_again(server, developer, role):
    iam = server.client("iam", "dev")
    iam.delete_access_key(UserName="developer", AccessKeyId=developer["AccessKeyId"])
    iam.detach_user_policy(UserName="developer", PolicyArn=role["Arn"])
    iam.delete_user_policy(UserName="developer", PolicyName="ec2")
    iam.delete_user(UserName="developer")
    again = server.make_user("developer", policy=json.loads(allow("sts:AssumeRole", ROLE)))
    code, status, _ = error_of(server.client("sts", user=again).assume_role, RoleArn=ROLE, RoleSessionName="try")
    assert (code, status) == ("AccessDenied", 403)
    # The trust policy shows whom it held: the unique id of the user that is gone.
    document = server.client("iam", "prod").get_role(RoleName="CrossAccountPowerUser")["Role"]["AssumeRolePolicyDocument"]
    assert re.fullmatch(r"AIDA[A-Z2-7]+", document["Statement"][0]["Principal"]["AWS"])


def test_the_session_reads_and_cannot_write(server, developer, role, instances):
    session = server.client("ec2", user=developer, role_arn=ROLE, region="us-west-1")
    assert described(session.describe_instances()) == instances["prod"]
    code, status, message = error_of(session.terminate_instances, InstanceIds=list(instances["prod"]))
    assert (code, status) == ("UnauthorizedOperation", 403)
    assert "You are not authorized to perform this operation." in message
    assert "ec2:TerminateInstances" in message
    assert "because no identity-based policy allows the ec2:TerminateInstances action" in message
    assert "Encoded authorization failure message: " in message
    code, status, message = error_of(server.client("iam", user=developer, role_arn=ROLE).create_user, UserName="intruder")
    assert (code, status) == ("AccessDenied", 403)
    assert message.endswith("because no identity-based policy allows the iam:CreateUser action")
    assert f"arn:aws:sts::{PROD}:assumed-role/CrossAccountPowerUser/" in message


def test_refused_an_expired_session(server, developer, role):
    got = server.client("sts", user=developer).assume_role(RoleArn=ROLE, RoleSessionName="short", DurationSeconds=900)["Credentials"]
    iam = server.raw_client("iam", got["AccessKeyId"], got["SecretAccessKey"], got["SessionToken"])
    assert iam.list_roles()["Roles"]
    server.advance(901)
    with clock_moved(901):
        code, status, _ = error_of(iam.list_roles)
    assert (code, status) == ("ExpiredToken", 403)


def test_refused_one_bit_of_the_signature(server, developer):
    sts = server.client("sts", user=developer)

    def flip(request, **_):
        header = request.headers["Authorization"]
        text = header.decode() if isinstance(header, bytes) else header
        last = text[-1]
        request.headers["Authorization"] = text[:-1] + ("0" if last != "0" else "1")

    sts.meta.events.register("before-send.sts.GetCallerIdentity", flip)
    code, status, _ = error_of(sts.get_caller_identity)
    assert (code, status) == ("SignatureDoesNotMatch", 403)


@contextlib.contextmanager
def clock_moved(seconds):
    """botocore signs with its clock moved, as if its machine's clock were the server's."""
    class Moved(datetime.datetime):
        @classmethod
        def utcnow(cls):
            return datetime.datetime.utcfromtimestamp(time.time() + seconds)

    # Debian's botocore signs in Python or in awscrt, as that is installed.
    modules = [m for m in (sys.modules.get("botocore.auth"), sys.modules.get("botocore.crt.auth")) if m]
    for module in modules:
        module.datetime = types.SimpleNamespace(datetime=Moved, timedelta=datetime.timedelta, timezone=datetime.timezone)
    try:
        yield
    finally:
        for module in modules:
            module.datetime = datetime
