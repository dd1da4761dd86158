#!/usr/bin/python3
"""Makes tests/vectors/render/*.json: what the AWS CLI's own formatters print for trees that stand here or are made from a
seed; and src/render/wide_characters.inc, the characters that take two columns.

Run it with Debian's Python (packages awscli, python3-jmespath, python3-ruamel.yaml).
"""
import argparse
import io
import json
import multiprocessing
import pathlib
import random
import sys
import unicodedata

import jmespath
from awscli import formatter, table

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUT = ROOT / "tests/vectors/render"
FORMATS = ["json", "text", "table", "yaml", "yaml-stream"]

LONG = "The quick brown fox jumps over the lazy dog, and then over the next one, because there are many of them here. "

USERS = {"Users": [
    {"Path": "/", "UserName": "ann", "UserId": "AIDAANN", "Arn": "arn:aws:iam::111111111111:user/ann", "CreateDate": "2026-01-02T03:04:05+00:00"},
    {"Path": "/team/", "UserName": "bob", "UserId": "AIDABOB", "Arn": "arn:aws:iam::111111111111:user/team/bob", "CreateDate": "2026-01-02T03:04:05+00:00",
     "Tags": [{"Key": "team", "Value": "red"}, {"Key": "cost", "Value": "7"}], "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": "arn:x"}},
]}
ROLE = {"Role": {"Path": "/", "RoleName": "ops", "RoleId": "AROAOPS", "Arn": "arn:aws:iam::222222222222:role/ops", "CreateDate": "2026-01-02T03:04:05+00:00", "MaxSessionDuration": 3600,
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": ["111111111111", "333333333333"]}, "Action": "sts:AssumeRole",
                                     "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}]}, "Tags": [], "RoleLastUsed": {}}}
CALLER = {"UserId": "AIDAANN", "Account": "111111111111", "Arn": "arn:aws:iam::111111111111:user/ann"}
INSTANCES = {"Reservations": [
    {"ReservationId": "r-1", "OwnerId": "111111111111", "Groups": [], "Instances": [
        {"InstanceId": "i-1", "State": {"Code": 16, "Name": "running"}, "EbsOptimized": False, "Tags": [{"Key": "Name", "Value": "web"}],
         "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeId": "vol-1", "DeleteOnTermination": True}}]},
        {"InstanceId": "i-2", "State": {"Code": 80, "Name": "stopped"}, "EbsOptimized": True, "Tags": []}]},
    {"ReservationId": "r-2", "OwnerId": "111111111111", "Groups": [{"GroupName": "g", "GroupId": "sg-1"}], "Instances": []}]}
OBJECTS = {"Contents": [{"Key": "a/b.txt", "Size": 10, "ETag": "\"abc\"", "LastModified": "2026-01-02T03:04:05+00:00", "StorageClass": "STANDARD"},
                        {"Key": "é ☃ 日本.txt", "Size": 123456789012, "ETag": "\"d\"", "LastModified": "2026-01-02T03:04:06+00:00", "StorageClass": "GLACIER", "Owner": {"ID": "x"}}],
           "CommonPrefixes": [{"Prefix": "p/"}], "IsTruncated": False, "Name": "bucket", "MaxKeys": 1000, "Prefix": "", "NextToken": None}

ANSWERS = [  # title, tree, queries
    ("ListUsers", USERS, [None, "Users", "Users[]", "Users[].UserName", "Users[].[UserName,Arn]", "Users[*].{n: UserName, t: Tags[].Key}", "Users[0]", "Users[0].UserName", "length(Users)", "Users[].Tags",
                          "Users[].Tags[]", "Users[*].[UserName,Tags]", "Users[*].Tags[*].[Key,Value]", "Missing", "Users[?UserName=='x']", "Users[].{n: UserName}", "[Users[0].UserName, Users]", "{a: Users[].UserName, b: length(Users)}"]),
    ("GetRole", ROLE, [None, "Role", "Role.AssumeRolePolicyDocument", "Role.AssumeRolePolicyDocument.Statement[].Principal.AWS", "Role.Tags", "Role.RoleLastUsed", "Role.[RoleName,MaxSessionDuration]", "Role.MaxSessionDuration", "Role.{a:Arn}"]),
    ("GetCallerIdentity", CALLER, [None, "Arn", "[Account,Arn]", "{Account: Account}", "keys(@)"]),
    ("DescribeInstances", INSTANCES, [None, "Reservations[].Instances[]", "Reservations[].Instances[].[InstanceId,State.Name]", "Reservations[].Instances[].{Id: InstanceId, Name: Tags[?Key=='Name']|[0].Value, On: State.Name=='running'}",
                                      "Reservations[].Instances[].[InstanceId,Tags]", "Reservations[*].Instances[*].InstanceId", "Reservations[].Groups", "Reservations[].Instances[].EbsOptimized", "Reservations[*].Instances[*].[InstanceId,State.Code]"]),
    ("ListObjectsV2", OBJECTS, [None, "Contents", "Contents[].Key", "Contents[].[Key,Size]", "Contents[].Size", "NextToken", "IsTruncated", "Prefix", "CommonPrefixes", "Contents[].{k:Key,s:Size,o:Owner.ID}", "[NextToken]", "[Contents[].Key, CommonPrefixes]"]),
]

TREES = [
    None, True, False, 0, 1, -5, 1.0, 1.5, 1e16, 1e-7, 12345678901234567890, "", "x", "two words", "é☃😀", "a\nb", "a\tb", "true", "null", "12", [], {}, [[]], [{}], {"a": {}}, {"a": []}, {"a": ""}, {"a": None},
    [1, 2, 3], ["a", "b"], [None, True, 1.5, "x"], [[1, 2], [3, 4]], [[1, 2], [3]], [["a", ["b", "c"]], ["d"]], [["a", {"b": "c"}]], [[{"a": 1}], [{"a": 2}]], [[[1]]], [[[1], [2]], [[3]]], [[], [1]], [1, [2, 3], 4, [5, [6]]],
    [{"a": 1}, {"a": 2}], [{"a": 1}, {"b": 2}], [{"a": 1, "b": [1, 2]}, {"a": 2, "b": "scalar"}], [{"a": 1, "b": {"c": 2}}, {"a": 2, "b": None}, {"b": {"c": 3, "d": [4]}}], [{"a": []}, {"a": {}}], [{"a": [{"b": 1}, {"b": 2}]}],
    [{"a": 1}, "x"], ["x", {"a": 1}], [{"a": 1}, None], [{"a": 1}, 5], [{"a": 1}, ["x"]], [{"a": 1}, []], [{"a": 1}, ""], [1, {"a": 1, "b": 2}], [[1, {"a": 1}]], [{"a": 1}, [{"b": 1}]], [[1, 2], {"a": 1, "b": 2}], ["x", [{"a": 1, "b": 2}]], ["x", [{"a": 1}]],
    {"b": 1, "a": 2, "C": 3, "_": 4, "é": 5}, {"one": 1}, {"list": [1, 2, 3]}, {"list": ["a"], "x": "y"}, {"o": {"p": {"q": {"r": 1}}}}, {"o": {"p": 1, "q": 2}, "l": [{"p": 1}, {"q": [{"r": 2}]}]}, {"l": [[1, 2], [3, 4]]}, {"l": [[1, [2, 3]], [4]]},
    {"l": [None, None]}, {"l": [{"a": None}, {"a": True}]}, {"l": [{}]}, {"l": [{}, {"a": 1}]}, {"a b": {"c d": [1]}}, {"a": [{"b": [{"c": [{"d": 1}]}]}]}, {"": 1}, {"": {"": ""}}, {"a": {"b": []}, "c": {"d": {}}},
    {"k" * 60: "v" * 60, "l": "w"}, [{"k" * 30: "v" * 30, "l" * 30: "w" * 30, "m": "x"}], [{"k" * 30: "v" * 30, "l" * 30: "w" * 30}, {"k" * 30: "x"}], {"a": LONG * 2, "b": 1}, {"T" * 100: {"a": 1, "b": 2}}, {"a": {"日本語": "テスト", "b": "…—“”"}, "b": [1]},
    {"x": [{"a": "line1\nline2", "b": "tab\there"}, {"a": "é", "b": "\u200b"}]}, {"n": [1.0, 2.50, 1e100, -0.0, 100000000000000000000]}, [{"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6, "g": 7}], [[i, i * i, "x" * i] for i in range(12)],
]

WORDS = ["true", "True", "TRUE", "tRue", "yes", "no", "on", "off", "y", "n", "null", "Null", "~", "nULL", "<<", "=", "0", "1", "-1", "+1", "00", "007", "1_000", "_1", "1_", "0x1F", "0xg", "0o17", "0o18", "0b101", "0b2", "1.0", "1.", ".5", "-.5", "+.5e+3",
         ".5e3", "1e3", "1e+3", "1E-3", "1.5e3", "1e", "e3", ".inf", "-.inf", "+.INF", ".Inf", ".nan", "-.nan", ".NaN", ".", "..", "...", "...x", "-", "--", "---", "---x", "-x", "- x", "?", "? x", "?x", ":", ": x", ":x", "x:", "x: y", "x:y", "#x", "x #y", "x#y",
         "2026-01-02", "2026-1-2", "2026-01-02T03:04:05Z", "2026-01-02 03:04:05", "2026-01-02T03:04:05+00:00", "2026-01-02T03:04:05.123Z", "2026-1-2T3:04:05 -5", "2026-01-02T03:04", "12:30", "1:30:45", "2026", "2026-01", "12345678901234567890", "1,000", "a,b",
         "[x", "x]", "{x", "}x", "&x", "*x", "!x", "|x", ">x", "'x", "\"x", "%x", "@x", "`x", "x'y", "x\"y", "\\", "a\\b", " x", "x ", "x  y", "\tx", "x\ty", "x\t", "\n", "x\n", "\nx", "x\ny", "x\n\ny", "x \ny", "x\n y", "x\n\n", "\n\n", " ", "  ", "\r", "x\ry", "\0", "\x07", "\x1b[0m", "\x7f",
         "\x85", "\xa0", "é", "\u2028", "x\u2029y", "\ufeff", "x\ufeffy", "\ufffd", "\ue000", "😀", "日本", "it's", "'", "''", "it's \n x", LONG, LONG.strip(), LONG.strip() + "\n" + LONG.strip(), "x: " + LONG, LONG.replace(" ", "  "), LONG.strip().replace(" ", "  ") + "é\x07", "\x07" + LONG,
         "\x07" + LONG.replace(" ", "  "), "w" * 200, "w" * 79 + " x y", "w" * 80 + " x y", "w" * 81 + " x y", "é" * 70 + " é " + "x" * 20 + " y", "x" * 90 + " ", "'" + LONG, "# " + "w " * 60, "arn:aws:iam::111111111111:role/ops", "{\"a\": 1}", "key=value", "a -b", "a - b", "-", "=x", "<<x", "0.0.0.0", "10.0.0.0/8", "1-2", "+", "1e1e1", "0x", "0b", "0o", "1__2", "._", "._1", "__"]


class Query:
    """Answers with a tree, so that any tree can be the result of a call."""
    expression = ""

    def __init__(self, tree):
        self.tree = tree

    def search(self, _response):
        return self.tree


def run(output, title, tree):
    """The text, or what came of it with the name and text of what Python raises."""
    args = argparse.Namespace(query=Query(tree), output=output, color="off")
    stream = io.StringIO()
    try:
        formatter.get_formatter(output, args)(title, {}, stream)
    except Exception as e:
        return {"out": stream.getvalue(), "error": type(e).__name__, "message": str(e)}
    return {"out": stream.getvalue()}


def colored(tree):
    """In a process of its own: colorama wraps sys.stdout once."""
    sys.stdout = io.StringIO()
    target = sys.stdout
    args = argparse.Namespace(query=Query(tree), output="table", color="on")
    formatter.get_formatter("table", args)("T", {})
    return {"out": target.getvalue()}


def vector(title, tree, formats=FORMATS):
    return {"title": title, "tree": tree, "expected": {f: run(f, title, json.loads(json.dumps(tree))) for f in formats}}


def some_text(dice):
    return "".join(dice.choice(["a", "b", "Name", "x y", " ", ": ", "-", "'", "\"", "#", "é", "日", "\n", "7", ".", "=", "true", "&", "word word word word word "]) for _ in range(dice.randrange(0, 7)))


def some_tree(dice, depth):
    kind = dice.random()
    if depth == 0 or kind < 0.35:
        return dice.choice([None, True, False, dice.randrange(-5, 500), dice.randrange(1000) / 8, some_text(dice), some_text(dice)])
    if kind < 0.6:
        made = dice.choice([lambda: some_tree(dice, depth - 1), lambda: some_tree(dice, 0), lambda: {"k": some_tree(dice, depth - 1), dice.choice("lmn"): some_tree(dice, 0)}])
        return [made() for _ in range(dice.randrange(0, 4))]
    return {dice.choice(["Name", "Id", "Tags", "State", some_text(dice), "k" * dice.choice([3, 40, 140])]): some_tree(dice, depth - 1) for _ in range(dice.randrange(0, 4))}


def write(name, topic, vectors):
    lines = ",\n".join(json.dumps(v, ensure_ascii=True) for v in vectors)
    (OUT / f"{name}.json").write_text('{"topic": "%s", "vectors": [\n%s\n]}\n' % (topic, lines))
    print(f"{name}: {len(vectors)}")


def wide_characters():
    ranges = []
    for code in range(0x110000):
        if unicodedata.east_asian_width(chr(code)) not in "WFA":
            continue
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    cells = [f"{{0x{a:X}, 0x{b:X}}}," for a, b in ranges]
    lines, line = [], ""
    for cell in cells:
        if len(line) + len(cell) + 1 > 118:
            lines.append(line)
            line = ""
        line += (" " if line else "") + cell
    head = f"// Unicode {unicodedata.unidata_version}, made by tools/make_render_vectors.py.\n"
    (ROOT / "src/render/wide_characters.inc").write_text(head + "\n".join([*lines, line]) + "\n")


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    assert table.determine_terminal_width() == 80, "run it with its output piped"
    answers = []
    for title, tree, queries in ANSWERS:
        for query in queries:
            found = tree if query is None else jmespath.search(query, tree)
            answers.append({"query": query, **vector(title, found)})
    write("answers", "answers of services, whole and queried", answers)
    write("shapes", "every shape a tree can have", [vector("Some Title" if i % 2 else "T", tree) for i, tree in enumerate(TREES)])
    words = [vector("T", {"k": word, word: ["v", word], "l": [[word], {word: {word: word}}]}, ["yaml", "json"]) for word in dict.fromkeys(WORDS)]
    write("words", "texts that YAML would read otherwise, break or escape", words)
    dice = random.Random(4)
    made = [vector(some_text(dice) or "T", some_tree(dice, 4)) for _ in range(260)]
    # Lists where objects should be, taken as objects: where Python ends is its own affair.
    made = [v for v in made if not v["expected"]["table"].get("message", "").startswith(("list ind", "'<'"))]
    write("random", "trees of a seed", made)
    shown = [USERS, INSTANCES, OBJECTS, {"a": 1, "b": {"c": [1, 2]}}]
    with multiprocessing.get_context("fork").Pool(1, maxtasksperchild=1) as pool:
        printed = pool.map(colored, shown, chunksize=1)
    write("colour", "tables with colours", [{"title": "T", "tree": tree, "expected": {"table": out}} for tree, out in zip(shown, printed)])
    wide_characters()


if __name__ == "__main__":
    main()
