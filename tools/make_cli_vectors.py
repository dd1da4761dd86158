#!/usr/bin/python3
"""Writes tests/vectors/calls/: what the installed AWS CLI calls every operation and argument of our models.

    tools/make_cli_vectors.py        needs Debian's awscli; the results are checked in

names.json       every operation's and member's name → botocore's xform_name of it
arguments.json   service → operation → the AWS CLI's argument table, "name" with marks: "!" required, "*" takes several words,
                 "." takes none, "^" positional
shorthand.json   text → what its shorthand parser makes of it, or its error's text
parameters.json  command line → the parameters it validated, or its error's text and exit status

The last two are of tools/cli_vector_cases.py.
"""
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cli_vector_cases import COMMANDS, SHORTHAND  # noqa: E402
from services import services  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# What the AWS CLI calls a service, where it is not the model's name.
COMMAND_OF = {"s3": "s3api"}


def shapes_of(service):
    with open(os.path.join(ROOT, "models", service + ".json")) as f:
        return {k.split("#")[1]: v for k, v in json.load(f)["shapes"].items()}


def names(xform_name):
    out = {}
    for service in services():
        for name, shape in shapes_of(service).items():
            if shape["type"] == "operation":
                out[name] = xform_name(name, "-")
            for member in shape.get("members", {}) if shape["type"] == "structure" else ():
                out[member] = xform_name(member, "-")
    return out


def marks(argument):
    out = argument.name + ("!" if argument.required else "")
    if getattr(argument, "positional_arg", False) or argument.cli_name == argument.name:
        out += "^"
    if type(argument).__name__ in ("BooleanArgument", "NegativeBooleanParameter") or argument.cli_type_name == "boolean":
        return out + "."
    return out + ("*" if type(argument).__name__ in ("ListArgument", "SecondaryPrivateIpAddressesArgument") else "")


def arguments(driver):
    out = {}
    for service in services():
        table = driver.subcommand_table[COMMAND_OF.get(service, service)].subcommand_table
        known = {}
        for name, shape in sorted(shapes_of(service).items()):
            if shape["type"] != "operation" or shape["input"]["target"] == "smithy.api#Unit":
                continue
            word = next((w for w, c in table.items() if getattr(getattr(c, "_operation_model", None), "name", "") == name), None)
            if word is None:
                print(f"{service} {name}: unknown to the AWS CLI", file=sys.stderr)
                continue
            known[word] = " ".join(marks(a) for a in table[word].arg_table.values())
        out[service] = known
    return out


def shorthand():
    from awscli.shorthand import ShorthandParser
    out = []
    for text in SHORTHAND:
        try:
            out.append({"text": text, "value": ShorthandParser().parse(text)})
        except Exception as e:
            out.append({"text": text, "error": str(e)})
    return out


def plain(value):
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    if isinstance(value, (bytes, bytearray)):
        return value.decode("latin-1")
    return getattr(value, "name", value)


def parameters(create_clidriver):
    import contextlib
    import io
    import shlex
    from botocore.awsrequest import AWSResponse
    os.chdir(ROOT)
    os.environ.update(AWS_ACCESS_KEY_ID="AKIAX", AWS_SECRET_ACCESS_KEY="s", AWS_REGION="us-east-1", AWS_CONFIG_FILE="/nowhere",
                      AWS_SHARED_CREDENTIALS_FILE="/nowhere", AWS_EC2_METADATA_DISABLED="true", AWS_MAX_ATTEMPTS="1", TZ="UTC")
    out = []
    for line in COMMANDS:
        driver, seen, err = create_clidriver(), [], io.StringIO()

        class Stop(Exception):
            pass

        def before_call(model, params, **kwargs):
            raise Stop()

        def built(params, **kwargs):
            seen[:] = [plain(params)]

        driver.session.register("before-parameter-build.*", built)
        driver.session.get_component("event_emitter").register_last("before-parameter-build.*.*", built)
        driver.session.register("before-call.*.*", before_call)
        with contextlib.redirect_stderr(err), contextlib.redirect_stdout(io.StringIO()):
            status = driver.main(shlex.split(line))
        text = err.getvalue().strip()
        if status == 255 and not text and seen:
            out.append({"line": line, "parameters": seen[-1]})
        else:
            out.append({"line": line, "status": status, "error": text.split("error: ", 1)[-1].strip() if "usage: " in text else text})
    return out


def write(name, value):
    path = os.path.join(ROOT, "tests", "vectors", "calls", name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        json.dump(value, f, indent=1, sort_keys=True)
        f.write("\n")
    print(path)


def main():
    from awscli.clidriver import create_clidriver
    from botocore import xform_name
    write("names.json", names(xform_name))
    write("arguments.json", arguments(create_clidriver()))
    write("shorthand.json", shorthand())
    write("parameters.json", parameters(create_clidriver))


if __name__ == "__main__":
    main()
