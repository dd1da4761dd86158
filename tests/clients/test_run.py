"""./run as a newcomer meets it, with the binary under test in place of a build."""
import os
import pathlib
import signal
import socket
import subprocess

import pytest

from conftest import ROOT
from test_contract import environment, rolecall_binary


def start(tmp_path, *words, listen="127.0.0.1:0"):
    # From another folder, in a process group of its own: Ctrl-C goes to all of the group.
    return subprocess.Popen([str(ROOT / "run"), *words], cwd="/", text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
                            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
                            env=environment(ROLECALL=str(pathlib.Path(rolecall_binary()).resolve()), ROLECALL_LISTEN=listen, TMPDIR=str(tmp_path)))


def test_the_walkthrough_goes_as_it_should(tmp_path):
    process = start(tmp_path, "--once")
    out, log = process.communicate(timeout=300)
    assert process.returncode == 0, out[-3000:] + log
    assert out.rstrip().endswith("All as it should be.")
    for step in ("$ aws sts get-caller-identity --profile prod\nAn error occurred (AccessDenied) when calling the AssumeRole operation: User: ",
                 "(UnauthorizedOperation)", "because no identity-based policy allows the iam:CreateUser action", "$ rolecall explain d-",
                 "missing   a statement in the trust policy of arn:aws:iam::222222222222:role/CrossAccountPowerUser", "statement 1, Allow: another principal"):
        assert step in out, step
    assert "should have" not in out and "\nexpected " not in out
    assert list(tmp_path.iterdir()) == [], "nothing is left behind"


def test_it_serves_until_ctrl_c(tmp_path):
    process = start(tmp_path)
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("Profiles:"):
            break
    assert "All as it should be.\n" in lines and any("export AWS_ENDPOINT_URL=http://127.0.0.1:" in line for line in lines), "".join(lines)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(timeout=60) == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("answers", [0, 1, 4])
def test_ctrl_c_in_the_middle_leaves_nothing(tmp_path, answers):
    process = start(tmp_path)
    for _ in range(answers):
        process.stdout.readline()
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode in (130, -signal.SIGINT)
    assert list(tmp_path.iterdir()) == []


def test_a_taken_port_and_a_wrong_word_are_told(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = start(tmp_path, "--once", listen=f"127.0.0.1:{taken.getsockname()[1]}")
        out, log = process.communicate(timeout=60)
    assert process.returncode == 1 and "in use" in log and "ROLECALL_LISTEN" in log and out == ""
    process = start(tmp_path, "--twice")
    assert process.communicate(timeout=60)[1].startswith("./run: unknown argument --twice") and process.returncode == 2
    assert list(tmp_path.iterdir()) == []
