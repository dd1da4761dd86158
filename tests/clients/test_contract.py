"""The command line as its users rely on it: flags, files, exit statuses, the internal endpoints.

Every test starts the servers it needs; most share a module's folder of state to keep the number of starts low.
"""
import contextlib
import json
import os
import pathlib
import re
import signal
import socket
import ssl
import stat
import subprocess
import time
import urllib.error
import urllib.request

import boto3
import botocore.config
import botocore.exceptions
import pytest

from conftest import REGION, ROOT, error_of, rolecall_binary

DEV, PROD, THIRD = "111111111111", "222222222222", "333333333333"
ALLOW_ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def environment(**more):
    kept = {k: v for k, v in os.environ.items() if not k.startswith("AWS_") and "proxy" not in k.lower()}
    return {**kept, **more}


def rolecall(*words, **more):
    return subprocess.run([rolecall_binary(), *map(str, words)], text=True, capture_output=True, timeout=60,
                          env=environment(**more))


class Running:
    """`rolecall dev` or `serve` with the flags given."""

    def __init__(self, directory, *flags, command="dev", env=None):
        self.log = pathlib.Path(directory) / "log"
        self.process = subprocess.Popen([rolecall_binary(), command, "--listen", "127.0.0.1:0", *map(str, flags)], text=True,
                                        stdout=subprocess.PIPE, stderr=open(self.log, "a"), env=env or environment())
        self.line = self.process.stdout.readline()
        match = re.fullmatch(r"ready (https?://127\.0\.0\.1:(\d+))\n", self.line)
        assert match, f"{self.line!r}\n{self.log.read_text()}"
        self.url, self.port = match.group(1), int(match.group(2))

    def client(self, service, key, secret, token=None, **config):
        config.setdefault("retries", {"max_attempts": 0})
        if service == "s3":
            config["s3"] = {"addressing_style": "path"}
        verify = config.pop("verify", None)
        return boto3.client(service, endpoint_url=self.url, region_name=REGION, aws_access_key_id=key, aws_secret_access_key=secret,
                            aws_session_token=token, config=botocore.config.Config(**config), verify=verify)

    def request(self, path, body=None, method=None, **headers):
        """(status, body) of a path."""
        request = urllib.request.Request(self.url + path, data=body, method=method, headers={"X-Rolecall": "1", **headers})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(timeout=30)


@contextlib.contextmanager
def running(directory, *flags, **more):
    server = Running(directory, *flags, **more)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            assert server.stop() == 0  # killed, it would leave its temporary folder


# ---- starting and stopping -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_starts_says_so_and_stops_cleanly_leaving_nothing(tmp_path, number):
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    with running(tmp_path, env=environment(TMPDIR=str(temporary))) as server:
        folders = list(temporary.iterdir())
        assert len(folders) == 1 and stat.S_IMODE(folders[0].stat().st_mode) == 0o700
        status, health = server.request("/_rolecall/health")
        assert status == 200 and json.loads(health)["status"] == "ok"
        assert server.stop(number) == 0
        assert server.process.stdout.read() == ""
    assert list(temporary.iterdir()) == []


def test_default_accounts_are_dev_and_prod(tmp_path):
    profiles = tmp_path / "p"
    with running(tmp_path, "--write-profiles", profiles):
        names = re.findall(r"\[(.*?)\]", (profiles / "credentials").read_text())
        assert names == ["dev-root", "prod-root"]


def test_keys_alone_leave_the_default_accounts(tmp_path):
    profiles = tmp_path / "p"
    with running(tmp_path, "--write-profiles", profiles, "--admin-key", "333333333333:id:secret"):
        names = re.findall(r"\[(.*?)\]", (profiles / "credentials").read_text())
        assert names == ["dev-root", "prod-root", "333333333333-root"]


def test_written_profiles_are_private_and_work(tmp_path):
    profiles = tmp_path / "a" / "p"
    with running(tmp_path, "--write-profiles", profiles, "--account", f"one={DEV}", "--account", f"two={PROD}",
                 "--root-key", f"{PROD}:known:secret:with:colons") as server:
        assert sorted(f.name for f in profiles.iterdir()) == ["ca.pem", "config", "credentials"]
        assert stat.S_IMODE((profiles / "credentials").stat().st_mode) == 0o600
        config = (profiles / "config").read_text()
        for name in ("one-root", "two-root"):
            section = config.split(f"[profile {name}]\n")[1].split("[")[0]
            assert "region = us-east-1\n" in section and f"endpoint_url = {server.url}\n" in section
        assert "[two-root]\naws_access_key_id = known\naws_secret_access_key = secret:with:colons\n" in (profiles / "credentials").read_text()
        assert (profiles / "ca.pem").read_text().startswith("-----BEGIN CERTIFICATE-----")
        session = {"AWS_CONFIG_FILE": str(profiles / "config"), "AWS_SHARED_CREDENTIALS_FILE": str(profiles / "credentials")}
        for name, account in (("one-root", DEV), ("two-root", PROD)):
            done = subprocess.run(["/usr/bin/aws", "sts", "get-caller-identity", "--profile", name, "--output", "text", "--query", "Arn"],
                                  text=True, capture_output=True, timeout=60,
                                  env=environment(HTTPS_PROXY=server.url, AWS_CA_BUNDLE=str(profiles / "ca.pem"), AWS_PAGER="", **session))
            assert done.stdout.strip() == f"arn:aws:iam::{account}:root", done.stderr


@pytest.mark.parametrize("flags, word", [
    (["--listen", "0.0.0.0:0"], "loopback"), (["--listen", "nonsense"], "HOST:PORT"), (["--listen", "127.0.0.1:99999"], "HOST:PORT"),
    (["--listen", "127.0.0.1:"], "HOST:PORT"), (["--account", "dev=12"], "--account"), (["--account", "=111111111111"], "--account"),
    (["--root-key", "x"], "--root-key"), (["--admin-key", "111111111111:id:"], "--admin-key"), (["--nosuch"], "--nosuch"),
    (["--listen"], "--listen"), (["more"], "more"),
])
def test_wrong_flags_are_usage_errors_that_name_the_flag(flags, word):
    done = rolecall("dev", *flags)
    assert (done.returncode, done.stdout) == (2, "") and word in done.stderr and done.stderr.startswith("rolecall")
    assert len(done.stderr.splitlines()) <= 2


def test_what_cannot_be_read_or_reached_is_status_three(tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("accounts: [{name: x}]\n")
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    for words, said in [
        (["dev", "--org", tmp_path / "none.yaml"], "none.yaml"), (["dev", "--org", bad], "bad.yaml"),
        (["dev", "--data", "/proc/nowhere"], "/proc/nowhere"), (["dev", "--listen", f"127.0.0.1:{taken.getsockname()[1]}"], "in use"),
        (["env", "--endpoint-url", "http://127.0.0.1:1"], "127.0.0.1:1"), (["audit", "--endpoint-url", "http://127.0.0.1:1"], "127.0.0.1:1"),
        (["audit", "--data", tmp_path / "none"], "no data folder"), (["explain", "d-x", "--data", tmp_path / "none"], "no data folder"),
        (["serve", "--data", tmp_path / "none"], "rolecall init"), (["eval", tmp_path / "none"], "none"), (["lint", tmp_path / "none"], "none"),
        (["sigv4", "--check", tmp_path / "none"], "none"),
    ]:
        done = rolecall(*words)
        assert done.returncode == 3 and said in done.stderr, (words, done.returncode, done.stderr)
    assert not (tmp_path / "none").exists()


def test_every_command_explains_itself():
    listed = rolecall("--help")
    commands = re.findall(r"^  ([a-z0-9]+)  ", listed.stdout, re.M)
    assert {"dev", "serve", "init", "audit", "explain", "env", "eval", "lint", "sigv4",
            "configure", "whoami", "creds", "exec", "cache", "keys", "profiles"} <= set(commands)
    assert len(listed.stdout.splitlines()) < 50
    assert "SERVICE OPERATION" in listed.stdout and "AWS Identity and Access Management" in listed.stdout
    for command in commands:
        if command == "help":
            continue
        done = rolecall(command, "--help")
        assert done.returncode == 0 and done.stdout and not done.stderr, command
        assert f"rolecall {command}" in done.stdout
        assert rolecall("help", command).stdout == done.stdout, command
    assert re.fullmatch(r"rolecall \d+\.\d+\.\d+\n", rolecall("--version").stdout)
    for words in (["nosuch"], ["help", "nosuch"]):
        done = rolecall(*words)
        assert done.returncode == 2 and "nosuch" in done.stderr
    assert rolecall().returncode == 2


# ---- keys of the flags ----------------------------------------------------------------------------------------------------
def test_known_keys_work_and_the_administrator_is_shown_nowhere(tmp_path):
    long_id, long_secret = "K" * 300, "s" * 500
    with running(tmp_path, "--root-key", f"{DEV}:r:s", "--admin-key", f"{DEV}:{long_id}:{long_secret}",
                 "--admin-key", f"{PROD}:a:b") as server:
        root = server.client("sts", "r", "s").get_caller_identity()
        assert (root["Arn"], root["UserId"]) == (f"arn:aws:iam::{DEV}:root", DEV)
        who = server.client("sts", long_id, long_secret).get_caller_identity()
        assert who["Arn"] == f"arn:aws:iam::{DEV}:user/rolecall/admin" and who["UserId"].startswith("AIDA")
        iam = server.client("iam", long_id, long_secret)
        assert iam.list_users()["Users"] == []
        summary = iam.get_account_summary()["SummaryMap"]
        assert (summary["Users"], summary["Policies"], summary["AccountAccessKeysPresent"]) == (0, 0, 0)
        details = iam.get_account_authorization_details()
        assert details["UserDetailList"] == [] and details["Policies"] == []
        # He may ask for himself; to everybody else he is nobody.
        assert iam.get_user()["User"]["UserName"] == "admin"
        assert error_of(server.client("iam", "r", "s").get_user, UserName="admin")[0] == "NoSuchEntity"
        assert iam.list_entities_for_policy(PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")["PolicyUsers"] == []
        assert iam.get_group(GroupName=iam.create_group(GroupName="g")["Group"]["GroupName"])["Users"] == []
        assert iam.list_access_keys()["AccessKeyMetadata"] == []
        assert error_of(server.client("iam", "r", "s").list_access_keys, UserName="admin")[0] == "NoSuchEntity"
        # An own user of that name is somebody else.
        iam.create_user(UserName="admin")
        assert [u["Arn"] for u in iam.list_users()["Users"]] == [f"arn:aws:iam::{DEV}:user/admin"]
        # He assumes roles, which root may not; an account that was missing is there.
        prod = server.client("iam", "a", "b")
        prod.create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": DEV}, "Action": "sts:AssumeRole"}]}))
        role = {"RoleArn": f"arn:aws:iam::{PROD}:role/r", "RoleSessionName": "s1"}
        server.client("sts", long_id, long_secret).assume_role(**role)
        assert error_of(server.client("sts", "r", "s").assume_role, **role)[0] == "AccessDenied"
        assert error_of(server.client("sts", "r", "wrong").get_caller_identity)[0] == "SignatureDoesNotMatch"


# ---- state ------------------------------------------------------------------------------------------------------------------
def test_a_data_folder_keeps_everything_over_restarts(tmp_path):
    data = tmp_path / "data"
    flags = ["--data", data, "--admin-key", f"{DEV}:admin:secret", "--org", ROOT / "examples" / "org.yaml"]
    big = os.urandom(700_000)
    with running(tmp_path, *flags) as server:
        iam = server.client("iam", "admin", "secret")
        before = iam.get_account_authorization_details()
        iam.create_user(UserName="kim")
        iam.put_user_policy(UserName="kim", PolicyName="p", PolicyDocument=json.dumps(ALLOW_ALL))
        key = iam.create_access_key(UserName="kim")["AccessKey"]
        session = server.client("sts", key["AccessKeyId"], key["SecretAccessKey"]).get_session_token()["Credentials"]
        s3 = server.client("s3", "admin", "secret")
        s3.create_bucket(Bucket="kept-bucket")
        s3.put_object(Bucket="kept-bucket", Key="small", Body=b"small", Metadata={"a": "b"})
        s3.put_object(Bucket="kept-bucket", Key="big", Body=big)
        # A second server on the same folder is refused, clearly, and does the first no harm.
        second = rolecall("dev", "--listen", "127.0.0.1:0", "--data", data)
        assert second.returncode == 3 and "another process" in second.stderr or "in use" in second.stderr, second.stderr
        assert rolecall("init", "--data", data).returncode in (2, 3)
        assert server.stop() == 0
    assert stat.S_IMODE((data / "keys" / "master.key").stat().st_mode) == 0o600
    everything = b"".join(f.read_bytes() for f in data.rglob("*") if f.is_file())
    assert key["SecretAccessKey"].encode() not in everything and session["SessionToken"].encode() not in everything
    with running(tmp_path, *flags) as server:
        iam = server.client("iam", "admin", "secret")
        after = iam.get_account_authorization_details()
        assert [u["UserName"] for u in after["UserDetailList"]] == sorted([u["UserName"] for u in before["UserDetailList"]] + ["kim"])
        # --org again changed nothing.
        for part in ("RoleDetailList", "GroupDetailList", "Policies"):
            assert after[part] == before[part]
        assert server.client("sts", key["AccessKeyId"], key["SecretAccessKey"]).get_caller_identity()["Arn"].endswith("user/kim")
        of_session = server.client("s3", session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"])
        got = of_session.get_object(Bucket="kept-bucket", Key="small")
        assert got["Body"].read() == b"small" and got["Metadata"] == {"a": "b"}
        assert of_session.get_object(Bucket="kept-bucket", Key="big")["Body"].read() == big
        assert server.stop() == 0
    # Without the flag its key is nobody's.
    with running(tmp_path, "--data", data) as server:
        status, why = server.request("/_rolecall/reset", b"")
        assert status == 409 and "--allow-reset" in why, "what is kept may be dear to somebody"
    with running(tmp_path, "--data", data, "--allow-reset") as server:
        status, why = server.request("/_rolecall/reset", b"")
        assert status == 409 and "objects were there" in why, "bytes that were there at the start cannot be put back"
        assert error_of(server.client("sts", "admin", "secret").get_caller_identity)[0] == "InvalidClientTokenId"
    (data / "keys" / "master.key").chmod(0o640)
    done = rolecall("dev", "--listen", "127.0.0.1:0", "--data", data)
    assert done.returncode == 3 and "chmod 600" in done.stderr


def test_reset_puts_the_start_back_within_milliseconds(tmp_path):
    with running(tmp_path, "--admin-key", f"{DEV}:admin:secret", "--root-key", f"{DEV}:root:secret") as server:
        iam, s3 = server.client("iam", "admin", "secret"), server.client("s3", "admin", "secret")
        for i in range(20):
            iam.create_user(UserName=f"u{i}")
        key = iam.create_access_key(UserName="u0")["AccessKey"]
        s3.create_bucket(Bucket="gone-bucket")
        s3.put_object(Bucket="gone-bucket", Key="k", Body=b"x" * 200_000)
        assert server.request("/_rolecall/clock", b'{"advance_seconds": 100}') == (200, "{}\n")
        took = []
        for _ in range(5):
            begin = time.perf_counter()
            assert server.request("/_rolecall/reset", b"") == (200, "{}\n")
            took.append(time.perf_counter() - begin)
        assert min(took) < 0.1, took  # a few milliseconds; the machine may be busy
        assert iam.list_users()["Users"] == [] and s3.list_buckets()["Buckets"] == []
        assert error_of(server.client("sts", key["AccessKeyId"], key["SecretAccessKey"]).get_caller_identity)[0] == "InvalidClientTokenId"
        assert server.client("sts", "root", "secret").get_caller_identity()["Arn"].endswith(":root")
        s3.create_bucket(Bucket="gone-bucket")
        assert "Contents" not in s3.list_objects_v2(Bucket="gone-bucket")
        made = iam.create_user(UserName="now")["User"]["CreateDate"].timestamp()
        assert abs(made - time.time()) < 30, "the clock is back too"


def test_reset_of_a_kept_folder_leaves_the_trail(tmp_path):
    with running(tmp_path, "--data", tmp_path / "data", "--allow-reset", "--admin-key", f"{DEV}:admin:secret") as server:
        server.client("iam", "admin", "secret").create_user(UserName="gone")
        assert server.request("/_rolecall/reset", b"") == (200, "{}\n")
        assert server.client("iam", "admin", "secret").list_users()["Users"] == []
        names = [json.loads(line)["record"]["eventName"] for line in server.request("/_rolecall/audit?limit=100")[1].splitlines()]
        assert "CreateUser" in names, "who did what is not undone"


# What a browser sends for a page of somebody else: a form or a fetch with mode no-cors, and, by a name that leads here, anything.
PAGES = [
    {"Host": "attacker.example", "Origin": "http://attacker.example", "Content-Type": "application/x-www-form-urlencoded"},
    {"Origin": "http://attacker.example", "Content-Type": "text/plain"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost:3000"}, {"Host": "attacker.example", "X-Rolecall": "1"},
    {"Host": "localhost.attacker.example", "X-Rolecall": "1"}, {"Origin": "http://attacker.example", "X-Rolecall": "1"},
    {"Sec-Fetch-Site": "cross-site", "X-Rolecall": "1"}, {"X-Rolecall": "0"}, {},
]


def test_no_page_of_the_web_resets_moves_the_clock_or_reads(tmp_path):
    with running(tmp_path, "--admin-key", f"{DEV}:admin:secret") as server:
        server.client("iam", "admin", "secret").create_user(UserName="precious")
        decision = "/_rolecall/decisions/d-x"
        for page in PAGES:
            headers = {"X-Rolecall": "", **page}
            for path, body in (("reset", b""), ("clock", b'{"advance_seconds":40000000}')):
                status, why = server.request("/_rolecall/" + path, body, **headers)
                assert status == 403 and why, (path, page)
            foreign = "attacker" in page.get("Host", "") or "Origin" in page or "Sec-Fetch-Site" in page
            for path in ("/_rolecall/audit", "/_rolecall/simulate?x", "/_rolecall/health", "/_rolecall/metrics", decision):
                assert (server.request(path, None, **headers)[0] == 403) == foreign, (path, page)
        users = server.client("iam", "admin", "secret").list_users()["Users"]
        assert [u["UserName"] for u in users] == ["precious"], "neither reset nor moved: the signature is of today"


def test_the_clock_stays_within_a_hundred_years(tmp_path):
    with running(tmp_path) as server:
        assert server.request("/_rolecall/clock", b'{"advance_seconds": 3000000000}')[0] == 200
        for seconds in (3000000000, 163000000, 9223372036854775807, -9223372036854775808):
            assert server.request("/_rolecall/clock", b'{"advance_seconds": %d}' % seconds)[0] == 400, seconds
        for _ in range(2):
            assert server.request("/_rolecall/clock", b'{"advance_seconds": -3000000000}')[0] == 200
        assert server.request("/_rolecall/clock", b'{"advance_seconds": -3000000000}')[0] == 400


def test_the_clock_moves_and_refuses_nonsense(tmp_path):
    with running(tmp_path, "--admin-key", f"{DEV}:admin:secret") as server:
        iam = server.client("iam", "admin", "secret")
        assert server.request("/_rolecall/clock", b'{"advance_seconds": 200}')[0] == 200
        assert 195 < iam.create_user(UserName="later")["User"]["CreateDate"].timestamp() - time.time() < 260
        assert server.request("/_rolecall/clock", b'{"advance_seconds": -200}')[0] == 200
        for body in (b"", b"{", b"[]", b"{}", b'{"advance_seconds": "1"}', b'{"advance_seconds": 1.5}', b'{"advance_seconds": null}',
                     b'{"advance_seconds": 99999999999999}', b'{"advance_seconds": 1e30}'):
            status, answer = server.request("/_rolecall/clock", body)
            assert status == 400 and "advance_seconds" in answer, body
        assert server.request("/_rolecall/clock", b" " * 10_000)[0] == 413
        assert server.request("/_rolecall/clock")[0] == 404 and server.request("/_rolecall/reset")[0] == 404
        assert server.request("/_rolecall/nothing")[0] == 404
        assert server.request("/_rolecall/decisions/d-none")[0] == 404
        assert server.request("/_rolecall/audit?limit=x")[0] == 400 and server.request("/_rolecall/audit?nosuch=1")[0] == 400
        assert abs(iam.create_user(UserName="same")["User"]["CreateDate"].timestamp() - time.time()) < 30
        # A session expires when the clock has passed its end. (Signatures are made with the client's clock: moved too.)
        status, text = server.request("/_rolecall/metrics")
        assert status == 200 and re.search(r"^rolecall_\w+(\{.*\})? \d", text, re.M) and "# TYPE" in text
        for line in text.splitlines():
            assert re.fullmatch(r"# (HELP|TYPE) \w+ .+|\w+(\{[^}]*\})? [-+.\deInf]+", line), line


def test_env_prints_what_a_shell_can_eval(tmp_path):
    folder = tmp_path / "it's here"
    with running(tmp_path, "--write-profiles", folder) as server:
        script = f'eval "$({rolecall_binary()} env --endpoint-url {server.url})" && /usr/bin/aws sts get-caller-identity --profile prod-root --output text --query Arn' \
                 f' && {rolecall_binary()} audit --event GetCallerIdentity && {rolecall_binary()} env | head -1'
        done = subprocess.run(["bash", "-c", script], text=True, capture_output=True, env=environment(AWS_PAGER=""), timeout=60)
        lines = done.stdout.splitlines()
        assert lines[0] == f"arn:aws:iam::{PROD}:root", done.stderr
        assert "sts:GetCallerIdentity  ok" in lines[1] and lines[2] == f"export AWS_ENDPOINT_URL='{server.url}'"
    names = [line.split("=")[0] for line in done.stdout.splitlines() if line.startswith("export")]
    assert names == ["export AWS_ENDPOINT_URL"]


# ---- serve --------------------------------------------------------------------------------------------------------------------
def test_serve_needs_init_and_has_no_dev_endpoints(tmp_path):
    data, key_file = tmp_path / "data", tmp_path / "elsewhere" / "master.key"
    assert rolecall("init", "--data", data, "--account", "12").returncode == 2 and not data.exists()
    done = rolecall("init", "--data", data, "--account", DEV, "--name", "first", "--master-key", key_file)
    assert done.returncode == 0, done.stderr
    key = re.search(r"access key +(AKIA\w{16})$", done.stdout, re.M).group(1)
    secret = re.search(r"secret key +(\S{40})$", done.stdout, re.M).group(1)
    assert f"account        {DEV}\n" in done.stdout and f"--master-key {key_file}" in done.stdout
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600 and not (data / "keys" / "master.key").exists()
    again = rolecall("init", "--data", data, "--master-key", key_file)
    assert again.returncode == 2 and "has accounts already" in again.stderr
    assert rolecall("serve", "--data", data, "--listen", "127.0.0.1:0").returncode == 3, "its key is elsewhere"
    for flag in ("--root-key", "--admin-key", "--account", "--write-profiles"):
        assert rolecall("serve", "--data", data, flag, f"{DEV}:a:b").returncode == 2, "no known keys"
    with running(tmp_path, "--data", data, "--master-key", key_file, command="serve") as server:
        assert server.url.startswith("https://")
        iam = server.client("iam", key, secret, verify=str(data / "ca.pem"))
        iam.create_user(UserName="kim")
        context = ssl.create_default_context(cafile=str(data / "ca.pem"))
        with urllib.request.urlopen(server.url + "/_rolecall/health", context=context) as answer:
            health = json.loads(answer.read())
            assert health["status"] == "ok" and "ca_bundle" not in health
        for path, body in (("reset", b"{}"), ("clock", b'{"advance_seconds":1}'), ("audit", None), ("decisions/d-x", None)):
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(urllib.request.Request(server.url + "/_rolecall/" + path, data=body, headers={"X-Rolecall": "1"}), context=context)
            assert refused.value.code == 404
        shown = rolecall("audit", "--data", data, "--event", "CreateUser")
        assert shown.returncode == 0 and "iam:CreateUser  ok" in shown.stdout
        assert server.stop() == 0


def own_address():
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        return probe.getsockname()[0]


def test_serve_speaks_only_tls_to_the_network(tmp_path):
    address = own_address()
    if address is None or address.startswith("127."):
        pytest.skip("this machine has no address but loopback")
    data = tmp_path / "data"
    assert rolecall("init", "--data", data).returncode == 0
    process = subprocess.Popen([rolecall_binary(), "serve", "--data", str(data), "--listen", "0.0.0.0:0"], stdout=subprocess.PIPE, text=True,
                               stderr=subprocess.DEVNULL)
    try:
        port = int(process.stdout.readline().rsplit(":", 1)[1])
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"http://{address}:{port}/_rolecall/health", timeout=10)
        assert refused.value.code == 403
        lax = ssl._create_unverified_context()
        with urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=lax)).open(
                f"https://{address}:{port}/_rolecall/health", timeout=10) as answer:
            assert answer.status == 200
    finally:
        process.terminate()
        assert process.wait(30) == 0


# ---- the oracle ---------------------------------------------------------------------------------------------------------------
def test_eval_and_lint_are_wired(tmp_path):
    vectors = {"topic": "t", "vectors": [
        {"name": "nothing allows it", "request": {"principal": {"kind": "User", "account": DEV, "arn": f"arn:aws:iam::{DEV}:user/a"}, "action": "s3:GetObject",
                                                  "resource": "arn:aws:s3:::b/k", "resourceAccount": DEV, "context": {}},
         "identityPolicies": [], "expected": "ImplicitlyDenied"}]}
    file = tmp_path / "v.json"
    file.write_text(json.dumps(vectors))
    done = rolecall("eval", file)
    assert (done.returncode, done.stdout) == (0, "nothing allows it\tImplicitlyDenied\n"), done.stderr
    done = rolecall("eval", "--check", file)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "1 passed, 0 failed")
    vectors["vectors"][0]["expected"] = "Allowed"
    file.write_text(json.dumps(vectors))
    done = rolecall("eval", "--check", file)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "0 passed, 1 failed")
    assert rolecall("eval", "--nosuch", file).returncode == 2 and rolecall("eval").returncode == 2
    policy = tmp_path / "p.json"
    policy.write_text(json.dumps(ALLOW_ALL))
    assert rolecall("lint", policy).returncode == 0
    policy.write_text('{"Version":"2012-10-17",\n # a comment\n "Statement":[]}')
    done = rolecall("lint", policy)
    assert done.returncode == 1 and re.search(r"p\.json:2:\d+", done.stdout), done.stdout
    assert rolecall("lint", "--kind", "nosuch", policy).returncode == 2
    for file in (ROOT / "tests" / "vectors" / "sigv4" / f"{name}.json" for name in ("header", "query", "s3")):  # chunked.json has a form of its own
        done = rolecall("sigv4", "--check", file)
        assert done.returncode == 0 and re.search(r"[1-9]\d* passed, 0 failed", done.stdout), done.stdout + done.stderr
