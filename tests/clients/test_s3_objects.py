"""S3 objects with plain boto3: what goes in comes out, and what is wrong is told in S3's words."""
import base64
import hashlib
import zlib

import pytest

import rawhttp
from conftest import ACCOUNTS, error_of

BUCKET = "objects"


@pytest.fixture
def s3(server):
    client = server.client("s3")
    client.create_bucket(Bucket=BUCKET)
    return client


@pytest.mark.parametrize("size", [0, 1, 1024, 64 * 1024, 64 * 1024 + 1, 3 * 1024 * 1024])
def test_put_get_head_delete(s3, size):
    body = bytes(i * 7 % 251 for i in range(1024)) * (size // 1024) + b"x" * (size % 1024)
    etag = '"' + hashlib.md5(body).hexdigest() + '"'
    assert s3.put_object(Bucket=BUCKET, Key="a/b c+ü.bin", Body=body, Metadata={"colour": "red"}, ContentType="text/plain")["ETag"] == etag
    got = s3.get_object(Bucket=BUCKET, Key="a/b c+ü.bin")
    assert got["Body"].read() == body
    assert (got["ETag"], got["ContentType"], got["Metadata"], got["AcceptRanges"]) == (etag, "text/plain", {"colour": "red"}, "bytes")
    head = s3.head_object(Bucket=BUCKET, Key="a/b c+ü.bin")
    assert (head["ContentLength"], head["ETag"]) == (size, etag)
    assert s3.delete_object(Bucket=BUCKET, Key="a/b c+ü.bin")["ResponseMetadata"]["HTTPStatusCode"] == 204
    code, status, _ = error_of(s3.get_object, Bucket=BUCKET, Key="a/b c+ü.bin")
    assert (code, status) == ("NoSuchKey", 404)
    assert error_of(s3.head_object, Bucket=BUCKET, Key="a/b c+ü.bin")[:2] == ("404", 404)


@pytest.mark.parametrize("asked,status,range_told,body", [
    ("bytes=2-4", 206, "bytes 2-4/10", b"234"), ("bytes=7-", 206, "bytes 7-9/10", b"789"), ("bytes=-3", 206, "bytes 7-9/10", b"789"),
    ("bytes=0-99", 206, "bytes 0-9/10", b"0123456789"), ("bytes=3-1", 200, None, b"0123456789"), ("bytes=0-1,3-4", 200, None, b"0123456789")])
def test_ranges(s3, asked, status, range_told, body):
    s3.put_object(Bucket=BUCKET, Key="k", Body=b"0123456789")
    got = s3.get_object(Bucket=BUCKET, Key="k", Range=asked)
    assert (got["ResponseMetadata"]["HTTPStatusCode"], got.get("ContentRange"), got["Body"].read()) == (status, range_told, body)


def test_a_range_beyond_the_end(s3):
    s3.put_object(Bucket=BUCKET, Key="k", Body=b"0123456789")
    assert error_of(s3.get_object, Bucket=BUCKET, Key="k", Range="bytes=10-")[:2] == ("InvalidRange", 416)


def test_a_range_of_a_large_object(s3):
    body = bytes(range(256)) * 8192
    s3.put_object(Bucket=BUCKET, Key="k", Body=body)
    assert s3.get_object(Bucket=BUCKET, Key="k", Range="bytes=1000000-1000099")["Body"].read() == body[1_000_000:1_000_100]


def test_conditions(s3):
    etag = s3.put_object(Bucket=BUCKET, Key="k", Body=b"x")["ETag"]
    modified = s3.head_object(Bucket=BUCKET, Key="k")["LastModified"]
    assert s3.get_object(Bucket=BUCKET, Key="k", IfMatch=etag)["ETag"] == etag
    assert error_of(s3.get_object, Bucket=BUCKET, Key="k", IfMatch='"0"')[:2] == ("PreconditionFailed", 412)
    assert error_of(s3.get_object, Bucket=BUCKET, Key="k", IfNoneMatch=etag)[1] == 304
    assert error_of(s3.head_object, Bucket=BUCKET, Key="k", IfModifiedSince=modified)[1] == 304
    assert error_of(s3.get_object, Bucket=BUCKET, Key="k", IfUnmodifiedSince=modified.replace(year=2001))[:2] == ("PreconditionFailed", 412)


@pytest.mark.parametrize("name,digest", [
    ("CRC32", lambda b: zlib.crc32(b).to_bytes(4, "big")), ("SHA1", lambda b: hashlib.sha1(b).digest()),
    ("SHA256", lambda b: hashlib.sha256(b).digest())])
def test_checksums(s3, name, digest):
    value = base64.b64encode(digest(b"hello")).decode()
    put = s3.put_object(Bucket=BUCKET, Key="k", Body=b"hello", ChecksumAlgorithm=name)
    assert put["Checksum" + name] == value
    assert s3.head_object(Bucket=BUCKET, Key="k", ChecksumMode="ENABLED")["Checksum" + name] == value
    assert "Checksum" + name not in s3.head_object(Bucket=BUCKET, Key="k")
    wrong = base64.b64encode(digest(b"other")).decode()
    assert error_of(s3.put_object, Bucket=BUCKET, Key="k2", Body=b"hello", **{"Checksum" + name: wrong})[:2] == ("BadDigest", 400)
    assert error_of(s3.head_object, Bucket=BUCKET, Key="k2")[1] == 404


def test_content_md5(s3):
    good = base64.b64encode(hashlib.md5(b"hello").digest()).decode()
    s3.put_object(Bucket=BUCKET, Key="k", Body=b"hello", ContentMD5=good)
    assert error_of(s3.put_object, Bucket=BUCKET, Key="k", Body=b"hellO", ContentMD5=good)[:2] == ("BadDigest", 400)
    assert error_of(s3.put_object, Bucket=BUCKET, Key="k", Body=b"hello", ContentMD5="zzz")[:2] == ("InvalidDigest", 400)


def test_copy_within_and_between_accounts(server, s3):
    s3.put_object(Bucket=BUCKET, Key="k", Body=b"hello", Metadata={"a": "b"})
    s3.copy_object(Bucket=BUCKET, Key="copy", CopySource={"Bucket": BUCKET, "Key": "k"})
    got = s3.get_object(Bucket=BUCKET, Key="copy")
    assert (got["Body"].read(), got["Metadata"]) == (b"hello", {"a": "b"})
    s3.copy_object(Bucket=BUCKET, Key="copy", CopySource=f"{BUCKET}/k", MetadataDirective="REPLACE", Metadata={"c": "d"})
    assert s3.head_object(Bucket=BUCKET, Key="copy")["Metadata"] == {"c": "d"}
    other = server.client("s3", "prod")
    other.create_bucket(Bucket="of-prod")
    code, status, message = error_of(other.copy_object, Bucket="of-prod", Key="k", CopySource=f"{BUCKET}/k")
    assert (code, status, message) == ("AccessDenied", 403, "Access Denied")
    assert error_of(s3.copy_object, Bucket=BUCKET, Key="k", CopySource=f"{BUCKET}/k")[0] == "InvalidRequest"


def test_tags(s3):
    s3.put_object(Bucket=BUCKET, Key="k", Body=b"x", Tagging="a=1&b=2")
    assert s3.get_object(Bucket=BUCKET, Key="k")["TagCount"] == 2
    s3.put_object_tagging(Bucket=BUCKET, Key="k", Tagging={"TagSet": [{"Key": "c", "Value": "3"}]})
    assert s3.get_object_tagging(Bucket=BUCKET, Key="k")["TagSet"] == [{"Key": "c", "Value": "3"}]
    s3.delete_object_tagging(Bucket=BUCKET, Key="k")
    assert s3.get_object_tagging(Bucket=BUCKET, Key="k")["TagSet"] == []


def test_delete_many(s3):
    for key in ("a", "b", "c"):
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"x")
    out = s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": k} for k in ("a", "b", "none")]})
    assert [d["Key"] for d in out["Deleted"]] == ["a", "b", "none"]
    out = s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "c"}], "Quiet": True})
    assert "Deleted" not in out and "Errors" not in out
    assert s3.list_objects_v2(Bucket=BUCKET)["KeyCount"] == 0


def test_listing(s3):
    keys = ["a", "d/1", "d/2", "e/x/1", "é ü", "z+"]
    for key in keys:
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"x")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Delimiter="/", PaginationConfig={"PageSize": 2})
    seen, prefixes = [], []
    for page in pages:
        seen += [o["Key"] for o in page.get("Contents", [])]
        prefixes += [p["Prefix"] for p in page.get("CommonPrefixes", [])]
    assert (seen, prefixes) == (["a", "z+", "é ü"], ["d/", "e/"])
    pages = s3.get_paginator("list_objects").paginate(Bucket=BUCKET, PaginationConfig={"PageSize": 2})
    assert [o["Key"] for page in pages for o in page.get("Contents", [])] == sorted(keys, key=str.encode)
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=BUCKET, Prefix="d/", StartAfter="d/1")["Contents"]] == ["d/2"]
    assert error_of(s3.list_objects_v2, Bucket=BUCKET, ContinuationToken="nonsense")[0] == "InvalidArgument"


def test_multipart(s3):
    part = b"a" * (5 * 1024 * 1024)
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key="big", Metadata={"m": "1"})["UploadId"]
    parts = []
    for number, body in ((1, part), (2, b"tail")):
        etag = s3.upload_part(Bucket=BUCKET, Key="big", UploadId=upload, PartNumber=number, Body=body)["ETag"]
        parts.append({"PartNumber": number, "ETag": etag})
    assert [p["PartNumber"] for p in s3.list_parts(Bucket=BUCKET, Key="big", UploadId=upload)["Parts"]] == [1, 2]
    assert s3.list_multipart_uploads(Bucket=BUCKET)["Uploads"][0]["Key"] == "big"
    wrong = [{"PartNumber": 1, "ETag": '"0"'}]
    assert error_of(s3.complete_multipart_upload, Bucket=BUCKET, Key="big", UploadId=upload, MultipartUpload={"Parts": wrong})[0] == "InvalidPart"
    assert error_of(s3.complete_multipart_upload, Bucket=BUCKET, Key="big", UploadId=upload,
                    MultipartUpload={"Parts": parts[::-1]})[0] == "InvalidPartOrder"
    done = s3.complete_multipart_upload(Bucket=BUCKET, Key="big", UploadId=upload, MultipartUpload={"Parts": parts})
    digests = hashlib.md5(part).digest() + hashlib.md5(b"tail").digest()
    assert done["ETag"] == '"' + hashlib.md5(digests).hexdigest() + '-2"'
    got = s3.get_object(Bucket=BUCKET, Key="big")
    assert got["Body"].read() == part + b"tail" and got["Metadata"] == {"m": "1"}
    assert s3.get_object(Bucket=BUCKET, Key="big", PartNumber=2)["Body"].read() == b"tail"
    assert error_of(s3.abort_multipart_upload, Bucket=BUCKET, Key="big", UploadId=upload)[:2] == ("NoSuchUpload", 404)


def test_high_level_transfer(server, s3, tmp_path):
    source, target = tmp_path / "in", tmp_path / "out"
    source.write_bytes(b"0123456789abcdef" * (1 << 20))  # 16 MiB: several parts, sent in parallel
    s3.upload_file(str(source), BUCKET, "large")
    s3.download_file(BUCKET, "large", str(target))
    assert target.read_bytes() == source.read_bytes()


def test_what_is_not_done_says_so(s3):
    put = dict(Bucket=BUCKET, Key="k", Body=b"x")
    assert error_of(s3.put_object, ServerSideEncryption="aws:kms", **put)[:2] == ("NotImplemented", 501)
    assert error_of(s3.put_object, ACL="public-read", **put)[0] == "AccessControlListNotSupported"
    assert error_of(s3.put_object, StorageClass="GLACIER", **put)[0] == "NotImplemented"
    assert error_of(s3.get_object, Bucket=BUCKET, Key="k")[0] == "NoSuchKey"


def test_a_plus_is_a_blank_in_the_signature_as_in_what_is_read(server, s3):
    s3.put_object(Bucket=BUCKET, Key="a b+c", Body=b"both")
    signer = rawhttp.Signer(f"AKIAADMIN{ACCOUNTS['dev'][:7]}0000", "admin-secret-of-dev")
    url = f"{server.url}/{BUCKET}"
    for request in (signer.sign("s3", url + "/a%20b%2Bc", "GET"), signer.presign("s3", url + "/a%20b%2Bc")):
        assert rawhttp.ask(server, request.edit_target("%20", "+")).body == b"both"
    found = signer.sign("s3", url + "?list-type=2&prefix=a%20b%2B", "GET")
    assert b"<Key>a b+c</Key>" in rawhttp.ask(server, found.copy().edit_target("%20", "+")).body
    # Who signs a plus and sends one that is read as a blank is refused: nothing is read that was not signed.
    rawhttp.refused("s3", rawhttp.ask(server, found.edit_target("%2B", "+")), "SignatureDoesNotMatch", 403)
    form = signer.sign("iam", f"{server.url}/?Action=ListUsers&Version=2010-05-08&PathPrefix=%2Fa%20b%2F", "GET")
    rawhttp.refused("iam", rawhttp.ask(server, form.edit_target("%20", "+")), "ValidationError", 400)  # a path has no blank, but may have a plus


def test_one_connection_after_an_empty_or_refused_body(server, s3):
    """botocore asks before it sends a body, even an empty one, and must find the next answer in its place."""
    quick = server.client("s3", read_timeout=5)
    for body in (b"", b"x", b"", b""):
        assert quick.put_object(Bucket=BUCKET, Key="k", Body=body)["ETag"]
        assert error_of(quick.put_object, Bucket=BUCKET, Key="k" * 1025, Body=body)[0] == "KeyTooLongError"
    assert quick.get_object(Bucket=BUCKET, Key="k")["Body"].read() == b""


def test_presigned(server, s3):
    import urllib.request
    s3.put_object(Bucket=BUCKET, Key="k", Body=b"hello")
    signer = server.client("s3", signature_version="s3v4")  # this boto3 presigns with version 2 unless told
    url = signer.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": "k", "ResponseContentType": "image/png"})
    answer = urllib.request.urlopen(url)
    assert (answer.read(), answer.headers["Content-Type"]) == (b"hello", "image/png")
