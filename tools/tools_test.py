#!/usr/bin/python3
"""Tests of the tools that guard the tree: what tools/layers.py and tools/import_model.py refuse."""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import import_model  # noqa: E402
import layers  # noqa: E402
from services import services  # noqa: E402

TABLE = """# House

## Rooms
words
| room | responsibility | may use |
|---|---|---|
| `base` | everything small | – |
| `models` | generated | – |
| `wire` | protocols | base, models |
| `door` | the door | base, wire |
| `app` | wiring | everyone |

## Other
| `nobody` | no room | base |
"""


class Layers(unittest.TestCase):
    def test_the_table(self):
        may, problems = layers.read_table(TABLE)
        self.assertEqual(may, {"base": [], "models": [], "wire": ["base", "models"], "door": ["base", "wire"], "app": None})
        self.assertEqual(problems, [])

    def test_arrows_point_up(self):
        for row in ("| `base` | x | wire |", "| `base` | x | base |", "| `base` | x | nothing |"):
            _, problems = layers.read_table(TABLE.replace("| `base` | everything small | – |", row))
            self.assertIn("which is no room above it", problems[0])
        self.assertIn("two rows", layers.read_table(TABLE.replace("`door`", "`wire`"))[1][0])
        self.assertEqual(layers.read_table("# House")[1], ["ARCHITECTURE.md has no table of rooms"])

    def test_includes(self):
        may, _ = layers.read_table(TABLE)

        def problems(name, text):
            return [p.partition(": ")[2] for p in layers.check_file(name, text, "wire", may, set())]
        self.assertEqual(problems("src/wire/a.cc", '#include "base/a.h"\n#include "models/b.h"\n#include <vector>\n'), [])
        self.assertEqual(problems("src/wire/a.cc", '#include "door/a.h"'), ["`wire` may not include `door`"])
        self.assertEqual(problems("src/wire/a.cc", '#include "a.h"'), ['include with its room: "wire/a.h"'])
        self.assertEqual(problems("src/wire/a_test.cc", '#include "identity/a.h"'), [])
        self.assertEqual(problems("src/wire/a.cc", '#include "identity/a.h"'), ["`wire` may not include `identity`"])
        self.assertEqual(problems("src/wire/a.h", ""), ["a header without #pragma once"])
        used = set()
        layers.check_file("src/wire/a.cc", '#include "base/a.h"', "wire", may, used)
        layers.check_file("src/wire/a_test.cc", '#include "models/a.h"', "wire", may, used)
        self.assertEqual(used, {("wire", "base")})

    def test_links(self):
        may, _ = layers.read_table(TABLE)
        good = "rc_library(base SOURCES a.cc)\nrc_library(wire\n  SOURCES b.cc\n  DEPS rc_base\n  PRIVATE_DEPS zlib::zlib\n  TEST_DEPS rc_app)"
        door = "\nrc_library(door SOURCES c.cc PRIVATE_DEPS rc_wire)  # rc_app"
        self.assertEqual(layers.check_deps(may, layers.read_deps(good + door)), [])
        for text, problem in (
                (good, "src/door: no CMakeLists.txt has rc_library(door …)"),
                (good.replace("DEPS rc_base", "DEPS rc_base rc_door") + door,
                 "src/wire/CMakeLists.txt: links `door`, which ARCHITECTURE.md does not let it use"),
                (good + door.replace("rc_wire", "rc_base"),
                 "src/door/CMakeLists.txt: does not link `wire`, which ARCHITECTURE.md has it use"),
                (good + door.replace("rc_wire", "rc_wire rc_wire_vectors"),
                 "src/door/CMakeLists.txt: links `wire_vectors`, which ARCHITECTURE.md does not let it use")):
            self.assertEqual(layers.check_deps(may, layers.read_deps(text)), [problem])

    def test_a_services_library_may_be_written_either_way(self):
        self.assertEqual(layers.read_deps("rc_library(services/s3 DEPS rc_wire)"), {"services_s3": {"wire"}})
        self.assertEqual(layers.library("services/s3"), "services_s3")


class Services(unittest.TestCase):
    def test_every_model_is_listed(self):
        models = {p.name.split(".")[0] for p in (HERE.parent / "models").glob("*.ops")}
        self.assertEqual(set(services()), models)
        self.assertEqual(len(services()), len(models))
        for name in services():
            self.assertTrue((HERE.parent / "models" / (name + ".json")).exists(), name)


class ImportModel(unittest.TestCase):
    def refusal(self, *words):
        done = subprocess.run([sys.executable, str(HERE / "import_model.py"), *words], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertNotIn("Traceback", done.stderr)
        return done.stderr

    def test_a_botocore_that_is_not_there_or_another(self):
        with tempfile.TemporaryDirectory() as folder:
            data = os.path.join(folder, "botocore", "data")
            self.assertIn(f"there is no botocore at {data}: models/ are made of botocore {import_model.BOTOCORE}",
                          self.refusal("--botocore", data, "sqs"))
            os.makedirs(data)
            self.assertIn("is of an unknown version: models/ are made of", self.refusal("--botocore", data, "sqs"))
            with open(os.path.join(folder, "botocore", "__init__.py"), "w") as f:
                f.write("__version__ = '9.9.9'\n")
            self.assertIn("is 9.9.9: models/ are made of", self.refusal("--botocore", data, "sqs"))
            self.assertIn("has no service sqs", self.refusal("--any-version", "--botocore", data, "sqs"))

    def test_traits_that_an_import_would_lose(self):
        before = {"a#service": {"traits": {"aws.protocols#awsQuery": {}, "kept": {}}},
                  "a#In": {"members": {"X": {"target": "a#T", "traits": {"smithy.api#required": {}}}, "Gone": {"traits": {"t": {}}}}},
                  "a#Gone": {"traits": {"t": {}}}}
        after = {"a#service": {"traits": {"kept": {"more": 1}}}, "a#In": {"members": {"X": {"target": "a#T"}}}}
        self.assertEqual(import_model.dropped(before, after), ["a#service: aws.protocols#awsQuery", "a#In$X: smithy.api#required"])
        self.assertEqual(import_model.dropped(before, before), [])
        self.assertEqual(import_model.dropped({}, before), [])


if __name__ == "__main__":
    unittest.main()
