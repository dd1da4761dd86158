"""The client among strangers: folders that others were at, servers and files that speak to the terminal, answers without end."""
import json
import os
import socket
import stat
import threading

import pytest

from conftest import ACCOUNTS
from test_client_proof import Alone, alone, device, events, fake, on_terminal  # noqa: F401 (three are fixtures)
from test_client_roles import Client, allow, client, developer, trust  # noqa: F401

DEV, PROD = ACCOUNTS["dev"], ACCOUNTS["prod"]


# ---- the folder of sessions -------------------------------------------------------------------------------------------------------------
def session_key(client, cache):
    """Opens the session of profile prod once and tells under which name it is kept."""
    client("creds", "--profile", "prod", env={"ROLECALL_CACHE_DIR": str(cache)})
    [kept] = (cache / "sessions").glob("*.json")
    return kept.name


def mode(path):
    return stat.S_IMODE(os.lstat(path).st_mode)


def test_a_kept_session_is_ours_whatever_stood_there(client, developer, tmp_path):  # noqa: F811
    cache = tmp_path / "cache"
    name, victim = session_key(client, cache), tmp_path / "victim"
    kept = cache / "sessions" / name
    assert mode(cache) == 0o700 and mode(cache / "sessions") == 0o700 and mode(kept) == 0o600
    real = kept.read_text()

    kept.write_text("{}")
    kept.chmod(0o666)
    client("creds", "--profile", "prod", env={"ROLECALL_CACHE_DIR": str(cache)})
    assert mode(kept) == 0o600, "a file that was made beforehand keeps neither mode nor contents"

    kept.unlink()
    victim.write_text("untouched")
    victim.chmod(0o644)
    kept.symlink_to(victim)
    client("creds", "--profile", "prod", env={"ROLECALL_CACHE_DIR": str(cache)})
    assert victim.read_text() == "untouched" and not kept.is_symlink() and mode(kept) == 0o600

    planted = json.loads(real)
    planted["Credentials"]["AccessKeyId"] = "ASIAPLANTED000000000"
    kept.write_text(json.dumps(planted))
    kept.chmod(0o600)
    used = client.json("creds", "--profile", "prod", env={"ROLECALL_CACHE_DIR": str(cache)})
    assert used["AccessKeyId"] == "ASIAPLANTED000000000", "what we wrote ourselves is used: the next assertion can fail"
    kept.chmod(0o622)
    used = client.json("creds", "--profile", "prod", env={"ROLECALL_CACHE_DIR": str(cache)})
    assert used["AccessKeyId"] != "ASIAPLANTED000000000", "who can write to it chooses as whom we work"

    lock = cache / "sessions" / (name.removesuffix(".json") + ".lock")
    lock.unlink()
    kept.unlink()
    lock.symlink_to(tmp_path / "elsewhere")
    client("creds", "--profile", "prod", env={"ROLECALL_CACHE_DIR": str(cache)})
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("inner", [False, True])
def test_a_folder_that_others_write_to_is_not_used(client, developer, tmp_path, inner):  # noqa: F811
    cache = tmp_path / "cache"
    name = session_key(client, cache)
    planted = json.loads((cache / "sessions" / name).read_text())
    planted["Credentials"]["AccessKeyId"] = "ASIAPLANTED000000000"
    (cache / "sessions" / name).write_text(json.dumps(planted))
    (cache / "sessions" if inner else cache).chmod(0o777)
    before = sorted(os.listdir(cache / "sessions"))
    said = client("whoami", "--profile", "prod", env={"ROLECALL_CACHE_DIR": str(cache)})
    assert "ASIAPLANTED" not in said and "not kept" in said and "chmod 700" in said, said
    assert sorted(os.listdir(cache / "sessions")) == before
    assert "others may write" in client.run("doctor", env={"ROLECALL_CACHE_DIR": str(cache)}).stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_folder_of_somebody_else_is_not_used(client, developer, tmp_path):  # noqa: F811
    cache = tmp_path / "cache"
    name = session_key(client, cache)
    kept = cache / "sessions" / name
    planted = json.loads(kept.read_text())
    planted["Credentials"]["AccessKeyId"] = "ASIAPLANTED000000000"
    kept.write_text(json.dumps(planted))
    os.chown(kept, 65534, 65534)
    assert client.json("creds", "--profile", "prod", env={"ROLECALL_CACHE_DIR": str(cache)})["AccessKeyId"] != "ASIAPLANTED000000000"
    os.chown(cache / "sessions", 65534, 65534)
    said = client("whoami", "--profile", "prod", env={"ROLECALL_CACHE_DIR": str(cache)})
    assert "belongs to another user" in said


# ---- texts that act on a terminal -------------------------------------------------------------------------------------------------------
EVIL = "\x1b]0;owned\x07\x9b31m\u202egpj"
IDENTITY = """<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::111111111111:user/a&#27;]0;owned&#7;&#155;31m&#8238;gpj</Arn><UserId>AIDA</UserId><Account>111111111111</Account>
</GetCallerIdentityResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetCallerIdentityResponse>"""
REFUSAL = """<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no &#27;[2J
  as: the administrator</Message></Error><RequestId>r</RequestId></ErrorResponse>"""
KEYS = {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "s"}


def acts(text):
    """What in it would act on a terminal."""
    return [c for c in text if (ord(c) < 32 and c not in "\n\t\r") or 0x7F <= ord(c) < 0xA0 or c in "\u202a\u202b\u202c\u202d\u202e"]


def test_the_check_itself():
    assert acts(EVIL) and not acts("größer\n\tok")


@pytest.mark.parametrize("words", [["whoami"], ["sts", "get-caller-identity"], ["sts", "get-caller-identity", "--output", "text"],
                                   ["sts", "get-caller-identity", "--output", "yaml"], ["sts", "get-caller-identity", "--output", "table", "--color", "off"]])
def test_answers_do_not_act_on_a_terminal(alone, fake, words):  # noqa: F811
    fake.routes["POST /"] = (200, IDENTITY)
    alone.environment.update(KEYS)
    status, shown, _ = on_terminal(alone, *words, types=[])
    assert status == 0 and "owned" in shown and "gpj" in shown, shown
    assert not acts(shown), ascii(shown)


def test_a_program_gets_every_byte(alone, fake):  # noqa: F811
    fake.routes["POST /"] = (200, IDENTITY)
    assert "a" + EVIL in alone("sts", "get-caller-identity", "--output", "text", "--query", "Arn", env=KEYS)


def test_a_refusal_forges_no_note(alone, fake):  # noqa: F811
    fake.routes["POST /"] = (403, REFUSAL)
    said = alone.refused("whoami", env=KEYS)
    assert "AccessDenied" in said and not acts(said), ascii(said)
    assert "\n  as: the administrator" not in said and "|   as: the administrator" in said


def test_names_of_files_do_not_act_on_a_terminal(alone):  # noqa: F811
    alone.config(f"[profile evil{EVIL}]\naws_access_key_id = A\naws_secret_access_key = s\nregion = x\n")
    status, shown, _ = on_terminal(alone, "profiles", "--plain", types=[])
    assert status == 0 and "evil" in shown and not acts(shown), ascii(shown)
    assert EVIL in alone("profiles", "--plain")


def test_keys_do_not_act_on_a_terminal(server, client, developer):  # noqa: F811
    s3 = server.client("s3", "dev")
    s3.create_bucket(Bucket="names")
    s3.put_object(Bucket="names", Key="k\x1b[2J\n2026-01-01 00:00:00         1 forged", Body=b"")
    key, secret = server.make_user("lister", policy=allow(["s3:*"], "*"))
    client.environment.update(AWS_ACCESS_KEY_ID=key, AWS_SECRET_ACCESS_KEY=secret, AWS_REGION="us-east-1")
    status, shown, _ = on_terminal(client, "s3", "ls", "s3://names", types=[])
    assert status == 0 and len(shown.splitlines()) == 1 and "forged" in shown and not acts(shown), ascii(shown)


def test_cmd_runs_nothing(alone):  # noqa: F811
    for secret in ("s&calc", "s\r\ncalc", "s%PATH%", 's"', "s^", "s|calc", "s>file", "s!x!"):
        said = alone.refused("creds", "--format", "windows-cmd", env={"AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": secret})
        assert "cmd.exe" in said and secret not in said
    assert alone("creds", "--format", "windows-cmd", env={"AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "a/b+c="}).splitlines()[1] == "set AWS_SECRET_ACCESS_KEY=a/b+c="


# ---- answers without end ----------------------------------------------------------------------------------------------------------------
def test_interim_answers_without_end(alone):  # noqa: F811
    with socket.create_server(("127.0.0.1", 0)) as listener:
        def endless():
            while True:
                try:
                    peer, _ = listener.accept()
                except OSError:
                    return
                with peer:
                    try:
                        while True:
                            peer.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)
                    except OSError:
                        pass
        threading.Thread(target=endless, daemon=True).start()
        said = alone.refused("whoami", "--endpoint-url", f"http://127.0.0.1:{listener.getsockname()[1]}", env={**KEYS, "AWS_MAX_ATTEMPTS": "1"})
    assert "interim answers without end" in said


def test_a_credential_process_without_end(alone):  # noqa: F811
    alone.config("[profile p]\ncredential_process = yes\n")
    assert "printed more than 1 MiB" in alone.refused("creds", "--profile", "p")


# ---- MFA and long sessions --------------------------------------------------------------------------------------------------------------
def test_a_long_session_with_mfa_is_no_chain(server, client, device):  # noqa: F811
    """A session of GetSessionToken may have a role for an hour only: the code goes with AssumeRole, as the AWS CLI sends it."""
    server.client("iam", "prod").update_role(RoleName="one", MaxSessionDuration=43200)
    client("configure", "set", "profile.one.duration_seconds", "14400")
    client("configure", "set", "profile.one.mfa_process", f"echo {device.code()}")
    client("creds", "--profile", "one")
    assert events(server, "GetSessionToken") == 0 and events(server, "AssumeRole") == 1
    record = json.loads(server.get("/_rolecall/audit?event=AssumeRole&limit=1").splitlines()[0])["record"]
    assert record["requestParameters"]["serialNumber"] == device.serial and record["requestParameters"]["durationSeconds"] == 14400


def test_an_hour_with_mfa_is_one_code_for_every_role(server, client, device):  # noqa: F811
    client("configure", "set", "profile.one.duration_seconds", "3600")
    client("configure", "set", "profile.one.mfa_process", f"echo {device.code()}")
    client("creds", "--profile", "one")
    client("creds", "--profile", "two")
    assert events(server, "GetSessionToken") == 1 and events(server, "AssumeRole") == 2
