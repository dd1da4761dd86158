"""Requests byte by byte, signed by botocore's signers, and answers with their protocol's shape checked.

A client library repairs what these tests want to break, so here a request is a value that a test may change after signing.
"""
import copy
import hashlib
import hmac
import http.client
import json
import socket
import ssl
import urllib.parse
import xml.etree.ElementTree as ElementTree

import botocore.auth
import botocore.awsrequest
import botocore.credentials

EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()
FORM = "application/x-www-form-urlencoded; charset=utf-8"


class Request:
    """What goes over the wire. Headers are a list: order and repetitions are the test's."""

    def __init__(self, method, target, headers=(), body=b""):
        self.method, self.target, self.headers, self.body = method, target, [tuple(h) for h in headers], body

    def copy(self):
        return copy.deepcopy(self)

    def header(self, name):
        return next((v for n, v in self.headers if n.lower() == name.lower()), None)

    def set(self, name, value):
        """Replaces or adds; None removes."""
        at = next((i for i, (n, _) in enumerate(self.headers) if n.lower() == name.lower()), len(self.headers))
        self.headers = [(n, v) for n, v in self.headers if n.lower() != name.lower()]
        if value is not None:
            self.headers.insert(at, (name, value))
        return self

    def add(self, name, value):
        self.headers.append((name, value))
        return self

    def edit(self, name, old, new):
        value = self.header(name)
        assert old in value, f"{old!r} is not in {name}: {value!r}"
        return self.set(name, value.replace(old, new, 1))

    def edit_target(self, old, new):
        assert old in self.target, f"{old!r} is not in {self.target!r}"
        self.target = self.target.replace(old, new, 1)
        return self

    def head_bytes(self):
        lines = [f"{self.method} {self.target} HTTP/1.1"] + [f"{n}: {v}" for n, v in self.headers]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def encode(self):
        framed = self.header("content-length") is not None or self.header("transfer-encoding") is not None
        plain = self if framed or not (self.body or self.method in ("POST", "PUT")) else self.copy().add("Content-Length", str(len(self.body)))
        return plain.head_bytes() + self.body


class Answer:
    def __init__(self, response, body):
        self.status, self.headers, self.body = response.status, response.headers, body

    def header(self, name):
        return self.headers.get(name)

    def __repr__(self):
        return f"<{self.status} {dict(self.headers.items())} {self.body[:2000]!r}>"


class Wire:
    """One connection."""

    def __init__(self, server, tls_host=None, cafile=None, through=None):
        self.socket = socket.create_connection((server.host, server.port), timeout=30)
        if through:
            self.socket.sendall(f"CONNECT {through} HTTP/1.1\r\nHost: {through}\r\n\r\n".encode())
            head = b""
            while b"\r\n\r\n" not in head:
                head += self.socket.recv(1)
            assert b" 200 " in head.split(b"\r\n")[0], head
        if tls_host:
            self.socket = ssl.create_default_context(cafile=cafile).wrap_socket(self.socket, server_hostname=tls_host)
        self.file = self.socket.makefile("rb")

    def send(self, data):
        self.socket.sendall(data)

    def read(self, method="GET"):
        response = http.client.HTTPResponse(self, method=method)
        response.begin()
        return Answer(response, response.read())

    def makefile(self, *_):
        return _KeepOpen(self.file)

    def ask(self, request):
        self.send(request.encode())
        return self.read(request.method)

    def at_end(self):
        """True when the server has closed the connection."""
        return self.file.read(1) == b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.socket.close()


class _KeepOpen:
    """http.client closes the file of each answer; the connection goes on."""

    def __init__(self, file):
        self._file = file

    def __getattr__(self, name):
        return getattr(self._file, name)

    def close(self):
        pass


def ask(server, request):
    with Wire(server) as wire:
        return wire.ask(request)


# ---- signing ----------------------------------------------------------------------------------------------------------
class Signer:
    def __init__(self, key, secret, token=None):
        self.key, self.secret, self.token = key, secret, token
        self.credentials = botocore.credentials.Credentials(key, secret, token)

    def sign(self, service, url, method="POST", headers=(), body=b"", region="us-east-1", payload=None, scope=None):
        """In the Authorization header. `payload` stands for the body's hash (S3: UNSIGNED-PAYLOAD, STREAMING-…); `scope` names
        another service than the one whose way of signing is used."""
        request = botocore.awsrequest.AWSRequest(method=method, url=url, data=body, headers=dict(headers))
        kind = botocore.auth.S3SigV4Auth if service == "s3" else botocore.auth.SigV4Auth
        auth = kind(self.credentials, scope or service, region)
        if service == "s3":
            value = payload or hashlib.sha256(body).hexdigest()
            auth.payload = lambda _: value
        auth.add_auth(request)
        return self._finish(request, url, body)

    def presign(self, service, url, method="GET", headers=(), body=b"", region="us-east-1", expires=300):
        request = botocore.awsrequest.AWSRequest(method=method, url=url, data=body, headers=dict(headers))
        kind = botocore.auth.S3SigV4QueryAuth if service == "s3" else botocore.auth.SigV4QueryAuth
        kind(self.credentials, service, region, expires=expires).add_auth(request)
        return self._finish(request, url, body)

    @staticmethod
    def _finish(request, url, body):
        prepared = request.prepare()
        split = urllib.parse.urlsplit(prepared.url)
        target = (split.path or "/") + ("?" + split.query if split.query else "")
        headers = [("Host", request.headers.get("host") or urllib.parse.urlsplit(url).netloc)]
        text = lambda v: v.decode() if isinstance(v, bytes) else str(v)
        headers += [(n, text(v)) for n, v in prepared.headers.items() if n.lower() not in ("host", "content-length")]
        return Request(request.method, target, headers, body)


def _hmac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


class Chunks:
    """The aws-chunked body of a request that was signed with a STREAMING- payload."""

    def __init__(self, signer, request):
        authorization = request.header("authorization")
        credential = authorization.split("Credential=")[1].split(",")[0]
        self.scope = credential.split("/", 1)[1]
        self.previous = authorization.split("Signature=")[1]
        self.date = request.header("x-amz-date")
        key = ("AWS4" + signer.secret).encode()
        for part in self.scope.split("/"):
            key = _hmac(key, part)
        self.key = key

    def chunk(self, data):
        text = "\n".join(["AWS4-HMAC-SHA256-PAYLOAD", self.date, self.scope, self.previous, EMPTY_SHA256, hashlib.sha256(data).hexdigest()])
        self.previous = _hmac(self.key, text).hex()
        return f"{len(data):x};chunk-signature={self.previous}\r\n".encode() + (data + b"\r\n" if data else b"")

    def trailer(self, name, value):
        text = "\n".join(["AWS4-HMAC-SHA256-TRAILER", self.date, self.scope, self.previous,
                          hashlib.sha256(f"{name}:{value}\n".encode()).hexdigest()])
        return f"{name}:{value}\r\nx-amz-trailer-signature:{_hmac(self.key, text).hex()}\r\n".encode()


# ---- answers ----------------------------------------------------------------------------------------------------------
def _local(element):
    return element.tag.rsplit("}", 1)[-1]


def _texts(element):
    return {_local(child): child.text or "" for child in element}


NAMESPACES = {"iam": "https://iam.amazonaws.com/doc/2010-05-08/", "sts": "https://sts.amazonaws.com/doc/2011-06-15/"}


def refusal(service, answer):
    """(code, status, message, details) of an error, after its shape was checked against the service's protocol."""
    assert answer.status >= 400, answer
    if service in ("iam", "sts"):
        root = ElementTree.fromstring(answer.body)
        assert root.tag == "{%s}ErrorResponse" % NAMESPACES[service], answer
        assert [_local(e) for e in root] == ["Error", "RequestId"], answer
        error = _texts(root[0])
        assert error.pop("Type") == ("Sender" if answer.status < 500 else "Receiver"), answer
        assert root[1].text == answer.header("x-amzn-RequestId"), answer
        assert answer.header("content-type") == "text/xml"
    elif service == "ec2":
        root = ElementTree.fromstring(answer.body)
        assert root.tag == "Response" and [_local(e) for e in root] == ["Errors", "RequestID"], answer
        error = _texts(root[0][0])
        assert root[1].text == answer.header("x-amzn-RequestId"), answer
        assert answer.header("content-type").startswith("text/xml")
    elif service == "s3":
        root = ElementTree.fromstring(answer.body)
        assert root.tag == "Error", answer
        error = _texts(root)
        assert error.pop("RequestId") == answer.header("x-amz-request-id"), answer
        assert error.pop("HostId") == answer.header("x-amz-id-2"), answer
        assert answer.header("content-type") == "application/xml"
    else:
        document = json.loads(answer.body)
        assert answer.header("x-amzn-RequestId"), answer
        assert answer.header("content-type") in ("application/x-amz-json-1.0", "application/x-amz-json-1.1"), answer
        error = {"Code": document.pop("__type"), "Message": document.pop("message", None) or document.pop("Message", "")}
        error.update(document)
    return error.pop("Code"), answer.status, error.pop("Message"), error


def refused(service, answer, code, status, message=None):
    """Checks code and status, and the message where one is given (a regular expression or its beginning); returns the details."""
    import re
    got = refusal(service, answer)
    assert got[:2] == (code, status), got
    if message is not None:
        assert re.fullmatch(message, got[2]) or got[2] == message, got[2]
    return got[3]
