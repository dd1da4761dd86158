"""`rolecall s3` beside Debian's AWS CLI, in turn in one run: many small files and one large one, up and down. Wall time, CPU and peak memory
of the program alone. The server is a release build on loopback with its files in a temporary folder.

    /usr/bin/python3 bench/load/transfer.py [--rounds 3] [--files 100] [--mib 64]
"""
import argparse
import filecmp
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import threading
import time

import rig

AWS = "/usr/bin/aws"


def peak_mib(pid):
    """VmHWM of the program itself; ru_maxrss would count this script's memory before the exec."""
    try:
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0


def timed(program, words, environment, folder):
    start = time.monotonic()
    process = subprocess.Popen([program, "s3", *words], env=environment, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    peaks, ended = [0], threading.Event()

    def watch():
        while not ended.wait(0.003):
            peaks.append(peak_mib(process.pid))
    watcher = threading.Thread(target=watch)
    watcher.start()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - start
    ended.set()
    watcher.join()
    assert status == 0, process.stderr.read().decode()
    process.stderr.close()
    return wall, usage.ru_utime + usage.ru_stime, max(peaks)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", default=str(rig.ROOT / "build/release/rolecall"))
    parser.add_argument("--client", default=str(rig.ROOT / "build/release/rolecall-client"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--files", type=int, default=100)
    parser.add_argument("--mib", type=int, default=64)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rolecall-transfer-") as name:
        folder = pathlib.Path(name)
        (folder / "small").mkdir()
        for i in range(options.files):
            (folder / f"small/{i}.txt").write_bytes(os.urandom(4096))
        with open(folder / "large", "wb") as file:
            for _ in range(options.mib):
                file.write(os.urandom(1 << 20))
        server = subprocess.Popen([options.binary, "dev", "--listen", "127.0.0.1:0", "--data", str(folder / "data"), "--write-profiles", str(folder / "profiles"),
                                   "--access-log", "off"], stdout=subprocess.PIPE, text=True, cwd=folder)
        url = server.stdout.readline().split()[1]
        environment = {"PATH": os.environ["PATH"], "HOME": name, "AWS_CONFIG_FILE": str(folder / "profiles/config"), "AWS_PAGER": "", "LANG": "C.UTF-8",
                       "AWS_SHARED_CREDENTIALS_FILE": str(folder / "profiles/credentials"), "AWS_PROFILE": "dev-root", "AWS_EC2_METADATA_DISABLED": "true"}
        steps = {
            f"{options.files} small files up": ["cp", "small", "s3://bench/small", "--recursive"],
            f"{options.files} small files down": ["cp", "s3://bench/small", "back", "--recursive"],
            f"{options.mib} MiB up": ["cp", "large", "s3://bench/large"],
            f"{options.mib} MiB down": ["cp", "s3://bench/large", "large.back"],
            "sync, nothing to do": ["sync", "small", "s3://bench/small"],
            "ls": ["ls", "s3://bench/small/"],
        }
        subprocess.run([options.client, "s3", "mb", "s3://bench", "--endpoint-url", url], env=environment, check=True, stdout=subprocess.DEVNULL)
        seen = {}
        for _ in range(options.rounds):
            for step, words in steps.items():
                for who, program in (("aws", AWS), ("rolecall", options.client)):
                    shutil.rmtree(folder / "back", ignore_errors=True)
                    seen.setdefault((step, who), []).append(timed(program, [*words, "--endpoint-url", url], environment, folder))
                if step.endswith("MiB down"):
                    assert filecmp.cmp(folder / "large.back", folder / "large", shallow=False)
        server.terminate()
        server.wait()
    print("| what | rolecall s | aws s | × faster | CPU s (aws) | MiB (aws) |\n|---|---|---|---|---|---|")
    for step in steps:
        ours, theirs = ([statistics.median(column) for column in zip(*seen[step, who])] for who in ("rolecall", "aws"))
        print(f"| {step} | {ours[0]:.3f} | {theirs[0]:.2f} | {theirs[0] / ours[0]:.1f} | {ours[1]:.3f} ({theirs[1]:.2f}) | {ours[2]:.0f} ({theirs[2]:.0f}) |")


if __name__ == "__main__":
    main()
