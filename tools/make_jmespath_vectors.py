#!/usr/bin/python3
"""Makes tests/vectors/jmespath/*.json: what Python's jmespath 1.0 answers and refuses.

Run it with Debian's Python (package python3-jmespath). The expressions stand here, the answers come
from the library; where its version is another one, nothing is written.
"""
import json
import pathlib
import re
import sys
import warnings

import jmespath
import jmespath.exceptions

OUT = pathlib.Path(__file__).resolve().parent.parent / "tests/vectors/jmespath"

TREE = {
    "name": "Ada", "age": 36, "height": 1.75, "big": 12345678901234567890, "zero": 0, "one": 1, "minus": -7,
    "yes": True, "no": False, "nothing": None, "empty": "", "none": [], "hollow": {},
    "with space": "s", "quo\"te": "q", "é": "accent", "a.b": "dotted", "_x1": "under",
    "list": [1, 2, 3, 4, 5, 6], "words": ["banana", "apple", "cherry"], "mixed": [1, "a", True, None, [2, [3]], {"k": "v"}],
    "floats": [1.5, -0.5, 2, 1e20, 1e-7, 100.0], "bools": [True, False], "nulls": [None, 1, None, 2],
    "nested": [[1, 2], [3, [4, 5]], 6, [], [[7]]], "deep": {"a": {"b": {"c": {"d": "bottom"}}}},
    "people": [
        {"name": "Ann", "age": 30, "tags": ["x", "y"], "home": {"city": "Oslo"}},
        {"name": "Bob", "age": 25, "tags": [], "home": None},
        {"name": "Cid", "age": 35, "tags": ["z"], "home": {"city": "Rome"}, "nick": "C"},
        {"name": "Dee", "age": 25, "tags": ["x"]},
    ],
    "map": {"one": {"v": 1, "l": [1]}, "two": {"v": 2, "l": [2, 22]}, "three": 3, "four": None},
    "text": "h\u00e9llo \u2603 \U0001f600\n\"q\" \\ \t end", "numbers_as_text": ["12", "1.5", "x", "", " 7 ", "1e3", "007", "-0", "1_000", ".5", "5.", "0x10", "nan", "+3", "1__0", "--1", "1e", "1e400"],
    "Reservations": [
        {"Instances": [{"State": "running", "Id": "i-1", "T": [{"K": "Name", "V": "web"}]}, {"State": "stopped", "Id": "i-2", "T": []}]},
        {"Instances": [{"State": "running", "Id": "i-3", "T": [{"K": "Env", "V": "p"}, {"K": "Name", "V": "db"}]}]},
    ],
    "same": [[0], [False], [1], [True], ["1"], [1.0], {"a": 1, "b": 2}, {"b": 2, "a": 1}],
}

CASES = {
    "identifiers": """
name|age|nothing|missing|"with space"|"a.b"|_x1|"quo\\"te"|"é"|"\\u00e9"|deep.a.b.c.d|deep.a.missing.c|name.first|list.first|
deep . a . b|  name  |deep.a."b".c|@|@.name|"name"|"missing"|deep.*|@.deep.a|deep.@|NAME|""|"\\/"|é|-name|1a|a-b|deep.a\\tb|deep..a|.name|name.|
deep.'a'|deep.`1`|deep.1|"unclosed|"bad \\x"|"bad \\u12"|"bad \\u12g4"|"tab	in"|name name|name 1|#name|name#|$|name$|name;|name\\|%|~|^|/|? | =name|name=|name = age
""",
    "indexes and slices": """
list[0]|list[5]|list[6]|list[-1]|list[-6]|list[-7]|list[ 0 ]|name[0]|deep[0]|nothing[0]|[0]|nested[1][1][0]|nested[1][1] [1]|list[99999999999999999999]|list[-99999999999999999999]|list[00]|list[-0]|list[007]|
list[:]|list[::]|list[1:]|list[:2]|list[1:3]|list[-2:]|list[:-2]|list[::2]|list[1::2]|list[::-1]|list[4:1:-1]|list[4:1]|list[-1:-4:-1]|list[100:]|list[:100]|list[-100:]|list[:-100]|list[100::-1]|list[:-100:-1]|
list[::0]|list[0:3:99999999999999999999]|list[5::-99999999999999999999]|list[::-99999999999999999999]|name[0:1]|nothing[:]|missing[::0]|people[0:2].name|people[:1].tags[0]|people[::-1].name|nested[0:2][0]|nested[0][0:1]|people[0].tags[0:1].x|people[1:][0]|people[1:] [0].name|
nested[1][1][0:1]|people[0]["name"]|list[1 2]|list[1:2 3]|list[1:2:3:4]|list[a]|list['a']|list[1|list[1:|list[1:2|list[|list[:|list]|list[1.5]|list[-]|list[--1]|list[:a]|list[*|list[* ]|list[1]]|[::2]|list[0].a.b|[0][0]|
list[0][1]|nested[0].[0]|nested.[0]
""",
    "projections": """
people[*]|people[*].name|people[*].home.city|people[*].nick|people[*].tags|people[*].tags[0]|people[*].tags[*]|people[*].tags[]|people[].tags[]|people[*].missing|name[*]|nothing[*]|missing[*].a|list[*]|deep[*]|
[*]|*|*.name|map.*|map.*.v|map.*.l|map.*.l[]|map.*.l[0]|map.*.*|people[*].*|list.*|nothing.*|people[*].[name, age]|people[*].{n: name, a: age}|people[*].tags.length(@)|people[*].home.{c: city}|people[*].home.[city]|
people[*][name]|people[*] [0]|people[*].tags | [0]|people[*].tags | [0][0]|(people[*].tags)[0]|(people[*].tags)[0][0]|people[*].name[0]|people[*].name | [1]|Reservations[*].Instances[*].Id|Reservations[].Instances[].Id|
Reservations[].Instances[].[Id, State]|Reservations[].Instances[].{i: Id, n: T[?K=='Name'] | [0].V}|Reservations[*].Instances[*].T[*].V|Reservations[].Instances[].T[].V|*[*]|*[]|*.*|* . name|people.*|people[ * ]|people[* ].name|people[*]name|
people[*]*|*name|map.*[0]|map.*.l[*]|*[0]|deep.*.*.*|deep.*.b.*|[*].name|[*][*]|[][]|people[*].[*]|people[*]..name|people[*].|people.[*]|people[*].'a'|nulls[*]|mixed[*]|mixed[*].k|people[*].tags[*].length(@)
""",
    "flatten": """
nested[]|nested[][]|nested[][][]|nested[*][]|nested[][0]|nested[][*]|nested[].a|name[]|nothing[]|missing[]|deep[]|[]|list[]|mixed[]|people[].tags|people[].tags[].length(@)|people[].home[].city|nulls[]|none[]|people[*].tags[] | [0]|
people[].[name]|people[].{n: name}|people[][name]|[].a|@[]|nested[]x|nested[]name|nested[]*|people[] [0]|people[]|length(people[])|nested[ ]|[[]]|(nested[])[]|nested[] | []
""",
    "filters": """
people[?age>`30`]|people[?age>`30`].name|people[?age>=`30`].name|people[?age<`30`].name|people[?age<=`25`].name|people[?age==`25`].name|people[?age!=`25`].name|people[?name=='Ann']|people[?name=='Ann'].age|people[?nick]|people[?!nick].name|people[?tags].name|
people[?home.city=='Rome'].name|people[?home].home.city|people[?age==`25` && name=='Bob'].name|people[?age==`25` \\|\\| name=='Ann'].name|people[?!(age==`25`)].name|people[?contains(tags, 'x')].name|people[?length(tags)>`1`].name|list[?@>`3`]|list[?@>`3`][0]|
list[?@>`3`] | [0]|people[?age>`20`].tags[0]|people[?age>`20`].tags[]|people[?age>`20`].tags[?@=='x']|people[?age>`20`][].name|people[?age>`20`] [].tags[]|name[?a]|nothing[?a]|deep[?a]|[?a]|list[?`true`]|list[?`false`]|list[?`0`]|list[?`null`]|list[?`[]`]|list[?'']|
people[?name>'B'].name|people[?name<age]|people[?age>'a']|people[?age>nick].name|people[?nick>`1`]|nulls[?@]|bools[?@]|mixed[?@]|people[?]|people[?name|people[?name==]|people[?name='Ann']|people[?(name=='Ann']|people[?name=='Ann')]|[?name=='Ann'].a|
people[?name == "name"].name|people[?'Ann'==name].name|Reservations[].Instances[?State=='running'].Id|Reservations[].Instances[?State=='running'].Id[]|Reservations[*].Instances[?State=='running'][].Id|Reservations[].Instances[].T[?K=='Name'].V|
Reservations[].Instances[].T[?K=='Name'].V[]|people[?age].name \\| sort(@)|people[?age][?name=='Ann']|people[? age > `30` ]|people[?name!=`null`].name|people[?home==`null`].name|people[?tags==`[]`].name|people[?tags==`["x"]`].name
""",
    "multiselect": """
[name, age]|[name]|[name,]|[,name]|[]|[ name , missing ]|{a: name}|{a: name, b: age}|{"a b": name}|{a: name, a: age}|{b: name, a: age, c: zero}|{a: name b: age}|{a: name,}|{}|{a}|{a:}|{a: name|{a name}|{'a': name}|{1: name}|{`a`: name}|{*: name}|
nothing.[a]|nothing.{a: a}|missing.[a]|missing.{a: a}|deep.[a, b]|deep.{x: a.b, y: missing}|deep.a.[b].c|deep.a.{x: b}.x.c|[deep.a.b, list[0], [name]]|{a: {b: {c: name}}}|[[name]]|[@, name]|{a: @}.a.name|[*, name]|[name age]|[name, age|name.[first]|
list.[@]|list.{n: length(@)}|[name][0]|{a: name}.a|{a: list}.a[1]|[list][0][1]|people[0].[name, tags[0], home.city]|[`1`, 'two', `"three"`, `[4]`, `{"five": 5}`, `null`]|{a: `1`, b: 'x'}|[name \\|\\| `1`]|[name \\| @]|{a: name \\| @}|{a: b, c: d}|[name]name|{a: name}b|name[name]|
name{a: b}|{"é": name}|{é: name}|[&name]|{a: &name}
""",
    "literals": """
`1`|`1.0`|`1.50`|`-1`|`-0`|`1e3`|`1E3`|`1e-7`|`1e16`|`123456789012345678901234567890`|`0.1`|`"a"`|`a`|` a`|`a `|` "a" `|`[1, 2]`|`{"a": 1, "a": 2, "b": 3}`|`{"a": {"x": 1, "x": 2}}`|`true`|`false`|`null`|`True`|`""`|``|` `|`\\``|`"\\`"`|`a\\`b`|`"\\u00e9"`|`"é☃"`|`"\\\\"`|`\\\\`|`a"b`|`a\\"b`|
`01`|`[1`|`{a: 1}`|`1 2`|`foo bar`|`'x'`|`unclosed|`a\\|'a'|''|'a b'|'it\\'s'|'\\\\'|'\\\\\\''|'\\n'|'`'|'"'|'é☃😀'|'unclosed|'a\\|'`a`'|`1`.a|`[1,2]`[0]|`[{"a": 1}]`[*].a|`{"a": [1]}`.a|`1`[0]|'a'[0]|'a'.b|`"a\\nb"`|`"a	b"`|`a	b`|'a	b'|`"\\x"`|`\\x`|
`[1.0, 2.50, 1e2]`|`1.7976931348623157e308`|`5e-324`|`0.1e1`|`100000000000000000.0`|`12345.678e-3`|'a' 'b'|`1``2`|`[]`|`{}`|`[[[[1]]]]`
""",
    "pipes and references": """
name \\| @|deep \\| a \\| b|people \\| [0]|people[*].name \\| [0]|people[*].tags \\| []|list \\| length(@)|list[*] \\| [0]|missing \\| a|name \\|| \\| name|\\|name|name\\|\\|age|name \\| \\| age|(name)|((name))|(deep.a).b|(deep).a.b|deep.(a)|(name|name)|()|(people)[0].name|(people[*]).name|(people[*]).[0]|(list \\| [0])|
(people[*].tags)[]|&name|&name.a|[&name]|map(&name, people)|map(&@, list)|map(&length(@), words)|map(name, people)|map(&name, name)|&|& &name|sort_by(people, &age)[*].name|@ \\| @|@@|(a)(b)|(length)(list)|length (list)|(people[0].tags)[0:1][0]|people[0:1] \\| [0].name|(deep.a).b.c
""",
    "and, or, not": """
name \\|\\| age|missing \\|\\| age|missing \\|\\| nothing|nothing \\|\\| missing|empty \\|\\| 'd'|none \\|\\| 'd'|hollow \\|\\| 'd'|no \\|\\| 'd'|zero \\|\\| 'd'|name && age|missing && age|empty && age|zero && age|no && age|name && missing|none && age|!name|!missing|!empty|!none|!hollow|!zero|!one|!no|!yes|!nothing|!!name|!!missing|!`0`|!`0.0`|
!`1`|!`[0]`|!`{"a":1}`|name && age \\|\\| missing|missing \\|\\| name && age|(missing \\|\\| name) && age|missing \\|\\| (name && age)|!name \\|\\| age|!(name \\|\\| age)|!missing && name|name && !missing|!people[0].nick|!people[0].name|!list[0]|!deep.a|a \\|\\| b \\|\\| name|name && age && zero|&& a|\\|\\| a|name &&|name \\|\\||!|name ! age|name !age|
yes && no \\|\\| yes|yes \\|\\| no && no|name && list[0]|missing.a \\|\\| list[*]|people[*].nick \\|\\| 'none'|(people[*].nick \\|\\| 'none')[0]|name \\|\\| missing \\| @|!&name|&name \\|\\| 'a'|&name && 'a'
""",
    "comparators": """
one == `1`|one == `1.0`|one == yes|zero == no|yes == `1`|no == `0`|yes == yes|yes == no|one != yes|name == 'Ada'|name != 'Ada'|'a' == 'a'|'a' == `"a"`|nothing == `null`|missing == nothing|none == `[]`|hollow == `{}`|empty == ''|empty == nothing|list == `[1,2,3,4,5,6]`|list == `[1]`|
same[0] == same[1]|same[2] == same[3]|same[2] == same[4]|same[2] == same[5]|same[6] == same[7]|same[6] != same[7]|one < `2`|one > `2`|one <= `1`|one >= `1.0`|height > `1`|height < one|name < 'B'|name > 'B'|name <= 'Ada'|name >= 'Ada'|'é' > 'z'|'Z' < 'a'|name < one|one < name|one >= name|name <= one|height > name|yes < one|yes < no|
nothing < one|list < list|list > one|deep >= deep|missing > one|big == `12345678901234567890`|big > `1`|big < `12345678901234567891`|big > `12345678901234567890.0`|`9007199254740993` == `9007199254740992.0`|`9007199254740993` > `9007199254740992.0`|`-5` < `-4`|`-99999999999999999999` < `-99999999999999999998`|`-99999999999999999999` < `1`|`0.1` == `0.10`|
one == one == one|one < zero == no|one == `1` && zero == `0`|!one == zero|!(one == zero)|list[0] == one|list[*] == `[1]`|people[0].age > people[1].age|length(list) == `6`|one ==|== one|one =|one === one|one <> one|one =< one|one => one|one >|< one|one < = one|&name == &name|&name != &name|&name < one|(one == one) == yes|`1` == `1`.a
""",
    "functions of numbers": """
abs(minus)|abs(height)|abs(`-1.5`)|abs(`-0`)|abs(name)|abs(yes)|abs(nothing)|abs(list)|abs()|abs(one, one)|avg(list)|avg(floats)|avg(none)|avg(words)|avg(mixed)|avg(one)|avg(bools)|avg(`[1]`)|avg(`[1, 2]`)|avg(`[10000000000000000000000]`)|ceil(height)|ceil(`-0.5`)|ceil(one)|ceil(`1e20`)|ceil(`1.0`)|ceil(name)|floor(height)|floor(`-0.5`)|floor(one)|floor(`0.5`)|floor(`1e22`)|floor(big)|
sum(list)|sum(floats)|sum(none)|sum(words)|sum(`[1, 2.5]`)|sum(`[0.1, 0.2, 0.3]`)|sum(`[9223372036854775807, 1]`)|sum(`[-9223372036854775808, -9223372036854775808]`)|sum(bools)|sum(nulls)|sum(name)|max(list)|max(floats)|max(words)|max(none)|max(mixed)|max(bools)|max(`[1, 1.0]`)|max(`["a", 1]`)|max(`[1, "a"]`)|max(name)|max(`[[1]]`)|max(`[1, null]`)|
min(list)|min(floats)|min(words)|min(none)|min(`[1.0, 1]`)|min(`["b", "a", "é"]`)|min(nulls)|to_number('12')|to_number('1.50')|to_number(one)|to_number(height)|to_number(name)|to_number(yes)|to_number(nothing)|to_number(list)|to_number(deep)|to_number('1e3')|map(&to_number(@), numbers_as_text[:12])|map(&to_number(@), numbers_as_text[13:17])|to_number()|to_number('123456789012345678901234567890')
""",
    "functions of strings": """
length(name)|length(text)|length(list)|length(deep)|length(one)|length(nothing)|length(yes)|length(empty)|length(&name)|length()|length(name, name)|contains(name, 'd')|contains(name, '')|contains(name, 'x')|contains(name, one)|contains(name, nothing)|contains(name, list)|contains(list, `3`)|contains(list, '3')|contains(list, `3.0`)|contains(bools, `1`)|contains(`[1]`, yes)|contains(`[[1]]`, `[true]`)|contains(mixed, nothing)|
contains(one, one)|contains(deep, 'a')|contains(none, one)|contains(name)|contains(same, `{"a": 1, "b": 2}`)|starts_with(name, 'A')|starts_with(name, '')|starts_with(name, 'Adas')|starts_with(name, one)|starts_with(one, name)|ends_with(name, 'a')|ends_with(name, 'x')|ends_with(name, nothing)|ends_with(name)|join(',', words)|join('', words)|join(', ', none)|join(',', list)|join(one, words)|join(',', name)|join(',', mixed)|join('é', `["a", "b"]`)|join(',')|
reverse(name)|reverse(text)|reverse(list)|reverse(none)|reverse(empty)|reverse(one)|reverse(deep)|to_string(name)|to_string(one)|to_string(height)|to_string(`1.50`)|to_string(yes)|to_string(nothing)|to_string(list)|to_string(deep)|to_string(text)|to_string([text])|to_string(`1e20`)|to_string({a: 'é'})|to_string(none)|to_string(hollow)|to_string()|to_string(floats)|to_string(['\\\\', '/', '<'])
""",
    "functions of lists and objects": """
keys(deep)|keys(map)|keys(people[2])|keys({b: name, a: age})|keys(list)|keys(nothing)|keys(name)|keys(hollow)|keys()|values(map)|values(deep)|values(list)|values(hollow)|values(name)|merge(deep, map)|merge(deep)|merge({a: one}, {a: name, b: age})|merge({b: one, a: one}, {a: zero}, {c: one})|merge(name)|merge()|merge(list)|merge(`{}`, `{}`)|not_null(missing, nothing, name)|not_null(missing)|not_null(name, age)|not_null(empty)|not_null(zero)|not_null()|not_null(&name)|
sort(list)|sort(words)|sort(floats)|sort(none)|sort(`[3, 1.5, 2, 1.5, -1]`)|sort(`["b", "B", "é", "a", ""]`)|sort(mixed)|sort(name)|sort(bools)|sort(nulls)|sort(`[1, "a"]`)|sort(`["a", 1]`)|sort(people)|sort_by(people, &age)|sort_by(people, &age)[].name|sort_by(people, &name)[*].name|sort_by(people, &nick)|sort_by(people, &home.city)|sort_by(people, &tags)|sort_by(people, age)|sort_by(none, &a)|sort_by(people, &'x')[*].name|sort_by(list, &@)|sort_by(list, &abs(@))|sort_by(name, &a)|sort_by(people)|sort_by(`[{"a": 1}, {"a": "b"}]`, &a)|sort_by(`[{"a": "b"}, {"a": 1}]`, &a)|sort_by(`[{"a": 1}, {}]`, &a)|
min_by(people, &age).name|max_by(people, &age).name|min_by(people, &name).name|max_by(people, &name).name|min_by(none, &a)|max_by(none, &a)|min_by(people, &nick)|max_by(people, &tags)|min_by(`[{"a": 1}, {"a": "b"}]`, &a)|max_by(`[{"a": 1}, {"a": "b"}]`, &a)|max_by(people, age)|min_by(name, &a)|max_by(people, &'same').name|
map(&name, people)|map(&nick, people)|map(&tags[0], people)|map(&[name, age], people)|map(&name, none)|map(&name)|map(&name, deep)|map(&map(&@, @), nested[:1])|map(&abs(@), words)|to_array(list)|to_array(name)|to_array(nothing)|to_array(deep)|to_array(one)|to_array()|type(name)|type(one)|type(height)|type(yes)|type(nothing)|type(missing)|type(list)|type(deep)|type(&name)|type()|type(one, one)
""",
    "calls": """
foo(name)|foo()|missing.foo(@)|none[*].foo(@)|people[0].name.foo(@)|none[*].length(@)|length(length(name))|length(@)|list.length(@)|people[*].length(name)|people.length(@)|length(people[*].name)|length(list,)|length(,list)|length(list list)|length list|length(list|length(|length)|"length"(list)|`length`(list)|'length'(list)|@(list)|list[0](list)|deep.a(b)|length(list)[0]|length(list).a|sort(words)[0]|keys(deep)[0]|
max(list) > min(list)|length(list) == length(words)|sum(people[*].age)|avg(people[].age)|join(', ', people[*].name)|join(', ', sort(keys(map)))|to_string(length(list))|people[?starts_with(name, 'A')].name|people[?contains(name, 'e')].name|sort_by(people, &age)[-1].name|reverse(sort_by(people, &age))[*].name|max_by(people, &length(tags)).name|length(&name)|Length(list)|LENGTH(list)|length( list )|length(list)(list)|-length(list)|length(-1)|length(1)|length(*)|length(*.*)|length([*])|length(map.*)|
not_null(people[0].nick, people[0].name)|people[*].{n: name, t: length(tags), f: tags[0]}|people[*].join('-', tags)|people[*].not_null(nick, name)|people[].[name, to_string(age)] \\| [0]|map(&join(',', tags), people)|map(&merge(@, {x: `1`}), people[:1])|length(people[?age > `26`])
""",
}


def split(block):
    """Expressions stand between bars; `\\|` is a bar of their own, `\\\\` a backslash before one."""
    parts = re.split(r"(?<!\\)\|", block.replace("\n", ""))
    return [part.replace("\\|", "|").replace("\\\\", "\\") for part in parts]


def ask(expression):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = jmespath.search(expression, TREE)
        json.dumps(result, allow_nan=False)
        return {"result": result}
    except Exception as e:  # every refusal is a fact
        message = re.sub(r"_Expression object at 0x[0-9a-f]+", "_Expression object", str(e))
        if message.startswith("Object of type _Expression"):
            return {"error": "TypeError"}
        return {"error": type(e).__name__, "message": message}


def main():
    if not jmespath.__version__.startswith("1.0"):
        sys.exit(f"jmespath {jmespath.__version__} is not 1.0: run Debian's /usr/bin/python3")
    OUT.mkdir(parents=True, exist_ok=True)
    given = {"given": TREE}
    (OUT / "given.json").write_text(json.dumps(given, ensure_ascii=False, indent=1) + "\n")
    total = 0
    for topic, block in CASES.items():
        expressions = dict.fromkeys([*split(block), *([""] if topic == "calls" else [])])
        lines = [json.dumps({"expression": e, **ask(e)}, ensure_ascii=False) for e in expressions]
        total += len(lines)
        name = re.sub(r"[^a-z]+", "_", topic)
        (OUT / f"{name}.json").write_text('{"topic": "%s", "vectors": [\n%s\n]}\n' % (topic, ",\n".join(lines)))
    print(f"{total} expressions in {len(CASES)} files")


if __name__ == "__main__":
    main()
