"""Runs the stages of ./test, counts what passed and failed, and says so in one last line.

A stage is a function that yields (name, passed, detail). Failures print their detail; successes are silent, so
that what went wrong is on the screen when it ends.
"""
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent
JOBS = os.cpu_count() or 2
FUZZ_SECONDS = int(os.environ.get("ROLECALL_FUZZ_SECONDS", "6"))
# Rooms where threads meet: their tests run under TSan as well.
TSAN_TESTS = ["base_test", "http_test", "store_test"]
# A clone in another folder may use what was compiled in this one.
os.environ.setdefault("CCACHE_BASEDIR", str(ROOT))
os.environ.setdefault("CCACHE_NOHASHDIR", "1")


def sh(args, **kwargs):
    return subprocess.run(args, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **kwargs)


def sources(*patterns):
    out = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, text=True, capture_output=True).stdout.split()
    return [p for p in out if (ROOT / p).exists()]


def build(preset, *targets):
    """Configures and builds; a failure is one failed test and stops the stage."""
    if not (ROOT / "build" / preset / "build.ninja").exists():
        done = sh(["cmake", "--preset", preset])
        if done.returncode:
            return False, done.stdout[-4000:]
    done = sh(["cmake", "--build", "--preset", preset, "--parallel", str(JOBS),
               *(["--target", *targets] if targets else [])])
    return done.returncode == 0, done.stdout[-6000:]


def layers():
    done = sh([sys.executable, "tools/layers.py"])
    yield "layers", done.returncode == 0, done.stdout
    if (ROOT / "tools/coverage.py").exists():
        done = sh([sys.executable, "tools/coverage.py", "--check"])
        yield "coverage.md is current", done.returncode == 0, done.stdout


def format_():
    done = sh(["clang-format-19", "--dry-run", "-Werror", *sources("src/*.h", "src/*.cc", "fuzz/*.cc", "bench/*.cc", "tests/*.cc", "tests/*.h")])
    yield "clang-format", done.returncode == 0, done.stdout[-3000:]


def tidy():
    ok, output = build("asan")  # for the generated headers and the compile commands
    if not ok:
        yield "tidy build", False, output
        return
    # The build is clang's own, so its precompiled headers and flags serve as they are.
    known = {e["file"] for e in json.loads((ROOT / "build/asan/compile_commands.json").read_text())}
    files = [p for p in sources("src/*.cc") if str(ROOT / p) in known and not p.endswith("_test.cc")]

    def one(path):
        done = sh(["clang-tidy-19", "--quiet", "-p", "build/asan", path])
        return "tidy " + path, done.returncode == 0, done.stdout[-3000:]

    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        yield from pool.map(one, files)


def gtest(preset, binary):
    """Runs one test program; every case counts."""
    path = next((ROOT / "build" / preset).rglob(binary), None)
    if path is None:
        yield binary, False, "not built"
        return
    with tempfile.NamedTemporaryFile(suffix=".xml") as report:
        started = time.monotonic()
        try:
            done = sh([str(path), f"--gtest_output=xml:{report.name}", "--gtest_brief=1"], timeout=900)
        except subprocess.TimeoutExpired as late:
            yield binary, False, f"still running after 900 s: {str(late.stdout)[-2000:]}"
            return
        cases = []
        try:
            cases = list(xml.etree.ElementTree.parse(report.name).getroot().iter("testcase"))
        except xml.etree.ElementTree.ParseError:
            pass
        failed = 0
        for case in cases:
            name = f"{case.get('classname')}.{case.get('name')}"
            bad = case.find("failure")
            failed += bad is not None
            yield f"{preset} {name}", bad is None, "" if bad is None else (bad.get("message") or "")
        if done.returncode != 0 and not failed:
            yield f"{preset} {binary}", False, done.stdout[-6000:]
        if not cases and done.returncode == 0:
            yield f"{preset} {binary}", False, "ran no test"
        print(f"  {preset}/{binary}: {len(cases)} cases, {time.monotonic() - started:.1f} s", flush=True)


def unit():
    ok, output = build("asan")
    yield "asan build", ok, output
    if not ok:
        return
    done = sh(["ctest", "--preset", "asan", "--show-only=json-v1"])
    for test in json.loads(done.stdout)["tests"]:
        command = test.get("command", ["?"])
        # A program with GoogleTest in it tells its cases one by one; any other is one case.
        if command[0].endswith("_test") and b"gtest_output" in pathlib.Path(command[0]).read_bytes():
            yield from gtest("asan", os.path.basename(command[0]))
        else:
            try:
                ran = sh(command, timeout=900)
                yield f"asan {test['name']}", ran.returncode == 0, ran.stdout[-4000:]
            except subprocess.TimeoutExpired:
                yield f"asan {test['name']}", False, "still running after 900 s"


def clients():
    """Unmodified AWS CLI, boto3, JavaScript SDK and rclone against the server, ASan inside."""
    ok, output = build("asan", "rolecall")
    if not ok:
        yield "rolecall build", ok, output
        return
    if (ROOT / "tests/clients/package.json").exists():
        npm = sh(["npm", "ci", "--prefix", "tests/clients", "--no-audit", "--no-fund", "--loglevel=error"])
        yield "npm ci", npm.returncode == 0, npm.stdout[-2000:]
    with tempfile.NamedTemporaryFile(suffix=".xml") as report:
        env = dict(os.environ, ROLECALL=str(ROOT / "build/asan/rolecall"))
        # A server for each worker; a file stays with one worker, so that its tests run in their order.
        done = sh(["/usr/bin/python3", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short", f"--junitxml={report.name}",
                   "-n", str(JOBS), "--dist", "loadfile", "tests/clients"], env=env, timeout=2400)
        try:
            cases = list(xml.etree.ElementTree.parse(report.name).getroot().iter("testcase"))
        except xml.etree.ElementTree.ParseError:
            cases = []
        for case in cases:
            bad = case.find("failure") if case.find("failure") is not None else case.find("error")
            if case.find("skipped") is not None and bad is None:
                # A client that is not there is a failure: ./test installs them all. An xfail names a known gap.
                expected = (case.find("skipped").get("type") or "").endswith("xfail")
                yield f"clients {case.get('name')}", expected, case.find("skipped").get("message") or "skipped"
                continue
            yield f"clients {case.get('classname')}.{case.get('name')}", bad is None, "" if bad is None else (bad.text or "")[-3000:]
        if not cases:
            yield "clients", False, done.stdout[-4000:]


def tsan():
    targets = [t for t in TSAN_TESTS if (ROOT / "src" / t.removesuffix("_test") / "CMakeLists.txt").exists()]
    ok, output = build("tsan", *targets)
    yield "tsan build", ok, output
    if ok:
        for target in targets:
            yield from gtest("tsan", target)


def fuzz():
    ok, output = build("asan", "fuzzers")
    yield "fuzz build", ok, output
    if not ok:
        return
    def one(path):
        name = path.name.removeprefix("fuzz_")
        seeds = ROOT / "fuzz/corpus" / name
        with tempfile.TemporaryDirectory() as corpus:
            args = [str(path), f"-max_total_time={FUZZ_SECONDS}", "-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=0",
                    f"-artifact_prefix={corpus}/", corpus]
            done = sh(args + ([str(seeds)] if seeds.is_dir() else []))
            # The canary fails on purpose: a harness that cannot see it would see nothing.
            expected_bad = name == "canary"
            return f"fuzz {name}", (done.returncode != 0) == expected_bad, done.stdout[-3000:]
    programs = sorted(p for p in (ROOT / "build/asan/fuzz").glob("fuzz_*") if os.access(p, os.X_OK) and p.is_file())
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        yield from pool.map(one, programs)


STAGES = {"layers": layers, "format": format_, "unit": unit, "clients": clients, "tidy": tidy, "tsan": tsan, "fuzz": fuzz}


def main():
    wanted = sys.argv[1:]
    if wanted == ["--list"]:
        print("\n".join(STAGES))
        return 0
    unknown = [w for w in wanted if w not in STAGES]
    if unknown:
        print(f"no such part: {' '.join(unknown)}; there are: {' '.join(STAGES)}", file=sys.stderr)
        return 2
    passed, failures = 0, []
    for name in wanted or STAGES:
        started = time.monotonic()
        print(f"== {name}", flush=True)
        before, bad = passed, len(failures)
        try:
            for case, ok, detail in STAGES[name]():
                if ok:
                    passed += 1
                else:
                    failures.append(case)
                    print(f"FAILED {case}\n{detail}\n", flush=True)
        except Exception as broken:  # a stage that breaks is a failure, not the end of the others
            failures.append(name)
            print(f"FAILED {name}: {broken!r}", flush=True)
        print(f"   {name}: {passed - before} passed, {len(failures) - bad} failed, {time.monotonic() - started:.0f} s", flush=True)
    if failures:
        print("failed: " + ", ".join(failures[:40]))
    print(f"{passed} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
