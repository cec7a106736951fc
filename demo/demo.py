#!/usr/bin/env python3
"""The whole path, done for real and told as it is done: an archive survives the loss of its office.

Environment: EVIDENCE  a folder of your own, demo/evidence otherwise; it is only read
             MUNIMENT  the program, build/muniment otherwise
             KEEP=1    leaves the folder in which all of it happened
Exit status: 0 all of it was as it should be, 1 a step was not, 2 there was nothing to begin with.
"""

import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time

import evidence_files
import readme_lines

ROOT = pathlib.Path(__file__).resolve().parent.parent
PASSPHRASE = "kettle lantern orchard thimble gravel meadow"
COLUMNS = 80
MIRRORS = ["mirror-1", "mirror-2", "mirror-3"]


class NotAsItShouldBe(Exception):
    """A step differs from what the story says; the sentence says in what."""


def check(is_so, sentence):
    if not is_so:
        raise NotAsItShouldBe(sentence)


class Teller:
    """Prints the story: what is said, what is typed, what the program answers."""

    def __init__(self, out):
        self.out = out
        self.bold = ("\x1b[1m", "\x1b[0m") if out.isatty() and "NO_COLOR" not in os.environ else ("", "")

    def _print(self, text="", bold=False):
        print(self.bold[0] + text + self.bold[1] if bold and text else text, file=self.out, flush=True)

    def _fill(self, text, indent, then):
        return textwrap.fill(
            text, COLUMNS, initial_indent=indent, subsequent_indent=then,
            break_long_words=False, break_on_hyphens=False, replace_whitespace=False,
        )

    def heading(self, text):
        self._print()
        self._print(text, bold=True)

    def say(self, text):
        self._print()
        self._print(self._fill(text, "", ""))
        self._print()

    def point(self, number, text):
        self._print(self._fill(text, f"  {number}. ", "     "))

    def typed(self, command):
        self._print(self._fill(command, "$ ", "    "), bold=True)

    def answered(self, output):
        for line in output.rstrip("\n").splitlines():
            indent = "    " + line[: len(line) - len(line.lstrip())]
            self._print(self._fill(line.strip(), indent, indent + "  ") if line.strip() else "")


class Stage:
    """The folder in which it happens, and the program that is typed there."""

    def __init__(self, program, folder, evidence, teller):
        self.program = program
        self.folder = folder
        self.teller = teller
        self.variables = {"EVIDENCE": str(evidence), "WORDS": ""}
        self.passphrase_file = folder / "passphrase"
        self.passphrase_file.write_text(PASSPHRASE + "\n", encoding="utf-8")

    def path(self, name):
        return self.folder / name

    def _run(self, arguments, has_passphrase):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MUNIMENT")}
        if has_passphrase:
            environment["MUNIMENT_PASSPHRASE_FILE"] = str(self.passphrase_file)
        return subprocess.run(
            [str(self.program), *arguments], cwd=self.folder, env=environment, stdin=subprocess.DEVNULL,
            capture_output=True, check=False,
        )

    def muniment(self, *arguments, status=0, has_passphrase=True):
        """Types the command, shows what it answers, and holds its exit status against `status`."""
        self.teller.typed("muniment " + " ".join(quoted(argument) for argument in arguments))
        values = [self.variables[a[1:]] if a.startswith("$") else a for a in arguments]
        ran = self._run(values, has_passphrase)
        self.teller.answered((ran.stdout + ran.stderr).decode("utf-8", "replace"))
        check(ran.returncode == status, f"muniment {arguments[0]} ended with status {ran.returncode}, not {status}")

    def ask(self, *arguments):
        """The JSON answer of a command that only looks; it is not part of the story."""
        ran = self._run(["--json", *arguments], True)
        check(ran.returncode == 0, f"muniment --json {arguments[0]} ended with status {ran.returncode}, not 0")
        return json.loads(ran.stdout)


def quoted(argument):
    return f'"{argument}"' if " " in argument or argument.startswith("$") else argument


def people(count, one, many):
    return f"{count:,} {one if count == 1 else many}"


class Story:
    def __init__(self, stage, originals):
        self.stage = stage
        self.teller = stage.teller
        self.originals = originals
        self.evidence = []  # ids of the deposits with the person's files
        self.head = {}  # what verify said of the log before the loss
        self.flipped = ""  # the object that mirror-1 altered

    def tell(self):
        self.found()
        self.seal()
        self.take_in()
        self.lose()
        self.recover()
        self.open()
        self.read_without_muniment()

    def found(self):
        stage = self.stage
        self.teller.heading("1. An archive is founded")
        self.teller.say("The office makes an archive, and the key file of its custodian.")
        stage.muniment("init", "office/archive", "--custodian", "office/custodian.key")
        self.teller.say(
            "The custodian learns the twelve words, which are the archive's id, and takes a copy of the key file "
            "abroad. A card goes to the people in the field."
        )
        stage.path("abroad").mkdir()
        stage.path("field").mkdir()
        self.teller.typed("cp office/custodian.key abroad/")
        shutil.copy(stage.path("office/custodian.key"), stage.path("abroad"))
        stage.muniment("card", "office/archive", "--key", "office/custodian.key", "-o", "field/card.txt")
        known = stage.ask("status", "office/archive")
        charter = stage.path("office/archive/charter/1").read_bytes().rsplit(b"\n\n", 1)[0] + b"\n"
        full = stage.path("office/archive/charter/1").read_bytes()
        check(known["archive"] in {sha256(charter), sha256(full)}, "the archive's id is not the SHA-256 of charter/1")
        stage.variables["WORDS"] = known["words"]
