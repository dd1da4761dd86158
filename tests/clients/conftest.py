"""The server under test and the clients that talk to it.

One server for the whole run, on a free port of loopback, in a temporary directory; every test starts from its
state after start (POST /_rolecall/reset). ROLECALL names the binary. No client here is modified: boto3, the AWS CLI,
the JavaScript SDK and rclone are used as their users use them.
"""
import json
import os
import pathlib
import re
import subprocess
import tempfile
import time
import urllib.request

import boto3
import botocore.config
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
ACCOUNTS = {"dev": "111111111111", "prod": "222222222222", "staging": "333333333333", "login": "444444444444"}
REGION = "us-east-1"


def rolecall_binary():
    path = os.environ.get("ROLECALL")
    if path:
        return path
    for preset in ("asan", "dev", "release"):
        if (ROOT / "build" / preset / "rolecall").exists():
            return str(ROOT / "build" / preset / "rolecall")
    pytest.exit("no rolecall binary: build one or set ROLECALL", 2)


class Server:
    """A running `rolecall dev` and the ways to talk to it."""

    def __init__(self, directory, *flags):
        self.directory = pathlib.Path(directory)
        self.profiles = self.directory / "profiles"
        self.log = self.directory / "server.log"
        arguments = [rolecall_binary(), "dev", "--listen", "127.0.0.1:0", "--write-profiles", str(self.profiles)]
        for name, number in ACCOUNTS.items():
            arguments += ["--account", f"{name}={number}"]
            arguments += ["--admin-key", f"{number}:AKIAADMIN{number[:7]}0000:admin-secret-of-{name}"]
            arguments += ["--root-key", f"{number}:AKIAROOT{number[:8]}0000:root-secret-of-{name}"]
        self.process = subprocess.Popen(arguments + list(flags), stdout=subprocess.PIPE, stderr=open(self.log, "w"), text=True,
                                        cwd=self.directory)
        line = self.process.stdout.readline()
        match = re.fullmatch(r"ready (http://([^:]+):(\d+))\n", line)
        if not match:
            self.process.kill()
            raise RuntimeError(f"the server did not say it is ready: {line!r}\n{self.log.read_text()[-4000:]}")
        self.url, self.host, self.port = match.group(1), match.group(2), int(match.group(3))

    def stop(self):
        self.process.terminate()
        code = self.process.wait(timeout=60)
        assert code == 0, f"the server ended with {code}:\n{self.log.read_text()[-6000:]}"

    def post(self, path, body=b"{}"):
        request = urllib.request.Request(self.url + path, data=body, method="POST", headers={"X-Rolecall": "1"})
        return urllib.request.urlopen(request, timeout=30).read()

    def get(self, path):
        return urllib.request.urlopen(self.url + path, timeout=30).read().decode()

    def reset(self):
        self.post("/_rolecall/reset")

    def advance(self, seconds):
        """Moves the server's clock; signatures of clients that follow it are made with `skewed` clients."""
        self.post("/_rolecall/clock", json.dumps({"advance_seconds": seconds}).encode())

    # ---- boto3 ----------------------------------------------------------------------------------------------
    def raw_client(self, service, key, secret, token=None, region=REGION, **config):
        config.setdefault("retries", {"max_attempts": 0})
        if service == "s3":
            config.setdefault("s3", {"addressing_style": "path"})
        return boto3.client(service, endpoint_url=self.url, region_name=region, aws_access_key_id=key, aws_secret_access_key=secret,
                            aws_session_token=token, config=botocore.config.Config(**config))

    def client(self, service, account="dev", user=None, role_arn=None, region=REGION, root=False, **config):
        """A boto3 client: of the account's administrator; of `user` (an (id, secret) pair or a CreateAccessKey answer); of the
        account's root user; or of a session of `role_arn` obtained with those credentials."""
        if root:
            key, secret = f"AKIAROOT{ACCOUNTS[account][:8]}0000", f"root-secret-of-{account}"
        elif user is None:
            key, secret = f"AKIAADMIN{ACCOUNTS[account][:7]}0000", f"admin-secret-of-{account}"
        elif isinstance(user, dict):
            made = user.get("AccessKey", user)
            key, secret = made["AccessKeyId"], made["SecretAccessKey"]
        else:
            key, secret = user
        token = None
        if role_arn:
            got = self.raw_client("sts", key, secret).assume_role(RoleArn=role_arn, RoleSessionName="test")["Credentials"]
            key, secret, token = got["AccessKeyId"], got["SecretAccessKey"], got["SessionToken"]
        return self.raw_client(service, key, secret, token, region, **config)

    def make_user(self, name, account="dev", policy=None):
        """Creates a user with a key; `policy` becomes an inline policy. Returns (id, secret)."""
        iam = self.client("iam", account)
        iam.create_user(UserName=name)
        if policy:
            iam.put_user_policy(UserName=name, PolicyName="inline", PolicyDocument=json.dumps(policy))
        made = iam.create_access_key(UserName=name)["AccessKey"]
        return made["AccessKeyId"], made["SecretAccessKey"]

    # ---- other programs -----------------------------------------------------------------------------------------
    def environment(self, home, **extra):
        """For the AWS CLI that knows no endpoint setting: the HTTPS proxy of the contract."""
        keep = {k: v for k, v in os.environ.items() if not k.startswith("AWS_") and k.lower() not in ("https_proxy", "http_proxy", "no_proxy")}
        keep.update(HOME=str(home), HTTPS_PROXY=self.url, AWS_CA_BUNDLE=str(self.profiles / "ca.pem"), AWS_PAGER="",
                    AWS_CONFIG_FILE=str(pathlib.Path(home) / "config"), AWS_SHARED_CREDENTIALS_FILE=str(pathlib.Path(home) / "credentials"),
                    AWS_EC2_METADATA_DISABLED="true", **extra)
        return keep


@pytest.fixture(scope="session")
def running_server():
    with tempfile.TemporaryDirectory(prefix="rolecall-clients-") as directory:
        server = Server(directory)
        yield server
        server.stop()


@pytest.fixture
def server(running_server):
    running_server.reset()
    return running_server


@pytest.fixture
def iam(server):
    return server.client("iam")


@pytest.fixture
def make_user(server):
    return server.make_user


class Cli:
    """Debian's AWS CLI, typed as a person types it."""

    def __init__(self, server, home):
        self.server, self.home = server, pathlib.Path(home)
        self.environment = server.environment(home)

    def run(self, *words, stdin=None):
        return subprocess.run(["/usr/bin/aws", *words], env=self.environment, text=True, capture_output=True, input=stdin, timeout=120)

    def __call__(self, *words, stdin=None):
        """Succeeds, and answers the JSON that was printed (None when nothing was)."""
        done = self.run(*words, stdin=stdin)
        assert done.returncode == 0, f"aws {' '.join(words)}\n{done.stdout}{done.stderr}"
        try:
            return json.loads(done.stdout) if done.stdout.strip() else None
        except json.JSONDecodeError:
            return done.stdout

    def refused(self, *words):
        """Fails, and answers the error's text."""
        done = self.run(*words)
        assert done.returncode != 0, f"aws {' '.join(words)} should have been refused, answered:\n{done.stdout}"
        return done.stderr.strip()


@pytest.fixture
def aws(server, tmp_path):
    return Cli(server, tmp_path)


def error_of(call, **arguments):
    """The (code, status, message) with which a boto3 call is refused."""
    import botocore.exceptions
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**arguments)
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"].get("Message", "")
