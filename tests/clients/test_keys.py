"""`rolecall keys` end to end: keys out of the plain file, into each kind of store, and used by everybody from there."""
import json
import os
import pathlib
import pty
import random
import signal
import subprocess
import time
import uuid

import pytest

from conftest import rolecall_binary

HERE = pathlib.Path(__file__).parent


class Person:
    """`rolecall` in a home of its own, with a collection and a file of keys of its own."""

    def __init__(self, home, endpoint=None):
        self.home = pathlib.Path(home)
        self.binary = os.environ.get("ROLECALL_CLIENT") or rolecall_binary()
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(home), "AWS_EC2_METADATA_DISABLED": "true", "AWS_DEFAULT_REGION": "us-east-1",
                            "ROLECALL_KEYS_COLLECTION": f"test-{uuid.uuid4()}", "ROLECALL_KEYS_UNLOCKED_SECONDS": "0"}
        if endpoint:
            self.environment["AWS_ENDPOINT_URL"] = endpoint
        (self.home / ".aws").mkdir(parents=True)
        (self.home / "passphrase").write_text("correct horse\n")
        self.credentials, self.config = self.home / ".aws/credentials", self.home / ".aws/config"

    def file_backend(self):
        self.environment.update(ROLECALL_KEYS="file", ROLECALL_KEYS_PASSPHRASE_FILE=str(self.home / "passphrase"))
        return self

    def run(self, *words, **more):
        environment = {**self.environment, **more.pop("env", {})}
        return subprocess.run([self.binary, *words], env=environment, text=True, capture_output=True, timeout=120, start_new_session=True, **more)

    def __call__(self, *words, **more):
        done = self.run(*words, **more)
        assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}{done.stderr}"
        return done.stdout

    def refused(self, *words, status=255, **more):
        done = self.run(*words, **more)
        assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
        assert "secretofbea" not in done.stdout + done.stderr
        return done.stderr

    def on_terminal(self, *words, answers, **more):
        """Runs with a terminal of its own and types each answer when its question has come. Returns (status, what the terminal showed)."""
        environment = {**self.environment, **more}
        pid, terminal = pty.fork()
        if pid == 0:
            os.execve(self.binary, [self.binary, *words], environment)
        shown = b""
        answers = list(answers)
        while True:
            try:
                piece = os.read(terminal, 4096)
            except OSError:
                break
            if not piece:
                break
            shown += piece
            if answers and answers[0][0].encode() in shown[shown.rfind(b"\n") + 1:]:
                os.write(terminal, answers.pop(0)[1].encode() + b"\n")
        os.close(terminal)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode()

    def plain(self, text):
        self.credentials.write_text(text)
        self.credentials.chmod(0o600)


@pytest.fixture
def person(tmp_path):
    return Person(tmp_path / "home").file_backend()


BEA = "[bea]\naws_access_key_id = AKIABEA\naws_secret_access_key = secretofbea\n"


def everywhere(folder):
    """Every byte below a folder."""
    return b"\n".join(path.read_bytes() for path in pathlib.Path(folder).rglob("*") if path.is_file())


def who(environment, profile, aws=False):
    """Who boto3 (and the AWS CLI) is with a profile."""
    script = ("import boto3, os; s = boto3.Session(profile_name=os.environ['P'])\n"
              "print(s.client('sts', region_name='us-east-1', endpoint_url=os.environ['AWS_ENDPOINT_URL']).get_caller_identity()['Arn'])")
    boto = subprocess.run(["/usr/bin/python3", "-c", script], env={**environment, "P": profile}, text=True, capture_output=True, timeout=120)
    assert boto.returncode == 0, boto.stderr
    if not aws:
        return boto.stdout.strip()
    aws = subprocess.run(["/usr/bin/aws", "sts", "get-caller-identity", "--profile", profile, "--endpoint-url", environment["AWS_ENDPOINT_URL"],
                          "--region", "us-east-1", "--query", "Arn", "--output", "text"], env=environment, text=True, capture_output=True, timeout=120)
    assert aws.returncode == 0, aws.stderr
    assert aws.stdout == boto.stdout
    return boto.stdout.strip()


# ---- the walk ---------------------------------------------------------------------------------------------------------------------------
def test_import_boto3_cli_export(server, tmp_path):
    bea = Person(tmp_path / "home", server.url).file_backend()
    key, secret = server.make_user("bea")
    before = f"; by hand\n[other]\naws_access_key_id = AKIAOTHER\naws_secret_access_key = x\n\n[bea]\n# mine\naws_access_key_id = {key}\naws_secret_access_key={secret}\n\n"
    bea.plain(before)
    bea.config.write_text("[profile bea]\nregion = us-east-1\noutput = json\n")
    assert bea("keys", "import", "--profile", "bea", "--dry-run") == f"bea: {key} would be moved to the encrypted file {bea.home}/.local/share/rolecall/keys\n"
    assert bea.credentials.read_text() == before and not (bea.home / ".local").exists()

    bea("keys", "import", "--profile", "bea")
    assert bea.credentials.read_text() == "; by hand\n[other]\naws_access_key_id = AKIAOTHER\naws_secret_access_key = x\n\n[bea]\n# mine\n\n"
    assert bea.config.read_text() == f"[profile bea]\nregion = us-east-1\noutput = json\ncredential_process = {bea.binary} keys get bea --backend file --key-id {key}\n"
    assert secret.encode() not in everywhere(bea.home), "nowhere in plain text"
    store = bea.home / ".local/share/rolecall/keys"
    assert store.stat().st_mode & 0o777 == 0o600 and store.parent.stat().st_mode & 0o777 == 0o700
    assert bea("keys", "list") == f"bea\t{key}\tfile\tprofile bea\n"
    assert secret not in bea("keys", "backend") + bea("profiles") + bea("configure", "list", "--profile", "bea")

    arn = who(bea.environment, "bea", aws=True)
    assert arn.endswith(":user/bea")
    assert json.loads(bea("whoami", "--profile", "bea", "--output", "json"))["Arn"] == arn
    assert "kept as `bea` in the encrypted file" in bea("whoami", "--profile", "bea")
    assert json.loads(bea("keys", "get", "bea")) == {"Version": 1, "AccessKeyId": key, "SecretAccessKey": secret}

    assert "is already imported" in bea.refused("keys", "import", "--profile", "bea")
    bea("keys", "export", "bea")
    assert {f"aws_access_key_id = {key}", f"aws_secret_access_key = {secret}"} <= set(bea.credentials.read_text().splitlines())
    assert bea.config.read_text() == "[profile bea]\nregion = us-east-1\noutput = json\n"
    assert bea("keys", "list") == ""
    assert json.loads(bea("whoami", "--profile", "bea", "--output", "json"))["Arn"] == arn


def test_roles_keep_their_sessions_over_an_import(server, tmp_path):
    bea = Person(tmp_path / "home", server.url).file_backend()
    key, secret = server.make_user("bea", policy={"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}]})
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111111111111:root"}, "Action": "sts:AssumeRole"}]}
    server.client("iam").create_role(RoleName="R", AssumeRolePolicyDocument=json.dumps(trust))
    bea.plain(f"[bea]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n")
    bea.config.write_text("[profile r]\nrole_arn = arn:aws:iam::111111111111:role/R\nsource_profile = bea\n")
    before = bea("creds", "--profile", "r")
    bea("keys", "import", "--profile", "bea")
    # A cached session needs neither the store nor its passphrase.
    assert bea("creds", "--profile", "r", env={"ROLECALL_KEYS_PASSPHRASE_FILE": "/no/such/file"}) == before
    bea("cache", "clear")
    after = json.loads(bea("creds", "--profile", "r"))
    assert after["AccessKeyId"].startswith("ASIA") and after != json.loads(before)


# ---- refusals ---------------------------------------------------------------------------------------------------------------------------
def test_refusals_of_the_encrypted_file(person):
    person.plain(BEA)
    without = {"ROLECALL_KEYS_PASSPHRASE_FILE": ""}
    assert "There is no terminal to ask for the passphrase" in person.refused("keys", "import", "--profile", "bea", env=without)
    assert "there is no passphrase file" in person.refused("keys", "import", "--profile", "bea", env={"ROLECALL_KEYS_PASSPHRASE_FILE": "/no/such"})
    assert person.credentials.read_text() == BEA
    person("keys", "import", "--profile", "bea")
    (person.home / "passphrase").write_text("wrong\n")
    assert "that is not the passphrase of" in person.refused("creds", "--profile", "bea")
    (person.home / "passphrase").write_text("\n")
    assert "begins with an empty line" in person.refused("creds", "--profile", "bea")
    (person.home / "passphrase").write_text("correct horse\n")
    assert "is AKIABEA, not AKIAELSE" in person.refused("keys", "get", "bea", "--key-id", "AKIAELSE")
    store = person.home / ".local/share/rolecall/keys"
    whole = store.read_bytes()
    for broken in (b"", whole[:-20], whole.replace(b"AKIABEA", b"AKIABEB"), b"\0" * 500):
        store.write_bytes(broken)
        assert "is damaged (this is not about the passphrase)" in person.refused("creds", "--profile", "bea")
        assert "is damaged" in person.refused("keys", "list")
    store.write_bytes(b"rolecall-keys 9\n")
    assert "written by a newer rolecall" in person.refused("creds", "--profile", "bea")
    store.unlink()
    assert "No key is kept as `bea` in the encrypted file" in person.refused("creds", "--profile", "bea")


@pytest.mark.parametrize("credentials, config, text", [
    ("", "[profile bea]\nregion = x\n", "Profile `bea` has no keys in its files."),
    ("", "", "The config profile (bea) could not be found"),
    ("[bea]\naws_access_key_id = AKIABEA\n", "", "Partial credentials found in shared-credentials-file, missing: aws_secret_access_key"),
    (BEA, "[profile bea]\nrole_arn = arn:aws:iam::1:role/R\nsource_profile = bea\n", "Profile `bea` has role_arn beside its keys"),
    (BEA, "[profile bea]\ncredential_process = other\n", "Profile `bea` has credential_process beside its keys"),
    (BEA + BEA, "", "Unable to parse config file"),
])
def test_profiles_that_cannot_be_imported(person, credentials, config, text):
    person.plain(credentials)
    person.config.write_text(config)
    assert text in person.refused("keys", "import", "--profile", "bea")
    assert person.credentials.read_text() == credentials and person.config.read_text() == config


def test_arguments(person):
    person.refused("keys", "vault", status=252)
    person.refused("keys", "get", status=252)
    person.refused("keys", "get", "a", "b", status=252)
    person.refused("keys", "get", "a", "--format", "xml", status=252)
    person.refused("keys", "import", "--all", "--profile", "bea", status=252)
    person.refused("keys", "list", "--backend", "vault", status=252)
    person.refused("keys", "list", "--frobnicate", status=252)
    person.refused("keys", "backend", status=253, env={"ROLECALL_KEYS": "vault"})
    for words in (["get", "nobody"], ["export", "nobody"], ["remove", "nobody"]):
        assert "No key is kept as `nobody`" in person.refused("keys", *words)
    assert "Backends" in person("keys", "--help").title()


def test_all_profiles_at_once(person):
    person.plain(BEA + "[temporary]\naws_access_key_id = ASIAT\naws_secret_access_key = t\naws_session_token = tt\n"
                 "[half]\naws_access_key_id = AKIAHALF\n[last]\naws_access_key_id = AKIALAST\naws_secret_access_key = l\n")
    done = person.run("keys", "import", "--all")
    assert done.returncode == 255, "not all could be moved"
    assert "bea: AKIABEA moved" in done.stdout and "last: AKIALAST moved" in done.stdout
    assert "temporary: left: temporary credentials" in done.stderr and "half: left: Partial credentials" in done.stderr
    assert "secretofbea" not in person.credentials.read_text() and "ASIAT" in person.credentials.read_text()
    assert [line.split("\t")[0] for line in person("keys", "list").splitlines()] == ["bea", "last"]


def test_add_replace_remove(person):
    assert "There is no terminal to ask for the key." in person.refused("keys", "add", "new")
    assert "that is no access key id" in person.refused("keys", "add", "new", "--stdin", input="")
    person("keys", "add", "new", "--stdin", input="AKIANEW\nnewsecret\n")
    assert json.loads(person("creds", "--profile", "new"))["SecretAccessKey"] == "newsecret"
    assert "is kept as `new` already" in person.refused("keys", "add", "new", "--stdin", input="AKIATWO\ntwo\n")
    person("keys", "add", "new", "--stdin", "--replace", input="AKIATWO\ntwo\n")
    assert json.loads(person("creds", "--profile", "new"))["SecretAccessKey"] == "two"
    person.plain(BEA)
    assert "has keys in its files" in person.refused("keys", "add", "bea", "--stdin", input="AKIATWO\ntwo\n")
    person("keys", "remove", "new")
    assert person("keys", "list") == "" and "credential_process" not in person.config.read_text()


def test_passphrase_from_a_command_and_from_the_section(person):
    person.environment.pop("ROLECALL_KEYS_PASSPHRASE_FILE")
    person.environment.pop("ROLECALL_KEYS")
    person.config.write_text(f"[rolecall]\nkeys = file\nkeys_file = ~/kept\nkeys_passphrase_command = cat {person.home}/passphrase\n")
    person.plain(BEA)
    person("keys", "import", "--profile", "bea")
    assert (person.home / "kept").exists()
    assert json.loads(person("creds", "--profile", "bea"))["AccessKeyId"] == "AKIABEA"
    (person.home / "passphrase").unlink()
    assert "the passphrase command `cat` gave no passphrase: cat:" in person.refused("creds", "--profile", "bea")


# ---- on a terminal ----------------------------------------------------------------------------------------------------------------------
def test_on_a_terminal(person):
    person.environment.pop("ROLECALL_KEYS_PASSPHRASE_FILE")
    status, shown = person.on_terminal("keys", "add", "new", answers=[("AWS Access Key ID: ", "AKIATYPED"), ("AWS Secret Access Key: ", "typedsecret"),
                                       ("New passphrase for the file of keys: ", "typedphrase"), ("The same again: ", "other")])
    assert status == 255 and "are not the same" in shown
    status, shown = person.on_terminal("keys", "add", "new", answers=[("AWS Access Key ID: ", "AKIATYPED"), ("AWS Secret Access Key: ", "typedsecret"),
                                       ("New passphrase for the file of keys: ", "typedphrase"), ("The same again: ", "typedphrase")])
    assert status == 0, shown
    assert "AKIATYPED" in shown and "typedsecret" not in shown and "typedphrase" not in shown, "no echo"
    status, shown = person.on_terminal("creds", "--profile", "new", answers=[("Passphrase of the file of keys: ", "mistyped"), ("Passphrase of the file of keys: ", "typedphrase")])
    assert status == 0 and '"typedsecret"' in shown
    status, shown = person.on_terminal("creds", "--profile", "new", answers=[("Passphrase of the file of keys: ", "x")] * 3)
    assert status == 255 and "that is not the passphrase" in shown
    (person.home / "next").write_text("second\n")
    status, shown = person.on_terminal("keys", "passphrase", "--new-passphrase-file", "~/next", answers=[("Passphrase of the file of keys: ", "typedphrase")])
    assert status == 0, shown
    assert "AKIATYPED" in person("creds", "--profile", "new", env={"ROLECALL_KEYS_PASSPHRASE_FILE": "~/next"})


def test_an_interrupted_question_leaves_the_terminal_as_it_was(person):
    import termios
    person.environment.pop("ROLECALL_KEYS_PASSPHRASE_FILE")
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(person.binary, [person.binary, "keys", "add", "new"], person.environment)
    shown = b""
    while b"Secret Access Key: " not in shown:
        shown += os.read(terminal, 4096)
        if b"Key ID: " in shown and b"AKIA" not in shown:
            os.write(terminal, b"AKIATYPED\n")
    assert not termios.tcgetattr(terminal)[3] & termios.ECHO
    os.write(terminal, b"\x03")  # Ctrl-C
    # The pseudo terminal's settings outlive the program as long as this side is open.
    state = os.waitpid(pid, 0)[1]
    assert os.waitstatus_to_exitcode(state) == -signal.SIGINT
    assert termios.tcgetattr(terminal)[3] & termios.ECHO
    os.close(terminal)
    assert person("keys", "list") == ""


def test_an_opened_file_stays_open(person):
    if "not available" in person("keys", "backend").split("keyring\t")[1].split("\n")[0]:
        pytest.skip("the kernel gives no keyring here")
    person.environment["ROLECALL_KEYS_UNLOCKED_SECONDS"] = "60"
    person.plain(BEA)
    person("keys", "import", "--profile", "bea")
    shut = {"ROLECALL_KEYS_PASSPHRASE_FILE": ""}
    assert json.loads(person("creds", "--profile", "bea", env=shut))["AccessKeyId"] == "AKIABEA"
    person("keys", "lock")
    assert "no terminal" in person.refused("creds", "--profile", "bea", env=shut)
    person("keys", "unlock")
    assert json.loads(person("creds", "--profile", "bea", env=shut))["AccessKeyId"] == "AKIABEA"
    person("keys", "lock")


# ---- the kernel's keyring ---------------------------------------------------------------------------------------------------------------
def test_kernel_keyring(server, tmp_path):
    bea = Person(tmp_path / "home", server.url)
    bea.environment["ROLECALL_KEYS"] = "keyring"
    if "not available" in bea("keys", "backend").split("keyring\t")[2].split("\n")[0]:
        pytest.skip("the kernel gives no keyring here")
    key, secret = server.make_user("bea")
    bea.plain(f"[bea]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n")
    assert "are gone when the machine restarts" in bea.refused("keys", "import", "--profile", "bea")
    bea("keys", "import", "--profile", "bea", "--until-restart")
    try:
        assert secret.encode() not in everywhere(bea.home)
        assert bea("keys", "list") == f"bea\t{key}\tkeyring\tprofile bea\n"
        assert who(bea.environment, "bea").endswith(":user/bea")
        # The line names its store: what is usual meanwhile does not matter.
        assert key in bea("creds", "--profile", "bea", env={"ROLECALL_KEYS": "file"})
    finally:
        bea("keys", "remove", "bea")
    assert bea("keys", "list") == ""


# ---- the secret service -----------------------------------------------------------------------------------------------------------------
@pytest.fixture
def bus(tmp_path):
    """A session bus of its own with a small secret service; call it with the service's words."""
    started = []
    # Without the machine's service files: a keyring that is installed here must not be started.
    (tmp_path / "bus.conf").write_text('''<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>''')

    def start(*words):
        daemon = subprocess.Popen(["dbus-daemon", f"--config-file={tmp_path}/bus.conf", "--nofork", "--nopidfile", "--print-address", f"--address=unix:path={tmp_path}/bus{len(started)}"],
                                  stdout=subprocess.PIPE, text=True)
        started.append(daemon)
        address = daemon.stdout.readline().strip()
        environment = {"DBUS_SESSION_BUS_ADDRESS": address}
        if words != ("nobody",):
            service = subprocess.Popen(["/usr/bin/python3", str(HERE / "fake_secret_service.py"), *words], env={**os.environ, **environment},
                                       stdout=subprocess.PIPE, text=True)
            started.append(service)
            assert service.stdout.readline() == "ready\n"
        return environment

    yield start
    for process in reversed(started):
        process.kill()
        process.wait()


def test_secret_service_is_the_usual_store_where_there_is_one(server, tmp_path, bus):
    bea = Person(tmp_path / "home", server.url)
    bea.environment.update(bus())
    key, secret = server.make_user("bea")
    assert bea("keys", "backend").startswith("secret-service\tthe session bus has a secret service\n")
    bea.plain(f"[bea]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n")
    bea("keys", "import", "--profile", "bea")
    assert secret.encode() not in everywhere(bea.home) and not (bea.home / ".local").exists()
    assert bea("keys", "list") == f"bea\t{key}\tsecret-service\tprofile bea\n"
    assert who(bea.environment, "bea").endswith(":user/bea")
    bea("keys", "add", "other", "--stdin", input="AKIAOTHER\no\n")
    bea("keys", "add", "other", "--stdin", "--replace", input="AKIATHIRD\nt\n")
    assert [line.split("\t")[1] for line in bea("keys", "list").splitlines()] == [key, "AKIATHIRD"]
    assert bea("keys", "list", env={"ROLECALL_KEYS_COLLECTION": "another"}) == ""
    bea("keys", "remove", "other")
    assert "No key is kept as `other`" in bea.refused("keys", "get", "other")
    bea("keys", "export", "bea")
    assert secret in bea.credentials.read_text() and bea("keys", "list") == ""


def test_secret_service_that_is_locked(tmp_path, bus):
    bea = Person(tmp_path / "home")
    bea.environment.update(bus("locked"))
    bea.plain(BEA)
    assert "there is no display for its dialogue" in bea.refused("keys", "import", "--profile", "bea")
    assert bea.credentials.read_text() == BEA
    bea.environment["DISPLAY"] = ":77"
    bea("keys", "import", "--profile", "bea")
    assert json.loads(bea("creds", "--profile", "bea"))["AccessKeyId"] == "AKIABEA"


def test_secret_service_refusals(tmp_path, bus):
    bea = Person(tmp_path / "home")
    bea.plain(BEA)
    bea.environment["DISPLAY"] = ":77"
    bea.environment["ROLECALL_KEYS"] = "secret-service"
    bea.refused("keys", "import", "--profile", "bea", status=253)
    assert "there is no session bus" in bea.refused("keys", "import", "--profile", "bea", status=253)
    bea.refused("keys", "import", "--profile", "bea", status=253, env={"DBUS_SESSION_BUS_ADDRESS": "unix:path=/no/such/bus"})
    bea.refused("keys", "import", "--profile", "bea", status=253, env=bus("nobody"))
    assert "was dismissed" in bea.refused("keys", "import", "--profile", "bea", env=bus("locked", "dismissed"))
    assert "has no default keyring yet" in bea.refused("keys", "import", "--profile", "bea", env=bus("no-collection"))
    assert bea.credentials.read_text() == BEA and not bea.config.exists()


# ---- at once, and killed ----------------------------------------------------------------------------------------------------------------
def test_two_imports_at_once(person):
    names = [f"p{number}" for number in range(4)]
    person.plain("".join(f"[{name}]\naws_access_key_id = AKIA{name}\naws_secret_access_key = secret{name}\n" for name in names))
    runs = [subprocess.Popen([person.binary, "keys", "import", "--all"], env=person.environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             start_new_session=True) for _ in range(2)]
    said = [run.communicate(timeout=120) for run in runs]
    assert person.credentials.read_text() == "".join(f"[{name}]\n" for name in names), said
    for name in names:
        assert json.loads(person("creds", "--profile", name))["SecretAccessKey"] == f"secret{name}"
    for out, err in said:
        for line in err.splitlines():
            assert "already imported" in line or line.startswith("  ") or "no profile has keys" in line, err


def test_nothing_is_lost_by_kill_9(person):
    """At any moment: the key is in the file, or the profile finds it in the store."""
    draw = random.Random(4)
    began = time.monotonic()
    person("keys", "add", "first", "--stdin", input="AKIAFIRST\nf\n")  # the file is there: fewer Argon2 runs below
    begun = time.monotonic()
    person("keys", "list")
    person.plain(BEA)
    whole = max(0.2, 3 * (time.monotonic() - begun) + (begun - began))
    finished = 0
    for _ in range(8):
        run = subprocess.Popen([person.binary, "keys", "import", "--profile", "bea"], env=person.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            run.wait(timeout=draw.uniform(0, whole))
        except subprocess.TimeoutExpired:
            run.kill()
            run.wait()
        assert json.loads(person("creds", "--profile", "bea"))["SecretAccessKey"] == "secretofbea"
        if "secretofbea" not in person.credentials.read_text():
            finished += 1
            person("keys", "export", "bea")
        assert json.loads(person("creds", "--profile", "first"))["SecretAccessKey"] == "f"
    person.run("keys", "import", "--profile", "bea")
    assert "secretofbea" not in person.credentials.read_text()

