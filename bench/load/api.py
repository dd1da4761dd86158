"""Signed API calls against Rolecall beside nginx's static 500 bytes, in one run on one machine.

  /usr/bin/python3 bench/load/api.py [--binary build/release/rolecall] [--seconds 4] [--rounds 3] [--roles 10] [--only NAME]

Needs wrk, nginx-light and python3-boto3 (Debian). The requests are botocore's own bytes, signed before the run; nginx
answers the very same bytes. CPU is utime + stime of the server's process tree over all requests of the run; figures are
medians of the rounds. One generator thread, 16 connections, loopback.
"""
import argparse
import datetime
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

import boto3
import botocore.config

ROOT = pathlib.Path(__file__).resolve().parents[2]
TICKS = os.sysconf("SC_CLK_TCK")
DEV, PROD = "111111111111", "222222222222"


def tree(pid):
    kids = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], text=True, capture_output=True).stdout.split()
    return [pid] + [int(k) for k in kids]


def cpu_seconds(pid):
    total = 0
    for process in tree(pid):
        fields = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def rss_kib(pid):
    return sum(int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{p}/status").read_text()).group(1)) for p in tree(pid))


class Rolecall:
    def __init__(self, binary, directory, roles):
        started = time.monotonic()
        flags = []
        for account, name in ((DEV, "dev"), (PROD, "prod")):
            flags += ["--account", f"{name}={account}", "--admin-key", f"{account}:AKIABENCH{account[:7]}0000:secret-{name}"]
        self.process = subprocess.Popen([binary, "dev", "--listen", "127.0.0.1:0", "--data", str(directory / "data"), *flags],
                                        stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.start_millis = (time.monotonic() - started) * 1000
        self.port = int(line.rsplit(":", 1)[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.pid = self.process.pid

    def client(self, service, account="dev", **credentials):
        number = DEV if account == "dev" else PROD
        keys = dict(aws_access_key_id=f"AKIABENCH{number[:7]}0000", aws_secret_access_key=f"secret-{account}")
        return boto3.client(service, endpoint_url=self.url, region_name="us-east-1", **(credentials or keys),
                            config=botocore.config.Config(s3={"addressing_style": "path"}, retries={"max_attempts": 0}))


class Nginx:
    def __init__(self, directory):
        (directory / "files").mkdir()
        (directory / "files/1k").write_bytes(os.urandom(1024))
        (directory / "files/8m").write_bytes(os.urandom(8 << 20))
        (directory / "put").mkdir()
        body = "x" * 500
        (directory / "nginx.conf").write_text(f"""
worker_processes 2; daemon off; error_log {directory}/error.log; pid {directory}/nginx.pid;
events {{ worker_connections 1024; }}
http {{ access_log off; sendfile on; keepalive_requests 100000000; client_body_temp_path {directory}/body; client_max_body_size 16m;
  server {{ listen 127.0.0.1:18499;
    location / {{ error_page 405 =200 $uri; return 200 "{body}"; }}
    location /bench/1k {{ alias {directory}/files/1k; }}
    location /bench/8m {{ alias {directory}/files/8m; }} }} }}
""")
        self.process = subprocess.Popen(["/usr/sbin/nginx", "-c", str(directory / "nginx.conf"), "-p", str(directory)], stderr=subprocess.DEVNULL)
        self.port, self.pid = 18499, self.process.pid
        time.sleep(0.5)


def captured(client, operation, count, **arguments):
    """The bytes botocore would send, `count` times; arguments may be functions of the index."""
    out = []

    def take(request, **_):
        path = request.url.split("/", 3)[3] if request.url.count("/") > 2 else ""
        headers = {k: (v.decode() if isinstance(v, bytes) else v) for k, v in request.headers.items() if k.lower() != "expect"}
        host = request.url.split("/")[2]
        body = request.body if isinstance(request.body, bytes) else (request.body.read() if hasattr(request.body, "read") else (request.body or "").encode())
        head = f"{request.method} /{path} HTTP/1.1\r\nHost: {host}\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items() if k.lower() != "host")
        if "content-length" not in {k.lower() for k in headers}:
            head += f"Content-Length: {len(body)}\r\n"
        out.append(head.encode() + b"\r\n" + body)
        from botocore.awsrequest import AWSResponse
        raise Captured()

    class Captured(Exception):
        pass

    client.meta.events.register("before-send", take)
    for i in range(count):
        try:
            getattr(client, operation)(**{k: (v(i) if callable(v) else v) for k, v in arguments.items()})
        except Captured:
            pass
    client.meta.events.unregister("before-send", take)
    return out


def lua(requests, path):
    def quote(data):
        return '"' + "".join(chr(b) if 32 <= b < 127 and b not in (34, 92) else f"\\{b:03d}" for b in data) + '"'
    path.write_text("local r = {\n" + ",\n".join(quote(r) for r in requests) + "\n}\nlocal i = 0\n"
                    "request = function() i = i % #r + 1 return r[i] end\n"
                    "done = function(s, l, q) io.write(string.format('RESULT %d %d %d %d %d\\n', s.requests, s.duration, "
                    "s.errors.status, l:percentile(50), l:percentile(99))) end\n")


def load(port, script, pid, seconds, connections=16):
    before = cpu_seconds(pid)
    done = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(script), f"http://127.0.0.1:{port}/"],
                          text=True, capture_output=True)
    spent = cpu_seconds(pid) - before
    found = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+)", done.stdout)
    requests, micros, errors, p50, p99 = map(int, found.groups())
    return {"rate": requests / micros * 1e6, "cpu": spent / max(requests, 1) * 1e6, "p50": p50 / 1000, "p99": p99 / 1000, "errors": errors, "requests": requests}


def median(rounds):
    return {k: statistics.median(r[k] for r in rounds) for k in rounds[0]}


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--binary", default=str(ROOT / "build/release/rolecall"))
    options.add_argument("--seconds", type=int, default=4)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--roles", type=int, default=10)
    options.add_argument("--only", default="")
    options = options.parse_args()
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as name:
        directory = pathlib.Path(name)
        server, nginx = Rolecall(options.binary, directory, options.roles), Nginx(directory)
        try:
            run(options, directory, server, nginx)
        finally:
            server.process.terminate()
            nginx.process.terminate()
            server.process.wait()


def run(options, directory, server, nginx):
    print(f"start to ready {server.start_millis:.0f} ms, idle memory {rss_kib(server.pid) / 1024:.1f} MiB")
    iam, prod = server.client("iam"), server.client("iam", "prod")
    iam.create_user(UserName="bench")
    iam.put_user_policy(UserName="bench", PolicyName="all", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["sts:AssumeRole", "iam:GetRole", "s3:*"], "Resource": "*"}]}))
    key = iam.create_access_key(UserName="bench")["AccessKey"]
    user = dict(aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])
    trust = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": DEV}, "Action": "sts:AssumeRole"}]})
    for i in range(options.roles):
        for client in (iam, prod):
            client.create_role(RoleName=f"role-{i}", AssumeRolePolicyDocument=trust)
    session = server.client("sts", **user).assume_role(RoleArn=f"arn:aws:iam::{PROD}:role/role-0", RoleSessionName="bench")["Credentials"]
    temporary = dict(aws_access_key_id=session["AccessKeyId"], aws_secret_access_key=session["SecretAccessKey"], aws_session_token=session["SessionToken"])
    s3 = server.client("s3")
    s3.create_bucket(Bucket="bench")
    s3.put_object(Bucket="bench", Key="1k", Body=os.urandom(1024))
    s3.put_object(Bucket="bench", Key="8m", Body=os.urandom(8 << 20))
    small = os.urandom(1024)
    cases = [
        ("GetCallerIdentity, user", captured(server.client("sts", **user), "get_caller_identity", 64), 16),
        ("GetCallerIdentity, role", captured(server.client("sts", **temporary), "get_caller_identity", 64), 16),
        ("AssumeRole", captured(server.client("sts", **user), "assume_role", 64, RoleArn=lambda i: f"arn:aws:iam::{PROD}:role/role-{i % options.roles}", RoleSessionName="bench"), 16),
        ("GetRole", captured(server.client("iam", **user), "get_role", 64, RoleName=lambda i: f"role-{i % options.roles}"), 16),
        ("GetObject 1 KiB", captured(server.client("s3", **user), "get_object", 64, Bucket="bench", Key="1k"), 16),
        ("GetObject 8 MiB", captured(server.client("s3", **user), "get_object", 8, Bucket="bench", Key="8m"), 4),
        ("PutObject 1 KiB, durable", captured(server.client("s3", **user), "put_object", 256, Bucket="bench", Key=lambda i: f"put/{i}", Body=small), 16),
        ("CreateRole + DeleteRole, durable", [r for i in range(2000) for r in (
            captured(iam, "create_role", 1, RoleName=f"new-{i}", AssumeRolePolicyDocument=trust) )], 16),
    ]
    print(f"{'operation':34} {'req/s':>8} {'nginx':>8} {'ratio':>6} {'CPU µs':>7} {'nginx':>6} {'p50 ms':>7} {'p99 ms':>7} errors")
    for name, requests, connections in cases:
        if options.only and options.only not in name:
            continue
        writes = name.startswith("CreateRole")
        ours_script, theirs_script = directory / "ours.lua", directory / "theirs.lua"
        lua(requests, ours_script)
        lua([r.replace(f"127.0.0.1:{server.port}".encode(), b"127.0.0.1:18499") for r in requests[:256]], theirs_script)
        ours, theirs = [], []
        for _ in range(1 if writes else options.rounds):
            # Each role can be made once: a short run, whose later answers are EntityAlreadyExists, would measure something else.
            ours.append(load(server.port, ours_script, server.pid, 1 if writes else options.seconds, connections))
            theirs.append(load(nginx.port, theirs_script, nginx.pid, options.seconds, connections))
        a, b = median(ours), median(theirs)
        print(f"{name:34} {a['rate']:8.0f} {b['rate']:8.0f} {a['rate'] / b['rate']:6.2f} {a['cpu']:7.1f} {b['cpu']:6.1f} {a['p50']:7.2f} {a['p99']:7.2f} {a['errors']:.0f}")
    print(f"memory after the run {rss_kib(server.pid) / 1024:.1f} MiB")


if __name__ == "__main__":
    sys.exit(main())
