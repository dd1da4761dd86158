"""Walkthrough C, steps 1 to 4: a bucket shared with Staging, by a role and by a resource-based policy."""
import json

import pytest

from conftest import ACCOUNTS, error_of

STAGING, PROD = ACCOUNTS["staging"], ACCOUNTS["prod"]
BUCKET = "production-data"
ROLE = f"arn:aws:iam::{PROD}:role/StageRole"


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, resource):
    return {"Effect": "Allow", "Action": action, "Resource": resource}


SHARE = {"Sid": "Staging may list and locate", "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{STAGING}:root"},
         "Action": ["s3:GetBucketLocation", "s3:ListBucket"], "Resource": f"arn:aws:s3:::{BUCKET}"}


@pytest.fixture
def bucket(server):
    s3 = server.client("s3", "prod")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="report.csv", Body=b"a,b\n1,2\n")
    s3.put_bucket_policy(Bucket=BUCKET, Policy=policy(SHARE))
    return s3


@pytest.fixture
def role(server, bucket):
    iam = server.client("iam", "prod")
    iam.create_role(RoleName="StageRole", AssumeRolePolicyDocument=policy(
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{STAGING}:root"}, "Action": "sts:AssumeRole"}))
    iam.put_role_policy(RoleName="StageRole", PolicyName="read", PolicyDocument=policy(allow("s3:GetObject", f"arn:aws:s3:::{BUCKET}/*")))
    return server.make_user("StageAdmin", account="staging", policy=json.loads(policy(allow("sts:AssumeRole", ROLE))))


def test_a_sid_with_spaces_is_for_bucket_policies_only(server, bucket):
    assert json.loads(bucket.get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"][0]["Sid"] == SHARE["Sid"]
    iam = server.client("iam", "prod")
    code, status, _ = error_of(iam.create_policy, PolicyName="spaces", PolicyDocument=policy(
        {"Sid": "Staging may list", **allow("s3:ListBucket", "*")}))
    assert (code, status) == ("MalformedPolicyDocument", 400)


def test_saved_by_hand_under_the_old_token_name(server, aws, role):
    key, secret = role
    aws("configure", "set", "aws_access_key_id", key)
    aws("configure", "set", "aws_secret_access_key", secret)
    got = aws("sts", "assume-role", "--role-arn", ROLE, "--role-session-name", "test", "--region", "us-east-1")["Credentials"]
    with open(aws.home / "config", "a") as config:
        config.write(f"[profile TempCred]\naws_access_key_id = {got['AccessKeyId']}\naws_secret_access_key = {got['SecretAccessKey']}\n"
                     f"aws_security_token = {got['SessionToken']}\nregion = us-east-1\n")
    head = aws("s3api", "head-object", "--bucket", BUCKET, "--key", "report.csv", "--profile", "TempCred")
    assert head["ContentLength"] == 8
    target = aws.home / "report.csv"
    aws("s3api", "get-object", "--bucket", BUCKET, "--key", "report.csv", str(target), "--profile", "TempCred")
    assert target.read_bytes() == b"a,b\n1,2\n"
    refused = aws.refused("s3api", "put-object", "--bucket", BUCKET, "--key", "new.csv", "--body", str(target), "--profile", "TempCred")
    assert "AccessDenied" in refused


def test_the_bucket_policy_delegates_to_staging(server, bucket):
    lister = server.make_user("lister", "staging", json.loads(policy(allow(["s3:ListBucket", "s3:GetBucketLocation"], f"arn:aws:s3:::{BUCKET}"))))
    s3 = server.client("s3", user=lister)
    assert s3.list_objects_v2(Bucket=BUCKET)["KeyCount"] == 1
    assert s3.get_bucket_location(Bucket=BUCKET)["LocationConstraint"] is None
    assert error_of(s3.get_object, Bucket=BUCKET, Key="report.csv") == ("AccessDenied", 403, "Access Denied")
    silent = server.make_user("silent", "staging")
    assert error_of(server.client("s3", user=silent).list_objects_v2, Bucket=BUCKET)[:2] == ("AccessDenied", 403)


class TestWithoutARole:
    """Step 4: the bucket policy names Staging's user; both sides must say yes."""

    @pytest.fixture
    def user(self, server, bucket):
        key = server.make_user("copier", "staging", json.loads(policy(
            allow(["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::{BUCKET}/*"), allow("s3:*", ["arn:aws:s3:::staging-data", "arn:aws:s3:::staging-data/*"]))))
        bucket.put_bucket_policy(Bucket=BUCKET, Policy=policy(SHARE, {
            "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{STAGING}:user/copier"}, "Action": ["s3:GetObject", "s3:PutObject"],
            "Resource": f"arn:aws:s3:::{BUCKET}/*"}))
        staging = server.client("s3", "staging")
        staging.create_bucket(Bucket="staging-data")
        staging.put_object(Bucket="staging-data", Key="from-staging.txt", Body=b"staged")
        return key

    def test_one_copy_between_two_accounts(self, server, aws, user, bucket):
        aws("configure", "set", "aws_access_key_id", user[0])
        aws("configure", "set", "aws_secret_access_key", user[1])
        aws("configure", "set", "region", "us-east-1")
        aws("s3", "cp", "s3://staging-data/from-staging.txt", f"s3://{BUCKET}/copied.txt")
        assert bucket.get_object(Bucket=BUCKET, Key="copied.txt")["Body"].read() == b"staged"

    def test_refused_when_stagings_own_policies_do_not_allow(self, server, user):
        server.client("iam", "staging").delete_user_policy(UserName="copier", PolicyName="inline")
        s3 = server.client("s3", user=user)
        assert error_of(s3.get_object, Bucket=BUCKET, Key="report.csv")[:2] == ("AccessDenied", 403)
        assert error_of(s3.put_object, Bucket=BUCKET, Key="x", Body=b"x")[:2] == ("AccessDenied", 403)

    def test_refused_when_the_bucket_policy_is_gone(self, server, user, bucket):
        bucket.delete_bucket_policy(Bucket=BUCKET)
        assert error_of(server.client("s3", user=user).get_object, Bucket=BUCKET, Key="report.csv")[:2] == ("AccessDenied", 403)

    def test_refused_to_delete(self, server, user):
        assert error_of(server.client("s3", user=user).delete_object, Bucket=BUCKET, Key="report.csv")[:2] == ("AccessDenied", 403)

    def test_an_explicit_deny_in_staging_wins(self, server, user):
        server.client("iam", "staging").put_user_policy(UserName="copier", PolicyName="no", PolicyDocument=policy(
            {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"}))
        assert error_of(server.client("s3", user=user).get_object, Bucket=BUCKET, Key="report.csv")[:2] == ("AccessDenied", 403)


def test_anonymous_callers_are_refused_in_two_words(server, bucket):
    import urllib.error
    import urllib.request
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{server.url}/{BUCKET}/report.csv")
    assert refused.value.code == 403
    body = refused.value.read().decode()
    assert "<Code>AccessDenied</Code><Message>Access Denied</Message>" in body
