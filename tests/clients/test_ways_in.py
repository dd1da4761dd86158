"""Ways in that were found once: renaming oneself into a grant, asking about a namesake, a Deny that spares too many, guessing codes."""
import json
import time

import pytest

from conftest import ACCOUNTS, error_of
from test_client_roles import allow, totp, trust

DEV, PROD = ACCOUNTS["dev"], ACCOUNTS["prod"]


def policy(*statements):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*", **s} for s in statements]}


def refused(call, **arguments):
    code, _, message = error_of(call, **arguments)
    assert code == "AccessDenied", (code, message)
    return message


# ---- renaming asks about what one becomes -----------------------------------------------------------------------------------
def test_nobody_renames_himself_into_a_trusted_path(server):
    me = f"arn:aws:iam::{DEV}:user/mallory"
    server.client("iam").create_role(RoleName="AdminsOnly", AssumeRolePolicyDocument=trust(
        f"arn:aws:iam::{DEV}:root", Condition={"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{DEV}:user/admin/*"}}))
    key = server.make_user("mallory", policy=policy({"Action": "iam:UpdateUser", "Resource": me}, {"Action": "sts:AssumeRole"}))
    iam, sts = server.client("iam", user=key), server.client("sts", user=key)
    role = {"RoleArn": f"arn:aws:iam::{DEV}:role/AdminsOnly", "RoleSessionName": "session"}
    refused(sts.assume_role, **role)
    said = refused(iam.update_user, UserName="mallory", NewPath="/admin/")
    assert "user/admin/mallory" in said, "the refusal names what it would have become"
    refused(iam.update_user, UserName="mallory", NewUserName="alice")
    refused(sts.assume_role, **role)
    server.client("iam").put_user_policy(UserName="mallory", PolicyName="more", PolicyDocument=json.dumps(policy(
        {"Action": "iam:UpdateUser", "Resource": f"arn:aws:iam::{DEV}:user/m*"})))
    iam.update_user(UserName="mallory", NewUserName="mal")
    assert [u["UserName"] for u in server.client("iam").list_users()["Users"]] == ["mal"]


def test_a_deny_on_the_target_holds(server):
    key = server.make_user("trudy", policy=policy({"Action": "iam:UpdateUser"},
                                                  {"Effect": "Deny", "Action": "iam:UpdateUser", "Resource": f"arn:aws:iam::{DEV}:user/admin/*"}))
    iam = server.client("iam", user=key)
    assert "explicit deny" in refused(iam.update_user, UserName="trudy", NewPath="/admin/")
    iam.update_user(UserName="trudy", NewPath="/staff/")


def test_groups_alike(server):
    server.client("iam").create_group(GroupName="g1")
    key = server.make_user("gina", policy=policy({"Action": "iam:UpdateGroup", "Resource": f"arn:aws:iam::{DEV}:group/g1"}))
    iam = server.client("iam", user=key)
    refused(iam.update_group, GroupName="g1", NewPath="/admin/", NewGroupName="admins")
    refused(iam.update_group, GroupName="g1", NewGroupName="admins")
    refused(iam.update_group, GroupName="g1", NewPath="/admin/")
    iam.update_group(GroupName="g1")
    assert [g["GroupName"] for g in server.client("iam").list_groups()["Groups"]] == ["g1"]


# ---- the ARN that is given is the ARN that is judged --------------------------------------------------------------------------
@pytest.mark.parametrize("call, more", [("simulate_principal_policy", {"ActionNames": ["s3:GetObject"]}), ("get_context_keys_for_principal_policy", {})])
def test_a_namesake_is_somebody_else(server, call, more):
    admin = server.client("iam")
    admin.create_user(UserName="secretbob", Path="/secret/")
    admin.create_role(RoleName="secretrole", Path="/secret/", AssumeRolePolicyDocument=trust(f"arn:aws:iam::{DEV}:root"))
    admin.create_group(GroupName="secretgroup", Path="/secret/")
    actions = ["iam:SimulatePrincipalPolicy", "iam:GetContextKeysForPrincipalPolicy"]
    key = server.make_user("team", policy=policy({"Action": actions, "Resource": [f"arn:aws:iam::{DEV}:{kind}/team/*" for kind in ("user", "role", "group")]}))
    mine = getattr(server.client("iam", user=key), call)
    for kind, name in (("user", "secretbob"), ("role", "secretrole"), ("group", "secretgroup")):
        refused(mine, PolicySourceArn=f"arn:aws:iam::{DEV}:{kind}/secret/{name}", **more)
        assert error_of(mine, PolicySourceArn=f"arn:aws:iam::{DEV}:{kind}/team/{name}", **more)[0] == "NoSuchEntity"
        wrong = getattr(admin, call)
        for arn in (f"arn:aws:iam::{DEV}:{kind}/{name}", f"arn:aws-cn:iam::{DEV}:{kind}/secret/{name}", f"arn:aws:iam:us-east-1:{DEV}:{kind}/secret/{name}",
                    f"arn:aws:iam::{PROD}:{kind}/secret/{name}"):
            assert error_of(wrong, PolicySourceArn=arn, **more)[0] in ("NoSuchEntity", "AccessDenied", "InvalidInput"), arn
        wrong(PolicySourceArn=f"arn:aws:iam::{DEV}:{kind}/secret/{name}", **more)


# ---- Deny with NotPrincipal ---------------------------------------------------------------------------------------------------
def test_not_principal_spares_only_whom_it_lists_by_every_name(server):
    bob, alice = (server.client("s3", user=server.make_user(name, policy=allow(["s3:*"], "*"))) for name in ("Bob", "Alice"))
    admin, iam = server.client("s3"), server.client("iam")
    admin.create_bucket(Bucket="npb")
    admin.put_object(Bucket="npb", Key="k", Body=b"x")

    def spare(*names):
        listed = [f"arn:aws:iam::{DEV}:{n}" if n.startswith(("user/", "role/", "root")) else f"arn:aws:sts::{DEV}:{n}" for n in names]
        admin.put_bucket_policy(Bucket="npb", Policy=json.dumps({"Version": "2012-10-17", "Statement": [
            {"Effect": "Deny", "NotPrincipal": {"AWS": listed}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::npb/*"}]}))

    def reads(s3):
        try:
            s3.get_object(Bucket="npb", Key="k")
            return True
        except s3.exceptions.ClientError as error:
            assert error.response["Error"]["Code"] == "AccessDenied" and "explicit deny" in error.response["Error"]["Message"]
            return False

    spare("user/Bob", "root")
    assert reads(bob) and not reads(alice), "of the account, and not Bob"
    spare("user/Bob")
    assert not reads(bob), "by his name alone"
    spare("root")
    assert not reads(bob) and not reads(alice)

    iam.create_role(RoleName="audit", AssumeRolePolicyDocument=trust(f"arn:aws:iam::{DEV}:root"))
    iam.put_role_policy(RoleName="audit", PolicyName="p", PolicyDocument=json.dumps(allow(["s3:*"], "*")))
    key = server.make_user("caller", policy=allow(["sts:AssumeRole"], "*"))

    def session(name):
        got = server.client("sts", user=key).assume_role(RoleArn=f"arn:aws:iam::{DEV}:role/audit", RoleSessionName=name)["Credentials"]
        return server.raw_client("s3", got["AccessKeyId"], got["SecretAccessKey"], got["SessionToken"])

    one, two = session("app-1"), session("app-2")
    spare("role/audit", "assumed-role/audit/app-1", "root")
    assert reads(one) and not reads(two)
    for names in (["role/audit", "root"], ["role/audit", "assumed-role/audit/app-1"], ["assumed-role/audit/app-1", "root"]):
        spare(*names)
        assert not reads(one) and not reads(two), names


# ---- one-time codes -------------------------------------------------------------------------------------------------------------
def test_codes_cannot_be_guessed(server):
    key = server.make_user("mia")
    iam, sts = server.client("iam"), server.client("sts", user=key)
    made = iam.create_virtual_mfa_device(VirtualMFADeviceName="mia")["VirtualMFADevice"]
    seed, serial, now = made["Base32StringSeed"].decode(), made["SerialNumber"], time.time()
    iam.enable_mfa_device(UserName="mia", SerialNumber=serial, AuthenticationCode1=totp(seed, now - 60), AuthenticationCode2=totp(seed, now - 30))
    good = {totp(seed, now + 30 * i) for i in range(-4, 8)}
    wrong = [c for c in (f"{i:06d}" for i in range(100)) if c not in good]
    for code in wrong[:10]:
        refused(sts.get_session_token, SerialNumber=serial, TokenCode=code)
    said = refused(sts.get_session_token, SerialNumber=serial, TokenCode=totp(seed, time.time()))
    assert "invalid MFA one time pass code" in said, "the right code, too, and in the same words"
    other = server.make_user("max")
    made2 = iam.create_virtual_mfa_device(VirtualMFADeviceName="max")["VirtualMFADevice"]
    seed2 = made2["Base32StringSeed"].decode()
    iam.enable_mfa_device(UserName="max", SerialNumber=made2["SerialNumber"], AuthenticationCode1=totp(seed2, now - 60), AuthenticationCode2=totp(seed2, now - 30))
    server.client("sts", user=other).get_session_token(SerialNumber=made2["SerialNumber"], TokenCode=totp(seed2, time.time()))


def test_a_session_token_has_a_role_for_an_hour(server):
    server.client("iam", "prod").create_role(RoleName="long", MaxSessionDuration=43200, AssumeRolePolicyDocument=trust(f"arn:aws:iam::{DEV}:root"))
    key = server.make_user("una", policy=allow(["sts:AssumeRole"], "*"))
    role = {"RoleArn": f"arn:aws:iam::{PROD}:role/long", "RoleSessionName": "session"}
    direct = server.client("sts", user=key)
    direct.assume_role(DurationSeconds=7200, **role)
    got = direct.get_session_token()["Credentials"]
    chained = server.raw_client("sts", got["AccessKeyId"], got["SecretAccessKey"], got["SessionToken"])
    code, _, message = error_of(chained.assume_role, DurationSeconds=7200, **role)
    assert code == "ValidationError" and message == "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
    chained.assume_role(DurationSeconds=3600, **role)
    chained.assume_role(**role)
