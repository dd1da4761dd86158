#!/usr/bin/python3
"""Makes tests/vectors/wire/botocore-*.json with botocore as the other implementation.

    tools/wire_vectors.py build/dev/src/wire/wire_echo            writes the vectors
    tools/wire_vectors.py --check build/dev/src/wire/wire_echo    compares only

For every modelled operation: botocore serialises a sample input, our reader must give the same input
back; our writer answers a sample output, botocore's parser must give the same output back; our
client's request must equal botocore's. What passed is written down; wire_test replays it without
botocore. Samples are made from botocore's shapes and satisfy their constraints.
"""
import argparse
import base64
import datetime
import functools
import json
import os
import subprocess
import sys
import urllib.parse
import xml.etree.ElementTree as ElementTree

import botocore.awsrequest
import botocore.loaders
import botocore.model
import botocore.parsers
import botocore.serialize

from services import services  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "codegen"))
from regex import compile_pattern  # noqa: E402

WHEN = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
CANDIDATES = ["Ab1", "a", "/", "/team a/".replace(" ", "-"), "123456789012", "v1", "us-east-1", "10.0.0.1", "12", "US",
              "arn:aws:iam::123456789012:policy/Example", "o-exampleorgid", "r-exam", "ou-exam-exampleou1",
              "p-examplepolicy1", "h-examplehandshake1", "car-examplerequest1", "someone@example.com",
              "rp-examplepolicy1", "+12065550100", "s3://examplebucket/key", "iam.amazonaws.com", "a0b1-c2",
              "arn:aws:organizations::123456789012:account/o-exampleorgid/123456789012"]
SPECIAL = {("s3", "Bucket"): "examplebucket", ("s3", "Key"): "a folder/ключ+1&=?.txt",
           ("s3", "CopySource"): "examplebucket/a%20b", ("s3", "PolicyDocument"): "{}"}
DEPTH_MAX = 7


compiled = functools.lru_cache(None)(compile_pattern)


def matches(pattern, text):
    ranges, count, table, accepting = compiled(pattern)
    state = 1
    for c in text:
        number = next((n for low, high, n in ranges if low <= ord(c) <= high), 0)
        state = table[state][number]
    return accepting[state]


class Impossible(Exception):
    pass


_texts = {}


def sample_text(service, name, shape):
    if (service, name) in SPECIAL:
        return SPECIAL[service, name]
    if shape.enum:
        return shape.enum[-1]
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max", 1 << 20)
    pattern = shape.metadata.get("pattern")
    key = (low, high, pattern)
    if key not in _texts:
        tries = ["<a> & \"b\" é"] + CANDIDATES + ["a" * low, "1" * low, "x" * (low + 1)]
        _texts[key] = next((t for t in tries if low <= len(t) <= high and (not pattern or matches(pattern, t))), None)
    if _texts[key] is None:
        raise Impossible(f"{name}: {pattern}")
    return _texts[key]


def sample(service, name, shape, depth=0, path=()):
    """Returns (value for botocore, the same as our vectors say it)."""
    kind = shape.type_name
    if depth > DEPTH_MAX or path.count(shape.name) > 1:
        raise Impossible("deep")
    path = path + (shape.name,)
    if kind == "structure":
        native, plain = {}, {}
        for member, inner in shape.members.items():
            if inner.serialization.get("streaming") or getattr(inner, "is_document_type", False):
                continue
            try:
                native[member], plain[member] = sample(service, member, inner, depth + 1, path)
            except Impossible:
                if member in shape.required_members:
                    raise
        return native, plain
    if kind == "list":
        native, plain = sample(service, name, shape.member, depth + 1, path)
        many = 2 if shape.metadata.get("max", 2) >= 2 and shape.member.type_name != "structure" else 1
        return [native] * many, [plain] * many
    if kind == "map":
        key, _ = sample(service, name, shape.key, depth + 1, path)
        native, plain = sample(service, name, shape.value, depth + 1, path)
        key = key.lower() if shape.serialization.get("location") == "headers" else key
        return {key: native}, {key: plain}
    if kind in ("integer", "long"):
        value = max(shape.metadata.get("min", 7), 1)
        return value, value
    if kind in ("float", "double"):
        return 1.5, 1.5
    if kind == "boolean":
        return True, True
    if kind == "timestamp":
        return WHEN, "2026-01-02T03:04:05Z"
    if kind == "blob":
        return b"\x00\xffblob", base64.b64encode(b"\x00\xffblob").decode()
    text = sample_text(service, name, shape)
    if shape.serialization.get("location") in ("header", "headers") and not text.isascii():
        text = "plain"
    return text, text


def request_of(made):
    path, _, query = made["url_path"].partition("?")
    pairs = urllib.parse.parse_qsl(query, keep_blank_values=True)
    given = made["query_string"]
    for k, v in (given.items() if isinstance(given, dict) else given):
        pairs += [(k, x) for x in (v if isinstance(v, list) else [v])]
    headers = {k: v.decode() if isinstance(v, bytes) else v for k, v in made["headers"].items()}
    body = made["body"]
    if isinstance(body, dict):
        body = urllib.parse.urlencode(body).encode()
    elif isinstance(body, str):
        body = body.encode()
    out = {"method": made["method"], "path": urllib.parse.quote(urllib.parse.unquote(path), safe="/~"),
           "query": urllib.parse.urlencode(pairs, quote_via=urllib.parse.quote), "headers": headers}
    try:
        out["body"] = (body or b"").decode()
    except UnicodeDecodeError:
        out["body64"] = base64.b64encode(body).decode()
    return out


def plain_of(value):
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, dict):
        return {k: plain_of(v) for k, v in value.items() if k != "ResponseMetadata"}
    if isinstance(value, list):
        return [plain_of(v) for v in value]
    return value


def canonical(request, protocol):
    """A request in a form in which two equal ones are equal texts."""
    body = request.get("body", request.get("body64", ""))
    if protocol in ("query", "ec2"):
        body = sorted(urllib.parse.parse_qsl(body, keep_blank_values=True))
    elif protocol in ("json", "rest-json"):
        body = json.loads(body or "{}")
    elif body.startswith("<"):
        try:
            body = ElementTree.canonicalize(body)
        except ElementTree.ParseError:
            pass  # a payload of plain text
    # botocore writes a boolean header "True" where S3 documents "true".
    headers = sorted((k.lower(), {"True": "true"}.get(str(v), str(v))) for k, v in request["headers"].items() if k.lower() != "content-type")
    query = sorted(urllib.parse.parse_qsl(request["query"], keep_blank_values=True))
    return json.dumps([request["method"], urllib.parse.unquote(request["path"]), query, headers, body], sort_keys=True)


class Echo:
    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, question):
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def run(service, echo, problems):
    model = botocore.model.ServiceModel(botocore.loaders.Loader().load_service_model(service, "service-2"), service)
    protocol = model.metadata["protocol"]
    serializer = botocore.serialize.create_serializer(protocol, include_validation=False)
    parser = botocore.parsers.create_parser(protocol)
    with open(os.path.join(ROOT, "models", service + ".ops")) as f:
        names = [line.split("#")[0].strip() for line in f]
    vectors = []
    for line in sorted(n for n in names if n):
        name = line.lstrip("~")
        op = model.operation_model(name)
        try:
            native, plain = sample(service, name, op.input_shape) if op.input_shape else ({}, {})
        except Impossible as e:
            problems.append(f"{service}:{name}: no sample input ({e})")
            continue
        request = request_of(serializer.serialize_to_request(native, op))
        if line.startswith("~"):
            request["unserved"] = True
        got = echo.ask({"service": service, "request": request})
        if got.get("operation") != name or got.get("input") != plain:
            problems.append(f"{service}:{name}: input\n  sent {json.dumps(plain)}\n  got  {json.dumps(got)}")
        ours = echo.ask({"service": service, "operation": name, "client_input": plain})
        if "request" not in ours or canonical(ours["request"], protocol) != canonical(request, protocol):
            problems.append(f"{service}:{name}: client\n  botocore {canonical(request, protocol)}\n  ours     "
                            + (canonical(ours['request'], protocol) if "request" in ours else json.dumps(ours)))
        vectors.append({"name": f"{name}: request", "service": service, "request": request,
                        "expect": {"operation": name, "input": plain}})
        try:
            _, plain = sample(service, name, op.output_shape) if op.output_shape else ({}, {})
        except Impossible as e:
            problems.append(f"{service}:{name}: no sample output ({e})")
            continue
        got = echo.ask({"service": service, "operation": name, "output": plain})
        if "reply" not in got:
            problems.append(f"{service}:{name}: output: {got}")
            continue
        reply = got["reply"]
        body = base64.b64decode(reply["body64"]) if "body64" in reply else reply["body"].encode()
        parsed = {}
        if op.output_shape:
            streaming = op.has_streaming_output
            parsed = parser.parse({"status_code": reply["status"], "body": b"" if streaming else body,
                                   "headers": botocore.awsrequest.HeadersDict(reply["headers"])}, op.output_shape)
            if streaming:
                parsed = {k: v for k, v in parsed.items() if not op.output_shape.members.get(k) or
                          not op.output_shape.members[k].serialization.get("streaming")}
                parsed.pop(op.output_shape.serialization.get("payload"), None)
        if name == "GetBucketLocation":
            parsed = plain  # botocore reads this one in a customisation of its client, not in its parser
        if plain_of(parsed) != plain:
            problems.append(f"{service}:{name}: output\n  sent {json.dumps(plain)}\n  got  {json.dumps(plain_of(parsed))}")
        vectors.append({"name": f"{name}: reply", "service": service, "operation": name, "output": plain,
                        "expect": {"reply": reply}})
    return vectors


def main():
    args = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    args.add_argument("--check", action="store_true")
    args.add_argument("echo")
    options = args.parse_args()
    echo, problems = Echo(options.echo), []
    for service in services():
        vectors = run(service, echo, problems)
        text = (f'{{"topic": "{service}, with botocore as the other implementation", "vectors": [\n'
                + ",\n".join(json.dumps(v, ensure_ascii=False) for v in vectors) + "\n]}\n")
        path = os.path.join(ROOT, "tests", "vectors", "wire", f"botocore-{service}.json")
        if options.check:
            with open(path) as f:
                if f.read() != text:
                    problems.append(f"{path} is not what this program would write")
        else:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as f:
                f.write(text)
        print(f"{service}: {len(vectors)} vectors")
    print("\n".join(problems))
    sys.exit(1 if any("no sample" not in p for p in problems) else 0)


if __name__ == "__main__":
    main()
