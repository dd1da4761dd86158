"""What issue 4 asks to be proved of the client, beside test_client_roles.py: prompts on a terminal, clocks that move, crowds, kills, and the
endpoints of other people's machines."""
import concurrent.futures
import http.server
import json
import os
import pty
import random
import subprocess
import threading
import time

import pytest

from conftest import ACCOUNTS, Server
from test_client_roles import Client, allow, client, developer, totp, trust  # noqa: F401 (two are fixtures)

DEV, PROD = ACCOUNTS["dev"], ACCOUNTS["prod"]
ROLE = f"arn:aws:iam::{PROD}:role/CrossAccountPowerUser"
KEYS = {"AccessKeyId": "ASIAFAKE", "SecretAccessKey": "fakesecret", "Token": "faketoken", "Expiration": "2100-01-01T00:00:00Z"}


def events(server, name):
    """How often the trail has an event, once it has settled (records are written within a second)."""
    time.sleep(1.5)
    return len(server.get(f"/_rolecall/audit?event={name}&limit=1000").splitlines())


# ---- walkthrough D3: MFA on a role ------------------------------------------------------------------------------------------------------
class Device:
    """The developer's MFA device and two roles that want it."""

    def __init__(self, server, client):
        self.server, self.used = server, set()
        iam = server.client("iam", "dev")
        made = iam.create_virtual_mfa_device(VirtualMFADeviceName="developer")["VirtualMFADevice"]
        self.seed, self.serial = made["Base32StringSeed"].decode(), made["SerialNumber"]
        now = time.time()
        iam.enable_mfa_device(UserName="developer", SerialNumber=self.serial, AuthenticationCode1=totp(self.seed, now - 60), AuthenticationCode2=totp(self.seed, now - 30))
        for name in ("one", "two"):
            server.client("iam", "prod").create_role(RoleName=name, AssumeRolePolicyDocument=trust(f"arn:aws:iam::{DEV}:root", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}))
            client("configure", "set", f"profile.{name}.role_arn", f"arn:aws:iam::{PROD}:role/{name}")
            client("configure", "set", f"profile.{name}.source_profile", "default")
            client("configure", "set", f"profile.{name}.mfa_serial", self.serial)

    def code(self):
        """One that was not used yet: of now, else of the next half minute (the server takes both)."""
        for at in (time.time(), time.time() + 30):
            if totp(self.seed, at) not in self.used:
                self.used.add(totp(self.seed, at))
                return totp(self.seed, at)
        raise AssertionError("codes are used up; wait half a minute")


@pytest.fixture
def device(server, client, developer):  # noqa: F811
    return Device(server, client)


def on_terminal(client, *words, types, stdin=None):  # noqa: F811
    """Runs with a terminal and types when asked. Returns (status, what the terminal showed, how often it was asked)."""
    pid, terminal = pty.fork()
    if pid == 0:
        if stdin is not None:
            read, write = os.pipe()
            os.write(write, stdin.encode())
            os.close(write)
            os.dup2(read, 0)
        os.execve(client.binary, [client.binary, *words], client.environment)
    shown, types = b"", list(types)
    asked = 0
    while True:
        try:
            piece = os.read(terminal, 4096)
        except OSError:
            break
        if not piece:
            break
        shown += piece
        if shown.count(b"Enter MFA code for ") > asked and shown.rstrip(b"\r\n").endswith(b": "):
            asked += 1
            os.write(terminal, (types.pop(0) if types else "").encode() + b"\n")
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode(), asked


def test_d3_one_prompt_on_the_terminal_for_every_role(server, client, device):  # noqa: F811
    code = device.code()
    status, shown, asked = on_terminal(client, "whoami", "--profile", "one", types=[code], stdin="999999\n")
    assert status == 0, shown
    assert asked == 1 and f"Enter MFA code for {device.serial}: " in shown and code not in shown, "asked on the terminal, not echoed, stdin left alone"
    assert f":assumed-role/one/" in shown and "mfa-session" in shown
    status, shown, asked = on_terminal(client, "whoami", "--profile", "two", types=[])
    assert status == 0 and asked == 0 and ":assumed-role/two/" in shown, "the same person was asked already"
    assert client.json("creds", "--profile", "two")["AccessKeyId"].startswith("ASIA"), "no terminal is needed any more"


def test_d3_wrong_and_used_codes(server, client, device):  # noqa: F811
    right = device.code()
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    status, shown, _ = on_terminal(client, "creds", "--profile", "one", types=[wrong])
    assert status == 254 and "MultiFactorAuthentication failed with invalid MFA one time pass code" in shown and f"MFA session of {device.serial}" in shown
    assert not client.sessions(), "nothing is kept of a refusal"
    status, shown, _ = on_terminal(client, "creds", "--profile", "one", types=[""])
    assert status == 255 and "No MFA code was entered" in shown
    assert on_terminal(client, "creds", "--profile", "one", types=[right])[0] == 0
    client("cache", "clear")
    status, shown, _ = on_terminal(client, "creds", "--profile", "one", types=[right])
    assert status == 254 and "MultiFactorAuthentication failed" in shown, "a code works once"
    for command, text in [("/no/such/program", "No such file"), ("false", "gave no code"), ("sh -c 'echo why >&2; exit 3'", "why"), ("'open", "is no command")]:
        client("configure", "set", "profile.one.mfa_process", command)
        assert text in client.refused("creds", "--profile", "one")


def test_fifty_starts_one_code(server, client, device):  # noqa: F811
    asked, code = client.home / "asked", device.code()
    client("configure", "set", "profile.one.mfa_process", f"sh -c 'echo x >> {asked}; echo {code}'")
    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        keys = set(pool.map(lambda _: client("creds", "--profile", "one"), range(50)))
    assert len(keys) == 1 and asked.read_text() == "x\n"
    assert events(server, "GetSessionToken") == 1 and events(server, "AssumeRole") == 1


# ---- clocks -----------------------------------------------------------------------------------------------------------------------------
def test_sessions_that_end_for_the_server_are_opened_anew(server, client, developer):  # noqa: F811
    """The server's clock moves past a session's end while the client believes it is good: the session is dropped and opened again."""
    client("configure", "set", "profile.prod.duration_seconds", "900")
    server.advance(-240)  # AWS takes signatures from up to five minutes ahead
    try:
        first = client.json("creds", "--profile", "prod")
        assert client.json("creds", "--profile", "prod") == first
        server.advance(240 + 840)  # the session is over by three minutes; signatures of fourteen minutes ago are still taken
        who = client.json("whoami", "--profile", "prod", "--output", "json")
        assert who["Account"] == PROD and who["AccessKeyId"] != first["AccessKeyId"]
    finally:
        server.post("/_rolecall/reset")


def test_a_session_is_renewed_before_its_end(client, developer):  # noqa: F811
    first = client.json("creds", "--profile", "prod")
    (path,) = client.sessions()
    entry = json.loads(path.read_text())

    def ends_in(seconds, issued):
        stamp = lambda at: time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(at))
        entry["Credentials"]["Expiration"] = stamp(time.time() + seconds)
        entry["Rolecall"]["Issued"] = stamp(time.time() + seconds - issued)
        path.write_text(json.dumps(entry))
        return client.json("creds", "--profile", "prod")["AccessKeyId"] == first["AccessKeyId"]

    assert ends_in(1000, 3600) and not ends_in(800, 3600), "fifteen minutes before the end"
    assert ends_in(300, 900) and not ends_in(200, 900), "a short session is used for three quarters of its life"


def test_without_the_server_a_session_serves_until_its_last_minute(tmp_path):
    (tmp_path / "server").mkdir()
    own = Server(tmp_path / "server")
    try:
        key, secret = own.make_user("developer", policy=allow("sts:AssumeRole", "*"))
        own.client("iam", "prod").create_role(RoleName="CrossAccountPowerUser", AssumeRolePolicyDocument=trust(f"arn:aws:iam::{DEV}:user/developer"))
        alone = Client(own, tmp_path)
        alone("configure", input=f"{key}\n{secret}\nus-east-1\n\n")
        alone("configure", "set", "profile.prod.role_arn", ROLE)
        alone("configure", "set", "profile.prod.source_profile", "default")
        keys = alone.json("creds", "--profile", "prod")
    finally:
        own.stop()
    (path,) = alone.sessions()
    entry = json.loads(path.read_text())
    entry["Rolecall"]["Issued"] = "2026-01-01T00:00:00Z"  # a long session, so that it is due for renewal
    for left, served in ((300, True), (30, False)):
        entry["Credentials"]["Expiration"] = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(time.time() + left))
        path.write_text(json.dumps(entry))
        done = alone.run("creds", "--profile", "prod")
        assert (done.returncode == 0 and json.loads(done.stdout)["AccessKeyId"] == keys["AccessKeyId"]) == served, done.stderr


def test_sealed_sessions(client, developer):  # noqa: F811
    sealed = {"ROLECALL_KEYS_SESSIONS": "true"}
    plain = client.json("creds", "--profile", "prod")
    if "keyring\tnot available" in client("keys", "backend"):
        pytest.skip("the kernel gives no keyring here")
    first = client.json("creds", "--profile", "prod", env=sealed)
    assert first != plain, "a plain file counts as broken"
    (path,) = client.sessions()
    assert first["AccessKeyId"] not in path.read_text()
    assert client.json("creds", "--profile", "prod", env=sealed) == first
    assert "prod" in client("cache", "list", env=sealed) and client("cache", "list") == ""
    path.rename(path.parent / ("0" * 64 + ".json"))
    assert client.json("creds", "--profile", "prod", env=sealed) != first
    assert client("cache", "list", env=sealed).count("\n") == 1, "not under another name"


# ---- kills ------------------------------------------------------------------------------------------------------------------------------
def test_kill_9_while_a_session_is_written(client, developer):  # noqa: F811
    draw = random.Random(9)
    begun = time.monotonic()
    client("creds", "--profile", "prod")
    whole = time.monotonic() - begun
    for _ in range(25):
        for path in client.sessions():
            path.unlink()
        run = subprocess.Popen([client.binary, "creds", "--profile", "prod"], env=client.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(draw.uniform(0.2, 1.1) * whole)
        run.kill()
        run.wait()
        done = client.run("creds", "--profile", "prod")
        assert done.returncode == 0 and json.loads(done.stdout)["AccessKeyId"].startswith("ASIA"), done.stderr
    folder = client.home / ".cache/rolecall/sessions"
    (folder / f"{client.sessions()[0].name}.aB3dE6").write_text("half a session, as a kill leaves it")
    client("cache", "clear")
    assert [path.name for path in folder.iterdir() if not path.name.endswith(".lock")] == []


# ---- the cache's commands ---------------------------------------------------------------------------------------------------------------
def test_cache_list_and_clear(server, client, developer):  # noqa: F811
    assert client("cache", "list") == "" and client("cache", "clear") == "removed 0 sessions\n"
    secret = client.json("creds", "--profile", "prod")["SecretAccessKey"]
    line = client("cache").rstrip("\n").split("\t")
    assert line[1:3] == ["role", "prod"] and line[3].startswith(f"arn:aws:sts::{PROD}:assumed-role/") and line[4] == server.url and line[5].endswith(" left")
    assert secret not in client("cache", "list")
    (client.home / ".cache/rolecall/sessions" / "junk.json").write_text("{")
    assert len(client("cache", "list").splitlines()) == 1, "what cannot be read is not listed"
    assert client("cache", "clear") == "removed 2 sessions\n"
    assert client.run("cache", "purge").returncode == 252


# ---- exec --server ----------------------------------------------------------------------------------------------------------------------
def test_exec_server_renews_and_serves_many_roles(server, client, developer):  # noqa: F811
    names = [f"role{number}" for number in range(5)]
    for name in names:
        server.client("iam", "prod").create_role(RoleName=name, AssumeRolePolicyDocument=trust(f"arn:aws:iam::{DEV}:user/developer"))
        client("configure", "set", f"profile.{name}.role_arn", f"arn:aws:iam::{PROD}:role/{name}")
        client("configure", "set", f"profile.{name}.source_profile", "default")
    # The program: every role by its path, all at once; then the same after the kept sessions came close to their end.
    script = """
import concurrent.futures, json, os, pathlib, re, sys, urllib.request
url, token = os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"], os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
def ask(name): return json.load(urllib.request.urlopen(urllib.request.Request(url + "profile/" + name, headers={"Authorization": token})))
def all(): return dict(zip(sys.argv[2:], concurrent.futures.ThreadPoolExecutor(8).map(ask, sys.argv[2:])))
first = all()
again = all()
for path in pathlib.Path(sys.argv[1]).glob("*.json"):
    path.write_text(re.sub('"Expiration":"20..', '"Expiration":"2019', path.read_text()))
third = all()
print(json.dumps([first, again, third]))
"""
    first, again, third = client.json("exec", "--server", "--", "/usr/bin/python3", "-c", script, str(client.home / ".cache/rolecall/sessions"), *names)
    assert len({keys["AccessKeyId"] for keys in first.values()}) == len(names)
    assert first == again and all(third[name]["AccessKeyId"] != first[name]["AccessKeyId"] for name in names)


# ---- other people's endpoints -----------------------------------------------------------------------------------------------------------
class Fake(http.server.BaseHTTPRequestHandler):
    """Answers what `routes` says for "METHOD path": (status, body[, headers]) or a function of the headers; notes what was asked."""

    def answer(self):
        path = self.path.split("?")[0]
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.asked.append((self.command, self.path, dict(self.headers)))
        found = self.server.routes.get(f"{self.command} {path}", (404, ""))
        status, body, *more = found(self.headers) if callable(found) else found
        text = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        for name, value in (more[0] if more else {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_PUT = do_POST = answer

    def log_message(self, *_):
        pass


@pytest.fixture
def fake():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Fake)
    server.routes, server.asked, server.url = {}, [], f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


class Alone(Client):
    """A client with no server but the fake one."""

    def __init__(self, fake, home):
        fake_url = fake.url
        super().__init__(type("S", (), {"url": fake_url})(), home)
        (self.home / ".aws").mkdir()
        self.environment["AWS_REGION"] = "us-east-1"

    def config(self, text):
        (self.home / ".aws/config").write_text(text)


@pytest.fixture
def alone(fake, tmp_path):
    return Alone(fake, tmp_path)


def imds(alone, fake, **more):
    return alone.run("creds", env={"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": fake.url, **more})


LIST, ROLE_PATH = "GET /latest/meta-data/iam/security-credentials/", "GET /latest/meta-data/iam/security-credentials/web"


def with_token(body):
    return lambda headers: (200, body) if headers["x-aws-ec2-metadata-token"] == "tok" else (401, "")


def test_imds_version_2(alone, fake):
    fake.routes = {"PUT /latest/api/token": (200, "tok"), LIST: with_token("web"), ROLE_PATH: with_token({"Code": "Success", **KEYS})}
    done = imds(alone, fake)
    assert json.loads(done.stdout)["AccessKeyId"] == "ASIAFAKE", done.stderr
    assert fake.asked[0][2]["x-aws-ec2-metadata-token-ttl-seconds"] == "21600"
    assert imds(alone, fake, AWS_EC2_METADATA_DISABLED="TRUE").returncode == 253
    assert len(fake.asked) == 3, "the switch keeps it from asking"


@pytest.mark.parametrize("refusal", [403, 404, 405])
def test_imds_falls_back_to_version_1(alone, fake, refusal):
    fake.routes = {"PUT /latest/api/token": (refusal, ""), LIST: (200, "web"), ROLE_PATH: (200, {"Code": "Success", **KEYS})}
    assert json.loads(imds(alone, fake).stdout)["AccessKeyId"] == "ASIAFAKE"
    assert "x-aws-ec2-metadata-token" not in {name.lower() for _, _, headers in fake.asked for name in headers}
    asked = len(fake.asked)
    assert imds(alone, fake, AWS_EC2_METADATA_V1_DISABLED="true").returncode != 0
    assert all(method == "PUT" for method, _, _ in fake.asked[asked:])


@pytest.mark.parametrize("routes", [
    {"PUT /latest/api/token": (400, "")},
    {"PUT /latest/api/token": (200, "tok"), LIST: (404, "")},
    {"PUT /latest/api/token": (200, "tok"), LIST: (200, "web"), ROLE_PATH: (200, {"Code": "Failed", "Message": "no"})},
    {"PUT /latest/api/token": (200, "tok"), LIST: (200, "web"), ROLE_PATH: (200, "not json")},
])
def test_imds_without_credentials(alone, fake, routes):
    fake.routes = routes
    done = imds(alone, fake)
    assert done.returncode == 253 and "Unable to locate credentials" in done.stderr


def test_container_endpoint_and_its_token_file(alone, fake, tmp_path):
    token = tmp_path / "token"
    fake.routes = {"GET /creds": lambda headers: (200, {**KEYS, "AccessKeyId": "ASIA" + headers["Authorization"].upper()})}
    container = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": fake.url + "/creds", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(token),
                 "AWS_CONTAINER_AUTHORIZATION_TOKEN": "ignored"}
    for text in ("first", "second"):
        token.write_text(text)
        assert alone.json("creds", env=container)["AccessKeyId"] == "ASIA" + text.upper(), "the file is read each time"
    token.write_text("two\nlines")
    assert "Auth token value is not a legal header value" in alone.refused("creds", env=container)
    token.unlink()
    assert "No such file or directory" in alone.refused("creds", env=container)


@pytest.mark.parametrize("uri, text", [
    ("http://example.com/creds", "Unsupported host 'example.com'"),
    ("http://127.0.0.1.example.com/", "Unsupported host"),
    ("file:///etc/passwd", ""),
])
def test_container_endpoints_that_are_refused(alone, uri, text):
    assert text in alone.refused("creds", env={"AWS_CONTAINER_CREDENTIALS_FULL_URI": uri})


def test_the_relative_uri_comes_first(alone, fake):
    fake.routes = {"GET /creds": (200, KEYS)}
    done = alone.run("creds", env={"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/x", "AWS_CONTAINER_CREDENTIALS_FULL_URI": fake.url + "/creds",
                                   "http_proxy": "", "HTTP_PROXY": ""})
    assert done.returncode != 0 and fake.asked == [], "169.254.170.2 is asked, whatever the full one says"


# ---- S3's regions ----
@pytest.mark.parametrize("region, asked", [("eu-west-1", 2), ("evil.example/", 1), ("evil.example#", 1), ("EU", 1), ("", 1), ("a" * 33, 1)])
def test_a_region_that_an_answer_names_is_followed_only_if_it_can_be_one(alone, fake, region, asked):
    fake.routes = {"GET /bucket": (400, "<Error><Code>AuthorizationHeaderMalformed</Code><Message>m</Message></Error>", {"x-amz-bucket-region": region})}
    environment = {"AWS_ACCESS_KEY_ID": "AKIAFAKE", "AWS_SECRET_ACCESS_KEY": "s", "AWS_ENDPOINT_URL": fake.url}
    assert "AuthorizationHeaderMalformed" in alone.refused("s3api", "list-objects-v2", "--bucket", "bucket", env=environment)
    assert len(fake.asked) == asked
    if asked == 2:
        assert f"/{region}/s3/aws4_request" in fake.asked[1][2]["Authorization"]


# ---- SSO --------------------------------------------------------------------------------------------------------------------------------
SSO = "[profile s]\nsso_session = corp\nsso_account_id = 111111111111\nsso_role_name = Admin\n[sso-session corp]\nsso_start_url = https://corp.example/start\nsso_region = eu-west-1\n"


def sso_token(alone, **more):
    folder = alone.home / ".aws/sso/cache"
    folder.mkdir(parents=True, exist_ok=True)
    token = {"startUrl": "https://corp.example/start", "region": "eu-west-1", "accessToken": "the-token", "expiresAt": "2100-01-01T00:00:00Z", **more}
    path = folder / "ee0bfd2552fbd840c02cc48b6e823320543c450f.json"  # sha1("corp")
    path.write_text(json.dumps(token))
    path.chmod(0o600)


def test_sso_token_of_the_aws_clis_cache(alone, fake):
    alone.config(SSO)
    environment = {"AWS_ENDPOINT_URL_SSO": fake.url}
    fake.routes = {"GET /federation/credentials": (200, {"roleCredentials": {"accessKeyId": "ASIASSO", "secretAccessKey": "s", "sessionToken": "t", "expiration": 4102444800000}})}
    assert "Error loading SSO Token: Token for corp does not exist" in alone.refused("creds", "--profile", "s", env=environment)
    sso_token(alone)
    keys = alone.json("creds", "--profile", "s", env=environment)
    assert keys["AccessKeyId"] == "ASIASSO" and keys["Expiration"] == "2100-01-01T00:00:00+00:00"
    _, path, headers = fake.asked[-1]
    assert headers["x-amz-sso_bearer_token"] == "the-token" and "role_name=Admin" in path and "account_id=111111111111" in path
    asked = len(fake.asked)
    assert alone.json("creds", "--profile", "s", env=environment) == keys and len(fake.asked) == asked, "kept"
    alone("cache", "clear")
    sso_token(alone, expiresAt="2020-01-01T00:00:00Z")
    assert "Token has expired and refresh failed" in alone.refused("creds", "--profile", "s", env=environment) and len(fake.asked) == asked
    sso_token(alone)
    fake.routes = {"GET /federation/credentials": (401, {"message": "Session token not found or invalid"})}
    assert alone.run("creds", "--profile", "s", env=environment).returncode != 0


def test_sso_token_is_renewed(alone, fake):
    """As the AWS CLI renews it: with the registration and the refresh token that `aws sso login` left beside it."""
    alone.config(SSO)
    environment = {"AWS_ENDPOINT_URL_SSO": fake.url, "AWS_ENDPOINT_URL_SSO_OIDC": fake.url}
    credentials = (200, {"roleCredentials": {"accessKeyId": "ASIASSO", "secretAccessKey": "s", "sessionToken": "t", "expiration": 4102444800000}})
    renewable = {"expiresAt": "2020-01-01T00:00:00Z", "clientId": "c", "clientSecret": "cs", "refreshToken": "r1", "registrationExpiresAt": "2100-01-01T00:00:00Z"}
    kept = alone.home / ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json"

    sso_token(alone, **renewable)
    fake.routes = {"GET /federation/credentials": credentials, "POST /token": (400, {"error": "invalid_grant"})}
    said = alone.refused("creds", "--profile", "s", env=environment)
    assert "Token has expired and refresh failed" in said and "HTTP status 400" in said and "r1" not in said
    assert json.loads(kept.read_text())["accessToken"] == "the-token", "what could not be renewed stays"

    for answer in ({"accessToken": "new"}, {"accessToken": "", "expiresIn": 60}, {"accessToken": "new", "expiresIn": -1}, []):
        fake.routes["POST /token"] = (200, answer)
        assert "refresh failed" in alone.refused("creds", "--profile", "s", env=environment), answer

    fake.routes["POST /token"] = (200, {"accessToken": "new", "expiresIn": 28800, "refreshToken": "r2", "tokenType": "Bearer"})
    assert alone.json("creds", "--profile", "s", env=environment)["AccessKeyId"] == "ASIASSO"
    assert [call[2].get("x-amz-sso_bearer_token") for call in fake.asked][-2:] == [None, "new"]
    token = json.loads(kept.read_text())
    assert (token["accessToken"], token["refreshToken"], token["clientSecret"]) == ("new", "r2", "cs")
    assert token["startUrl"] == "https://corp.example/start" and kept.stat().st_mode & 0o777 == 0o600

    alone("cache", "clear")
    asked = len(fake.asked)
    alone("creds", "--profile", "s", env=environment)
    assert len(fake.asked) == asked + 1, "a token that has long to live is not renewed"

    for broken in ({"registrationExpiresAt": "2020-01-01T00:00:00Z"}, {"refreshToken": ""}, {"clientId": None}):
        alone("cache", "clear")
        sso_token(alone, **{**renewable, **broken})
        asked = len(fake.asked)
        assert "refresh failed" in alone.refused("creds", "--profile", "s", env=environment) and len(fake.asked) == asked, broken


@pytest.mark.parametrize("config, text", [
    ("[profile s]\nsso_account_id = 1\n", 'The profile "s" is configured to use SSO but is missing required configuration: '),
    ("[profile s]\nsso_session = nope\nsso_account_id = 1\nsso_role_name = r\n", 'The specified sso-session does not exist: "nope"'),
])
def test_sso_that_is_not_complete(alone, config, text):
    alone.config(config)
    assert text in alone.refused("creds", "--profile", "s")


# ---- credential_process -----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("command, text", [
    ("sh -c 'echo broken >&2; exit 4'", "Error when retrieving credentials from custom-process: broken"),
    ("sh -c 'echo {\\\"Version\\\":2}'", "Unsupported version '2' for credential process provider, supported versions: 1"),
    ("sh -c 'echo {\\\"Version\\\":1,\\\"AccessKeyId\\\":\\\"A\\\"}'", "Missing required key in response: 'SecretAccessKey'"),
    ("echo not json", ""),
    ("true", ""),
    ("/no/such/bin", "[Errno 2] No such file or directory: '/no/such/bin'"),
    ("'open", "is no command"),
    ("sh -c 'kill -9 $$'", "(exit status 137)"),
    ("head -c 3000000 /dev/zero", "printed more than 1 MiB"),
])
def test_credential_process_failures(alone, command, text):
    alone.config(f"[profile p]\ncredential_process = {command}\n")
    said = alone.refused("creds", "--profile", "p")
    assert text in said and "credential_process of profile `p`" in said or "is no command" in said or "1 MiB" in said


def test_credential_process_gets_no_shell_and_leaves_standard_input(alone):
    alone.config("[profile p]\ncredential_process = echo {\"Version\":1} ; touch /tmp/never\n")
    assert alone.run("creds", "--profile", "p").returncode != 0
    assert not os.path.exists("/tmp/never")


# ---- explanations -----------------------------------------------------------------------------------------------------------------------
def test_explain_when_nothing_is_found_and_when_something_is_broken(alone):
    done = alone.run("whoami", "--explain")
    assert done.returncode == 253 and "Unable to locate credentials" in done.stderr
    for method in ("env", "assume-role", "assume-role-with-web-identity", "sso", "shared-credentials-file", "custom-process", "config-file", "container-role", "iam-role"):
        assert f"  default: {method}: no: " in done.stdout, method
    alone.config("[profile a]\nrole_arn = arn:aws:iam::1:role/R\nsource_profile = b\n[profile b]\nrole_arn = arn:aws:iam::1:role/S\nsource_profile = a\n")
    done = alone.run("whoami", "--profile", "a", "--explain")
    assert "a: assume-role: failed: Infinite loop" in done.stdout and "Visited profiles: ['a', 'b']" in done.stderr


# ---- a new user -------------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("words, status", [
    (["whoami"], 253), (["creds"], 253), (["exec", "--", "true"], 253), (["exec"], 252), (["cache"], 0), (["cache", "clear"], 0),
    (["keys"], 0), (["keys", "list"], 0), (["keys", "backend"], 0), (["keys", "import"], 255), (["keys", "import", "--all"], 0),
    (["configure", "list"], 0), (["configure", "list-profiles"], 0), (["configure", "get", "region"], 1),
    (["creds", "--profile"], 252), (["creds", "--profile", ""], 253), (["creds", "--profile", "no such"], 255), (["creds", "--format", "xml"], 252),
    (["creds", "--nonsense"], 252), (["creds", "more"], 252), (["whoami", "--output", "yaml"], 252), (["whoami", "more"], 252), (["cache", "a", "b"], 252),
    (["cache", "clear", "more"], 252), (["keys", "import", "more"], 252), (["exec", "--server", "--"], 252),
])
def test_in_an_empty_home(tmp_path, words, status):
    alone = Client(type("S", (), {"url": "http://127.0.0.1:1"})(), tmp_path)
    alone.environment["ROLECALL_KEYS_COLLECTION"] = "empty-home"
    done = alone.run(*words)
    assert done.returncode == status, (done.stdout, done.stderr)
    assert not list(tmp_path.iterdir()), "looking makes no files"


@pytest.mark.parametrize("home", ["missing", "a file", "no write"])
def test_a_home_that_is_no_home(tmp_path, home):
    place = tmp_path / "home"
    if home == "a file":
        place.write_text("")
    alone = Client(type("S", (), {"url": "http://127.0.0.1:1"})(), place)
    if home == "no write":
        place.mkdir(mode=0o500)
    for words in (["creds"], ["cache"], ["configure", "list"], ["keys"], ["whoami"]):
        done = alone.run(*words, env={"AWS_ACCESS_KEY_ID": "A"} if words == ["creds"] else {})
        assert done.returncode in (0, 253, 255) and "ERROR: AddressSanitizer" not in done.stderr
