"""Signed API calls against Rolecall beside nginx's static 500 bytes, in one run on one machine.

  /usr/bin/python3 bench/load/api.py [--binary build/release/rolecall] [--seconds 4] [--rounds 3] [--connections 16] [--only NAME]

Needs wrk, nginx-light and python3-boto3 (Debian). The requests are botocore's own bytes, signed before the run; nginx
answers the very same bytes (GetObject: a file of the same size; PutObject: a PUT into a file that it does not sync). CPU
is what the server's threads ran, over all requests of the run; figures are medians of the rounds, the two servers in
turn. One generator thread, loopback, plain HTTP. As root, --nice -15 keeps others on the machine from disturbing both.
"""
import argparse
import json
import os
import pathlib
import sys
import tempfile
import time

import rig
from rig import DEV, PROD, ROOT, captured, load, median, script

TRUST = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": DEV}, "Action": "sts:AssumeRole"}]})
NEW_ROLES = 24_000  # more than one second can make


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--binary", default=str(ROOT / "build/release/rolecall"))
    options.add_argument("--seconds", type=int, default=4)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--connections", type=int, default=16)
    options.add_argument("--roles", type=int, default=10)
    options.add_argument("--only", default="")
    options.add_argument("--nice", type=int, default=0)
    options.add_argument("--pause", action="store_true", help="prints the server's pid before each case (for perf)")
    options = options.parse_args()
    rig.NICE = options.nice
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as name:
        directory = pathlib.Path(name)
        server, nginx = rig.Rolecall(options.binary, directory), rig.Nginx(directory)
        try:
            run(options, directory, server, nginx)
        finally:
            server.stop()
            nginx.stop()


def cases_of(server, options):
    """(name, requests, connections) of each case, made when its turn comes."""
    iam, prod = server.client("iam"), server.client("iam", "prod")
    iam.create_user(UserName="bench")
    iam.put_user_policy(UserName="bench", PolicyName="all", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["sts:AssumeRole", "iam:GetRole", "s3:*"], "Resource": "*"}]}))
    key = iam.create_access_key(UserName="bench")["AccessKey"]
    user = dict(aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])
    for i in range(options.roles):
        for client in (iam, prod):
            client.create_role(RoleName=f"role-{i}", AssumeRolePolicyDocument=TRUST)
    session = server.client("sts", **user).assume_role(RoleArn=f"arn:aws:iam::{PROD}:role/role-0", RoleSessionName="bench")["Credentials"]
    temporary = dict(aws_access_key_id=session["AccessKeyId"], aws_secret_access_key=session["SecretAccessKey"], aws_session_token=session["SessionToken"])
    s3 = server.client("s3")
    s3.create_bucket(Bucket="bench")
    s3.put_object(Bucket="bench", Key="1k", Body=os.urandom(1024))
    s3.put_object(Bucket="bench", Key="8m", Body=os.urandom(8 << 20))
    sts, iam_user, s3_user = (server.client(s, **user) for s in ("sts", "iam", "s3"))
    n, small = options.connections, os.urandom(1024)
    return [
        ("GetCallerIdentity, user", n, lambda: captured(sts, "get_caller_identity", 64)),
        ("GetCallerIdentity, role", n, lambda: captured(server.client("sts", **temporary), "get_caller_identity", 64)),
        ("AssumeRole", n, lambda: captured(sts, "assume_role", 64, RoleArn=lambda i: f"arn:aws:iam::{PROD}:role/role-{i % options.roles}",
                                           RoleSessionName="bench")),
        ("GetRole", n, lambda: captured(iam_user, "get_role", 64, RoleName=lambda i: f"role-{i % options.roles}")),
        ("GetObject 1 KiB", n, lambda: captured(s3_user, "get_object", 64, Bucket="bench", Key="1k")),
        ("GetObject 8 MiB", min(n, 4), lambda: captured(s3_user, "get_object", 8, Bucket="bench", Key="8m")),
        ("PutObject 1 KiB, durable", n, lambda: captured(s3_user, "put_object", 256, Bucket="bench", Key=lambda i: f"put/{i}", Body=small)),
        ("CreateRole, durable", n, lambda: [server.signed("iam", form) for form in rig.role_forms((f"new-{i}" for i in range(NEW_ROLES)), TRUST)]),
    ]


def run(options, directory, server, nginx):
    time.sleep(0.3)
    print(f"start to the first answer {server.start_millis:.0f} ms, idle memory {rig.rss_kib(server.pid) / 1024:.1f} MiB")
    print(f"{'operation':26} {'req/s':>8} {'nginx':>8} {'ratio':>6} {'CPU µs':>7} {'nginx':>6} {'p50 ms':>7} {'nginx':>6} {'p99 ms':>7} {'nginx':>6} errors")
    for name, connections, make in cases_of(server, options):
        if options.only and options.only not in name:
            continue
        writes, requests = "durable" in name, make()
        ours_script, theirs_script = directory / "ours.lua", directory / "theirs.lua"
        script(requests, ours_script)
        script([r.replace(f"127.0.0.1:{server.port}".encode(), f"127.0.0.1:{nginx.port}".encode()) for r in requests[:256]], theirs_script)
        if options.pause:
            print(f"{name}: pid {server.pid}", flush=True)
        ours, theirs, fsyncs = [], [], []
        new_roles = name.startswith("CreateRole")
        for _ in range(1 if new_roles else options.rounds):
            # Each role can be made once: a short run, or later answers would be EntityAlreadyExists.
            commits = server.counter("commits_total")
            ours.append(load(server.port, ours_script, server.pid, 1 if new_roles else options.seconds, connections))
            fsyncs.append(ours[-1]["requests"] / max(server.counter("commits_total") - commits, 1))
            theirs.append(load(nginx.port, theirs_script, nginx.pid, options.seconds, connections))
        a, b = median(ours), median(theirs)
        more = f" ({sum(fsyncs) / len(fsyncs):.1f} a commit)" if writes else ""
        print(f"{name:26} {a['rate']:8.0f} {b['rate']:8.0f} {a['rate'] / b['rate']:6.2f} {a['cpu']:7.1f} {b['cpu']:6.1f} "
              f"{a['p50']:7.2f} {b['p50']:6.2f} {a['p99']:7.2f} {b['p99']:6.2f} {a['errors']:.0f}{more}", flush=True)
    print(f"memory after the run {rig.rss_kib(server.pid) / 1024:.1f} MiB")


if __name__ == "__main__":
    sys.exit(main())
