"""The demo: it succeeds, also with a person's own odd files, and it can fail."""

import os
import pathlib
import shlex
import shutil
import sys
import tempfile
import unittest

import blackbox

sys.path.insert(0, str(blackbox.source() / "demo"))
import evidence_files  # noqa: E402


class DemoTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.program = blackbox.program().absolute()
        if shutil.which("age") is None:
            raise unittest.SkipTest("age is not installed")

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.workplace = self.folder / "tmp"
        self.workplace.mkdir()

    def run_demo(self, expect, **environment):
        environment = {"MUNIMENT": str(self.program), **environment}
        clean = {name: value for name, value in os.environ.items() if name not in ("EVIDENCE", "KEEP", "MUNIMENT")}
        return blackbox.run(
            [sys.executable, blackbox.source() / "demo/demo.py"],
            expect=expect, env={**clean, "TMPDIR": str(self.workplace), **environment},
        ).stdout

    def small_evidence(self):
        evidence = self.folder / "evidence"
        evidence.mkdir()
        (evidence / "statement.txt").write_text("Invented. " * 100, encoding="utf-8")
        (evidence / "noise").write_bytes(os.urandom(100_000))
        return evidence

    def sabotaged(self, what):
        """A program that does what muniment does, and then `what`, a line of shell."""
        wrapper = self.folder / "sabotaged"
        wrapper.write_text(f'#!/bin/bash\n{shlex.quote(str(self.program))} "$@"\nstatus=$?\n{what}\nexit $status\n')
        wrapper.chmod(0o755)
        return str(wrapper)

    def test_tells_the_story_of_the_default_evidence_and_leaves_nothing_behind(self):
        told = self.run_demo(0)
        last = told.rstrip().splitlines()[-5:]
        self.assertEqual([line[:3] for line in last], ["1. ", "2. ", "3. ", "4. ", "5. "])
        self.assertIn("11 files", last[4])
        self.assertTrue(all(len(line) <= 80 for line in last), last)
        self.assertIn("part-0000000", told.partition("recover --from")[2])
        self.assertIn("Not obeyed: entry 5 is not ours: signed by custodian-1", told)
        self.assertEqual(list(self.workplace.iterdir()), [])

    def test_takes_odd_evidence_and_says_what_is_not_compared(self):
        evidence = self.folder / "-Дело № 7, 100% "
        make_odd_evidence(evidence)
        told = self.run_demo(0, EVIDENCE=str(evidence), KEEP="1")
        self.assertIn(f"{len(evidence_files.look(evidence).files)} files", told.splitlines()[-4])
        for words in ("2 symbolic link(s)", "1 empty folder(s)", "1 thing(s) that are no readable files"):
            self.assertIn(words, " ".join(told.split()))
        (kept,) = self.workplace.iterdir()
        self.assertIn(f"Kept: {kept}", told)
        self.assertTrue((kept / "archive/checkpoint").is_file())
        self.assertFalse((kept / "office").exists())

    def test_fails_when_a_file_comes_back_altered(self):
        alter = 'if [ "$1" = open ]; then printf x >> opened/evidence/noise; fi'
        told = self.run_demo(1, EVIDENCE=str(self.small_evidence()), MUNIMENT=self.sabotaged(alter))
        said = " ".join(told.split())
        self.assertIn("NOT AS IT SHOULD BE: the files are not those that were sealed: 1 altered", said)
        self.assertNotIn("What was shown", told)
        self.assertEqual(list(self.workplace.iterdir()), [])

    def test_fails_when_a_mirror_can_read_the_evidence(self):
        leak = 'if [ "$1 $2" = "mirror push" ]; then cp -r "$EVIDENCE" mirror-3/; fi'
        told = self.run_demo(1, EVIDENCE=str(self.small_evidence()), MUNIMENT=self.sabotaged(leak))
        self.assertIn("the evidence can be read in mirror-3", " ".join(told.split()))

    def test_fails_when_a_mirror_does_what_the_thief_ordered(self):
        obey = 'if [ "$1 $2" = "mirror pull" ]; then rm -f mirror-3/deposits/*/*/part-*; fi'
        told = self.run_demo(1, EVIDENCE=str(self.small_evidence()), MUNIMENT=self.sabotaged(obey))
        self.assertIn("mirror-3 has lost something to the thief", " ".join(told.split()))

    def test_fails_when_recover_does_not_see_what_a_mirror_did(self):
        program = self.folder / "lying"
        program.write_text(
            f"#!/bin/bash\nset -o pipefail\n{shlex.quote(str(self.program))} \"$@\" | "
            "if [ \"$2\" = recover ]; then sed 's/\"behind\": 2/\"behind\": 0/'; else cat; fi\n"
        )
        program.chmod(0o755)
        told = self.run_demo(1, EVIDENCE=str(self.small_evidence()), MUNIMENT=str(program))
        self.assertIn("recover takes the mirrors for", " ".join(told.split()))

    def test_fails_when_a_stock_tool_gives_something_else(self):
        tools = self.folder / "tools"
        tools.mkdir()
        (tools / "tar").write_text(f'#!/bin/bash\n{shutil.which("tar")} "$@" && printf x >> "$3"/bag-*/data/*/noise\n')
        # Where the seals are hybrid, the lines of README.txt are those for its reader in Python.
        (tools / "python3").write_text(
            f'#!/bin/bash\n{shutil.which("python3")} "$@" || exit\n'
            '[ "$2" != deposit ] || printf x >> "$OUT"/bag-*/data/*/noise\n'
        )
        for tool in ("tar", "python3"):
            (tools / tool).chmod(0o755)
        path = f"{tools}:{os.environ['PATH']}"
        told = self.run_demo(1, EVIDENCE=str(self.small_evidence()), PATH=path)
        if "read_archive.py" in told:
            self.assertIn("the files are not those that were sealed: 1 altered", " ".join(told.split()))
            return
        self.assertIn("noise: FAILED", told)
        self.assertIn("the lines of README.txt ended with status 1", " ".join(told.split()))

    def test_says_what_it_cannot_begin_with(self):
        self.run_demo(2, MUNIMENT=str(self.folder / "nothing"))
        self.run_demo(2, EVIDENCE=str(self.folder / "nothing"))
        self.run_demo(2, EVIDENCE=str(self.workplace))


class DifferenceTest(unittest.TestCase):
    def test_sees_what_is_missing_altered_and_added(self):
        before = {b"a": "1", b"b": "2"}
        self.assertEqual(evidence_files.difference(before, dict(before)), "")
        self.assertIn("1 missing, one is 'b'", evidence_files.difference(before, {b"a": "1"}))
        self.assertIn("1 altered, one is 'a'", evidence_files.difference(before, {b"a": "0", b"b": "2"}))
        self.assertIn("1 not of the originals", evidence_files.difference(before, {**before, b"c": "3"}))


def make_odd_evidence(folder):
    """Names that some system or tool stumbles over, links, an empty folder, a pipe, and files of odd sizes."""
    top = os.fsencode(folder)
    names = [
        b"plain", b"-rf", b" edge spaces ", b"100%25", b"line\nfeed", b"carriage\rreturn", b"back\\slash", b'quo"te',
        b"tab\there", b"n" * 255, b"invalid \xff\xfe utf-8", "\u0439".encode(), "\u0438\u0306".encode(),
        b"Case", b"case", b'"sha256":"', b"~0123456789abcdef", b"trailing.",
        b"folder/inside", b"Folder/INSIDE", b"/".join([b"deep"] * 60) + b"/file",
    ]
    for number, name in enumerate(names):
        path = os.path.join(top, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(name * number)
    with open(os.path.join(top, b"three parts"), "wb") as file:
        file.write(os.urandom(40_000_000))
    os.symlink(b"plain", os.path.join(top, b"link"))
    os.symlink(b"nowhere", os.path.join(top, b"dangling link"))
    os.mkdir(os.path.join(top, b"empty folder"))
    os.mkfifo(os.path.join(top, b"pipe"))


if __name__ == "__main__":
    blackbox.main()
