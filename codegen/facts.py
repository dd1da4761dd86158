"""Checks authorization facts (models/<service>.auth.json) before anything is made of them.

A fact that is wrong must not build, because it would fail open: a tag list that nobody reads, a
resource nobody asks about, an action no policy can name. So each path is checked for where it leads
and for what is there, and actions, resource types and condition keys are checked against AWS's
service authorization reference (data/access-catalogue.txt). Where AWS's reference differs from what
we ask, the operation says so itself: "unlike_reference": {"s3:versionid": "why"}; a difference that
is no longer one is refused too.
"""
import difflib

# What a tag is made of, where tags are a list: S3, IAM and most others; ECS; KMS. src/wire/texts.cc reads them.
TAG_MEMBERS = (("Key", "Value"), ("key", "value"), ("TagKey", "TagValue"))
KINDS = ("unauthorized", "by_handler", "anonymous", "bearer", "actions")
FACTS = {*KINDS, "keys", "tags", "tag_keys", "unlike_reference"}
TYPES = "resource_types"  # the entry that says what this service's own resource types are
TEXTS = ("string", "enum")
# Catalogue's type of a condition key (without ArrayOf) → model types that give its values.
KEY_TYPES = {"String": {"string", "enum", "boolean", "integer", "long"}, "ARN": {"string"}, "IPAddress": {"string"},
             "Bool": {"boolean"}, "Numeric": {"integer", "long", "float", "double"}, "Date": {"timestamp"}}


class Wrong(Exception):
    """One sentence: what is wrong with the facts."""


class Catalogue:
    """The services of data/access-catalogue.txt (its form: tools/make_access_catalogue.py)."""

    class Service:
        def __init__(self):
            self.keys, self.types, self.actions = [], [], {}  # (name, type), name, name → (types, keys)

    def __init__(self, path):
        self.services = {}
        at = None
        with open(path) as f:
            for line in f:
                what, *rest = line.rstrip("\n").split("\t")
                if what == "S":
                    at = self.services[rest[0]] = self.Service()
                elif what == "K":
                    at.keys.append((rest[0], rest[1]))
                elif what == "R":
                    at.types.append(rest[0])
                elif what == "A":
                    on, keys = ([int(n) for n in column.split(",") if n] for column in rest[2:4])
                    at.actions[rest[0]] = ([at.types[n] for n in on], dict(at.keys[n] for n in keys))

    def action(self, name):
        """(resource types, {key: type}) of "iam:GetRole"; None when AWS's reference has no such action."""
        prefix, _, verb = name.partition(":")
        service = self.services.get(prefix)
        return service.actions.get(verb) if service else None

    def near(self, name):
        prefix, _, verb = name.partition(":")
        if prefix not in self.services:
            return suggestion(prefix, self.services)
        return suggestion(verb, self.services[prefix].actions, prefix + ":")


def suggestion(word, words, prefix=""):
    near = difflib.get_close_matches(word, words, 1)
    return f"; did you mean `{prefix}{near[0]}`?" if near else ""


def listing(words):
    return ", ".join(f"`{w}`" for w in sorted(words)) or "none"


class Place:
    """Where a member path leads: the shape there, and how it is reached."""

    def __init__(self, shape, listed, optional_item, always):
        self.shape = shape  # the shape's AST
        self.type = shape["type"]
        self.listed = listed  # the path up to its last list, "Delete.Objects[]"; "" when it visits none
        self.optional_item = optional_item  # the member inside the list that an item may leave out, or ""
        self.always = always  # nothing on the way can be absent


class Checker:
    """Of one service. `shapes`: its model; `auth`: its facts file; `catalogue` may be None when nothing is asked."""

    def __init__(self, service, shapes, auth, catalogue):
        self.file = service + ".auth.json"
        self.service, self.shapes, self.catalogue = service, shapes, catalogue
        self.facts = {k: v for k, v in auth.items() if not k.startswith("//") and k != TYPES}
        self.types = auth.get(TYPES, {})
        self.used = set()
        self.check_types()

    def wrong(self, operation, text):
        where = f"{self.file}: {operation}: " if operation else f"{self.file}: "
        raise Wrong(where + text)

    # ---- the whole file ----
    def check_types(self):
        """"resource_types": {"self-or-user": {"is": ["user"], "why": "…"}}: each is something that AWS knows."""
        if not isinstance(self.types, dict):
            self.wrong("", f"`{TYPES}` is an object")
        for name, entry in self.types.items():
            if not isinstance(entry, dict) or set(entry) != {"is", "why"} or not texts(entry["is"]) or not text(entry["why"]):
                self.wrong("", f"resource type `{name}` states `is` (a list of AWS's types) and `why`, no more")
            known = self.own_types()
            if name in known:
                self.wrong("", f"resource type `{name}` is AWS's own; it needs no entry in `{TYPES}`")
            for aws in entry["is"]:
                if aws not in known:
                    self.wrong("", f"resource type `{name}`: AWS's reference has no type `{aws}` for {self.service}"
                               + suggestion(aws, known))

    def own_types(self):
        """AWS's resource types of this service: its own, by the prefix of its actions."""
        service = self.catalogue.services.get(self.service) if self.catalogue else None
        return service.types if service else []

    def finish(self):
        """After the last operation: what nothing uses has been forgotten, or is misspelt."""
        for name in self.types:
            if name not in self.used:
                self.wrong("", f"resource type `{name}` is declared and no action uses it")

    # ---- one operation ----
    def check(self, operation, target, served, unsigned=False):
        """The facts of `operation`, whose input is `target`; None when there are none and need be none.
        `unsigned`: its model says that callers need not sign."""
        facts = self.facts.get(operation)
        if facts is None:
            if served:
                raise Wrong(f"{self.file} has no authorization facts for {operation}, which is served")
            return None
        if not isinstance(facts, dict):
            self.wrong(operation, "its facts are an object")
        unknown = set(facts) - FACTS
        if unknown:
            self.wrong(operation, f"unknown facts {sorted(unknown)}")
        if target is None:
            self.wrong(operation, "it has facts and no input: the model knows its name only (see models/README.md)")
        kinds = [k for k in KINDS if facts.get(k)]
        if not kinds:
            self.wrong(operation, "states no action")
        if len(kinds) > 1:
            self.wrong(operation, f"states {' and '.join(kinds)}; one of them decides who may call")
        if served and facts.get("bearer"):
            self.wrong(operation, "is called with bearer tokens, which nobody reads yet; it cannot be served")
        for kind in ("unauthorized", "by_handler", "anonymous", "bearer"):
            if kind in facts and facts[kind] is not True:
                self.wrong(operation, f"`{kind}` is true or left out")
        self.unlike = facts.get("unlike_reference", {})
        if not isinstance(self.unlike, dict) or not all(text(why) for why in self.unlike.values()):
            self.wrong(operation, "`unlike_reference` says why, difference by difference: {\"s3:versionid\": \"why\"}")
        self.excused = set()
        if bool(facts.get("anonymous")) != unsigned and not facts.get("bearer"):
            self.differs(operation, "anonymous", "is anonymous; its model has callers sign" if facts.get("anonymous") else
                         "asks for a signature; its model has none (`anonymous`)")
        actions = self.check_actions(operation, target, facts)
        self.check_keys(operation, target, facts, actions)
        self.check_tags(operation, target, facts, actions)
        for subject in self.unlike:
            if subject not in self.excused:
                self.wrong(operation, f"`unlike_reference` excuses `{subject}`, about which AWS's reference says the same")
        return facts

    def differs(self, operation, subject, message):
        """A difference from AWS's reference: refused unless the facts give the reason."""
        if subject in self.unlike:
            self.excused.add(subject)
            return
        self.wrong(operation, message)

    # ---- actions ----
    def check_actions(self, operation, target, facts):
        """{action: (types, keys) of the reference} of what the operation asks."""
        known = {}
        rows = facts.get("actions", [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            self.wrong(operation, "`actions` is a list of objects")
        if rows and self.catalogue is None:
            self.wrong(operation, "actions are checked against AWS's reference, and no --catalogue was given")
        for row in rows:
            if set(row) - {"action", "resource", "id", "when"} or not text(row.get("action")) or not text(row.get("resource")):
                self.wrong(operation, "an action has action, resource, id, when")
            if "id" in row and not texts(row["id"]) or "when" in row and not text(row["when"]):
                self.wrong(operation, "`id` is a list of member paths, `when` one member path")
            action = row["action"]
            reference = self.catalogue.action(action)
            if reference is None:
                self.differs(operation, action, f"AWS's reference has no action `{action}`" + self.catalogue.near(action))
            else:
                known[action] = reference
            self.check_resource(operation, row, reference)
            self.check_ids(operation, target, row.get("id", []))
            if "when" in row and self.place(operation, target, row["when"]).always:
                self.wrong(operation, f"`when`: `{row['when']}` is always there, so `{action}` is always asked")
        if rows and all("when" in row for row in rows):
            self.wrong(operation, "every action is conditional (`when`), so a call could ask nothing at all")
        return known

    def check_resource(self, operation, row, reference):
        action, resource = row["action"], row["resource"]
        if resource == "*":
            if row.get("id"):
                self.wrong(operation, f"`{action}` is asked for `*`, which no `id` identifies")
            if reference and reference[0]:
                self.differs(operation, "*", f"`{action}` is asked for `*`; AWS's reference has it on {listing(reference[0])}")
            return
        if resource in self.types:
            self.used.add(resource)
            meant = self.types[resource]["is"]
        elif resource in self.own_types():
            meant = [resource]
        else:
            self.wrong(operation, f"`{resource}` is no resource type of AWS's reference for {self.service} nor of `{TYPES}`"
                       + suggestion(resource, [*self.own_types(), *self.types]))
        if reference is None:
            return
        if not set(meant) & set(reference[0]) and (meant or reference[0]):
            self.differs(operation, resource, f"`{action}` is asked for `{resource}`; AWS's reference has it on "
                         + listing(reference[0]))

    def check_ids(self, operation, target, ids):
        listed = set()
        for path in ids:
            place = self.place(operation, target, path)
            if place.type not in TEXTS:
                more = f"; write `{path}[]` to ask about each" if place.type == "list" else ""
                self.wrong(operation, f"`id`: `{path}` is a {place.type}, and only a text identifies a resource{more}")
            if place.listed:
                listed.add(place.listed)
            if place.optional_item:
                self.wrong(operation, f"`id`: an item without `{place.optional_item}` would not be asked about (`{path}`)")
        if len(listed) > 1:
            self.wrong(operation, f"`id` visits two lists at once: {listing(listed)}")

    # ---- condition keys ----
    def check_keys(self, operation, target, facts, actions):
        keys = facts.get("keys", {})
        if not isinstance(keys, dict) or not all(text(path) for path in keys.values()):
            self.wrong(operation, "`keys` gives each condition key one member path")
        if keys and not (facts.get("actions") or facts.get("by_handler")):
            self.wrong(operation, "`keys` of a call about which nothing is asked")
        for key, path in keys.items():
            if key.lower().startswith("aws:"):
                self.wrong(operation, f"`{key}` is a global condition key; the guard makes it (tags: `tags`, `tag_keys`)")
            place = self.place(operation, target, path)
            many = bool(place.listed)
            shape = place.shape
            if place.type == "list":
                many, shape = True, self.shapes[shape["member"]["target"]]
            if shape["type"] in ("structure", "list", "map", "blob"):
                self.wrong(operation, f"`{key}`: `{path}` is a {place.type} that holds no plain values")
            if "smithy.api#sensitive" in shape.get("traits", {}):
                self.wrong(operation, f"`{key}`: `{path}` is a secret, and condition keys are shown and recorded")
            if not actions:
                continue
            kinds = [kind for _, known in actions.values() for name, kind in known.items() if is_key(key, name)]
            if not kinds:
                near = suggestion(key, {name for _, known in actions.values() for name in known})
                self.differs(operation, key, f"AWS's reference gives {listing(actions)} no condition key `{key}`{near}")
            elif many and not kinds[0].startswith("ArrayOf"):
                self.wrong(operation, f"`{key}` has one value in AWS's reference; `{path}` holds several")
            elif shape["type"] not in KEY_TYPES.get(kinds[0].removeprefix("ArrayOf"), ()):
                self.wrong(operation, f"`{key}` is of type {kinds[0]} in AWS's reference; `{path}` is a {shape['type']}")

    # ---- tags ----
    def check_tags(self, operation, target, facts, actions):
        if "tags" in facts and "tag_keys" in facts:
            self.wrong(operation, "states `tags` and `tag_keys`; a call adds tags or removes them")
        stated = next((k for k in ("tags", "tag_keys") if k in facts), None)
        if stated:
            if not text(facts[stated]):
                self.wrong(operation, f"`{stated}` is one member path")
            if not (facts.get("actions") or facts.get("by_handler")):
                self.wrong(operation, f"`{stated}` of a call about which nothing is asked")
            (self.check_tag_list if stated == "tags" else self.check_tag_keys)(operation, target, facts[stated])
        if not actions:
            return
        wanted = [a for a, (_, keys) in actions.items() if {"aws:RequestTag/${TagKey}", "aws:TagKeys"} & set(keys)]
        if wanted and not stated:
            self.differs(operation, "tags", f"AWS's reference gives {listing(wanted)} the tags of the request; state `tags` or "
                         "`tag_keys`")
        if stated and not wanted:
            self.differs(operation, "tags", f"states `{stated}`; AWS's reference gives {listing(actions)} no tags of the request")

    def check_tag_list(self, operation, target, path):
        shape = self.place(operation, target, path).shape
        if shape["type"] == "map" and self.shapes[shape["value"]["target"]]["type"] in TEXTS:
            return
        if shape["type"] == "list":
            element = self.shapes[shape["member"]["target"]]
            members = element.get("members", {})
            for pair in TAG_MEMBERS:
                if all(m in members and self.shapes[members[m]["target"]]["type"] in TEXTS for m in pair):
                    return
        self.wrong(operation, f"`tags`: `{path}` is neither a list of {{Key, Value}} nor a map of texts, and its tags would be "
                   "read by nobody")

    def check_tag_keys(self, operation, target, path):
        shape = self.place(operation, target, path).shape
        if shape["type"] == "list" and self.shapes[shape["member"]["target"]]["type"] in TEXTS:
            return
        self.wrong(operation, f"`tag_keys`: `{path}` is no list of texts")

    # ---- paths ----
    def place(self, operation, target, path):
        """Follows "Delete.Objects[].Key" from the input."""
        at, listed, optional_item, always, walked = target, "", "", True, []
        for step in path.split("."):
            name, each = (step[:-2], True) if step.endswith("[]") else (step, False)
            shape = self.shapes[at]
            members = shape.get("members", {}) if shape["type"] == "structure" else {}
            member = members.get(name)
            if member is None or "smithy.api#streaming" in member.get("traits", {}):
                self.wrong(operation, f"no member `{path}` (at `{name}`)" + suggestion(name, members))
            required = "smithy.api#required" in member.get("traits", {})
            if listed and not required and not optional_item:
                optional_item = name
            at = member["target"]
            walked.append(step)
            always = always and required
            if each:
                shape = self.shapes[at]
                if shape["type"] not in ("list", "map"):
                    self.wrong(operation, f"`{path}`: `{name}` is no list")
                at = shape["member" if shape["type"] == "list" else "value"]["target"]
                listed = ".".join(walked)
        shape = self.shapes[at]
        return Place(shape, listed, optional_item, always and not listed and shape["type"] not in ("list", "map"))


def is_key(key, name):
    """Whether the reference's `name` ("s3:RequestObjectTag/${TagKey}") is `key`."""
    stem, template, _ = name.partition("${")
    return key.startswith(stem) and len(key) > len(stem) if template else key == name


def text(value):
    return isinstance(value, str) and bool(value)


def texts(value):
    return isinstance(value, list) and all(text(v) for v in value)
