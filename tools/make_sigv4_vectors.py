#!/usr/bin/python3
"""Makes tests/vectors/sigv4/*.json with botocore as the other signer.

Run it with a Python that has botocore (Debian: python3-botocore). Each vector keeps every stage
(canonical request, string to sign, signature), so that a failing test names the stage. The clock
is fixed, so the files only change when the cases here or botocore do.

Signed aws-chunked bodies, which botocore does not make, are chained here from hmac and hashlib
as AWS's page "Signature calculations for the Authorization header: transferring payload in
multiple chunks" describes; the unsigned ones with trailers come from botocore.httpchecksum.
"""
import base64
import datetime
import hashlib
import hmac
import io
import json
import pathlib
import types
import zlib
from urllib.parse import quote, urlsplit

import botocore
import botocore.auth
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpchecksum import AwsChunkedWrapper

OUT = pathlib.Path(__file__).resolve().parent.parent / "tests/vectors/sigv4"
NOW = datetime.datetime(2026, 11, 22, 4, 53, 37)
AKID = "AKIDROLECALLEXAMPLE1"
SECRET = "rolecall/secret+KEY/for+test/vectors0001"
TOKEN = "IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVzLWVhc3QtMSJHMEUCIQ+" + "Ab9/+" * 60 + "=="


class FixedDatetime(datetime.datetime):
    @classmethod
    def utcnow(cls):
        return NOW

    @classmethod
    def now(cls, tz=None):
        return NOW.replace(tzinfo=tz)


# What botocore.auth sees as the module `datetime`.
botocore.auth.datetime = types.SimpleNamespace(datetime=FixedDatetime, timezone=datetime.timezone)


def keeping_stages(base):
    class Signer(base):
        def canonical_request(self, request):
            self.canonical = super().canonical_request(request)
            return self.canonical

        def string_to_sign(self, request, canonical_request):
            self.to_sign = super().string_to_sign(request, canonical_request)
            return self.to_sign

        def signature(self, string_to_sign, request):
            self.result = super().signature(string_to_sign, request)
            return self.result

    return Signer


def vector(name, base, method="GET", url="https://example.amazonaws.com/", headers=(), body="",
           service="service", region="us-east-1", token=None, unsigned=False, expires=None, sent=None):
    credentials = Credentials(AKID, SECRET, token)
    signer_class = keeping_stages(base)
    if expires is None:
        signer = signer_class(credentials, service, region)
    else:
        signer = signer_class(credentials, service, region, expires=expires)
    request = AWSRequest(method=method, url=url, data=body.encode())
    for header, value in headers:
        request.headers.add_header(header, value)
    if unsigned:
        request.context["payload_signing_enabled"] = False
        request.context["has_streaming_input"] = True
    if "host" not in request.headers:
        request.headers["Host"] = urlsplit(url).netloc
    signer.add_auth(request)
    parts = urlsplit(request.url)
    target = (parts.path or "/") + ("?" + parts.query if parts.query else "")
    if sent is not None:  # (signed, sent): clients that write a blank as '+' and sign it as AWS reads it
        target = target.replace(*sent)
    lines = [f"{method} {target} HTTP/1.1"]
    lines += [f"{header}: {value}" for header, value in request.headers.items()]
    out = {"id": name, "request_text": "\n".join(lines) + "\n\n" + body, "secret": SECRET,
           "canonical": signer.canonical, "to_sign": signer.to_sign, "signature": signer.result}
    if issubclass(base, (S3SigV4Auth, S3SigV4QueryAuth)):
        out["s3"] = True
    if issubclass(base, S3SigV4QueryAuth):
        out["payload_hash"] = "UNSIGNED-PAYLOAD"
    return out


HOST = "https://example.amazonaws.com"
S3_HOST = "https://bucket.s3.eu-west-1.amazonaws.com"

PATHS = {
    "root": "/", "no path": "", "plain": "/a/b", "double slashes": "//a///b//",
    "dot segments": "/./a/../b/.", "only dots": "/a/..", "above the root": "/../../x",
    "trailing slash after dots": "/a/./", "encoded blank": "/a%20b", "encoded utf-8": "/%E1%88%B4/x",
    "plus": "/a+b", "semicolon and equals": "/a;b=c/d", "unreserved": "/-._~AZaz09",
    "encoded slash": "/a%2Fb", "brackets": "/(x)!*'", "colon and at": "/arn:aws:iam::1:user@x",
    "encoded dots": "/foo/%2e%2e/bar", "encoded percent": "/100%25",
}
QUERIES = {
    "one": "a=1", "unsorted": "b=2&a=1", "same name twice": "a=2&a=1&a=10", "case of names": "a=1&A=2",
    "no equals sign": "acl", "empty value": "a=&b", "encoded blank": "a=%20b%20", "slash and plus": "a=%2F&b=%2B",
    "prefix of another": "a-b=1&a=2&a.b=3&a%20=4", "utf-8": "%E1%88%B4=%F0%9F%98%80", "encoded equals": "a=b%3Dc%3D",
    "listing": "list-type=2&prefix=&delimiter=%2F&encoding-type=url", "many": "&".join(f"p{i * 37 % 61}={i}" for i in range(61)),
    "action": "Action=ListUsers&Version=2010-05-08",
}
KEYS = {
    "blank": "a b", "double slash": "a//b", "dot": "./a", "dot dot": "a/../b", "umlaut": "grüße", "plus": "a+b",
    "brackets": "(!)'*", "folder": "folder/", "percent": "100%", "tilde": "~user", "japanese": "日本語/ファイル",
    "looks encoded": "a%2Fb", "emoji": "\U0001f600", "query signs": "a?b=c&d#e", "colon": "2026-11-22T04:53:37Z",
}
HEADERS = {
    "many blanks": [("X-Test", "a   b  c")], "blanks at both ends": [("X-Test", "   a b   ")],
    "a tab": [("X-Test", "a \t b")], "empty value": [("X-Test", "")],
    "the same twice": [("X-Test", "b"), ("X-Test", "a")],
    "the same in other case": [("X-Test", "b"), ("x-tEST", " a  a "), ("X-TEST", "c")],
    "order of names": [("Zeta", "1"), ("alpha", "2"), ("X-Amz-Meta-Ab", "3"), ("X-Amz-Meta-A", "4")],
    "quoted": [("X-Test", '"a   b"')], "user agent unsigned": [("User-Agent", "test/1"), ("X-Test", "1")],
    "date header": [("Date", "Sun, 22 Nov 2026 04:53:37 GMT")],
}


def header_form():
    vectors = [vector(f"path: {n}", SigV4Auth, url=HOST + p) for n, p in PATHS.items()]
    vectors += [vector(f"query: {n}", SigV4Auth, url=f"{HOST}/?{q}") for n, q in QUERIES.items()]
    vectors += [vector(f"header: {n}", SigV4Auth, headers=h) for n, h in HEADERS.items()]
    form = [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")]
    role = "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A444455556666%3Arole%2Fops&RoleSessionName=x"
    vectors += [
        vector("post: empty body", SigV4Auth, "POST", service="iam"),
        vector("post: AssumeRole", SigV4Auth, "POST", "https://sts.amazonaws.com/", form, role, "sts"),
        vector("post: AssumeRole with a session token", SigV4Auth, "POST", "https://sts.amazonaws.com/", form, role, "sts", token=TOKEN),
        vector("post: json", SigV4Auth, "POST", headers=[("Content-Type", "application/x-amz-json-1.1"), ("X-Amz-Target", "X.Y")], body="{}"),
        vector("host with a port", SigV4Auth, url="http://127.0.0.1:4566/"),
        vector("another region", SigV4Auth, service="iam", region="cn-north-1"),
        vector("query: blanks sent as plus", SigV4Auth, url=HOST + "/?a%20b=1%20%2B%202", sent=("%20", "+")),
    ]
    return vectors


def s3_form():
    url = lambda key: f"{S3_HOST}/{quote(key, safe='/~')}"
    s3 = dict(service="s3", region="eu-west-1")
    vectors = [vector(f"key: {n}", S3SigV4Auth, url=url(k), **s3) for n, k in KEYS.items()]
    vectors += [
        vector("list buckets", S3SigV4Auth, url="https://s3.eu-west-1.amazonaws.com/", **s3),
        vector("blanks sent as plus", S3SigV4Auth, url=url("a b+c") + "?prefix=x%20y", sent=("%20", "+"), **s3),
        vector("sub-resource", S3SigV4Auth, url=url("") + "?policy", **s3),
        vector("listing", S3SigV4Auth, url=url("") + "?list-type=2&prefix=a%2Fb&delimiter=%2F", **s3),
        vector("put, signed body", S3SigV4Auth, "PUT", url("k"), [("x-amz-meta-a", "x  y")], "hello", **s3),
        vector("put, unsigned body", S3SigV4Auth, "PUT", url("k"), [("Content-MD5", "XUFAKrxLKna5cZ2REBfFkg==")], "hello", unsigned=True, **s3),
        vector("session token", S3SigV4Auth, url=url("k"), token=TOKEN, **s3),
        vector("copy", S3SigV4Auth, "PUT", url("k"), [("x-amz-copy-source", "/bucket/a%20b?versionId=1")], **s3),
    ]
    return vectors


def query_form():
    s3 = dict(service="s3", region="eu-west-1")
    vectors = [vector(f"{n} s", SigV4QueryAuth, url=f"{HOST}/?Action=GetCallerIdentity&Version=2011-06-15", service="sts", expires=n) for n in (1, 60, 604800)]
    vectors += [vector(f"path: {n}", SigV4QueryAuth, url=HOST + PATHS[n], expires=300) for n in ("no path", "dot segments", "plus", "encoded slash")]
    vectors += [vector(f"key: {n}", S3SigV4QueryAuth, url=f"{S3_HOST}/{quote(k, safe='/~')}", expires=3600, **s3) for n, k in KEYS.items()]
    vectors += [
        vector("session token", SigV4QueryAuth, url=HOST + "/", token=TOKEN, expires=60),
        vector("s3: session token", S3SigV4QueryAuth, url=S3_HOST + "/k", token=TOKEN, expires=60, **s3),
        vector("s3: signed header", S3SigV4QueryAuth, "PUT", S3_HOST + "/k", [("x-amz-meta-a", " x  y "), ("Content-Type", "text/plain")], expires=60, **s3),
        vector("s3: names on both sides of X-Amz", S3SigV4QueryAuth, url=S3_HOST + "/?prefix=a%20b&Versions=&list-type=2", expires=60, **s3),
        vector("s3: blanks sent as plus", S3SigV4QueryAuth, url=S3_HOST + "/a%20b%2Bc?response-content-type=text%20x", expires=60, sent=("%20", "+"), **s3),
        vector("extra header for eks", SigV4QueryAuth, url="https://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15", headers=[("x-k8s-aws-id", "cluster")], service="sts", expires=60),
    ]
    return vectors


def payload_of(size):
    return bytes((i * 7 + 3) & 0xFF for i in range(size))


def sign(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def chunked(name, size, chunk_size, trailers=None, signed=True, region="eu-west-1"):
    timestamp, date = NOW.strftime("%Y%m%dT%H%M%SZ"), NOW.strftime("%Y%m%d")
    scope = f"{date}/{region}/s3/aws4_request"
    payload = payload_of(size)
    pieces = [payload[i:i + chunk_size] for i in range(0, size, chunk_size)] + [b""]
    out = {"id": name, "payload_bytes": size, "chunk_bytes": chunk_size, "trailers": trailers or {},
           "secret": SECRET, "timestamp": timestamp, "region": region}
    if not signed:
        class Sum:
            def update(self, data): pass
            def b64digest(self): return next(iter(trailers.values()))
        wrapper = AwsChunkedWrapper(io.BytesIO(payload), checksum_cls=Sum, checksum_name=next(iter(trailers)), chunk_size=chunk_size)
        body = wrapper.read()
        return {**out, "mode": "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "body_sha256": hashlib.sha256(body).hexdigest(), "body_bytes": len(body)}
    key = ("AWS4" + SECRET).encode()
    for part in (date, region, "s3", "aws4_request"):
        key = sign(key, part)
    seed = hashlib.sha256(name.encode()).hexdigest()
    empty = hashlib.sha256(b"").hexdigest()
    body, previous, signatures = b"", seed, []
    for piece in pieces:
        to_sign = "\n".join(["AWS4-HMAC-SHA256-PAYLOAD", timestamp, scope, previous, empty, hashlib.sha256(piece).hexdigest()])
        previous = sign(key, to_sign).hex()
        signatures.append(previous)
        body += f"{len(piece):x};chunk-signature={previous}\r\n".encode() + (piece + b"\r\n" if piece else b"")
    mode = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
    if trailers is not None:
        mode += "-TRAILER"
        canonical = "".join(f"{n}:{v}\n" for n, v in sorted(trailers.items()))
        to_sign = "\n".join(["AWS4-HMAC-SHA256-TRAILER", timestamp, scope, previous, hashlib.sha256(canonical.encode()).hexdigest()])
        signatures.append(sign(key, to_sign).hex())
        body += "".join(f"{n}:{v}\r\n" for n, v in trailers.items()).encode()
        body += f"x-amz-trailer-signature:{signatures[-1]}\r\n".encode()
    body += b"\r\n"
    return {**out, "mode": mode, "seed": seed, "signatures": signatures,
            "body_sha256": hashlib.sha256(body).hexdigest(), "body_bytes": len(body)}


def sums(size):
    payload = payload_of(size)
    b64 = lambda raw: base64.b64encode(raw).decode()
    return {"crc32": {"x-amz-checksum-crc32": b64(zlib.crc32(payload).to_bytes(4, "big"))},
            "sha1": {"x-amz-checksum-sha1": b64(hashlib.sha1(payload).digest())},
            "sha256": {"x-amz-checksum-sha256": b64(hashlib.sha256(payload).digest())}}


def chunked_form():
    vectors = [chunked(f"signed, {size} bytes by {by}", size, by) for size, by in
               ((0, 8192), (1, 8192), (8191, 8192), (8192, 8192), (8193, 8192), (66560, 65536), (200000, 65536), (40000, 10000))]
    vectors += [chunked(f"signed with trailer {n}, {size} bytes by {by}", size, by, sums(size)[n]) for n, size, by in
                (("crc32", 0, 8192), ("crc32", 66560, 65536), ("sha1", 20000, 8192), ("sha256", 100000, 16384))]
    vectors += [chunked(f"unsigned with trailer {n}, {size} bytes by {by}", size, by, sums(size)[n], signed=False) for n, size, by in
                (("crc32", 0, 8192), ("crc32", 11, 8192), ("sha1", 66560, 65536), ("sha256", 5000, 100))]
    return vectors


def write(name, topic, vectors):
    assert len({v["id"] for v in vectors}) == len(vectors)
    text = json.dumps({"topic": topic, "made_with": f"botocore {botocore.__version__}", "vectors": vectors}, indent=1, ensure_ascii=True)
    (OUT / name).write_text(text + "\n")
    print(f"{name}: {len(vectors)}")


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    write("header.json", "Authorization header", header_form())
    write("s3.json", "Authorization header, S3's rules", s3_form())
    write("query.json", "presigned requests", query_form())
    write("chunked.json", "aws-chunked bodies", chunked_form())
