#!/usr/bin/env python3
"""Holds the documents to the code: check_docs.py ROOT.

Every section of docs/formats.md that a source cites exists; every test that docs/threat-model.md names exists; every
relative link leads somewhere.
"""
import os
import re
import subprocess
import sys


def tracked(root, *patterns):
    listed = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard", *patterns],
                            capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.splitlines() if os.path.exists(os.path.join(root, name))]


def read(root, name):
    with open(os.path.join(root, name), encoding="utf-8") as file:
        return file.read()


def check_sections(root):
    headings = set(re.findall(r"^#+ (.+)$", read(root, "docs/formats.md"), re.MULTILINE))
    for name in tracked(root, "src/*.h", "src/*.cc"):
        text = re.sub(r"\n\s*//+ ?", " ", read(root, name))  # a citation may go over two lines of comment
        for section in re.findall(r'docs/formats\.md\s+"([^"]+)"', text):
            if section not in headings:
                yield f'{name}: docs/formats.md has no section "{section}"'


def known_tests(root):
    tests = set()
    for name in tracked(root, "src/*_test.cc", "tests/*_test.py"):
        text = read(root, name)
        macros = r"(?:TEST|TEST_F|TEST_P|TYPED_TEST|RC_GTEST_PROP|RC_GTEST_FIXTURE_PROP)"
        tests.update(".".join(names) for names in re.findall(macros + r"\(\s*(\w+),\s*(\w+)", text))
        module = os.path.basename(name)[:-3]
        tests.update(f"{module}.{test}" for test in re.findall(r"^\s+def (test_\w+)", text, re.MULTILINE))
    return tests


def check_promises(root):
    tests = known_tests(root)
    promises = read(root, "docs/threat-model.md")
    named = re.findall(r"`(\w+\.\w+)`", promises)
    if not named:
        yield "docs/threat-model.md names no tests"
    for test in named:
        if test not in tests:
            yield f"docs/threat-model.md: there is no test {test}"


def check_links(root):
    for name in tracked(root, "*.md", "docs/*.md"):
        for target in re.findall(r"\]\(([^)#:]+)\)", read(root, name)):
            if not os.path.exists(os.path.join(root, os.path.dirname(name), target)):
                yield f"{name}: the link to {target} leads nowhere"


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else "."
    problems = [*check_sections(root), *check_promises(root), *check_links(root)]
    print("\n".join(problems) if problems else "The documents agree with the code.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
