"""A body that is not what its sender says is refused before anything is done, and so is a check that does not exist."""
import base64
import hashlib
import json
import zlib

import pytest

from conftest import error_of
from rawhttp import Signer, ask

TAGGING = b"<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>"


def md5(body):
    return base64.b64encode(hashlib.md5(body).digest()).decode()


def crc32(body):
    return base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()


def sha256(body):
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


@pytest.fixture
def bucket(server):
    s3 = server.client("s3")
    s3.create_bucket(Bucket="integrity")
    for key in ("victim", "other"):
        s3.put_object(Bucket="integrity", Key=key, Body=b"x")
    return s3


@pytest.fixture
def signer(server):
    return Signer(*server.make_user("sums", policy={"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}))


def send(server, signer, method, target, body, **headers):
    return ask(server, signer.sign("s3", server.url + target, method, [(n.replace("_", "-"), v) for n, v in headers.items()], body))


def keys(s3):
    return [o["Key"] for o in s3.list_objects_v2(Bucket="integrity").get("Contents", [])]


DELETE = b"<Delete><Object><Key>victim</Key></Object></Delete>"
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
                                                             "Resource": "arn:aws:s3:::integrity/*"}]}).encode()
BLOCK = b"<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls></PublicAccessBlockConfiguration>"
CALLS = [("POST", "/integrity?delete", DELETE), ("PUT", "/integrity?tagging", TAGGING), ("PUT", "/integrity?policy", POLICY),
         ("PUT", "/integrity/other?tagging", TAGGING), ("PUT", "/integrity?publicAccessBlock", BLOCK)]


def wrong_sums(body):
    yield {"Content_MD5": md5(b"something else")}, "BadDigest", "Content-MD5 you specified did not match"
    yield {"Content_MD5": "abc"}, "InvalidDigest", "was invalid"
    yield {"Content_MD5": base64.b64encode(b"short").decode()}, "InvalidDigest", "was invalid"
    yield {"x_amz_checksum_crc32": "AAAAAA=="}, "BadDigest", "The CRC32 you specified did not match"
    yield {"x_amz_checksum_sha256": sha256(body + b" ")}, "BadDigest", "The SHA256 you specified did not match"
    yield {"x_amz_checksum_crc32": "AAAA"}, "InvalidRequest", "Value for x-amz-checksum-crc32 header is invalid"
    yield {"x_amz_checksum_crc32": crc32(body), "x_amz_checksum_sha256": sha256(body)}, "InvalidRequest", "Multiple checksum Types"
    yield {"x_amz_checksum_sha256a": "dummy"}, "InvalidRequest", "The algorithm type you specified in x-amz-checksum- header is invalid."
    yield {"x_amz_checksum_": "dummy", "Content_MD5": md5(body)}, "InvalidRequest", "The algorithm type you specified"
    yield {}, "InvalidRequest", "Missing required header for this request: Content-MD5 OR x-amz-checksum-*"


@pytest.mark.parametrize("method, target, body", CALLS, ids=[t for _, t, _ in CALLS])
def test_bodies_are_what_their_sender_says(server, bucket, signer, method, target, body):
    for headers, code, text in wrong_sums(body):
        answer = send(server, signer, method, target, body, **headers)
        assert answer.status == 400 and code.encode() in answer.body and text.encode() in answer.body, (headers, answer.body)
    assert keys(bucket) == ["other", "victim"]
    assert error_of(lambda: bucket.get_bucket_tagging(Bucket="integrity"))[0] == "NoSuchTagSet"
    assert error_of(lambda: bucket.get_bucket_policy(Bucket="integrity"))[0] == "NoSuchBucketPolicy"
    for headers in ({"Content_MD5": md5(body)}, {"x_amz_checksum_crc32": crc32(body)}, {"x_amz_checksum_sha256": sha256(body), "Content_MD5": md5(body)}):
        assert send(server, signer, method, target, body, **headers).status in (200, 204), headers


@pytest.mark.parametrize("headers", [{"x_amz_checksum_sha256a": "dummy"}, {"x_amz_checksum_md5": md5(b"o")}, {"X_Amz_Checksum_Foo": ""},
                                     {"x_amz_trailer": "x-amz-checksum-sha512"}, {"x_amz_trailer": "x-amz-checksum-sha25"}, {"x_amz_trailer": "x-foo"},
                                     {"x_amz_trailer": "x-amz-checksum-crc32,x-foo"}])
def test_an_unknown_check_is_not_taken_for_none(server, bucket, signer, headers):
    answer = send(server, signer, "PUT", "/integrity/new", b"o", **headers)
    text = b"The value specified in the x-amz-trailer header is not supported" if "x_amz_trailer" in headers else b"The algorithm type you specified"
    assert answer.status == 400 and b"InvalidRequest" in answer.body and text in answer.body, answer.body
    assert "new" not in keys(bucket)


def test_who_may_not_learns_nothing_of_digests(server, bucket):
    nobody = Signer(*server.make_user("nobody"))
    answer = send(server, nobody, "PUT", "/integrity?tagging", TAGGING, Content_MD5=md5(b"wrong"))
    assert answer.status == 403 and b"AccessDenied" in answer.body


# ---- DeleteObjects with the ETag of a key ----------------------------------------------------------------------------------
def delete(server, signer, *objects):
    body = "<Delete>" + "".join(f"<Object><Key>{k}</Key>{f'<ETag>{e}</ETag>' if e else ''}</Object>" for k, e in objects) + "</Delete>"
    answer = send(server, signer, "POST", "/integrity?delete", body.encode(), Content_MD5=md5(body.encode()))
    assert answer.status == 200, answer.body
    return answer.body


def test_a_key_goes_only_with_its_etag(server, bucket, signer):
    etag = bucket.head_object(Bucket="integrity", Key="victim")["ETag"]
    said = delete(server, signer, ("victim", '"0000"'), ("missing", etag), ("other", None))
    assert b"<Error><Key>victim</Key><Code>PreconditionFailed</Code>" in said and b"<Error><Key>missing</Key><Code>NoSuchKey</Code>" in said
    assert b"<Deleted><Key>other</Key>" in said and keys(bucket) == ["victim"]
    assert b"<Deleted><Key>victim</Key>" in delete(server, signer, ("victim", etag.strip('"'))) and keys(bucket) == []


# ---- references that are none ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("key", ["victim&#0;not-this", "victim&#x0;", "victim&nosuch;", "victim&#xD800;", "victim&#1114112;"])
def test_no_reference_cuts_a_key(server, bucket, signer, key):
    body = f"<Delete><Object><Key>{key}</Key></Object></Delete>".encode()
    answer = send(server, signer, "POST", "/integrity?delete", body, Content_MD5=md5(body))
    assert answer.status == 400 and b"MalformedXML" in answer.body, answer.body
    assert keys(bucket) == ["other", "victim"]
