"""GetSessionToken, GetFederationToken, MFA codes, and what their sessions may not do."""
import base64
import hashlib
import hmac
import json
import struct
import time

import pytest

from conftest import ACCOUNTS, error_of

DEV = ACCOUNTS["dev"]
ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def totp(seed, at):
    mac = hmac.new(base64.b32decode(seed), struct.pack(">Q", int(at) // 30), hashlib.sha1).digest()
    offset = mac[19] & 15
    return f"{(struct.unpack('>I', mac[offset:offset + 4])[0] & 0x7FFFFFFF) % 1000000:06d}"


@pytest.fixture
def key(server):
    return server.make_user("bea", "dev", ALL)


@pytest.fixture
def bea(server, key):
    return server.client("sts", "dev", user=key)


@pytest.fixture
def device(server, key):
    """An enabled virtual device of bea: its serial number, and a function that moves the server's clock one step and
    gives the code of that step, which nobody used yet (signatures allow five minutes of skew)."""
    iam = server.client("iam", "dev")
    made = iam.create_virtual_mfa_device(VirtualMFADeviceName="bea")["VirtualMFADevice"]
    seed, serial, now = made["Base32StringSeed"], made["SerialNumber"], time.time()
    iam.enable_mfa_device(UserName="bea", SerialNumber=serial, AuthenticationCode1=totp(seed, now - 30), AuthenticationCode2=totp(seed, now))
    moved = 0

    def next_code():
        nonlocal moved
        server.advance(30)
        moved += 30
        return totp(seed, now + moved)

    return serial, next_code


def as_session(server, answer, service):
    got = answer["Credentials"]
    return server.raw_client(service, got["AccessKeyId"], got["SecretAccessKey"], got["SessionToken"])


def test_session_tokens_are_their_user_without_iam(server, bea):
    got = bea.get_session_token()
    assert as_session(server, got, "sts").get_caller_identity()["Arn"] == f"arn:aws:iam::{DEV}:user/bea"
    as_session(server, got, "s3").list_buckets()
    assert error_of(as_session(server, got, "iam").list_users)[:2] == ("InvalidClientTokenId", 403)
    for call, more in (("get_session_token", {}), ("get_federation_token", {"Name": "carl"})):
        name = "GetSessionToken" if call == "get_session_token" else "GetFederationToken"
        assert error_of(getattr(as_session(server, got, "sts"), call), **more) == (
            "AccessDenied", 403, f"Cannot call {name} with session credentials")


def test_a_code_opens_iam_and_works_once(server, bea, device):
    serial, next_code = device
    code = next_code()
    got = bea.get_session_token(SerialNumber=serial, TokenCode=code)
    as_session(server, got, "iam").list_users()
    assert error_of(bea.get_session_token, SerialNumber=serial, TokenCode=code) == (
        "AccessDenied", 403, "MultiFactorAuthentication failed with invalid MFA one time pass code.")


def test_roles_that_demand_mfa(server, bea, device):
    serial, next_code = device
    iam = server.client("iam", "prod")
    iam.create_role(RoleName="Careful", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": DEV}, "Action": "sts:AssumeRole",
         "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}]}))
    role = {"RoleArn": f"arn:aws:iam::{ACCOUNTS['prod']}:role/Careful", "RoleSessionName": "work"}
    assert error_of(bea.assume_role, **role)[0] == "AccessDenied"
    code = next_code()
    bea.assume_role(**role, SerialNumber=serial, TokenCode=code)
    refusals = [
        ({"SerialNumber": serial, "TokenCode": code}, "MultiFactorAuthentication failed with invalid MFA one time pass code."),
        ({"SerialNumber": serial}, "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code."),
        ({"TokenCode": "123456"}, "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code."),
        ({"SerialNumber": serial + "x", "TokenCode": "123456"}, "MultiFactorAuthentication failed, unable to validate MFA code.  "
         "Please verify your MFA serial number is valid and associated with this user."),
    ]
    for more, text in refusals:
        assert error_of(bea.assume_role, **role, **more) == ("AccessDenied", 403, text)
    with_mfa = as_session(server, bea.get_session_token(SerialNumber=serial, TokenCode=next_code()), "sts")
    with_mfa.assume_role(**role)


def test_federation_tokens_do_what_user_and_policy_both_allow(server, bea):
    plain = bea.get_federation_token(Name="carl")
    assert plain["PackedPolicySize"] == 0
    assert plain["FederatedUser"] == {"FederatedUserId": f"{DEV}:carl", "Arn": f"arn:aws:sts::{DEV}:federated-user/carl"}
    assert as_session(server, plain, "sts").get_caller_identity()["UserId"] == f"{DEV}:carl"
    assert error_of(as_session(server, plain, "s3").list_buckets)[0] == "AccessDenied"
    limited = bea.get_federation_token(Name="carl", Policy=json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:*", "iam:*"], "Resource": "*"}]}))
    as_session(server, limited, "s3").list_buckets()
    assert error_of(as_session(server, limited, "iam").list_users)[:2] == ("InvalidClientTokenId", 403)
    assert error_of(as_session(server, limited, "ec2").describe_instances)[0] == "UnauthorizedOperation"


def test_federation_needs_permission(server):
    nobody = server.client("sts", "dev", user=server.make_user("nobody", "dev"))
    code, status, message = error_of(nobody.get_federation_token, Name="carl")
    assert (code, status) == ("AccessDenied", 403)
    assert message == (f"User: arn:aws:iam::{DEV}:user/nobody is not authorized to perform: sts:GetFederationToken on resource: "
                       f"arn:aws:sts::{DEV}:federated-user/carl because no identity-based policy allows the sts:GetFederationToken action")
    nobody.get_session_token()
    nobody.get_caller_identity()


def test_access_key_info(server, bea, key):
    assert bea.get_access_key_info(AccessKeyId=key[0])["Account"] == DEV
    assert error_of(bea.get_access_key_info, AccessKeyId="not_a_key_at_all_")[0] == "ValidationError"


def test_encoded_messages_can_be_decoded(server, bea):
    nobody = server.client("ec2", "dev", user=server.make_user("nobody", "dev"))
    message = error_of(nobody.describe_instances)[2]
    encoded = message.split("Encoded authorization failure message: ")[1].strip()
    decoded = json.loads(bea.decode_authorization_message(EncodedMessage=encoded)["DecodedMessage"])
    assert decoded["allowed"] is False and decoded["explicitDeny"] is False
    assert decoded["context"]["action"] == "ec2:DescribeInstances"
    assert decoded["context"]["principal"]["arn"] == f"arn:aws:iam::{DEV}:user/nobody"
    for text in ("nonsense", encoded[:-2]):
        assert error_of(bea.decode_authorization_message, EncodedMessage=text)[:2] == ("InvalidAuthorizationMessageException", 400)
    other = server.client("sts", "prod")
    assert error_of(other.decode_authorization_message, EncodedMessage=encoded)[0] == "InvalidAuthorizationMessageException"
