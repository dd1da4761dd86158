"""Families of IAM operations from making to deleting, with what is refused on the way."""
import base64
import hashlib
import hmac
import json
import struct
import time

from conftest import ACCOUNTS, error_of

DEV = ACCOUNTS["dev"]
ALL = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
EC2 = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def totp(seed, at):
    mac = hmac.new(base64.b32decode(seed), struct.pack(">Q", int(at) // 30), hashlib.sha1).digest()
    offset = mac[19] & 15
    return f"{(struct.unpack('>I', mac[offset:offset + 4])[0] & 0x7FFFFFFF) % 1000000:06d}"


def test_a_user_must_be_emptied_before_it_is_deleted(iam):
    iam.create_user(UserName="bea")
    iam.create_group(GroupName="g")
    iam.put_user_policy(UserName="bea", PolicyName="p", PolicyDocument=ALL)
    iam.attach_user_policy(UserName="bea", PolicyArn=READ_ONLY)
    iam.add_user_to_group(UserName="bea", GroupName="g")
    key = iam.create_access_key(UserName="bea")["AccessKey"]["AccessKeyId"]
    undo = [("delete policies", lambda: iam.delete_user_policy(UserName="bea", PolicyName="p")),
            ("detach all policies", lambda: iam.detach_user_policy(UserName="bea", PolicyArn=READ_ONLY)),
            ("remove users from group", lambda: iam.remove_user_from_group(UserName="bea", GroupName="g")),
            ("delete access keys", lambda: iam.delete_access_key(UserName="bea", AccessKeyId=key))]
    for what, step in undo:
        assert error_of(iam.delete_user, UserName="bea") == ("DeleteConflict", 409, f"Cannot delete entity, must {what} first.")
        step()
    iam.delete_user(UserName="bea")
    assert iam.list_users()["Users"] == []


def test_names_differ_by_more_than_case(iam):
    iam.create_user(UserName="Bea")
    assert error_of(iam.create_user, UserName="bEA")[0] == "EntityAlreadyExists"
    assert iam.get_user(UserName="BEA")["User"]["UserName"] == "Bea"


def test_the_administrator_of_the_flag_is_in_no_list(iam):
    assert iam.get_user()["User"]["Arn"] == f"arn:aws:iam::{DEV}:user/rolecall/admin"
    assert iam.list_users()["Users"] == []
    assert iam.list_access_keys()["AccessKeyMetadata"] == []
    assert iam.get_account_summary()["SummaryMap"]["Users"] == 0
    iam.create_user(UserName="admin")  # his name is free
    assert iam.get_user(UserName="admin")["User"]["Path"] == "/"


def test_root_is_the_account(server):
    root = server.client("iam", "dev", root=True)
    user = root.get_user()["User"]
    assert user["Arn"] == f"arn:aws:iam::{DEV}:root" and user["UserId"] == DEV


def test_pages(iam):
    names = [f"role{i:02}" for i in range(25)]
    for name in names:
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=EC2)
    pages = list(iam.get_paginator("list_roles").paginate(PaginationConfig={"PageSize": 10}))
    assert [len(p["Roles"]) for p in pages] == [10, 10, 5]
    assert [r["RoleName"] for p in pages for r in p["Roles"]] == names
    assert error_of(iam.list_roles, Marker="no marker of ours")[0] == "ValidationError"


def test_paths(iam):
    iam.create_user(UserName="a", Path="/x/")
    iam.create_user(UserName="b", Path="/x/y/")
    iam.create_user(UserName="c")
    assert [u["UserName"] for u in iam.list_users(PathPrefix="/x/")["Users"]] == ["a", "b"]


def test_quotas(iam):
    iam.create_user(UserName="bea")
    for _ in range(2):
        iam.create_access_key(UserName="bea")
    assert error_of(iam.create_access_key, UserName="bea") == ("LimitExceeded", 409, "Cannot exceed quota for AccessKeysPerUser: 2")
    big = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:" + "a" * 2048, "Resource": "*"}]})
    assert error_of(iam.put_user_policy, UserName="bea", PolicyName="p", PolicyDocument=big) == (
        "LimitExceeded", 409, "Maximum policy size of 2048 bytes exceeded for user bea")
    arn = iam.create_policy(PolicyName="p", PolicyDocument=ALL)["Policy"]["Arn"]
    for _ in range(4):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=ALL)
    assert error_of(iam.create_policy_version, PolicyArn=arn, PolicyDocument=ALL)[0] == "LimitExceeded"


def test_aws_policies_are_read_only(iam):
    assert len(list(iam.get_paginator("list_policies").paginate(Scope="AWS").search("Policies[].Arn"))) == 1485
    assert error_of(iam.delete_policy, PolicyArn=READ_ONLY)[:2] == ("AccessDenied", 403)
    assert error_of(iam.create_policy_version, PolicyArn=READ_ONLY, PolicyDocument=ALL)[:2] == ("AccessDenied", 403)
    version = iam.get_policy(PolicyArn=READ_ONLY)["Policy"]["DefaultVersionId"]
    assert iam.get_policy_version(PolicyArn=READ_ONLY, VersionId=version)["PolicyVersion"]["Document"]["Statement"]


def test_trust_policies_hold_the_user_not_the_name(iam):
    iam.create_user(UserName="bea")
    arn = f"arn:aws:iam::{DEV}:user/bea"

    def trust(principal):
        return {"Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}]}

    def shown():
        return iam.get_role(RoleName="r")["Role"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["AWS"]

    assert error_of(iam.create_role, RoleName="r", AssumeRolePolicyDocument=json.dumps(trust(arn + "x"))) == (
        "MalformedPolicyDocument", 400, f'Invalid principal in policy: "AWS":"{arn}x"')
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(trust(arn)))
    assert shown() == arn
    user_id = iam.get_user(UserName="bea")["User"]["UserId"]
    iam.delete_user(UserName="bea")
    iam.create_user(UserName="bea")
    assert shown() == user_id
    iam.update_assume_role_policy(RoleName="r", PolicyDocument=json.dumps(trust("222222222222")))
    assert shown() == "arn:aws:iam::222222222222:root"


def test_mfa_devices(iam):
    iam.create_user(UserName="bea")
    made = iam.create_virtual_mfa_device(VirtualMFADeviceName="phone")["VirtualMFADevice"]
    serial, seed = made["SerialNumber"], made["Base32StringSeed"]
    assert serial == f"arn:aws:iam::{DEV}:mfa/phone" and len(seed) == 64
    assert made.get("QRCodePNG", b"\x89PNG").startswith(b"\x89PNG")
    wrong = dict(UserName="bea", SerialNumber=serial, AuthenticationCode1="000000", AuthenticationCode2="000000")
    assert error_of(iam.enable_mfa_device, **wrong) == (
        "InvalidAuthenticationCode", 403, "Authentication code for device is not valid.")
    now = time.time()
    codes = dict(AuthenticationCode1=totp(seed, now - 30), AuthenticationCode2=totp(seed, now))
    iam.enable_mfa_device(UserName="bea", SerialNumber=serial, **codes)
    assert [d["SerialNumber"] for d in iam.list_mfa_devices(UserName="bea")["MFADevices"]] == [serial]
    assert iam.list_virtual_mfa_devices(AssignmentStatus="Assigned")["VirtualMFADevices"][0]["User"]["UserName"] == "bea"
    assert error_of(iam.resync_mfa_device, UserName="bea", SerialNumber=serial, **codes)[0] == "InvalidAuthenticationCode"
    assert error_of(iam.delete_virtual_mfa_device, SerialNumber=serial)[0] == "DeleteConflict"
    assert error_of(iam.delete_user, UserName="bea")[2] == "Cannot delete entity, must delete MFA device first."
    iam.deactivate_mfa_device(UserName="bea", SerialNumber=serial)
    iam.delete_virtual_mfa_device(SerialNumber=serial)
    iam.delete_user(UserName="bea")


def test_authorization_details(iam):
    iam.create_role(RoleName="ops", AssumeRolePolicyDocument=EC2)
    iam.attach_role_policy(RoleName="ops", PolicyArn=READ_ONLY)
    iam.create_user(UserName="bea")
    pages = list(iam.get_paginator("get_account_authorization_details").paginate(PaginationConfig={"PageSize": 1}))
    assert [u["UserName"] for p in pages for u in p["UserDetailList"]] == ["bea"]
    assert [r["RoleName"] for p in pages for r in p["RoleDetailList"]] == ["ops"]
    assert [p["PolicyName"] for page in pages for p in page["Policies"]] == ["ReadOnlyAccess"]


def test_simulation(iam):
    iam.create_user(UserName="bea")
    iam.put_user_policy(UserName="bea", PolicyName="p", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]}))
    results = iam.simulate_principal_policy(PolicySourceArn=f"arn:aws:iam::{DEV}:user/bea", ActionNames=["s3:GetObject", "s3:PutObject"],
                                            ResourceArns=["arn:aws:s3:::b/k"])["EvaluationResults"]
    assert [(r["EvalActionName"], r["EvalDecision"]) for r in results] == [("s3:GetObject", "allowed"), ("s3:PutObject", "implicitDeny")]
    assert results[0]["MatchedStatements"][0]["SourcePolicyId"] == "user_bea_p"
    assert results[0]["EvalDecisionDetails"] == {}
    assert results[0]["ResourceSpecificResults"][0]["EvalResourceDecision"] == "allowed"
