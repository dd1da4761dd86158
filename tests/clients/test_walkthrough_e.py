"""Walkthrough E: a login account with groups; users in Login, role Admin in each project account."""
import json

import pytest

from conftest import ACCOUNTS, error_of

LOGIN, PROJECT = ACCOUNTS["login"], ACCOUNTS["prod"]
ROLE = f"arn:aws:iam::{PROJECT}:role/Admin"


@pytest.fixture
def user(server):
    login = server.client("iam", "login")
    login.create_group(GroupName="CloudOps")
    login.put_group_policy(GroupName="CloudOps", PolicyName="assume-admin", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": ROLE}]}))
    project = server.client("iam", "prod")
    project.create_role(RoleName="Admin", AssumeRolePolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{LOGIN}:root"}, "Action": "sts:AssumeRole"}]}))
    project.attach_role_policy(RoleName="Admin", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    key = server.make_user("bea", account="login")
    login.add_user_to_group(GroupName="CloudOps", UserName="bea")
    return key


def test_a_member_gets_in(server, user):
    session = server.client("iam", user=user, role_arn=ROLE)
    assert session.create_user(UserName="made-by-bea")["User"]["Arn"] == f"arn:aws:iam::{PROJECT}:user/made-by-bea"


def test_leaving_the_group_closes_the_door_at_once(server, user):
    sts = server.client("sts", user=user)
    assert sts.assume_role(RoleArn=ROLE, RoleSessionName="before")
    server.client("iam", "login").remove_user_from_group(GroupName="CloudOps", UserName="bea")
    code, status, message = error_of(sts.assume_role, RoleArn=ROLE, RoleSessionName="after")
    assert (code, status) == ("AccessDenied", 403)
    assert message == f"User: arn:aws:iam::{LOGIN}:user/bea is not authorized to perform: sts:AssumeRole on resource: {ROLE}"


def test_the_member_has_nothing_else(server, user):
    iam = server.client("iam", user=user)
    code, status, message = error_of(iam.list_users)
    assert (code, status) == ("AccessDenied", 403)
    assert message == (f"User: arn:aws:iam::{LOGIN}:user/bea is not authorized to perform: iam:ListUsers on resource: "
                       f"arn:aws:iam::{LOGIN}:user/ because no identity-based policy allows the iam:ListUsers action")


def test_an_outsider_stays_out(server, user):
    outsider = server.make_user("eve", account="login")
    assert error_of(server.client("sts", user=outsider).assume_role, RoleArn=ROLE, RoleSessionName="try")[:2] == ("AccessDenied", 403)


@pytest.mark.parametrize("document", [
    '{"Version":"2012-10-17", # comment\n"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
    '{\u201cVersion\u201d:\u201c2012-10-17\u201d,\u201cStatement\u201d:[]}',
    '{"Version":"2012\u201310\u201317","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}],}',
], ids=["comment", "curly quotes", "en dash", "trailing comma"])
def test_a_policy_pasted_from_a_web_page_is_refused(server, document):
    iam = server.client("iam", "login")
    iam.create_group(GroupName="Pasted")
    code, status, _ = error_of(iam.put_group_policy, GroupName="Pasted", PolicyName="p", PolicyDocument=document)
    assert status == 400
    assert code in ("MalformedPolicyDocument", "ValidationError")
    assert iam.list_group_policies(GroupName="Pasted")["PolicyNames"] == []
