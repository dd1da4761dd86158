#!/usr/bin/python3
"""Whole-tree checks: who may use whom, sources nobody builds, and habits we do not keep.

Who may use whom is said once, in ARCHITECTURE.md's table of rooms. Checked against it are every
`#include "room/…"` under src/ and the DEPS of every CMakeLists.txt there. An arrow that the table has
and no file needs is refused too, so that the table stays true.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
EVERYONE = "everyone"
# What a test may include beside what its room may.
TEST_ONLY = ("base", "crypto", "identity", "models")
LIBRARY_OF = {"models": "wire"}  # generated code is part of wire's library
FILE_LINES_MAX = 900  # past 600, look for a second responsibility; past this, there is one


def read_table(text):
    """({room: [rooms it may use] or None for everyone}, problems) of ARCHITECTURE.md's text; rooms in its order."""
    may, problems = {}, []
    for line in text.partition("\n## Rooms")[2].partition("\n## ")[0].splitlines():
        cells = [c.strip() for c in line.strip().strip("|").split("|")]
        if not line.startswith("| `") or len(cells) != 3:
            continue
        room = cells[0].strip("`")
        if room in may:
            problems.append(f"ARCHITECTURE.md: two rows for `{room}`")
        if cells[2] == EVERYONE:
            may[room] = None
            continue
        uses = [] if cells[2] == "–" else [u.strip() for u in cells[2].split(",")]
        problems += [f"ARCHITECTURE.md: `{room}` may use `{u}`, which is no room above it" for u in uses if u not in may]
        may[room] = uses
    if not may:
        problems.append("ARCHITECTURE.md has no table of rooms")
    return may, problems


def read_deps(text):
    """{library without rc_: {rooms' libraries it is linked with}} of one CMakeLists.txt."""
    deps = {}
    text = re.sub(r"#.*", "", text)
    for body in re.findall(r"\brc_library\(([^()]*(?:\([^()]*\)[^()]*)*)\)", text):
        words = body.split()
        part, found = "", set()
        for word in words[1:]:
            if word in ("SOURCES", "DEPS", "PRIVATE_DEPS", "TESTS", "TEST_DEPS", "NO_PCH"):
                part = word
            elif part in ("DEPS", "PRIVATE_DEPS") and word.startswith("rc_"):
                found.add(word[3:])
        deps[words[0].replace("/", "_")] = found
    return deps


def library(room):
    return LIBRARY_OF.get(room, room.replace("/", "_"))


def check_deps(may, deps):
    """Compares what is linked with what may be used: no more, and, through others, no less."""
    problems = []
    rooms = {library(r): r for r in may if r not in LIBRARY_OF}

    def reached(name, seen):
        for other in deps.get(name, ()):
            if other not in seen:
                seen.add(other)
                reached(other, seen)
        return seen

    for room, uses in may.items():
        name = library(room)
        if uses is None or room in LIBRARY_OF:
            continue
        if name not in deps:
            problems.append(f"src/{room}: no CMakeLists.txt has rc_library({name} …)")
            continue
        allowed = {library(u) for u in uses}
        for other in sorted(deps[name] - allowed):
            problems.append(f"src/{room}/CMakeLists.txt: links `{rooms.get(other, other)}`, which ARCHITECTURE.md does not let it use")
        for other in sorted(allowed - reached(name, {name})):
            problems.append(f"src/{room}/CMakeLists.txt: does not link `{rooms.get(other, other)}`, which ARCHITECTURE.md has it use")
    return problems


def room_of(path):
    parts = path.relative_to(ROOT / "src").parts
    return "/".join(parts[:2]) if parts[0] == "services" else parts[0]


def target_room(include):
    return "/".join(include.split("/")[:2]) if include.startswith("services/") else include.split("/")[0]


def check_file(name, text, room, may, used):
    """Problems of one source under src/; adds the arrows it needs to `used`."""
    problems = []
    test = name.endswith("_test.cc")
    for number, line in enumerate(text.splitlines(), 1):
        match = re.match(r'\s*#include "([^"]+)"', line)
        if match:
            target = match.group(1)
            other = target_room(target)
            if not test:
                used.add((room, other))
            if "/" not in target:
                problems.append(f"{name}:{number}: include with its room: \"{room}/{target}\"")
            elif may[room] is not None and other != room and other not in may[room] and not (test and other in TEST_ONLY):
                problems.append(f"{name}:{number}: `{room}` may not include `{other}`")
        if re.search(r"(?<![\w:.>])(?:std::)?(?:printf|sprintf|gets|strcpy|strcat)\s*\(", line) and "//" not in line.split("printf")[0] and room not in ("app",):
            problems.append(f"{name}:{number}: no C printing or copying here; fmt and std::string do it")
        if re.search(r"\busing namespace std\b", line):
            problems.append(f"{name}:{number}: no `using namespace std`")
    if name.endswith(".h") and "#pragma once" not in text:
        problems.append(f"{name}: a header without #pragma once")
    return problems


def main():
    may, problems = read_table((ROOT / "ARCHITECTURE.md").read_text())
    tracked = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "src", "fuzz", "bench", "tests"], cwd=ROOT, text=True,
                             capture_output=True).stdout.split()
    lists = [*(ROOT / "src").rglob("CMakeLists.txt"), *(ROOT / "src").rglob("*.cmake")]
    cmake = "\n".join(p.read_text() for p in lists)
    used = set()
    for name in tracked:
        path = ROOT / name
        if path.suffix not in (".h", ".cc") or not path.exists():
            continue
        text = path.read_text(errors="replace")
        lines = len(text.splitlines())
        if lines > FILE_LINES_MAX:
            problems.append(f"{name}: {lines} lines; the limit is {FILE_LINES_MAX}")
        if not name.startswith("src/"):
            continue
        room = room_of(path)
        if room not in may:
            problems.append(f"{name}: the room `{room}` is not in the table of ARCHITECTURE.md")
            continue
        problems += check_file(name, text, room, may, used)
        if path.suffix == ".cc" and not re.search(rf"(?<![\w]){re.escape(path.name)}\b", cmake):
            problems.append(f"{name}: no CMakeLists.txt under src/ builds it")
    for room, uses in may.items():
        for other in uses or ():
            if (room, other) not in used:
                problems.append(f"ARCHITECTURE.md: `{room}` may use `{other}` and does not; take the arrow out")
        if (ROOT / "src" / room).is_dir() and not (ROOT / "src" / room / "README.md").exists():
            problems.append(f"src/{room}: a room without a README.md")
    deps = {}
    for path in lists:
        deps.update(read_deps(path.read_text()))
    problems += check_deps(may, deps)
    print("\n".join(problems) if problems else "layers: clean")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
