#!/usr/bin/python3
"""Turns models/<service>.json (Smithy's JSON AST) into C++: plain structs and descriptor tables.

    codegen/codegen.py --out DIR --auth FILE --catalogue FILE MODEL
                                                       one service: DIR/<name>.h, DIR/<name>_tables.cc
    codegen/codegen.py --out DIR --registry NAME…      DIR/registry.cc: all_services()

Run by CMake at build time; standard library only. What it writes is data (src/wire/shape.h says what
it means); no function is generated per operation. It refuses to build what would fail open: a pattern
it cannot compile, a served operation without authorization facts, and every fact that facts.py refuses.
"""
import argparse
import json
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from facts import Catalogue, Checker, Wrong  # noqa: E402
from regex import Unsupported, compile_pattern  # noqa: E402

KEYWORDS = set("""alignas and asm auto bool break case catch char class concept const continue default delete
do double else enum explicit export extern false float for friend goto if inline int long mutable namespace
new not operator or private protected public register requires return short signed sizeof static struct
switch template this throw true try typedef typename union unsigned using virtual void volatile while xor""".split())
# Names that would hide what every service file uses from namespace rolecall.
TAKEN = {"Error", "Result", "Status", "Clock", "Random", "Secret", "Fault", "Instant"}
SCALARS = {"boolean": ("boolean", "bool"), "integer": ("integer", "std::int32_t"),
           "long": ("long_", "std::int64_t"), "float": ("floating", "float"),
           "double": ("double_", "double"), "string": ("string", "std::string"),
           "enum": ("string", "std::string"), "blob": ("blob", "std::string"),
           "timestamp": ("timestamp", "rolecall::Instant")}
PROTOCOLS = {"aws.protocols#awsQuery": "query", "aws.protocols#ec2Query": "ec2",
             "aws.protocols#awsJson1_0": "json_1_0", "aws.protocols#awsJson1_1": "json_1_1",
             "aws.protocols#restXml": "rest_xml", "aws.protocols#restJson1": "rest_json"}
TIMESTAMPS = {"date-time": "date_time", "http-date": "http_date", "epoch-seconds": "epoch_seconds"}


def fail(message):
    sys.exit("codegen: " + message)


def snake(name):
    """RoleName → role_name, MFADevices → mfa_devices, ETag → etag, ChecksumCRC32C → checksum_crc32c."""
    name = name.replace("ETag", "Etag").replace("CRC32C", "Crc32c").replace("CRC64NVME", "Crc64nvme").replace("IPv", "Ipv")
    name = re.sub(r"([A-Z]{2,})s(?=[A-Z]|$)", lambda m: m.group(1).capitalize() + "s", name)
    name = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    name = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    name = re.sub(r"\W", "_", name).lower()
    return name + "_" if name in KEYWORDS else name


def quote(text):
    out = []
    for c in text:
        if c in '"\\':
            out.append("\\" + c)
        elif ord(c) < 32:
            out.append("\\%03o" % ord(c))
        else:
            out.append(c)
    return '"' + "".join(out) + '"'


def strings(values):
    return ", ".join(quote(v) for v in values)


class Service:
    def __init__(self, model, auth, catalogue):
        self.all = model["shapes"]
        self.service_id = next(n for n, s in self.all.items() if s["type"] == "service")
        self.service = self.all[self.service_id]
        self.name = self.service_id.split("#")[0].split(".")[-1]
        self.traits = self.service["traits"]
        self.protocols = [p for t, p in PROTOCOLS.items() if t in self.traits]
        first = self.traits.get("rolecall#protocols")
        if first:
            self.protocols = first
        self.checker = Checker(self.name, self.all, auth, catalogue)
        self.operations = sorted((o["target"] for o in self.service["operations"]))
        self.index, self.order, self.types = {}, [], {}
        self.recursive = set()
        for op in self.operations:
            shape = self.all[op]
            for ref in ([shape["input"], shape["output"]] + shape.get("errors", [])):
                if ref["target"] != "smithy.api#Unit":
                    self.visit(ref["target"], [])
        for name in self.checker.facts:
            if self.id(name) not in self.operations:
                fail(f"{self.name}.auth.json speaks of {name}, which is no operation of {self.name}")

    def id(self, name):
        return self.service_id.split("#")[0] + "#" + name

    @staticmethod
    def short(target):
        return target.split("#")[1]

    # ---- order of definition ----
    def members(self, shape):
        """Members that become fields: all but a streamed body."""
        return {n: m for n, m in shape["members"].items()
                if "smithy.api#streaming" not in m.get("traits", {})}

    def visit(self, target, path):
        if target in self.index:
            return
        if target in path:
            for inner in path[path.index(target):]:
                self.recursive.add(inner)
            if not any(self.all[t]["type"] in ("list", "map") for t in path[path.index(target):]):
                fail(f"{target} contains itself directly; a list must be between")
            return
        shape = self.all[target]
        path = path + [target]
        if shape["type"] == "structure":
            for member in self.members(shape).values():
                self.visit(member["target"], path)
        elif shape["type"] == "list":
            self.visit(shape["member"]["target"], path)
        elif shape["type"] == "map":
            self.visit(shape["key"]["target"], path)
            self.visit(shape["value"]["target"], path)
        elif shape["type"] not in SCALARS:
            fail(f"{target}: type {shape['type']} is not supported")
        if target not in self.index:
            self.index[target] = len(self.order)
            self.order.append(target)

    def struct_name(self, target):
        name = self.short(target)
        name = name[0].upper() + name[1:]
        return name + "Shape" if name in TAKEN else name

    def cpp(self, target):
        shape = self.all[target]
        kind = shape["type"]
        if kind in SCALARS:
            return SCALARS[kind][1]
        if kind == "structure":
            return self.struct_name(target)
        if kind == "list":
            inner = self.cpp(shape["member"]["target"])
            if inner == "bool":
                fail(f"{target}: a list of booleans has no elements to point at")
            return f"std::vector<{inner}>"
        return f"std::map<std::string, {self.cpp(shape['value']['target'])}>"

    # ---- the header ----
    def header(self):
        out = [f"// Generated by codegen/codegen.py from models/{self.name}.json. Do not edit.", "#pragma once",
               "", "#include <cstdint>", "#include <map>", "#include <optional>", "#include <string>",
               "#include <string_view>", "#include <vector>", "", '#include "base/time.h"', "",
               "namespace rolecall::wire {", "struct Service;", "}", "",
               f"namespace rolecall::{self.name} {{", "", "extern const wire::Service kService;", ""]
        structs = [t for t in self.order if self.all[t]["type"] == "structure"]
        names = [self.struct_name(t) for t in structs]
        if len(set(names)) != len(names):
            fail(f"{self.name}: two structures of one name: {sorted(n for n in names if names.count(n) > 1)}")
        out += [f"struct {n};" for n in names] + [""]
        for target in structs:
            shape, name = self.all[target], self.struct_name(target)
            out.append(f"struct {name} {{")
            if "smithy.api#input" in shape.get("traits", {}):
                op = self.short(target)[:-len("Input")]
                out.append(f"  static constexpr std::string_view kOperation = \"{op}\";")
                out.append(f"  using Output = {self.struct_name(self.id(op + 'Output'))};")
            fields = set()
            for member_name, member in self.members(shape).items():
                field = snake(member_name)
                if field in fields:
                    fail(f"{target}: two members are called {field}")
                fields.add(field)
                kind = self.cpp(member["target"])
                if "smithy.api#required" in member.get("traits", {}):
                    zero = "{}" if kind in ("bool", "std::int32_t", "std::int64_t", "float", "double") else ""
                    out.append(f"  {kind} {field}{zero};")
                else:
                    out.append(f"  std::optional<{kind}> {field} = {{}};")
            if target not in self.recursive:
                out.append(f"  bool operator==(const {name}&) const = default;")
            out += ["};", ""]
        out += [f"}}  // namespace rolecall::{self.name}", ""]
        return "\n".join(out)

    # ---- the tables ----
    def constraints(self, target):
        shape = self.all[target]
        traits = shape.get("traits", {})
        bounds = traits.get("smithy.api#length") or traits.get("smithy.api#range") or {}
        values = [m["traits"]["smithy.api#enumValue"] for m in shape["members"].values()] \
            if shape["type"] == "enum" else []
        pattern = traits.get("smithy.api#pattern")
        if not bounds and not values and not pattern:
            return None
        return (bounds.get("min"), bounds.get("max"), pattern, tuple(values))

    def tables(self):
        ns = self.name
        out = [f"// Generated by codegen/codegen.py from models/{ns}.json. Do not edit.",
               f'#include "models/{ns}.h"', "", "#include <cstddef>", "", '#include "wire/access.h"', "",
               "#pragma GCC diagnostic ignored \"-Winvalid-offsetof\"", "",
               f"namespace rolecall::{ns} {{", "namespace tables {", "",
               "using wire::Kind;", "using wire::Location;", "using wire::TimestampFormat;", ""]
        patterns, constraints = {}, {}
        for target in self.order:
            c = self.constraints(target)
            if c:
                constraints.setdefault(c, len(constraints))
                if c[2]:
                    patterns.setdefault(c[2], len(patterns))
        for text, i in patterns.items():
            out += self.pattern(text, i)
        for (low, high, pattern, values), i in constraints.items():
            if values:
                out.append(f"constexpr std::string_view kValues{i}[] = {{{strings(values)}}};")
            parts = []
            if low is not None:
                parts.append(f".min = {low}")
            if high is not None:
                parts.append(f".max = {high}")
            if pattern:
                parts.append(f".pattern = &kPattern{patterns[pattern]}")
            if values:
                parts.append(f".values = kValues{i}")
            out.append(f"constexpr wire::Constraints kConstraints{i}{{{', '.join(parts)}}};")
        structs = [t for t in self.order if self.all[t]["type"] == "structure"]
        total = sum(len(self.members(self.all[t])) for t in structs)
        out += ["", f"extern const wire::Shape kShapes[{len(self.order)}];"]
        out += [f"extern const wire::Member kMembers[{max(total, 1)}];", ""]
        start, slices, rows = 0, {}, []
        for target in structs:
            members = self.members(self.all[target])
            slices[target] = (start, len(members))
            start += len(members)
            for name, member in members.items():
                rows.append(self.member(target, name, member))
        out += [f"constinit const wire::Member kMembers[{max(total, 1)}] = {{"] + rows + ["};", ""]
        out += [f"constinit const wire::Shape kShapes[{len(self.order)}] = {{"]
        for target in self.order:
            out.append(self.shape(target, constraints, slices))
        out += ["};", ""]
        errors = sorted(self.errors().items())
        out += [f"extern const wire::ErrorShape kErrors[{max(len(errors), 1)}];"]
        out += [f"constinit const wire::ErrorShape kErrors[{max(len(errors), 1)}] = {{"]
        for code, (status, target) in errors:
            out.append(f"  {{{quote(code)}, {status}, &kShapes[{self.index[target]}]}},")
        if not errors:
            out.append('  {"", 0, nullptr},')
        out += ["};", ""]
        by_target = {target: i for i, (_, (_, target)) in enumerate(errors)}
        pre, rows = [], []
        for i, op in enumerate(self.operations):
            rows.append(self.operation(i, op, by_target, pre))
        out += pre + ["", f"constinit const wire::Operation kOperations[{len(rows)}] = {{"] + rows + ["};", ""]
        protocols = ", ".join(f"wire::Protocol::{p}" for p in self.protocols)
        out += [f"constexpr wire::Protocol kProtocols[] = {{{protocols}}};", "", "}  // namespace tables", ""]
        service = self.traits["aws.api#service"]
        out += ["constinit const wire::Service kService{",
                f"    .name = {quote(ns)},", f"    .id = {quote(service['sdkId'])},",
                f"    .title = {quote(self.traits['smithy.api#title'])},",
                f"    .signing_name = {quote(self.traits['aws.auth#sigv4']['name'])},",
                f"    .endpoint_prefix = {quote(service['endpointPrefix'])},",
                f"    .version = {quote(self.service['version'])},",
                f"    .xml_namespace = {quote(self.traits.get('smithy.api#xmlNamespace', {}).get('uri', ''))},",
                f"    .target_prefix = {quote(self.traits.get('rolecall#targetPrefix', ''))},",
                "    .protocols = tables::kProtocols,", "    .operations = tables::kOperations,",
                f"    .errors = {{tables::kErrors, {len(errors)}}},",
                f"    .timestamp_millis = {'true' if 'rolecall#timestampMillis' in self.traits else 'false'},",
                f"    .dialect = wire::Dialect::{self.dialect()},", "};", "",
                f"}}  // namespace rolecall::{ns}", ""]
        return "\n".join(out)

    def dialect(self):
        """wire::Dialect: how this service words what its model does not."""
        if "rolecall#s3Errors" in self.traits:
            return "s3"
        first = self.protocols[0] if self.protocols else "no protocol"
        if any(p.startswith("json") for p in self.protocols):
            compatible = "query" in self.protocols or "aws.protocols#awsQueryCompatible" in self.traits
            return "query_json" if compatible else "json"
        if first in ("query", "ec2", "rest_json"):
            return first
        fail(f"{self.name}: nobody knows how a service of {first} words its refusals (add it to wire::Dialect)")

    def pattern(self, text, i):
        try:
            ranges, count, table, accepting = compile_pattern(text)
        except Unsupported as e:
            fail(f"{self.name}: pattern {text}: {e} (state an equivalent in codegen/regex.py)")
        ascii_class = [0] * 128
        for low, high, number in ranges:
            for cp in range(low, min(high, 127) + 1):
                ascii_class[cp] = number
        wide = [(max(low, 128), high, number) for low, high, number in ranges if high >= 128]
        flat = ", ".join(str(n) for row in table for n in row)
        out = [f"constexpr std::uint8_t kAscii{i}[128] = {{{', '.join(map(str, ascii_class))}}};",
               f"constexpr std::uint16_t kNext{i}[] = {{{flat}}};",
               f"constexpr std::uint8_t kAccepting{i}[] = {{{', '.join('1' if a else '0' for a in accepting)}}};"]
        spans = ""
        if wide:
            rows = ", ".join(f"{{{low}, {high}, {number}}}" for low, high, number in wide)
            out.append(f"constexpr wire::Pattern::Range kRanges{i}[] = {{{rows}}};")
            spans = f".ranges = kRanges{i}, "
        out.append(f"constexpr wire::Pattern kPattern{i}{{.text = {quote(text)}, .ascii_class = kAscii{i}, {spans}"
                   f".class_count = {count}, .next = kNext{i}, .accepting = kAccepting{i}}};")
        return out

    def member(self, parent, name, member):
        traits = member.get("traits", {})
        target = self.all[member["target"]]
        flattened = "smithy.api#xmlFlattened" in traits
        wire = traits.get("smithy.api#xmlName", name)
        if flattened and target["type"] == "list":
            wire = target["member"].get("traits", {}).get("smithy.api#xmlName", wire)
        if "smithy.api#httpPayload" in traits and "smithy.api#xmlName" not in traits:
            # A payload's root element is called after its shape.
            wire = target.get("traits", {}).get("smithy.api#xmlName", self.short(member["target"]))
        query = traits.get("aws.protocols#ec2QueryName")
        if query is None:
            query = traits.get("smithy.api#xmlName", name)
            query = query[0].upper() + query[1:]
        location, bound = "body", ""
        if "smithy.api#httpHeader" in traits:
            location, bound = "header", traits["smithy.api#httpHeader"]
        elif "smithy.api#httpPrefixHeaders" in traits:
            location, bound = "prefix_headers", traits["smithy.api#httpPrefixHeaders"]
        elif "smithy.api#httpQuery" in traits:
            location, bound = "query", traits["smithy.api#httpQuery"]
        elif "smithy.api#httpLabel" in traits:
            location, bound = "label", traits.get("rolecall#label", name)
        elif "smithy.api#httpPayload" in traits:
            location = "payload"
        elif "smithy.api#httpResponseCode" in traits:
            location = "status_code"
        required = "smithy.api#required" in traits
        parts = [f".name = {quote(name)}", f".wire_name = {quote(wire)}",
                 f".json_name = {quote(traits.get('smithy.api#jsonName', name))}",
                 f".query_name = {quote(query)}", f".bound_name = {quote(bound)}",
                 f".offset = offsetof({self.struct_name(parent)}, {snake(name)})",
                 f".shape = &kShapes[{self.index[member['target']]}]"]
        if not required:
            parts.append(f".optional = &wire::kOptionalOps<{self.cpp(member['target'])}>")
        else:
            parts.append(".required = true")
        if location != "body":
            parts.append(f".location = Location::{location}")
        if flattened:
            parts.append(".flattened = true")
        if "smithy.api#xmlAttribute" in traits:
            parts.append(".xml_attribute = true")
        if "smithy.api#idempotencyToken" in traits:
            parts.append(".idempotency_token = true")
        if "smithy.api#timestampFormat" in traits:
            parts.append(f".timestamp = TimestampFormat::{TIMESTAMPS[traits['smithy.api#timestampFormat']]}")
        if "smithy.api#xmlNamespace" in traits:
            parts.append(f".xml_namespace = {quote(traits['smithy.api#xmlNamespace']['uri'])}")
        return "  {" + ", ".join(parts) + "},"

    def shape(self, target, constraints, slices):
        shape = self.all[target]
        traits = shape.get("traits", {})
        kind = shape["type"]
        cpp_kind = SCALARS[kind][0] if kind in SCALARS else kind
        parts = [f".kind = Kind::{cpp_kind}"]
        if "smithy.api#sensitive" in traits:
            parts.append(".sensitive = true")
        parts.append(f".name = {quote(self.short(target))}")
        c = self.constraints(target)
        if c:
            parts.append(f".constraints = &kConstraints{constraints[c]}")
        if kind == "structure":
            start, count = slices[target]
            parts.append(f".members = {{kMembers + {start}, {count}}}")
        xml = lambda ref, default: quote(ref.get("traits", {}).get("smithy.api#xmlName", default))
        if kind == "list":
            parts.append(f".element = &kShapes[{self.at(shape['member']['target'])}]")
            parts.append(f".element_name = {xml(shape['member'], 'member')}")
            parts.append(f".list = &wire::kListOps<{self.cpp(shape['member']['target'])}>")
        if kind == "map":
            parts.append(f".element = &kShapes[{self.at(shape['value']['target'])}]")
            parts.append(f".element_name = {xml(shape['value'], 'value')}")
            parts.append(f".key_name = {xml(shape['key'], 'key')}")
            parts.append(f".key = &kShapes[{self.at(shape['key']['target'])}]")
            parts.append(f".map = &wire::kMapOps<{self.cpp(shape['value']['target'])}>")
        if kind == "structure":
            parts.append(f".value = &wire::kValueOps<{self.struct_name(target)}>")
        if "smithy.api#xmlName" in traits:
            parts.append(f".xml_name = {quote(traits['smithy.api#xmlName'])}")
        if "smithy.api#xmlNamespace" in traits:
            parts.append(f".xml_namespace = {quote(traits['smithy.api#xmlNamespace']['uri'])}")
            if "prefix" in traits["smithy.api#xmlNamespace"]:
                parts.append(f".xml_prefix = {quote(traits['smithy.api#xmlNamespace']['prefix'])}")
        if "smithy.api#timestampFormat" in traits:
            parts.append(f".timestamp = TimestampFormat::{TIMESTAMPS[traits['smithy.api#timestampFormat']]}")
        return "  {" + ", ".join(parts) + "},"

    def at(self, target):
        return self.index[target]

    def errors(self):
        """code → (status, shape); a code of two shapes keeps the first."""
        found = {}
        for op in self.operations:
            for ref in self.all[op].get("errors", []):
                traits = self.all[ref["target"]].get("traits", {})
                code = traits.get("aws.protocols#awsQueryError", {}).get("code", self.short(ref["target"]))
                found.setdefault(code, (traits.get("smithy.api#httpError", 400), ref["target"]))
        return found

    # ---- operations ----
    def uri(self, op):
        return self.all[op]["traits"]["smithy.api#http"]["uri"].partition("?")[0]

    def uri_key(self, op):
        http = self.all[op]["traits"]["smithy.api#http"]
        return http["method"], http["uri"]

    def needs(self, op):
        """Required query parameters and headers, where another operation has the same method and URI."""
        if sum(1 for other in self.operations if self.uri_key(other) == self.uri_key(op)) < 2:
            return [], []
        shape = self.all[op]
        if shape["input"]["target"] == "smithy.api#Unit":
            requires = shape["traits"].get("rolecall#unserved", {})
            return requires.get("query", []), requires.get("headers", [])
        query, headers = [], []
        for member in self.all[shape["input"]["target"]]["members"].values():
            traits = member.get("traits", {})
            if "smithy.api#required" in traits:
                if "smithy.api#httpQuery" in traits:
                    query.append(traits["smithy.api#httpQuery"])
                elif "smithy.api#httpHeader" in traits:
                    headers.append(traits["smithy.api#httpHeader"].lower())
        return query, headers

    def operation(self, i, op, by_target, pre):
        shape = self.all[op]
        traits = shape["traits"]
        name = self.short(op)
        served = "rolecall#unserved" not in traits
        http = traits["smithy.api#http"]
        parts = [f".name = {quote(name)}", ".service = &kService", f".served = {'true' if served else 'false'}"]
        for side in ("input", "output"):
            target = shape[side]["target"]
            parts.append(f".{side} = " + ("nullptr" if target == "smithy.api#Unit"
                                          else f"&kShapes[{self.index[target]}]"))
        parts += [f".method = {quote(http['method'])}", f".uri = {quote(self.uri(op))}"]
        if http.get("code", 200) != 200:
            parts.append(f".success_status = {http['code']}")
        literals = [p.partition("=")[::2] for p in http["uri"].partition("?")[2].split("&") if p]
        if literals:
            rows = ", ".join(f"{{{quote(k)}, {quote(v)}}}" for k, v in literals)
            pre.append(f"constexpr wire::Operation::QueryLiteral kLiterals{i}[] = {{{rows}}};")
            parts.append(f".literals = kLiterals{i}")
        if any(p.startswith("rest") for p in self.protocols):
            query, headers = self.needs(op)
            if query:
                pre.append(f"constexpr std::string_view kNeedsQuery{i}[] = {{{strings(query)}}};")
                parts.append(f".needs_query = kNeedsQuery{i}")
            if headers:
                pre.append(f"constexpr std::string_view kNeedsHeaders{i}[] = {{{strings(headers)}}};")
                parts.append(f".needs_headers = kNeedsHeaders{i}")
        if "rolecall#noOutput" in traits:
            parts.append(".has_output = false")
        if "smithy.api#readonly" in traits:
            parts.append(".read_only = true")
        for side in ("input", "output"):
            target = shape[side]["target"]
            if target == "smithy.api#Unit":
                continue
            for at, (member, what) in enumerate(self.all[target]["members"].items()):
                if "smithy.api#streaming" in what.get("traits", {}):
                    parts.append(f".streaming_{side} = true")
                    if side == "input":
                        parts.append(f".body_member = {quote(member)}, .body_member_at = {at}")
        if "smithy.api#optionalAuth" in traits:
            parts.append(".unsigned_call = true")
        if "aws.customizations#s3UnwrappedXmlOutput" in traits:
            parts.append(".unwrapped_output = true")
        checksum = traits.get("aws.protocols#httpChecksum", {})
        if "requestAlgorithmMember" in checksum:
            parts.append(f".checksum_member = {quote(checksum['requestAlgorithmMember'])}")
        if checksum.get("requestChecksumRequired"):
            parts.append(".checksum_required = true")
        pages = traits.get("rolecall#pages")
        if pages:
            parts.append(f".pages = {{{self.pages(i, pages, pre)}}}")
        errors = [ref["target"] for ref in shape.get("errors", []) if ref["target"] in by_target]
        if errors:
            rows = ", ".join(f"&kErrors[{by_target[t]}]" for t in errors)
            pre.append(f"constexpr const wire::ErrorShape* kErrorsOf{i}[] = {{{rows}}};")
            parts.append(f".errors = kErrorsOf{i}")
        auth = self.authorization(i, name, shape, served, pre)
        if auth:
            parts.append(f".authorization = {{{auth}}}")
        return "  {" + ", ".join(parts) + "},"

    @staticmethod
    def pages(i, pages, pre):
        parts = []
        for key, field in (("input", "input_tokens"), ("output", "output_tokens"), ("items", "items"), ("kept", "kept")):
            if pages.get(key):
                pre.append(f"constexpr std::string_view kPages{i}_{key}[] = {{{strings(pages[key])}}};")
                parts.append(f".{field} = kPages{i}_{key}")
        for key, field in (("more", "more"), ("pageSize", "page_size")):
            if pages.get(key):
                parts.append(f".{field} = {quote(pages[key])}")
        return ", ".join(parts)

    def authorization(self, i, name, shape, served, pre):
        target = shape["input"]["target"]
        facts = self.checker.check(name, None if target == "smithy.api#Unit" else target, served,
                                   "smithy.api#optionalAuth" in shape["traits"])
        if facts is None:
            return ""
        parts = [f".{k} = true" for k in ("unauthorized", "by_handler", "anonymous", "bearer") if facts.get(k)]
        actions = []
        for n, action in enumerate(facts.get("actions", [])):
            ids = action.get("id", [])
            if ids:
                pre.append(f"constexpr std::string_view kIds{i}_{n}[] = {{{strings(ids)}}};")
            actions.append(f"{{{quote(action['action'])}, {quote(action['resource'])}, "
                           f"{f'kIds{i}_{n}' if ids else '{}'}, {quote(action.get('when', ''))}}}")
        if actions:
            pre.append(f"constexpr wire::AuthAction kActions{i}[] = {{{', '.join(actions)}}};")
            parts.append(f".actions = kActions{i}")
        keys = facts.get("keys", {})
        if keys:
            rows = ", ".join(f"{{{quote(k)}, {quote(v)}}}" for k, v in keys.items())
            pre.append(f"constexpr wire::AuthKey kKeys{i}[] = {{{rows}}};")
            parts.append(f".keys = kKeys{i}")
        parts += [f".{k} = {quote(facts[k])}" for k in ("tags", "tag_keys") if k in facts]
        return ", ".join(parts)


def registry(names):
    out = ["// Generated by codegen/codegen.py. Do not edit.", '#include "wire/shape.h"', ""]
    out += [f"namespace rolecall::{n} {{\nextern const wire::Service kService;\n}}" for n in names]
    out += ["", "namespace rolecall::wire {", "namespace {",
            "constexpr const Service* kServices[] = {" + ", ".join(f"&rolecall::{n}::kService" for n in names) + "};",
            "}", "std::span<const Service* const> all_services() { return kServices; }",
            "}  // namespace rolecall::wire", ""]
    return "\n".join(out)


def write(path, text):
    """Leaves an unchanged file alone, so that nothing is compiled again."""
    if os.path.exists(path):
        with open(path) as f:
            if f.read() == text:
                return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--out", required=True)
    args.add_argument("--auth")
    args.add_argument("--catalogue")
    args.add_argument("--registry", nargs="*")
    args.add_argument("--stamp")
    args.add_argument("model", nargs="?")
    options = args.parse_args()
    if options.registry is not None:
        write(os.path.join(options.out, "registry.cc"), registry(options.registry))
    else:
        with open(options.model) as f:
            model = json.load(f)
        auth = {}
        if options.auth and os.path.exists(options.auth):
            with open(options.auth) as f:
                auth = json.load(f)
        try:
            service = Service(model, auth, Catalogue(options.catalogue) if options.catalogue else None)
            header, tables = service.header(), service.tables()
            service.checker.finish()
        except Wrong as e:
            fail(str(e))
        write(os.path.join(options.out, service.name + ".h"), header)
        write(os.path.join(options.out, service.name + "_tables.cc"), tables)
    if options.stamp:
        with open(options.stamp, "w"):
            pass


if __name__ == "__main__":
    main()
