"""Compiles the models' pattern constraints to small automata.

The patterns are Java's, matched against the whole value. What they use is a small subset: classes,
groups, alternation, repetition; a pattern outside it stops the build, so none is ever ignored. The
automaton runs in linear time over tables (src/wire/pattern.cc), because the value is a stranger's.
"""
import sys
import unicodedata

MAX_CP = 0x10FFFF
STATES_MAX = 6000

# Look-ahead is beyond an automaton; this says the same without it.
EQUIVALENT = {
    r"^[a-z0-9](([a-z0-9]|-(?!-))*[a-z0-9])?$": r"^[a-z0-9](-?[a-z0-9])*$",
}


class Unsupported(Exception):
    pass


def normal(ranges):
    out = []
    for low, high in sorted(ranges):
        if out and low <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(out[-1][1], high))
        else:
            out.append((low, high))
    return tuple(out)


def negate(ranges):
    out, at = [], 0
    for low, high in normal(ranges):
        if low > at:
            out.append((at, low - 1))
        at = high + 1
    if at <= MAX_CP:
        out.append((at, MAX_CP))
    return tuple(out)


_categories = {}


def category(name):
    if not _categories:
        start, last = 0, unicodedata.category(chr(0))[0]
        for cp in range(1, MAX_CP + 2):
            here = unicodedata.category(chr(cp))[0] if cp <= MAX_CP else None
            if here != last:
                _categories.setdefault(last, []).append((start, cp - 1))
                start, last = cp, here
    return tuple(_categories[name])


DIGIT = ((48, 57),)
WORD = ((48, 57), (65, 90), (95, 95), (97, 122))
SPACE = ((9, 13), (32, 32))
LINE_END = ((10, 10), (13, 13), (0x85, 0x85), (0x2028, 0x2029))


class Parser:
    """Builds a syntax tree: ("set", ranges) ("cat", [..]) ("alt", [..]) ("rep", node, low, high)."""

    def __init__(self, text):
        self.text, self.at, self.dot_all = text, 0, False
        if text.startswith("(?s)"):
            self.at, self.dot_all = 4, True

    def peek(self):
        return self.text[self.at] if self.at < len(self.text) else ""

    def take(self):
        c = self.peek()
        self.at += 1
        return c

    def parse(self):
        node = self.alternation()
        if self.at != len(self.text):
            raise Unsupported("unbalanced )")
        return node

    def alternation(self):
        options = [self.sequence()]
        while self.peek() == "|":
            self.take()
            options.append(self.sequence())
        return options[0] if len(options) == 1 else ("alt", options)

    def sequence(self):
        parts = []
        while self.peek() and self.peek() not in "|)":
            if self.peek() in "^$":  # the whole value is matched anyway; AWS has them at the ends only
                self.take()
                continue
            parts.append(self.repeated(self.atom()))
        return ("cat", parts)

    def repeated(self, node):
        while self.peek() and self.peek() in "*+?{":
            c = self.take()
            low, high = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(c, (None, None))
            if c == "{":
                end = self.text.index("}", self.at)
                bounds = self.text[self.at:end].split(",")
                self.at = end + 1
                low = int(bounds[0])
                high = low if len(bounds) == 1 else int(bounds[1]) if bounds[1] else None
            node = ("rep", node, low, high)
        return node

    def atom(self):
        c = self.take()
        if c == "(":
            if self.peek() == "?":
                if self.text[self.at:self.at + 2] != "?:":
                    raise Unsupported("group (?…")
                self.at += 2
            node = self.alternation()
            if self.take() != ")":
                raise Unsupported("missing )")
            return node
        if c == "[":
            return ("set", self.char_class())
        if c == ".":
            return ("set", ((0, MAX_CP),) if self.dot_all else negate(LINE_END))
        if c == "\\":
            return ("set", self.escape())
        return ("set", ((ord(c), ord(c)),))

    def escape(self):
        c = self.take()
        simple = {"d": DIGIT, "w": WORD, "s": SPACE, "D": negate(DIGIT), "W": negate(WORD),
                  "S": negate(SPACE)}
        if c in simple:
            return simple[c]
        if c == "p":
            end = self.text.index("}", self.at)
            name = self.text[self.at + 1:end]
            self.at = end + 1
            return category(name)
        if c == "u":
            # \u10000 and \u10FFFF stand in AWS's models for the code points, though Java reads four digits.
            for wide in ("10000", "10FFFF"):
                if self.text.startswith(wide, self.at):
                    self.at += len(wide)
                    return ((int(wide, 16),) * 2,)
            value = int(self.text[self.at:self.at + 4], 16)
            self.at += 4
            return ((value, value),)
        if c in "tnr":
            value = ord({"t": "\t", "n": "\n", "r": "\r"}[c])
            return ((value, value),)
        if c.isalnum():
            raise Unsupported("escape \\" + c)
        return ((ord(c), ord(c)),)

    def char_class(self):
        inverse = self.peek() == "^"
        if inverse:
            self.take()
        ranges = []
        while self.peek() != "]":
            c = self.take()
            if c == "[" or not c:
                raise Unsupported("class in class")
            item = self.escape() if c == "\\" else ((ord(c), ord(c)),)
            single = len(item) == 1 and item[0][0] == item[0][1]
            follows = self.text[self.at + 1:self.at + 2]
            if single and self.peek() == "-" and follows != "]" and follows:
                self.take()
                c = self.take()
                end = self.escape() if c == "\\" else ((ord(c), ord(c)),)
                item = ((item[0][0], end[0][1]),)
            ranges.extend(item)
        self.take()
        return negate(ranges) if inverse else normal(ranges)


class Nfa:
    def __init__(self):
        self.free, self.moves = [], []  # state -> [state]; state -> (ranges, state) or None

    def state(self):
        self.free.append([])
        self.moves.append(None)
        return len(self.free) - 1

    def add(self, node, start):
        """Returns the state reached after matching node from start."""
        kind = node[0]
        if kind == "set":
            middle, end = self.state(), self.state()
            self.free[start].append(middle)
            self.moves[middle] = (node[1], end)
            return end
        if kind == "cat":
            for part in node[1]:
                start = self.add(part, start)
            return start
        if kind == "alt":
            end = self.state()
            for option in node[1]:
                inner = self.state()
                self.free[start].append(inner)
                self.free[self.add(option, inner)].append(end)
            return end
        _, inner, low, high = node
        for _ in range(low):
            start = self.add(inner, start)
        if high is None:
            loop = self.state()
            self.free[start].append(loop)
            self.free[self.add(inner, loop)].append(loop)
            end = self.state()
            self.free[loop].append(end)
            return end
        end = self.state()
        self.free[start].append(end)
        for _ in range(high - low):
            start = self.add(inner, start)
            self.free[start].append(end)
        return end

    def closure(self, states):
        seen, todo = set(states), list(states)
        while todo:
            for following in self.free[todo.pop()]:
                if following not in seen:
                    seen.add(following)
                    todo.append(following)
        return frozenset(seen)


def minimise(table, accepting):
    """Moore's partition refinement; table rows are tuples of next states, state 0 is dead."""
    group = [1 if a else 0 for a in accepting]
    while True:
        signatures = {}
        fresh = []
        for state, row in enumerate(table):
            key = (group[state],) + tuple(group[n] for n in row)
            fresh.append(signatures.setdefault(key, len(signatures)))
        if len(signatures) == len(set(group)):
            break
        group = fresh
    order, number = [], {}
    for state in [0, 1] + list(range(2, len(table))):
        if group[state] not in number:
            number[group[state]] = len(order)
            order.append(state)
    if len(order) == 1:  # matches nothing at all
        raise Unsupported("matches nothing")
    return ([tuple(number[group[n]] for n in table[s]) for s in order],
            [accepting[s] for s in order])


def compile_pattern(text):
    """Returns (class ranges [(low, high, class)], class count, table, accepting)."""
    nfa = Nfa()
    start = nfa.state()
    final = nfa.add(Parser(EQUIVALENT.get(text, text)).parse(), start)
    # Cut the code points wherever any set begins or ends: within a piece all behave alike.
    cuts = {0}
    sets = {m[0] for m in nfa.moves if m}
    for ranges in sets:
        for low, high in ranges:
            cuts.update((low, high + 1))
    cuts = sorted(c for c in cuts if c <= MAX_CP)
    pieces = []
    ordered = sorted(sets)
    for low, following in zip(cuts, cuts[1:] + [MAX_CP + 1]):
        members = frozenset(i for i, ranges in enumerate(ordered)
                            if any(a <= low <= b for a, b in ranges))
        pieces.append((low, following - 1, members))
    classes = {frozenset(): 0}
    for _, _, members in pieces:
        classes.setdefault(members, len(classes))
    index = {ranges: i for i, ranges in enumerate(ordered)}
    dead, first = frozenset(), nfa.closure([start])
    numbers, states, table = {dead: 0, first: 1}, [dead, first], []
    at = 0
    by_number = sorted(classes, key=classes.get)
    while at < len(states):
        row = []
        for members in by_number:
            reached = {nfa.moves[s][1] for s in states[at]
                       if nfa.moves[s] and index[nfa.moves[s][0]] in members}
            target = nfa.closure(reached) if reached else dead
            if target not in numbers:
                numbers[target] = len(states)
                states.append(target)
                if len(states) > STATES_MAX:
                    raise Unsupported("too many states")
            row.append(numbers[target])
        table.append(tuple(row))
        at += 1
    table, accepting = minimise(table, [final in s for s in states])
    ranges = []
    for low, high, members in pieces:
        number = classes[members]
        if not number:
            continue
        if ranges and ranges[-1][2] == number and ranges[-1][1] + 1 == low:
            ranges[-1] = (ranges[-1][0], high, number)
        else:
            ranges.append((low, high, number))
    return ranges, len(classes), table, accepting


if __name__ == "__main__":
    for pattern in sys.argv[1:]:
        ranges, count, table, _ = compile_pattern(pattern)
        print(pattern, "classes", count, "states", len(table), "ranges", len(ranges))
