#!/usr/bin/python3
"""Turns the service model that Debian's botocore ships into models/<service>.json.

    tools/import_model.py [--botocore DIR] SERVICE…        (all of models/services.txt when none is named)

What comes out is Smithy's JSON AST: the operations listed in models/<service>.ops with every shape
they reach (names, constraints, protocol traits; no prose), and every other operation of the service
as a bare name with the trait `rolecall#unserved`. A line "~Name" has the operation modelled (structs,
readers and writers exist) without being served. models/<service>.overlay.json is merged last: what
is newer than Debian's botocore, and what no service model says. The result is checked in, so a build
needs neither botocore nor this tool. See models/README.md.
"""
import argparse
import copy
import glob
import gzip
import json
import os
import re
import sys

from services import services

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# The botocore that models/ are made of: Debian 12's python3-botocore. Another one says other things about the same services.
BOTOCORE = "1.29.27"
SIMPLE = {"string": "string", "character": "string", "integer": "integer", "long": "long",
          "float": "float", "double": "double", "boolean": "boolean", "blob": "blob",
          "timestamp": "timestamp"}
PROTOCOL = {"query": "aws.protocols#awsQuery", "ec2": "aws.protocols#ec2Query",
            "rest-xml": "aws.protocols#restXml", "rest-json": "aws.protocols#restJson1"}
READ_ONLY = re.compile(r"^(Get|List|Describe|Head|Simulate|Decode|Select|Lookup|Search)")
TIMESTAMP = {"iso8601": "date-time", "rfc822": "http-date", "unixTimestamp": "epoch-seconds"}


def load(path):
    with (gzip.open(path) if path.endswith(".gz") else open(path)) as f:
        return json.load(f)


def check_botocore(data, any_version):
    """Exits with one sentence unless `data` is the data folder of the botocore that the models are made of."""
    how = f"models/ are made of botocore {BOTOCORE} (Debian 12: apt install python3-botocore; another place: --botocore .../botocore/data)"
    if not os.path.isdir(data):
        sys.exit(f"there is no botocore at {data}: {how}")
    found = None
    try:
        with open(os.path.join(os.path.dirname(os.path.abspath(data)), "__init__.py")) as f:
            found = re.search(r"^__version__ = ['\"]([^'\"]+)", f.read(), re.M)
    except OSError:
        pass
    version = found.group(1) if found else "of an unknown version"
    if version != BOTOCORE and not any_version:
        sys.exit(f"the botocore at {data} is {version}: {how}; --any-version takes it all the same")


def dropped(before, after):
    """["sqs#service: aws.protocols#awsQuery"…]: the traits that shapes and members of both had and have no longer."""
    out = []

    def compare(name, old, new):
        out.extend(f"{name}: {trait}" for trait in old.get("traits", {}) if trait not in new.get("traits", {}))
        for member, what in old.get("members", {}).items():
            if member in new.get("members", {}):
                compare(f"{name}${member}", what, new["members"][member])

    for name, shape in before.items():
        if name in after:
            compare(name, shape, after[name])
    return out


class Importer:
    def __init__(self, service, data):
        folders = sorted(glob.glob(os.path.join(data, service, "*")))
        if not folders:
            sys.exit(f"the botocore at {data} has no service {service}")
        folder = folders[-1]
        self.service = service
        self.model = load(glob.glob(os.path.join(folder, "service-2.json*"))[0])
        pages = glob.glob(os.path.join(folder, "paginators-1.json*"))
        self.pages = load(pages[0])["pagination"] if pages else {}
        self.ns = "com.amazonaws." + service
        self.shapes = {}
        self.pending = []

    def id(self, name):
        return self.ns + "#" + name

    def target(self, name):
        if name not in self.shapes:
            self.shapes[name] = None
            self.pending.append(name)
        return {"target": self.id(name)}

    # ---- shapes ----
    def constraints(self, shape):
        traits = {}
        low, high = shape.get("min"), shape.get("max")
        if low is not None or high is not None:
            bounds = {k: v for k, v in (("min", low), ("max", high)) if v is not None}
            number = shape["type"] in ("integer", "long", "float", "double")
            traits["smithy.api#range" if number else "smithy.api#length"] = bounds
        if "pattern" in shape:
            traits["smithy.api#pattern"] = shape["pattern"]
        if shape.get("sensitive"):
            traits["smithy.api#sensitive"] = {}
        if "timestampFormat" in shape:
            traits["smithy.api#timestampFormat"] = TIMESTAMP[shape["timestampFormat"]]
        if "xmlNamespace" in shape:
            traits["smithy.api#xmlNamespace"] = self.namespace(shape["xmlNamespace"])
        return traits

    @staticmethod
    def namespace(value):
        return value if isinstance(value, dict) else {"uri": value}

    def member_traits(self, parent, name, member):
        traits = {}
        if name in parent.get("required", []):
            traits["smithy.api#required"] = {}
        where, wire = member.get("location"), member.get("locationName")
        if where == "header":
            traits["smithy.api#httpHeader"] = wire
        elif where == "headers":
            traits["smithy.api#httpPrefixHeaders"] = wire
        elif where == "querystring":
            traits["smithy.api#httpQuery"] = wire
        elif where == "uri":
            traits["smithy.api#httpLabel"] = {}
            if wire and wire != name:
                traits["rolecall#label"] = wire
        elif where == "statusCode":
            traits["smithy.api#httpResponseCode"] = {}
        elif wire and wire != name:
            traits["smithy.api#xmlName"] = wire
        if parent.get("payload") == name:
            traits["smithy.api#httpPayload"] = {}
        if "queryName" in member:
            traits["aws.protocols#ec2QueryName"] = member["queryName"]
        if member.get("flattened"):
            traits["smithy.api#xmlFlattened"] = {}
        if member.get("xmlAttribute"):
            traits["smithy.api#xmlAttribute"] = {}
        if "xmlNamespace" in member:
            traits["smithy.api#xmlNamespace"] = self.namespace(member["xmlNamespace"])
        if member.get("idempotencyToken"):
            traits["smithy.api#idempotencyToken"] = {}
        if member.get("streaming"):
            traits["smithy.api#streaming"] = {}
        if member.get("deprecated"):
            traits["smithy.api#deprecated"] = {}
        if "timestampFormat" in member:
            traits["smithy.api#timestampFormat"] = TIMESTAMP[member["timestampFormat"]]
        target = self.model["shapes"][member["shape"]]
        if target.get("flattened"):
            traits["smithy.api#xmlFlattened"] = {}
            if target["type"] == "map" and "locationName" in target:
                traits.setdefault("smithy.api#xmlName", target["locationName"])
        return traits

    @staticmethod
    def with_traits(out, traits):
        if traits:
            out["traits"] = traits
        return out

    def structure(self, shape):
        members = {}
        for name, member in shape.get("members", {}).items():
            members[name] = self.with_traits(self.target(member["shape"]),
                                             self.member_traits(shape, name, member))
        out = {"type": "structure", "members": members}
        traits = self.constraints(shape)
        if shape.get("exception") or "error" in shape:
            error = shape.get("error", {})
            status = error.get("httpStatusCode", 500 if shape.get("fault") else 400)
            traits["smithy.api#error"] = "client" if status < 500 else "server"
            traits["smithy.api#httpError"] = status
            if "code" in error:
                traits["aws.protocols#awsQueryError"] = {"code": error["code"],
                                                         "httpResponseCode": status}
        return self.with_traits(out, traits)

    def element(self, ref):
        traits = {}
        if "locationName" in ref:
            traits["smithy.api#xmlName"] = ref["locationName"]
        return self.with_traits(self.target(ref["shape"]), traits)

    def convert(self, name):
        shape = self.model["shapes"][name]
        kind = shape["type"]
        if kind == "structure":
            return self.structure(shape)
        if kind == "list":
            element = self.element(shape["member"])
            wire = shape.get("locationName")  # the element name of some flattened lists (SQS)
            if wire:
                element.setdefault("traits", {})["smithy.api#xmlName"] = wire
            return self.with_traits({"type": "list", "member": element}, self.constraints(shape))
        if kind == "map":
            return self.with_traits({"type": "map", "key": self.element(shape["key"]),
                                     "value": self.element(shape["value"])},
                                    self.constraints(shape))
        if "enum" in shape:
            members = {}
            for value in shape["enum"]:
                key = re.sub(r"\W+", "_", value).strip("_") or "EMPTY"
                if key[0].isdigit():
                    key = "_" + key
                while key in members:
                    key += "_"
                members[key] = {"target": "smithy.api#Unit",
                                "traits": {"smithy.api#enumValue": value}}
            return self.with_traits({"type": "enum", "members": members}, self.constraints(shape))
        return self.with_traits({"type": SIMPLE[kind]}, self.constraints(shape))

    # ---- operations ----
    def operation(self, name, served, modelled):
        op = self.model["operations"][name]
        http = op["http"]
        traits = {"smithy.api#http": {"method": http["method"], "uri": http["requestUri"],
                                      "code": http.get("responseCode", 200)}}
        if READ_ONLY.match(name):
            traits["smithy.api#readonly"] = {}
        if op.get("deprecated"):
            traits["smithy.api#deprecated"] = {}
        out = {"type": "operation", "input": {"target": "smithy.api#Unit"},
               "output": {"target": "smithy.api#Unit"}}
        if not served:
            traits["rolecall#unserved"] = {}
        if not served and not modelled:
            requires = {"query": [], "headers": []}
            shape = self.model["shapes"][op["input"]["shape"]] if "input" in op else {}
            for member in shape.get("required", []):
                where = shape["members"][member]
                if where.get("location") == "querystring":
                    requires["query"].append(where["locationName"])
                elif where.get("location") == "header":
                    requires["headers"].append(where["locationName"])
            traits["rolecall#unserved"] = {k: v for k, v in requires.items() if v}
            out["traits"] = traits
            return out
        for side, suffix in (("input", "Input"), ("output", "Output")):
            own = name + suffix
            if own in self.model["shapes"] and op.get(side, {}).get("shape") != own:
                sys.exit(f"{self.service}: {own} is already a shape of another meaning")
            shape = self.model["shapes"][op[side]["shape"]] if side in op else {"type": "structure"}
            # Every operation gets structures of its own, named after it.
            converted = self.structure(shape)
            converted.setdefault("traits", {})["smithy.api#" + side] = {}
            if "locationName" in op.get(side, {}):
                converted["traits"]["smithy.api#xmlName"] = op[side]["locationName"]
            if "xmlNamespace" in op.get(side, {}):
                converted["traits"]["smithy.api#xmlNamespace"] = self.namespace(
                    op[side]["xmlNamespace"])
            self.shapes[own] = converted
            out[side] = {"target": self.id(own)}
        if "output" not in op:
            traits["rolecall#noOutput"] = {}
        errors = [self.target(e["shape"]) for e in op.get("errors", [])]
        if errors:
            out["errors"] = errors
        if op.get("authtype") == "none":
            traits["smithy.api#optionalAuth"] = {}
        if op.get("idempotent"):
            traits["smithy.api#idempotent"] = {}
        if "httpChecksum" in op:
            traits["aws.protocols#httpChecksum"] = op["httpChecksum"]
        page = self.pages.get(name)
        if page:
            listed = lambda v: v if isinstance(v, list) else [v] if v else []
            pages = {"input": listed(page["input_token"]), "output": listed(page["output_token"]),
                     "items": listed(page.get("result_key")), "more": page.get("more_results"),
                     "pageSize": page.get("limit_key"), "kept": listed(page.get("non_aggregate_keys"))}
            traits["rolecall#pages"] = {k: v for k, v in pages.items() if v}
        out["traits"] = traits
        return out

    def run(self, served, modelled):
        missing = (served | modelled) - set(self.model["operations"])
        if missing:
            sys.exit(f"{self.service}.ops names operations botocore does not have: {sorted(missing)}"
                     " (describe them in the overlay)")
        operations = {n: self.operation(n, n in served, n in modelled)
                      for n in sorted(self.model["operations"])}
        while self.pending:
            name = self.pending.pop()
            if self.shapes[name] is None:
                self.shapes[name] = self.convert(name)
        meta = self.model["metadata"]
        protocol = (PROTOCOL.get(meta["protocol"]) or
                    "aws.protocols#awsJson" + meta["jsonVersion"].replace(".", "_"))
        traits = {protocol: {},
                  "aws.api#service": {"sdkId": meta["serviceId"],
                                      "arnNamespace": meta.get("signingName", meta["endpointPrefix"]),
                                      "endpointPrefix": meta["endpointPrefix"]},
                  "aws.auth#sigv4": {"name": meta.get("signingName", meta["endpointPrefix"])},
                  "smithy.api#title": meta["serviceFullName"]}
        if "xmlNamespace" in meta:
            traits["smithy.api#xmlNamespace"] = {"uri": meta["xmlNamespace"]}
        if "awsQueryCompatible" in meta:
            traits["aws.protocols#awsQueryCompatible"] = {}
        if "targetPrefix" in meta:
            traits["rolecall#targetPrefix"] = meta["targetPrefix"]
        shapes = {"service": {"type": "service", "version": meta["apiVersion"],
                              "operations": [{"target": self.id(n)} for n in operations],
                              "traits": traits}}
        shapes.update(operations)
        shapes.update({n: self.shapes[n] for n in sorted(self.shapes)})
        return {self.id(n): s for n, s in shapes.items()}


def qualify(value, ns):
    """Overlay targets may leave the namespace out."""
    if isinstance(value, dict):
        return {k: (ns + "#" + v if k == "target" and "#" not in v else qualify(v, ns))
                for k, v in value.items()}
    if isinstance(value, list):
        return [qualify(v, ns) for v in value]
    return value


def merge(base, patch):
    """RFC 7396's merge patch; a null removes."""
    for key, value in patch.items():
        if value is None:
            base.pop(key, None)
        elif isinstance(value, dict) and isinstance(base.get(key), dict):
            merge(base[key], value)
        else:
            base[key] = copy.deepcopy(value)


def read_ops(service):
    """The operations served, and those only modelled (written with a leading "~")."""
    served, modelled = [], []
    with open(os.path.join(ROOT, "models", service + ".ops")) as f:
        for line in f:
            line = line.split("#")[0].strip()
            if line.startswith("~"):
                modelled.append(line[1:])
            elif line:
                served.append(line)
    if len(set(served + modelled)) != len(served + modelled):
        sys.exit(f"{service}.ops names an operation twice")
    return set(served), set(modelled)


def apply_overlay(service, shapes):
    path = os.path.join(ROOT, "models", service + ".overlay.json")
    if not os.path.exists(path):
        return
    ns = "com.amazonaws." + service
    overlay = qualify(load(path), ns)
    operations = shapes[ns + "#service"]["operations"]
    for name, patch in overlay.get("shapes", {}).items():
        full = ns + "#" + name
        if full not in shapes and "type" not in patch:
            continue  # says something about a shape that no served operation reaches
        if full not in shapes and patch["type"] == "operation":
            operations.append({"target": full})
        merge(shapes.setdefault(full, {}), patch)
    operations.sort(key=lambda o: o["target"])


def main():
    args = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    args.add_argument("--botocore", default="/usr/lib/python3/dist-packages/botocore/data")
    args.add_argument("--any-version", action="store_true", help="take a botocore that the models are not made of")
    args.add_argument("--drop", action="store_true", help="write a model that has lost traits")
    args.add_argument("services", nargs="*")
    options = args.parse_args()
    check_botocore(options.botocore, options.any_version)
    for service in options.services or services():
        served, modelled = read_ops(service)
        overlay_path = os.path.join(ROOT, "models", service + ".overlay.json")
        newer = set()
        if os.path.exists(overlay_path):
            newer = {n for n, s in load(overlay_path).get("shapes", {}).items()
                     if s.get("type") == "operation"}
        shapes = Importer(service, options.botocore).run(served - newer, modelled - newer)
        apply_overlay(service, shapes)
        out = os.path.join(ROOT, "models", service + ".json")
        lost = dropped(load(out)["shapes"], shapes) if os.path.exists(out) else []
        if lost and not options.drop:
            sys.exit(f"{service}: the import has lost {len(lost)} traits that {out} has, and was not written (--drop writes it):\n  "
                     + "\n  ".join(lost[:20]))
        with open(out, "w") as f:
            json.dump({"smithy": "2.0", "shapes": shapes}, f, indent=1, ensure_ascii=False)
            f.write("\n")
        print(f"{out}: {len(served)} operations served, {len(shapes)} shapes")


if __name__ == "__main__":
    main()
