"""A disk that fails: what was acknowledged stays, what was not is wholly there or not at all, and the server is well again by itself."""
import contextlib
import errno
import json
import os
import pathlib
import random
import signal
import subprocess
import time

import botocore.exceptions
import pytest

from test_contract import DEV, environment, running

HERE = pathlib.Path(__file__).parent
ROUNDS = int(os.environ.get("ROLECALL_FAULT_ROUNDS", "6"))
SEED = int(os.environ.get("ROLECALL_FAULT_SEED", "1"))
WELL_AGAIN_SECONDS = 20  # the server tries once a second; the machine may be busy


@pytest.fixture(scope="session")
def shim(tmp_path_factory):
    library = tmp_path_factory.mktemp("faults") / "faults.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, HERE / "faults.c", "-ldl"], check=True)
    return library


class Disk:
    """A folder, its server, and the switch that makes the disk fail."""

    def __init__(self, shim, folder):
        self.folder, self.control = folder / "data", folder / "control"
        self.environment = {"LD_PRELOAD": str(shim), "FAULTS_CONTROL": str(self.control),
                            "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}
        self.tmp = folder

    def fail(self, operation, part, number, count=None):
        beside = self.control.with_suffix(".new")
        beside.write_text(f"{operation} {part} {number}" + (f" {count}" if count else ""))
        beside.rename(self.control)

    def heal(self):
        self.control.write_text("")

    @contextlib.contextmanager
    def server(self):
        with running(self.tmp, "--data", self.folder, "--admin-key", f"{DEV}:admin:secret", env=environment(**self.environment)) as server:
            yield server


@pytest.fixture
def disk(shim, tmp_path):
    return Disk(shim, tmp_path)


def is_well(server):
    """Calls are answered again, within a bound."""
    s3, deadline = server.client("s3", "admin", "secret"), time.monotonic() + WELL_AGAIN_SECONDS
    while True:
        try:
            return s3.list_buckets()
        except botocore.exceptions.ClientError as refused:
            assert refused.response["ResponseMetadata"]["HTTPStatusCode"] == 503
            assert time.monotonic() < deadline, "every call is refused though the disk is well"
            time.sleep(0.1)


def kill(server):
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()


OLD, NEW = b"1" * 200_000, b"2" * 200_000


@pytest.mark.parametrize("stop", ["kill", "terminate"])
def test_a_failed_sync_loses_no_object(disk, stop):
    """The commit of the second version cannot be synced: its rows may be found after a kill or not, with their bytes either way."""
    with disk.server() as server:
        s3 = server.client("s3", "admin", "secret")
        s3.create_bucket(Bucket="fsl")
        s3.put_object(Bucket="fsl", Key="k", Body=OLD)
        disk.fail("fsync", "rolecall.db-wal", errno.EIO)
        with pytest.raises(botocore.exceptions.ClientError) as refused:
            s3.put_object(Bucket="fsl", Key="k", Body=NEW)
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] >= 500
        if stop == "kill":
            kill(server)
        disk.heal()
    with disk.server() as server:
        body = server.client("s3", "admin", "secret").get_object(Bucket="fsl", Key="k")["Body"].read()
        assert body in (OLD, NEW)
        if stop == "terminate":
            assert body == OLD, "whoever goes on must not find later what was refused"


@pytest.mark.parametrize("operation, suffix, number", [("fsync", "rolecall.db-wal", errno.EIO), ("write", "rolecall.db-wal", errno.ENOSPC)])
@pytest.mark.parametrize("act", ["put", "delete", "iam"])
def test_one_failed_operation_is_over_within_a_second_of_the_disk(disk, operation, suffix, number, act):
    with disk.server() as server:
        s3, iam = server.client("s3", "admin", "secret"), server.client("iam", "admin", "secret")
        s3.create_bucket(Bucket="well")
        s3.put_object(Bucket="well", Key="k", Body=b"old")
        disk.fail(operation, suffix, number)
        with pytest.raises(botocore.exceptions.ClientError):
            if act == "put":
                s3.put_object(Bucket="well", Key="k", Body=b"new")
            elif act == "delete":
                s3.delete_object(Bucket="well", Key="k")
            else:
                iam.create_user(UserName="lost")
        disk.heal()
        is_well(server)
        assert s3.get_object(Bucket="well", Key="k")["Body"].read() == b"old"
        assert iam.list_users()["Users"] == []
        name = {"put": "PutObject", "delete": "DeleteObject", "iam": "CreateUser"}[act]
        deadline = time.monotonic() + WELL_AGAIN_SECONDS
        while True:
            records = [json.loads(line)["record"] for line in server.request("/_rolecall/audit?limit=100")[1].splitlines()]
            if any(r["eventName"] == name and r.get("errorCode") for r in records):
                break
            assert time.monotonic() < deadline, "the trail misses the call that failed"
            time.sleep(0.2)


def test_faults_and_kills_in_any_order(disk):
    """A model of what was acknowledged; what failed may be there or not, whole. ROLECALL_FAULT_ROUNDS and _SEED repeat or lengthen a run."""
    chance = random.Random(SEED)
    users, objects = {}, {}  # name → the values it may have: one that is certain, or several
    for round_ in range(ROUNDS):
        with disk.server() as server:
            s3, iam = server.client("s3", "admin", "secret"), server.client("iam", "admin", "secret")
            if round_ == 0:
                s3.create_bucket(Bucket="model")
            for name, may in users.items():
                try:
                    found = iam.get_user(UserName=name)["User"]["UserName"]
                except iam.exceptions.NoSuchEntityException:
                    found = None
                assert found in may, f"round {round_}: {name} is {found}, may be {may}"
                users[name] = {found}
            for key, may in objects.items():
                try:
                    found = s3.get_object(Bucket="model", Key=key)["Body"].read()
                except s3.exceptions.NoSuchKey:
                    found = None
                assert found in may, f"round {round_}: {key} is {found and found[:20]}, may be {[m and m[:20] for m in may]}"
                objects[key] = {found}
            for step in range(8):
                faulty = chance.random() < 0.5
                if faulty:
                    operation, number = chance.choice([("fsync", errno.EIO), ("write", errno.ENOSPC), ("write", errno.EIO)])
                    disk.fail(operation, chance.choice(["rolecall.db-wal", "rolecall.db", "/objects/"]), number, chance.choice([1, 2, None]))
                key, what = f"k{chance.randrange(4)}", chance.choice(["put", "large", "delete", "user"])
                body = f"{round_}-{step}-".encode() * (30_000 if what == "large" else 3)
                try:
                    if what == "user":
                        key = f"u{round_}-{step}"
                        wanted, table = key, users
                        iam.create_user(UserName=key)
                    elif what == "delete":
                        wanted, table = None, objects
                        s3.delete_object(Bucket="model", Key=key)
                    else:
                        wanted, table = body, objects
                        s3.put_object(Bucket="model", Key=key, Body=body)
                    table[key] = {wanted}
                except botocore.exceptions.ClientError as refused:
                    assert refused.response["ResponseMetadata"]["HTTPStatusCode"] >= 500
                    table[key] = table.get(key, {None}) | {wanted}
                if faulty and chance.random() < 0.7:
                    disk.heal()
                    is_well(server)
            if chance.random() < 0.7:
                kill(server)
            disk.heal()


@pytest.mark.parametrize("when", ["at once", "copies in flight"])
def test_a_stop_is_a_stop(disk, when):
    """Pools end before what they use: a supervisor sees status 0, not a crash."""
    with disk.server() as server:
        s3 = server.client("s3", "admin", "secret")
        s3.create_bucket(Bucket="stops")
        for i in range(2):
            s3.put_object(Bucket="stops", Key=f"k{i}", Body=os.urandom(8 << 20))
        assert server.stop() == 0
    for _ in range(6):
        with disk.server() as server:
            if when == "copies in flight":
                copies = [subprocess.Popen(["/usr/bin/python3", "-c", f"""
import boto3, botocore.config
s3 = boto3.client("s3", endpoint_url={server.url!r}, region_name="us-east-1", aws_access_key_id="admin", aws_secret_access_key="secret",
                  config=botocore.config.Config(retries={{"max_attempts": 0}}))
s3.copy_object(Bucket="stops", Key="copy", CopySource="stops/k0")"""], stderr=subprocess.DEVNULL) for _ in range(2)]
                time.sleep(0.7)
            assert server.stop() == 0
            if when == "copies in flight":
                for copy in copies:
                    copy.wait(timeout=60)
