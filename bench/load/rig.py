"""What the load scripts share: Rolecall and nginx on free ports, signed requests as bytes, wrk, CPU and memory of a process tree."""
import datetime
import hashlib
import hmac
import os
import pathlib
import re
import selectors
import socket
import statistics
import struct
import subprocess
import time
import urllib.parse
import urllib.request

import boto3
import botocore.config

ROOT = pathlib.Path(__file__).resolve().parents[2]
TICKS = os.sysconf("SC_CLK_TCK")
DEV, PROD = "111111111111", "222222222222"
NGINX_PORT = 18499
NICE = 0  # set by --nice: of the servers and of the generator, so that others on the machine disturb less


def preferred():
    if NICE:
        os.setpriority(os.PRIO_PROCESS, 0, NICE)


def tree(pid):
    kids = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], text=True, capture_output=True).stdout.split()
    return [pid] + [int(k) for k in kids]


def cpu_seconds(pid):
    """utime + stime of all threads, in nanosecond steps (schedstat counts what the scheduler gave)."""
    total = 0
    for process in tree(pid):
        for task in pathlib.Path(f"/proc/{process}/task").iterdir():
            try:
                total += int((task / "schedstat").read_text().split()[0])
            except OSError:  # a thread that has ended
                pass
    return total / 1e9


def rss_kib(pid):
    return sum(int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{p}/status").read_text()).group(1)) for p in tree(pid))


class Rolecall:
    def __init__(self, binary, directory, flags=()):
        self.binary, self.data, self.flags = binary, pathlib.Path(directory) / "data", list(flags)
        self.start()

    @staticmethod
    def key(account):
        number = DEV if account == "dev" else PROD
        return f"AKIABENCH{number[:7]}0000", f"secret-{account}"

    def start(self):
        """Sets start_millis: from exec to the first answered signed call."""
        flags = []
        for account, name in ((DEV, "dev"), (PROD, "prod")):
            flags += ["--account", f"{name}={account}", "--admin-key", ":".join((account, *self.key(name)))]
        started = time.monotonic()
        self.process = subprocess.Popen([self.binary, "dev", "--listen", "127.0.0.1:0", "--data", str(self.data), *flags, *self.flags],
                                        stdout=subprocess.PIPE, text=True, preexec_fn=preferred)
        line = self.process.stdout.readline()
        self.port = int(line.rsplit(":", 1)[1])
        first = ask(self.port, self.signed("sts", "Action=GetCallerIdentity&Version=2011-06-15"))
        self.start_millis = (time.monotonic() - started) * 1000
        assert first.startswith(b"HTTP/1.1 200"), first
        self.url, self.pid = f"http://127.0.0.1:{self.port}", self.process.pid

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def client(self, service, account="dev", **credentials):
        key, secret = self.key(account)
        keys = dict(aws_access_key_id=key, aws_secret_access_key=secret)
        return boto3.client(service, endpoint_url=self.url, region_name="us-east-1", **(credentials or keys),
                            config=botocore.config.Config(s3={"addressing_style": "path"}, retries={"max_attempts": 0}))

    def signed(self, service, form, account="dev"):
        """A form call as bytes, for the runs that need tens of thousands of different ones."""
        key, secret = self.key(account)
        return sign_form(f"127.0.0.1:{self.port}", service, form.encode(), key, secret)

    def counter(self, name):
        text = urllib.request.urlopen(f"http://127.0.0.1:{self.port}/_rolecall/metrics").read().decode()
        return float(re.search(rf"^\w*{name} (\S+)$", text, re.M).group(1))


def sign_form(host, service, body, key, secret):
    stamp = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    kind = "application/x-www-form-urlencoded"
    canonical = (f"POST\n/\n\ncontent-type:{kind}\nhost:{host}\nx-amz-date:{stamp}\n\ncontent-type;host;x-amz-date\n"
                 + hashlib.sha256(body).hexdigest())
    scope = f"{stamp[:8]}/us-east-1/{service}/aws4_request"
    step = ("AWS4" + secret).encode()
    for part in scope.split("/"):
        step = hmac.digest(step, part.encode(), "sha256")
    to_sign = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.digest(step, to_sign.encode(), "sha256").hex()
    return (f"POST / HTTP/1.1\r\nHost: {host}\r\nContent-Type: {kind}\r\nX-Amz-Date: {stamp}\r\nUser-Agent: bench\r\n"
            f"Authorization: AWS4-HMAC-SHA256 Credential={key}/{scope}, SignedHeaders=content-type;host;x-amz-date, "
            f"Signature={signature}\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body


def role_forms(numbers, trust, policy=None):
    """CreateRole, and PutRolePolicy when there is a policy."""
    trust = urllib.parse.quote_plus(trust)
    for i in numbers:
        yield f"Action=CreateRole&Version=2010-05-08&RoleName=role-{i}&AssumeRolePolicyDocument={trust}"
        if policy:
            yield (f"Action=PutRolePolicy&Version=2010-05-08&RoleName=role-{i}&PolicyName=access&"
                   f"PolicyDocument={urllib.parse.quote_plus(policy)}")


def ask(port, request):
    with socket.create_connection(("127.0.0.1", port)) as s:
        s.sendall(request)
        return receive(s)


def receive(s):
    data = b""
    while True:
        piece = s.recv(65536)
        if not piece:
            return data
        data += piece
        end = data.find(b"\r\n\r\n")
        if end >= 0:
            length = re.search(rb"content-length: (\d+)", data[:end + 2], re.I)
            if len(data) >= end + 4 + (int(length.group(1)) if length else 0):
                return data


def fill(port, requests, connections=64):
    """Sends all, each connection one at a time in order; how many were not answered with 200. Requests of one role stay
    together: an item may be a list, whose elements follow one another on one connection."""
    source, failed = iter(requests), 0
    selector, waiting = selectors.DefaultSelector(), {}

    def send_next(s):
        queue = waiting[s]
        if not queue:
            item = next(source, None)
            if item is None:
                selector.unregister(s)
                s.close()
                del waiting[s]
                return
            queue.extend(item if isinstance(item, list) else [item])
        s.sendall(queue.pop(0))

    for _ in range(connections):
        s = socket.create_connection(("127.0.0.1", port))
        waiting[s] = []
        selector.register(s, selectors.EVENT_READ)
        send_next(s)
    while waiting:
        for event, _ in selector.select():
            answer = receive(event.fileobj)
            failed += not answer.startswith(b"HTTP/1.1 200")
            send_next(event.fileobj)
    return failed


class Nginx:
    """Static 500 bytes for any request; files for GetObject's beside; PUT into files, unsynced."""

    def __init__(self, directory):
        directory = pathlib.Path(directory)
        (directory / "bench/put").mkdir(parents=True)
        (directory / "bench/1k").write_bytes(os.urandom(1024))
        (directory / "bench/8m").write_bytes(os.urandom(8 << 20))
        os.chmod(directory, 0o755)
        user = "user root;" if os.getuid() == 0 else ""
        (directory / "nginx.conf").write_text(f"""
{user} worker_processes {os.cpu_count()}; daemon off; error_log {directory}/error.log; pid {directory}/nginx.pid;
events {{ worker_connections 1024; }}
http {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; client_max_body_size 16m; default_type text/xml;
  client_body_temp_path {directory}/t1; proxy_temp_path {directory}/t2; fastcgi_temp_path {directory}/t3;
  uwsgi_temp_path {directory}/t4; scgi_temp_path {directory}/t5;
  server {{ listen 127.0.0.1:{NGINX_PORT};
    location / {{ return 200 "{'x' * 500}"; }}
    location /bench/ {{ root {directory}; dav_methods PUT; create_full_put_path on; }} }} }}
""")
        self.process = subprocess.Popen(["/usr/sbin/nginx", "-c", str(directory / "nginx.conf"), "-p", str(directory)],
                                        stderr=subprocess.DEVNULL, preexec_fn=preferred)
        self.port, self.pid = NGINX_PORT, self.process.pid
        time.sleep(0.5)

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Captured(Exception):
    pass


def captured(client, operation, count, **arguments):
    """The bytes botocore would send, `count` times; arguments may be functions of the index."""
    out = []

    def take(request, **_):
        split = urllib.parse.urlsplit(request.url)
        target = split.path + ("?" + split.query if split.query else "")
        headers = {k: (v.decode() if isinstance(v, bytes) else v) for k, v in request.headers.items() if k.lower() != "expect"}
        body = request.body or b""
        body = body.read() if hasattr(body, "read") else body.encode() if isinstance(body, str) else bytes(body)
        head = f"{request.method} {target} HTTP/1.1\r\nHost: {split.netloc}\r\n"
        head += "".join(f"{k}: {v}\r\n" for k, v in headers.items() if k.lower() not in ("host", "content-length"))
        if body or request.method in ("PUT", "POST"):
            head += f"Content-Length: {len(body)}\r\n"
        out.append(head.encode() + b"\r\n" + body)
        raise Captured()

    client.meta.events.register("before-send", take)
    for i in range(count):
        try:
            getattr(client, operation)(**{k: (v(i) if callable(v) else v) for k, v in arguments.items()})
        except Captured:
            pass
    client.meta.events.unregister("before-send", take)
    return out


def script(requests, path):
    """wrk's script: the requests lie beside it in a file, because Lua has a limit to constants."""
    blob = path.with_suffix(".bin")
    blob.write_bytes(b"".join(struct.pack("<I", len(r)) + r for r in requests))
    path.write_text(f"""
local r, at, data = {{}}, 1, assert(io.open("{blob}", "rb")):read("*a")
while at <= #data do
  local a, b, c, d = data:byte(at, at + 3)
  local n = a + 256 * (b + 256 * (c + 256 * d))
  r[#r + 1] = data:sub(at + 4, at + 3 + n)
  at = at + 4 + n
end
local i = 0
request = function() i = i % #r + 1 return r[i] end
done = function(s, l, q)
  io.write(string.format('RESULT %d %d %d %d %d\\n', s.requests, s.duration,
                         s.errors.status + s.errors.read + s.errors.write + s.errors.timeout, l:percentile(50), l:percentile(99)))
end
""")


def load(port, lua, pid, seconds, connections=16):
    before = cpu_seconds(pid)
    done = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(lua), f"http://127.0.0.1:{port}/"],
                          text=True, capture_output=True, preexec_fn=preferred)
    spent = cpu_seconds(pid) - before
    found = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+)", done.stdout)
    requests, micros, errors, p50, p99 = map(int, found.groups())
    return {"rate": requests / micros * 1e6, "cpu": spent / max(requests, 1) * 1e6, "p50": p50 / 1000, "p99": p99 / 1000,
            "errors": errors, "requests": requests}


def median(rounds):
    return {k: statistics.median(r[k] for r in rounds) for k in rounds[0]}
