"""S3 buckets with plain boto3: names, settings, policies, and who may do what to whose."""
import json

import boto3
import botocore
import botocore.config
import pytest

import rawhttp
from conftest import ACCOUNTS, error_of

BUCKET = "buckets"
OBJECTS = f"arn:aws:s3:::{BUCKET}/*"


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, resource, **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


@pytest.fixture
def s3(server):
    client = server.client("s3")
    client.create_bucket(Bucket=BUCKET)
    client.put_object(Bucket=BUCKET, Key="k", Body=b"x")
    return client


def test_names_are_global(server, s3):
    assert error_of(server.client("s3", "prod").create_bucket, Bucket=BUCKET)[:2] == ("BucketAlreadyExists", 409)
    s3.create_bucket(Bucket=BUCKET)  # us-east-1 says yes again
    west = server.client("s3", region="us-west-2")
    west.create_bucket(Bucket="in-the-west", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    assert west.get_bucket_location(Bucket="in-the-west")["LocationConstraint"] == "us-west-2"
    assert error_of(west.create_bucket, Bucket="elsewhere")[0] == "IllegalLocationConstraintException"
    assert s3.get_bucket_location(Bucket=BUCKET)["LocationConstraint"] is None
    assert [b["Name"] for b in s3.list_buckets()["Buckets"]] == [BUCKET, "in-the-west"]
    assert server.client("s3", "prod").list_buckets()["Buckets"] == []


def test_a_bucket_is_reached_in_its_own_region(server, s3):
    west = server.client("s3", region="us-west-2")
    west.create_bucket(Bucket="far-away", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    west.put_object(Bucket="far-away", Key="k", Body=b"far")
    assert s3.get_bucket_location(Bucket="far-away")["LocationConstraint"] == "us-west-2"
    # boto3 learns the region from the refusal and signs again.
    assert s3.get_object(Bucket="far-away", Key="k")["Body"].read() == b"far"
    assert s3.head_bucket(Bucket="far-away")["ResponseMetadata"]["HTTPHeaders"]["x-amz-bucket-region"] == "us-west-2"
    s3.put_object(Bucket="far-away", Key="k2", Body=b"x" * 100_000)
    signer = rawhttp.Signer(f"AKIAADMIN{ACCOUNTS['dev'][:7]}0000", "admin-secret-of-dev")
    wrong = rawhttp.ask(server, signer.sign("s3", f"{server.url}/far-away?list-type=2", "GET"))
    details = rawhttp.refused("s3", wrong, "AuthorizationHeaderMalformed", 400,
                              "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'us-west-2'")
    assert details["Region"] == "us-west-2"
    head = rawhttp.ask(server, signer.sign("s3", f"{server.url}/far-away/k", "HEAD"))
    assert (head.status, head.header("x-amz-bucket-region"), head.body) == (400, "us-west-2", b"")
    presigned = rawhttp.ask(server, signer.presign("s3", f"{server.url}/far-away/k"))
    rawhttp.refused("s3", presigned, "AuthorizationQueryParametersError", 400)
    # An endpoint that names its region sends everybody on, whoever asks.
    url = "http://far-away.s3.eu-west-1.amazonaws.com/k"
    elsewhere = rawhttp.ask(server, signer.sign("s3", url, "GET", region="eu-west-1"))
    assert elsewhere.status == 301 and elsewhere.header("x-amz-bucket-region") == "us-west-2"
    assert b"<Code>PermanentRedirect</Code>" in elsewhere.body
    assert b"<Endpoint>far-away.s3.us-west-2.amazonaws.com</Endpoint>" in elsewhere.body
    at_home = rawhttp.ask(server, signer.sign("s3", url.replace("eu-west-1", "us-west-2"), "GET", region="us-west-2"))
    assert at_home.body == b"far"


def test_head_and_delete(s3):
    assert s3.head_bucket(Bucket=BUCKET)["ResponseMetadata"]["HTTPHeaders"]["x-amz-bucket-region"] == "us-east-1"
    assert error_of(s3.head_bucket, Bucket="no-such-bucket")[1] == 404
    assert error_of(s3.delete_bucket, Bucket=BUCKET)[:2] == ("BucketNotEmpty", 409)
    s3.delete_object(Bucket=BUCKET, Key="k")
    s3.delete_bucket(Bucket=BUCKET)
    assert error_of(s3.list_objects_v2, Bucket=BUCKET)[:2] == ("NoSuchBucket", 404)


def test_settings(s3):
    assert error_of(s3.get_bucket_tagging, Bucket=BUCKET)[0] == "NoSuchTagSet"
    s3.put_bucket_tagging(Bucket=BUCKET, Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    assert s3.get_bucket_tagging(Bucket=BUCKET)["TagSet"] == [{"Key": "a", "Value": "b"}]
    assert "Status" not in s3.get_bucket_versioning(Bucket=BUCKET)
    assert error_of(s3.put_bucket_versioning, Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})[:2] == ("NotImplemented", 501)
    assert error_of(s3.delete_bucket_ownership_controls, Bucket=BUCKET)[:2] == ("NotImplemented", 501)
    assert s3.get_bucket_acl(Bucket=BUCKET)["Grants"][0]["Permission"] == "FULL_CONTROL"
    assert s3.get_bucket_ownership_controls(Bucket=BUCKET)["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]


def test_policies_are_checked(server, s3):
    assert error_of(s3.get_bucket_policy, Bucket=BUCKET)[:2] == ("NoSuchBucketPolicy", 404)
    assert error_of(s3.put_bucket_policy, Bucket=BUCKET, Policy="{")[:2] == ("MalformedPolicy", 400)
    ghost = {"AWS": f"arn:aws:iam::{ACCOUNTS['prod']}:user/ghost"}
    assert error_of(s3.put_bucket_policy, Bucket=BUCKET, Policy=policy(allow("s3:GetObject", OBJECTS, Principal=ghost)))[0] == "MalformedPolicy"
    elsewhere = allow("s3:GetObject", "arn:aws:s3:::other/*", Principal={"AWS": ACCOUNTS["prod"]})
    assert error_of(s3.put_bucket_policy, Bucket=BUCKET, Policy=policy(elsewhere))[0] == "MalformedPolicy"


def test_both_accounts_must_say_yes(server, s3):
    reads = json.loads(policy(allow("s3:GetObject", OBJECTS)))
    permitted = server.client("s3", user=server.make_user("permitted", "prod", reads))
    unpermitted = server.client("s3", user=server.make_user("unpermitted", "prod"))
    assert error_of(permitted.get_object, Bucket=BUCKET, Key="k")[:2] == ("AccessDenied", 403)
    s3.put_bucket_policy(Bucket=BUCKET, Policy=policy(allow("s3:GetObject", OBJECTS, Principal={"AWS": f"arn:aws:iam::{ACCOUNTS['prod']}:root"})))
    assert permitted.get_object(Bucket=BUCKET, Key="k")["Body"].read() == b"x"
    assert error_of(unpermitted.get_object, Bucket=BUCKET, Key="k")[:2] == ("AccessDenied", 403)
    assert error_of(permitted.put_object, Bucket=BUCKET, Key="k", Body=b"y")[:2] == ("AccessDenied", 403)


def test_a_missing_key_shows_only_to_who_may_list(server, s3):
    reader = server.client("s3", user=server.make_user("reader", policy=json.loads(policy(allow("s3:GetObject", OBJECTS)))))
    code, status, message = error_of(reader.get_object, Bucket=BUCKET, Key="none")
    assert (code, status) == ("AccessDenied", 403)
    assert f'is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::{BUCKET}" because no identity-based policy allows' in message
    assert error_of(reader.head_object, Bucket=BUCKET, Key="none")[1] == 403


def test_each_deleted_key_is_asked_about(server, s3):
    s3.put_object(Bucket=BUCKET, Key="mine/a", Body=b"x")
    user = server.make_user("cleaner", policy=json.loads(policy(allow("s3:DeleteObject", f"arn:aws:s3:::{BUCKET}/mine/*"))))
    out = server.client("s3", user=user).delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "mine/a"}, {"Key": "k"}]})
    assert [d["Key"] for d in out["Deleted"]] == ["mine/a"]
    assert [(e["Key"], e["Code"]) for e in out["Errors"]] == [("k", "AccessDenied")]
    assert s3.get_object(Bucket=BUCKET, Key="k")["Body"].read() == b"x"


def test_existing_tags_decide(server, s3):
    s3.put_object(Bucket=BUCKET, Key="open", Body=b"x", Tagging="class=public")
    condition = {"StringEquals": {"s3:ExistingObjectTag/class": "public"}}
    user = server.make_user("tagged", policy=json.loads(policy(allow("s3:GetObject", OBJECTS, Condition=condition))))
    reader = server.client("s3", user=user)
    assert reader.get_object(Bucket=BUCKET, Key="open")["Body"].read() == b"x"
    assert error_of(reader.get_object, Bucket=BUCKET, Key="k")[:2] == ("AccessDenied", 403)


def test_list_conditions(server, s3):
    condition = {"StringLike": {"s3:prefix": "home/*"}}
    user = server.make_user("homely", policy=json.loads(policy(allow("s3:ListBucket", f"arn:aws:s3:::{BUCKET}", Condition=condition))))
    lister = server.client("s3", user=user)
    assert lister.list_objects_v2(Bucket=BUCKET, Prefix="home/x")["KeyCount"] == 0
    assert error_of(lister.list_objects_v2, Bucket=BUCKET)[0] == "AccessDenied"


def test_the_public_is_kept_out_until_it_is_let_in(server, s3):
    public = policy(allow("s3:GetObject", OBJECTS, Principal="*"))
    code, status, message = error_of(s3.put_bucket_policy, Bucket=BUCKET, Policy=public)
    assert (code, status) == ("AccessDenied", 403) and "BlockPublicPolicy" in message
    s3.delete_public_access_block(Bucket=BUCKET)
    s3.put_bucket_policy(Bucket=BUCKET, Policy=public)
    assert s3.get_bucket_policy_status(Bucket=BUCKET)["PolicyStatus"]["IsPublic"] is True
    nobody = boto3.client("s3", endpoint_url=server.url, region_name="us-east-1",
                          config=botocore.config.Config(signature_version=botocore.UNSIGNED, s3={"addressing_style": "path"}))
    assert nobody.get_object(Bucket=BUCKET, Key="k")["Body"].read() == b"x"
    assert error_of(nobody.put_object, Bucket=BUCKET, Key="k", Body=b"y")[:3] == ("AccessDenied", 403, "Access Denied")
    s3.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration={"RestrictPublicBuckets": True})
    assert error_of(nobody.get_object, Bucket=BUCKET, Key="k")[:2] == ("AccessDenied", 403)
    assert s3.get_object(Bucket=BUCKET, Key="k")["Body"].read() == b"x"


def test_root_may_always_mend_a_policy(server, s3):
    locked = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": f"arn:aws:s3:::{BUCKET}"}
    s3.put_bucket_policy(Bucket=BUCKET, Policy=policy(locked))
    assert error_of(s3.delete_bucket_policy, Bucket=BUCKET)[:2] == ("AccessDenied", 403)
    server.client("s3", root=True).delete_bucket_policy(Bucket=BUCKET)
    assert error_of(s3.get_bucket_policy, Bucket=BUCKET)[0] == "NoSuchBucketPolicy"
