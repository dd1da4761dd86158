"""Whole-tree checks: who may include whom, sources nobody builds, and habits we do not keep.

Reads the table below, which is ARCHITECTURE.md's, and every `#include "room/…"` under src/.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# room → rooms it may include. A test file may also include what stands in TEST_ONLY.
MAY = {
    "base": [],
    "crypto": ["base"],
    "jmespath": ["base"],
    "render": ["base"],
    "policy": ["base"],
    "sigv4": ["base", "crypto"],
    "identity": ["base", "crypto", "policy"],
    "audit": ["base", "crypto"],
    "store": ["base", "crypto", "identity", "audit"],
    "wire": ["base", "models"],
    "services/core": ["base", "identity", "policy", "wire"],
    "services/iam": ["base", "crypto", "policy", "identity", "services/core", "models"],
    "services/sts": ["base", "crypto", "policy", "identity", "audit", "services/core", "models"],
    "services/s3": ["base", "crypto", "policy", "identity", "store", "wire", "services/core", "models"],
    "services/ec2": ["base", "crypto", "policy", "identity", "services/core", "models"],
    "seed": ["base", "crypto", "policy", "identity"],
    "guard": ["base", "crypto", "sigv4", "policy", "identity", "audit", "wire", "services/core"],
    "http": ["base", "crypto"],
    "door": ["base", "crypto", "sigv4", "policy", "identity", "store", "audit", "wire", "services/core", "services/iam",
             "services/sts", "services/s3", "services/ec2", "guard", "http", "models"],
    "keys": ["base", "crypto"],
    "client": ["base", "crypto", "sigv4", "wire", "http", "keys", "models"],
    "calls": ["base", "crypto", "wire", "http", "client", "jmespath", "render", "models"],
    "shell": ["base", "wire", "http", "client", "calls"],
    "transfer": ["base", "crypto", "sigv4", "wire", "http", "client", "models"],
    "app": None,  # everyone
}
FILE_LINES_MAX = 900  # past 600, look for a second responsibility; past this, there is one


def room_of(path):
    parts = path.relative_to(ROOT / "src").parts
    return "/".join(parts[:2]) if parts[0] == "services" else parts[0]


def main():
    problems = []
    tracked = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "src", "fuzz", "bench", "tests"], cwd=ROOT, text=True,
                             capture_output=True).stdout.split()
    cmake = "\n".join(p.read_text() for p in [*(ROOT / "src").rglob("CMakeLists.txt"), *(ROOT / "src").rglob("*.cmake")])
    for name in tracked:
        path = ROOT / name
        if path.suffix not in (".h", ".cc") or not path.exists():
            continue
        text = path.read_text(errors="replace")
        lines = text.splitlines()
        if len(lines) > FILE_LINES_MAX:
            problems.append(f"{name}: {len(lines)} lines; the limit is {FILE_LINES_MAX}")
        if not name.startswith("src/"):
            continue
        room = room_of(path)
        if room not in MAY:
            problems.append(f"{name}: the room `{room}` is not in the table of tools/layers.py")
            continue
        allowed = MAY[room]
        test = name.endswith("_test.cc")
        for number, line in enumerate(lines, 1):
            match = re.match(r'\s*#include "([^"]+)"', line)
            if match:
                target = match.group(1)
                other = "/".join(target.split("/")[:2]) if target.startswith("services/") else target.split("/")[0]
                if "/" not in target:
                    problems.append(f"{name}:{number}: include with its room: \"{room}/{target}\"")
                elif allowed is not None and other != room and other not in allowed and not (test and other in ("base", "crypto", "identity", "models")):
                    problems.append(f"{name}:{number}: `{room}` may not include `{other}`")
            if re.search(r"(?<![\w:.>])(?:std::)?(?:printf|sprintf|gets|strcpy|strcat)\s*\(", line) and "//" not in line.split("printf")[0] and room not in ("app",):
                problems.append(f"{name}:{number}: no C printing or copying here; fmt and std::string do it")
            if re.search(r"\busing namespace std\b", line):
                problems.append(f"{name}:{number}: no `using namespace std`")
        if path.suffix == ".h" and "#pragma once" not in text:
            problems.append(f"{name}: a header without #pragma once")
        if path.suffix == ".cc" and not re.search(rf"(?<![\w]){re.escape(path.name)}\b", cmake):
            problems.append(f"{name}: no CMakeLists.txt under src/ builds it")
    for room in MAY:
        if (ROOT / "src" / room).is_dir() and not (ROOT / "src" / room / "README.md").exists():
            problems.append(f"src/{room}: a room without a README.md")
    print("\n".join(problems) if problems else "layers: clean")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
