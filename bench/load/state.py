"""What size costs: start, memory and one request's price with 10, 20,000 and 100,000 roles.

  /usr/bin/python3 bench/load/state.py [--binary build/release/rolecall] [--roles 10,20000,100000] [--seconds 3] [--nice -15]

Roles are made through the API (CreateRole with a trust policy, PutRolePolicy with one small policy), all in one account;
the server is stopped and started again on what it left. Start is from exec to the first answered signed call, the
smallest of five; memory is VmRSS two seconds later, as in the figures of the peers.
"""
import argparse
import json
import pathlib
import sys
import tempfile
import time

import rig
from api import TRUST
from rig import ROOT, load, median, script

def policy(i):
    """Each role has its own text: equal ones would be kept once."""
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::data/{i}/*"}]})


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--binary", default=str(ROOT / "build/release/rolecall"))
    options.add_argument("--roles", default="10,20000,100000")
    options.add_argument("--seconds", type=int, default=3)
    options.add_argument("--nice", type=int, default=0)
    options = options.parse_args()
    rig.NICE = options.nice
    sizes = [int(n) for n in options.roles.split(",")]
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as name:
        directory = pathlib.Path(name)
        server = rig.Rolecall(options.binary, directory)
        try:
            starts(server, 0)
            have, base = 0, None
            for size in sizes:
                make(server, have, size)
                have = size
                memory = starts(server, size)
                if base:
                    print(f"  {(memory - base[1]) * 1024 / (size - base[0]):.0f} bytes of memory for each further role")
                else:
                    base = (size, memory)
                price(server, directory, size, options.seconds)
        finally:
            server.stop()


def starts(server, roles):
    millis = []
    for _ in range(5):
        server.stop()
        server.start()
        millis.append(server.start_millis)
    time.sleep(2)
    memory = rig.rss_kib(server.pid)
    print(f"{roles} roles: start to the first answer {min(millis):.0f} ms, memory {memory / 1024:.1f} MiB", flush=True)
    return memory


def make(server, have, size):
    began, commits = time.monotonic(), server.counter("commits_total")
    forms = (list(rig.role_forms([i], TRUST, policy(i))) for i in range(have, size))
    failed = rig.fill(server.port, ([server.signed("iam", f) for f in pair] for pair in forms))
    seconds, commits = time.monotonic() - began, server.counter("commits_total") - commits
    writes = 2 * (size - have)
    print(f"  made {size - have} roles: {writes / seconds:.0f} durable writes/s with signing in Python, "
          f"{writes / max(commits, 1):.1f} a commit, {failed} failed", flush=True)


def price(server, directory, size, seconds):
    step = max(size // 512, 1)
    for name, service, form in (("GetRole", "iam", "Action=GetRole&Version=2010-05-08&RoleName=role-{}"),
                                ("AssumeRole", "sts", "Action=AssumeRole&Version=2011-06-15&RoleSessionName=bench&RoleArn=arn%3Aaws%3Aiam%3A%3A"
                                 + rig.DEV + "%3Arole%2Frole-{}")):
        script([server.signed(service, form.format(i)) for i in range(0, size, step)], directory / "price.lua")
        run = median([load(server.port, directory / "price.lua", server.pid, seconds) for _ in range(3)])
        print(f"  {name}: {run['cpu']:.1f} µs CPU, {run['rate']:.0f}/s, p50 {run['p50']:.2f} ms, {run['errors']:.0f} errors", flush=True)


if __name__ == "__main__":
    sys.exit(main())
