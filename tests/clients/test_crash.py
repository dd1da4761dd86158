"""A server killed in the middle of its work loses nothing it acknowledged and shows nothing by halves.

Clients write roles (with policy and tags) and objects (small and large) from several threads; the process gets SIGKILL at a
random moment; the next round starts it on the same folder and looks at everything again. ROLECALL_CRASH_SECONDS and
ROLECALL_CRASH_SEED repeat or lengthen a run.
"""
import concurrent.futures
import hashlib
import json
import os
import random
import signal
import time

import botocore.exceptions

from test_contract import DEV, running

ROUNDS_MIN = 6
SECONDS = float(os.environ.get("ROLECALL_CRASH_SECONDS", "25"))
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": DEV}, "Action": "sts:AssumeRole"}]})
LOST = (botocore.exceptions.EndpointConnectionError, botocore.exceptions.ConnectionClosedError, botocore.exceptions.ConnectTimeoutError,
        botocore.exceptions.ReadTimeoutError, botocore.exceptions.HTTPClientError)


def body_of(key):
    """An object's bytes follow from its key, so that any mixture shows."""
    seed = hashlib.sha256(key.encode()).digest()
    size = 300_000 + seed[0] * 1_000 if seed[1] % 3 == 0 else seed[0] * 20
    return (seed * (size // 32 + 1))[:size]


def write_until_gone(iam, s3, name, started, acknowledged):
    """Writes until the server is gone. `started` gets each name before its call, `acknowledged` after its answer."""
    for i in range(100_000):
        it = f"{name}-{i}"
        try:
            started.append(it)
            iam.create_role(RoleName=it, AssumeRolePolicyDocument=TRUST, Description="of " + it, Tags=[{"Key": "made-for", "Value": it}])
            acknowledged.append(("role", it))
            s3.put_object(Bucket="crash-bucket", Key=it, Body=body_of(it), Metadata={"name": it})
            acknowledged.append(("object", it))
            if i % 3 == 2:
                s3.delete_object(Bucket="crash-bucket", Key=f"{name}-{i - 1}")
                acknowledged.append(("deleted", f"{name}-{i - 1}"))
            elif i % 3 == 1:
                started.append("maybe-deleted " + it)
        except LOST:
            return


def check(server, started, acknowledged):
    iam, s3 = server.client("iam", "admin", "secret"), server.client("s3", "admin", "secret")
    roles = {r["RoleName"]: r for page in iam.get_paginator("list_roles").paginate() for r in page["Roles"]}
    objects = {o["Key"]: o for page in s3.get_paginator("list_objects_v2").paginate(Bucket="crash-bucket") for o in page.get("Contents", [])}
    deleted = {name for what, name in acknowledged if what == "deleted"}
    maybe = {name.split()[1] for name in started if name.startswith("maybe-deleted ")}
    for what, name in acknowledged:
        if what == "role":
            assert roles[name]["Description"] == "of " + name
        elif what == "object" and name not in maybe:
            assert name in objects, f"{name} was acknowledged and is lost"
        elif what == "deleted":
            assert name not in objects, f"{name} was deleted and is back"
    # What was not acknowledged is there wholly or not at all, and nothing else is there.
    assert set(roles) <= set(started) and set(objects) <= set(started) - deleted
    for name, listed in objects.items():
        want = body_of(name)
        assert (listed["Size"], listed["ETag"]) == (len(want), f'"{hashlib.md5(want).hexdigest()}"')
    return roles, objects, iam, s3


def test_acknowledged_writes_survive_being_killed(tmp_path):
    seed = int(os.environ.get("ROLECALL_CRASH_SEED", time.time()))
    dice = random.Random(seed)
    print("ROLECALL_CRASH_SEED", seed)
    flags = ["--data", tmp_path / "data", "--admin-key", f"{DEV}:admin:secret"]
    started, acknowledged = [], []
    begin, rounds = time.monotonic(), 0
    while rounds < ROUNDS_MIN or (time.monotonic() - begin < SECONDS * 0.7 and rounds < 40):
        with running(tmp_path, *flags) as server:
            iam, s3 = server.client("iam", "admin", "secret"), server.client("s3", "admin", "secret")
            if rounds == 0:
                s3.create_bucket(Bucket="crash-bucket")
            else:
                check(server, started, acknowledged)
            with concurrent.futures.ThreadPoolExecutor(4) as pool:
                writers = [pool.submit(write_until_gone, iam, s3, f"r{rounds}w{w}", started, acknowledged) for w in range(4)]
                time.sleep(dice.uniform(0.15, 1.5))
                os.kill(server.process.pid, signal.SIGKILL)
                server.process.wait()
                for writer in writers:
                    writer.result(60)
        rounds += 1
    with running(tmp_path, *flags) as server:
        roles, objects, iam, s3 = check(server, started, acknowledged)
        # A sample of the whole things: tags, policies, bytes.
        for name in dice.sample(sorted(roles), min(15, len(roles))):
            role = iam.get_role(RoleName=name)["Role"]
            assert role["Tags"] == [{"Key": "made-for", "Value": name}]
            assert role["AssumeRolePolicyDocument"]["Statement"][0]["Action"] == "sts:AssumeRole"
        for name in dice.sample(sorted(objects), min(40, len(objects))):
            got = s3.get_object(Bucket="crash-bucket", Key=name)
            assert got["Body"].read() == body_of(name) and got["Metadata"] == {"name": name}
        assert server.stop() == 0
    kept = sum(what == "role" for what, _ in acknowledged)
    assert kept > rounds, f"only {kept} roles in {rounds} rounds: nothing was proved"
    print(f"{rounds} rounds, {len(acknowledged)} acknowledged writes")
