"""IAM's answers and refusals, member by member: tests/vectors/iam/*.json through an unmodified boto3."""
import datetime
import json
import pathlib

import botocore
import pytest

from conftest import error_of

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "vectors" / "iam"
VECTORS = [v for file in sorted(FOLDER.glob("*.json")) for v in json.loads(file.read_text())["vectors"]]


def differences(expected, got, path=""):
    """What differs, as texts."""
    if expected == "<any>":
        return []
    if expected == "<date>":
        return [] if isinstance(got, datetime.datetime) else [f"{path}: {got!r} is no date"]
    if isinstance(expected, str) and expected.startswith("<id:"):
        ok = isinstance(got, str) and got.startswith(expected[4:-1]) and len(got) in (20, 21)
        return [] if ok else [f"{path}: {got!r} is no id {expected}"]
    if isinstance(expected, dict) and isinstance(got, dict):
        out = [f"{path}.{k}: missing" for k in expected if k not in got]
        out += [f"{path}.{k}: should not be there: {got[k]!r}" for k in got if k not in expected]
        for k in expected:
            if k in got:
                out += differences(expected[k], got[k], f"{path}.{k}")
        return out
    if isinstance(expected, list) and isinstance(got, list):
        if len(expected) != len(got):
            return [f"{path}: {len(got)} items, not {len(expected)}"]
        return [d for i, (e, g) in enumerate(zip(expected, got)) for d in differences(e, g, f"{path}[{i}]")]
    return [] if expected == got else [f"{path}: {got!r}, not {expected!r}"]


@pytest.mark.parametrize("vector", VECTORS, ids=[v["name"] for v in VECTORS])
def test_answers(iam, vector):
    for call in vector["calls"]:
        assert set(call) <= {"operation", "arguments", "answer", "refusal"}
        method = getattr(iam, botocore.xform_name(call["operation"]))
        if "refusal" in call:
            assert list(error_of(method, **call["arguments"])) == call["refusal"], call["operation"]
            continue
        got = method(**call["arguments"])
        got.pop("ResponseMetadata")
        if "answer" in call:
            assert differences(call["answer"], got, call["operation"]) == []
