"""The trail: every call, allowed or refused, leaves one event in CloudTrail's form, without secrets, durable with its write."""
import json
import os
import signal
import subprocess
import time
import urllib.parse
import uuid

import boto3
import botocore.config
import botocore.exceptions
import pytest

from conftest import ACCOUNTS, error_of
from test_contract import environment, rolecall, rolecall_binary, running
from test_sts_tokens import totp

DEV, PROD = ACCOUNTS["dev"], ACCOUNTS["prod"]
ALLOW_ALL = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})


def trusting(account):
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": account}, "Action": ["sts:AssumeRole", "sts:SetSourceIdentity"]}]})


def events(server, **filters):
    """The records, oldest first."""
    query = "?" + urllib.parse.urlencode({"limit": 10_000, **filters})
    return [json.loads(line)["record"] for line in server.get("/_rolecall/audit" + query).splitlines()]


def only(found):
    assert len(found) == 1, [(e["eventName"], e.get("errorCode")) for e in found]
    return found[0]


# ---- one event for each call ------------------------------------------------------------------------------------------
def test_a_write_a_read_and_a_refusal_leave_one_event_each(server):
    iam = server.client("iam")
    answer = iam.create_role(RoleName="r", AssumeRolePolicyDocument=trusting(DEV), Tags=[{"Key": "a", "Value": "b"}])
    iam.get_role(RoleName="r")
    error_of(iam.get_role, RoleName="none")
    made = only(events(server, event="CreateRole"))
    identity = made.pop("userIdentity")
    assert identity == {"type": "IAMUser", "principalId": identity["principalId"], "arn": f"arn:aws:iam::{DEV}:user/rolecall/admin",
                        "accountId": DEV, "accessKeyId": f"AKIAADMIN{DEV[:7]}0000", "userName": "admin"}
    assert identity["principalId"].startswith("AIDA")
    assert made["requestID"] == answer["ResponseMetadata"]["RequestId"] and uuid.UUID(made["eventID"])
    assert (made["eventSource"], made["eventName"], made["awsRegion"]) == ("iam.amazonaws.com", "CreateRole", "us-east-1")
    assert made["sourceIPAddress"] == "127.0.0.1" and made["userAgent"].startswith("Boto3/")
    assert made["requestParameters"] == {"roleName": "r", "assumeRolePolicyDocument": trusting(DEV), "tags": [{"key": "a", "value": "b"}]}
    assert made["responseElements"]["role"]["roleId"] == answer["Role"]["RoleId"]
    assert (made["readOnly"], made["managementEvent"], made["eventType"], made["eventCategory"]) == (False, True, "AwsApiCall", "Management")
    assert made["recipientAccountId"] == DEV and made["eventVersion"] == "1.11" and "errorCode" not in made
    assert abs(time.time() - time.mktime(time.strptime(made["eventTime"], "%Y-%m-%dT%H:%M:%SZ")) + time.timezone) < 30
    good, bad = events(server, event="GetRole")
    assert good["readOnly"] is True and good["responseElements"] is None and "errorCode" not in good
    assert (bad["errorCode"], bad["errorMessage"]) == ("NoSuchEntity", "The role with name none cannot be found.")


def test_every_way_to_be_refused_is_recorded_once(server):
    key, secret = server.make_user("bea")
    cases = [
        (server.client("iam", user=(key, secret)).list_users, {}, "ListUsers", "AccessDenied"),
        (server.client("iam", user=(key, "wrong")).list_groups, {}, "ListGroups", "SignatureDoesNotMatch"),
        (server.client("iam", user=("AKIAUNKNOWN123456789", "x")).list_roles, {}, "ListRoles", "InvalidClientTokenId"),
        (server.client("ec2", user=(key, secret)).describe_instances, {}, "DescribeInstances", "UnauthorizedOperation"),
        (server.client("iam").create_user, {"UserName": "bea"}, "CreateUser", "EntityAlreadyExists"),
        (server.client("iam").create_group, {"GroupName": "no/slash"}, "CreateGroup", "ValidationError"),
        (server.client("s3").get_object, {"Bucket": "none-such-bucket", "Key": "k"}, "GetObject", "NoSuchBucket"),
        (server.client("s3").put_object, {"Bucket": "none-such-bucket", "Key": "k", "Body": b"x"}, "PutObject", "NoSuchBucket"),
        (server.client("sts", user=(key, secret)).assume_role, {"RoleArn": f"arn:aws:iam::{PROD}:role/x", "RoleSessionName": "s1"},
         "AssumeRole", "AccessDenied"),
    ]
    for call, arguments, name, code in cases:
        assert error_of(call, **arguments)[0] == code
        assert only(events(server, event=name, error=code))["errorCode"] == code, name
    stranger = only(events(server, event="ListRoles"))["userIdentity"]
    assert stranger["type"] == "Unknown" and stranger["accessKeyId"] == "AKIAUNKNOWN123456789" and "arn" not in stranger
    told = only(events(server, event="ListUsers"))
    assert told["userIdentity"]["userName"] == "bea"
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        server.client("iam", user=(key, secret)).list_policies()
    headers = refused.value.response["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-rolecall-decision-id"] == only(events(server, event="ListPolicies"))["additionalEventData"]["decisionId"]


def test_whatever_becomes_of_a_call_it_leaves_one_event(server):
    """By request id: object data, anonymous callers, what is not served, DryRun."""
    iam, s3, ec2 = (server.client(service) for service in ("iam", "s3", "ec2"))
    anonymous = boto3.client("s3", endpoint_url=server.url, region_name="us-east-1", config=botocore.config.Config(
        signature_version=botocore.UNSIGNED, s3={"addressing_style": "path"}, retries={"max_attempts": 0}))
    here = {"Bucket": "one-bucket", "Key": "k"}
    upload = {}

    def begin(**arguments):
        upload["UploadId"] = (answer := s3.create_multipart_upload(**arguments))["UploadId"]
        return answer

    calls = [
        (s3.create_bucket, {"Bucket": "one-bucket"}), (s3.create_bucket, {"Bucket": "BAD_"}), (s3.put_object, {**here, "Body": b"x"}),
        (s3.put_object, {**here, "Body": b"x" * 3_000_000}), (s3.put_object, {**here, "Body": b"x", "ContentMD5": "A" * 22 + "=="}),
        (server.raw_client("s3", f"AKIAADMIN{DEV[:7]}0000", "wrong").put_object, {**here, "Body": b"x" * 100_000}),
        (s3.get_object, here), (s3.get_object, {**here, "Key": "none"}), (s3.head_object, here), (s3.head_object, {**here, "Key": "none"}),
        (s3.get_object, {**here, "Range": "bytes=0-9"}), (s3.get_object, {**here, "Range": "bytes=9000000-"}),
        (anonymous.get_object, here), (anonymous.put_object, {**here, "Body": b"y" * 50_000}), (anonymous.list_buckets, {}),
        (s3.copy_object, {**here, "CopySource": "one-bucket/k"}), (s3.copy_object, {**here, "CopySource": "one-bucket/none"}),
        (s3.delete_objects, {"Bucket": "one-bucket", "Delete": {"Objects": [{"Key": "none"}]}}),
        (begin, here), (lambda: s3.upload_part(**here, **upload, PartNumber=1, Body=b"z"), {}),
        (lambda: s3.abort_multipart_upload(**here, **upload), {}), (s3.upload_part, {**here, "UploadId": "none", "PartNumber": 1, "Body": b"z"}),
        (s3.put_bucket_policy, {"Bucket": "one-bucket", "Policy": "{"}), (s3.list_objects_v2, {"Bucket": "one-bucket"}),
        (s3.delete_bucket, {"Bucket": "one-bucket"}), (s3.get_bucket_website, {"Bucket": "one-bucket"}),
        (ec2.run_instances, {"ImageId": "ami-0123456789abcdef0", "MinCount": 1, "MaxCount": 1, "DryRun": True}),
        (ec2.describe_instances, {}), (iam.create_user, {"UserName": "x"}), (iam.create_user, {"UserName": "X"}), (iam.list_users, {}),
        (iam.generate_credential_report, {}), (server.client("sts").get_caller_identity, {}),
        (server.raw_client("sts", "ASIAADMIN11111110000", "x", "no-token").get_caller_identity, {}),
    ]
    made = {}
    for call, arguments in calls:
        try:
            answer = call(**arguments)
        except botocore.exceptions.ClientError as refused:
            answer = refused.response
        made[answer["ResponseMetadata"]["RequestId"]] = getattr(call, "__name__", "")
    recorded = events(server)
    assert len(made) == len(calls)
    assert sorted(made) == sorted(e["requestID"] for e in recorded), [
        (name, sum(e["requestID"] == it for e in recorded)) for it, name in made.items()]
    assert len({e["eventID"] for e in recorded}) == len(recorded)
    stranger = [e for e in recorded if e["userIdentity"].get("accountId") == "ANONYMOUS_PRINCIPAL"]
    assert [e["eventName"] for e in stranger] == ["GetObject", "PutObject", "ListBuckets"]
    unserved = [e for e in recorded if e.get("errorCode") == "NotImplemented"]
    assert unserved and all(e["userIdentity"]["userName"] == "admin" and e["requestParameters"] is None for e in unserved)


def test_sessions_name_their_issuer_their_source_and_mfa(server):
    key, secret = server.make_user("bea", policy=json.loads(ALLOW_ALL))
    iam, prod = server.client("iam"), server.client("iam", "prod")
    role = prod.create_role(RoleName="r", AssumeRolePolicyDocument=trusting(DEV))["Role"]
    prod.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=ALLOW_ALL)
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName="bea")["VirtualMFADevice"]
    seed, serial, now = device["Base32StringSeed"], device["SerialNumber"], time.time()
    iam.enable_mfa_device(UserName="bea", SerialNumber=serial, AuthenticationCode1=totp(seed, now - 30), AuthenticationCode2=totp(seed, now))
    server.advance(30)
    sts = server.client("sts", user=(key, secret))
    code = totp(seed, now + 30)
    got = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="work", SourceIdentity="bea-herself", SerialNumber=serial, TokenCode=code)["Credentials"]
    server.raw_client("iam", got["AccessKeyId"], got["SecretAccessKey"], got["SessionToken"]).list_groups()
    who = only(events(server, event="ListGroups"))["userIdentity"]
    assert who["type"] == "AssumedRole" and who["arn"] == f"arn:aws:sts::{PROD}:assumed-role/r/work" and who["accountId"] == PROD
    assert who["principalId"] == role["RoleId"] + ":work" and who["accessKeyId"] == got["AccessKeyId"]
    context = who["sessionContext"]
    assert context["sessionIssuer"] == {"type": "Role", "principalId": role["RoleId"], "arn": role["Arn"], "accountId": PROD, "userName": "r"}
    assert context["attributes"]["mfaAuthenticated"] == "true" and context["sourceIdentity"] == "bea-herself"
    assumed = only(events(server, event="AssumeRole"))
    assert assumed["requestParameters"]["serialNumber"] == serial and code not in json.dumps(assumed)
    assert assumed["responseElements"]["credentials"]["accessKeyId"] == got["AccessKeyId"]
    # The root user and a user's own session.
    server.client("sts", root=True).get_caller_identity()
    root = only(events(server, event="GetCallerIdentity"))["userIdentity"]
    assert (root["type"], root["arn"], root["principalId"]) == ("Root", f"arn:aws:iam::{DEV}:root", DEV)
    mine = sts.get_session_token()["Credentials"]
    server.raw_client("s3", mine["AccessKeyId"], mine["SecretAccessKey"], mine["SessionToken"]).list_buckets()
    who = only(events(server, event="ListBuckets"))["userIdentity"]
    assert (who["type"], who["userName"], who["sessionContext"]["attributes"]["mfaAuthenticated"]) == ("IAMUser", "bea", "false")


def test_no_secret_reaches_the_trail(server):
    iam, s3 = server.client("iam"), server.client("s3")
    iam.create_user(UserName="bea")
    key = iam.create_access_key(UserName="bea")["AccessKey"]
    session = server.client("sts", user=key).get_session_token()["Credentials"]
    seed = iam.create_virtual_mfa_device(VirtualMFADeviceName="d")["VirtualMFADevice"]
    error_of(iam.enable_mfa_device, UserName="bea", SerialNumber=seed["SerialNumber"], AuthenticationCode1="918273", AuthenticationCode2="645546")
    error_of(server.client("sts", user=key).get_session_token, SerialNumber=seed["SerialNumber"], TokenCode="564738")
    for call in ("create_login_profile", "update_login_profile"):
        try:
            getattr(iam, call)(UserName="bea", Password="Pass-w0rd-of-bea!")
        except iam.exceptions.ClientError:
            pass  # served or not, the words stay out
    s3.create_bucket(Bucket="secret-bucket")
    s3.put_object(Bucket="secret-bucket", Key="k", Body=b"the-body-of-the-object")
    assert s3.get_object(Bucket="secret-bucket", Key="k")["Body"].read()
    text = server.get("/_rolecall/audit?limit=10000")
    for secret in (key["SecretAccessKey"], session["SecretAccessKey"], session["SessionToken"], seed["Base32StringSeed"].decode(), "918273", "645546",
                   "564738", "Pass-w0rd-of-bea!", "the-body-of-the-object", "admin-secret-of-dev"):
        assert secret not in text
    assert key["AccessKeyId"] in text and only(events(server, event="PutObject"))["requestParameters"]["key"] == "k"
    put = only(events(server, event="PutObject"))
    assert (put["managementEvent"], put["eventCategory"]) == (False, "Data")
    log = list(server.directory.rglob("*.log"))
    assert log and all(key["SecretAccessKey"] not in f.read_text(errors="replace") for f in log)


def test_malformed_calls_do_not_break_the_trail(server):
    iam = server.client("iam", parameter_validation=False)
    strange = 'x\u001b[31m"\\\u007f\u202e</script>é'
    with pytest.raises(Exception):  # AWS answers control characters in a form that botocore's XML reader refuses
        iam.create_user(UserName=strange)
    assert only(events(server, event="CreateUser"))["errorCode"] in ("ValidationError", "InvalidInput")
    shown = rolecall("audit", "--endpoint-url", server.url, "--event", "CreateUser")
    assert shown.returncode == 0 and "ValidationError" in shown.stdout and "\u001b" not in shown.stdout


# ---- durability ---------------------------------------------------------------------------------------------------------
def test_events_of_writes_are_durable_with_the_write_and_reads_within_a_second(tmp_path):
    data = tmp_path / "data"
    flags = ["--data", data, "--admin-key", f"{DEV}:admin:secret"]
    with running(tmp_path, *flags) as server:
        iam = server.client("iam", "admin", "secret")
        iam.list_users()
        error_of(iam.get_user, UserName="none")
        iam.create_user(UserName="warm")
        time.sleep(1.5)
        iam.create_user(UserName="last")
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
    shown = rolecall("audit", "--data", data, "--json")
    names = [json.loads(line)["eventName"] for line in shown.stdout.splitlines()]
    assert names.count("CreateUser") == 2 and names.count("ListUsers") == 1 and names.count("GetUser") == 1
    for _ in range(3):
        with running(tmp_path, *flags) as server:
            iam, s3 = server.client("iam", "admin", "secret"), server.client("s3", "admin", "secret")
            before = rolecall("audit", "--endpoint-url", server.url, "--json", "--limit", "10000").stdout.count("\n")
            name = f"kept-{before}"
            s3.create_bucket(Bucket=name)
            s3.put_object(Bucket=name, Key="k", Body=b"v")
            iam.create_user(UserName=name)
            os.kill(server.process.pid, signal.SIGKILL)
            server.process.wait()
        after = [json.loads(line) for line in rolecall("audit", "--data", data, "--json", "--limit", "10000").stdout.splitlines()]
        assert [r["eventName"] for r in after[before:]] == ["CreateBucket", "PutObject", "CreateUser"]
        assert len({r["eventID"] for r in after}) == len(after)


# ---- rolecall audit, rolecall explain ------------------------------------------------------------------------------------
@pytest.fixture
def trail(tmp_path):
    """A server with --data: a refusal of bea in dev, some allowed calls in dev and prod."""
    data = tmp_path / "data"
    with running(tmp_path, "--data", data, "--admin-key", f"{DEV}:admin:secret", "--admin-key", f"{PROD}:padmin:secret") as server:
        server.data = data
        iam = server.client("iam", "admin", "secret")
        iam.create_user(UserName="bea")
        server.bea = iam.create_access_key(UserName="bea")["AccessKey"]
        server.client("iam", "padmin", "secret").create_role(RoleName="Admin", AssumeRolePolicyDocument=trusting(DEV))
        error_of(server.client("sts", server.bea["AccessKeyId"], server.bea["SecretAccessKey"]).assume_role,
                 RoleArn=f"arn:aws:iam::{PROD}:role/Admin", RoleSessionName="s1")
        yield server


def test_audit_filters(trail):
    def shown(*flags):
        done = rolecall("audit", "--endpoint-url", trail.url + "/", *flags)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    everything = shown()
    assert [line.split(":")[3].split()[0] for line in everything] == ["CreateUser", "CreateAccessKey", "CreateRole", "AssumeRole"]
    assert shown("--limit", "1") == everything[-1:]
    assert shown("--errors") == everything[-1:] == shown("--error", "AccessDenied") == shown("--user", "bea")
    assert shown("--account", PROD) == everything[2:3]
    assert shown("--event", "createrole") == everything[2:3]
    assert shown("--resource", "role/Admin") == everything[3:]
    assert shown("--since", "2001-01-01T00:00:00Z") == everything and shown("--until", "2001-01-01T00:00:00Z") == []
    assert shown("--error", "Throttling") == [] and shown("--user", "nobody") == []
    records = [json.loads(line) for line in rolecall("audit", "--endpoint-url", trail.url, "--json").stdout.splitlines()]
    assert [r["eventName"] for r in records] == ["CreateUser", "CreateAccessKey", "CreateRole", "AssumeRole"]
    for wrong in (["--account", "12"], ["--since", "yesterday"], ["--limit", "0"], ["--nosuch"], ["--data", "x", "--endpoint-url", "y"]):
        assert rolecall("audit", *wrong).returncode == 2, wrong


def test_audit_and_explain_read_a_folder_in_use_and_one_at_rest(trail):
    line = rolecall("audit", "--endpoint-url", trail.url, "--errors").stdout.strip()
    assert "user/bea" in line and "sts:AssumeRole  AccessDenied" in line and f"arn:aws:iam::{PROD}:role/Admin" in line
    decision = line.split()[-1]
    online = rolecall("explain", decision, "--endpoint-url", trail.url)
    assert online.returncode == 0
    for words in (f"who       arn:aws:iam::{DEV}:user/bea", "action    sts:AssumeRole", f"resource  arn:aws:iam::{PROD}:role/Admin",
                  f"missing   a policy of arn:aws:iam::{DEV}:user/bea that allows sts:AssumeRole on arn:aws:iam::{PROD}:role/Admin",
                  "identity policies: there are none", "trust policy: allows", "aws:SourceIp: 127.0.0.1"):
        assert words in online.stdout, online.stdout
    assert "secret" not in online.stdout.lower()
    time.sleep(1.2)
    # An environment that names a server does not stand in the way of --data.
    more = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
    for _ in range(2):
        assert rolecall("audit", "--data", trail.data, "--errors", **more).stdout.strip() == line
        assert rolecall("explain", decision, "--data", trail.data, **more).stdout == online.stdout
        if trail.process.poll() is None:
            assert trail.stop() == 0
    record = json.loads(rolecall("explain", decision, "--data", trail.data, "--json").stdout)
    assert record["id"] == decision and record["trace"]["decision"] == "ImplicitlyDenied"
    for place in (["--data", trail.data],):
        done = rolecall("explain", "d-aaaaaaaaaaaaaaaaaaaa", *place)
        assert (done.returncode, done.stdout) == (1, "") and "no decision" in done.stderr


@pytest.mark.parametrize("place", ["endpoint", "folder"])
def test_audit_follows(trail, place):
    where = ["--endpoint-url", trail.url] if place == "endpoint" else ["--data", str(trail.data)]
    follower = subprocess.Popen([rolecall_binary(), "audit", "--follow", *where], stdout=subprocess.PIPE, text=True, env=environment())
    try:
        first = [follower.stdout.readline() for _ in range(4 if place == "endpoint" else 3)]
        assert "iam:CreateUser" in first[0]
        trail.client("iam", "admin", "secret").create_group(GroupName="new")
        line = follower.stdout.readline()
        while "CreateGroup" not in line:
            assert line, "the follower ended"
            line = follower.stdout.readline()
        assert trail.client("iam", "admin", "secret").list_groups()["Groups"][0]["GroupName"] == "new"
        assert "iam:ListGroups  ok" in follower.stdout.readline()
    finally:
        follower.kill()
        follower.wait()


def test_a_refusal_of_ec2_is_decoded_by_those_who_may(server):
    key, secret = server.make_user("bea")
    code, status, message = error_of(server.client("ec2", user=(key, secret)).describe_instances)
    assert (code, status) == ("UnauthorizedOperation", 403)
    encoded = message.split("Encoded authorization failure message: ")[1]
    decoded = json.loads(server.client("sts").decode_authorization_message(EncodedMessage=encoded)["DecodedMessage"])
    assert decoded["allowed"] is False and decoded["explicitDeny"] is False
    assert decoded["context"]["action"] == "ec2:DescribeInstances" and decoded["context"]["principal"]["arn"] == f"arn:aws:iam::{DEV}:user/bea"
    assert error_of(server.client("sts", user=(key, secret)).decode_authorization_message, EncodedMessage=encoded)[0] == "AccessDenied"
    assert error_of(server.client("sts", "prod").decode_authorization_message, EncodedMessage=encoded)[0] == "InvalidAuthorizationMessageException"
    assert error_of(server.client("sts").decode_authorization_message, EncodedMessage=encoded[:-8] + "AAAAAAAA")[0] == "InvalidAuthorizationMessageException"
    iam = server.client("iam")
    iam.put_user_policy(UserName="bea", PolicyName="no", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Sid": "NoRun", "Effect": "Deny", "Action": "ec2:RunInstances", "Resource": "*"}]}))
    message = error_of(server.client("ec2", user=(key, secret)).run_instances, ImageId="ami-0123456789abcdef0", MinCount=1, MaxCount=1)[2]
    encoded = message.split("Encoded authorization failure message: ")[1]
    decoded = json.loads(server.client("sts").decode_authorization_message(EncodedMessage=encoded)["DecodedMessage"])
    assert decoded["explicitDeny"] is True and "NoRun" in json.dumps(decoded["matchedStatements"])
