"""Who may not come in, and how each service says so: every way a signature, a key or a token can be wrong.

The write that carries each bad signature must not happen: `nothing_changed` looks afterwards.
"""
import datetime
import json
import re

import pytest

from conftest import ACCOUNTS, error_of
from rawhttp import FORM, Request, Signer, Wire, ask, refused

DEV = ACCOUNTS["dev"]
KEY, SECRET = f"AKIAADMIN{DEV[:7]}0000", "admin-secret-of-dev"
INVALID_TOKEN = "The security token included in the request is invalid."
EC2_AUTH_FAILURE = "AWS was not able to validate the provided access credentials"
MISMATCH = ("The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing "
            "method. Consult the service documentation for details.")
S3_MISMATCH = "The request signature we calculated does not match the signature you provided. Check your key and signing method."
NO_TOKEN = "Request is missing Authentication Token"

# The write of each service that must not happen.
CALLS = {
    "iam": dict(headers={"Content-Type": FORM}, body=b"Action=CreateUser&Version=2010-05-08&UserName=mallory"),
    "sts": dict(headers={"Content-Type": FORM}, body=b"Action=GetCallerIdentity&Version=2011-06-15"),
    "ec2": dict(headers={"Content-Type": FORM},
                body=b"Action=RunInstances&Version=2016-11-15&ImageId=ami-12345678&MinCount=1&MaxCount=1&InstanceType=t3.micro"),
    "s3": dict(method="PUT", path="/mallorys-bucket"),
    "organizations": dict(headers={"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AWSOrganizationsV20161128.CreateOrganization"},
                          body=b"{}"),
    "sqs": dict(headers={"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "AmazonSQS.CreateQueue"}, body=b'{"QueueName":"q"}'),
}
SERVED = ["iam", "sts", "ec2", "s3"]
ALL = list(CALLS)
NOT_S3 = [s for s in ALL if s != "s3"]


def by_service(**answers):
    """query stands for IAM and STS, json for Organizations and SQS."""
    table = dict(answers)
    for name in ("iam", "sts"):
        table.setdefault(name, answers.get("query"))
    for name in ("organizations", "sqs"):
        table.setdefault(name, answers.get("json"))
    return table


UNKNOWN_KEY = by_service(query=("InvalidClientTokenId", 403, INVALID_TOKEN), ec2=("AuthFailure", 401, EC2_AUTH_FAILURE),
                         s3=("InvalidAccessKeyId", 403, "The AWS Access Key Id you provided does not exist in our records."),
                         json=("UnrecognizedClientException", 400, INVALID_TOKEN))
BAD_TOKEN = dict(UNKNOWN_KEY, s3=("InvalidToken", 400, "The provided token is malformed or otherwise invalid."))
WRONG_SIGNATURE = by_service(query=("SignatureDoesNotMatch", 403, MISMATCH), ec2=("AuthFailure", 401, EC2_AUTH_FAILURE),
                             s3=("SignatureDoesNotMatch", 403, S3_MISMATCH), json=("InvalidSignatureException", 400, MISMATCH))


def incomplete(message):
    return by_service(query=("IncompleteSignature", 400, message), ec2=("IncompleteSignature", 400, message),
                      json=("IncompleteSignatureException", 400, message))


def scoped(message):
    return by_service(query=("SignatureDoesNotMatch", 403, message), ec2=("SignatureDoesNotMatch", 403, message),
                      json=("InvalidSignatureException", 400, message))


def s3_malformed(what):
    return "AuthorizationHeaderMalformed", 400, re.escape("The authorization header is malformed; " + what)


def signed(server, service, signer=None, host=None, region="us-east-1", scope=None, **extra):
    call = {"method": "POST", "path": "/", "headers": {}, "body": b"", **CALLS[service], **extra}
    signer = signer or Signer(KEY, SECRET)
    base = f"http://{host}" if host else server.url
    return signer.sign(service, base + call["path"], call["method"], call["headers"], call["body"], region, scope=scope)


@pytest.fixture
def nothing_changed(server):
    """After the test none of the writes of CALLS has happened. (The clock may have been moved.)"""
    yield
    set_clock(server, 0)
    clients = {name: server.client(name) for name in ("iam", "ec2", "s3")}
    assert "mallory" not in [u["UserName"] for u in clients["iam"].list_users()["Users"]]
    assert clients["ec2"].describe_instances()["Reservations"] == []
    assert clients["s3"].list_buckets()["Buckets"] == []


def set_clock(server, seconds):
    """Puts the server's clock that far from everybody's."""
    seen = datetime.datetime.strptime(ask(server, Request("GET", "/_rolecall/health", [("Host", "localhost")])).header("date"), "%a, %d %b %Y %H:%M:%S GMT")
    off = (seen - datetime.datetime.utcnow()).total_seconds()
    server.advance(seconds - round(off))


@pytest.fixture
def dev_user(server):
    """A user who may do everything, with a key."""
    return Signer(*server.make_user("alice", policy={"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}))


# ---- it works when nothing is wrong -----------------------------------------------------------------------------------
@pytest.mark.parametrize("service", SERVED)
def test_the_same_requests_rightly_signed_are_served(server, service):
    answer = ask(server, signed(server, service))
    assert answer.status == 200, answer
    name = "x-amz-request-id" if service == "s3" else "x-amzn-RequestId"
    assert re.fullmatch(r"[0-9a-f-]{36}|[0-9A-Z]{16}", answer.header(name)), answer


@pytest.mark.parametrize("service", ["organizations", "sqs"])
def test_modelled_but_unserved_is_refused_after_authentication(server, service):
    refused(service, ask(server, signed(server, service)), "NotImplemented", 501)


def test_a_service_nobody_here_knows_is_refused_as_not_implemented(server):
    refused("sts", ask(server, signed(server, "sts", scope="lambda")), "NotImplemented", 501, ".*lambda.*")
    refused("sts", ask(server, signed(server, "sts", scope="lambda", signer=Signer(KEY, "wrong"))), *WRONG_SIGNATURE["sts"])
    refused("sts", ask(server, signed(server, "sts", scope="lambda").set("Authorization", None).set("Host", "lambda.us-east-1.amazonaws.com")),
            "MissingAuthenticationToken", 403)


# ---- the Authorization header -----------------------------------------------------------------------------------------
REQUIRES = "Authorization header requires '{}' parameter. Authorization=AWS4-HMAC-SHA256"
HEADER_CASES = {
    "no Credential": (lambda r: r.edit("authorization", f"Credential={KEY}", "X=" + KEY), incomplete(REQUIRES.format("Credential")),
                      s3_malformed('the authorization component "Credential" is missing.')),
    "no SignedHeaders": (lambda r: r.edit("authorization", "SignedHeaders=", "X="), incomplete(REQUIRES.format("SignedHeaders")),
                         s3_malformed('the authorization component "SignedHeaders" is missing.')),
    "no Signature": (lambda r: r.edit("authorization", "Signature=", "X="), incomplete(REQUIRES.format("Signature")),
                     s3_malformed('the authorization component "Signature" is missing.')),
    "nothing but the algorithm": (lambda r: r.set("Authorization", "AWS4-HMAC-SHA256"),
                                  incomplete("Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' "
                                             "parameter. Authorization header requires 'SignedHeaders' parameter. Authorization=AWS4-HMAC-SHA256"),
                                  s3_malformed('the authorization component "Credential" is missing.')),
    "no date": (lambda r: r.set("X-Amz-Date", None),
                incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=AWS4-HMAC-SHA256"),
                ("AccessDenied", 403, "AWS authentication requires a valid Date or x-amz-date header")),
    "date unreadable": (lambda r: r.set("X-Amz-Date", "yesterday"),
                        incomplete("Date must be in ISO-8601 'basic format'. Got 'yesterday'. See http://en.wikipedia.org/wiki/ISO_8601"),
                        ("AccessDenied", 403, "AWS authentication requires a valid Date or x-amz-date header")),
    "no equal-sign": (lambda r: r.edit("authorization", "SignedHeaders=", "SignedHeaders"),
                      incomplete(r"Invalid key=value pair \(missing equal-sign\) in Authorization header \(hashed with SHA-256 and encoded with "
                                 r"Base64\): '[A-Za-z0-9+/]{43}='\."), s3_malformed("an authorization component has no equal-sign.")),
    "four parts": (lambda r: r.edit("authorization", "/aws4_request", ""),
                   incomplete(r"Credential must have exactly 5 slash-delimited elements, e\.g\. keyid/date/region/service/term, got '.*'"),
                   s3_malformed('the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".')),
    "six parts": (lambda r: r.edit("authorization", "/aws4_request", "/x/aws4_request"),
                  incomplete(r"Credential must have exactly 5 slash-delimited elements, e\.g\. keyid/date/region/service/term, got '.*'"),
                  s3_malformed('the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".')),
    "no key id": (lambda r: r.edit("authorization", KEY, ""),
                  incomplete(r"Credential must have exactly 5 slash-delimited elements, .*"),
                  s3_malformed("a non-empty Access Key (AKID) must be provided in the credential.")),
    "another terminator": (lambda r: r.edit("authorization", "/aws4_request", "/aws5_request"),
                           scoped("Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'."),
                           s3_malformed('incorrect terminal "aws5_request". This endpoint uses "aws4_request".')),
    "scope's date unreadable": (lambda r: r.edit("authorization", "/20", "/x0"),
                                scoped(r"Date in Credential scope must be in the format YYYYMMDD, got 'x0\d{6}'\."),
                                s3_malformed('incorrect date format "x0')),
    "scope of another day": (lambda r: r.edit("authorization", "/20", "/19"),
                             scoped(r"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
                                    r"'19\d{6}' != '20\d{6}', from '20\d{6}T\d{6}Z'\."), s3_malformed('Invalid credential date "19')),
    "host not signed": (lambda r: r.edit("authorization", "host;", ""),
                        scoped("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."),
                        ("AccessDenied", 403, "There were headers present in the request which were not signed")),
    "signed headers in upper case": (lambda r: r.edit("authorization", "host;", "Host;"), incomplete("'SignedHeaders' must be lower-case .*"),
                                     s3_malformed("SignedHeaders must be lower-case names in order.")),
    "another algorithm": (lambda r: r.edit("authorization", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA512"),
                          incomplete("Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA512'."), ("InvalidArgument", 400, "Unsupported Authorization Type")),
    "algorithm in lower case": (lambda r: r.edit("authorization", "AWS4-HMAC-SHA256", "aws4-hmac-sha256"),
                                incomplete("Unsupported AWS 'algorithm': 'aws4-hmac-sha256'."),
                                ("InvalidArgument", 400, "Unsupported Authorization Type")),
    "Bearer": (lambda r: r.set("Authorization", "Bearer abc"), incomplete("Unsupported AWS 'algorithm': 'Bearer'."),
               ("InvalidArgument", 400, "Unsupported Authorization Type")),
    "an empty header": (lambda r: r.set("Authorization", ""), incomplete("Unsupported AWS 'algorithm': ''."),
                        ("InvalidArgument", 400, "Unsupported Authorization Type")),
    "SigV2": (lambda r: r.set("Authorization", f"AWS {KEY}:c2lnbmF0dXJl"),
              incomplete("AWS Signature Version 2 is not supported. Please use AWS4-HMAC-SHA256."),
              ("InvalidRequest", 400, "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.")),
    "SigV4A": (lambda r: r.edit("authorization", "AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"),
               incomplete("Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256'."),
               ("InvalidRequest", 400, "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.")),
    "two Authorization headers": (lambda r: r.add("Authorization", r.header("authorization")), incomplete("Only one auth mechanism allowed.*"),
                                  ("InvalidArgument", 400, "Only one auth mechanism allowed.*")),
    "two dates": (lambda r: r.add("X-Amz-Date", r.header("x-amz-date")), incomplete("Only one auth mechanism allowed.*"),
                  ("InvalidArgument", 400, "Only one auth mechanism allowed.*")),
    "the same part twice": (lambda r: r.set("Authorization", r.header("authorization") + ", Signature=" + "0" * 64),
                            incomplete("Only one auth mechanism allowed.*"), ("InvalidArgument", 400, "Only one auth mechanism allowed.*")),
    "header and query at once": (lambda r: r.edit_target(r.target, r.target + "?X-Amz-Algorithm=AWS4-HMAC-SHA256"),
                                 incomplete("Only one auth mechanism allowed.*"), ("InvalidArgument", 400, "Only one auth mechanism allowed.*")),
}


# Without a credential to read, the Host must say which service is meant.
HOSTS = {"iam": "iam.amazonaws.com", "sts": "sts.us-east-1.amazonaws.com", "ec2": "ec2.us-east-1.amazonaws.com", "s3": "s3.us-east-1.amazonaws.com",
         "organizations": "organizations.us-east-1.amazonaws.com", "sqs": "sqs.us-east-1.amazonaws.com"}


@pytest.mark.parametrize("service", ALL)
@pytest.mark.parametrize("case", HEADER_CASES)
def test_headers_that_cannot_be_read(server, nothing_changed, case, service):
    spoil, others, s3 = HEADER_CASES[case]
    request = spoil(signed(server, service, host=HOSTS[service]))
    code, status, message = s3 if service == "s3" else others[service]
    if service == "s3" and message.endswith(('"x0', '"19')):
        message += ".*"
    refused(service, ask(server, request), code, status, message)


@pytest.mark.parametrize("service", ALL)
def test_nobody_comes_in_without_a_signature(server, nothing_changed, service):
    expected = by_service(query=("MissingAuthenticationToken", 403, NO_TOKEN), json=("MissingAuthenticationTokenException", 400, NO_TOKEN),
                          ec2=("MissingAuthenticationToken", 403,
                               re.escape("Request must contain either a valid (registered) AWS access key ID or X.509 certificate.")),
                          s3=("AccessDenied", 403, "Access Denied"))[service]
    for host in (HOSTS[service], f"{server.host}:{server.port}"):  # an AWS host, or what the request itself asks for
        refused(service, ask(server, signed(server, service, host=host).set("Authorization", None)), *expected)


@pytest.mark.parametrize("service", ALL)
def test_letter_case_of_header_names_and_hex(server, service):
    good = 200 if service in SERVED else 501
    request = signed(server, service)
    request.headers = [(n.upper(), v) for n, v in request.headers]
    assert ask(server, request).status == good
    signature = request.header("authorization").split("Signature=")[1]
    request.edit("authorization", signature, signature.upper())
    refused(service, ask(server, request), *WRONG_SIGNATURE[service])


# ---- the scope --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("service", ALL)
def test_a_signature_for_another_service(server, nothing_changed, service):
    other = "sts" if service == "iam" else "iam"
    answer = ask(server, signed(server, service, host=HOSTS[service], scope=other))
    if service == "s3":
        refused(service, answer, *s3_malformed(f'incorrect service "{other}". This endpoint belongs to "s3".'))
    else:
        refused(service, answer, *scoped(re.escape(f"Credential should be scoped to correct service: '{service}'. "))[service])


@pytest.mark.parametrize("region", ["", "us east 1", "US-EAST-1", "us-east", "nowhere"])
@pytest.mark.parametrize("service", ALL)
def test_a_region_that_is_none(server, nothing_changed, service, region):
    answer = ask(server, signed(server, service, region=region))
    if service == "s3":
        refused(service, answer, *s3_malformed(f"the region '{region}' is wrong; expecting 'us-east-1'"))
    else:
        refused(service, answer, *scoped(re.escape(f"Credential should be scoped to a valid region, not '{region}'. "))[service])


@pytest.mark.parametrize("service", ALL)
def test_a_region_other_than_the_hosts(server, nothing_changed, service):
    host = f"{service}.eu-west-1.amazonaws.com"
    answer = ask(server, signed(server, service, host=host, region="us-east-1"))
    if service == "s3":
        details = refused(service, answer, *s3_malformed("the region 'us-east-1' is wrong; expecting 'eu-west-1'"))
        assert details["Region"] == "eu-west-1"
    else:
        refused(service, answer, *scoped(re.escape("Credential should be scoped to a valid region, not 'us-east-1'. "))[service])


@pytest.mark.parametrize("service", ["iam", "sts", "ec2"])
def test_the_global_host_is_of_us_east_1(server, nothing_changed, service):
    answer = ask(server, signed(server, service, host=f"{service}.amazonaws.com", region="eu-west-1"))
    refused(service, answer, *scoped(re.escape("Credential should be scoped to a valid region, not 'eu-west-1'. "))[service])


@pytest.mark.parametrize("region", ["eu-west-1", "us-gov-west-1", "cn-north-1", "us-iso-east-1", "ap-southeast-12"])
def test_any_region_is_good_where_the_host_names_none(server, region):
    assert ask(server, signed(server, "sts", region=region)).status == 200
    assert ask(server, signed(server, "s3", region=region)).status in (200, 400)  # CreateBucket wants its LocationConstraint elsewhere


# ---- keys -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("service", ALL)
def test_an_unknown_key(server, nothing_changed, service):
    details = refused(service, ask(server, signed(server, service, Signer("AKIANOBODY0000000000", SECRET))), *UNKNOWN_KEY[service])
    if service == "s3":
        assert details == {"AWSAccessKeyId": "AKIANOBODY0000000000"}


@pytest.mark.parametrize("service", ALL)
def test_a_wrong_secret(server, nothing_changed, service):
    details = refused(service, ask(server, signed(server, service, Signer(KEY, "not-the-secret"))), *WRONG_SIGNATURE[service])
    if service == "s3":
        assert details["AWSAccessKeyId"] == KEY and details["CanonicalRequest"].startswith("PUT\n/mallorys-bucket\n")
        assert details["StringToSign"].startswith("AWS4-HMAC-SHA256\n") and len(details["SignatureProvided"]) == 64
        assert bytes.fromhex(details["StringToSignBytes"]).decode() == details["StringToSign"]
        assert bytes.fromhex(details["CanonicalRequestBytes"]).decode() == details["CanonicalRequest"]


@pytest.mark.parametrize("key", [KEY.lower(), KEY + "0", KEY[:-1], " " + KEY])
def test_key_ids_are_compared_to_the_letter(server, nothing_changed, key):
    refused("iam", ask(server, signed(server, "iam", Signer(key, SECRET))), *UNKNOWN_KEY["iam"])


@pytest.mark.parametrize("service", ALL)
def test_inactive_and_deleted_keys(server, nothing_changed, dev_user, service):
    iam = server.client("iam")
    assert ask(server, signed(server, "sts", dev_user)).status == 200
    iam.update_access_key(UserName="alice", AccessKeyId=dev_user.key, Status="Inactive")
    refused(service, ask(server, signed(server, service, dev_user)), *UNKNOWN_KEY[service])
    iam.update_access_key(UserName="alice", AccessKeyId=dev_user.key, Status="Active")
    assert ask(server, signed(server, "sts", dev_user)).status == 200
    iam.delete_access_key(UserName="alice", AccessKeyId=dev_user.key)
    refused(service, ask(server, signed(server, service, dev_user)), *UNKNOWN_KEY[service])


# ---- what was signed is what is asked -----------------------------------------------------------------------------------
@pytest.mark.parametrize("service", NOT_S3)
def test_an_altered_body(server, nothing_changed, service):
    request = signed(server, service)
    request.body = request.body[:-1] + b"X"
    refused(service, ask(server, request), *WRONG_SIGNATURE[service])
    request.body = b""
    refused(service, ask(server, request), *WRONG_SIGNATURE[service])


ALTERATIONS = {
    "query added": lambda r: r.edit_target(r.target, r.target + "?x=1"),
    "path": lambda r: r.edit_target("/", "/x"),
    "method": lambda r: setattr(r, "method", "DELETE" if r.method == "PUT" else "PUT") or r,
    "host": lambda r: r.set("Host", "localhost:1"),
    "signature": lambda r: r.set("Authorization", r.header("authorization")[:-1] + ("0" if r.header("authorization")[-1] != "0" else "1")),
    "signature cut short": lambda r: r.set("Authorization", r.header("authorization")[:-1]),
    "signature too long": lambda r: r.set("Authorization", r.header("authorization") + "0"),
}


@pytest.mark.parametrize("service", ALL)
@pytest.mark.parametrize("what", ALTERATIONS)
def test_altered_after_signing(server, nothing_changed, what, service):
    refused(service, ask(server, ALTERATIONS[what](signed(server, service))), *WRONG_SIGNATURE[service])


@pytest.mark.parametrize("service", ALL)
def test_altered_headers(server, nothing_changed, service):
    call = CALLS[service]
    extra = {"headers": {**call.get("headers", {}), "X-Amz-Meta-Colour": "red"}}
    good = signed(server, service, **extra)
    assert "x-amz-meta-colour" in good.header("authorization")
    for altered in (good.copy().set("X-Amz-Meta-Colour", "blue"), good.copy().add("X-Amz-Meta-Colour", "red"),
                    good.copy().set("X-Amz-Meta-Colour", None)):
        refused(service, ask(server, altered), *WRONG_SIGNATURE[service])


@pytest.mark.parametrize("service", ALL)
def test_blanks_are_folded_before_signing(server, service):
    headers = {**CALLS[service].get("headers", {}), "X-Amz-Meta-Colour": "red and blue"}
    request = signed(server, service, headers=headers).set("X-Amz-Meta-Colour", "  red   and blue  ")
    assert ask(server, request).status == (200 if service in SERVED else 501)


def test_s3_wants_every_x_amz_header_signed(server, nothing_changed):
    for name in ("x-amz-acl", "X-Amz-Meta-Added", "x-amz-security-token"):
        details = refused("s3", ask(server, signed(server, "s3").add(name, "public-read")), "AccessDenied", 403,
                          "There were headers present in the request which were not signed")
        assert details == {"HeadersNotSigned": name.lower()}


@pytest.mark.parametrize("service", ["organizations", "sqs"])
def test_the_operation_must_be_signed(server, service):
    target = CALLS[service]["headers"]["X-Amz-Target"]
    request = signed(server, service, headers={"Content-Type": "application/x-amz-json-1.1"}).add("X-Amz-Target", target)
    refused(service, ask(server, request), *scoped("'x-amz-target' must be a 'SignedHeader' in the AWS Authorization.")[service])


def test_the_request_line_cannot_name_another_host_than_was_signed(server, nothing_changed):
    """The absolute form, as proxies get it, overrules the Host header: then it is what must be signed."""
    other = Signer(KEY, SECRET).sign("s3", f"http://one.localhost:{server.port}/key", "GET")
    other.target = f"http://two.localhost:{server.port}/key"
    refused("s3", ask(server, other), "SignatureDoesNotMatch", 403)
    other.target = f"http://one.localhost:{server.port}/key"
    refused("s3", ask(server, other), "NoSuchBucket", 404)
    request = signed(server, "iam", host="iam.amazonaws.com")
    request.target = "https://sts.amazonaws.com/"
    refused("sts", ask(server, request), *scoped(re.escape("Credential should be scoped to correct service: 'sts'. "))["sts"])


@pytest.mark.parametrize("service,operation", [("iam", "list_users"), ("sts", "get_caller_identity"), ("ec2", "describe_instances"),
                                               ("s3", "list_buckets"), ("organizations", "describe_organization")])
def test_boto3_hears_it_as_from_aws(server, service, operation):
    call = lambda key, secret, token=None: error_of(getattr(server.raw_client(service, key, secret, token), operation))[:2]
    assert call(KEY, "wrong") == WRONG_SIGNATURE[service][:2]
    assert call("AKIANOBODY0000000000", SECRET) == UNKNOWN_KEY[service][:2]
    assert call(KEY, SECRET, "garbage") == BAD_TOKEN[service][:2]


def test_s3_wants_the_hash_of_the_body(server, nothing_changed):
    request = signed(server, "s3")
    signed_names = request.header("authorization")
    request.set("X-Amz-Content-SHA256", None)
    refused("s3", ask(server, request), "InvalidRequest", 400, "Missing required header for this request: x-amz-content-sha256")
    assert "x-amz-content-sha256" in signed_names


# ---- the clock --------------------------------------------------------------------------------------------------------
STAMP = r"\d{8}T\d{6}Z"


@pytest.mark.parametrize("service", ALL)
def test_the_request_is_too_old(server, nothing_changed, service):
    expired = rf"Signature expired: {STAMP} is now earlier than {STAMP} \({STAMP} - 15 min\.\)"
    expected = by_service(query=("SignatureDoesNotMatch", 403, expired), json=("InvalidSignatureException", 400, expired),
                          ec2=("RequestExpired", 400, "Request has expired."),
                          s3=("RequestTimeTooSkewed", 403, "The difference between the request time and the current time is too large."))[service]
    set_clock(server, 880)
    assert ask(server, signed(server, "sts")).status == 200
    set_clock(server, 910)
    details = refused(service, ask(server, signed(server, service)), *expected)
    if service == "s3":
        assert details["MaxAllowedSkewMilliseconds"] == "900000"
        assert re.fullmatch(STAMP, details["RequestTime"]) and details["ServerTime"].endswith("Z")


@pytest.mark.parametrize("service", ALL)
def test_the_request_is_of_the_future(server, nothing_changed, service):
    early = rf"Signature not yet current: {STAMP} is still later than {STAMP} \({STAMP} \+ 5 min\.\)"
    expected = by_service(query=("SignatureDoesNotMatch", 403, early), json=("InvalidSignatureException", 400, early),
                          ec2=("RequestExpired", 400, "Request has expired."),
                          s3=("RequestTimeTooSkewed", 403, "The difference between the request time and the current time is too large."))[service]
    set_clock(server, -880 if service == "s3" else -280)
    assert ask(server, signed(server, "s3" if service == "s3" else "sts", method="GET", path="/")).status in (200, 400)
    set_clock(server, -920 if service == "s3" else -320)
    refused(service, ask(server, signed(server, service)), *expected)


# ---- the query form -----------------------------------------------------------------------------------------------------
IDENTITY = "/?Action=GetCallerIdentity&Version=2011-06-15"


def presigned(server, service="sts", path=IDENTITY, signer=None, method="GET", expires=300, **extra):
    return (signer or Signer(KEY, SECRET)).presign(service, server.url + path, method, expires=expires, **extra)


def test_presigned_requests_are_served(server):
    assert ask(server, presigned(server)).status == 200
    assert ask(server, presigned(server, "s3", "/")).status == 200
    assert ask(server, presigned(server, "iam", "/?Action=ListUsers&Version=2010-05-08")).status == 200
    assert ask(server, presigned(server, "ec2", "/?Action=DescribeRegions&Version=2016-11-15")).status == 200


@pytest.mark.parametrize("name", ["Algorithm", "Credential", "Signature", "SignedHeaders", "Date", "Expires"])
def test_presigned_with_a_parameter_missing(server, name):
    cut = lambda request: re.sub(rf"(?<=[?&])X-Amz-{name}=[^&]*&?", "", request.target)
    request = presigned(server, "s3", "/")
    request.target = cut(request)
    refused("s3", ask(server, request.set("Host", HOSTS["s3"])), "AuthorizationQueryParametersError", 400,
            "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, "
            "X-Amz-SignedHeaders, and X-Amz-Expires parameters.")
    request = presigned(server)
    request.target = cut(request)
    if name == "Expires":  # others go by the date alone, but it was signed
        refused("sts", ask(server, request), *WRONG_SIGNATURE["sts"])
    else:
        refused("sts", ask(server, request.set("Host", HOSTS["sts"])), "IncompleteSignature", 400,
                f"AWS query-string parameters must include 'X-Amz-{name}'. Re-examine the query-string parameters.")


@pytest.mark.parametrize("value,message", [
    ("604801", re.escape("X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds")),
    ("-1", "X-Amz-Expires must be non-negative"), ("soon", "X-Amz-Expires should be a number"), ("1e3", "X-Amz-Expires should be a number"),
    ("99999999999999999999", "X-Amz-Expires must be less than a week.*")])
def test_presigned_for_too_long(server, value, message):
    refused("s3", ask(server, presigned(server, "s3", "/", expires=value)), "AuthorizationQueryParametersError", 400, message)
    assert ask(server, presigned(server, "s3", "/", expires="604800")).status == 200


def test_presigned_and_over(server):
    s3 = server.client("s3")
    s3.create_bucket(Bucket="bbb")
    s3.put_object(Bucket="bbb", Key="k", Body=b"x")
    request = presigned(server, "s3", "/bbb/k", expires=3600)
    assert ask(server, request).body == b"x"
    set_clock(server, 3580)
    assert ask(server, request).body == b"x"
    set_clock(server, 3610)
    details = refused("s3", ask(server, request), "AccessDenied", 403, "Request has expired")
    assert details["X-Amz-Expires"] == "3600" and details["Expires"].endswith("Z") and details["ServerTime"].endswith("Z")
    # Other services know no Expires: a quarter of an hour, whatever it says.
    request = presigned(server, expires=86400)
    refused("sts", ask(server, request), "SignatureDoesNotMatch", 403, "Signature expired: .*")


def test_presigned_and_not_yet(server):
    set_clock(server, -1000)
    refused("s3", ask(server, presigned(server, "s3", "/")), "AccessDenied", 403, "Request is not valid yet")
    refused("sts", ask(server, presigned(server)), "SignatureDoesNotMatch", 403, "Signature not yet current: .*")


def test_presigned_and_altered(server, nothing_changed):
    for spoil in (lambda r: r.edit_target("/b/k", "/b/l"), lambda r: r.edit_target("X-Amz-Expires=300", "X-Amz-Expires=301"),
                  lambda r: r.edit_target(r.target, r.target + "&response-content-type=text/html"), lambda r: setattr(r, "method", "PUT") or r,
                  lambda r: setattr(r, "method", "DELETE") or r, lambda r: setattr(r, "method", "HEAD") or r,
                  lambda r: r.set("Host", "localhost:1")):
        request = spoil(presigned(server, "s3", "/b/k"))
        answer = ask(server, request)
        if request.method == "HEAD":
            assert (answer.status, answer.body) == (403, b"")
        else:
            refused("s3", answer, "SignatureDoesNotMatch", 403, S3_MISMATCH)
    refused("iam", ask(server, presigned(server, "iam", "/?Action=ListUsers&Version=2010-05-08").edit_target("ListUsers", "ListRoles")),
            *WRONG_SIGNATURE["iam"])
    create = presigned(server, "iam", "/?Action=CreateUser&Version=2010-05-08&UserName=mallory")
    create.body, create.method = b"UserName=mallory", "POST"
    refused("iam", ask(server, create), *WRONG_SIGNATURE["iam"])


def test_presigned_parameters_twice_or_misspelt(server):
    request = presigned(server, "s3", "/")
    refused("s3", ask(server, request.copy().edit_target("X-Amz-Expires", "X-Amz-Expires=1&X-Amz-Expires")), "InvalidArgument", 400)
    # A parameter by another name is none: the caller is anonymous, and anonymous callers may not list buckets.
    request.target = re.sub("X-Amz", "x-amz", request.target)
    refused("s3", ask(server, request), "AccessDenied", 403, "Access Denied")


@pytest.mark.parametrize("spoil,code,status,message", [
    (lambda r: r.edit_target("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1"), "AuthorizationQueryParametersError", 400,
     'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"'),
    (lambda r: r.edit_target("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"), "InvalidRequest", 400, "The authorization mechanism .*"),
    (lambda r: r.edit_target("%2Faws4_request", ""), "AuthorizationQueryParametersError", 400,
     'Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting '
     '"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".'),
    (lambda r: setattr(r, "target", re.sub("X-Amz-Date=[^&]*", "X-Amz-Date=today", r.target)) or r, "AuthorizationQueryParametersError", 400,
     re.escape("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"")),
])
def test_presigned_s3_that_cannot_be_read(server, spoil, code, status, message):
    refused("s3", ask(server, spoil(presigned(server, "s3", "/"))), code, status, message)


def test_signature_version_2_in_the_query(server):
    target = f"/b/k?AWSAccessKeyId={KEY}&Expires=1999999999&Signature=c2ln"
    refused("s3", ask(server, Request("GET", target, [("Host", HOSTS["s3"])])), "InvalidRequest", 400, "The authorization mechanism .*")
    target = f"/?Action=DescribeRegions&Version=2016-11-15&AWSAccessKeyId={KEY}&SignatureVersion=2&Signature=c2ln"
    refused("ec2", ask(server, Request("GET", target, [("Host", HOSTS["ec2"])])), "IncompleteSignature", 400, "AWS Signature Version 2 .*")


# ---- sessions ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def role(server):
    iam = server.client("iam")
    trust = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": DEV}, "Action": "sts:AssumeRole"}}
    made = iam.create_role(RoleName="worker", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    iam.put_role_policy(RoleName="worker", PolicyName="all", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}))
    return made["Arn"]


def session_of(server, role, seconds=900):
    got = server.client("sts").assume_role(RoleArn=role, RoleSessionName="session", DurationSeconds=seconds)["Credentials"]
    return Signer(got["AccessKeyId"], got["SecretAccessKey"], got["SessionToken"])


@pytest.mark.parametrize("service", ALL)
def test_session_tokens(server, nothing_changed, role, service):
    good, other = session_of(server, role), session_of(server, role)
    assert ask(server, signed(server, "sts", good)).status == 200
    # Missing: a session's key alone is nobody's.
    refused(service, ask(server, signed(server, service, Signer(good.key, good.secret))), *UNKNOWN_KEY[service])
    for token in ("garbage", other.token, good.token[:-4] + "AAAA", good.token[1:], good.token + "AAAA", good.token.swapcase(), "é" * 10, "A" * 4000):
        token = token.encode().decode("latin-1")
        refused(service, ask(server, signed(server, service, Signer(good.key, good.secret, token))), *BAD_TOKEN[service])
    # Of another key: with a long-lived key too.
    refused(service, ask(server, signed(server, service, Signer(KEY, SECRET, good.token))), *BAD_TOKEN[service])
    refused(service, ask(server, signed(server, service, Signer(good.key, "wrong", good.token))), *WRONG_SIGNATURE[service])


@pytest.mark.parametrize("service", ALL)
def test_sessions_that_are_over(server, nothing_changed, role, service):
    session = session_of(server, role)
    expected = by_service(query=("ExpiredToken", 403, "The security token included in the request is expired"),
                          json=("ExpiredTokenException", 400, "The security token included in the request is expired"),
                          ec2=("RequestExpired", 400, "Request has expired."), s3=("ExpiredToken", 400, "The provided token has expired."))[service]
    set_clock(server, 890)
    assert ask(server, signed(server, "sts", session)).status == 200
    # 15 minutes is the shortest session and the oldest signature, so the session is made by a clock that is behind.
    set_clock(server, -200)
    session = session_of(server, role)
    set_clock(server, 800)
    refused(service, ask(server, signed(server, service, session)), *expected)


@pytest.mark.parametrize("service", ALL)
def test_the_session_of_a_deleted_role(server, nothing_changed, role, service):
    session = session_of(server, role)
    iam = server.client("iam")
    iam.delete_role_policy(RoleName="worker", PolicyName="all")
    iam.delete_role(RoleName="worker")
    refused(service, ask(server, signed(server, service, session)), *UNKNOWN_KEY[service])
    # Not of its successor of the same name either.
    trust = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": DEV}, "Action": "sts:AssumeRole"}}
    iam.create_role(RoleName="worker", AssumeRolePolicyDocument=json.dumps(trust))
    refused(service, ask(server, signed(server, service, session)), *UNKNOWN_KEY[service])


@pytest.mark.parametrize("service", ALL)
def test_the_session_of_a_deleted_user(server, nothing_changed, dev_user, service):
    got = server.client("sts", user=(dev_user.key, dev_user.secret)).get_session_token()["Credentials"]
    session = Signer(got["AccessKeyId"], got["SecretAccessKey"], got["SessionToken"])
    assert ask(server, signed(server, "sts", session)).status == 200
    iam = server.client("iam")
    iam.delete_user_policy(UserName="alice", PolicyName="inline")
    iam.delete_access_key(UserName="alice", AccessKeyId=dev_user.key)
    iam.delete_user(UserName="alice")
    refused(service, ask(server, signed(server, service, session)), *UNKNOWN_KEY[service])
    refused(service, ask(server, signed(server, service, dev_user)), *UNKNOWN_KEY[service])


def test_presigned_with_a_session_token(server, role):
    session = session_of(server, role)
    assert ask(server, presigned(server, signer=session)).status == 200
    assert ask(server, presigned(server, "s3", "/", signer=session)).status == 200
    cut = presigned(server, "s3", "/", signer=session)
    cut.target = re.sub("X-Amz-Security-Token=[^&]*&", "", cut.target)
    refused("s3", ask(server, cut), *UNKNOWN_KEY["s3"])
    wrong = presigned(server, "s3", "/", signer=Signer(session.key, session.secret, "garbage"))
    refused("s3", ask(server, wrong), *BAD_TOKEN["s3"])


# ---- refusals do not end the connection ---------------------------------------------------------------------------------
def test_a_refused_caller_may_try_again_on_the_same_connection(server):
    with Wire(server) as wire:
        for service in ALL:
            refused(service, wire.ask(signed(server, service, Signer(KEY, "wrong"))), *WRONG_SIGNATURE[service])
        assert wire.ask(signed(server, "sts")).status == 200
