"""How S3 bodies are signed, framed and checked: each mode right, and each way it can be wrong. What was refused is not stored."""
import base64
import hashlib
import zlib

import pytest

from conftest import ACCOUNTS
from rawhttp import Chunks, Signer, Wire, ask, refused

DEV = ACCOUNTS["dev"]
ADMIN = Signer(f"AKIAADMIN{DEV[:7]}0000", "admin-secret-of-dev")
BUCKET = "payloads"
BODY = bytes(range(256)) * 40  # 10,240 bytes
SIGNED, SIGNED_TRAILER = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
UNSIGNED_TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"


def reflected(bits, polynomial):
    """A CRC of `bits` bits with reflected input and output, starting from and ending with all ones."""
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (polynomial if byte & 1 else 0)
        table.append(byte)
    ones = (1 << bits) - 1

    def crc(data):
        value = ones
        for byte in data:
            value = value >> 8 ^ table[(value ^ byte) & 255]
        return (value ^ ones).to_bytes(bits // 8, "big")
    return crc


CHECKSUMS = {
    "crc32": lambda b: zlib.crc32(b).to_bytes(4, "big"), "crc32c": reflected(32, 0x82F63B78), "crc64nvme": reflected(64, 0x9A6C9329AC4BC9B5),
    "sha1": lambda b: hashlib.sha1(b).digest(), "sha256": lambda b: hashlib.sha256(b).digest(),
}


def checksum(name, body):
    return base64.b64encode(CHECKSUMS[name](body)).decode()


@pytest.fixture
def s3(server):
    client = server.client("s3")
    client.create_bucket(Bucket=BUCKET)
    return client


def put(server, payload=None, body=BODY, headers=(), key="k"):
    return ADMIN.sign("s3", f"{server.url}/{BUCKET}/{key}", "PUT", headers, body, payload=payload)


def stored(s3, key="k"):
    return s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()


def nothing_stored(s3):
    assert s3.list_objects_v2(Bucket=BUCKET)["KeyCount"] == 0


# ---- in one piece -----------------------------------------------------------------------------------------------------
def test_a_signed_body(server, s3):
    answer = ask(server, put(server))
    assert answer.status == 200 and answer.header("etag") == f'"{hashlib.md5(BODY).hexdigest()}"'
    assert stored(s3) == BODY


@pytest.mark.parametrize("sent", [BODY[:-1] + b"X", b"", BODY[:-1], BODY + b"X"])
def test_another_body_than_was_signed(server, s3, sent):
    request = put(server)
    request.body = sent
    refused("s3", ask(server, request), "XAmzContentSHA256Mismatch", 400,
            "The provided 'x-amz-content-sha256' header does not match what was computed.")
    nothing_stored(s3)


def test_another_hash_than_was_signed(server, s3):
    request = put(server).set("X-Amz-Content-SHA256", hashlib.sha256(b"other").hexdigest())
    refused("s3", ask(server, request), "SignatureDoesNotMatch", 403)
    nothing_stored(s3)


def test_small_requests_with_bodies_are_checked_too(server, s3):
    body = b'<Delete><Object><Key>k</Key></Object></Delete>'
    ask(server, put(server))
    headers = {"Content-MD5": base64.b64encode(hashlib.md5(body).digest()).decode()}
    request = ADMIN.sign("s3", f"{server.url}/{BUCKET}?delete", "POST", headers, body)
    request.body = body.replace(b"k<", b"l<")
    refused("s3", ask(server, request), "XAmzContentSHA256Mismatch", 400)
    assert stored(s3) == BODY


def test_an_unsigned_body(server, s3):
    assert ask(server, put(server, "UNSIGNED-PAYLOAD")).status == 200
    assert stored(s3) == BODY
    # Whoever signed a hash did not sign UNSIGNED-PAYLOAD.
    refused("s3", ask(server, put(server, key="l").set("X-Amz-Content-SHA256", "UNSIGNED-PAYLOAD")), "SignatureDoesNotMatch", 403)


@pytest.mark.parametrize("value", ["unsigned-payload", "abc", "0" * 63, "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD"])
def test_modes_that_are_none(server, s3, value):
    details = refused("s3", ask(server, put(server, value)), "InvalidArgument", 400, "x-amz-content-sha256 must be .*")
    assert details == {"ArgumentName": "x-amz-content-sha256", "ArgumentValue": value}
    nothing_stored(s3)


def test_no_length_at_all(server, s3):
    with Wire(server) as wire:
        wire.send(put(server).head_bytes())
        refused("s3", wire.read(), "MissingContentLength", 411, "You must provide the Content-Length HTTP header.")
    nothing_stored(s3)


def test_a_chunked_transfer_of_a_signed_body(server, s3):
    request = put(server).set("Transfer-Encoding", "chunked")
    request.body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)
    assert ask(server, request).status == 200
    assert stored(s3) == BODY


def test_content_md5(server, s3):
    md5 = lambda b: base64.b64encode(hashlib.md5(b).digest()).decode()
    assert ask(server, put(server, headers={"Content-MD5": md5(BODY)}, key="good")).status == 200
    refused("s3", ask(server, put(server, headers={"Content-MD5": md5(b"other")})), "BadDigest", 400,
            "The Content-MD5 you specified did not match what we received.")
    refused("s3", ask(server, put(server, headers={"Content-MD5": "short"})), "InvalidDigest", 400, "The Content-MD5 you specified was invalid.")
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=BUCKET)["Contents"]] == ["good"]


@pytest.mark.parametrize("name", CHECKSUMS)
def test_checksums_in_a_header(server, s3, name):
    header = f"x-amz-checksum-{name}"
    refused("s3", ask(server, put(server, headers={header: checksum(name, b"other")})), "BadDigest", 400,
            f"The {name.upper()} you specified did not match the calculated checksum.")
    refused("s3", ask(server, put(server, headers={header: "AAAA"})), "InvalidRequest", 400, f"Value for {header} header is invalid.")
    nothing_stored(s3)
    answer = ask(server, put(server, headers={header: checksum(name, BODY)}))
    assert (answer.status, answer.header(header)) == (200, checksum(name, BODY)), answer


# ---- in chunks --------------------------------------------------------------------------------------------------------
def streamed(server, mode, body=BODY, trailer=None, announce=True, length=None, chunk_bytes=8192, spoil=None, headers=(), key="k"):
    """A PUT in signed or unsigned chunks. `spoil(number, chunk)` may change a chunk's bytes, after they were signed."""
    named = {"Content-Encoding": "aws-chunked", "X-Amz-Decoded-Content-Length": str(len(body) if length is None else length), **dict(headers)}
    if length == "":
        del named["X-Amz-Decoded-Content-Length"]
    if trailer and announce:
        named["X-Amz-Trailer"] = trailer[0]
    request = put(server, mode, b"", named, key)
    chunks = Chunks(ADMIN, request)
    pieces = [body[i:i + chunk_bytes] for i in range(0, len(body), chunk_bytes)]
    framed = [chunks.chunk(p) if mode != UNSIGNED_TRAILER else b"%x\r\n%s\r\n" % (len(p), p) for p in pieces]
    framed.append(chunks.chunk(b"") if mode != UNSIGNED_TRAILER else b"0\r\n")
    if trailer:
        framed.append(chunks.trailer(*trailer) if mode == SIGNED_TRAILER else f"{trailer[0]}:{trailer[1]}\r\n".encode())
    framed.append(b"\r\n")
    if spoil:
        framed = [spoil(number, part) for number, part in enumerate(framed)]
    request.body = b"".join(framed)
    return request


def flip(what, number):
    """Changes one byte of part `number`: in the data or in the signature."""
    def spoil(at, part):
        if at != number:
            return part
        place = -3 if what == "data" else part.index(b"signature") + 20
        changed = bytearray(part)
        changed[place] = ord("0") if changed[place] != ord("0") else ord("1")
        return bytes(changed)
    return spoil


CRC = ("x-amz-checksum-crc32c", checksum("crc32c", BODY))
MODES = {SIGNED: None, SIGNED_TRAILER: CRC, UNSIGNED_TRAILER: CRC}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("body", [BODY, b"", b"x", BODY[:8192]])
def test_streaming(server, s3, mode, body):
    trailer = MODES[mode] and ("x-amz-checksum-crc32c", checksum("crc32c", body))
    answer = ask(server, streamed(server, mode, body, trailer))
    assert answer.status == 200, answer
    assert answer.header("etag") == f'"{hashlib.md5(body).hexdigest()}"'
    if trailer:
        assert answer.header(trailer[0]) == trailer[1]
    got = s3.get_object(Bucket=BUCKET, Key="k")
    assert got["Body"].read() == body
    assert "ContentEncoding" not in got  # aws-chunked is the way, not the thing


def test_other_encodings_stay(server, s3):
    assert ask(server, streamed(server, SIGNED, headers={"Content-Encoding": "aws-chunked,gzip"})).status == 200
    assert s3.head_object(Bucket=BUCKET, Key="k")["ContentEncoding"] == "gzip"


@pytest.mark.parametrize("mode", MODES)
def test_streaming_byte_by_byte(server, s3, mode):
    request = streamed(server, mode, BODY, MODES[mode])
    with Wire(server) as wire:
        data = request.encode()
        cut = data.index(b"\r\n\r\n") + 4
        wire.send(data[:cut])
        for at in range(cut, len(data), 97):
            wire.send(data[at:at + 97])
        assert wire.read().status == 200
    assert stored(s3) == BODY


@pytest.mark.parametrize("mode", [SIGNED, SIGNED_TRAILER])
@pytest.mark.parametrize("spoil", [flip("data", 0), flip("data", 1), flip("signature", 0), flip("signature", 1), flip("signature", 2),
                                   lambda n, p: b"" if n == 1 else p])
def test_streaming_with_a_bad_chunk(server, s3, mode, spoil):
    code = ("SignatureDoesNotMatch", 403)
    answer = ask(server, streamed(server, mode, BODY, MODES[mode], spoil=spoil))
    assert refused("s3", answer, *code) is not None
    nothing_stored(s3)


def test_chunks_that_changed_places(server, s3):
    request = streamed(server, SIGNED, BODY[:8192] + BODY[:8192][::-1])
    size = len(b"2000;chunk-signature=") + 64 + 2 + 8192 + 2
    request.body = request.body[size:2 * size] + request.body[:size] + request.body[2 * size:]
    refused("s3", ask(server, request), "SignatureDoesNotMatch", 403)
    nothing_stored(s3)


def test_chunks_of_another_request(server, s3):
    body = streamed(server, SIGNED, key="other").body
    request = streamed(server, SIGNED)
    request.body = body
    refused("s3", ask(server, request), "SignatureDoesNotMatch", 403)
    nothing_stored(s3)


def test_only_the_last_chunk_may_be_small(server, s3):
    refused("s3", ask(server, streamed(server, SIGNED, BODY, chunk_bytes=1000)), "InvalidChunkSizeError", 403)
    nothing_stored(s3)


def test_a_bad_signature_of_the_trailer(server, s3):
    refused("s3", ask(server, streamed(server, SIGNED_TRAILER, BODY, CRC, spoil=flip("signature", 3))), "SignatureDoesNotMatch", 403)
    other = ("x-amz-checksum-crc32c", checksum("crc32c", b"other"))
    swap = lambda n, p: p.replace(CRC[1].encode(), other[1].encode()) if n == 3 else p
    refused("s3", ask(server, streamed(server, SIGNED_TRAILER, BODY, CRC, spoil=swap)), "SignatureDoesNotMatch", 403)
    nothing_stored(s3)


@pytest.mark.parametrize("mode", [SIGNED_TRAILER, UNSIGNED_TRAILER])
@pytest.mark.parametrize("name", CHECKSUMS)
def test_checksums_in_the_trailer(server, s3, mode, name):
    header = f"x-amz-checksum-{name}"
    refused("s3", ask(server, streamed(server, mode, BODY, (header, checksum(name, b"other")))), "BadDigest", 400,
            f"The {name.upper()} you specified did not match the calculated checksum.")
    refused("s3", ask(server, streamed(server, mode, BODY, (header, "AAAA"))), "InvalidRequest", 400)
    nothing_stored(s3)
    answer = ask(server, streamed(server, mode, BODY, (header, checksum(name, BODY))))
    assert (answer.status, answer.header(header)) == (200, checksum(name, BODY)), answer


@pytest.mark.parametrize("mode", [SIGNED_TRAILER, UNSIGNED_TRAILER])
def test_trailers_must_be_as_announced(server, s3, mode):
    refused("s3", ask(server, streamed(server, mode, BODY, CRC, announce=False)), "MalformedTrailerError", 400)
    gone = lambda n, p: b"" if n == 3 else p
    refused("s3", ask(server, streamed(server, mode, BODY, CRC, spoil=gone)), "MalformedTrailerError", 400)
    renamed = lambda n, p: p.replace(b"crc32c", b"sha256") if n == 3 else p
    refused("s3", ask(server, streamed(server, mode, BODY, CRC, spoil=renamed)), "MalformedTrailerError", 400)
    more = lambda n, p: p + b"extra" if n == 4 else p
    refused("s3", ask(server, streamed(server, mode, BODY, CRC, spoil=more)), "MalformedTrailerError", 400)
    nothing_stored(s3)


@pytest.mark.parametrize("mode", MODES)
def test_the_decoded_length(server, s3, mode):
    refused("s3", ask(server, streamed(server, mode, BODY, MODES[mode], length="")), "MissingContentLength", 411,
            "You must provide the Content-Length HTTP header.")
    refused("s3", ask(server, streamed(server, mode, BODY, MODES[mode], length="many")), "MissingContentLength", 411)
    for length in (len(BODY) - 1, len(BODY) + 1, 0):
        refused("s3", ask(server, streamed(server, mode, BODY, MODES[mode], length=length)), "IncompleteBody", 400)
    nothing_stored(s3)


@pytest.mark.parametrize("mode", MODES)
def test_a_body_cut_short(server, s3, mode):
    request = streamed(server, mode, BODY, MODES[mode])
    request.body = request.body[:5000]
    refused("s3", ask(server, request), "IncompleteBody", 400, "The request body terminated unexpectedly")
    request.body = b"this is not framed\r\n"
    refused("s3", ask(server, request), "InvalidRequest", 400)
    nothing_stored(s3)


@pytest.mark.parametrize("mode", MODES)
def test_six_mebibytes_streamed(server, s3, mode):
    body = BODY * 600
    request = streamed(server, mode, body, MODES[mode] and ("x-amz-checksum-sha256", checksum("sha256", body)), chunk_bytes=128 * 1024)
    assert ask(server, request).status == 200
    assert stored(s3) == body
    assert ask(server, put(server, body=body, key="whole")).status == 200
    assert s3.head_object(Bucket=BUCKET, Key="whole")["ETag"] == f'"{hashlib.md5(body).hexdigest()}"'


def test_a_refused_upload_in_the_middle_ends_early(server, s3):
    """Six mebibytes with a wrong first chunk: the answer comes, the connection ends, nothing is kept."""
    request = streamed(server, SIGNED, BODY * 600, chunk_bytes=64 * 1024, spoil=flip("data", 0))
    with Wire(server) as wire:
        data = request.encode()
        wire.send(data[:70_000])
        refused("s3", wire.read(), "SignatureDoesNotMatch", 403)
    nothing_stored(s3)


def test_a_part_of_a_multipart_upload(server, s3):
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key="k")["UploadId"]
    url = f"{server.url}/{BUCKET}/k?partNumber=1&uploadId={upload}"
    request = ADMIN.sign("s3", url, "PUT", (), BODY)
    request.body = BODY[::-1]
    refused("s3", ask(server, request), "XAmzContentSHA256Mismatch", 400)
    assert "Parts" not in s3.list_parts(Bucket=BUCKET, Key="k", UploadId=upload)


# ---- Expect: 100-continue ---------------------------------------------------------------------------------------------
def test_a_client_that_waits_sends_its_body(server, s3):
    request = put(server, body=BODY).add("Content-Length", str(len(BODY))).add("Expect", "100-continue")
    with Wire(server) as wire:
        wire.send(request.head_bytes())
        assert wire.file.readline() == b"HTTP/1.1 100 Continue\r\n" and wire.file.readline() == b"\r\n"
        wire.send(BODY)
        assert wire.read().status == 200
        assert wire.ask(put(server, key="l")).status == 200  # and the connection goes on
    assert stored(s3) == BODY


@pytest.mark.parametrize("spoil,code,status", [
    (lambda r: r.set("Authorization", r.header("authorization")[:-4] + "0000"), "SignatureDoesNotMatch", 403),
    (lambda r: r.set("Authorization", None), "AccessDenied", 403),
    (lambda r: r.edit("authorization", "AKIAADMIN", "AKIANOBODY"), "InvalidAccessKeyId", 403),
])
def test_a_client_that_waits_sends_nothing_in_vain(server, s3, spoil, code, status):
    request = spoil(put(server).add("Content-Length", str(len(BODY))).add("Expect", "100-continue"))
    with Wire(server) as wire:
        wire.send(request.head_bytes())
        answer = wire.read()  # http.client would have skipped a 100
        refused("s3", answer, code, status)
        assert wire.at_end()
    nothing_stored(s3)


def test_no_continue_line_before_a_refusal(server, s3):
    request = ADMIN.sign("s3", f"{server.url}/no-such-bucket/k", "PUT", (), BODY).add("Content-Length", str(len(BODY))).add("Expect", "100-continue")
    with Wire(server) as wire:
        wire.send(request.head_bytes())
        assert wire.file.readline() == b"HTTP/1.1 404 Not Found\r\n"


def test_another_expectation_cannot_be_met(server, s3):
    with Wire(server) as wire:
        wire.send(put(server).add("Expect", "miracles").encode())
        assert wire.read().status == 417
