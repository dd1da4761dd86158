"""AssumeRole as boto3's users meet it: who gets in, what the session carries, and each refusal's words."""
import datetime
import json

import pytest

from conftest import ACCOUNTS, error_of

DEV, PROD = ACCOUNTS["dev"], ACCOUNTS["prod"]
ROLE = f"arn:aws:iam::{PROD}:role/Ops"


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(actions, resource="*", **more):
    return {"Effect": "Allow", "Action": actions, "Resource": resource, **more}


def trust(principal, actions="sts:AssumeRole", **more):
    return policy({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": actions, **more})


ASSUME = {"Version": "2012-10-17", "Statement": [allow(["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"])]}


@pytest.fixture
def bea(server):
    """A user of dev who may assume any role."""
    return server.client("sts", "dev", user=server.make_user("bea", "dev", ASSUME))


@pytest.fixture
def prod_iam(server):
    return server.client("iam", "prod")


def make_role(iam, document, name="Ops", **more):
    return iam.create_role(RoleName=name, AssumeRolePolicyDocument=document, **more)["Role"]


def session(server, answer, service="sts"):
    got = answer["Credentials"]
    return server.raw_client(service, got["AccessKeyId"], got["SecretAccessKey"], got["SessionToken"])


def test_the_answer(server, bea, prod_iam):
    role = make_role(prod_iam, trust(DEV))
    got = bea.assume_role(RoleArn=ROLE, RoleSessionName="work")
    assert got["AssumedRoleUser"] == {"AssumedRoleId": role["RoleId"] + ":work", "Arn": f"arn:aws:sts::{PROD}:assumed-role/Ops/work"}
    assert "PackedPolicySize" not in got and "SourceIdentity" not in got
    assert got["Credentials"]["AccessKeyId"].startswith("ASIA") and len(got["Credentials"]["SecretAccessKey"]) == 40
    assert len(got["Credentials"]["SessionToken"]) < 500
    left = got["Credentials"]["Expiration"] - datetime.datetime.now(datetime.timezone.utc)
    assert datetime.timedelta(minutes=59) < left <= datetime.timedelta(minutes=60)
    assert session(server, got).get_caller_identity()["Arn"] == f"arn:aws:sts::{PROD}:assumed-role/Ops/work"


def test_a_role_that_is_not_there_is_refused_in_the_same_words(bea, prod_iam):
    text = "User: arn:aws:iam::{}:user/bea is not authorized to perform: sts:AssumeRole on resource: {}"
    missing = f"arn:aws:iam::{PROD}:role/Nobody"
    assert error_of(bea.assume_role, RoleArn=missing, RoleSessionName="work") == ("AccessDenied", 403, text.format(DEV, missing))
    make_role(prod_iam, trust(PROD))
    assert error_of(bea.assume_role, RoleArn=ROLE, RoleSessionName="work") == ("AccessDenied", 403, text.format(DEV, ROLE))


@pytest.mark.parametrize("arn", ["nothing-valid-in-here", "arn::b:::something/test-role", "arn:a:a::aaaaaaaaaa:",
                                 "arn:a::::something/test-role", "arn:a:::something/test-role"])
def test_malformed_arns(bea, arn):
    assert error_of(bea.assume_role, RoleArn=arn, RoleSessionName="work") == ("ValidationError", 400, f"{arn} is invalid")


def test_the_session_name_is_checked_as_aws_does(bea):
    assert error_of(bea.assume_role, RoleArn=ROLE, RoleSessionName="Session1:2") == (
        "ValidationError", 400, "1 validation error detected: Value 'Session1:2' at 'roleSessionName' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: [\\w+=,.@-]*")


def test_root_cannot(server, prod_iam):
    make_role(prod_iam, trust(DEV))
    root = server.client("sts", "dev", root=True)
    assert error_of(root.assume_role, RoleArn=ROLE, RoleSessionName="work") == (
        "AccessDenied", 403, "Roles may not be assumed by root accounts.")


def test_external_id(bea, prod_iam):
    make_role(prod_iam, trust(DEV, Condition={"StringEquals": {"sts:ExternalId": "42"}}))
    bea.assume_role(RoleArn=ROLE, RoleSessionName="work", ExternalId="42")
    for more in ({}, {"ExternalId": "43"}):
        assert error_of(bea.assume_role, RoleArn=ROLE, RoleSessionName="work", **more)[0] == "AccessDenied"


def test_durations(server, bea, prod_iam):
    make_role(prod_iam, trust([DEV, PROD]), MaxSessionDuration=7200)
    prod_iam.put_role_policy(RoleName="Ops", PolicyName="chain", PolicyDocument=policy(allow("sts:AssumeRole")))
    first = bea.assume_role(RoleArn=ROLE, RoleSessionName="work", DurationSeconds=7200)
    assert error_of(bea.assume_role, RoleArn=ROLE, RoleSessionName="work", DurationSeconds=7201) == (
        "ValidationError", 400, "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
    chained = session(server, first)
    chained.assume_role(RoleArn=ROLE, RoleSessionName="again", DurationSeconds=3600)
    assert error_of(chained.assume_role, RoleArn=ROLE, RoleSessionName="again", DurationSeconds=3601) == (
        "ValidationError", 400, "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.")
    code, status, message = error_of(bea.assume_role, RoleArn=ROLE, RoleSessionName="work", DurationSeconds=43201)
    assert (code, status) == ("ValidationError", 400) and "at 'durationSeconds' failed to satisfy constraint" in message


def test_session_policies_only_take_away(server, bea, prod_iam):
    make_role(prod_iam, trust(DEV))
    prod_iam.attach_role_policy(RoleName="Ops", PolicyArn="arn:aws:iam::aws:policy/IAMReadOnlyAccess")
    limited = bea.assume_role(RoleArn=ROLE, RoleSessionName="work", Policy=policy(allow("iam:ListRoles")))
    assert 0 < limited["PackedPolicySize"] <= 100
    iam = session(server, limited, "iam")
    iam.list_roles()
    code, _, message = error_of(iam.list_users)
    assert code == "AccessDenied" and message.endswith("because no session policy allows the iam:ListUsers action")
    managed = bea.assume_role(RoleArn=ROLE, RoleSessionName="work", PolicyArns=[{"arn": "arn:aws:iam::aws:policy/AmazonS3FullAccess"}])
    assert error_of(session(server, managed, "iam").list_roles)[0] == "AccessDenied"
    assert error_of(bea.assume_role, RoleArn=ROLE, RoleSessionName="work", Policy="{broken")[0] == "MalformedPolicyDocument"
    assert error_of(bea.assume_role, RoleArn=ROLE, RoleSessionName="work",
                    PolicyArns=[{"arn": f"arn:aws:iam::{PROD}:policy/None"}])[0] == "InvalidParameterValue"


def test_tags_are_asked_for_passed_on_and_kept(server, bea, prod_iam):
    make_role(prod_iam, trust([DEV, PROD]))
    tags = {"Tags": [{"Key": "Project", "Value": "x"}], "TransitiveTagKeys": ["project"]}
    code, _, message = error_of(bea.assume_role, RoleArn=ROLE, RoleSessionName="work", **tags)
    assert code == "AccessDenied" and "not authorized to perform: sts:TagSession" in message
    prod_iam.update_assume_role_policy(RoleName="Ops", PolicyDocument=trust([DEV, PROD], ["sts:AssumeRole", "sts:TagSession"]))
    prod_iam.put_role_policy(RoleName="Ops", PolicyName="chain", PolicyDocument=policy(
        allow(["sts:AssumeRole", "sts:TagSession"]),
        allow("iam:ListRoles", Condition={"StringEquals": {"aws:PrincipalTag/project": "x"}})))
    first = session(server, bea.assume_role(RoleArn=ROLE, RoleSessionName="one", **tags))
    second = first.assume_role(RoleArn=ROLE, RoleSessionName="two")
    session(server, second, "iam").list_roles()
    plain = bea.assume_role(RoleArn=ROLE, RoleSessionName="plain")
    assert error_of(session(server, plain, "iam").list_roles)[0] == "AccessDenied"
    code, _, message = error_of(first.assume_role, RoleArn=ROLE, RoleSessionName="two", Tags=[{"Key": "PROJECT", "Value": "y"}])
    assert code == "InvalidParameterValue" and "conflicts with a transitive tag key from the calling session" in message


@pytest.mark.parametrize("more, text", [
    ({"Tags": [{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}]}, "Duplicate tag keys found. Please note that Tag keys are case insensitive."),
    ({"Tags": [{"Key": "a", "Value": "1"}], "TransitiveTagKeys": ["b"]}, "The specified transitive tag key must be included in the requested tags."),
])
def test_tags_that_are_refused(bea, prod_iam, more, text):
    make_role(prod_iam, trust(DEV, ["sts:AssumeRole", "sts:TagSession"]))
    assert error_of(bea.assume_role, RoleArn=ROLE, RoleSessionName="work", **more) == ("InvalidParameterValue", 400, text)


def test_source_identity_stays(server, bea, prod_iam):
    make_role(prod_iam, trust([DEV, PROD], ["sts:AssumeRole", "sts:SetSourceIdentity"]))
    prod_iam.put_role_policy(RoleName="Ops", PolicyName="chain", PolicyDocument=policy(allow(["sts:AssumeRole", "sts:SetSourceIdentity"])))
    got = bea.assume_role(RoleArn=ROLE, RoleSessionName="work", SourceIdentity="bea")
    assert got["SourceIdentity"] == "bea"
    chained = session(server, got)
    assert chained.assume_role(RoleArn=ROLE, RoleSessionName="work")["SourceIdentity"] == "bea"
    code, _, message = error_of(chained.assume_role, RoleArn=ROLE, RoleSessionName="work", SourceIdentity="ann")
    assert (code, message) == ("AccessDenied", "The source identity is already set for this assume role session")


def test_a_deleted_role_ends_its_sessions(server, bea, prod_iam):
    make_role(prod_iam, trust(DEV))
    got = session(server, bea.assume_role(RoleArn=ROLE, RoleSessionName="work"))
    got.get_caller_identity()
    prod_iam.delete_role(RoleName="Ops")
    make_role(prod_iam, trust(DEV))
    assert error_of(got.get_caller_identity)[0] == "InvalidClientTokenId"


def test_a_token_that_was_touched(server, bea, prod_iam):
    make_role(prod_iam, trust(DEV))
    got = bea.assume_role(RoleArn=ROLE, RoleSessionName="work")["Credentials"]
    for at in (10, 50, 90):
        token = list(got["SessionToken"])
        token[at] = "A" if token[at] != "A" else "B"
        client = server.raw_client("sts", got["AccessKeyId"], got["SecretAccessKey"], "".join(token))
        assert error_of(client.get_caller_identity)[:2] == ("InvalidClientTokenId", 403)
    client = server.raw_client("sts", got["AccessKeyId"], got["SecretAccessKey"])
    assert error_of(client.get_caller_identity)[:2] == ("InvalidClientTokenId", 403)
    client = server.raw_client("sts", got["AccessKeyId"], got["SecretAccessKey"][:-1] + "x", got["SessionToken"])
    assert error_of(client.get_caller_identity)[:2] == ("SignatureDoesNotMatch", 403)
