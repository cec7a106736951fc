"""What the tests of the program as a whole share: where things are, running commands, and the runner.

A test file ends in `if __name__ == "__main__": blackbox.main()` and is run as
`python3 tests/x_test.py --results FILE`; FILE receives {"passed": n, "failed": n, "skipped": [[name, reason], …]}.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import unittest


def source():
    """The source folder: from MUNIMENT_SOURCE, else the folder above this file."""
    return pathlib.Path(os.environ.get("MUNIMENT_SOURCE") or pathlib.Path(__file__).resolve().parent.parent)


def build():
    """The build folder, from MUNIMENT_BUILD. A test cannot do without it."""
    return _path_or_skip("MUNIMENT_BUILD")


def program():
    """The program under test, from MUNIMENT_PROGRAM."""
    return _path_or_skip("MUNIMENT_PROGRAM")


def skip_with_a_sanitizer():
    """Skips what looks at the program from outside, where it would see a sanitizer for the most part."""
    # Not read here: a child is counted at first with what its parent has in memory.
    if subprocess.run(["grep", "-qE", "__(asan|tsan)_init", program()], check=False).returncode == 0:
        raise unittest.SkipTest("the program is built with a sanitizer, which has memory, signals and calls of its own")


def shared():
    """The folder of test vectors: from MUNIMENT_SHARED, else ../shared beside the sources, else None."""
    named = os.environ.get("MUNIMENT_SHARED")
    folder = pathlib.Path(named) if named else source().parent / "shared"
    return folder if folder.is_dir() else None


def _path_or_skip(variable):
    named = os.environ.get(variable)
    if not named:
        raise unittest.SkipTest(f"{variable} is not set; run this through ctest")
    return pathlib.Path(named)


def run(args, expect=0, **kw):
    """Runs a command and asserts its exit status, or any status when `expect` is None.

    Output is captured as text unless `kw` (arguments of subprocess.run) says otherwise; it is shown on failure.
    """
    kw.setdefault("timeout", 300)
    if "stdout" not in kw and "stderr" not in kw:
        kw.setdefault("capture_output", True)
    if "text" not in kw and not isinstance(kw.get("input"), bytes):
        kw["text"] = True
    command = [str(arg) for arg in args]
    done = subprocess.run(command, check=False, **kw)
    if expect is not None and done.returncode != expect:
        raise AssertionError(
            f"{' '.join(command)}\nexit status {done.returncode}, not {expect}\n"
            f"--- standard output\n{_shown(done.stdout)}\n--- standard error\n{_shown(done.stderr)}"
        )
    return done


def npm_packages(name, of="tests/npm"):
    """A folder below the build folder with the packages that a folder of the sources locks, in node_modules; skips
    where they are not to be had."""
    for tool in ("npm", "node"):
        if shutil.which(tool) is None:
            raise unittest.SkipTest(f"{tool} is not installed")
    folder = build() / name
    folder.mkdir(exist_ok=True)
    for file in ("package.json", "package-lock.json"):
        shutil.copy(source() / of / file, folder)
    try:
        done = subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=folder,
                              capture_output=True, text=True, timeout=120, check=False)
    except subprocess.TimeoutExpired:
        raise unittest.SkipTest("npm's registry did not answer within two minutes") from None
    if done.returncode != 0:
        raise unittest.SkipTest(f"npm ci failed: {done.stderr.strip()[-300:]}")
    return folder


def _shown(output):
    text = output.decode("utf-8", "backslashreplace") if isinstance(output, bytes) else output or ""
    return text if len(text) <= 20000 else text[:20000] + f"\n… {len(text) - 20000} characters more"


class _CountingResult(unittest.TextTestResult):
    """A result that also knows how many tests passed, which unittest does not count."""

    passed = 0

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed += 1

    def addExpectedFailure(self, test, err):
        super().addExpectedFailure(test, err)
        self.passed += 1


GO_PATH = pathlib.Path("/usr/share/gocode")  # where Debian installs Go libraries


def go_program(folder, name):
    """tests/go/NAME.go, built into the folder; skips where Go or its library is not there."""
    if shutil.which("go") is None:
        raise unittest.SkipTest("Go is not installed")
    if not (GO_PATH / "src/golang.org/x/mod/sumdb/tlog").is_dir():
        raise unittest.SkipTest("Debian's golang-golang-x-mod-dev is not installed")
    environment = dict(os.environ)
    environment.update(GO111MODULE="off", GOPATH=str(GO_PATH), GOFLAGS="", GOENV="off", CGO_ENABLED="0",
                       GOCACHE=str(build() / "go-cache"))
    program_path = folder / name
    run(["go", "build", "-o", program_path, source() / f"tests/go/{name}.go"], env=environment)
    return program_path


def main():
    """Runs the tests of the calling script, writes the results and ends the process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--results", help="where the counts are written, as JSON")
    parser.add_argument("names", nargs="*", help="only these tests, as Class or Class.test")
    arguments = parser.parse_args()

    module = sys.modules["__main__"]
    loader = unittest.defaultTestLoader
    suite = (
        loader.loadTestsFromNames(arguments.names, module)
        if arguments.names
        else loader.loadTestsFromModule(module)
    )
    runner = unittest.TextTestRunner(stream=sys.stdout, verbosity=2, resultclass=_CountingResult)
    result = runner.run(suite)

    skipped = [[test.id().removeprefix("__main__."), reason] for test, reason in result.skipped]
    for name, reason in skipped:
        print(f"skipped {name}: {reason}")
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    # A file without a single test has failed: nothing was shown.
    if result.passed + failed + len(skipped) == 0:
        print("no test was found")
        failed = 1
    if arguments.results:
        counts = {"passed": result.passed, "failed": failed, "skipped": skipped}
        pathlib.Path(arguments.results).write_text(json.dumps(counts, indent=1) + "\n", encoding="utf-8")
    sys.exit(1 if failed else 0)
