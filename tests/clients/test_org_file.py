"""Organization files through the program: what the server then does, a second start, files with mistakes.

The shapes of files are tried in src/seed/generated_test.cc; here is what only a running server shows.
"""
import json

import pytest

from conftest import error_of
from test_contract import rolecall, running

# Two organizations of one server are two files: the second start adds the second. Units stand side by side under both roots.
FIRST = """
accounts:
  - {name: head, id: "100000000000"}
  - name: red
    id: "100000000001"
    users:
      - {name: rose, attach: [AdministratorAccess], access_keys: [{id: AKIAROSE000000000000, secret: rose-secret-0000000000000000000000000000}]}
    roles:
      - name: Reader
        attach: [IAMReadOnlyAccess]
        trust: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {AWS: "*"}, Action: "sts:AssumeRole",
                Condition: {StringEquals: {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}}}]}
    buckets:
      - name: red-pictures
        policy: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: "*", Action: "s3:ListBucket", Resource: "arn:aws:s3:::red-pictures"}]}
  - name: blue
    id: "100000000002"
    users:
      - {name: bill, attach: [AdministratorAccess], access_keys: [{id: AKIABILL000000000000, secret: bill-secret-0000000000000000000000000000}]}
organization:
  management: head
  units: [{name: Left, accounts: [red]}, {name: Right, units: [{name: Inner, accounts: [blue]}]}]
  policies:
    - {name: NoUsers, type: scp, attach: [Right], document: {Version: "2012-10-17", Statement: [{Effect: Deny, Action: "iam:CreateUser", Resource: "*"}]}}
"""
SECOND = """
accounts:
  - name: other
    id: "200000000000"
    users:
      - {name: olga, attach: [AdministratorAccess], access_keys: [{id: AKIAOLGA000000000000, secret: olga-secret-0000000000000000000000000000}]}
organization:
  management: other
"""
READER = "arn:aws:iam::100000000001:role/Reader"


def client(server, service, name):
    return server.client(service, f"AKIA{name.upper()}000000000000", f"{name}-secret-" + "0" * 28)


def test_what_the_file_says_holds_in_its_own_organization(tmp_path):
    data, file = tmp_path / "data", tmp_path / "org.yaml"
    for text in (FIRST, FIRST, SECOND):
        file.write_text(text)
        with running(tmp_path, "--data", data, "--org", file) as server:
            assert client(server, "iam", "rose").get_role(RoleName="Reader")["Role"]["Arn"] == READER
            assert client(server, "s3", "rose").get_bucket_policy_status(Bucket="red-pictures")["PolicyStatus"]["IsPublic"]
            rose = client(server, "iam", "rose")
            rose.create_user(UserName="made")
            rose.delete_user(UserName="made")
            code, _, message = error_of(client(server, "iam", "bill").create_user, UserName="made")
            assert code == "AccessDenied" and "explicit deny in a service control policy" in message
            # The whole organization may assume the role, by its condition; nobody else.
            client(server, "sts", "bill").assume_role(RoleArn=READER, RoleSessionName="session")
            if text == SECOND:
                assert client(server, "iam", "olga").create_user(UserName="made")["User"]["Path"] == "/"
                assert error_of(client(server, "sts", "olga").assume_role, RoleArn=READER, RoleSessionName="session")[0] == "AccessDenied"


@pytest.mark.parametrize("change, told", [
    (("management: head", "management: nobody"), "org.yaml:21:15: the file has no account `nobody`"),
    (("name: Right,", "nmae: Right,"), "a unit has no key `nmae`; did you mean `name`?"),
    (("accounts: [red]", "accounts: [red, blue]"), "`blue` is under two units"),
    (("attach: [Right]", "attach: [Wrong]"), "`Wrong` is neither root, a unit's path nor an account"),
    (("accounts:\n", "accounts: &a\n  - *a\n"), "nested too deeply"),
    (("Effect: Deny", "Effect: Dney"), "MalformedPolicyDocument"),
])
def test_a_mistake_changes_nothing(tmp_path, change, told):
    data, file = tmp_path / "data", tmp_path / "org.yaml"
    wrong = FIRST.replace(*change, 1)
    assert wrong != FIRST
    file.write_text(wrong)
    done = rolecall("dev", "--listen", "127.0.0.1:0", "--data", data, "--org", file)
    assert done.returncode != 0 and told in done.stderr, done.stderr
    for line in done.stderr.splitlines():
        assert "secret-0" not in line, "no secret in a message"
    # The same folder starts with a right file, as if nothing had been.
    file.write_text(SECOND)
    with running(tmp_path, "--data", data, "--org", file) as server:
        assert [user["UserName"] for user in client(server, "iam", "olga").list_users()["Users"]] == ["olga"]
        trust = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "100000000001"},
                                                                    "Action": "sts:AssumeRole"}]})
        client(server, "iam", "olga").create_role(RoleName="r", AssumeRolePolicyDocument=trust)
        with pytest.raises(Exception):
            client(server, "sts", "rose").get_caller_identity()
