"""Help and manual pages, completion in real shells, the picker, the prompt and the doctor: `rolecall` as people's shells use it."""
import email.utils
import http.server
import json
import os
import pathlib
import re
import shutil
import subprocess
import threading
import time

import pytest

from conftest import rolecall_binary

CONFIG = """[default]
region = eu-west-1
[profile prod]
role_arn = arn:aws:iam::222222222222:role/Admin
source_profile = default
[profile "with blank"]
region = us-east-1
"""


@pytest.fixture
def home(tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "rolecall").symlink_to(pathlib.Path(os.environ.get("ROLECALL_CLIENT") or rolecall_binary()).resolve())
    (tmp_path / ".aws").mkdir(mode=0o700)
    (tmp_path / ".aws" / "config").write_text(CONFIG)
    (tmp_path / ".aws" / "credentials").write_text("[default]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = secret\n")
    for file in (tmp_path / ".aws").iterdir():
        file.chmod(0o600)
    return tmp_path


def environment(home, **more):
    return {"PATH": f"{home}/bin:/usr/bin:/bin", "HOME": str(home), "LANG": "C.UTF-8", "TERM": "xterm", "AWS_EC2_METADATA_DISABLED": "true", **more}


def run(home, *words, **more):
    return subprocess.run([str(word) for word in words], env=environment(home, **more.pop("env", {})), cwd=home, text=True, capture_output=True,
                          timeout=120, **more)


# ---- manual pages -----------------------------------------------------------------------------------------------------------
def test_manual_pages_are_the_help_pages_and_please_the_readers_of_manuals(home):
    assert run(home, "rolecall", "help", "--man-dir", "man").returncode == 0
    written = {path.name for path in (home / "man").iterdir()}
    commands, services = run(home, "rolecall", "--help").stdout.split("Any operation of a service:")  # those are described by their models
    listed = re.findall(r"^  ([a-z0-9-]+)  ", commands, re.M)
    assert "  s3api  " in services
    assert written >= {"rolecall.1", *(f"rolecall-{name}.1" for name in listed)} and len(listed) > 12
    complaints = ""
    for path in sorted((home / "man").iterdir()):
        if shutil.which("mandoc"):
            complaints += run(home, "mandoc", "-Tlint", "-Wwarning", path).stdout
        if shutil.which("groff"):
            complaints += run(home, "groff", "-man", "-Tutf8", "-ww", "-z", path).stderr
    assert complaints == ""
    for name in ("exec", "dev", "lint"):
        assert run(home, "rolecall", "help", "--man", name).stdout == (home / "man" / f"rolecall-{name}.1").read_text()
    if shutil.which("mandoc"):
        shown = run(home, "mandoc", "-Tutf8", "man/rolecall-exec.1").stdout
        plain = re.sub(r".\x08", "", shown)
        assert "--server" in plain and "ROLECALL_PROFILE" in plain and "rolecall-creds(1)" in plain


@pytest.mark.parametrize("words, status, said", [
    (["help", "nosuch"], 2, "nosuch"), (["help", "--man", "nosuch"], 2, "nosuch"), (["help", "--mann"], 2, "--mann"),
    (["help", "--man-dir", "/proc/nowhere"], 3, "/proc/nowhere"), (["completion"], 252, "bash, zsh or fish"),
    (["completion", "csh"], 252, "bash, zsh or fish"),
])
def test_what_there_is_no_page_of(home, words, status, said):
    done = run(home, "rolecall", *words)
    assert done.returncode == status and said in done.stderr and done.stdout == ""


def test_cmake_installs_the_program_its_manual_and_its_completions(tmp_path):
    build = pathlib.Path(rolecall_binary()).resolve().parent
    if not (build / "cmake_install.cmake").exists():
        pytest.skip("the binary stands in no build folder")
    done = subprocess.run(["cmake", "--install", build, "--component", "program", "--prefix", tmp_path], text=True, capture_output=True)
    assert done.returncode == 0, done.stdout + done.stderr
    there = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert there >= {"bin/rolecall", "share/man/man1/rolecall.1", "share/man/man1/rolecall-exec.1", "share/man/man1/rolecall-dev.1",
                     "share/bash-completion/completions/rolecall", "share/zsh/site-functions/_rolecall",
                     "share/fish/vendor_completions.d/rolecall.fish"}
    assert subprocess.run([tmp_path / "bin/rolecall", "--version"], capture_output=True).returncode == 0


def test_help_is_asked_for_in_every_way_people_know(home):
    page = run(home, "rolecall", "help", "configure").stdout
    assert page.startswith("rolecall configure: ") and "Exit status:" in page
    for words in (["configure", "--help"], ["configure", "-h"], ["configure", "set", "--help"], ["configure", "help"], ["help", "configure", "--help"]):
        assert run(home, "rolecall", *words).stdout == page, words
    part = run(home, "rolecall", "help", "s3", "cp").stdout
    assert part.startswith("rolecall s3 cp: ") and run(home, "rolecall", "s3", "cp", "help").stdout == part
    # Behind `--` it is somebody else's word.
    assert run(home, "rolecall", "use", "prod", "--", "sh", "-c", "echo $0", "--help").stdout == "--help\n"


# ---- completion -------------------------------------------------------------------------------------------------------------
LINES = [
    ("rolecall who", ["whoami"]),
    ("rolecall configure s", ["set"]),
    ("rolecall exec --profile p", ["prod"]),
    ("rolecall creds --format env-", ["env-no-export"]),
    ("rolecall iam create-ro", ["create-role"]),
    ("rolecall iam create-role --role-n", ["--role-name"]),
    ("rolecall iam update-access-key --status I", ["Inactive"]),
    ("rolecall iam list-users --region eu-central-", ["eu-central-1", "eu-central-2"]),
    ("rolecall lint pol", ["policy.json"]),
    ("rolecall serve --da", ["--data"]),
]


def bash_completes(home, line, points=True):
    script = f"""
        eval "$(rolecall completion bash)"
        COMP_LINE={subprocess.list2cmdline([line])}; COMP_POINT=${{#COMP_LINE}}
        COMP_WORDS=({re.sub('=', ' = ', line)}{" ''" if line.endswith((" ", "=")) else ''}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
        {'' if points else 'unset COMP_LINE COMP_POINT'}
        _rolecall; printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = run(home, "bash", "--norc", "-c", script)
    assert done.returncode == 0, done.stderr
    return [answer for answer in done.stdout.split("\n") if answer]


@pytest.mark.parametrize("line, expected", LINES)
def test_bash_completes(home, line, expected):
    (home / "policy.json").write_text("{}")
    assert bash_completes(home, line) == expected
    assert bash_completes(home, line, points=False) == expected


def test_bash_takes_an_equals_sign_for_the_end_of_a_word(home):
    assert bash_completes(home, "rolecall exec --profile=p") == ["prod"]
    assert bash_completes(home, "rolecall creds --format=") == ["env", "env-no-export", "fish", "powershell", "process", "windows-cmd"]
    assert bash_completes(home, "rolecall exec --profile w") == ["'with blank'"]


@pytest.mark.skipif(shutil.which("fish") is None, reason="no fish here")
@pytest.mark.parametrize("line, expected", LINES)
def test_fish_completes(home, line, expected):
    (home / "policy.json").write_text("{}")
    done = run(home, "fish", "--no-config", "-c", f"rolecall completion fish | source; complete --do-complete '{line}'")
    assert [answer.split("\t")[0] for answer in done.stdout.splitlines()] == expected, done.stderr


class Terminal:
    """A program on a terminal of its own. Waits for what is shown, never for time to pass."""

    def __init__(self, home, *words, rows=24, columns=80, env=None):
        import fcntl, pty, struct, termios
        self.shown = b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.chdir(home)
            os.execvpe(words[0], words, environment(home, **(env or {})))

    def send(self, text):
        os.write(self.fd, text.encode())

    def until(self, text, seconds=60):
        import select, time
        end = time.monotonic() + seconds
        while text.encode() not in self.shown:
            ready, _, _ = select.select([self.fd], [], [], max(0, end - time.monotonic()))
            assert ready, f"{text!r} was not shown: {self.shown!r}"
            try:
                piece = os.read(self.fd, 65536)
            except OSError:
                piece = b""
            assert piece, f"{text!r} was not shown before the end: {self.shown!r}"
            self.shown += piece
        before, _, self.shown = self.shown.partition(text.encode())
        return before.decode(errors="replace")

    def finish(self):
        try:
            while piece := os.read(self.fd, 65536):
                self.shown += piece
        except OSError:
            pass
        _, state = os.waitpid(self.pid, 0)
        os.close(self.fd)
        return os.waitstatus_to_exitcode(state)


@pytest.mark.skipif(shutil.which("zsh") is None, reason="no zsh here")
def test_zsh_completes(home):
    (home / ".zshrc").write_text("PROMPT='READY> '; autoload -U compinit; compinit -D; eval \"$(rolecall completion zsh)\"\n"
                                 "zstyle ':completion:*' list-separator '--'; unsetopt menu_complete auto_menu zle_bracketed_paste\n")
    zsh = Terminal(home, "zsh", "-i", columns=200)
    zsh.until("READY> ")
    for line, completed in (("rolecall who", "ami"), ("rolecall exec --profile p", "rod"), ("rolecall exec --profile=p", "rod"),
                            ("rolecall iam create-ro", "le"), ("rolecall configure s", "et")):
        zsh.send(line + "\t")
        zsh.until(line[-1] + completed)
        zsh.send("\x15\x0b\r")
        zsh.until("READY> ")
    zsh.send("rolecall iam list-users --region eu-central-\t")
    zsh.until("eu-central-2")
    zsh.send("\x15\x04exit\r")
    zsh.finish()


# ---- the picker -------------------------------------------------------------------------------------------------------------
def test_profiles_are_a_plain_list_for_programs(home):
    listed = run(home, "rolecall", "profiles")
    assert listed.returncode == 0
    assert [line.split("\t") for line in listed.stdout.splitlines()] == [
        ["default", "-", "key AKIAEXAMPLE", "-"], ["prod", "222222222222", "arn:aws:iam::222222222222:role/Admin", "default"],
        ["with blank", "-", "-", "-"]]
    assert run(home, "rolecall", "profiles", "--plain", "2222 adm").stdout.startswith("prod\t")
    alone = run(home, "rolecall", "profiles", "--pick", start_new_session=True)
    assert alone.returncode == 255 and "no terminal" in alone.stderr and alone.stdout == ""
    (home / ".aws" / "config").write_text("no section\n")
    broken = run(home, "rolecall", "profiles")
    assert broken.returncode == 255 and "Unable to parse config file" in broken.stderr


def stty(terminal):
    return subprocess.run(["stty", "-g"], stdin=terminal.fd, text=True, capture_output=True).stdout


def test_the_picker_takes_what_is_typed(home):
    for keys, picked in (("\r", "default"), ("prd\r", "prod"), ("\x0e\r", "prod"), ("\x1b[B\x1b[B\r", "with blank"), ("2222 adm\r", "prod")):
        shutil.rmtree(home / ".cache", ignore_errors=True)  # what was picked last comes first
        # Standard output is a pipe: the picker is on the terminal all the same.
        shell = Terminal(home, "bash", "--norc", "-c", 'name=$(rolecall profiles --pick); echo "<$?:$name>"')
        shell.until("Esc leaves")
        shell.send(keys)
        shell.until(f"<0:{picked}>")
        assert shell.finish() == 0


def test_the_picker_leaves_without_a_word_and_the_terminal_as_it_was(home):
    for keys in ("\x1b", "\x03", "x\x04"):
        shell = Terminal(home, "bash", "--norc", "-c", 'read -r; rolecall profiles; echo "<$?>"; read -r')
        before = stty(shell)
        shell.send("\n")
        shell.until("Esc leaves")
        assert stty(shell) != before
        shell.send(keys)
        shell.until("\x1b[?1049l")
        shell.until("<130>")
        assert stty(shell) == before
        shell.send("\n")
        assert shell.finish() == 0


def test_a_signal_ends_the_picker_and_the_terminal_is_as_it_was(home):
    shell = Terminal(home, "bash", "--norc", "-c", 'read -r; rolecall profiles --pick & wait $!; echo "<$?>"; read -r')
    before = stty(shell)
    shell.send("\n")
    shell.until("Esc leaves")
    picker = int(subprocess.run(["pgrep", "-P", str(shell.pid), "rolecall"], text=True, capture_output=True).stdout)
    os.kill(picker, 15)
    shell.until("\x1b[?1049l")
    shell.until("<143>")
    assert stty(shell) == before
    shell.send("\n")
    assert shell.finish() == 0


def test_the_picker_follows_the_window(home):
    import fcntl, struct, termios
    picker = Terminal(home, "rolecall", "profiles", rows=24, columns=80)
    picker.until("Esc leaves")
    picker.until("AKIAEXAMPLE")
    fcntl.ioctl(picker.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 3, 12, 0, 0))
    shown = picker.until("\x1b[2J") + picker.until("> defaul")
    assert "AKIAEXAMPLE" not in shown
    picker.send("\x1b")
    assert picker.finish() == 130


def test_what_was_picked_comes_first(home):
    picker = Terminal(home, "rolecall", "profiles")
    picker.until("Esc leaves")
    picker.send("blank\r")
    assert picker.finish() == 0 and b"with blank\r\n" in picker.shown
    assert (home / ".cache" / "rolecall" / "recent-profiles").stat().st_mode & 0o777 == 0o600
    again = Terminal(home, "rolecall", "profiles")
    again.until("Esc leaves")
    again.send("\r")
    assert again.finish() == 0 and b"with blank\r\n" in again.shown


def test_use_starts_a_shell_with_the_profile(home):
    secret = {"AWS_ACCESS_KEY_ID": "AKIAOTHER", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_PROFILE": "other"}
    show = ["--", "sh", "-c", "echo $AWS_PROFILE,$AWS_ACCESS_KEY_ID,$AWS_DEFAULT_PROFILE,$AWS_REGION; exit 7"]
    done = run(home, "rolecall", "use", "prod", "--region", "eu-north-1", *show, env=secret)
    assert (done.returncode, done.stdout) == (7, "prod,,,eu-north-1\n")
    (home / "myshell").write_text("#!/bin/sh\necho in $AWS_PROFILE\n")
    (home / "myshell").chmod(0o755)
    assert run(home, "rolecall", "use", "prod", env={"SHELL": str(home / "myshell")}).stdout == "in prod\n"
    for words, status, said in ((["nosuch"], 253, "(nosuch) could not be found"), (["prod", "x"], 252, "x"), (["prod", "--", "/no/such"], 127, "/no/such")):
        done = run(home, "rolecall", "use", *words)
        assert done.returncode == status and said in done.stderr
    picker = Terminal(home, "rolecall", "use", "--", "sh", "-c", "echo in $AWS_PROFILE", env={"XDG_CACHE_HOME": str(home / "fresh")})
    picker.until("Esc leaves")
    picker.send("\r")
    picker.until("in default")
    assert picker.finish() == 0


# ---- the prompt -------------------------------------------------------------------------------------------------------------
def test_the_prompt_tells_who_and_how_long(home):
    assert run(home, "rolecall", "prompt").stdout == ""
    assert run(home, "rolecall", "prompt", env={"AWS_PROFILE": "prod"}).stdout == "prod 222222222222 Admin"
    bash = run(home, "bash", "--norc", "-c", "PS1='$(rolecall prompt --format \"({profile}[ {left}]{mark}) \")$ '; echo \"${PS1@P}\"",
               env={"AWS_PROFILE": "prod"})
    assert bash.stdout == "(prod) $ \n"
    exec_ = run(home, "rolecall", "prompt", env={"ROLECALL_PROFILE": "prod", "AWS_ACCESS_KEY_ID": "ASIA", "AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z"})
    assert exec_.stdout == "prod 222222222222 Admin expired"


# ---- the doctor -------------------------------------------------------------------------------------------------------------
def findings(home, *words, **variables):
    done = run(home, "rolecall", "doctor", "--format", "json", *words, env=variables)
    assert done.stderr == "", done.stderr
    return done.returncode, {(finding["Id"], finding.get("Line", 0)): finding for finding in json.loads(done.stdout)["Findings"]}


def test_the_doctor_has_nothing_to_say_about_a_good_set_up(home, server):
    (home / ".aws" / "credentials").unlink()
    (home / ".aws" / "config").write_text(f"[default]\ncredential_process = cat\nregion = eu-west-1\nendpoint_url = {server.url}\n")
    done = run(home, "rolecall", "doctor")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_doctor_finds_addresses_that_do_not_answer_and_a_wrong_clock(home, server):
    (home / ".aws" / "credentials").unlink()
    (home / ".aws" / "config").write_text(f"[default]\ncredential_process = cat\nendpoint_url = {server.url}\n"
                                          "[profile gone]\ncredential_process = cat\nendpoint_url = http://127.0.0.1:1\n")
    status, found = findings(home)
    assert status == 1 and set(found) == {("endpoint-unreachable", 6)}
    assert findings(home, "--offline") == (0, {})
    late, ahead = dates(home, 90), dates(home, -400)
    try:
        assert (home / ".aws" / "config").write_text(f"[default]\ncredential_process = cat\nendpoint_url = {late.url}\n")
        status, found = findings(home)
        assert (status, set(found)) == (0, {("clock-skew", 0)}) and "behind" in found["clock-skew", 0]["What"]
        assert (home / ".aws" / "config").write_text(f"[default]\ncredential_process = cat\nendpoint_url = {ahead.url}\n")
        status, found = findings(home)
        assert (status, set(found)) == (1, {("clock-skew", 0)}) and "ahead of" in found["clock-skew", 0]["What"]
    finally:
        late.shutdown()
        ahead.shutdown()


def dates(home, seconds):
    """A server that only tells the time, wrongly."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response_only(403)
            self.send_header("Date", email.utils.formatdate(time.time() + seconds, usegmt=True))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def test_the_doctor_agrees_with_the_aws_cli_about_what_does_not_work(home):
    """Each of these findings is an error of the AWS CLI too, or a profile that it does not see."""
    (home / ".aws" / "config").write_text("""[foo]
region = x
[profile loop]
role_arn = arn:aws:iam::222222222222:role/A
source_profile = loop
[profile lost]
role_arn = arn:aws:iam::222222222222:role/B
source_profile = nosuch
[profile half]
aws_access_key_id = AKIA
""")
    status, found = findings(home, "--offline")
    assert status == 1
    assert set(found) == {("source-loop", 5), ("source-missing", 8), ("half-a-key", 10), ("section-dropped", 1), ("plain-keys", 3)}
    for profile, said in (("loop", "Infinite loop"), ("lost", "does not exist"), ("half", "Partial credentials"), ("foo", "could not be found")):
        done = run(home, "aws", "sts", "get-caller-identity", "--profile", profile, "--region", "us-east-1", "--endpoint-url", "http://127.0.0.1:1")
        assert done.returncode != 0 and said in done.stderr, (profile, done.stderr)
    for words in (["--format", "yaml"], ["x"], ["--nosuch"]):
        assert run(home, "rolecall", "doctor", *words).returncode == 252
