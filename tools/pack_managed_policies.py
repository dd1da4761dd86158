#!/usr/bin/python3
"""Packs the AWS managed policies into data/aws-managed-policies.bin, which the program embeds.

    tools/pack_managed_policies.py SOURCE.json data/aws-managed-policies.bin

SOURCE.json is an object: policy name -> {CreateDate, DefaultVersionId, Document, Path, UpdateDate}
(data/README.md names the source). Needs libzstd. Running it again gives the same bytes.

Layout, little-endian:
    "RCMP" | version u32 = 1 | policies u32 | index_raw u32 | index_packed u32 | blocks u32
    blocks x { raw u32, packed u32 }
    index, one zstd frame: per policy, ordered by lower-case name,
        id\0 name\0 path\0 default version\0 | created i64 | updated i64 (seconds)
        | block u32 | offset u32 | bytes u32
    blocks, one zstd frame each: document texts, one behind the other
"""
import base64
import ctypes
import ctypes.util
import datetime
import hashlib
import json
import struct
import sys

BLOCK_BYTES = 128 * 1024  # a first look at a policy unpacks one block: about 0.1 ms
LEVEL = 19
STATEMENT_ORDER = ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction",
                   "Resource", "NotResource", "Condition"]

zstd = ctypes.CDLL(ctypes.util.find_library("zstd"))
zstd.ZSTD_compressBound.restype = ctypes.c_size_t
zstd.ZSTD_compress.restype = ctypes.c_size_t


def pack(raw: bytes) -> bytes:
    bound = zstd.ZSTD_compressBound(ctypes.c_size_t(len(raw)))
    out = ctypes.create_string_buffer(bound)
    size = zstd.ZSTD_compress(out, ctypes.c_size_t(bound), raw, ctypes.c_size_t(len(raw)), LEVEL)
    assert not zstd.ZSTD_isError(ctypes.c_size_t(size))
    return out.raw[:size]


def policy_id(arn: str) -> str:
    """The source has no policy ids: ours come from the ARN, so every server gives the same."""
    return "ANPA" + base64.b32encode(hashlib.sha256(arn.encode()).digest()).decode()[:17]


def seconds(text: str) -> int:
    return int(datetime.datetime.fromisoformat(text).timestamp())


def text_of(document: dict) -> str:
    """Compact, members in the order in which AWS writes them (the source sorts them)."""
    def rank(name):
        return STATEMENT_ORDER.index(name) if name in STATEMENT_ORDER else len(STATEMENT_ORDER)

    def statement(s):
        return {k: s[k] for k in sorted(s, key=rank)}

    out = {k: document[k] for k in ("Version", "Id") if k in document}
    statements = document["Statement"]
    out["Statement"] = ([statement(s) for s in statements] if isinstance(statements, list)
                        else statement(statements))
    assert set(out) == set(document), set(document)
    return json.dumps(out, separators=(",", ":"), ensure_ascii=False)


def main(source: str, target: str) -> None:
    policies = json.load(open(source, encoding="utf-8"))
    index, blocks, block = b"", [], b""
    for name in sorted(policies, key=str.lower):
        policy = policies[name]
        text = text_of(policy["Document"]).encode()
        if block and len(block) + len(text) > BLOCK_BYTES:
            blocks.append(block)
            block = b""
        arn = "arn:aws:iam::aws:policy" + policy["Path"] + name
        for field in (policy_id(arn), name, policy["Path"], policy["DefaultVersionId"]):
            index += field.encode() + b"\0"
        index += struct.pack("<qqIII", seconds(policy["CreateDate"]), seconds(policy["UpdateDate"]),
                             len(blocks), len(block), len(text))
        block += text
    blocks.append(block)
    packed_index, packed = pack(index), [pack(b) for b in blocks]
    with open(target, "wb") as out:
        out.write(b"RCMP" + struct.pack("<IIIII", 1, len(policies), len(index), len(packed_index),
                                        len(blocks)))
        for raw, small in zip(blocks, packed):
            out.write(struct.pack("<II", len(raw), len(small)))
        out.write(packed_index)
        for small in packed:
            out.write(small)
    print(f"{len(policies)} policies, {len(blocks)} blocks")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
