"""Browsers over the page of a card, and what comes out of them: for page_test.py.

tests/page/drive.mjs drives Debian's Chromium and Firefox by npm's puppeteer-core, which downloads none itself.
"""

import functools
import http.server
import json
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
import unittest

import blackbox

EXECUTABLES = {"chrome": ("chromium", "chromium-browser", "google-chrome"), "firefox": ("firefox-esr", "firefox")}
# Without these the page saves by download, in Chromium too: what it asks a person there, no driver can answer.
NO_PICKERS = "delete window.showSaveFilePicker; delete window.showDirectoryPicker"


@functools.cache
def packages():
    """The folder node_modules; each test file has its own, since they run side by side."""
    return blackbox.npm_packages(f"npm-{pathlib.Path(sys.argv[0]).stem}", of="page") / "node_modules"


class Driven:
    """A browser that runs, with a profile of its own, until close()."""

    def __init__(self, kind, executable, folder, downloads):
        self.profile = tempfile.TemporaryDirectory(dir=folder)
        self.process = subprocess.Popen(["node", blackbox.source() / "tests/page/drive.mjs", packages()],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._say({"browser": kind, "executable": executable, "profile": self.profile.name,
                   "downloads": str(downloads)})

    def _say(self, document):
        try:
            self.process.stdin.write(json.dumps(document) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # it has ended, which run() says

    def run(self, steps):
        """What came of the steps."""
        self._say(steps)
        answer = self.process.stdout.readline()
        return json.loads(answer) if answer else {"found": [], "complaints": [], "error": "the browser did not start"}

    def has_ended(self):
        return self.process.poll() is not None

    def close(self, look_into=lambda profile: None):
        """`look_into` is given the profile after the browser has ended."""
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self.process.stdout.close()
        look_into(pathlib.Path(self.profile.name))
        self.profile.cleanup()


class Browser:
    """One kind of browser: one that runs for all jobs, or one for a job alone."""

    def __init__(self, kind, folder):
        self.kind = kind
        self.folder = folder
        self.executable = next(filter(None, map(shutil.which, EXECUTABLES[kind])), None)
        if self.executable is None:
            raise unittest.SkipTest(f"{EXECUTABLES[kind][0]} is not installed")
        self.downloads = folder / f"downloads-{kind}"
        self.downloads.mkdir()
        self.driven = self._start()
        trial = self.run([{"step": "open-blank"}])
        if "error" in trial:
            self.close()
            raise unittest.SkipTest(f"{kind} does not start here: {trial['error'][:300]}")

    def _start(self):
        return Driven(self.kind, self.executable, self.folder, self.downloads)

    def run(self, steps):
        """What came of the steps."""
        if self.driven.has_ended():
            self.driven.close()
            self.driven = self._start()
        return self.driven.run(steps)

    def run_alone(self, steps, look_into):
        """The same with a fresh profile, which `look_into` is given after the browser has ended."""
        driven = self._start()
        try:
            return driven.run(steps)
        finally:
            driven.close(look_into)

    def close(self):
        self.driven.close()

    def drive(self, *steps):
        """Gives what each step found. The page's own scripts may complain of nothing. What is opened last is driven."""
        outcome = self.run(list(steps))
        if "error" in outcome or outcome["complaints"]:
            raise AssertionError(
                f"{self.kind}: {outcome.get('error')} {outcome['complaints']}, after {outcome['found']}")
        return outcome["found"]


def step(kind, **values):
    return {"step": kind, **values}


def open_page(page, languages=("en",), before=NO_PICKERS, width=1280):
    """Opens the page in a new tab, from a file unless it is an address."""
    url = str(page) if str(page).startswith("http") else pathlib.Path(page).as_uri()
    return step("open", url=url, languages=list(languages), before=before, width=width)


def serve(test, folder):
    """A folder over HTTP on this machine, where browsers have a file system of their own for a page; its address."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    test.addCleanup(server.server_close)
    test.addCleanup(server.shutdown)
    return f"http://127.0.0.1:{server.server_port}"


def unpacked(carried, target):
    """The folders of deposits in a carried file, by GNU tar."""
    target.mkdir()
    blackbox.run(["tar", "-x", "-f", carried, "-C", target])
    return sorted(target.iterdir())


def open_with_stock_tools(deposit, key, target):
    """The bag in a deposit and its contents, by age, tar and sha256sum alone."""
    target.mkdir()
    script = """set -euo pipefail
        cd "$1"; sha256sum --quiet -c receipt SHA256SUMS 2>/dev/null
        age -d -i "$2" contents-0.age > "$3/contents"
        printf '%s\\0' header-0 part-* | xargs -0 cat | age -d -i "$2" > "$3/plain.tar"
        cd "$3"; tar xf plain.tar; cd bag-*
        sha256sum --quiet -c manifest-sha256.txt; sha256sum --quiet -c tagmanifest-sha256.txt
        cmp metadata/contents.jsonl "$3/contents" """
    blackbox.run(["bash", "-c", script, "bash", deposit.resolve(), key.resolve(), target.resolve()])
    (bag,) = target.glob("bag-*")
    return bag


def form_of(target):
    """What of an opened deposit follows from what was sealed: members of the tar, contents without what is random,
    of the moment, or told by no browser."""
    members = []
    with tarfile.open(target / "plain.tar") as tar:
        for member in tar:
            own = member.name.split("/", 1)[1]
            is_tag = not own.startswith("data/")
            members.append((own, 0 if own == "bag-info.txt" else member.size, None if is_tag else int(member.mtime)))
    lines = []
    for line in (target / "contents").read_text(encoding="utf-8").splitlines():
        if line.strip() == "":
            continue
        values = json.loads(line)
        assert json.dumps(values, ensure_ascii=False, separators=(",", ":")) == line, line
        if "modified" in values:
            values["modified"] = values["modified"][:23]
        for own in ("salt", "bag", "sealed", "tool", "mode", "owner", "group"):
            values.pop(own, None)
        lines.append(values)
    return members, lines, (target / "plain.tar").stat().st_size, (target / "contents").stat().st_size


def run_node(script, *arguments, **options):
    return subprocess.run(["node", str(blackbox.source() / "tests/page" / script), str(packages()),
                           *map(str, arguments)], capture_output=True, check=True, timeout=120, **options).stdout
