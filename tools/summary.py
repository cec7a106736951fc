#!/usr/bin/env python3
"""What a run of ctest found: a line for each suite, each failed and each skipped case, and the sum in the last line.

Usage: summary.py BUILD_FOLDER       exit status 0 when something ran and nothing failed

Reads BUILD_FOLDER/test-results/ctest.junit (every test as ctest saw it) and, for tests that are suites of many cases,
test-results/NAME.xml of GoogleTest or test-results/NAME.json: {"passed": 1, "failed": 0, "skipped": [["name", "why"]]}.
"""
import json
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Suite:
    passed: int = 0
    failed: int = 0
    failures: list = field(default_factory=list)  # names of failed cases, as far as they are known
    skipped: list = field(default_factory=list)  # (name, reason)


def read_gtest(path):
    suite = Suite()
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        skip = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            suite.failed += 1
            suite.failures.append(name)
        elif skip is not None:
            # The message begins with the place in the source; the reason is what the test said.
            reason = [line for line in (skip.get("message") or skip.text or "").splitlines() if line.strip()]
            suite.skipped.append((name, reason[-1].strip() if reason else "no reason given"))
        elif case.get("status") == "notrun":
            suite.skipped.append((name, "disabled"))
        else:
            suite.passed += 1
    return suite


def read_json(path):
    found = json.loads(path.read_text())
    return Suite(found["passed"], found["failed"], list(found.get("failures", [])),
                 [(name, reason) for name, reason in found["skipped"]])


def read_ctest_case(case):
    skip = case.find("skipped")
    if case.get("status") == "run" and case.find("failure") is None:
        return Suite(passed=1)
    if skip is not None and case.get("status") == "notrun" and "SKIP" in (skip.get("message") or ""):
        return Suite(skipped=[(case.get("name"), skip.get("message"))])
    return Suite(failed=1)  # failed, timed out, crashed, or its program was not built


def read_suite(results, case):
    """The cases of one ctest test. What it wrote itself counts; a crash or a silent failure is one failure more."""
    by_ctest = read_ctest_case(case)
    name = case.get("name")
    readers = ((results / f"{name}.xml", read_gtest), (results / f"{name}.json", read_json))
    for path, read in readers:
        if not path.is_file():
            continue
        suite = read(path)
        if by_ctest.failed and not suite.failed:
            suite.failed += 1
            suite.failures.append("it ended badly: see its output above")
        return suite
    return by_ctest


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    results = Path(sys.argv[1]) / "test-results"
    junit = results / "ctest.junit"
    if not junit.is_file():
        print("ctest left no results\n0 passed, 1 failed, 0 skipped")
        sys.exit(1)
    suites = {case.get("name"): read_suite(results, case)
              for case in ElementTree.parse(junit).getroot().iter("testcase")}
    for name, suite in sorted(suites.items()):
        more = f", {suite.failed} failed" if suite.failed else ""
        more += f", {len(suite.skipped)} skipped" if suite.skipped else ""
        print(f"  {name:<32} {suite.passed:>5} passed{more}")
    for name, suite in sorted(suites.items()):
        for case, reason in suite.skipped:
            print(f"skipped: {name}: {case}: {reason}")
        for case in suite.failures or [""] * bool(suite.failed):
            print(f"FAILED: {name}" + (f": {case}" if case else ""))
    passed = sum(suite.passed for suite in suites.values())
    failed = sum(suite.failed for suite in suites.values())
    skipped = sum(len(suite.skipped) for suite in suites.values())
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(0 if passed and not failed else 1)


if __name__ == "__main__":
    main()
