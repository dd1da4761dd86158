"""Who may call what in IAM: resources, condition keys and further actions that its operations ask for."""
import json

import pytest

from conftest import ACCOUNTS, error_of

DEV = ACCOUNTS["dev"]
IAM = f"arn:aws:iam::{DEV}:"
EC2 = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
ALL = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


@pytest.fixture
def allowed(server, make_user):
    """IAM for a user of the name `bea` with these statements."""
    def make(*statements):
        policy = {"Version": "2012-10-17", "Statement": [dict({"Effect": "Allow", "Resource": "*"}, **s) for s in statements]}
        return server.client("iam", "dev", user=make_user("bea", policy=policy))
    return make


def denied(call, **arguments):
    code, status, message = error_of(call, **arguments)
    assert (code, status) == ("AccessDenied", 403), message
    return message


def test_the_refusal_says_who_what_and_why(allowed):
    bea = allowed({"Action": "s3:*"})
    assert denied(bea.create_user, UserName="eve", Path="/x/") == (
        f"User: {IAM}user/bea is not authorized to perform: iam:CreateUser on resource: {IAM}user/x/eve "
        "because no identity-based policy allows the iam:CreateUser action")


def test_how_refusals_name_resources(allowed):
    bea = allowed({"Action": "s3:*"})
    for call, arguments, resource in [
            (bea.get_user, dict(UserName="eve"), "user eve"), (bea.get_user, {}, "user bea"), (bea.get_role, dict(RoleName="ops"), "role ops"),
            (bea.get_group, dict(GroupName="g"), "group g"), (bea.get_instance_profile, dict(InstanceProfileName="p"), "instance profile p"),
            (bea.create_policy, dict(PolicyName="p", PolicyDocument=ALL), "policy p"), (bea.get_policy, dict(PolicyArn=READ_ONLY), "policy " + READ_ONLY),
            (bea.tag_role, dict(RoleName="ops", Tags=[{"Key": "k", "Value": "v"}]), IAM + "role/ops"),
            (bea.list_users, {}, IAM + "user/"), (bea.list_roles, dict(PathPrefix="/x/"), IAM + "role/x/"),
            (bea.list_policies, {}, "policy path /"), (bea.get_account_summary, {}, "*")]:
        assert f" on resource: {resource} because no identity-based policy allows the iam:" in denied(call, **arguments)


def test_resources_are_matched_with_their_paths(allowed, iam):
    iam.create_user(UserName="in", Path="/team/")
    iam.create_user(UserName="out")
    bea = allowed({"Action": "iam:*", "Resource": IAM + "user/team/*"})
    bea.get_user(UserName="in")
    bea.create_user(UserName="new", Path="/team/")
    denied(bea.get_user, UserName="out")
    denied(bea.create_user, UserName="new2")
    denied(bea.list_users)


def test_self_service(allowed):
    bea = allowed({"Action": "iam:*AccessKey*", "Resource": IAM + "user/${aws:username}"})
    key = bea.create_access_key()["AccessKey"]["AccessKeyId"]
    bea.update_access_key(UserName="bea", AccessKeyId=key, Status="Inactive")
    bea.delete_access_key(AccessKeyId=key)
    denied(bea.create_access_key, UserName="eve")


def test_only_with_a_boundary(allowed):
    bea = allowed({"Action": ["iam:CreateRole", "iam:AttachRolePolicy"],
                   "Condition": {"StringEquals": {"iam:PermissionsBoundary": READ_ONLY}}})
    denied(bea.create_role, RoleName="free", AssumeRolePolicyDocument=EC2)
    bea.create_role(RoleName="bound", AssumeRolePolicyDocument=EC2, PermissionsBoundary=READ_ONLY)
    bea.attach_role_policy(RoleName="bound", PolicyArn=READ_ONLY)


def test_attaching_without_the_boundary(allowed, iam):
    iam.create_role(RoleName="free", AssumeRolePolicyDocument=EC2)
    bea = allowed({"Action": "iam:AttachRolePolicy", "Condition": {"StringEquals": {"iam:PermissionsBoundary": READ_ONLY}}})
    denied(bea.attach_role_policy, RoleName="free", PolicyArn=READ_ONLY)


def test_only_these_policies(allowed, iam):
    iam.create_role(RoleName="ops", AssumeRolePolicyDocument=EC2)
    bea = allowed({"Action": "iam:AttachRolePolicy", "Condition": {"ArnEquals": {"iam:PolicyARN": READ_ONLY}}})
    bea.attach_role_policy(RoleName="ops", PolicyArn=READ_ONLY)
    denied(bea.attach_role_policy, RoleName="ops", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")


def test_tags_ask_for_their_own_permission(allowed):
    bea = allowed({"Action": "iam:CreateUser"})
    bea.create_user(UserName="plain")
    assert "iam:TagUser" in denied(bea.create_user, UserName="tagged", Tags=[{"Key": "k", "Value": "v"}])


def test_tags_of_the_request_and_the_resource(allowed, iam):
    iam.create_role(RoleName="mine", AssumeRolePolicyDocument=EC2, Tags=[{"Key": "team", "Value": "a"}])
    iam.create_role(RoleName="theirs", AssumeRolePolicyDocument=EC2, Tags=[{"Key": "team", "Value": "b"}])
    bea = allowed({"Action": "iam:TagRole", "Condition": {"StringEquals": {"aws:ResourceTag/team": "a", "aws:RequestTag/stage": "dev"}}})
    bea.tag_role(RoleName="mine", Tags=[{"Key": "stage", "Value": "dev"}])
    denied(bea.tag_role, RoleName="mine", Tags=[{"Key": "stage", "Value": "prod"}])
    denied(bea.tag_role, RoleName="theirs", Tags=[{"Key": "stage", "Value": "dev"}])


def test_a_role_is_passed_to_an_instance_profile(allowed, iam):
    iam.create_instance_profile(InstanceProfileName="ip")
    iam.create_role(RoleName="ops", AssumeRolePolicyDocument=EC2)
    bea = allowed({"Action": "iam:AddRoleToInstanceProfile"},
                  {"Action": "iam:PassRole", "Resource": IAM + "role/ops", "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}})
    bea.add_role_to_instance_profile(InstanceProfileName="ip", RoleName="ops")
    iam.create_role(RoleName="admin", AssumeRolePolicyDocument=EC2)
    iam.create_instance_profile(InstanceProfileName="ip2")
    assert "iam:PassRole" in denied(bea.add_role_to_instance_profile, InstanceProfileName="ip2", RoleName="admin")


def test_what_does_not_exist_is_not_betrayed(allowed):
    bea = allowed({"Action": "s3:*"})
    assert "iam:GetRole" in denied(bea.get_role, RoleName="none")


def test_a_boundary_limits_an_administrator(server, iam):
    iam.create_user(UserName="eve", PermissionsBoundary=READ_ONLY)
    iam.put_user_policy(UserName="eve", PolicyName="all", PolicyDocument=ALL)
    eve = server.client("iam", "dev", user=iam.create_access_key(UserName="eve"))
    eve.list_users()
    assert denied(eve.create_user, UserName="x").endswith("because no permissions boundary allows the iam:CreateUser action")


def test_aws_policies_are_closed_to_administrators_too(iam):
    message = denied(iam.delete_policy, PolicyArn=READ_ONLY)
    assert "iam:DeletePolicy" in message and READ_ONLY in message
