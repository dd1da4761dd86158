"""Walkthrough B: a whole account is trusted. `:root` means any principal of it that its own account allows."""
import json

import pytest

from conftest import ACCOUNTS, error_of

DEV, PROD = ACCOUNTS["dev"], ACCOUNTS["prod"]
ROLE = f"arn:aws:iam::{PROD}:role/CrossAccountAdminRole"


def trust(principal, condition=None):
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}
    if condition:
        statement["Condition"] = condition
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture(params=["arn", "number"])
def role(request, server):
    iam = server.client("iam", "prod")
    principal = f"arn:aws:iam::{DEV}:root" if request.param == "arn" else DEV
    iam.create_role(RoleName="CrossAccountAdminRole", AssumeRolePolicyDocument=trust(principal))
    iam.attach_role_policy(RoleName="CrossAccountAdminRole", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    return iam


def configure(aws, key, profile, **settings):
    aws("configure", "set", "aws_access_key_id", key[0], "--profile", "base")
    aws("configure", "set", "aws_secret_access_key", key[1], "--profile", "base")
    aws("configure", "set", "region", "us-east-1", "--profile", "base")
    for name, value in dict(role_arn=ROLE, source_profile="base", region="us-east-1", **settings).items():
        aws("configure", "set", f"profile.{profile}.{name}", value)


def test_the_bare_number_is_stored_as_the_root_arn(role):
    document = role.get_role(RoleName="CrossAccountAdminRole")["Role"]["AssumeRolePolicyDocument"]
    assert document["Statement"][0]["Principal"]["AWS"] == f"arn:aws:iam::{DEV}:root"


def test_an_administrator_needs_no_further_policy(server, aws, role, make_user):
    key = make_user("admin")
    server.client("iam").attach_user_policy(UserName="admin", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    server.client("s3", "prod").create_bucket(Bucket="prod-reports")
    configure(aws, key, "prodadmin")
    assert "prod-reports" in aws("s3", "ls", "--profile", "prodadmin")


def test_another_user_needs_a_policy(server, role, make_user):
    key = make_user("plain")
    sts = server.client("sts", user=key)
    code, status, message = error_of(sts.assume_role, RoleArn=ROLE, RoleSessionName="try")
    assert (code, status) == ("AccessDenied", 403)
    assert message == f"User: arn:aws:iam::{DEV}:user/plain is not authorized to perform: sts:AssumeRole on resource: {ROLE}"
    server.client("iam").put_user_policy(UserName="plain", PolicyName="go", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": ROLE}}))
    assert sts.assume_role(RoleArn=ROLE, RoleSessionName="try")["Credentials"]["AccessKeyId"].startswith("ASIA")


def test_refused_a_third_account(server, role):
    stranger = server.make_user("stranger", account="staging")
    server.client("iam", "staging").attach_user_policy(UserName="stranger", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    code, status, _ = error_of(server.client("sts", user=stranger).assume_role, RoleArn=ROLE, RoleSessionName="try")
    assert (code, status) == ("AccessDenied", 403)


def test_refused_the_root_user_itself(server, role):
    code, status, message = error_of(server.client("sts", "dev", root=True).assume_role, RoleArn=ROLE, RoleSessionName="try")
    assert (code, status) == ("AccessDenied", 403)
    assert message == "Roles may not be assumed by root accounts."


def test_external_id(server, aws, make_user):
    iam = server.client("iam", "prod")
    iam.create_role(RoleName="CrossAccountAdminRole", AssumeRolePolicyDocument=trust(
        f"arn:aws:iam::{DEV}:root", {"StringEquals": {"sts:ExternalId": "c0ffee-42"}}))
    iam.attach_role_policy(RoleName="CrossAccountAdminRole", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    key = make_user("admin")
    server.client("iam").attach_user_policy(UserName="admin", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    configure(aws, key, "without")
    assert "AccessDenied" in aws.refused("sts", "get-caller-identity", "--profile", "without")
    configure(aws, key, "wrong", external_id="c0ffee-43")
    assert "AccessDenied" in aws.refused("sts", "get-caller-identity", "--profile", "wrong")
    configure(aws, key, "right", external_id="c0ffee-42")
    assert aws("sts", "get-caller-identity", "--profile", "right")["Account"] == PROD
