#!/usr/bin/env python3
"""Writes tests/vectors/policy-validation/made.json: documents that are valid or not, from the rules' texts.

    tools/make_policy_validation.py            rewrites the file
"""
import json
import pathlib

OUT = pathlib.Path(__file__).resolve().parent.parent / "tests" / "vectors" / "policy-validation" / "made.json"
SYNTAX, LEGACY = "Syntax errors in policy.", "The policy failed legacy parsing"
CODE = {"bucket": "MalformedPolicy", "scp": "MalformedPolicyDocumentException", "rcp": "MalformedPolicyDocumentException"}
documents = []
BASE = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
TRUST = {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}
BUCKET = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
RCP = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
KINDS = {"managed": BASE, "inline": BASE, "boundary": BASE, "session": BASE, "scp": BASE, "trust": TRUST, "bucket": BUCKET, "rcp": RCP}


def add(name, kind, document, valid, rule, message=None, error=None):
    text = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
    entry = {"name": name, "kind": kind, "document": text, "valid": valid, "rule": rule}
    if not valid:
        entry["error"] = error or CODE.get(kind, "MalformedPolicyDocument")
        if message:
            entry["message"] = message
    documents.append(entry)


def with_statement(kind, drop=(), version="2012-10-17", **changes):
    statement = {k: v for k, v in {**KINDS[kind], **changes}.items() if k not in drop}
    out = {"Version": version} if version else {}
    out["Statement"] = [statement]
    return out


IAM = ("managed", "inline", "boundary", "session")
for kind in KINDS:
    add(f"{kind}: plain", kind, with_statement(kind), True, [7, 11])
    add(f"{kind}: statement not in a list", kind, {"Version": "2012-10-17", "Statement": KINDS[kind]}, True, [10])
    add(f"{kind}: array", kind, [with_statement(kind)], False, [1, 39])
    add(f"{kind}: scalar", kind, '"text"', False, [1, 39])
    add(f"{kind}: single quotes", kind, json.dumps(with_statement(kind)).replace('"', "'"), False, [2])
    add(f"{kind}: trailing comma in array", kind, json.dumps(with_statement(kind)).replace("}]}", "},]}"), False, [2])
    add(f"{kind}: byte order mark", kind, "\ufeff" + json.dumps(with_statement(kind)), False, [3, 4],
        error=["ValidationError", CODE.get(kind, "MalformedPolicyDocument")])
    add(f"{kind}: white space", kind, json.dumps(with_statement(kind), indent="\t").replace("\n", "\r\n"), True, [3])
    add(f"{kind}: element name in lower case", kind, with_statement(kind, effect="Allow"), False, [6])
    add(f"{kind}: unknown top-level element", kind, {**with_statement(kind), "Name": "x"}, False, [7])
    add(f"{kind}: unknown version", kind, with_statement(kind, version="2013-10-17"), False, [9])
    add(f"{kind}: no statement", kind, {"Version": "2012-10-17"}, False, [10])
    add(f"{kind}: empty list of statements", kind, {"Version": "2012-10-17", "Statement": []}, False, [10])
    add(f"{kind}: no effect", kind, with_statement(kind, drop=("Effect",)), False, [15])
    add(f"{kind}: effect in lower case", kind, with_statement(kind, Effect="allow"), False, [15], LEGACY if kind in IAM else None)
    add(f"{kind}: Action and NotAction", kind, with_statement(kind, NotAction="s3:PutObject"), False, [16])
    add(f"{kind}: no action", kind, with_statement(kind, drop=("Action",)), False, [16],
        "Policy statement must contain actions." if kind in IAM else None)
    add(f"{kind}: Sid a number", kind, with_statement(kind, Sid=1), False, [13])
    add(f"{kind}: duplicate element", kind, json.dumps(with_statement(kind)).replace('"Effect"', '"Effect":"Deny","Effect"'), False, [5])
    add(f"{kind}: condition operator unknown", kind, with_statement(kind, Condition={"StringIs": {"aws:username": "x"}}), False, [29],
        {"bucket": "Invalid Condition type : StringIs"}.get(kind, SYNTAX if kind in IAM + ("trust",) else None))
    add(f"{kind}: condition with every decoration", kind, with_statement(kind, Condition={
        "ForAllValues:StringLikeIfExists": {"aws:TagKeys": ["a", "b"]}, "Bool": {"aws:SecureTransport": True},
        "NumericLessThan": {"s3:max-keys": 10}, "Null": {"aws:TokenIssueTime": "true"}}), True, [28, 29, 32, 401])
    add(f"{kind}: condition value null", kind, with_statement(kind, Condition={"StringEquals": {"aws:username": None}}), False, [28])
    add(f"{kind}: bad number", kind, with_statement(kind, Condition={"NumericLessThan": {"s3:max-keys": "ten"}}), False, [33])
    add(f"{kind}: bad address", kind, with_statement(kind, Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/99"}}), False, [33])
    add(f"{kind}: bad Base64", kind, with_statement(kind, Condition={"BinaryEquals": {"x:y": "*"}}), False, [33])
    add(f"{kind}: depth", kind, '{"Version":"2012-10-17","Statement":' + "[" * 40 + "]" * 40 + "}", False, [34])
    add(f"{kind}: lone surrogate", kind, json.dumps(with_statement(kind)).replace("2012-10-17", "2012-10-17").replace('"Effect"', '"Sid": "\\ud800", "Effect"'), False, [35])

for kind in IAM:
    add(f"{kind}: version 2008", kind, with_statement(kind, version="2008-10-17"), kind in ("inline", "session"), [8, 9],
        "Policy document must be version 2012-10-17 or greater.")
    add(f"{kind}: no version", kind, with_statement(kind, version=None), kind in ("inline", "session"), [8, 9],
        "Policy document must be version 2012-10-17 or greater.")
    add(f"{kind}: Resource and NotResource", kind, with_statement(kind, NotResource="*"), False, [17], SYNTAX)
    add(f"{kind}: no resource", kind, with_statement(kind, drop=("Resource",)), False, [17], "Policy statement must contain resources.")
    add(f"{kind}: empty resources", kind, with_statement(kind, Resource=[]), False, [18], "Policy statement must contain resources.")
    for element in ("Principal", "NotPrincipal"):
        add(f"{kind}: {element}", kind, with_statement(kind, **{element: "*"}), False, [40], "Policy document should not specify a principal.")
    for action, message in (("GetObject", "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."),
                            ("s3:Get:Object", "Actions/Condition can contain only one colon."), ("a b:c", "Vendor a b is not valid"),
                            ("s3_x:c", "Vendor s3_x is not valid"), ("s*:GetObject", "Vendors must be fully qualified and cannot contain regexes."),
                            ("*:*", "Vendors must be fully qualified and cannot contain regexes.")):
        add(f"{kind}: action {action}", kind, with_statement(kind, Action=action), False, [19, 20], message)
    for action in ("*", "s3:*", "s3:G?t*", "nosuch:Thing", "s3:NoSuch", "iam: odd name", "s3.s:X"):
        add(f"{kind}: action {action}", kind, with_statement(kind, Action=action), True, [20, 21, 22])
    path = ('IAM resource path must either be "*" or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, '
            "server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.")
    vendor = "Resource vendor must be fully qualified and cannot contain regexes."
    for resource, message, rule in (
            ("foo", 'Resource foo must be in ARN format or "*".', 23), ("", 'Resource  must be in ARN format or "*".', 23),
            ("arn:amazon:s3:::b", 'Partition "amazon" is not valid for resource "arn:amazon:s3:::b".', 24), ("arn:aws:s*:::b", vendor, 25),
            ("arn:aws", vendor, 25), ("arn:aws:lambda:us-east-1:111122223333:functi*:x", vendor, 25),
            ("arn:aws:iam:us-east-1:111122223333:user/x", "IAM resource arn:aws:iam:us-east-1:111122223333:user/x cannot contain region information.", 26),
            ("arn:aws:s3:us-east-1::b", "Resource arn:aws:s3:us-east-1::b can not contain region information.", 26),
            ("arn:aws:iam::111122223333:users/x", path, 27), ("arn:aws:s3::b", LEGACY, 326)):
        add(f"{kind}: resource {resource!r}", kind, with_statement(kind, Resource=resource), False, [rule], message)
    for resource in ("*", "arn:aws:s3:::b/*", "arn:aws-cn:s3:::b", "arn:*:s3:::b", "arn:aws:iam::*:role/*", "arn:aws:wafv2:*:*:*/webacl/*/*",
                     "arn:aws:s3:us-west-2:111122223333:accesspoint/x", "arn:aws:s3:::home/${aws:username}/*"):
        add(f"{kind}: resource {resource}", kind, with_statement(kind, Resource=resource), True, [23, 24, 66])
    for resource in ("arn:aws:sqs", "arn:aws:sqs:us-east-1"):
        add(f"{kind}: incomplete {resource}", kind, with_statement(kind, Resource=resource), kind != "session", [326])
    add(f"{kind}: Sid with a space", kind, with_statement(kind, Sid="a b"), False, [13],
        "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*")
    two = {"Version": "2012-10-17", "Statement": [{**BASE, "Sid": "a"}, {**BASE, "Sid": "a"}]}
    add(f"{kind}: same Sid twice", kind, two, False, [14], "Statement IDs (SID) in a single policy must be unique.")
    add(f"{kind}: empty Sids", kind, json.loads(json.dumps(two).replace('"a"', '""')), True, [14])
    add(f"{kind}: curly quotes", kind, json.dumps(with_statement(kind)).replace('"Allow"', "\u201cAllow\u201d"), False, [2, 4],
        error=["ValidationError", "MalformedPolicyDocument"])
    add(f"{kind}: characters to U+00FF", kind, with_statement(kind, Resource="arn:aws:s3:::b/\u00e9\u00ff"), True, [4])
    add(f"{kind}: characters beyond U+00FF", kind, with_statement(kind, Resource="arn:aws:s3:::b/\u0101"), False, [4], error="ValidationError")

big = "x" * 3000
for kind, limit in (("managed", 6144), ("boundary", 6144)):
    for size, valid in ((limit, True), (limit + 1, False)):
        room = size - len(json.dumps(with_statement(kind, Resource="arn:aws:s3:::b/"), separators=(",", ":")))
        text = json.dumps(with_statement(kind, Resource="arn:aws:s3:::b/" + "x" * room), separators=(",", ":"))
        add(f"{kind} of {size} characters", kind, text, valid, [54], "Cannot exceed quota for PolicySize: 6144", "LimitExceeded")
        add(f"{kind} of {size} characters and white space", kind, text.replace(",", ",\n    "), valid, [54, 62], error="LimitExceeded")
add("trust too large", "trust", with_statement("trust", Condition={"StringEquals": {"sts:ExternalId": "x" * 2048}}), False, [56],
    "Cannot exceed quota for ACLSizePerRole: 2048", "LimitExceeded")
add("session too large", "session", with_statement("session", Resource="arn:aws:s3:::b/" + big), False, [58],
    error=["ValidationError", "PackedPolicyTooLarge"])
add("inline beyond any entity's quota", "inline", with_statement("inline", Resource=["arn:aws:s3:::b/" + big] * 4), False, [55], error="LimitExceeded")
add("bucket policy too large", "bucket", with_statement("bucket", Resource=["arn:aws:s3:::b/" + big] * 7), False, [60],
    "Normalized policy document exceeds the maximum allowed size of 20480 bytes")
add("bucket policy too large in bytes", "bucket",
    json.dumps(with_statement("bucket", Resource="arn:aws:s3:::b/" + "\u00e9" * 10400), ensure_ascii=False), False, [60],
    "Normalized policy document exceeds the maximum allowed size of 20480 bytes")
for kind in ("scp", "rcp"):
    for version in (None, "2008-10-17"):
        add(f"{kind}: version {version}", kind, with_statement(kind, version=version), False, [47 if kind == "scp" else 48])
add("beyond the parameter limit", "inline", with_statement("inline") and " " * 131072 + json.dumps(with_statement("inline")), False, [57], error="ValidationError")

STS = "AssumeRole policy may only specify STS AssumeRole actions."
for action in ("sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext",
               "sts:*", "sts:Assume*", ["sts:AssumeRole", "sts:TagSession"]):
    add(f"trust: action {action}", "trust", with_statement("trust", Action=action), True, [43])
for action in ("*", "s3:GetObject", "sts:GetCallerIdentity", "iam:*", ["sts:AssumeRole", "s3:GetObject"]):
    add(f"trust: action {action}", "trust", with_statement("trust", Action=action), False, [43], STS)
for element in ("Resource", "NotResource", "NotPrincipal"):
    message = {"Resource": "Has prohibited field Resource", "NotResource": "AssumeRole policy must not contain resources."}.get(element)
    drop = ("Principal",) if element == "NotPrincipal" else ()
    add(f"trust: {element}", "trust", with_statement("trust", drop=drop, **{element: "*"}), False, [42], message)
add("trust: no principal", "trust", with_statement("trust", drop=("Principal",)), False, [42], "Missing required field Principal")
add("trust: version 2008", "trust", with_statement("trust", version="2008-10-17"), True, [9])
ARN = "arn:aws:iam::111122223333:"
for value in ("*", "111122223333", ARN + "root", ARN + "user/a/b", ARN + "role/r", "arn:aws:sts::111122223333:assumed-role/r/s",
              "arn:aws:sts::111122223333:federated-user/f", "AIDAABCDEFGHIJKLMNOP", "AROAABCDEFGHIJKLMNOP"):
    add(f"trust: AWS {value}", "trust", with_statement("trust", Principal={"AWS": value}), True, [50, 51, 44])
    add(f"bucket: AWS {value}", "bucket", with_statement("bucket", Principal={"AWS": value}), True, [50, 51])
for value, rule in ((ARN + "user/*", 52), (ARN + "role/r*", 52), ("arn:aws:sts::111122223333:assumed-role/r/*", 52), (ARN + "group/g", 53), ("alice", 44),
                    (ARN + "usr/alice", 44), ("11112222333", 44), ("arn:aws:iam::1:root", 44)):
    add(f"trust: AWS {value}", "trust", with_statement("trust", Principal={"AWS": value}), False, [rule], f'Invalid principal in policy: "AWS":"{value}"')
    add(f"bucket: AWS {value}", "bucket", with_statement("bucket", Principal={"AWS": value}), False, [rule], "Invalid principal in policy")
for value, valid in (("ec2.amazonaws.com", True), ("lambda.amazonaws.com", True), ("ecs-tasks.amazonaws.com", True), ("delivery.logs.amazonaws.com", True),
                     ("logs.eu-west-1.amazonaws.com", True), ("ec2.amazonaws.com.cn", True), ("vpc-flow-logs.amazonaws.com", True), ("alexa-appkit.amazon.com", True), ("billingreports.amazonaws.com", True),
                     ("*", False), ("ec2", False), ("ec2.amazon.com", False), ("lamda.amazonaws.com", False), ("EC2.amazonaws.com", False), (".amazonaws.com", False),
                     ("amazonaws.com", False), ("ec2.*.amazonaws.com", False), ("delivery.lgs.amazonaws.com", False)):
    add(f"trust: Service {value}", "trust", with_statement("trust", Principal={"Service": value}), valid, [45, 51],
        f'Invalid principal in policy: "SERVICE":"{value}"')
for value, valid in ((ARN + "saml-provider/x", True), (ARN + "oidc-provider/example.com", True), ("accounts.google.com", True), ("*", False), ("example.com", False)):
    add(f"trust: Federated {value}", "trust", with_statement("trust", Principal={"Federated": value}, Action="sts:AssumeRoleWithWebIdentity"), valid, [45, 46, 51],
        "Federated principals must be valid domain names or SAML metadata ARNs")
add("trust: Cognito without condition", "trust", with_statement("trust", Principal={"Federated": "cognito-identity.amazonaws.com"},
    Action="sts:AssumeRoleWithWebIdentity"), False, [43], "A condition block must be present for the Cognito provider")
for kind in ("trust", "bucket"):
    for principal in ("x", ["*"], {}, {"Group": "x"}, {"AWS": 1}):
        add(f"{kind}: principal {principal!r}", kind, with_statement(kind, Principal=principal), False, [50, 51])

for resource, valid in (("arn:aws:s3:::b", False), ("arn:aws:s3:::b/*", True), ("arn:aws:s3:::b*", True), ("arn:aws:s3:::c/*", False), ("arn:aws:s3:::bb/*", False),
                        ("foo", False), ("*", False), ("arn:aws:sqs:::b", False), (["arn:aws:s3:::b", "arn:aws:s3:::b/x"], True)):
    message = "Action does not apply to any resource(s) in statement" if resource == "arn:aws:s3:::b" else "Policy has invalid resource"
    add(f"bucket: GetObject on {resource}", "bucket", with_statement("bucket", Resource=resource), valid, [38], message)
add("bucket: ListBucket on objects", "bucket", with_statement("bucket", Action="s3:ListBucket"), False, [38], "Action does not apply to any resource(s) in statement")
add("bucket: ListBucket on the bucket", "bucket", with_statement("bucket", Action="s3:ListBucket", Resource="arn:aws:s3:::b"), True, [38])
for action in ("s3:Frobnicate", "ec2:RunInstances", "s3:Frob*", "GetObject"):
    add(f"bucket: action {action}", "bucket", with_statement("bucket", Action=action), False, [22], "Policy has invalid action")
add("bucket: action of no bucket", "bucket", with_statement("bucket", Action="s3:ListAllMyBuckets"), False, [38], "Action does not apply to any resource(s) in statement")
for action in ("s3:*", "*", "S3:getobject", "s3:Get*"):
    add(f"bucket: action {action}", "bucket", with_statement("bucket", Action=action), True, [22])
add("bucket: leading space", "bucket", " " + json.dumps(with_statement("bucket")), False, [3])
add("bucket: no principal", "bucket", with_statement("bucket", drop=("Principal",)), False, [41], "Missing required field Principal")
add("bucket: Allow with NotPrincipal", "bucket", with_statement("bucket", drop=("Principal",), NotPrincipal={"AWS": "111122223333"}), False, [41])
add("bucket: Deny with NotPrincipal", "bucket", with_statement("bucket", drop=("Principal",), Effect="Deny", NotPrincipal={"AWS": "111122223333"}), True, [41])
add("bucket: canonical user", "bucket", with_statement("bucket", Principal={"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}), True, [50])
add("bucket: version 2008", "bucket", with_statement("bucket", version="2008-10-17"), True, [9])
add("bucket: foreign characters", "bucket", with_statement("bucket", Resource="arn:aws:s3:::b/\u4f60"), True, [4])

add("scp: allow with condition and NotResource", "scp", with_statement("scp", drop=("Resource",), NotResource="arn:aws:s3:::b", Condition={"Bool": {"aws:SecureTransport": "true"}}), True, [47])
add("scp: NotPrincipal", "scp", with_statement("scp", NotPrincipal="*"), False, [47])
add("rcp: allow", "rcp", with_statement("rcp", Effect="Allow"), False, [48])
for principal in ({"AWS": "111122223333"}, {"Service": "x.amazonaws.com"}):
    add(f"rcp: principal {principal}", "rcp", with_statement("rcp", Principal=principal), False, [48])
add("rcp: NotPrincipal", "rcp", with_statement("rcp", drop=("Principal",), NotPrincipal={"AWS": "111122223333"}), False, [48])
add("rcp: unsupported service", "rcp", with_statement("rcp", Action="ec2:*"), False, [48])
add("rcp: NotResource and condition", "rcp", with_statement("rcp", drop=("Resource",), NotResource="arn:aws:s3:::b/*", Condition={"Bool": {"aws:SecureTransport": "false"}}), True, [48])
add("rcp: incomplete ARN", "rcp", with_statement("rcp", Resource="arn:aws:s3"), False, [326])

names = [d["name"] for d in documents]
assert len(set(names)) == len(names), [n for n in names if names.count(n) > 1]
OUT.write_text('{"topic": "Validation, made", "description": "made by tools/make_policy_validation.py", "documents": [\n'
               + ",\n".join(json.dumps(d) for d in documents) + "\n]}\n")
print(f"{len(documents)} documents")
