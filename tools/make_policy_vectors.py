#!/usr/bin/env python3
"""Writes the policy vectors of tests/vectors/policy/made-*.json from tables that follow the rules.

Each family states a rule's consequence for many inputs: what matches is computed here, from the rule's text and by
nothing that the engine or the oracle share, and every vector carries the numbers of the rules it proves.

    tools/make_policy_vectors.py            rewrites the files
    tools/make_policy_vectors.py --check    fails when they differ from what it would write
"""
import base64
import functools
import ipaddress
import itertools
import json
import pathlib
import sys

OUT = pathlib.Path(__file__).resolve().parent.parent / "tests" / "vectors" / "policy"
ACCOUNT, OTHER, MANAGEMENT = "111122223333", "444455556666", "999900001111"
ALLOWED, IMPLICIT, EXPLICIT = "Allowed", "ImplicitlyDenied", "ExplicitlyDenied"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/team/dev"
BUCKET_KEY = "arn:aws:s3:::reports/2024/q1.csv"

WHO = {
    "User": {"arn": f"arn:aws:iam::{ACCOUNT}:user/alice", "kind": "User", "account": ACCOUNT, "userId": "AIDAEXAMPLEALICE"},
    "TokenUser": {"arn": f"arn:aws:iam::{ACCOUNT}:user/alice", "kind": "User", "account": ACCOUNT,
                  "userId": "AIDAEXAMPLEALICE", "credential": "GetSessionToken"},
    "RoleSession": {"arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/dev/alice", "kind": "RoleSession", "account": ACCOUNT,
                    "userId": "AROAEXAMPLEDEV00:alice", "roleArn": ROLE},
    "LinkedRole": {"arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSServiceRoleForX/x", "kind": "RoleSession",
                   "account": ACCOUNT, "userId": "AROAEXAMPLELINKED:x",
                   "roleArn": f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"},
    "FederatedUser": {"arn": f"arn:aws:sts::{ACCOUNT}:federated-user/bob", "kind": "FederatedUser", "account": ACCOUNT,
                      "userId": f"{ACCOUNT}:bob", "userArn": f"arn:aws:iam::{ACCOUNT}:user/alice"},
    "Root": {"arn": f"arn:aws:iam::{ACCOUNT}:root", "kind": "Root", "account": ACCOUNT, "userId": ACCOUNT},
    "Service": {"arn": "cloudtrail.amazonaws.com", "kind": "Service", "account": None},
    "Anonymous": {"arn": "anonymous", "kind": "Anonymous", "account": None, "userId": "anonymous"},
    "SAML": {"arn": f"arn:aws:iam::{ACCOUNT}:saml-provider/idp", "kind": "SAML", "account": ACCOUNT},
    "WebIdentity": {"arn": f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com",
                    "kind": "WebIdentity", "account": ACCOUNT},
}
ALL = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
NOTHING = [{"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*"}]
DENY = [{"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": "*", "Resource": "*"}]


def doc(statements, version="2012-10-17"):
    out = {"Version": version} if version else {}
    out["Statement"] = statements
    return out


class Topic:
    def __init__(self, slug, title):
        self.slug, self.title, self.vectors, self.names = slug, title, [], set()

    def add(self, name, expected, rule, *, who="User", action="s3:GetObject", resource=BUCKET_KEY, owner=ACCOUNT,
            context=None, identity=(), boundary=None, session=(), scps=(), rcps=(), resource_policy=None,
            management=None, managed_key=False, version="2012-10-17", contested=False):
        assert name not in self.names, name
        self.names.add(name)
        request = {"principal": WHO[who] if isinstance(who, str) else who, "action": action, "resource": resource,
                   "resourceAccount": owner, "context": context or {}}
        if managed_key:
            request["awsManagedKey"] = True
        vector = {"name": name, "request": request,
                  "identityPolicies": [{"name": f"p{i + 1}", "document": doc(s, version)} for i, s in enumerate(identity)],
                  "boundary": doc(boundary) if boundary else None,
                  "sessionPolicies": [doc(s) for s in session],
                  "scps": [[doc(s) for s in level] for level in scps],
                  "rcps": [[doc(s) for s in level] for level in rcps],
                  "resourcePolicy": doc(resource_policy, version) if resource_policy else None}
        if management:
            vector["organization"] = {"managementAccount": management}
        vector["expected"], vector["rule"] = expected, rule
        if contested:
            vector["contested"] = True
        self.vectors.append(vector)

    def text(self):
        head = json.dumps({"topic": self.title, "description": "made by tools/make_policy_vectors.py"})[1:-1]
        return "{" + head + ', "vectors": [\n' + ",\n".join(json.dumps(v) for v in self.vectors) + "\n]}\n"


@functools.lru_cache(maxsize=None)
def like(pattern, text):
    """`*` any run, `?` one character."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return like(pattern[1:], text) or (bool(text) and like(pattern, text[1:]))
    return bool(text) and pattern[0] in ("?", text[0]) and like(pattern[1:], text[1:])


def conditional(topic, name, op, key, policy, values, holds, rule, version="2012-10-17", context=None):
    """One Allow and one Deny under the same condition: what the condition gives must show in both."""
    context = dict(context or {})
    if values is not None:
        context[key] = values
    condition = {op: {key: policy}}
    allow = [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": condition}]
    deny = ALL + [{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*", "Condition": condition}]
    topic.add(f"{name}, allow", ALLOWED if holds else IMPLICIT, rule, context=context, identity=[allow], version=version)
    topic.add(f"{name}, deny", EXPLICIT if holds else ALLOWED, rule, context=context, identity=[deny], version=version)


def strings():
    t = Topic("strings", "String operators, made")
    pairs = [("abc", "abc"), ("abc", "ABC"), ("abc", "abd"), ("abc", "a*"), ("a*", "a*"), ("abc", "a?c"), ("ac", "a?c"),
             ("abc", "*"), ("", "*"), ("", ""), ("a/b/c", "a*c"), ("abc ", "abc"), ("aXbXc", "a*X*c"), ("caf\u00e9", "caf?"),
             ("abab", "*ab"), ("aab", "a*ab")]
    key = "aws:PrincipalTag/team"
    for value, policy in pairs:
        truth = {"StringEquals": value == policy, "StringEqualsIgnoreCase": value.lower() == policy.lower(),
                 "StringLike": like(policy, value)}
        rules = {"StringEquals": 421, "StringEqualsIgnoreCase": 422, "StringLike": 423}
        for op, holds in truth.items():
            conditional(t, f"{op} {value!r} against {policy!r}", op, key, policy, [value], holds, [rules[op], 425, 401])
            negated = op.replace("String", "StringNot", 1)
            conditional(t, f"{negated} {value!r} against {policy!r}", negated, key, policy, [value], not holds, [424, rules[op]])
    for op in ("StringEquals", "StringEqualsIgnoreCase", "StringLike"):
        negated = op.replace("String", "StringNot", 1)
        conditional(t, f"{op}, key absent", op, key, "x", None, False, [410])
        conditional(t, f"{negated}, key absent", negated, key, "x", None, True, [411])
        conditional(t, f"{op}IfExists, key absent", op + "IfExists", key, "x", None, True, [412])
        conditional(t, f"{negated}IfExists, key absent", negated + "IfExists", key, "x", None, True, [412])
        for value in ("x", "y"):
            conditional(t, f"{op}IfExists, {value}", op + "IfExists", key, "x", [value], value == "x", [413])
            conditional(t, f"{op} list, {value}", op, key, ["w", "x"], [value], value == "x", [403])
            conditional(t, f"{negated} list, {value}", negated, key, ["w", "x"], [value], value != "x", [404])
        conditional(t, f"{op} empty list", op, key, [], ["x"], False, [406, 28])
        conditional(t, f"{negated} empty list", negated, key, [], ["x"], True, [406])
        conditional(t, f"{op} key name in capitals", op, key.upper(), "x", ["x"], True, [407])
        conditional(t, f"{op} operator in capitals", op.upper(), key, "x", ["x"], True, [30])
    for combination in itertools.product(("x", "y"), repeat=2):
        statement = [{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {
            "StringEquals": {"aws:PrincipalTag/a": "x"}, "StringLike": {"aws:PrincipalTag/b": "x*"}}}]
        t.add(f"two operators {combination}", ALLOWED if combination == ("x", "x") else IMPLICIT, [402],
              context={"aws:PrincipalTag/a": [combination[0]], "aws:PrincipalTag/b": [combination[1]]}, identity=[statement])
    t.add("empty Condition", ALLOWED, [405], identity=[[{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {}}]])
    t.add("key without vendor", IMPLICIT, [31], context={"aws:username": ["a"]},
          identity=[[{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"username": "a"}}}]])
    return t


ORDER = {"Equals": lambda a, b: a == b, "LessThan": lambda a, b: a < b, "LessThanEquals": lambda a, b: a <= b,
         "GreaterThan": lambda a, b: a > b, "GreaterThanEquals": lambda a, b: a >= b}


def numbers_dates():
    t = Topic("numbers-dates", "Numeric, date, boolean and binary operators, made")
    key = "s3:max-keys"
    for a, b in [("10", "10"), ("10", "10.0"), ("9", "10"), ("11", "10"), ("-1", "0"), ("0.5", "0.25"), ("1e2", "100"),
                 ("9007199254740993", "9007199254740992")]:
        for name, test in ORDER.items():
            from decimal import Decimal
            conditional(t, f"Numeric{name} {a} {b}", "Numeric" + name, key, b, [a], test(Decimal(a), Decimal(b)), [431])
        conditional(t, f"NumericNotEquals {a} {b}", "NumericNotEquals", key, b, [a], Decimal(a) != Decimal(b), [431, 424])
    for name in ORDER:
        conditional(t, f"Numeric{name}, no number in the request", "Numeric" + name, key, "10", ["ten"], False, [432])
        conditional(t, f"Numeric{name}, no number in the policy", "Numeric" + name, key, "ten", ["10"], False, [33, 432])
        conditional(t, f"Numeric{name}, absent", "Numeric" + name, key, "10", None, False, [410, 414])
        conditional(t, f"Numeric{name}IfExists, absent", f"Numeric{name}IfExists", key, "10", None, True, [412])
    conditional(t, "number unquoted", "NumericEquals", key, 10, ["10"], True, [32])
    conditional(t, "number list unquoted", "NumericEquals", key, [5, 10.0], ["10"], True, [32, 403])
    when = {"2026-01-01T00:00:00Z": 0, "2026-01-01": 0, "1767225600": 0, "2026-01-01T01:00:00+01:00": 0,
            "2025-12-31T23:59:59Z": -1, "1767225601": 1, "2026-01-01T00:00:01Z": 1, "2026-01-02": 86400}
    key = "aws:CurrentTime"
    for (a, x), (b, y) in itertools.product(list(when.items()), list(when.items())[:4]):
        for name, test in ORDER.items():
            if name in ("LessThanEquals", "GreaterThanEquals") and a != b:
                continue
            conditional(t, f"Date{name} {a} {b}", "Date" + name, key, b, [a], test(x, y), [441, 442])
    for a, x in when.items():
        conditional(t, f"DateNotEquals {a}", "DateNotEquals", key, "2026-01-01", [a], x != 0, [441, 424])
    conditional(t, "no wildcards in dates", "DateEquals", key, "2026-*", ["2026-01-01"], False, [443, 33])
    conditional(t, "DateLessThan absent", "DateLessThan", "aws:TokenIssueTime", "2026-01-01", None, False, [414, 410])
    for value, policy in itertools.product(["true", "false", "TRUE", "False"], ["true", "false", "True", True, False]):
        holds = value.lower() == str(policy).lower()
        conditional(t, f"Bool {value} {policy!r}", "Bool", "aws:SecureTransport", policy, [value], holds, [451, 32])
    conditional(t, "Bool other text", "Bool", "aws:SecureTransport", "true", ["yes"], False, [451])
    conditional(t, "MFA trap, long-term keys", "Bool", "aws:MultiFactorAuthPresent", "false", None, False, [415])
    conditional(t, "MFA wall, long-term keys", "BoolIfExists", "aws:MultiFactorAuthPresent", "false", None, True, [416])
    conditional(t, "MFA wall, MFA given", "BoolIfExists", "aws:MultiFactorAuthPresent", "false", ["true"], False, [416])
    text = base64.b64encode(b"\x00\xffdata").decode()
    other = base64.b64encode(b"\x00\xfedata").decode()
    conditional(t, "BinaryEquals same", "BinaryEquals", "x:bytes", text, [text], True, [453])
    conditional(t, "BinaryEquals other", "BinaryEquals", "x:bytes", text, [other], False, [453])
    conditional(t, "BinaryEquals no Base64", "BinaryEquals", "x:bytes", "!!", ["!!"], False, [453, 33])
    return t


def addresses_arns():
    t = Topic("addresses-arns", "IP address, ARN and Null operators, made")
    key = "aws:SourceIp"
    hosts = ["10.1.2.3", "10.255.0.1", "11.0.0.1", "192.0.2.7", "2001:db8::1", "2001:db9::1", "::1"]
    networks = ["10.0.0.0/8", "10.1.2.3", "10.1.2.2/31", "10.1.2.9/24", "10.1.3.9/23", "0.0.0.0/0", "2001:db8::/32", "::/0", "2001:db8:0:0:0:0:0:1"]
    for host, network in itertools.product(hosts, networks):
        net, addr = ipaddress.ip_network(network, strict=False), ipaddress.ip_address(host)
        inside = addr.version == net.version and addr in net
        conditional(t, f"IpAddress {host} in {network}", "IpAddress", key, network, [host], inside, [461, 462, 464])
        conditional(t, f"NotIpAddress {host} in {network}", "NotIpAddress", key, network, [host], not inside, [463])
    conditional(t, "IpAddress mask too long", "IpAddress", key, "10.0.0.0/33", ["10.0.0.1"], False, [33])
    conditional(t, "NotIpAddress absent", "NotIpAddress", key, "10.0.0.0/8", None, True, [411])
    key = "aws:SourceArn"
    cases = [("arn:aws:sns:us-east-1:111122223333:t", "arn:aws:sns:us-east-1:111122223333:t", True),
             ("arn:aws:sns:us-east-1:111122223333:t", "arn:aws:sns:*:111122223333:*", True),
             ("arn:aws:sns:us-east-1:111122223333:t", "arn:aws:sns:us-*-1:111122223333:?", True),
             ("arn:aws:sns:us-east-1:111122223333:T", "arn:aws:sns:us-east-1:111122223333:t", False),
             ("arn:aws:sns:us-east-1:111122223333:t", "arn:aws:sqs:us-east-1:111122223333:t", False),
             ("arn:aws:sns:us-east-1:111122223333:a:b", "arn:aws:sns:us-east-1:111122223333:a*", True),
             ("arn:aws:sns:us-east-1:111122223333:a:b", "arn:aws:sns:us-east-1:*:b", False),
             ("not an arn", "arn:*:*:*:*:*", False),
             ("arn:aws:s3:::b/k", "arn:aws:s3:::b/*", True),
             ("arn:aws:s3:::b/k", "arn:aws:s3:::c/*", False)]
    for value, policy, holds in cases:
        for op in ("ArnEquals", "ArnLike"):
            conditional(t, f"{op} {value} {policy}", op, key, policy, [value], holds, [471, 473])
            negated = op.replace("Arn", "ArnNot")
            conditional(t, f"{negated} {value} {policy}", negated, key, policy, [value], not holds, [471, 473, 424])
    conditional(t, "StringLike crosses colons", "StringLike", key, "arn:aws:sns:*:b", ["arn:aws:sns:us-east-1:1:a:b"], True, [472])
    for policy, values in itertools.product(["true", "false", True, ["true", "false"]], [None, [], ["x"]]):
        absent = not values
        wanted = [str(p).lower() == "true" for p in (policy if isinstance(policy, list) else [policy])]
        conditional(t, f"Null {policy} with {values}", "Null", "aws:TagKeys", policy, values, absent in wanted, [455, 456, 457])
    return t


def sets():
    t = Topic("sets", "ForAllValues, ForAnyValue and IfExists, made")
    key, policy = "aws:TagKeys", ["a", "b"]
    for values in (None, [], ["a"], ["c"], ["a", "b"], ["a", "c"], ["c", "d"], ["a", "a"]):
        have = values or []
        for op, negated in (("StringEquals", False), ("StringNotEquals", True), ("StringLike", False), ("StringNotLike", True)):
            passes = [(v in policy) != negated for v in have]
            name = f"{op} {values}"
            every, some = all(passes), any(passes)
            conditional(t, f"ForAllValues:{name}", "ForAllValues:" + op, key, policy, values, every,
                        [485 if negated else 481, 482] if not have else [485 if negated else 481])
            conditional(t, f"ForAllValues:{name} IfExists", f"ForAllValues:{op}IfExists", key, policy, values, every, [481, 487])
            conditional(t, f"ForAnyValue:{name}", "ForAnyValue:" + op, key, policy, values, some,
                        [484] if not have else [486 if negated else 483])
            conditional(t, f"ForAnyValue:{name} IfExists", f"ForAnyValue:{op}IfExists", key, policy, values,
                        some or not have, [487])
            if len(have) > 1:
                conditional(t, f"no set operator, {name}", op, key, policy, values, negated and all(passes), [488])
    for value in ("x", "y"):
        conditional(t, f"ForAllValues on a single-valued key, {value}", "ForAllValues:StringEquals", "aws:username", "x", [value],
                    value == "x", [489])
        conditional(t, f"ForAnyValue on a single-valued key, {value}", "ForAnyValue:StringEquals", "aws:username", "x", [value],
                    value == "x", [489])
    conditional(t, "variable in a key name", "StringEquals", "aws:ResourceTag/${aws:username}", "x", None, False, [491],
                context={"aws:username": ["a"], "aws:ResourceTag/a": ["x"]})
    return t


def variables():
    t = Topic("variables", "Policy variables, made")
    home = "arn:aws:s3:::home/"
    cases = [  # pattern after the bucket, key, context, matches, rules
        ("${aws:username}/*", "alice/f", {"aws:username": ["alice"]}, True, [502]),
        ("${aws:username}/*", "bob/f", {"aws:username": ["alice"]}, False, [502]),
        ("${AWS:UserName}/*", "alice/f", {"aws:username": ["alice"]}, True, [504]),
        ("${aws:username}/*", "alice/f", {}, False, [505, 515]),
        ("${aws:username, 'guest'}/*", "guest/f", {}, True, [509]),
        ("${aws:username, 'guest'}/*", "guest/f", {"aws:username": ["alice"]}, False, [509]),
        ("${aws:username, 'guest'}/*", "alice/f", {"aws:username": ["alice"]}, True, [509]),
        ("${*}/f", "*/f", {}, True, [511]), ("${*}/f", "x/f", {}, False, [511]),
        ("${?}/f", "?/f", {}, True, [511]), ("${?}/f", "x/f", {}, False, [511]),
        ("${$}/f", "$/f", {}, True, [511]),
        ("${aws:username}/f", "anything/f", {"aws:username": ["*"]}, False, [513]),
        ("${aws:username}/f", "*/f", {"aws:username": ["*"]}, True, [513]),
        ("${aws:username}/f", "ab/f", {"aws:username": ["a?"]}, False, [513]),
        ("${aws:PrincipalTag/team}/${aws:username}/*", "red/alice/f", {"aws:username": ["alice"], "aws:PrincipalTag/team": ["red"]}, True, [518]),
        ("${aws:PrincipalTag/team}/${aws:username}/*", "blue/alice/f", {"aws:username": ["alice"], "aws:PrincipalTag/team": ["red"]}, False, [518]),
        ("${aws:userid}/f", "AROAEXAMPLEDEV00:alice/f", {"aws:userid": ["AROAEXAMPLEDEV00:alice"]}, True, [516]),
        ("${aws:userid}/f", "anonymous/f", {"aws:userid": ["anonymous"]}, True, [516]),
        ("${aws:PrincipalType}/f", "User/f", {"aws:PrincipalType": ["User"]}, True, [517]),
        ("${aws:PrincipalType}/f", "AssumedRole/f", {"aws:PrincipalType": ["AssumedRole"]}, True, [517]),
        ("${aws:TagKeys}/f", "a/f", {"aws:TagKeys": ["a", "b"]}, False, [507]),
        ("${aws:username/f", "${aws:username/f", {"aws:username": ["alice"]}, True, [519]),
        ("a$b/f", "a$b/f", {}, True, [519]),
    ]
    mine, other = f"arn:aws:iam::{ACCOUNT}:role/x", f"arn:aws:iam::{OTHER}:role/x"
    for pattern, value, tag, matches in (  # aws:SourceArn against a variable; a whole ARN, part of one, more than its field
            ("${aws:PrincipalTag/t}", mine, mine, True), ("${aws:PrincipalTag/t}", other, mine, False), ("${aws:PrincipalTag/t}", mine, "arn:aws:iam::*:role/x", False),
            ("${aws:PrincipalTag/t}", mine, "role/x", False), ("arn:aws:iam::${aws:PrincipalTag/t}", mine, f"{ACCOUNT}:role/x", True),
            ("arn:aws:iam::${aws:PrincipalTag/t}:*", mine, ACCOUNT, True), ("arn:aws:iam::${aws:PrincipalTag/t}:x", mine, f"{ACCOUNT}:role/x", False),
            ("arn:aws:iam:${aws:PrincipalTag/t}:role/x", mine, f":{ACCOUNT}", True), ("arn:aws:${aws:PrincipalTag/t}:role/x", mine, "iam::*", False)):
        for operator in ("ArnEquals", "ArnNotLike"):
            t.add(f"{operator} {pattern} being {tag} for {value}", ALLOWED if matches == (operator == "ArnEquals") else IMPLICIT, [502, 471],
                  identity=[[{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {operator: {"aws:SourceArn": pattern}}}]],
                  context={"aws:SourceArn": [value], "aws:PrincipalTag/t": [tag]}, contested=True)
    for pattern, path, context, matches, rules in cases:
        for element in ("Resource", "NotResource"):
            statement = [{"Effect": "Allow", "Action": "s3:GetObject", element: home + pattern}]
            good = matches == (element == "Resource")
            t.add(f"{element} {pattern} for {path} with {sorted(context.items())}", ALLOWED if good else IMPLICIT, rules, resource=home + path,
                  context=context, identity=[statement], contested=element == "NotResource" and 505 in rules)
    for version in ("2008-10-17", None):
        statement = [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": home + "${aws:username}/*"}]
        for path, good in (("alice/f", False), ("${aws:username}/f", True)):
            t.add(f"version {version}, {path}", ALLOWED if good else IMPLICIT, [501, 8, 66], resource=home + path,
                  context={"aws:username": ["alice"]}, identity=[statement], version=version)
    who = {"aws:username": ["alice"]}
    for op, policy, value, holds, rule in [
            ("StringEquals", "${aws:username}", "alice", True, 502), ("StringEquals", "${aws:username}", "bob", False, 502),
            ("StringLike", "${aws:username}/*", "alice/x", True, 502), ("StringNotEquals", "${aws:username}", "bob", True, 502),
            ("StringEqualsIgnoreCase", "${aws:username}", "ALICE", True, 502),
            ("StringEquals", "${aws:nobody}", "alice", False, 505), ("StringNotEquals", "${aws:nobody}", "alice", True, 505),
            ("StringNotLike", "${aws:nobody}*", "alice", True, 505), ("ArnLike", "arn:aws:iam::*:user/${aws:username}", f"arn:aws:iam::{ACCOUNT}:user/alice", True, 502),
            ("ArnLike", "arn:aws:iam::*:user/${aws:username}", f"arn:aws:iam::{ACCOUNT}:user/bob", False, 502),
            ("ArnNotLike", "arn:aws:iam::*:user/${aws:nobody}", f"arn:aws:iam::{ACCOUNT}:user/bob", True, 505)]:
        conditional(t, f"{op} {policy} {value}", op, "x:value", policy, [value], holds, [rule], context=who)
    conditional(t, "Bool with variable", "Bool", "x:flag", "${aws:SecureTransport}", ["true"], True, [502],
                context={"aws:SecureTransport": ["true"]})
    conditional(t, "no variables in numbers", "NumericEquals", "x:n", "${s3:max-keys}", ["5"], False, [503], context={"s3:max-keys": ["5"]})
    conditional(t, "no variables in addresses", "IpAddress", "aws:SourceIp", "${aws:VpcSourceIp}", ["10.0.0.1"], False, [503],
                context={"aws:VpcSourceIp": ["10.0.0.1"]})
    t.add("no variables in actions", IMPLICIT, [21, 503], context={"aws:username": ["GetObject"]},
          identity=[[{"Effect": "Allow", "Action": "s3:${aws:username}", "Resource": "*"}]])
    return t


def actions():
    t = Topic("actions", "Actions and NotAction, made")
    patterns = ["*", "s3:*", "s3:GetObject", "S3:getobject", "s3:Get*", "s3:*Object", "s3:*t*bj*", "s3:Get?bject", "s3:GetObject?",
                "s3:GetObjectAcl", "sqs:*", "s3:Put*", "s:*", "s3x:GetObject", "iam: odd name", "s3:", "s3:**", "s3:?etObject", "s3:G*O*t"]
    for pattern, action in itertools.product(patterns, ["s3:GetObject", "s3:PutObject", "S3:GETOBJECT", "nosuch:Thing"]):
        hit = pattern == "*" or (pattern.split(":")[0].lower() == action.split(":")[0].lower()
                                 and like(pattern.split(":")[1].lower(), action.split(":")[1].lower()))
        for element in ("Action", "NotAction"):
            good = hit == (element == "Action")
            t.add(f"{element} {pattern} for {action}", ALLOWED if good else IMPLICIT,
                  [301, 302, 306, 22] if element == "Action" else [304, 16], action=action,
                  identity=[[{"Effect": "Allow", element: pattern, "Resource": "*"}]])
    for listed in (["s3:PutObject", "s3:GetObject"], ["s3:PutObject"]):
        hit = "s3:GetObject" in listed
        t.add(f"list {listed}", ALLOWED if hit else IMPLICIT, [305], identity=[[{"Effect": "Allow", "Action": listed, "Resource": "*"}]])
        t.add(f"NotAction deny {listed}", ALLOWED if hit else EXPLICIT, [304, 305],
              identity=[ALL + [{"Effect": "Deny", "NotAction": listed, "Resource": "*"}]])
    t.add("lone star is every service", ALLOWED, [303, 20], action="nosuch:Thing", resource="*", identity=[ALL])
    return t


def resources():
    t = Topic("resources", "Resource and NotResource, made")
    queue = f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders"
    log = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/a/b:log-stream:x"
    table = [  # resource, pattern, matches, rules
        (BUCKET_KEY, "*", True, [321]), (BUCKET_KEY, BUCKET_KEY, True, [321]),
        (BUCKET_KEY, "arn:aws:s3:::REPORTS/2024/q1.csv", False, [321]), (BUCKET_KEY, "arn:aws:s3:::reports/2024/Q1.csv", False, [321]),
        (BUCKET_KEY, "arn:aws:s3:::reports/*", True, [322, 324]), (BUCKET_KEY, "arn:aws:s3:::reports*", True, [324]),
        (BUCKET_KEY, "arn:aws:s3:::r*", True, [324]), (BUCKET_KEY, "arn:aws:s3:::reports", False, [329]),
        (BUCKET_KEY, "arn:aws:s3:::reports/*.csv", True, [322]), (BUCKET_KEY, "arn:aws:s3:::reports/*.txt", False, [322]),
        (BUCKET_KEY, "arn:aws:s3:::reports/????/q1.csv", True, [322]), (BUCKET_KEY, "arn:aws:s3:::reports/???/q1.csv", False, [330]),
        (BUCKET_KEY, "arn:aws:s3:::reports/2024?q1.csv", True, [322]), (BUCKET_KEY, "arn:aws:s3:::*/q1.csv", True, [322]),
        (BUCKET_KEY, "arn:aws:s3:::reports//2024/q1.csv", False, [331]), (BUCKET_KEY, "arn:aws:s3:::reports/./2024/q1.csv", False, [331]),
        (BUCKET_KEY, "arn:aws-cn:s3:::reports/*", False, [321]), (BUCKET_KEY, "arn:aws:s3:::*2*4*c*", True, [322]),
        (BUCKET_KEY, "arn:aws:s3:::*2*5*c*", False, [322]), (BUCKET_KEY, "arn:aws:s3:*:*:reports/*", True, [323]),
        ("arn:aws:s3:::reports", "arn:aws:s3:::reports/*", False, [324, 329]), ("arn:aws:s3:::reports", "arn:aws:s3:::reports*", True, [324]),
        ("arn:aws:s3:::reports", "arn:aws:s3:::report?", True, [322]), ("arn:aws:s3:::reports", "arn:aws:s3:::reports?", False, [330]),
        ("arn:aws:s3:::reports/", "arn:aws:s3:::reports/*", True, [331]), ("arn:aws:s3:::a/b/", "arn:aws:s3:::a/b", False, [331]),
        (queue, f"arn:aws:sqs:*:{ACCOUNT}:orders", True, [323]), (queue, "arn:aws:sqs:*:*:orders", True, [323]),
        (queue, "arn:aws:sqs:us-east-1:*", True, [323, 326]), (queue, "arn:aws:sqs:us-*:orders", True, [323]),
        (queue, f"arn:aws:sqs:us-*-1:{ACCOUNT}:orders", True, [323]), (queue, "arn:aws:sqs:us-*-1:orders", False, [323]),
        (queue, f"arn:aws:sqs:us-east-?:{ACCOUNT}:orders", True, [323]), (queue, f"arn:aws:sqs:us-east-1?{ACCOUNT}:orders", False, [323]),
        (queue, f"arn:aws:sqs:eu-*:{ACCOUNT}:orders", False, [323]), (queue, "arn:aws:sqs", True, [326]), (queue, "arn:aws:sns", False, [326]),
        (queue, "arn:aws:sqs:us-east-1", True, [326]), (queue, "arn:aws:sqs:eu-west-1", False, [326]),
        (queue, f"arn:aws:sqs:us-east-1:{ACCOUNT}", True, [326]), (queue, f"arn:aws:sqs:us-east-1:{OTHER}", False, [326]),
        (queue, f"arn:aws:sqs:us-east-1:{ACCOUNT}:ord", False, [321]), (queue, f"arn:aws:sqs:us-east-1:{ACCOUNT}:ord*", True, [322]),
        (log, f"arn:aws:logs:*:{ACCOUNT}:log-group:/a/*", True, [323]), (log, f"arn:aws:logs:*:*:log-group:*:log-stream:x", True, [323]),
        (log, f"arn:aws:logs:*:*:log-group:/a/b", False, [323]), (log, f"arn:aws:logs:*:*:log-group:/a/?:log-stream:?", True, [322]),
        ("*", "*", True, [325]), ("*", "arn:aws:s3:::*", False, [325]), ("*", "arn:*:*:*:*:*", False, [325]),
    ]
    for resource, pattern, matches, rules in table:
        for element in ("Resource", "NotResource"):
            good = matches == (element == "Resource")
            t.add(f"{element} {pattern} for {resource}", ALLOWED if good else IMPLICIT, rules if element == "Resource" else rules + [327],
                  action="x:Do", resource=resource, identity=[[{"Effect": "Allow", "Action": "x:Do", element: pattern}]])
        t.add(f"deny {pattern} for {resource}", EXPLICIT if matches else ALLOWED, rules, action="x:Do", resource=resource,
              identity=[ALL, [{"Effect": "Deny", "Action": "x:*", "Resource": pattern}]])
    t.add("a resource policy's incomplete ARN is taken as written", IMPLICIT, [326], resource=queue, action="sqs:SendMessage",
          resource_policy=[{"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "arn:aws:sqs:us-east-1"}])
    t.add("ARNs of names that differ by case", IMPLICIT, [332], action="iam:GetUser", resource=f"arn:aws:iam::{ACCOUNT}:user/Bob",
          identity=[[{"Effect": "Allow", "Action": "iam:GetUser", "Resource": f"arn:aws:iam::{ACCOUNT}:user/bob"}]])
    return t


# How strongly each form of principal names each kind of caller (Rules 161 to 167, 341 to 351).
FORMS = {
    "star": ("*", [349, 166]), "AWS star": ({"AWS": "*"}, [349, 51]), "account": ({"AWS": ACCOUNT}, [341, 167]),
    "account root": ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, [341, 350]), "other account": ({"AWS": OTHER}, [341]),
    "other partition": ({"AWS": f"arn:aws-cn:iam::{ACCOUNT}:root"}, [129]),
    "user": ({"AWS": f"arn:aws:iam::{ACCOUNT}:user/alice"}, [342, 161]), "user in another case": ({"AWS": f"arn:aws:iam::{ACCOUNT}:user/Alice"}, [342]),
    "role": ({"AWS": ROLE}, [343, 162]), "role without path": ({"AWS": f"arn:aws:iam::{ACCOUNT}:role/dev"}, [343]),
    "session": ({"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/dev/alice"}, [344, 163]),
    "session wildcard": ({"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/dev/*"}, [52]),
    "federated user": ({"AWS": f"arn:aws:sts::{ACCOUNT}:federated-user/bob"}, [345, 164]),
    "user ID": ({"AWS": "AIDAEXAMPLEALICE"}, [374]), "role ID": ({"AWS": "AROAEXAMPLEDEV00"}, [374]), "role ID cut short": ({"AWS": "AROAEXAMPLE"}, [374]),
    "group": ({"AWS": f"arn:aws:iam::{ACCOUNT}:group/dev"}, [53]),
    "service": ({"Service": "cloudtrail.amazonaws.com"}, [346, 293]), "other service": ({"Service": "ec2.amazonaws.com"}, [346]),
    "provider": ({"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/idp"}, [347]),
    "several": ({"AWS": [OTHER, f"arn:aws:iam::{ACCOUNT}:user/alice"], "Service": "ec2.amazonaws.com"}, [351, 50]),
}
NONE, DELEGATE, LIMITED, FINAL = range(4)


def strength(form, who):
    inside = who in ("User", "TokenUser", "RoleSession", "LinkedRole", "FederatedUser", "Root")
    if form in ("star", "AWS star"):
        return FINAL
    if form in ("account", "account root"):
        return DELEGATE if inside else NONE
    if form in ("user", "several"):
        return FINAL if who in ("User", "TokenUser") else LIMITED if who == "FederatedUser" else NONE
    table = {("role", "RoleSession"): LIMITED, ("session", "RoleSession"): FINAL, ("federated user", "FederatedUser"): FINAL,
             ("user ID", "User"): FINAL, ("user ID", "TokenUser"): FINAL, ("role ID", "RoleSession"): LIMITED,
             ("service", "Service"): FINAL, ("provider", "SAML"): FINAL}
    return table.get((form, who), NONE)


def principals():
    t = Topic("principals", "Principal forms and what limits their grants, made")
    for (form, (principal, rules)), who in itertools.product(FORMS.items(), WHO):
        if who == "WebIdentity":
            continue
        grant = strength(form, who)
        inside = WHO[who]["account"] is not None and who != "SAML"
        policy = [{"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}]
        # Without any other policy, in the caller's own account. A federated user has no session policy (Rule 156).
        if who == "Root":
            expected = ALLOWED
        elif who == "FederatedUser":
            expected = ALLOWED if grant == FINAL else IMPLICIT
        elif inside:
            expected = ALLOWED if grant >= LIMITED else IMPLICIT
        else:
            expected = ALLOWED if grant else IMPLICIT
        extra = [221] if who == "Root" else [170] if who == "TokenUser" else [] if inside else [171]
        t.add(f"{form} names {who}", expected, rules + extra, who=who, resource_policy=policy)
        if inside and who not in ("Root", "FederatedUser"):
            t.add(f"{form} names {who}, boundary silent", ALLOWED if grant == FINAL else IMPLICIT, rules + [161, 162], who=who,
                  resource_policy=policy, boundary=NOTHING)
            t.add(f"{form} names {who}, identity allows", ALLOWED, [108], who=who, resource_policy=policy, identity=[ALL])
            # Across accounts a grant to the caller is only one of two Allows.
            t.add(f"{form} names {who}, another account's bucket", ALLOWED if grant else IMPLICIT, rules + [121, 123], who=who, owner=OTHER,
                  resource_policy=policy, identity=[ALL])
            t.add(f"{form} names {who}, another account's bucket, no identity Allow", IMPLICIT, [122, 126], who=who, owner=OTHER,
                  resource_policy=policy)
        if who == "Root":
            t.add(f"{form} names {who}, another account's bucket", ALLOWED if grant else IMPLICIT, rules + [223], who=who, owner=OTHER,
                  resource_policy=policy, contested=True)
        if who in ("RoleSession", "FederatedUser"):
            t.add(f"{form} names {who}, session policy silent", ALLOWED if grant == FINAL else IMPLICIT, rules + [163, 153], who=who,
                  resource_policy=policy, session=[NOTHING], contested=True)
            t.add(f"{form} names {who}, session policy allows", ALLOWED if grant >= LIMITED else IMPLICIT, rules + [165, 152], who=who,
                  resource_policy=policy, session=[NOTHING, ALL])
        deny = [{"Effect": "Deny", "Principal": principal, "Action": "s3:*", "Resource": "*"}]
        if inside:
            session = [ALL] if who == "FederatedUser" else []
            t.add(f"deny to {form} for {who}", EXPLICIT if grant else ALLOWED, [102, 224] if who == "Root" else [102, 125], who=who,
                  identity=[ALL], session=session, resource_policy=deny)
        if isinstance(principal, dict):
            spare = [{"Effect": "Deny", "NotPrincipal": principal, "Action": "s3:*", "Resource": "*"}]
            if inside:
                session = [ALL] if who == "FederatedUser" else []
                # One name of several spares nobody: of these forms only everybody's does, and the account's its root.
                spared = form == "AWS star" or (who == "Root" and grant)
                t.add(f"deny to all but {form} for {who}", ALLOWED if spared else EXPLICIT, [361, 362], who=who, identity=[ALL],
                      session=session, resource_policy=spare)
                t.add(f"deny to all but {form} for {who} with a boundary", EXPLICIT, [363], who=who, identity=[ALL], session=session,
                      boundary=ALL, resource_policy=spare)
            give = [{"Effect": "Allow", "NotPrincipal": principal, "Action": "s3:*", "Resource": "*"}]
            t.add(f"allow all but {form} for {who}", ALLOWED if not grant or who == "Root" else IMPLICIT, [364], who=who, resource_policy=give)
    all_names_or_none(t)
    return t


def all_names_or_none(t):
    """Rule 362: every set of names, for everybody who has several. Spared is who is listed by each kind of name he has."""
    root = f"arn:aws:iam::{ACCOUNT}:root"
    names = {
        "User": {"user": [WHO["User"]["arn"], "AIDAEXAMPLEALICE"], "account": [ACCOUNT, root]},
        "TokenUser": {"user": [WHO["User"]["arn"], "AIDAEXAMPLEALICE"], "account": [ACCOUNT, root]},
        "RoleSession": {"session": [WHO["RoleSession"]["arn"]], "role": [ROLE, "AROAEXAMPLEDEV00"], "account": [ACCOUNT, root]},
        "FederatedUser": {"federated user": [WHO["FederatedUser"]["arn"]], "account": [ACCOUNT, root]},
        "Root": {"account": [ACCOUNT, root]},
        "Service": {"service": [WHO["Service"]["arn"]]},
    }
    # Listed beside, none of them his: another's of each kind, and the user behind the federated user.
    others = [f"arn:aws:iam::{ACCOUNT}:user/bob", f"arn:aws:iam::{ACCOUNT}:role/other", f"arn:aws:sts::{ACCOUNT}:assumed-role/dev/carol",
              f"arn:aws:sts::{ACCOUNT}:assumed-role/other/alice", f"arn:aws:sts::{ACCOUNT}:federated-user/carol", OTHER]
    for who, kinds in names.items():
        more = others + ([f"arn:aws:iam::{ACCOUNT}:user/alice"] if who == "FederatedUser" else [])
        session = [ALL] if who == "FederatedUser" else []
        for spelled in range(2):
            for chosen in itertools.product((False, True), repeat=len(kinds)):
                for beside in ([], more):
                    listed = [forms[spelled % len(forms)] for (_, forms), take in zip(kinds.items(), chosen) if take]
                    if not listed + beside:
                        continue
                    kind = "Service" if who == "Service" else "AWS"
                    principal = {kind: listed} if listed else {}
                    if beside:
                        principal["AWS"] = principal.get("AWS", []) + beside
                    label = ", ".join(n for n, take in zip(kinds, chosen) if take) or "none"
                    deny = [{"Effect": "Deny", "NotPrincipal": principal, "Action": "s3:*", "Resource": "*"}]
                    allow = [{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}]
                    t.add(f"{who} listed by {label}, spelled {spelled}{', others beside' if beside else ''}", ALLOWED if all(chosen) else EXPLICIT,
                          [361, 362], who=who, identity=[ALL] if who != "Service" else [], session=session, resource_policy=deny + allow)


def layers():
    t = Topic("layers", "All combinations of a role session's layers, made")
    say = {"allow": ALL, "silent": NOTHING, "deny": DENY}
    for scp, identity, boundary, session, resource in itertools.product(("none", "allow", "silent", "deny"), ("allow", "silent", "deny"),
                                                                        ("none", "allow", "silent", "deny"), ("none", "allow", "silent"), ("none", "role", "session")):
        if "deny" in (scp, identity, boundary):
            expected = EXPLICIT
        elif scp == "silent":
            expected = IMPLICIT
        else:
            within = boundary != "silent" and session != "silent"
            own = identity == "allow" and within
            expected = ALLOWED if own or resource == "session" or (resource == "role" and within) else IMPLICIT
        principal = {"role": ROLE, "session": WHO["RoleSession"]["arn"]}.get(resource)
        t.add(f"SCP {scp}, identity {identity}, boundary {boundary}, session {session}, grant {resource}", expected,
              [101, 102, 103, 104, 151, 154, 155, 168, 169], who="RoleSession",
              scps=[] if scp == "none" else [[ALL], [say[scp]]], identity=[say[identity]], boundary=say.get(boundary),
              session=[say[session]] if session != "none" else [],
              resource_policy=[{"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "s3:*", "Resource": "*"}] if principal else None,
              contested=resource == "session" and session == "silent")
    t.add("order of statements", EXPLICIT, [109], identity=[[DENY[1], DENY[0]]])
    t.add("one Allow among many policies", ALLOWED, [106, 108], identity=[NOTHING, NOTHING, ALL, NOTHING])
    t.add("resource and action must be in one statement", IMPLICIT, [105], identity=[[
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::x/*"}, {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}]])
    return t


def organizations():
    t = Topic("organizations", "SCP and RCP chains, made")
    for who in WHO:
        if who in ("Service", "Anonymous", "SAML", "WebIdentity"):
            grant = [{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}]
            t.add(f"SCP deny, {who}", ALLOWED, [188, 192], who=who, scps=[[ALL], [DENY]], resource_policy=grant)
        else:
            limited = who != "LinkedRole"
            session = [ALL] if who == "FederatedUser" else []
            rule = {"Root": [187, 224], "LinkedRole": [186]}.get(who, [181, 182])
            for depth in range(3):
                chain = [[ALL], [ALL], [ALL]]
                chain[depth] = [ALL, [DENY[1]]]
                t.add(f"SCP denies at level {depth}, {who}", EXPLICIT if limited else ALLOWED, rule, who=who, scps=chain, identity=[ALL], session=session)
                chain[depth] = [NOTHING]
                t.add(f"SCP silent at level {depth}, {who}", IMPLICIT if limited else ALLOWED, rule, who=who, scps=chain, identity=[ALL], session=session)
                chain[depth] = [NOTHING, ALL]
                t.add(f"SCP one of two allows at level {depth}, {who}", ALLOWED, [184], who=who, scps=chain, identity=[ALL], session=session)
            t.add(f"SCP of the management account, {who}", ALLOWED, [185], who=who, scps=[[DENY]], identity=[ALL], session=session, management=ACCOUNT)
            if who != "Root":
                t.add(f"SCP grants nothing, {who}", IMPLICIT, [190, 104], who=who, scps=[[ALL]], session=session)
        allow = [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]
        deny = [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}]
        session = [ALL] if who == "FederatedUser" else []
        for depth in range(2):
            chain = [[], []]
            chain[depth] = [deny]
            t.add(f"RCP denies at level {depth}, {who}", ALLOWED if who == "LinkedRole" else EXPLICIT, [206] if who == "LinkedRole" else [201, 202], who=who,
                  rcps=chain, identity=[ALL], session=session, resource_policy=allow)
        t.add(f"RCP chain without customer policies, {who}", ALLOWED, [203], who=who, rcps=[[], []], identity=[ALL], session=session, resource_policy=allow)
        t.add(f"RCP, management account's bucket, {who}", ALLOWED, [205], who=who, owner=ACCOUNT, management=ACCOUNT, rcps=[[deny]], identity=[ALL],
              session=session, resource_policy=allow)
    every = [{"Effect": "Deny", "Principal": "*", "Action": ["s3:*", "kms:*", "sts:*", "ec2:*", "sqs:*", "secretsmanager:*"], "Resource": "*"}]
    key = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1-2"
    key_policy = [{"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}]
    t.add("RCP, unsupported service", ALLOWED, [208], action="ec2:RunInstances", resource=f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/*", rcps=[[every]], identity=[ALL])
    for action in ("sqs:SendMessage", "secretsmanager:GetSecretValue"):
        t.add(f"RCP, supported service {action}", EXPLICIT, [208], action=action, resource=f"arn:aws:{action.split(':')[0]}:us-east-1:{ACCOUNT}:x", rcps=[[every]], identity=[ALL])
    t.add("RCP, customer key", EXPLICIT, [201], action="kms:Decrypt", resource=key, rcps=[[every]], identity=[ALL], resource_policy=key_policy)
    t.add("RCP, AWS managed key", ALLOWED, [207], action="kms:Decrypt", resource=key, rcps=[[every]], identity=[ALL], resource_policy=key_policy, managed_key=True)
    t.add("RCP, RetireGrant", ALLOWED, [209], action="kms:RetireGrant", resource=key, rcps=[[every]], identity=[ALL], resource_policy=key_policy)
    t.add("RCP of the resource's account, caller from outside", EXPLICIT, [210, 127], owner=OTHER, rcps=[[every]], identity=[ALL],
          resource_policy=[{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}])
    t.add("RCP, AssumeRole", EXPLICIT, [211], action="sts:AssumeRole", resource=f"arn:aws:iam::{ACCOUNT}:role/deploy", rcps=[[every]], identity=[ALL],
          resource_policy=[{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}])
    t.add("RCP, GetCallerIdentity", ALLOWED, [211, 241], action="sts:GetCallerIdentity", resource="*", rcps=[[every]])
    t.add("RCP, condition keys of the caller", EXPLICIT, [193, 201], rcps=[[[{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
          "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a"}}}]]], identity=[ALL], context={"aws:PrincipalOrgID": ["o-b"]})
    for tag, expected in (("red", ALLOWED), ("blue", EXPLICIT)):
        t.add(f"SCP sees aws:PrincipalTag, {tag}", expected, [193], identity=[ALL], context={"aws:PrincipalTag/team": [tag]},
              scps=[[ALL + [{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalTag/team": "red"}}}]]])
    t.add("SCP's incomplete ARN is completed", EXPLICIT, [326, 182], action="sqs:SendMessage", resource=f"arn:aws:sqs:us-east-1:{ACCOUNT}:q",
          scps=[[ALL + [{"Effect": "Deny", "Action": "sqs:*", "Resource": "arn:aws:sqs:us-east-1"}]]], identity=[ALL])
    return t


def trust():
    t = Topic("trust", "Assuming roles, made")
    role = f"arn:aws:iam::{ACCOUNT}:role/deploy"
    far = f"arn:aws:iam::{OTHER}:role/deploy"
    identities = {"allows": [ALL], "is silent": [NOTHING], "denies": [DENY]}
    for (form, (principal, _)), (side, identity), action in itertools.product(
            [f for f in FORMS.items() if f[0] in ("star", "account", "user", "role", "session", "other account", "service", "user ID", "role ID")],
            identities.items(), ("sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity")):
        for who in ("User", "RoleSession"):
            grant = strength(form, who)
            statement = [{"Effect": "Allow", "Principal": principal, "Action": action}]
            if side == "denies":
                near = away = EXPLICIT
            else:
                own = side == "allows"
                near = ALLOWED if grant >= LIMITED or (grant == DELEGATE and own) else IMPLICIT
                away = ALLOWED if grant and own else IMPLICIT
            rules = {"sts:AssumeRole": [251, 252 if grant >= LIMITED else 254], "sts:TagSession": [260], "sts:SetSourceIdentity": [262]}[action]
            t.add(f"{who}, trust names {form}, identity {side}, {action}", near, rules, who=who, action=action, resource=role, identity=identity,
                  resource_policy=statement)
            t.add(f"{who}, other account, trust names {form}, identity {side}, {action}", away, rules + [255], who=who, action=action, resource=far, owner=OTHER,
                  identity=identity, resource_policy=statement)
    named = [{"Effect": "Allow", "Principal": {"AWS": ROLE}, "Action": "sts:AssumeRole"}]
    for boundary, session in itertools.product((None, ALL, NOTHING), ([], [ALL], [NOTHING])):
        good = boundary is not NOTHING and session != [NOTHING]
        t.add(f"role named, boundary {boundary and boundary[0]['Action']}, session {[s[0]['Action'] for s in session]}", ALLOWED if good else IMPLICIT, [253, 257],
              who="RoleSession", action="sts:AssumeRole", resource=role, boundary=boundary, session=session, resource_policy=named)
    star = [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:*"}]
    for who, expected, rules in (("Root", IMPLICIT, [226]), ("FederatedUser", IMPLICIT, [606]), ("TokenUser", ALLOWED, [604]), ("User", ALLOWED, [252])):
        t.add(f"star trust, {who}", expected, rules, who=who, action="sts:AssumeRole", resource=role, resource_policy=star)
    for pattern, hit in (("sts:*", True), ("sts:Assume*", True), ("sts:AssumeRole", True), ("STS:assumerole", True), ("sts:AssumeRoleWithSAML", False), ("sts:TagSession", False)):
        t.add(f"trust action {pattern}", ALLOWED if hit else IMPLICIT, [270], action="sts:AssumeRole", resource=role,
              resource_policy=[{"Effect": "Allow", "Principal": {"AWS": WHO["User"]["arn"]}, "Action": pattern}])
    for given, good in ((["x-1"], True), (["x-2"], False), (None, False)):
        t.add(f"external ID {given}", ALLOWED if good else IMPLICIT, [258], action="sts:AssumeRole", resource=far, owner=OTHER, identity=[ALL],
              context={"sts:ExternalId": given} if given else {}, resource_policy=[{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole",
                                                                                     "Condition": {"StringEquals": {"sts:ExternalId": "x-1"}}}])
    for given, good in ((["true"], True), (["false"], False), (None, False)):
        t.add(f"MFA {given}", ALLOWED if good else IMPLICIT, [259], action="sts:AssumeRole", resource=role,
              context={"aws:MultiFactorAuthPresent": given} if given else {},
              resource_policy=[{"Effect": "Allow", "Principal": {"AWS": WHO["User"]["arn"]}, "Action": "sts:AssumeRole",
                                "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}])
    tag = [{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Condition": {"StringEquals": {"aws:RequestTag/team": "${aws:PrincipalTag/team}"}, "ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}}]
    for mine, passed in itertools.product(("red", "blue"), repeat=2):
        t.add(f"tag {passed} passed by {mine}", ALLOWED if mine == passed else IMPLICIT, [260, 263], action="sts:TagSession", resource=role, identity=[ALL],
              context={"aws:PrincipalTag/team": [mine], "aws:RequestTag/team": [passed], "aws:TagKeys": ["team"]}, resource_policy=tag)
    saml = f"arn:aws:iam::{ACCOUNT}:saml-provider/idp"
    web = WHO["WebIdentity"]["arn"]
    for who, provider, action, hit in (("SAML", saml, "sts:AssumeRoleWithSAML", True), ("SAML", saml, "sts:AssumeRole", False), ("SAML", web, "sts:AssumeRoleWithSAML", False),
                                       ("WebIdentity", web, "sts:AssumeRoleWithWebIdentity", True), ("WebIdentity", saml, "sts:AssumeRoleWithWebIdentity", False),
                                       ("WebIdentity", web, "sts:AssumeRoleWithSAML", False)):
        asked = "sts:AssumeRoleWithSAML" if who == "SAML" else "sts:AssumeRoleWithWebIdentity"
        t.add(f"{who}, trust {action} for {provider}", ALLOWED if hit else IMPLICIT, [265, 46, 347], who=who, action=asked, resource=role,
              resource_policy=[{"Effect": "Allow", "Principal": {"Federated": provider}, "Action": action}])
    for who, asked in itertools.product(("SAML", "WebIdentity"), ("sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity", "sts:TagSession")):
        own = asked in (f"sts:AssumeRoleWith{who}", "sts:TagSession")
        t.add(f"{who}, trust sts:*, calls {asked}", ALLOWED if own else IMPLICIT, [46, 347], who=who, action=asked, resource=role,
              resource_policy=[{"Effect": "Allow", "Principal": {"Federated": WHO[who]["arn"]}, "Action": "sts:*"}])
    self_trust = [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]
    t.add("a role does not trust itself", IMPLICIT, [269], who="RoleSession", action="sts:AssumeRole", resource=ROLE, identity=[ALL], resource_policy=self_trust)
    t.add("deny in the trust policy", EXPLICIT, [256], action="sts:AssumeRole", resource=role, identity=[ALL],
          resource_policy=star + [{"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}])
    t.add("no trust policy", IMPLICIT, [251], action="sts:AssumeRole", resource=role, identity=[ALL])
    for service, expected in (("ec2.amazonaws.com", IMPLICIT), ("cloudtrail.amazonaws.com", ALLOWED)):
        t.add(f"service {service} trusted", expected, [271], who="Service", action="sts:AssumeRole", resource=role,
              resource_policy=[{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}])
    return t


def special():
    t = Topic("special", "Root, KMS and calls that no policy decides, made")
    deny_scp = [[ALL + [DENY[1]]]]
    for who in WHO:
        unsigned = who in ("Anonymous", "SAML", "WebIdentity")
        for name, policies in (("no policy", {}), ("denied everywhere", {"scps": deny_scp, "identity": [DENY], "boundary": DENY})):
            t.add(f"GetCallerIdentity, {who}, {name}", IMPLICIT if unsigned else ALLOWED, [241], who=who, action="sts:GetCallerIdentity", resource="*", **policies)
            t.add(f"GetSessionToken, {who}, {name}", ALLOWED if who in ("User", "Root") else IMPLICIT, [242, 603], who=who, action="sts:GetSessionToken", resource="*", **policies)
        if unsigned or who == "Service":
            continue
        session = [ALL] if who == "FederatedUser" else []
        t.add(f"GetFederationToken, {who}", ALLOWED if who in ("User", "Root") else IMPLICIT, [246, 603], who=who, action="sts:GetFederationToken",
              resource=f"arn:aws:sts::{ACCOUNT}:federated-user/carol", identity=[ALL], session=session)
        t.add(f"IAM, {who}", IMPLICIT if who in ("FederatedUser", "TokenUser") else ALLOWED, [604, 606], who=who, action="iam:ListUsers", resource="*", identity=[ALL], session=session)
        t.add(f"IAM with MFA, {who}", IMPLICIT if who == "FederatedUser" else ALLOWED, [604, 606], who=who, action="iam:ListUsers", resource="*", identity=[ALL],
              session=session, context={"aws:MultiFactorAuthPresent": ["true"]})
        t.add(f"DecodeAuthorizationMessage, {who}", IMPLICIT if who in ("FederatedUser", "TokenUser") else ALLOWED, [247, 604], who=who,
              action="sts:DecodeAuthorizationMessage", resource="*", identity=[ALL], session=session)
        key = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1-2"
        delegate = [{"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*", "Resource": "*"}]
        t.add(f"KMS, key policy delegates, {who}", ALLOWED, [243], who=who, action="kms:Decrypt", resource=key, identity=[ALL], session=session, resource_policy=delegate)
        t.add(f"KMS, key policy delegates, identity silent, {who}", ALLOWED if who == "Root" else IMPLICIT, [243], who=who, action="kms:Decrypt", resource=key,
              session=session, resource_policy=delegate)
        t.add(f"KMS, no key policy, {who}", IMPLICIT, [243, 250], who=who, action="kms:Decrypt", resource=key, identity=[ALL], session=session)
        t.add(f"KMS, list has no key, {who}", ALLOWED, [248], who=who, action="kms:ListKeys", resource="*", identity=[ALL], session=session)
    bucket = "arn:aws:s3:::reports"
    shut = [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [bucket, bucket + "/*"]}]
    for action, who in itertools.product(("s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:ListBucket"), ("Root", "User")):
        good = who == "Root" and action != "s3:ListBucket"
        t.add(f"{action} against the bucket's own deny, {who}", ALLOWED if good else EXPLICIT, [225, 224], who=who, action=action, resource=bucket, identity=[ALL], resource_policy=shut)
        t.add(f"{action} against the bucket's own deny from another account, {who}", EXPLICIT, [225, 125], who=who, action=action, resource=bucket, owner=OTHER, identity=[ALL], resource_policy=shut)
        t.add(f"{action} against an SCP, {who}", EXPLICIT, [225, 187], who=who, action=action, resource=bucket, identity=[ALL], scps=deny_scp)
        t.add(f"{action} against an RCP, {who}", EXPLICIT, [225, 201], who=who, action=action, resource=bucket, identity=[ALL], rcps=[[shut]])
    task = [{"Effect": "Allow", "Action": "s3:DeleteBucketPolicy", "Resource": "*"}]
    t.add("AssumeRoot session within its task", ALLOWED, [227], who="Root", action="s3:DeleteBucketPolicy", resource=bucket, session=[task], resource_policy=shut)
    t.add("AssumeRoot session beyond its task", IMPLICIT, [227], who="Root", action="s3:ListBucket", resource=bucket, session=[task])
    t.add("AssumeRoot session, SCP", EXPLICIT, [228], who="Root", action="s3:DeleteBucketPolicy", resource=bucket, session=[task], scps=deny_scp)
    t.add("list needs star", IMPLICIT, [248, 111, 325], action="s3:ListAllMyBuckets", resource="*", identity=[[{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::*"}]])
    t.add("PassRole to the right service", ALLOWED, [245], action="iam:PassRole", resource=ROLE, context={"iam:PassedToService": ["ec2.amazonaws.com"]},
          identity=[[{"Effect": "Allow", "Action": "iam:PassRole", "Resource": ROLE, "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}}]])
    t.add("PassRole to another service", IMPLICIT, [245], action="iam:PassRole", resource=ROLE, context={"iam:PassedToService": ["lambda.amazonaws.com"]},
          identity=[[{"Effect": "Allow", "Action": "iam:PassRole", "Resource": ROLE, "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}}]])
    t.add("federated user without session policy", IMPLICIT, [156], who="FederatedUser", identity=[ALL])
    t.add("federated user with session policy", ALLOWED, [157], who="FederatedUser", identity=[ALL], session=[ALL])
    t.add("federated user, session policy beyond the user's", IMPLICIT, [157, 153], who="FederatedUser", identity=[NOTHING], session=[ALL])
    t.add("two session policies are one set", ALLOWED, [152], who="RoleSession", identity=[ALL], session=[NOTHING, ALL])
    t.add("a deny in one of two session policies", EXPLICIT, [152, 168], who="RoleSession", identity=[ALL], session=[ALL, DENY])
    t.add("cross-account without resource policy", IMPLICIT, [124], owner=OTHER, identity=[ALL])
    return t


def further():
    t = Topic("further", "Rules that other topics only touch, made")

    def allow(condition=None, action="s3:GetObject", **more):
        out = {"Effect": "Allow", "Action": action, "Resource": "*", **more}
        return {**out, "Condition": condition} if condition else out

    deny_all = {"Effect": "Deny", "Action": "*", "Resource": "*"}
    # Sessions of GetSessionToken are their user; policies are read at request time.
    for identity, expected in ((ALL, ALLOWED), (NOTHING, IMPLICIT), (DENY, EXPLICIT)):
        t.add(f"GetSessionToken session, {identity[-1]['Effect']} {identity[-1]['Action']}", expected, [158, 113], who="TokenUser", identity=[identity])
        t.add(f"GetSessionToken session in its boundary, {identity[-1]['Effect']} {identity[-1]['Action']}", expected, [158, 154], who="TokenUser", identity=[ALL],
              boundary=identity)
    # An S3 resource's account is the bucket owner's: the ARN has none.
    named = [{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "s3:GetObject", "Resource": BUCKET_KEY}]
    for owner, policy, expected in ((ACCOUNT, None, ALLOWED), (OTHER, None, IMPLICIT), (OTHER, named, ALLOWED)):
        t.add(f"bucket of {owner}, {'policy' if policy else 'no policy'}", expected, [128, 124], owner=owner, identity=[ALL], resource_policy=policy)
    # Every service with resource policies follows the ordinary rule; KMS alone does not.
    for service, arn in (("sqs:SendMessage", f"arn:aws:sqs:us-east-1:{ACCOUNT}:q"), ("sns:Publish", f"arn:aws:sns:us-east-1:{ACCOUNT}:t"),
                         ("lambda:InvokeFunction", f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f"), ("ecr:BatchGetImage", f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/r"),
                         ("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:s"), ("kms:Decrypt", f"arn:aws:kms:us-east-1:{ACCOUNT}:key/k")):
        grant = [{"Effect": "Allow", "Principal": {"AWS": WHO["User"]["arn"]}, "Action": service, "Resource": arn}]
        kms = service.startswith("kms")
        t.add(f"{service}, identity policy alone", IMPLICIT if kms else ALLOWED, [250 if kms else 244, 108], action=service, resource=arn, identity=[ALL])
        t.add(f"{service}, resource policy alone", ALLOWED, [243 if kms else 244, 161], action=service, resource=arn, resource_policy=grant)
        t.add(f"{service}, resource policy of another resource", IMPLICIT, [244, 328], action=service, resource=arn,
              resource_policy=[{**grant[0], "Resource": arn + "x"}])
    # SCPs: FullAWSAccess everywhere changes nothing; taken off one level it stops everything; RCPs grant nothing.
    full = [ALL[0]]
    for levels, expected in (([[full], [full], [full]], ALLOWED), ([[full], [], [full]], IMPLICIT), ([[full], [full, [deny_all]], [full]], EXPLICIT)):
        t.add(f"SCP chain of {[len(level) for level in levels]}", expected, [183, 181, 189], identity=[ALL], scps=levels)
    t.add("an RCP chain grants nothing", IMPLICIT, [204], rcps=[[[{**deny_all, "Principal": "*", "Action": "s3:PutObject"}]]])
    # Calls without a resource are judged by the caller's account.
    stop = [[[{"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*"}]]]
    for management, expected in ((None, EXPLICIT), (ACCOUNT, ALLOWED), (OTHER, EXPLICIT)):
        t.add(f"RCP and a call without resource, management account {management}", expected, [212, 205], action="sqs:ListQueues", resource="*", identity=[ALL],
              rcps=stop, management=management)
    # A federated sign-in is a role's session afterwards; conditions see the role's ARN, principals the session's.
    session = WHO["RoleSession"]["arn"]
    for principal, hit in (({"Federated": WHO["SAML"]["arn"]}, False), ({"AWS": ROLE}, True), ({"AWS": session}, True), ({"AWS": session + "x"}, False)):
        t.add(f"session of a federated sign-in, {list(principal)[0]} {list(principal.values())[0]}", ALLOWED if hit else IMPLICIT, [352, 343, 344], who="RoleSession",
              resource_policy=[{"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": "*"}])
    for value, hit in ((ROLE, True), (session, False), (f"arn:aws:iam::{ACCOUNT}:role/dev", False), (f"arn:aws:iam::{ACCOUNT}:role/*/dev", True)):
        t.add(f"aws:PrincipalArn like {value}", ALLOWED if hit else IMPLICIT, [371, 703], who="RoleSession", context={"aws:PrincipalArn": [ROLE]},
              identity=[[allow({"ArnLike": {"aws:PrincipalArn": value}})]])
    # Keys as they come: tags of the session over the role's, many-valued keys, organization paths, who calls for whom.
    team = {"StringEquals": {"aws:PrincipalTag/team": "red"}}
    for tags, hit in ((["red"], True), (["blue"], False), (None, False)):
        t.add(f"session tag {tags}", ALLOWED if hit else IMPLICIT, [611, 706], who="RoleSession", context={"aws:PrincipalTag/Team": tags} if tags else {},
              identity=[[allow(team)]])
    paths = {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1/r-1/ou-1/*"}}
    for values, hit in ((["o-1/r-1/ou-1/"], True), (["o-1/r-1/ou-1/ou-2/"], True), (["o-1/r-1/ou-11/"], False), (["o-2/r-1/ou-1/", "o-1/r-1/ou-1/x/"], True), ([], False)):
        t.add(f"organization paths {values}", ALLOWED if hit else IMPLICIT, [490, 704], context={"aws:PrincipalOrgPaths": values}, identity=[[allow(paths)]])
    chain = {"ForAnyValue:StringEquals": {"aws:CalledVia": ["cloudformation.amazonaws.com"]}}
    for values, hit in ((["cloudformation.amazonaws.com"], True), (["athena.amazonaws.com", "cloudformation.amazonaws.com"], True), (["athena.amazonaws.com"], False), (None, False)):
        t.add(f"called via {values}", ALLOWED if hit else IMPLICIT, [490, 716], context={"aws:CalledVia": values} if values else {}, identity=[[allow(chain)]])
    confused = [{"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:PutObject", "Resource": "*",
                 "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnLike": {"aws:SourceArn": f"arn:aws:cloudtrail:*:{ACCOUNT}:trail/*"}}}]
    for account, trail, hit in ((ACCOUNT, "trail/t", True), (OTHER, "trail/t", False), (ACCOUNT, "t", False)):
        t.add(f"service for {account} by {trail}", ALLOWED if hit else IMPLICIT, [714, 293], who="Service", action="s3:PutObject",
              context={"aws:SourceAccount": [account], "aws:SourceArn": [f"arn:aws:cloudtrail:us-east-1:{account}:{trail}"]}, resource_policy=confused)
    owner = [{"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:ResourceAccount": ACCOUNT}}}]
    for account, expected in ((ACCOUNT, ALLOWED), (OTHER, EXPLICIT), (None, EXPLICIT)):
        t.add(f"SCP for resources of {account}", expected, [707, 193], context={"aws:ResourceAccount": [account]} if account else {}, identity=[ALL], scps=[[full, owner]])
    tagging = {"StringEquals": {"aws:RequestTag/cost": ["a", "b"]}, "ForAllValues:StringEquals": {"aws:TagKeys": ["cost", "name"]}, "Null": {"aws:TagKeys": "false"}}
    for keys, value, hit in ((["cost"], "a", True), (["cost", "name"], "b", True), (["cost", "Name"], "b", False), (["cost", "x"], "a", False), (["cost"], "c", False), ([], "a", False)):
        t.add(f"tags {keys} with cost {value}", ALLOWED if hit else IMPLICIT, [709, 481, 456], action="ec2:CreateTags", resource=f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/i-1",
              context={"aws:TagKeys": keys, "aws:RequestTag/cost": [value]}, identity=[[allow(tagging, "ec2:CreateTags")]])
    return t


TOPICS = [strings, numbers_dates, addresses_arns, sets, variables, actions, resources, principals, layers, organizations, trust, special, further]


def main():
    check, total, stale = "--check" in sys.argv[1:], 0, []
    for make in TOPICS:
        topic = make()
        total += len(topic.vectors)
        path = OUT / f"made-{topic.slug}.json"
        if check:
            if not path.exists() or path.read_text() != topic.text():
                stale.append(path.name)
        else:
            path.write_text(topic.text())
    if stale:
        sys.exit("out of date, run tools/make_policy_vectors.py: " + ", ".join(stale))
    print(f"{total} vectors")


if __name__ == "__main__":
    main()
