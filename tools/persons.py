#!/usr/bin/env python3
"""Four persons do their part from the printed pages, timed: one in the field and one with a server in fresh Debian 12
and 13 systems, one on a phone and one on a laptop in real browsers. After each their machine is searched for what they
brought, and at the end the home is searched for all of it. Everything is invented.

Usage: tools/persons.py [PART...]      field12, field13, phone, laptop, volunteer12, volunteer13; all unless said
Needs build/release with its test tools, build/package (tools/package.sh), and for the systems root and mmdebstrap.
Writes build/persons/persons.json, a folder for each part, and a table. Status 0 if all finished within ten minutes and
left nothing readable; 3 if only something cannot be run here, which is named with its reason; else 1.
"""

import json
import os
import pathlib
import shutil
import signal
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))
os.environ.setdefault("MUNIMENT_SOURCE", str(ROOT))
os.environ.setdefault("MUNIMENT_BUILD", str(ROOT / "build/release"))
os.environ.setdefault("MUNIMENT_PROGRAM", str(ROOT / "build/muniment"))
sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position  # they lie in tests/
import persons_parts
from persons_home import Home, Secrets
from persons_machine import CannotRun, make_base, need_namespaces

OUT = ROOT / "build/persons"
SECONDS_MAX = 600
# Of somebody slow: what is measured is the machine alone.
TYPED_PER_SECOND = 2
WORDS_READ_PER_SECOND = 2.5
BROWSERS = {"phone": ("chrome", persons_parts.NARROW), "laptop": ("firefox", persons_parts.WIDE)}
PARTS = ("field12", "field13", "phone", "laptop", "volunteer12", "volunteer13")


def package_for(person, release):
    """The package of that Debian; the server with Debian 13 gets the single file."""
    is_single = person == "volunteer" and release == 13
    pattern = "muniment-*-static-*" if is_single else f"muniment_*~deb{release}_*.deb"
    found = sorted((ROOT / "build/package").glob(pattern))
    if not found:
        raise CannotRun(f"there is no build/package/{pattern}: tools/package.sh makes it")
    return found[-1]


def do_part(name, home, brought, folder):
    """What came of one part."""
    person, release = name.rstrip("123"), int(name[-2:]) if name[-1].isdigit() else None
    if person in BROWSERS:
        secrets = brought[name] = Secrets(home.folder / name, "brought")
        return persons_parts.in_browser(home, secrets, *BROWSERS[person], folder)
    need_namespaces()
    package = package_for(person, release)
    base = make_base(OUT, release)
    if person == "field":
        secrets = brought[name] = Secrets(home.folder / name, "brought")
        return persons_parts.field(home, secrets, package, base, folder)
    needles = {what: needle for secrets in brought.values() for what, needle in secrets.needles.items()}
    return persons_parts.volunteer(home, needles, package, base, folder)


def outcome_of(name, home, brought):
    folder = OUT / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    result = {"part": name, "state": "finished", "reason": None}
    try:
        result |= do_part(name, home, brought, folder)
    except (CannotRun, unittest.SkipTest) as reason:
        brought.pop(name, None)
        return result | {"state": "skipped", "reason": str(reason)}
    except Exception as reason:  # pylint: disable=broad-exception-caught  # the others do their part all the same
        brought.pop(name, None)
        return result | {"state": "failed", "reason": f"{type(reason).__name__}: {reason}"}
    result["seconds"] = round(sum(step["seconds"] for step in result["steps"]), 1)
    result["installSeconds"] = round(sum(step["seconds"] for step in result["steps"] if step["install"]), 1)
    typed = sum(step["typed"] for step in result["steps"])
    result["typed"] = typed
    slow = round(result["seconds"] + typed / TYPED_PER_SECOND + result["pageWords"] / WORDS_READ_PER_SECOND)
    result["secondsOfAPerson"] = slow
    if slow > SECONDS_MAX:
        result |= {"state": "failed", "reason": f"with typing and reading it takes {slow} seconds"}
    elif result["residue"]:
        result |= {"state": "failed", "reason": f"readable in {len(result['residue'])} files"}
    return result


def table(results, home):
    lines = ["| part | state | seconds | of which install | with typing and reading | bytes installed | page, bytes "
             "| files with what was brought, before | after | not on the page |", "| --- | --- |" + " ---: |" * 8]
    for each in results:
        cells = [each["part"], each["state"]]
        if "seconds" in each:
            missing = [used for used in each["page"] if used["missingIn"]]
            cells += [each["seconds"], each["installSeconds"], each["secondsOfAPerson"], each["bytesInstalled"],
                      each["pageBytes"], each["readableBefore"], len(each["residue"]), len(missing)]
        else:
            cells += ["–"] * 8
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    lines += ["", f"Typing and reading: {TYPED_PER_SECOND} characters and {WORDS_READ_PER_SECOND} words a second. "
              "While they wait for the home, persons in the field look every 2 seconds, not once a minute."]
    lines.append(f"At home: {home['deposits']} deposits; " + ("; ".join(home["troubles"]) or "all that was brought "
                 "arrived and opens, and home and mirrors verify."))
    for each in results:
        if each["reason"]:
            lines.append(f"{each['part']}: {each['state']}: {each['reason']}")
        lines += [f"{each['part']}: readable: {found['where']}: {', '.join(found['what'])}"
                  for found in each.get("residue", [])]
        lines += [f"{each['part']}: not on the page ({', '.join(used['missingIn'])}): {used['command']}"
                  for used in each.get("page", []) if used["missingIn"]]
        lines += [f"{each['part']}: kept: {kept}" for kept in each.get("kept", [])]
    return "\n".join(lines)


def main():
    wanted = sys.argv[1:] or PARTS
    if set(wanted) - set(PARTS):
        sys.exit(f"persons.py: there is no such part; there are {', '.join(PARTS)}")
    for path in (ROOT / "build/muniment", ROOT / "build/release/tests/make_key_file"):
        if not path.exists():
            sys.exit(f"persons.py: there is no {path.relative_to(ROOT)}: make persons builds it")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that all is ended that was started
    OUT.mkdir(parents=True, exist_ok=True)
    home = Home()
    try:
        brought, results = {}, []
        for name in wanted:
            print(f"persons.py: {name}", file=sys.stderr, flush=True)
            results.append(outcome_of(name, home, brought))
        troubles, deposits = home.check(brought)
        at_home = {"deposits": deposits, "troubles": troubles}
    finally:
        home.close()
    (OUT / "persons.json").write_text(json.dumps({"parts": results, "home": at_home}, indent=1) + "\n")
    print(table(results, at_home))
    states = {each["state"] for each in results}
    sys.exit(1 if troubles or "failed" in states else 3 if "skipped" in states else 0)


if __name__ == "__main__":
    main()
