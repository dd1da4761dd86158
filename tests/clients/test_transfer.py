"""`rolecall s3 …` end to end: multipart both ways, refusals, interruption, and other programs reading what it wrote."""
import hashlib
import os
import pathlib
import re
import signal
import socket
import subprocess
import threading
import time
import urllib.request

import pytest

from conftest import rolecall_binary

PROGRAM = os.environ.get("ROLECALL_CLIENT") or rolecall_binary()
ADMIN = ("AKIAADMIN11111110000", "admin-secret-of-dev")
MIB = 1024 * 1024


class S3:
    """`rolecall s3` as one user, in one folder."""

    def __init__(self, server, folder, user=ADMIN, settings="", endpoint=None, token=None):
        self.folder = pathlib.Path(folder)
        config = folder / f"config-{user[0]}"
        extra = f"aws_session_token = {token}\n" if token else ""
        config.write_text(f"[default]\nregion = us-east-1\naws_access_key_id = {user[0]}\naws_secret_access_key = {user[1]}\n{extra}{settings}")
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "AWS_CONFIG_FILE": str(config), "TZ": "UTC",
                            "AWS_SHARED_CREDENTIALS_FILE": str(folder / "none"), "AWS_EC2_METADATA_DISABLED": "true",
                            "AWS_ENDPOINT_URL": endpoint or server.url}

    def run(self, *words, stdin=None):
        return subprocess.run([PROGRAM, "s3", *words], env=self.environment, cwd=self.folder, capture_output=True, input=stdin, timeout=300)

    def start(self, *words, **more):
        return subprocess.Popen([PROGRAM, "s3", *words], env=self.environment, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)

    def __call__(self, *words, stdin=None):
        done = self.run(*words, stdin=stdin)
        assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
        return done.stdout.decode()


@pytest.fixture
def bucket(server):
    s3 = server.client("s3")
    s3.create_bucket(Bucket="bucket")
    return s3


@pytest.fixture
def s3(server, bucket, tmp_path):
    return S3(server, tmp_path)


@pytest.fixture
def large(tmp_path):
    path = tmp_path / "large.bin"
    path.write_bytes(os.urandom(20 * MIB + 12345))
    return path


def left_over(folder):
    """Names of downloads that were not finished."""
    return [path.name for path in folder.rglob("*") if re.search(r"\.[0-9a-f]{8}$", path.name)]


def uploads(bucket, name="bucket"):
    return bucket.list_multipart_uploads(Bucket=name).get("Uploads", [])


# ---- large objects

def test_multipart_both_ways_byte_for_byte(bucket, s3, large, tmp_path):
    assert s3("cp", "large.bin", "s3://bucket/x/") == "upload: ./large.bin to s3://bucket/x/large.bin\n"
    head = bucket.head_object(Bucket="bucket", Key="x/large.bin")
    assert head["ETag"].endswith('-3"') and head["ContentType"] == "application/octet-stream"
    assert bucket.get_object(Bucket="bucket", Key="x/large.bin")["Body"].read() == large.read_bytes()
    s3("cp", "s3://bucket/x/large.bin", "back")
    assert (tmp_path / "back").read_bytes() == large.read_bytes()
    assert int((tmp_path / "back").stat().st_mtime) == int(head["LastModified"].timestamp())
    assert s3("cp", "s3://bucket/x/large.bin", "s3://bucket/copy") == "copy: s3://bucket/x/large.bin to s3://bucket/copy\n"
    assert bucket.head_object(Bucket="bucket", Key="copy")["ETag"] == head["ETag"]
    assert uploads(bucket) == [] and left_over(tmp_path) == []


def test_a_part_copy_keeps_properties_and_tags(bucket, s3, large):
    bucket.upload_file(str(large), "bucket", "from", ExtraArgs={"ContentType": "x/y", "Metadata": {"a": "b"}, "Tagging": "colour=blue&x=y%20z"})
    s3("cp", "s3://bucket/from", "s3://bucket/to", "--cache-control", "no-cache")
    head = bucket.head_object(Bucket="bucket", Key="to")
    assert (head["ContentType"], head["Metadata"], head["CacheControl"]) == ("x/y", {"a": "b"}, "no-cache")
    tags = bucket.get_object_tagging(Bucket="bucket", Key="to")["TagSet"]
    assert sorted((tag["Key"], tag["Value"]) for tag in tags) == [("colour", "blue"), ("x", "y z")]
    s3("cp", "s3://bucket/from", "s3://bucket/bare", "--copy-props", "none")
    bare = bucket.head_object(Bucket="bucket", Key="bare")
    assert bare["Metadata"] == {} and bucket.get_object_tagging(Bucket="bucket", Key="bare")["TagSet"] == []


def test_streams_of_any_size(bucket, s3, large):
    data = large.read_bytes()
    s3("cp", "-", "s3://bucket/stream", stdin=data)
    assert bucket.get_object(Bucket="bucket", Key="stream")["Body"].read() == data
    done = s3.run("cp", "s3://bucket/stream", "-")
    assert done.returncode == 0 and done.stdout == data and done.stderr == b""


def test_thresholds_and_parts_of_the_profile(server, bucket, large, tmp_path):
    whole = S3(server, tmp_path, settings="s3 =\n  multipart_threshold = 64MB\n")
    whole("cp", "large.bin", "s3://bucket/whole")
    assert "-" not in bucket.head_object(Bucket="bucket", Key="whole")["ETag"]
    parts = S3(server, tmp_path, settings="s3 =\n  multipart_threshold = 5MB\n  multipart_chunksize = 6MiB\n  max_concurrent_requests = 2\n")
    parts("cp", "large.bin", "s3://bucket/parts")
    assert bucket.head_object(Bucket="bucket", Key="parts")["ETag"].endswith('-4"')
    parts("cp", "s3://bucket/parts", "parts.bin")
    assert (tmp_path / "parts.bin").read_bytes() == large.read_bytes()


def peak_mib(process):
    """The program's own high-water mark until it ends (ru_maxrss would count ours before the exec)."""
    peak = 0
    while process.poll() is None:
        try:
            text = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        except OSError:
            continue
        if found := re.search(r"VmHWM:\s+(\d+)", text):
            peak = max(peak, int(found.group(1)) / 1024)
    return peak


def test_memory_does_not_grow_with_the_object(s3, tmp_path):
    """Ten workers' parts are more than one worker's object; what the program itself weighs does not count."""
    s3.environment["ASAN_OPTIONS"] = "quarantine_size_mb=8:thread_local_quarantine_size_kb=64"
    peaks = []
    for size in (MIB, 300 * MIB):
        with open(tmp_path / "sparse", "wb") as file:
            file.truncate(size)
        for words in (("cp", "sparse", "s3://bucket/sparse"), ("cp", "s3://bucket/sparse", "again")):
            process = s3.start(*words)
            peaks.append(peak_mib(process))
            assert process.returncode == 0, process.stderr.read()
        assert (tmp_path / "again").stat().st_size == size
    up, down = peaks[2] - peaks[0], peaks[3] - peaks[1]
    assert up < 100 and down < 100, peaks


# ---- refusals

def test_refusals_are_the_aws_clis_lines(server, bucket, tmp_path):
    bucket.put_object(Bucket="bucket", Key="k", Body=b"k")
    (tmp_path / "a").write_text("a")
    reader = S3(server, tmp_path, server.make_user("reader", policy={
        "Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*"}}))
    done = reader.run("cp", "a", "s3://bucket/new")
    assert done.returncode == 1 and done.stdout == b""
    assert done.stderr.decode().splitlines()[0].startswith(
        "upload failed: ./a to s3://bucket/new An error occurred (AccessDenied) when calling the PutObject operation: ")
    assert "why: rolecall explain " in done.stderr.decode()
    done = reader.run("rm", "s3://bucket/k")
    assert done.returncode == 1 and done.stderr.decode().startswith("delete failed: s3://bucket/k An error occurred (AccessDenied) when calling the DeleteObject")
    stranger = S3(server, tmp_path, server.make_user("stranger"))
    done = stranger.run("cp", "s3://bucket/k", "x")
    assert done.returncode == 1
    assert done.stderr.decode().splitlines()[0] == "fatal error: An error occurred (403) when calling the HeadObject operation: Forbidden"
    assert not (tmp_path / "x").exists()
    done = stranger.run("ls", "s3://bucket")
    assert done.returncode == 254 and "An error occurred (AccessDenied) when calling the ListObjectsV2 operation" in done.stderr.decode()


def test_nobody_is_told_apart(server, bucket, tmp_path):
    nobody = S3(server, tmp_path)
    for name in ("AWS_CONFIG_FILE",):
        nobody.environment[name] = str(tmp_path / "nothing")
    done = nobody.run("ls")
    assert done.returncode == 253 and "Unable to locate credentials" in done.stderr.decode()
    done = nobody.run("ls", "s3://bucket", "--no-sign-request")
    assert done.returncode == 254 and "AccessDenied" in done.stderr.decode()


def test_a_refused_part_aborts_the_upload(server, bucket, large, tmp_path):
    """The owner may begin and abort but, by the bucket's policy, not copy from: every part fails."""
    user = server.make_user("part", policy={"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListBucket"], "Resource": "*"}]})
    bucket.upload_file(str(large), "bucket", "from")
    mover = S3(server, tmp_path, user)
    done = mover.run("cp", "s3://bucket/", "s3://bucket/to/", "--recursive", "--metadata-directive", "REPLACE")
    assert done.returncode == 1
    assert "copy failed: s3://bucket/from to s3://bucket/to/from An error occurred (AccessDenied) when calling the UploadPartCopy operation" in done.stderr.decode()
    assert uploads(bucket) == []
    assert [entry["Key"] for entry in bucket.list_objects_v2(Bucket="bucket")["Contents"]] == ["from"]


# ---- walkthrough C.4: between two accounts, while both sides allow

def test_a_copy_between_accounts_needs_both_sides(server, tmp_path):
    import json
    prod, staging = server.client("s3", "prod"), server.client("s3", "staging")
    prod.create_bucket(Bucket="production-data")
    staging.create_bucket(Bucket="staging-data")
    staging.put_object(Bucket="staging-data", Key="from-staging.txt", Body=b"staged")
    allow = lambda who=None, **more: {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **({"Principal": {"AWS": who}} if who else {}), **more}]}
    user = server.make_user("copier", account="staging", policy=allow(Action="s3:*", Resource="*"))
    copier = S3(server, tmp_path, user)
    words = ("cp", "s3://staging-data/from-staging.txt", "s3://production-data/copied.txt")
    done = copier.run(*words)
    assert done.returncode == 1 and "(AccessDenied) when calling the CopyObject operation" in done.stderr.decode()
    prod.put_bucket_policy(Bucket="production-data", Policy=json.dumps(allow(
        "arn:aws:iam::333333333333:user/copier", Action=["s3:GetObject", "s3:PutObject"], Resource="arn:aws:s3:::production-data/*")))
    assert copier(*words) == "copy: s3://staging-data/from-staging.txt to s3://production-data/copied.txt\n"
    assert prod.get_object(Bucket="production-data", Key="copied.txt")["Body"].read() == b"staged"
    server.client("iam", "staging").delete_user_policy(UserName="copier", PolicyName="inline")
    assert copier.run(*words).returncode == 1


# ---- interruption

class Throttle:
    """A relay in front of the server that passes so many bytes each way and then nothing more."""

    def __init__(self, server, up=1 << 40, down=1 << 40):
        self.left = {"up": up, "down": down}
        self.stuck = threading.Event()
        self.freed = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.there = (server.host, server.port)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                here, _ = self.listener.accept()
            except OSError:
                return
            there = socket.create_connection(self.there)
            threading.Thread(target=self.pump, args=(here, there, "up"), daemon=True).start()
            threading.Thread(target=self.pump, args=(there, here, "down"), daemon=True).start()

    def pump(self, source, target, way):
        try:
            while data := source.recv(65536):
                self.left[way] -= len(data)
                if self.left[way] < 0:
                    self.stuck.set()
                    self.freed.wait()
                target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_download_leaves_nothing(server, bucket, large, tmp_path, signal_number):
    bucket.upload_file(str(large), "bucket", "from")
    (tmp_path / "target").write_text("as it was")
    relay = Throttle(server, down=12 * MIB)
    process = S3(server, tmp_path, endpoint=relay.url).start("cp", "s3://bucket/from", "target")
    assert relay.stuck.wait(60)
    assert left_over(tmp_path) != []
    process.send_signal(signal_number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 128 + signal_number, err
    assert err.decode() == "cancelled: ctrl-c received\n" and out == b""
    assert left_over(tmp_path) == [] and (tmp_path / "target").read_text() == "as it was"
    relay.freed.set()


def test_an_interrupted_upload_is_aborted(server, bucket, large, tmp_path):
    relay = Throttle(server, up=12 * MIB)
    process = S3(server, tmp_path, endpoint=relay.url).start("cp", "large.bin", "s3://bucket/to")
    assert relay.stuck.wait(60)
    assert len(uploads(bucket)) == 1
    process.send_signal(signal.SIGINT)
    # The abort passes: the relay only holds what was under way.
    relay.left["up"] = 1 << 40
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130 and err.decode() == "cancelled: ctrl-c received\n" and out == b""
    assert uploads(bucket) == [] and "Contents" not in bucket.list_objects_v2(Bucket="bucket")
    relay.freed.set()


def test_ranges_are_of_one_object(server, bucket, large, tmp_path):
    """An object that is overwritten while it is fetched is not stitched together of two."""
    bucket.upload_file(str(large), "bucket", "from")
    relay = Throttle(server, down=12 * MIB)
    program = S3(server, tmp_path, endpoint=relay.url, settings="s3 =\n  max_concurrent_requests = 1\n")
    process = program.start("cp", "s3://bucket/from", "target")
    assert relay.stuck.wait(60)
    bucket.put_object(Bucket="bucket", Key="from", Body=os.urandom(large.stat().st_size))
    relay.left["down"] = 1 << 40
    relay.freed.set()
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1 and "PreconditionFailed" in err.decode()
    assert not (tmp_path / "target").exists() and left_over(tmp_path) == []


# ---- broken connections and other regions

class Breaks:
    """A relay whose first connections end after so many bytes from the server."""

    def __init__(self, server, times, after):
        self.times, self.after = times, after
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.there = (server.host, server.port)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            here, _ = self.listener.accept()
            there = socket.create_connection(self.there)
            threading.Thread(target=self.up, args=(here, there), daemon=True).start()
            threading.Thread(target=self.down, args=(there, here), daemon=True).start()

    def up(self, here, there):
        try:
            while data := here.recv(65536):
                there.sendall(data)
            there.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def down(self, there, here):
        passed = 0
        try:
            while data := there.recv(65536):
                here.sendall(data)
                passed += len(data)
                if passed > self.after and self.times > 0:
                    self.times -= 1
                    break
        except OSError:
            pass
        for end in (here, there):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def test_broken_connections_are_tried_again(server, bucket, large, tmp_path):
    bucket.upload_file(str(large), "bucket", "from")
    relay = Breaks(server, times=2, after=3 * MIB)
    S3(server, tmp_path, endpoint=relay.url)("cp", "s3://bucket/from", "target")
    assert relay.times == 0
    assert (tmp_path / "target").read_bytes() == large.read_bytes()
    never = Breaks(server, times=1000, after=3 * MIB)
    done = S3(server, tmp_path, endpoint=never.url).run("cp", "s3://bucket/from", "other")
    assert done.returncode == 1 and done.stderr.startswith(b"download failed: s3://bucket/from to ./other ")
    assert not (tmp_path / "other").exists() and left_over(tmp_path) == []


def test_a_bucket_in_another_region_is_found(server, tmp_path):
    west = server.client("s3", region="eu-west-1")
    west.create_bucket(Bucket="west", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    folder = tmp_path / "some"
    folder.mkdir()
    for i in range(12):
        (folder / f"{i}.txt").write_text(str(i))
    s3 = S3(server, tmp_path)
    s3("cp", "some", "s3://west/", "--recursive")
    assert len(s3("ls", "s3://west/").splitlines()) == 12
    s3("sync", "s3://west", "back")
    assert subprocess.run(["diff", "-r", "some", "back"], cwd=tmp_path).returncode == 0


# ---- other programs

def test_rclone_and_boto3_read_what_was_written(server, bucket, s3, tmp_path):
    folder = tmp_path / "many"
    for i in range(30):
        path = folder / f"d{i % 3}" / f"file {i}+ü.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.urandom(i * 100))
        # LastModified has whole seconds: a file of this second would count as newer.
        os.utime(path, (time.time() - 60,) * 2)
    s3("sync", "many", "s3://bucket/many")
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "RCLONE_CONFIG": str(tmp_path / "none.conf"), "RCLONE_CONFIG_R_TYPE": "s3",
                   "RCLONE_CONFIG_R_PROVIDER": "Other", "RCLONE_CONFIG_R_ENDPOINT": server.url, "RCLONE_CONFIG_R_ACCESS_KEY_ID": ADMIN[0],
                   "RCLONE_CONFIG_R_SECRET_ACCESS_KEY": ADMIN[1], "RCLONE_CONFIG_R_REGION": "us-east-1"}
    done = subprocess.run(["rclone", "check", str(folder), "r:bucket/many", "--download"], env=environment, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert s3("sync", "many", "s3://bucket/many") == ""
    s3("sync", "s3://bucket/many", "back")
    assert subprocess.run(["diff", "-r", "many", "back"], cwd=tmp_path).returncode == 0
    (folder / "d0" / "file 0+ü.txt").unlink()
    (tmp_path / "back/d1/more").write_text("more")
    assert s3("sync", "many", "s3://bucket/many", "--delete") == "delete: s3://bucket/many/d0/file 0+ü.txt\n"
    assert sorted(s3("sync", "s3://bucket/many", "back", "--delete").splitlines()) == ["delete: back/d0/file 0+ü.txt", "delete: back/d1/more"]


def test_presigned_addresses_work_and_are_boto3s(server, bucket, tmp_path):
    import boto3
    import botocore.config
    bucket.put_object(Bucket="bucket", Key="a b/ü+.txt", Body=b"signed")
    s3 = S3(server, tmp_path)
    url = s3("presign", "s3://bucket/a b/ü+.txt", "--expires-in", "60").strip()
    assert urllib.request.urlopen(url).read() == b"signed"
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(url.replace("Expires=60", "Expires=61"))

    def parts(text):
        head, query = text.split("?")
        return head, sorted(pair for pair in query.split("&") if not pair.startswith(("X-Amz-Date", "X-Amz-Signature")))

    def theirs(style, **more):
        client = boto3.client("s3", region_name="us-east-1", aws_access_key_id=ADMIN[0], aws_secret_access_key=ADMIN[1],
                              config=botocore.config.Config(signature_version="s3v4", s3={"addressing_style": style, "us_east_1_regional_endpoint": "regional"}), **more)
        return client.generate_presigned_url("get_object", {"Bucket": "bucket", "Key": "a b/ü+.txt"}, ExpiresIn=60)
    assert parts(url) == parts(theirs("auto", endpoint_url=server.url))
    for style in ("auto", "path", "virtual"):
        away = S3(server, tmp_path, settings=f"s3 =\n  addressing_style = {style}\n")
        del away.environment["AWS_ENDPOINT_URL"]
        assert parts(away("presign", "s3://bucket/a b/ü+.txt", "--expires-in", "60").strip()) == parts(theirs(style))
    assert s3.run("presign", "s3://bucket/k", "--expires-in", "604801").returncode == 252


def test_a_terminal_sees_progress(s3, large):
    import pty
    ours, theirs = pty.openpty()
    process = subprocess.Popen([PROGRAM, "s3", "cp", "large.bin", "s3://bucket/t"], env=s3.environment, cwd=s3.folder, stdout=theirs, stderr=subprocess.PIPE)
    os.close(theirs)
    text = b""
    try:
        while piece := os.read(ours, 4096):
            text += piece
    except OSError:
        pass
    assert process.wait(60) == 0
    assert re.search(rb"\rCompleted [\d.]+ \w+/~?20.0 MiB \([\d.]+ \w+/s\) with ~?1 file\(s\) remaining", text), text
    assert text.decode().replace("\r\n", "\n").endswith("\rupload: ./large.bin to s3://bucket/t\n")


def test_through_the_proxy_over_tls(server, bucket, large, tmp_path):
    """Without an endpoint: AWS's host names, virtual-hosted buckets, unsigned payloads."""
    s3 = S3(server, tmp_path)
    del s3.environment["AWS_ENDPOINT_URL"]
    s3.environment.update(HTTPS_PROXY=server.url, AWS_CA_BUNDLE=str(server.profiles / "ca.pem"))
    s3("cp", "large.bin", "s3://bucket/tls")
    s3("cp", "s3://bucket/tls", "tls.bin")
    assert hashlib.sha256((tmp_path / "tls.bin").read_bytes()).digest() == hashlib.sha256(large.read_bytes()).digest()
    assert s3("ls", "s3://bucket").split()[-1] == "tls"


def test_unsupported_settings_are_refused(server, bucket, tmp_path):
    for setting in ("use_accelerate_endpoint = true", "use_dualstack_endpoint = true", "max_bandwidth = 1MB/s"):
        (tmp_path / "a").write_text("a")
        done = S3(server, tmp_path, settings=f"s3 =\n  {setting}\n").run("cp", "a", "s3://bucket/a")
        assert done.returncode == 255 and "not supported" in done.stderr.decode()
    assert "Contents" not in bucket.list_objects_v2(Bucket="bucket")
