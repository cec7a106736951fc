#!/usr/bin/env python3
"""Holds every #include to src/layers.txt, and docs/architecture.md to the same rooms.

Usage: check_layers.py ROOT | check_layers.py --self-test

In docs/architecture.md a room is named as `room/` at the start of a table row, or as room/ on a line of a fenced
drawing that begins with "floor" or "apart" or goes on with one (indented).
"""
import re

import checking

INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)
FOR_TESTS = re.compile(r"_(test|fuzz|bench)$")
# A third-party header, and the one place that may include it: a room or a unit.
GUARDED = [("openssl/", "crypto"), ("utf8proc.h", "bag/names"), ("qrencode.h", "shares/qr")]


def read_layers(root, complain):
    """Room -> the rooms it may include, itself among them."""
    granted = {}
    for line in (root / "src/layers.txt").read_text().splitlines():
        found = re.fullmatch(r"([a-z]+):\s*(.*)", line)
        if not found:
            continue
        room, names = found[1], found[2].split()
        for name in names:
            if name not in granted:
                complain("src/layers.txt", f"{room} is granted {name}, which does not stand above it in the list")
        granted[room] = {room, *names}
    for folder in sorted(path.name for path in (root / "src").iterdir() if path.is_dir()):
        if folder not in granted:
            complain(f"src/{folder}", "is not a room of src/layers.txt")
    return granted


def unit_of(path):
    """`tlog/tile` for tile.h, tile.cc, tile_test.cc and tile_fuzz.cc of room tlog."""
    return f"{path.parent.name}/{FOR_TESTS.sub('', path.stem)}"


def check_room_include(source, included, granted, complain):
    """One quoted include of a source in src/."""
    root, path = source
    where = path.relative_to(root)
    if not (root / "src" / included).is_file():
        return complain(where, f'includes "{included}", which is not a file below src/')
    room, target = path.parent.name, included.split("/")[0]
    if path.parent == root / "src":  # the program's main function, which stands on all that cli stands on
        allowed = granted.get("cli", set())
    elif room not in granted:
        return None  # said once already, of the folder
    elif FOR_TESTS.search(path.stem):
        allowed = granted[room] | {"testing"}
    else:
        allowed = granted[room]
    if target not in granted:
        complain(where, f"includes {target}, an unknown room")
    elif target not in allowed:
        complain(where, f"{room} may not include {target}")
    return None


def check_guarded(where, path, included, complain):
    for prefix, owner in GUARDED:
        if included.startswith(prefix) and owner not in (path.parent.name, unit_of(path)):
            complain(where, f"only {owner} may include <{included}>")


def check_own_header_first(root, path, includes, complain):
    own = f"{unit_of(path)}.h"
    if path.suffix != ".cc" or not (root / "src" / own).is_file() or path.stem.endswith(("_fuzz", "_bench")):
        return
    if not includes or includes[0][0] != own:
        complain(path.relative_to(root), f'its first include must be "{own}"')


def find_cycle(graph):
    """A cycle as a list of units, or None. Depth first with a stack of our own."""
    finished = set()
    for start in sorted(graph):
        trail, pending = [], [iter([start])]
        while pending:
            unit = next(pending[-1], None)
            if unit is None:
                pending.pop()
                if trail:
                    finished.add(trail.pop())
            elif unit in trail:
                return trail[trail.index(unit):] + [unit]
            elif unit not in finished:
                trail.append(unit)
                pending.append(iter(sorted(graph.get(unit, ()))))
    return None


def check_sources(root, granted, complain):
    graph = {}
    for path in sorted((root / "src").rglob("*")):
        if path.suffix not in (".h", ".cc"):
            continue
        includes = INCLUDE.findall(path.read_text())
        for quoted, angled in includes:
            check_guarded(path.relative_to(root), path, quoted or angled, complain)
            if not quoted:
                continue
            check_room_include((root, path), quoted, granted, complain)
            if not FOR_TESTS.search(path.stem):
                graph.setdefault(unit_of(path), set()).add(quoted.removesuffix(".h"))
        check_own_header_first(root, path, includes, complain)
    for unit, targets in graph.items():
        targets.discard(unit)
    cycle = find_cycle(graph)
    if cycle:
        complain("src", "cycle: " + " -> ".join(cycle))


def check_architecture(root, granted, complain):
    page = root / "docs/architecture.md"
    if not page.is_file():
        return
    named, fenced, drawing = set(), False, False
    for line in page.read_text().splitlines():
        if line.startswith("```"):
            fenced, drawing = not fenced, False
        elif fenced:
            drawing = line.startswith(("floor", "apart")) or (drawing and line.startswith(" "))
            if drawing:
                named.update(re.findall(r"(?<![\w/.])([a-z]+)/(?=\s|$)", line))
        elif found := re.match(r"\|\s*`([a-z]+)/`", line):
            named.add(found[1])
    for room in sorted(granted.keys() - named):
        complain("docs/architecture.md", f"does not name the room {room}/")
    for room in sorted(named - granted.keys()):
        complain("docs/architecture.md", f"names {room}/, which is not a room of src/layers.txt")


def complaints_about(root):
    found = []
    complain = lambda where, sentence: found.append(f"{where}: {sentence}")
    granted = read_layers(root, complain)
    check_sources(root, granted, complain)
    check_architecture(root, granted, complain)
    return found


# A small wrong house, and what must be said of it: nothing more and nothing less.
WRONG = {
    "src/layers.txt": "# rooms\nbase:\nlow: base high\ncrypto: base\nhigh: base low\ncli: base high\ntesting: base\n",
    "src/main.cc": '#include "cli/run.h"\n#include "low/a.h"\n',
    "src/base/random.h": "#pragma once\n",
    "src/cli/run.h": "#pragma once\n",
    "src/low/a.h": '#include "low/b.h"\n',
    "src/low/b.h": '#include "low/a.h"\n',
    "src/low/a.cc": '#include "base/random.h"\n#include "low/a.h"\n',
    "src/low/c.cc": '#include "crypto/d.h"\n#include "testing/e.h"\n#include "a.h"\n#include <openssl/evp.h>\n',
    "src/low/c_test.cc": '#include "testing/e.h"\n#include "low/a.h"\n',
    "src/crypto/d.h": "#include <openssl/evp.h>\n#include <utf8proc.h>\n",
    "src/high/f.cc": '#include "attic/g.h"\n',
    "src/attic/g.h": "#pragma once\n",
    "src/testing/e.h": "#pragma once\n",
    "docs/architecture.md": "| `base/` | x |\n| `cellar/` | y |\n```\nfloor 1  low/ a room  crypto/\n         high/\n"
                            "apart    testing/\nbeside   docs/\n```\nsrc/elsewhere/ is no room\n",
}
EXPECTED = [
    "src/layers.txt: low is granted high, which does not stand above it in the list",
    "src/attic: is not a room of src/layers.txt",
    "src/crypto/d.h: only bag/names may include <utf8proc.h>",
    "src/high/f.cc: includes attic, an unknown room",
    'src/low/a.cc: its first include must be "low/a.h"',
    "src/low/c.cc: low may not include crypto",
    "src/low/c.cc: low may not include testing",
    'src/low/c.cc: includes "a.h", which is not a file below src/',
    "src/low/c.cc: only crypto may include <openssl/evp.h>",
    "src/main.cc: src may not include low",
    "src: cycle: low/a -> low/b -> low/a",
    "docs/architecture.md: does not name the room cli/",
    "docs/architecture.md: names cellar/, which is not a room of src/layers.txt",
]


if __name__ == "__main__":
    checking.main(__doc__, complaints_about, WRONG, EXPECTED)
