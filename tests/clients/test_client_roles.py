"""The client end to end against our server, without the AWS CLI: roles, chains, MFA, the cache, exec, errors."""
import base64
import concurrent.futures
import hashlib
import hmac
import json
import os
import pathlib
import struct
import subprocess
import time
import urllib.error
import urllib.request

import pytest

from conftest import ACCOUNTS, rolecall_binary

DEV, PROD, LOGIN = ACCOUNTS["dev"], ACCOUNTS["prod"], ACCOUNTS["login"]
ROLE = f"arn:aws:iam::{PROD}:role/CrossAccountPowerUser"


def trust(principal, **condition):
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole", **condition}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def allow(action, resource):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": resource}]}


class Client:
    """`rolecall`, typed as a person types it, in a home of its own."""

    def __init__(self, server, home):
        self.server, self.home = server, pathlib.Path(home)
        self.binary = os.environ.get("ROLECALL_CLIENT") or rolecall_binary()
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(home), "AWS_EC2_METADATA_DISABLED": "true", "AWS_ENDPOINT_URL": server.url}

    def run(self, *words, **more):
        environment = {**self.environment, **more.pop("env", {})}
        return subprocess.run([self.binary, *words], env=environment, text=True, capture_output=True, timeout=120, start_new_session=True, **more)

    def __call__(self, *words, **more):
        done = self.run(*words, **more)
        assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}{done.stderr}"
        return done.stdout

    def json(self, *words, **more):
        return json.loads(self(*words, **more))

    def refused(self, *words, **more):
        done = self.run(*words, **more)
        assert done.returncode != 0, done.stdout
        return done.stderr

    def sessions(self):
        return sorted((self.home / ".cache/rolecall/sessions").glob("*.json"))


@pytest.fixture
def client(server, tmp_path):
    return Client(server, tmp_path)


@pytest.fixture
def developer(server, client):
    """Walkthrough A with `rolecall` alone: configure, then the role and its profile."""
    key, secret = server.make_user("developer", policy=allow(["sts:AssumeRole"], "*"))
    client("configure", input=f"{key}\n{secret}\nus-east-1\njson\n")
    server.client("iam", "prod").create_role(RoleName="CrossAccountPowerUser", AssumeRolePolicyDocument=trust(f"arn:aws:iam::{DEV}:user/developer"))
    client("configure", "set", "profile.prod.role_arn", ROLE)
    client("configure", "set", "profile.prod.source_profile", "default")
    return key, secret


def assume_roles(server):
    """How often AssumeRole was asked for, by the server's trail."""
    deadline = time.monotonic() + 10
    while True:
        lines = server.get("/_rolecall/audit?event=AssumeRole&limit=1000").splitlines()
        if lines or time.monotonic() > deadline:
            return len(lines)
        time.sleep(0.1)


def test_walkthrough_a(client, developer):
    assert client.json("whoami", "--output", "json")["Arn"] == f"arn:aws:iam::{DEV}:user/developer"
    first = client.json("creds", "--profile", "prod")
    assert first["AccessKeyId"].startswith("ASIA") and first["Expiration"].endswith("+00:00")
    assert client.json("creds", "--profile", "prod") == first, "kept, not made again"
    who = client.json("whoami", "--profile", "prod", "--output", "json")
    assert who["Account"] == PROD and ":assumed-role/CrossAccountPowerUser/rolecall-session-" in who["Arn"]
    assert [hop["Method"] for hop in who["Chain"]] == ["shared-credentials-file", "assume-role"]
    (kept,) = client.sessions()
    assert kept.stat().st_mode & 0o777 == 0o600


def test_session_is_renewed_when_the_servers_hour_is_over(server, client, developer):
    first = client.json("creds", "--profile", "prod")
    path = client.sessions()[0]
    entry = json.loads(path.read_text())
    entry["Credentials"]["Expiration"] = "2020-01-01T00:00:00+00:00"
    path.write_text(json.dumps(entry))
    assert client.json("creds", "--profile", "prod")["AccessKeyId"] != first["AccessKeyId"]


@pytest.mark.parametrize("broken", ["", "{", "null", '{"Credentials": {}}', "\0" * 100])
def test_broken_cache_file_is_replaced(client, developer, broken):
    client.json("creds", "--profile", "prod")
    path = client.sessions()[0]
    path.write_text(broken)
    keys = client.json("creds", "--profile", "prod")
    assert json.loads(path.read_text())["Credentials"]["AccessKeyId"] == keys["AccessKeyId"]


def test_fifty_starts_one_assume_role(server, client, developer):
    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        keys = set(pool.map(lambda _: client("creds", "--profile", "prod"), range(50)))
    assert len(keys) == 1
    time.sleep(1.5)
    assert assume_roles(server) == 1


def test_short_sessions_are_kept(client, developer):
    client("configure", "set", "profile.prod.duration_seconds", "900")
    assert client("creds", "--profile", "prod") == client("creds", "--profile", "prod")


def test_another_identity_never_gets_the_session(server, client, developer):
    first = client.json("creds", "--profile", "prod")
    key, secret = server.make_user("other", policy=allow("sts:AssumeRole", "*"))
    client("configure", "set", "aws_access_key_id", key)
    client("configure", "set", "aws_secret_access_key", secret)
    text = client.refused("creds", "--profile", "prod")
    assert "AccessDenied" in text and first["AccessKeyId"] not in text


def test_the_aws_clis_cache_is_shared_on_request(client, developer):
    client("configure", "set", "profile.prod.share_aws_cli_cache", "true")
    keys = client.json("creds", "--profile", "prod")
    name = hashlib.sha1(json.dumps({"RoleArn": ROLE}, sort_keys=True).encode()).hexdigest()
    path = client.home / ".aws/cli/cache" / f"{name}.json"
    assert json.loads(path.read_text())["Credentials"]["AccessKeyId"] == keys["AccessKeyId"]
    assert path.stat().st_mode & 0o777 == 0o600
    client("cache", "clear")
    assert client.json("creds", "--profile", "prod") == keys, "read from there"


def test_errors_say_where(server, client, developer):
    server.client("iam", "dev").delete_user_policy(UserName="developer", PolicyName="inline")
    done = client.run("creds", "--profile", "prod")
    assert done.returncode == 254
    assert "An error occurred (AccessDenied) when calling the AssumeRole operation: User: arn:aws:iam::" in done.stderr
    assert f"hop 1: profile `prod` assumes {ROLE}" in done.stderr
    assert f"as: {developer[0]}, from shared-credentials-file of profile `default`" in done.stderr
    assert f"at: {server.url}, region us-east-1" in done.stderr


def test_unreachable_endpoint_is_named(client, developer):
    done = client.run("creds", "--profile", "prod", "--endpoint-url", "http://127.0.0.1:1")
    assert done.returncode == 255
    assert 'Could not connect to the endpoint URL: "http://127.0.0.1:1/"' in done.stderr
    assert "hop 1: profile `prod`" in done.stderr


def test_chain_of_roles_and_a_stale_middle_session(server, client, developer):
    server.client("iam", "login").create_role(RoleName="Second", AssumeRolePolicyDocument=trust(ROLE))
    server.client("iam", "prod").put_role_policy(RoleName="CrossAccountPowerUser", PolicyName="p", PolicyDocument=json.dumps(allow("sts:AssumeRole", "*")))
    client("configure", "set", "profile.second.role_arn", f"arn:aws:iam::{LOGIN}:role/Second")
    client("configure", "set", "profile.second.source_profile", "prod")
    who = client.json("whoami", "--profile", "second", "--output", "json")
    assert who["Account"] == LOGIN and len(who["Chain"]) == 3
    # The server forgets the middle session (here: its token is spoiled); the last hop opens it anew.
    for path in client.sessions():
        entry = json.loads(path.read_text())
        if entry["Rolecall"]["Profile"] == "second":
            path.unlink()
        else:
            entry["Credentials"]["AccessKeyId"] = "ASIAGONEGONEGONEGONE"
            path.write_text(json.dumps(entry))
    assert client.json("creds", "--profile", "second")["AccessKeyId"].startswith("ASIA")


def test_walkthrough_b_with_external_id(server, client):
    key, secret = server.make_user("admin", policy=allow("*", "*"))
    client("configure", input=f"{key}\n{secret}\nus-east-1\n\n")
    server.client("iam", "prod").create_role(
        RoleName="CrossAccountAdminRole",
        AssumeRolePolicyDocument=trust(f"arn:aws:iam::{DEV}:root", Condition={"StringEquals": {"sts:ExternalId": "x1"}}))
    client("configure", "set", "profile.b.role_arn", f"arn:aws:iam::{PROD}:role/CrossAccountAdminRole")
    client("configure", "set", "profile.b.source_profile", "default")
    assert "AccessDenied" in client.refused("whoami", "--profile", "b")
    client("configure", "set", "profile.b.external_id", "x1")
    assert client.json("whoami", "--profile", "b", "--output", "json")["Account"] == PROD


def test_walkthrough_e(server, client):
    iam = server.client("iam", "login")
    iam.create_group(GroupName="CloudOps")
    iam.put_group_policy(GroupName="CloudOps", PolicyName="p", PolicyDocument=json.dumps(allow("sts:AssumeRole", f"arn:aws:iam::{PROD}:role/Admin")))
    key, secret = server.make_user("op", "login")
    iam.add_user_to_group(GroupName="CloudOps", UserName="op")
    server.client("iam", "prod").create_role(RoleName="Admin", AssumeRolePolicyDocument=trust(f"arn:aws:iam::{LOGIN}:root"))
    client("configure", input=f"{key}\n{secret}\nus-east-1\n\n")
    client("configure", "set", "profile.project.role_arn", f"arn:aws:iam::{PROD}:role/Admin")
    client("configure", "set", "profile.project.source_profile", "default")
    assert client.json("whoami", "--profile", "project", "--output", "json")["Account"] == PROD
    iam.remove_user_from_group(GroupName="CloudOps", UserName="op")
    assert "AccessDenied" in client.refused("creds", "--profile", "project", "--no-cache")


def totp(seed, at):
    digest = hmac.new(base64.b32decode(seed), struct.pack(">Q", int(at) // 30), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset:offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def test_one_code_for_every_role(server, client, developer):
    iam = server.client("iam", "dev")
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName="developer")["VirtualMFADevice"]
    seed, serial = device["Base32StringSeed"].decode(), device["SerialNumber"]
    now = time.time()
    iam.enable_mfa_device(UserName="developer", SerialNumber=serial, AuthenticationCode1=totp(seed, now - 60), AuthenticationCode2=totp(seed, now - 30))
    for name in ("One", "Two"):
        server.client("iam", "prod").create_role(RoleName=name, AssumeRolePolicyDocument=trust(
            f"arn:aws:iam::{DEV}:root", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}))
        profile = f"profile.{name.lower()}"
        client("configure", "set", f"{profile}.role_arn", f"arn:aws:iam::{PROD}:role/{name}")
        client("configure", "set", f"{profile}.source_profile", "default")
        assert "AccessDenied" in client.refused("creds", "--profile", name.lower())
        client("configure", "set", f"{profile}.mfa_serial", serial)
    assert f"There is no terminal to ask for the MFA code of {serial}." in client.refused("creds", "--profile", "one", input="123456\n")
    asked = client.home / "asked"
    for name in ("one", "two"):
        client("configure", "set", f"profile.{name}.mfa_process", f"sh -c 'echo x >> {asked}; echo {totp(seed, time.time())}'")
    for name in ("one", "two"):
        assert client.json("whoami", "--profile", name, "--output", "json")["Arn"].startswith(f"arn:aws:sts::{PROD}:assumed-role/{name.title()}/")
    assert asked.read_text() == "x\n", "one code served both roles"


def test_mfa_login_writes_a_profile(server, client, developer):
    iam = server.client("iam", "dev")
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName="developer")["VirtualMFADevice"]
    seed, serial = device["Base32StringSeed"].decode(), device["SerialNumber"]
    now = time.time()
    iam.enable_mfa_device(UserName="developer", SerialNumber=serial, AuthenticationCode1=totp(seed, now - 60), AuthenticationCode2=totp(seed, now - 30))
    login = ["configure", "mfa-login"]

    def refused(status, *words):
        done = client.run(*login, *words)
        assert done.returncode == status, done.stderr
        return done.stderr

    assert "MFA serial number or ARN is required" in refused(1)
    client("configure", "set", "region", "us-east-1", "--profile", "empty")
    assert "Unable to locate credentials for profile empty" in refused(1, "--profile", "empty")
    assert "There is no terminal" in refused(255, "--serial-number", serial)
    assert "invalid int value: 'x'" in refused(252, "--duration-seconds", "x")
    client("configure", "set", "mfa_process", "echo 000000")
    assert "An error occurred (AccessDenied) when calling the GetSessionToken operation" in refused(254, "--serial-number", serial)
    client("configure", "set", "mfa_serial", serial)
    client("configure", "set", "mfa_process", f"echo {totp(seed, time.time())}")
    out = client(*login, "--update-profile", "session", "--duration-seconds", "3600")
    assert out.startswith("Temporary credentials written to profile 'session'\nCredentials will expire at 20")
    assert out.endswith(" UTC\nTo use these credentials, specify --profile session when running AWS CLI commands\n")
    assert client.json("whoami", "--profile", "session", "--output", "json")["Arn"] == f"arn:aws:iam::{DEV}:user/developer"
    assert "[session]\naws_access_key_id = ASIA" in (client.home / ".aws/credentials").read_text()


def test_exec_gives_the_environment_and_the_status(client, developer):
    client("configure", "set", "region", "us-east-1", "--profile", "prod")
    out = client("exec", "--profile", "prod", "--", "sh", "-c", "echo $AWS_ACCESS_KEY_ID $AWS_PROFILE. $AWS_REGION $ROLECALL_PROFILE",
                 env={"AWS_PROFILE": "default"})
    key, rest = out.split(" ", 1)
    assert key.startswith("ASIA") and rest == ". us-east-1 prod\n"
    assert client.run("exec", "--", "sh", "-c", "exit 7").returncode == 7
    assert client.run("exec", "--", "/no/such/program").returncode == 127
    assert client.run("exec", "sh").returncode == 252


def test_exec_server_answers_its_own_program_only(client, developer):
    script = ("import json, os, urllib.request, urllib.error\n"
              "url, token = os.environ['AWS_CONTAINER_CREDENTIALS_FULL_URI'], os.environ['AWS_CONTAINER_AUTHORIZATION_TOKEN']\n"
              "def ask(path, token):\n"
              "  try: return json.load(urllib.request.urlopen(urllib.request.Request(url + path, headers={'Authorization': token})))\n"
              "  except urllib.error.HTTPError as e: return e.code\n"
              "print(json.dumps([ask('', token), ask('', 'guess'), ask('profile/default', token), ask('other', token), 'AWS_ACCESS_KEY_ID' in os.environ]))\n")
    own, guessed, other, lost, polluted = client.json("exec", "--server", "--profile", "prod", "--", "/usr/bin/python3", "-c", script)
    assert own["AccessKeyId"].startswith("ASIA") and set(own) >= {"SecretAccessKey", "Token", "Expiration"}
    assert guessed == 403 and lost == 404 and not polluted
    assert other["AccessKeyId"] == developer[0]


def test_exec_server_serves_boto3(server, client, developer):
    script = ("import boto3, os; c = boto3.client('sts', region_name='us-east-1', endpoint_url=os.environ['AWS_ENDPOINT_URL'])\n"
              "print(c.get_caller_identity()['Account'])")
    assert client("exec", "--server", "--profile", "prod", "--", "/usr/bin/python3", "-c", script).strip() == PROD


def test_explain_names_every_provider(client, developer):
    out = client("whoami", "--profile", "prod", "--explain")
    assert "  prod: env: no: not looked at: --profile was given\n" in out
    assert "  prod: assume-role: taken\n" in out
    assert "  default: shared-credentials-file: taken\n" in out
