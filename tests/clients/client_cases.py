"""The table of test_client_differential.py: files and environments, and why each is there.

A case is (name, why, config, credentials, environment, command words). `{home}` in any text is the test's folder. What the two programs
print and their exit statuses are compared, and the two files afterwards.
"""

KEYS = "aws_access_key_id = AKIACONFIG\naws_secret_access_key = configsecret\n"
CREDS = "[default]\naws_access_key_id = AKIASHARED\naws_secret_access_key = sharedsecret\n"
ROLE = "role_arn = arn:aws:iam::222222222222:role/R\n"
ENV_KEYS = {"AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "envsecret"}
PROCESS = '{{"Version": 1, "AccessKeyId": "AKIAPROC", "SecretAccessKey": "procsecret"{more}}}'


def process(more="", status=0):
    text = PROCESS.format(more=more)
    return f"credential_process = sh -c 'cat {{home}}/answer; exit {status}'\n", text


EXPORT = ["configure", "export-credentials"]
LIST = ["configure", "list"]
PROFILES = ["configure", "list-profiles"]


def get(name, *more):
    return ["configure", "get", name, *more]


def put(name, value, *more):
    return ["configure", "set", name, value, *more]


CASES = []


def case(name, why, words, config=None, credentials=None, env=None, answer=None, stdin=None, files=None):
    CASES.append(dict(name=name, why=why, words=words, config=config, credentials=credentials, env=env or {}, answer=answer, stdin=stdin,
                      files=files or {}))


# ---- the INI dialect, seen through `configure get` --------------------------------------------------------------------------------------
GRAMMAR = [
    ("equals", "the usual form", "[default]\nregion = a\n"),
    ("colon", "`:` delimits too", "[default]\nregion: a\n"),
    ("tight", "no blanks around the delimiter", "[default]\nregion=a\n"),
    ("first-delimiter", "the first delimiter counts", "[default]\nregion = a=b:c\n"),
    ("colon-before-equals", "whichever comes first", "[default]\nregion:a=b\n"),
    ("inline-comment", "no inline comments", "[default]\nregion = a # b\n"),
    ("semicolon-inline", "nor with a semicolon", "[default]\nregion = a ; b\n"),
    ("hash-comment", "comment lines", "# x\n[default]\n# y\nregion = a\n"),
    ("indented-comment", "an indented comment is a comment", "[default]\n   # y\nregion = a\n"),
    ("upper-key", "keys are lower-cased", "[default]\nREGION = a\n"),
    ("crlf", "CR LF", "[default]\r\nregion = a\r\n"),
    ("no-last-newline", "the last line feed may be missing", "[default]\nregion = a"),
    ("empty-value", "an empty value is a value", "[default]\nregion =\n"),
    ("empty-value-blanks", "blanks are no value", "[default]\nregion =    \n"),
    ("percent", "no interpolation", "[default]\nregion = %(x)s\n"),
    ("quotes-stay", "quotes belong to the value", "[default]\nregion = \"a\"\n"),
    ("continued", "a more indented line continues", "[default]\nregion = a\n  b\n"),
    ("continued-blank", "blank lines inside a value stay", "[default]\nregion = a\n\n  b\noutput = c\n"),
    ("indented-keys", "all keys indented alike", "[default]\n  region = a\n  output = b\n"),
    ("indented-header", "an indented header", "  [default]\nregion = a\n"),
    ("text-after-header", "text after the bracket is ignored", "[default] x\nregion = a\n"),
    ("DEFAULT", "[DEFAULT] gives defaults to all", "[DEFAULT]\nregion = d\n[default]\noutput = x\n"),
    ("DEFAULT-loses", "a section's own value wins", "[DEFAULT]\nregion = d\n[default]\nregion = x\n"),
    ("DEFAULT-alone", "[DEFAULT] is no profile", "[DEFAULT]\nregion = d\n"),
    ("profile-default", "[profile default] is default", "[profile default]\nregion = a\n"),
    ("both-defaults", "the later default replaces", "[default]\nregion = a\noutput = x\n[profile default]\nregion = b\n"),
    ("both-defaults-other-way", "the later default replaces wholly", "[profile default]\nregion = b\n[default]\noutput = x\n"),
    ("bom", "a byte order mark is an error", "\ufeff[default]\nregion = a\n"),
    ("dup-section", "a section twice is an error", "[default]\nregion = a\n[default]\noutput = b\n"),
    ("dup-key", "a key twice is an error", "[default]\nregion = a\nregion = b\n"),
    ("dup-key-case", "a key twice in another case too", "[default]\nregion = a\nREGION = b\n"),
    ("no-delimiter", "a key without a value is an error", "[default]\nregion\n"),
    ("no-section", "a key before any section is an error", "region = a\n"),
    ("empty-key", "a value without a key is an error", "[default]\n= a\n"),
    ("bad-map", "a map's line without `=` is an error", "[default]\ns3 =\n  word\nregion = a\n"),
    ("colon-map", "maps know `=` only", "[default]\ns3 =\n  a: b\nregion = a\n"),
    ("unknown-section", "other sections do not disturb", "[x]\na = b\n[default]\nregion = a\n"),
    ("open-quote", "an open quotation is no profile", "[profile 'x]\na = b\n[default]\nregion = a\n"),
    ("tabs", "tabs are blanks", "[default]\n\tregion\t=\ta\t\n"),
    ("unicode", "UTF-8 values", "[default]\nregion = é→\n"),
    ("empty-file", "nothing at all", ""),
    ("only-comments", "comments only", "# a\n; b\n"),
    ("long-value", "long lines", "[default]\nregion = " + "x" * 5000 + "\n"),
    ("empty-header", "[] is no header", "[]\nregion = a\n"),
    ("bracket-in-name", "the last bracket closes", "[profile a]b]\nregion = q\n[default]\nregion = a\n"),
]
for name, why, text in GRAMMAR:
    case("grammar-" + name, why, get("region"), config=text)
    if name not in ("long-value", "empty-file", "only-comments", "hash-comment"):
        case("grammar-creds-" + name, why + " (credentials file)", get("region"), credentials=text)

case("map-get", "a map's line by its dotted name", get("default.s3.a"), config="[default]\ns3 =\n  a = 1\n  B = 2\n")
case("map-get-case", "a map's keys keep their case", get("default.s3.b"), config="[default]\ns3 =\n  a = 1\n  B = 2\n")
case("map-get-unqualified", "without a profile in front", get("s3.a"), config="[default]\ns3 =\n  a = 1\n")
case("map-itself", "a map is not printed", get("s3"), config="[default]\ns3 =\n  a = 1\n")
case("map-of-text", "a line of what is no map", get("default.region.a"), config="[default]\nregion = a\n")
case("get-nothing", "not set: silence and 1", get("region"), config="[default]\noutput = a\n")
case("get-no-files", "no files at all", get("region"))
case("get-profile", "a profile in full", get("profile.p.region"), config="[profile p]\nregion = a\n")
case("get-profile-short", "a known profile's name in front", get("p.region"), config="[profile p]\nregion = a\n")
case("get-profile-option", "--profile", get("region", "--profile", "p"), config="[profile p]\nregion = a\n")
case("get-profile-missing", "a missing profile", get("region", "--profile", "q"), config="[profile p]\nregion = a\n")
case("get-profile-dotted-missing", "a missing profile, dotted", get("profile.q.region"), config="[profile p]\nregion = a\n")
case("get-profile-cut", "a dotted name cut short", get("profile.p"), config="[profile p]\nregion = a\n")
case("get-dotted-default", "default in front", get("default.region"), config="[default]\nregion = a\n")
case("get-plugins", "the one section that is no profile", get("plugins.x"), config="[plugins]\nx = a\n")
case("get-quoted", "a profile with blanks", get("region", "--profile", "a b"), config='[profile "a b"]\nregion = a\n')
case("get-three-words", "three words are no profile", get("region", "--profile", "a"), config="[profile a b]\nregion = a\n")
case("get-AWS_PROFILE", "AWS_PROFILE", get("region"), config="[profile p]\nregion = a\n", env={"AWS_PROFILE": "p"})
case("get-AWS_DEFAULT_PROFILE", "AWS_DEFAULT_PROFILE", get("region"), config="[profile p]\nregion = a\n", env={"AWS_DEFAULT_PROFILE": "p"})
case("get-both-variables", "version 2 reads AWS_PROFILE first", get("region"), config="[profile p]\nregion = a\n[profile q]\nregion = b\n",
     env={"AWS_PROFILE": "p", "AWS_DEFAULT_PROFILE": "q"})
case("get-option-over-variable", "--profile over AWS_PROFILE", get("region", "--profile", "q"),
     config="[profile p]\nregion = a\n[profile q]\nregion = b\n", env={"AWS_PROFILE": "p"})
case("get-empty-AWS_PROFILE", "an empty AWS_PROFILE is a name", get("region"), config="[default]\nregion = a\n", env={"AWS_PROFILE": ""})
case("get-merged", "credentials win key by key", get("region"), config="[default]\nregion = a\noutput = c\n", credentials="[default]\nregion = b\n")
case("get-merged-other-key", "and leave the rest", get("output"), config="[default]\nregion = a\noutput = c\n", credentials="[default]\nregion = b\n")
case("get-missing-argument", "usage", ["configure", "get"])
case("get-tilde", "~ in AWS_CONFIG_FILE", get("region"), config="[default]\nregion = a\n", env={"AWS_CONFIG_FILE": "~/config"})
case("get-variable-in-path", "$HOME in AWS_CONFIG_FILE", get("region"), config="[default]\nregion = a\n", env={"AWS_CONFIG_FILE": "$HOME/config"})

# ---- list-profiles ----------------------------------------------------------------------------------------------------------------------
case("profiles-order", "config first, then what only credentials have", PROFILES, config="[profile b]\n[default]\n[profile a]\n",
     credentials="[z]\n[a]\n")
case("profiles-none", "no files", PROFILES)
case("profiles-odd", "what counts as a profile", PROFILES, config='[profile "a b"]\n[profile c d]\n[profilee]\n[x]\n[profile\tt]\n[sso-session s]\n')
case("profiles-creds-verbatim", "credentials' sections are names verbatim", PROFILES, credentials="[profile x]\n[ y ]\n")
case("profiles-replaced", "a replaced default keeps its place", PROFILES, config="[default]\n[profile a]\n[profile default]\n")

# ---- configure set ----------------------------------------------------------------------------------------------------------------------
SETS = [
    ("new-file", "both files missing", None, put("region", "x")),
    ("new-profile", "a profile's section", None, put("profile.dev.region", "x")),
    ("new-profile-option", "--profile", None, put("region", "x", "--profile", "dev")),
    ("new-profile-blanks", "a name with blanks", None, put("region", "x", "--profile", "a b")),
    ("existing", "in place", "[default]\nregion = a\noutput = b\n", put("region", "x")),
    ("existing-tight", "the line's form changes", "[default]\nregion=a\n", put("region", "x")),
    ("existing-middle", "other sections stay", "[profile a]\nk = v\n\n[default]\nregion = a\n\n[profile b]\n", put("region", "x")),
    ("added-middle", "below the last setting", "[default]\noutput = b\n\n[profile b]\nk = v\n", put("region", "x")),
    ("added-last", "in the last section", "[profile b]\nk = v\n\n[default]\noutput = b\n", put("region", "x")),
    ("added-last-blank", "a blank line at the end", "[default]\noutput = b\n\n", put("region", "x")),
    ("added-last-comment", "a comment at the end", "[default]\noutput = b\n# the end\n", put("region", "x")),
    ("added-empty-section", "a section without settings", "[default]\n[profile b]\nk = v\n", put("region", "x")),
    ("comments", "comments stay", "# a\n[default]\n# region = z\nregion = a\n; b\n", put("region", "x")),
    ("no-newline", "no line feed at the end", "[default]\noutput = b", put("region", "x")),
    ("no-newline-new-section", "no line feed, a new section", "[default]\noutput = b", put("region", "x", "--profile", "dev")),
    ("quoted", "a quoted section is found", '[profile "dev"]\nregion = a\n', put("region", "x", "--profile", "dev")),
    ("quoted-blanks", "a quoted section with blanks", '[profile "a b"]\nregion = a\n', put("profile.a b.region", "x")),
    ("map-new", "a new map", "[default]\noutput = b\n", put("s3.a", "1")),
    ("map-new-default", "a new map, by default's name", "[default]\noutput = b\n", put("default.s3.a", "1")),
    ("map-new-profile", "a new map of a profile", None, put("profile.dev.s3.a", "1")),
    ("map-replace", "a map's line", "[default]\ns3 =\n    a = 0\n    b = 2\n", put("s3.a", "1")),
    ("map-add-end", "a further line at the end", "[default]\ns3 =\n    a = 0\n", put("s3.b", "1")),
    ("map-add-before-key", "a further line before a setting", "[default]\ns3 =\n    a = 0\noutput = b\n", put("s3.b", "1")),
    ("map-add-before-section", "a further line before a section", "[default]\ns3 =\n    a = 0\n[profile b]\nk = v\n", put("s3.b", "1")),
    ("value-equals", "values with delimiters", "[default]\n", put("region", "a=b:c # d")),
    ("value-empty", "an empty value", "[default]\nregion = a\n", put("region", "")),
    ("key", "keys go to credentials", None, put("aws_access_key_id", "A")),
    ("secret-profile", "a profile's secret", None, put("aws_secret_access_key", "S", "--profile", "dev")),
    ("token", "the token too", None, put("profile.dev.aws_session_token", "T")),
    ("old-token", "the token's old name stays in config", None, put("profile.dev.aws_security_token", "T")),
    ("plugins", "the plugins section", None, put("plugins.x", "y")),
    ("default-dotted", "default.KEY", "[default]\n", put("default.region", "x")),
    ("role", "as walkthrough A types it", "[default]\nregion = a\n", put("profile.prod.role_arn", "arn:aws:iam::222222222222:role/R")),
    ("AWS_PROFILE", "AWS_PROFILE counts", "[default]\nregion = a\n", put("region", "x")),
    ("missing-value", "usage", None, ["configure", "set", "region"]),
    ("cut", "a dotted name cut short", None, ["configure", "set", "profile.dev", "x"]),
    ("part-of-plugins", "a profile whose name is a part of `plugins`", None, put("profile.p.region", "x")),
]
for name, why, config, words in SETS:
    case("set-" + name, why, words, config=config, env={"AWS_PROFILE": "envp"} if name == "AWS_PROFILE" else {})

case("configure-new", "the four questions", ["configure"], stdin="AKIA\nsecret\neu-west-1\njson\n")
case("configure-keep", "nothing typed changes nothing", ["configure"], stdin="\n\n\n\n", config="[default]\nregion = a\n", credentials=CREDS)
case("configure-region-only", "only the region", ["configure"], stdin="\n\nx\n\n", config="[default]\nregion = a\n", credentials=CREDS)
case("configure-keys-only", "only keys: the config section is made too", ["configure"], stdin="A\nS\n\n\n")
case("configure-profile", "a new profile", ["configure", "--profile", "p"], stdin="A\nS\nr\n\n")
case("import", "the console's file", ["configure", "import", "--csv", "file://{home}/keys.csv"],
     files={"keys.csv": "User name,Password,Access key ID,Secret access key,Console login link\nbea,,AKIA,secret,https://x\n"})
case("import-bom", "with a byte order mark", ["configure", "import", "--csv", "file://{home}/keys.csv"],
     files={"keys.csv": "\ufeffUser Name,Access key ID,Secret access key\nbea,AKIA,secret\nbob,AKIB,secret2\n"})
case("import-prefix", "a prefix", ["configure", "import", "--csv", "file://{home}/keys.csv", "--profile-prefix", "x-"],
     files={"keys.csv": "User Name,Access key ID,Secret access key\nbea,AKIA,secret\n"})
case("import-bad-row", "a row without a key", ["configure", "import", "--csv", "file://{home}/keys.csv"],
     files={"keys.csv": "User Name,Access key ID,Secret access key\nbea,,secret\n"})
case("import-skip", "and passed over", ["configure", "import", "--csv", "file://{home}/keys.csv", "--skip-invalid"],
     files={"keys.csv": "User Name,Access key ID,Secret access key\nbea,,secret\nbob,AKIB,s\n"})
case("import-no-header", "a header is missing", ["configure", "import", "--csv", "file://{home}/keys.csv"], files={"keys.csv": "a,b\n1,2\n"})
case("import-empty", "nothing in it", ["configure", "import", "--csv", "file://{home}/keys.csv"], files={"keys.csv": " \n"})

# ---- configure list ---------------------------------------------------------------------------------------------------------------------
case("list-nothing", "nothing configured", LIST)
case("list-config", "keys in config", LIST, config="[default]\nregion = a\n" + KEYS)
case("list-shared", "keys in credentials", LIST, config="[default]\nregion = a\n", credentials=CREDS)
case("list-env", "keys and region in the environment", LIST, env={**ENV_KEYS, "AWS_REGION": "r1", "AWS_DEFAULT_REGION": "r2"})
case("list-default-region", "AWS_DEFAULT_REGION alone", LIST, env={"AWS_DEFAULT_REGION": "r2"})
case("list-profile", "--profile", [*LIST, "--profile", "p"], config="[profile p]\nregion = a\n" + KEYS)
case("list-profile-env", "AWS_PROFILE", LIST, config="[profile p]\nregion = a\n" + KEYS, env={"AWS_PROFILE": "p"})
case("list-missing", "a missing profile", [*LIST, "--profile", "q"])
case("list-short-key", "keys of fewer than four letters", LIST, config="[default]\naws_access_key_id = A\naws_secret_access_key = B\n")

# ---- the provider chain, seen through export-credentials ----------------------------------------------------------------------------------
case("chain-config", "the config file's keys", EXPORT, config="[default]\n" + KEYS)
case("chain-shared", "the credentials file's keys", EXPORT, credentials=CREDS)
case("chain-shared-first", "credentials before config", EXPORT, config="[default]\n" + KEYS, credentials=CREDS)
case("chain-env", "the environment before files", EXPORT, credentials=CREDS, env=ENV_KEYS)
case("chain-env-profile", "--profile removes the environment", [*EXPORT, "--profile", "default"], credentials=CREDS, env=ENV_KEYS)
case("chain-env-AWS_PROFILE", "AWS_PROFILE does not", EXPORT, credentials=CREDS, env={**ENV_KEYS, "AWS_PROFILE": "default"})
case("chain-env-token", "AWS_SESSION_TOKEN", EXPORT, env={**ENV_KEYS, "AWS_SESSION_TOKEN": "t"})
case("chain-env-old-token", "AWS_SECURITY_TOKEN is read first", EXPORT, env={**ENV_KEYS, "AWS_SESSION_TOKEN": "t", "AWS_SECURITY_TOKEN": "o"})
case("chain-env-empty-key", "an empty variable is none", EXPORT, credentials=CREDS, env={"AWS_ACCESS_KEY_ID": ""})
case("chain-env-half", "half a pair", EXPORT, credentials=CREDS, env={"AWS_ACCESS_KEY_ID": "A"})
case("chain-env-expiration", "AWS_CREDENTIAL_EXPIRATION", EXPORT, env={**ENV_KEYS, "AWS_CREDENTIAL_EXPIRATION": "2099-01-01T00:00:00Z"})
case("chain-token", "a session token in credentials", EXPORT, credentials=CREDS + "aws_session_token = t\n")
case("chain-old-token", "the token under its old name (walkthrough C)", [*EXPORT, "--profile", "TempCred"],
     config="[profile TempCred]\n" + KEYS + "aws_security_token = o\n")
case("chain-both-tokens", "the old name first", EXPORT, credentials=CREDS + "aws_session_token = t\naws_security_token = o\n")
case("chain-half-config", "half a pair in config", EXPORT, config="[default]\naws_access_key_id = A\n")
case("chain-half-shared", "half a pair in credentials", EXPORT, credentials="[default]\naws_access_key_id = A\n")
case("chain-secret-alone", "a secret without an id is nothing", EXPORT, credentials="[default]\naws_secret_access_key = A\n")
case("chain-none", "nothing anywhere", EXPORT)
case("chain-missing", "a missing profile", [*EXPORT, "--profile", "nope"])
case("chain-keys-across-files", "a pair is taken from one file", EXPORT, config="[default]\naws_secret_access_key = S\n",
     credentials="[default]\naws_access_key_id = A\n")
for form in ("env", "env-no-export", "powershell", "windows-cmd", "process"):
    case("format-" + form, "the form " + form, [*EXPORT, "--format", form], credentials=CREDS + "aws_session_token = t/+=\n")
    case("format-" + form + "-expiry", "with an end", [*EXPORT, "--format", form], env={**ENV_KEYS, "AWS_CREDENTIAL_EXPIRATION": "2099-01-01T00:00:00Z"})

line, text = process()
case("process", "a credential_process", EXPORT, config="[default]\n" + line, answer=text)
line, text = process(', "SessionToken": "tok"')
case("process-token", "with a token", EXPORT, config="[default]\n" + line, answer=text)
line, text = process(', "SessionToken": "tok", "Expiration": "2099-01-01T00:00:00Z"')
case("process-expiration", "with an end", EXPORT, config="[default]\n" + line, answer=text)
line, text = process(', "Expiration": "2000-01-01T00:00:00Z"')
case("process-expired", "that is over", EXPORT, config="[default]\n" + line, answer=text)
case("process-version", "an unknown version", EXPORT, config="[default]\n" + line, answer='{"Version": 2}')
case("process-no-version", "no version", EXPORT, config="[default]\n" + line, answer="{}")
case("process-no-secret", "a member missing", EXPORT, config="[default]\n" + line, answer='{"Version": 1, "AccessKeyId": "A"}')
case("process-fails", "a command that fails", EXPORT, config="[default]\ncredential_process = sh -c 'echo no luck >&2; exit 3'\n")
case("process-missing", "a command that is not there", EXPORT, config="[default]\ncredential_process = /no/such/bin --x\n")
case("process-quoted", "words are split as a shell does", EXPORT,
     config="[default]\ncredential_process = printf '{\"Version\":1,\"AccessKeyId\":\"%s\",\"SecretAccessKey\":\"s\"}' \"a b\"\n")
case("process-before-config-keys", "before the config file's keys", EXPORT, config="[default]\n" + KEYS + line, answer=PROCESS.format(more=""))
case("process-after-shared", "after the credentials file's", EXPORT, config="[default]\n" + line, credentials=CREDS, answer=PROCESS.format(more=""))
case("role-both-sources", "source_profile and credential_source", [*EXPORT, "--profile", "p"],
     config="[default]\n" + KEYS + "[profile p]\n" + ROLE + "source_profile = default\ncredential_source = Environment\n")
case("role-no-source", "neither", [*EXPORT, "--profile", "p"], config="[profile p]\n" + ROLE)
case("role-loop", "a loop, named", [*EXPORT, "--profile", "a"],
     config="[profile a]\n" + ROLE + "source_profile = b\n[profile b]\n" + ROLE + "source_profile = a\n")
case("role-loop-of-three", "a longer one", [*EXPORT, "--profile", "a"],
     config="[profile a]\n" + ROLE + "source_profile = b\n[profile b]\n" + ROLE + "source_profile = c\n[profile c]\n" + ROLE + "source_profile = b\n")
case("role-self", "itself, without keys", [*EXPORT, "--profile", "a"], config="[profile a]\n" + ROLE + "source_profile = a\n")
case("role-source-missing", "the source does not exist", [*EXPORT, "--profile", "a"], config="[profile a]\n" + ROLE + "source_profile = nope\n")
case("role-source-empty", "the source has nothing", [*EXPORT, "--profile", "a"], config="[profile a]\n" + ROLE + "source_profile = e\n[profile e]\noutput = x\n")
case("role-bad-credential-source", "spelling counts", [*EXPORT, "--profile", "a"], config="[profile a]\n" + ROLE + "credential_source = environment\n")
case("role-empty-environment", "credential_source without credentials", [*EXPORT, "--profile", "a"],
     config="[profile a]\n" + ROLE + "credential_source = Environment\n")
case("web-no-file", "no token file", [*EXPORT, "--profile", "a"], config="[profile a]\n" + ROLE + "web_identity_token_file = /no/such/token\n")
case("web-no-role", "no role", [*EXPORT, "--profile", "a"], config="[profile a]\nweb_identity_token_file = /no/such/token\n")
case("sso-incomplete", "settings missing", [*EXPORT, "--profile", "a"], config="[profile a]\nsso_account_id = 111111111111\n")
case("sso-unknown-session", "an unknown session", [*EXPORT, "--profile", "a"],
     config="[profile a]\nsso_account_id = 111111111111\nsso_role_name = r\nsso_session = nope\n")
case("sso-inconsistent", "two regions", [*EXPORT, "--profile", "a"],
     config="[profile a]\nsso_account_id = 111111111111\nsso_role_name = r\nsso_session = s\nsso_region = a\n[sso-session s]\nsso_region = b\nsso_start_url = https://x\n")
case("sso-no-token", "nobody has signed in", [*EXPORT, "--profile", "a"],
     config="[profile a]\nregion = us-east-1\nsso_account_id = 111111111111\nsso_role_name = r\nsso_region = us-east-1\nsso_start_url = https://x\n")
case("recursion", "a profile that is already being looked for", EXPORT, credentials=CREDS, env={"_AWS_CLI_PROFILE_CHAIN": "default"})
case("recursion-depth", "too deep", EXPORT, credentials=CREDS, env={"_AWS_CLI_PROFILE_CHAIN": "a,b,c,d"})
