#!/usr/bin/python3
"""Writes docs/coverage.md from models/: operation by operation, served or not. --check compares only."""
import json
import os
import sys

from services import services

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def operations(service):
    with open(os.path.join(ROOT, "models", service + ".json")) as f:
        shapes = json.load(f)["shapes"]
    title, served, modelled, unserved = service, [], [], []
    for full, shape in shapes.items():
        if shape["type"] == "service":
            title = shape["traits"]["smithy.api#title"]
        if shape["type"] != "operation":
            continue
        name = full.split("#")[1]
        if "rolecall#unserved" not in shape["traits"]:
            served.append(name)
        elif shape["input"]["target"] != "smithy.api#Unit":
            modelled.append(name)
        else:
            unserved.append(name)
    return title, sorted(served), sorted(modelled), sorted(unserved)


def facts(service):
    path = os.path.join(ROOT, "models", service + ".auth.json")
    if not os.path.exists(path):
        return {}
    with open(path) as f:
        return json.load(f)


def asked(fact):
    if fact.get("anonymous"):
        return "no signature needed"
    if fact.get("unauthorized"):
        return "any valid signature"
    names = [f"`{a['action']}`" + (f" if {a['when']}" if a.get("when") else "") for a in fact.get("actions", [])]
    if fact.get("by_handler"):
        names.append("item by item")
    return ", ".join(names)


def page():
    rows, parts = [], []
    for service in services():
        title, served, modelled, unserved = operations(service)
        total = len(served) + len(modelled) + len(unserved)
        rows.append(f"| [{title}](#{service}) | {len(served)} | {total} |")
        parts.append(f"\n## {service}\n\n{title}: {len(served)} of {total} operations served.\n")
        if served:
            known = facts(service)
            parts.append("| served | what must be allowed |\n|---|---|")
            parts += [f"| {n} | {asked(known[n])} |" for n in served]
        if modelled:
            parts.append("\nNot served, though the client can call them elsewhere: " + ", ".join(modelled) + ".")
        if unserved:
            parts.append("\nNot served: " + ", ".join(unserved) + ".")
    head = ["<!-- Written by tools/coverage.py from models/; a test checks that it is current. -->", "# Operations served",
            "", "An operation that is not served answers 501 `NotImplemented` and changes nothing. Operations newer than the imported",
            "models answer as AWS answers unknown ones.", "", "| service | served | of |", "|---|---|---|"]
    return "\n".join(head + rows + parts) + "\n"


def main():
    path = os.path.join(ROOT, "docs", "coverage.md")
    text = page()
    if "--check" in sys.argv:
        with open(path) as f:
            if f.read() != text:
                sys.exit("docs/coverage.md is not current: run tools/coverage.py")
        return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)


if __name__ == "__main__":
    main()
