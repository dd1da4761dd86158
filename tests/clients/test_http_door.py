"""The HTTP door itself: connections, framing, TLS on the same port, the proxy, virtual hosts, ids, and what the logs keep and do not keep."""
import json
import re
import socket
import ssl
import urllib.parse

import pytest

from conftest import ACCOUNTS, Server
from rawhttp import FORM, Request, Signer, Wire, ask, refusal, refused

DEV = ACCOUNTS["dev"]
ADMIN = Signer(f"AKIAADMIN{DEV[:7]}0000", "admin-secret-of-dev")
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"


def call(server, action, service="iam", host=None, signer=ADMIN, **parameters):
    version = {"iam": "2010-05-08", "sts": "2011-06-15", "ec2": "2016-11-15"}[service]
    body = urllib.parse.urlencode({"Action": action, "Version": version, **parameters}).encode()
    return signer.sign(service, f"http://{host}/" if host else server.url + "/", "POST", {"Content-Type": FORM}, body)


def s3_call(server, method, path, body=b"", host=None, **more):
    return ADMIN.sign("s3", f"http://{host}{path}" if host else server.url + path, method, (), body, **more)


# ---- connections ------------------------------------------------------------------------------------------------------
def test_a_connection_is_kept(server):
    ids = set()
    with Wire(server) as wire:
        for _ in range(50):
            answer = wire.ask(call(server, "GetCallerIdentity", "sts"))
            assert answer.status == 200
            ids.add(answer.header("x-amzn-RequestId"))
    assert len(ids) == 50 and all(re.fullmatch(UUID, i) for i in ids)


def test_a_connection_is_closed_when_asked(server):
    with Wire(server) as wire:
        assert wire.ask(call(server, "GetCallerIdentity", "sts").add("Connection", "close")).header("connection") == "close"
        assert wire.at_end()


def test_pipelined_requests_are_answered_in_order(server):
    names = [f"user{n}" for n in range(20)]
    requests = []
    for name in names:  # a write, the read of what it wrote, a refusal, an object
        requests += [call(server, "CreateUser", UserName=name), call(server, "GetUser", UserName=name),
                     call(server, "GetUser", UserName=name, signer=Signer(ADMIN.key, "wrong")), s3_call(server, "GET", f"/no-such-bucket/{name}")]
    with Wire(server) as wire:
        wire.send(b"".join(r.encode() for r in requests))
        for name in names:
            created, read, wrong, missing = (wire.read() for _ in range(4))
            assert created.status == read.status == 200
            assert f"<UserName>{name}</UserName>".encode() in created.body and f"<UserName>{name}</UserName>".encode() in read.body
            assert refusal("iam", wrong)[:2] == ("SignatureDoesNotMatch", 403)
            assert refusal("s3", missing)[:2] == ("NoSuchBucket", 404)


def test_a_request_in_single_bytes(server):
    with Wire(server) as wire:
        wire.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in call(server, "GetCallerIdentity", "sts").encode():
            wire.send(bytes([byte]))
        assert wire.read().status == 200


# ---- bodies -----------------------------------------------------------------------------------------------------------
def chunked(request, sizes=(7,), trailer=b""):
    body, out = request.body, b""
    while body:
        size = sizes[len(out) % len(sizes)]
        out += b"%x;ext=1\r\n%s\r\n" % (len(body[:size]), body[:size])
        body = body[size:]
    request.body = out + b"0\r\n" + trailer + b"\r\n"
    return request.set("Transfer-Encoding", "chunked")


def test_chunked_bodies(server):
    with Wire(server) as wire:
        assert wire.ask(chunked(call(server, "CreateUser", UserName="chunked"), (3, 50))).status == 200
        spoilt = call(server, "CreateUser", UserName="mallory")
        spoilt.body = spoilt.body.replace(b"mallory", b"malLory")
        refused("iam", wire.ask(chunked(spoilt)), "SignatureDoesNotMatch", 403)
        assert wire.ask(call(server, "GetUser", UserName="chunked")).status == 200
    assert [u["UserName"] for u in server.client("iam").list_users()["Users"]] == ["chunked"]


@pytest.mark.parametrize("change", [
    lambda r: r.set("Transfer-Encoding", "chunked").add("Content-Length", "5"),
    lambda r: r.add("Content-Length", str(len(r.body))).add("Content-Length", str(len(r.body))),
    lambda r: r.add("Content-Length", "+5"),
    lambda r: r.add("Content-Length", "0x10"),
    lambda r: r.set("Host", None),
    lambda r: r.add("Host", "iam.amazonaws.com"),
    lambda r: r.add("Bad Header", "x"),
    lambda r: setattr(r, "target", "no-slash") or r,
    lambda r: setattr(r, "body", b"zz\r\nnot a size\r\n") or r.set("Transfer-Encoding", "chunked"),
])
def test_framing_that_is_not_clear_ends_the_connection(server, change):
    with Wire(server) as wire:
        wire.send(change(call(server, "CreateUser", UserName="mallory")).encode())
        answer = wire.read()
        assert answer.status == 400 and re.fullmatch(UUID, answer.header("x-amzn-RequestId")), answer
        assert wire.at_end()
    assert server.client("iam").list_users()["Users"] == []


@pytest.mark.parametrize("head,status", [
    (b"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505), (b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
    (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 70_000 + b"\r\n\r\n", 431), (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 300 + b"\r\n", 431),
    (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 501), (b"nonsense\r\n\r\n", 400), (b"\x00\x01\x02\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n folded\r\n\r\n", 400), (b"GET / HTTP/1.1\nHost: x\n\n", 400)])
def test_heads_that_cannot_be_served(server, head, status):
    with Wire(server) as wire:
        try:
            wire.send(head)
        except OSError:
            pass  # it answers before it has read all
        assert wire.read().status == status
        assert wire.at_end()


@pytest.mark.parametrize("service,headers", [
    ("iam", {"Content-Type": FORM}), ("ec2", {"Content-Type": FORM}),
    ("organizations", {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AWSOrganizationsV20161128.CreateOrganization"})])
@pytest.mark.parametrize("framing", ["length", "chunks"])
def test_a_body_too_large(server, service, headers, framing):
    request = ADMIN.sign(service, server.url + "/", "POST", headers, b"x=" + b"y" * (3 * 1024 * 1024))
    if framing == "chunks":
        request = chunked(request, (65536,))
    with Wire(server) as wire:
        try:
            wire.send(request.encode())
        except OSError:
            pass
        refused(service, wire.read(), "RequestEntityTooLarge", 413)
        assert wire.at_end()


def test_a_body_too_large_for_a_small_s3_request(server):
    request = s3_call(server, "PUT", "/bucket?policy", b"y" * (3 * 1024 * 1024))
    with Wire(server) as wire:
        try:
            wire.send(request.encode())
        except OSError:
            pass
        assert wire.read().status == 413


# ---- TLS and the proxy ----------------------------------------------------------------------------------------------------
def test_tls_on_the_same_port(server):
    ca = str(server.profiles / "ca.pem")
    for name in ("localhost", "sts.us-east-1.amazonaws.com", "bucket.s3.amazonaws.com"):
        with Wire(server, tls_host=name, cafile=ca) as wire:
            assert wire.socket.version() in ("TLSv1.2", "TLSv1.3")
            assert wire.ask(call(server, "GetCallerIdentity", "sts", host="sts.us-east-1.amazonaws.com")).status == 200
    with pytest.raises(ssl.SSLCertVerificationError):
        Wire(server, tls_host="localhost", cafile="/etc/ssl/certs/ca-certificates.crt")
    context = ssl.create_default_context(cafile=ca)
    context.check_hostname = False
    with pytest.raises((ssl.SSLError, OSError)):  # a certificate is made for AWS's names and ours only
        context.wrap_socket(socket.create_connection((server.host, server.port), timeout=30), server_hostname="bank.example")
    assert ask(server, call(server, "GetCallerIdentity", "sts")).status == 200


def test_boto3_over_tls(server):
    import boto3
    client = boto3.client("sts", endpoint_url=server.url.replace("http:", "https:"), verify=str(server.profiles / "ca.pem"),
                          region_name="us-east-1", aws_access_key_id=ADMIN.key, aws_secret_access_key=ADMIN.secret)
    assert client.get_caller_identity()["Account"] == DEV


@pytest.mark.parametrize("target", ["example.com:443", "amazonaws.com.evil.example:443", "evilamazonaws.com:443", "10.0.0.1:22", "169.254.169.254:80",
                                    "[::1]:443", "sts.amazonaws.com", "sts.amazonaws.com:0", "sts.amazonaws.com:99999", ":443", ""])
def test_no_tunnel_to_other_hosts(server, target):
    with Wire(server) as wire:
        wire.send(f"CONNECT {target} HTTP/1.1\r\nHost: {target or 'x'}\r\n\r\n".encode())
        assert wire.read("GET").status in (400, 403)
        assert wire.at_end()


def test_through_the_proxy(server):
    ca = str(server.profiles / "ca.pem")
    host = "sts.eu-west-1.amazonaws.com"
    with Wire(server, tls_host=host, cafile=ca, through=host + ":443") as wire:
        request = ADMIN.sign("sts", f"https://{host}/", "POST", {"Content-Type": FORM}, b"Action=GetCallerIdentity&Version=2011-06-15", "eu-west-1")
        assert wire.ask(request).status == 200
        assert wire.ask(request).status == 200
        wire.send(b"CONNECT sts.amazonaws.com:443 HTTP/1.1\r\nHost: sts.amazonaws.com\r\n\r\n")
        assert wire.read().status == 400


# ---- virtual hosts ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("host", ["{}.localhost", "{}.s3.localhost", "{}.s3.amazonaws.com", "{}.s3.us-east-1.amazonaws.com", 
                                  "{}.s3.localhost.localstack.cloud"])
def test_virtual_hosted_buckets(server, host):
    bucket = "virtual.bucket"
    server.client("s3").create_bucket(Bucket=bucket)
    for name in (host.format(bucket), host.format(bucket) + f":{server.port}"):
        assert ask(server, s3_call(server, "PUT", "/a/b", b"hello", host=name)).status == 200
        assert ask(server, s3_call(server, "GET", "/a/b", host=name)).body == b"hello"
        assert b"<Key>a/b</Key>" in ask(server, s3_call(server, "GET", "/?list-type=2", host=name)).body
    assert ask(server, s3_call(server, "GET", f"/{bucket}/a/b")).body == b"hello"
    refused("s3", ask(server, s3_call(server, "GET", "/a/b", host=host.format("another"))), "NoSuchBucket", 404)


def test_virtual_hosted_through_the_proxy(server):
    server.client("s3").create_bucket(Bucket="proxied")
    host = "proxied.s3.amazonaws.com"
    with Wire(server, tls_host=host, cafile=str(server.profiles / "ca.pem"), through=host + ":443") as wire:
        assert wire.ask(s3_call(server, "PUT", "/k", b"hello", host=host)).status == 200
        assert wire.ask(s3_call(server, "GET", "/k", host=host)).body == b"hello"


def test_an_iam_call_to_a_name_under_localhost(server):
    assert ask(server, call(server, "ListUsers", host="iam.localhost")).status == 200


def test_head(server):
    s3 = server.client("s3")
    s3.create_bucket(Bucket="heads")
    s3.put_object(Bucket="heads", Key="k", Body=b"hello")
    with Wire(server) as wire:
        answer = wire.ask(s3_call(server, "HEAD", "/heads/k"))
        assert (answer.status, answer.header("content-length"), answer.body) == (200, "5", b"")
        for path, status in (("/heads/none", 404), ("/none/k", 404), ("/heads", 200)):
            answer = wire.ask(s3_call(server, "HEAD", path))
            assert (answer.status, answer.body) == (status, b"") and answer.header("x-amz-request-id")
        answer = wire.ask(s3_call(server, "HEAD", "/heads/k").set("Authorization", None))
        assert (answer.status, answer.body) == (403, b"")
        assert wire.ask(s3_call(server, "GET", "/heads/k")).body == b"hello"


# ---- health, metrics --------------------------------------------------------------------------------------------------
def metric(server, name):
    return int(re.search(rf"^rolecall_{name} (\d+)$", server.get("/_rolecall/metrics"), re.M).group(1))


def test_health_and_metrics(server):
    health = json.loads(server.get("/_rolecall/health"))
    assert health["status"] == "ok" and health["mode"] == "dev"
    before = {n: metric(server, n) for n in ("api_calls_total", "api_refusals_total", "api_unauthenticated_total", "http_requests_total")}
    assert ask(server, call(server, "GetCallerIdentity", "sts")).status == 200
    assert ask(server, call(server, "GetUser", UserName="nobody")).status == 404
    assert ask(server, call(server, "ListUsers", signer=Signer(ADMIN.key, "wrong"))).status == 403
    after = {n: metric(server, n) for n in before}
    assert after["api_calls_total"] - before["api_calls_total"] == 3
    assert after["api_refusals_total"] - before["api_refusals_total"] == 2
    assert after["api_unauthenticated_total"] - before["api_unauthenticated_total"] == 1
    assert after["http_requests_total"] > before["http_requests_total"]
    for line in server.get("/_rolecall/metrics").splitlines():
        assert re.fullmatch(r'# (HELP|TYPE) rolecall_\w+ .*|rolecall_\w+(\{code="\d{3}"\})? -?\d+', line), line


def test_nothing_else_is_internal(server):
    for method, path in (("GET", "/_rolecall/"), ("GET", "/_rolecall/reset"), ("POST", "/_rolecall/health"), ("GET", "/_rolecall/../iam")):
        assert ask(server, Request(method, path, [("Host", "localhost"), ("X-Rolecall", "1")])).status == 404


# ---- what is written down ---------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def own_server(tmp_path_factory):
    directory = tmp_path_factory.mktemp("own")
    server = Server(directory, "--data", str(directory / "data"))
    server.data = directory / "data"
    yield server
    if server.process.poll() is None:
        server.stop()


def test_logs_and_trail_hold_every_request_and_no_secret(own_server):
    server = own_server
    secrets, ids = {}, {}

    def noted(answer, what, status=200):
        assert answer.status == status, (what, answer)
        ids[answer.header("x-amzn-RequestId") or answer.header("x-amz-request-id")] = (what, status)
        return answer

    secret_key = lambda body: re.search(rb"<SecretAccessKey>([^<]+)", body).group(1).decode()
    noted(ask(server, call(server, "CreateUser", UserName="alice")), "CreateUser")
    body = noted(ask(server, call(server, "CreateAccessKey", UserName="alice")), "CreateAccessKey").body
    alice = Signer(re.search(rb"<AccessKeyId>([^<]+)", body).group(1).decode(), secret_key(body))
    secrets["a created key"] = alice.secret
    noted(ask(server, call(server, "CreateLoginProfile", UserName="alice", Password="Pa55word-of-alice!")), "CreateLoginProfile")
    secrets["a password"] = "Pa55word-of-alice!"
    noted(ask(server, call(server, "PutUserPolicy", UserName="alice", PolicyName="p", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}))), "PutUserPolicy")
    mfa = noted(ask(server, call(server, "CreateVirtualMFADevice", VirtualMFADeviceName="phone")), "CreateVirtualMFADevice").body
    secrets["a seed"] = re.search(rb"<Base32StringSeed>([^<]+)", mfa).group(1).decode()
    body = noted(ask(server, call(server, "GetSessionToken", "sts", signer=alice)), "GetSessionToken").body
    token = re.search(rb"<SessionToken>([^<]+)", body).group(1).decode()
    session = Signer(re.search(rb"<AccessKeyId>([^<]+)", body).group(1).decode(), secret_key(body), token)
    secrets["a session's key"], secrets["a session token"] = session.secret, token
    secrets["a session token, encoded"] = urllib.parse.quote(token, safe="")
    noted(ask(server, call(server, "GetCallerIdentity", "sts", signer=session)), "by a session")

    noted(ask(server, s3_call(server, "PUT", "/logged-bucket")), "CreateBucket")
    presigned = session.presign("s3", server.url + "/logged-bucket", "GET")
    secrets["a presigned signature"] = re.search("X-Amz-Signature=([0-9a-f]{64})", presigned.target).group(1)
    noted(ask(server, presigned), "presigned")
    sneaky = presigned.copy().edit_target("X-Amz-Security-Token", "X%2DAmz%2DSecurity%2DToken").edit_target("X-Amz-Signature", "X-Amz%2dSignature")
    noted(ask(server, sneaky), "parameters in disguise", 400)
    in_query = alice.presign("iam", f"{server.url}/?Action=ChangePassword&Version=2010-05-08&OldPassword=Pa55word-of-alice!&NewPassword=N3w-Secret-word!",
                             "GET")
    secrets["a password in a query"] = "N3w-Secret-word!"
    secrets["the signature beside it"] = re.search("X-Amz-Signature=([0-9a-f]{64})", in_query.target).group(1)
    answer = ask(server, in_query)
    noted(answer, "ChangePassword", answer.status)
    assert answer.status in (200, 501), answer
    wrong = call(server, "ListUsers", signer=Signer(alice.key, "a-mistyped-secret"))
    secrets["a wrong secret"] = "a-mistyped-secret"
    secrets["a header's signature"] = wrong.header("authorization").split("Signature=")[1]
    noted(ask(server, wrong), "wrong secret", 403)
    unreadable = call(server, "ListUsers").set("Authorization", "AWS4-HMAC-SHA256 Credential=x, oops-my-secret-in-the-wrong-place")
    unreadable.set("Host", "iam.amazonaws.com")
    secrets["a secret in the wrong place"] = "oops-my-secret-in-the-wrong-place"
    answer = noted(ask(server, unreadable), "unreadable", 400)
    assert secrets["a secret in the wrong place"].encode() not in answer.body
    with Wire(server) as wire:
        wire.send(b"nonsense\r\n\r\n")
        noted(wire.read(), "malformed head", 400)
    for account, name in ((DEV, "dev"), (ACCOUNTS["prod"], "prod")):
        secrets["the admin's of " + name], secrets["root's of " + name] = f"admin-secret-of-{name}", f"root-secret-of-{name}"
    assert len(ids) == len(set(ids)) and None not in ids

    trail = server.get("/_rolecall/audit")
    server.stop()
    access = (server.data / "access.log").read_text()
    log = server.log.read_text()
    lines = {line.split()[1]: line.split() for line in access.splitlines()}
    for request_id, (what, status) in ids.items():
        assert request_id in lines, f"{what} left no line in the access log"
        assert lines[request_id][5] == str(status) or str(status) in lines[request_id], (what, lines[request_id])
    assert "/logged-bucket?X-Amz-Algorithm=AWS4-HMAC-SHA256" in access and "X-Amz-Signature=-" in access and "X-Amz-Expires=300" in access

    files = {"access log": access.encode(), "server log": log.encode(), "trail": trail.encode()}
    for path in server.data.rglob("*"):
        if path.is_file():
            files[str(path.relative_to(server.data))] = path.read_bytes()
    for what, secret in secrets.items():
        for name, content in files.items():
            assert secret.encode() not in content, f"{what} is in {name}"
    recorded = [json.loads(line)["record"] for line in trail.splitlines()]
    assert recorded and all("requestID" in r for r in recorded), [r for r in recorded if "requestID" not in r]
    names = {r["requestID"]: r["eventName"] for r in recorded}
    for request_id, (what, status) in ids.items():
        if what not in ("malformed head", "parameters in disguise", "ChangePassword"):
            assert request_id in names, f"{what} is not in the trail"
