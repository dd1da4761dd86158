"""What a call of the client costs, beside the AWS CLI in the same run against the same server.

  /usr/bin/python3 bench/load/client.py [--binary build/release/rolecall] [--aws /usr/bin/aws] [--rounds 9] [--each 20] [--nice -15 | --realtime]

A round plays every scenario: the AWS CLI once, ours --each times (where a call must find no kept session, once as well). Medians of wall
clock, CPU (user and system) and peak memory, from exec to exit, output thrown away. The server is a release build on loopback in a
temporary folder; the AWS CLI reaches it as an HTTPS proxy, because Debian's knows no endpoint setting, ours by AWS_ENDPOINT_URL, and once
as that proxy too.
"""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile

import rig
from rig import DEV, PROD, ROOT

CREDS = ("3", "8")  # targets: milliseconds, MiB


class Program:
    def __init__(self, name, words, environment, count=1, target=("", "")):
        self.name, self.words, self.environment, self.count, self.target = name, words, environment, count, target
        self.runs = []

    def run(self, launch):
        done = subprocess.run([launch, str(self.count), *self.words], env=self.environment, text=True, capture_output=True, preexec_fn=rig.preferred)
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(self.words)}: {done.returncode}\n{done.stderr}")
        self.runs += [tuple(map(int, line.split())) for line in done.stdout.splitlines()]

    def medians(self):
        wall, cpu, memory = (statistics.median(column) for column in zip(*self.runs))
        return wall / 1000, cpu / 1000, memory / 1024


def compiled(directory):
    """The launcher; see its comment."""
    binary = str(directory / "launch")
    subprocess.run(["c++", "-O2", "-std=c++20", "-o", binary, str(ROOT / "bench/load/launch.cc")], check=True)
    return binary


def home_of(directory, server):
    """Profiles that ours and the AWS CLI's both read: an administrator, and a role in the other account."""
    home = directory / "home"
    (home / ".aws").mkdir(parents=True)
    key, secret = server.key("dev")
    (home / ".aws/credentials").write_text(f"[dev]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n")
    (home / ".aws/config").write_text("[profile dev]\nregion = us-east-1\n\n[profile ops]\nsource_profile = dev\nregion = us-east-1\n"
                                      f"role_arn = arn:aws:iam::{PROD}:role/ops\nrole_session_name = bench\n")
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": DEV}, "Action": "sts:AssumeRole"}]}
    server.client("iam", "prod").create_role(RoleName="ops", AssumeRolePolicyDocument=json.dumps(trust))
    return home


def scenarios(options, server, home):
    plain = {"PATH": os.environ["PATH"], "HOME": str(home), "AWS_EC2_METADATA_DISABLED": "true", "AWS_PAGER": "", "LANG": "C.UTF-8"}
    ours = {**plain, "AWS_ENDPOINT_URL": server.url}
    proxy = {**plain, "HTTPS_PROXY": server.url, "AWS_CA_BUNDLE": str(home / "profiles/ca.pem")}
    small = str(pathlib.Path(options.binary).with_name("rolecall-client"))
    programs = [("rolecall", options.binary)] + ([("rolecall-client", small)] if pathlib.Path(small).exists() else [])

    def both(theirs, words, target, environment=ours, count=None, theirs_environment=proxy):
        beside = [Program("aws", [options.aws, *theirs], theirs_environment)] if theirs else []
        return beside + [
            Program(name, [binary, *words], environment, count or options.each, target) for name, binary in programs]

    def forget():
        for folder in (".aws/cli", ".cache"):
            shutil.rmtree(home / folder, ignore_errors=True)

    export = ["configure", "export-credentials", "--profile", "ops"]
    identity = ["sts", "get-caller-identity", "--profile", "dev"]
    return [
        ("credentials, kept session", both(export, ["creds", "--profile", "ops"], CREDS), None),
        ("credentials, one AssumeRole", both(export, ["creds", "--profile", "ops"], ("15", "10"), count=1), forget),
        ("credentials, one AssumeRole over TLS", both(export, ["creds", "--profile", "ops"], ("", ""), proxy, count=1), forget),
        ("credentials from the file", both(["configure", "export-credentials", "--profile", "dev"], ["creds", "--profile", "dev"], CREDS), None),
        ("who am I", both(identity, ["whoami", "--profile", "dev"], ("10", "")), None),
        ("help", both(["configure", "help"], ["configure", "--help"], ("5", "")), None),
        ("completion", both(None, ["complete", "bash", "rolecall configure exp"], ("5", "")), None),
    ]


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--binary", default=str(ROOT / "build/release/rolecall"))
    options.add_argument("--aws", default="/usr/bin/aws")
    options.add_argument("--rounds", type=int, default=9)
    options.add_argument("--each", type=int, default=20)
    options.add_argument("--nice", type=int, default=0)
    options.add_argument("--realtime", action="store_true", help="before everything else on the machine, ours and the AWS CLI alike")
    options = options.parse_args()
    rig.NICE = options.nice
    if options.realtime:
        rig.preferred = lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(5))
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as name:
        directory = pathlib.Path(name)
        launch = compiled(directory)
        server = rig.Rolecall(options.binary, directory, ["--write-profiles", str(directory / "home/profiles")])
        try:
            cases = scenarios(options, server, home_of(directory, server))
            for number in range(options.rounds + 1):
                for _, programs, before in cases:
                    for program in programs:
                        if before:
                            before()
                        program.run(launch)
                        if number == 0:
                            program.runs.clear()  # files in the page cache, sessions kept
        finally:
            server.stop()
    print("| call | program | wall ms | CPU ms | peak MiB | target | AWS CLI / ours: wall, CPU, memory |\n|---|---|---|---|---|---|---|")
    for title, programs, _ in cases:
        base = programs[0].medians() if programs[0].name == "aws" else None
        for program in programs:
            wall, cpu, memory = program.medians()
            ratios = ", ".join(f"{a / b:.0f}" for a, b in zip(base, (wall, cpu, memory))) if base and program.name != "aws" else ""
            target = " ms, ".join(program.target) + " MiB" if program.target[1] else program.target[0] and program.target[0] + " ms"
            print(f"| {title} | {program.name} | {wall:.2f} | {cpu:.2f} | {memory:.1f} | {target} | {ratios} |")


if __name__ == "__main__":
    main()
