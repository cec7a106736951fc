"""Where the demo happens: a folder, the program that is typed there, and how both are shown."""

import json
import os
import subprocess
import textwrap

PASSPHRASE = "kettle lantern orchard thimble gravel meadow"
COLUMNS = 80


class NotAsItShouldBe(Exception):
    """A step differs from what the story says; the sentence says in what."""


def check(is_so, sentence):
    if not is_so:
        raise NotAsItShouldBe(sentence)


class Teller:
    """Prints the story: what is said, what is typed, what the program answers."""

    def __init__(self, out):
        self._out = out
        self._has_bold = out.isatty() and "NO_COLOR" not in os.environ
        self._after_blank = True

    def heading(self, text):
        self._blank()
        self._print(text, is_bold=True)
        self._print("-" * len(text))
        self._blank()

    def say(self, text):
        self._blank()
        self._print(_filled(text, "", ""))
        self._blank()

    def point(self, text):
        self._print(_filled(text, "", "   "))

    def typed(self, command):
        self._print(_filled(command, "$ ", "      "), is_bold=True)

    def answered(self, output, lines_max=100):
        lines = output.splitlines()
        for line in lines[:lines_max]:
            indent = "    " + line[: len(line) - len(line.lstrip())]
            self._print(_filled(line.strip(), indent, indent + "  "))
        if len(lines) > lines_max:
            self._print(f"    … and {len(lines) - lines_max} lines more")

    def _blank(self):
        if not self._after_blank:
            self._print("")

    def _print(self, text, is_bold=False):
        self._after_blank = not text
        text = f"\x1b[1m{text}\x1b[0m" if is_bold and self._has_bold else text
        print(text, file=self._out, flush=True)


def _filled(text, indent, then):
    return textwrap.fill(
        text, COLUMNS, initial_indent=indent, subsequent_indent=then, break_long_words=False, break_on_hyphens=False
    )


class Stage:
    """Commands are typed in `folder`. `variables` are what a person would have in the shell, as "$NAME"."""

    def __init__(self, program, folder, teller):
        self.teller = teller
        self.variables = {}
        self._program = program
        self._folder = folder
        self._passphrase_file = folder / "passphrase"
        self._passphrase_file.write_text(PASSPHRASE + "\n", encoding="utf-8")

    def path(self, name):
        return self._folder / name

    def muniment(self, *arguments, status=0, has_passphrase=True, answers=()):
        """Types the command, shows what it answers, and holds its exit status against `status`. `answers` are shares,
        which people would type and nobody sees."""
        self.teller.typed("muniment " + " ".join(_quoted(argument) for argument in arguments))
        ran = self._run(arguments, has_passphrase, "".join(f"{answer}\n" for answer in answers))
        self.teller.answered(ran.stdout.decode("utf-8", "replace") + ran.stderr.decode("utf-8", "replace"))
        check(ran.returncode == status, f"muniment {arguments[0]} ended with status {ran.returncode}, not {status}")

    def set(self, name, value):
        """Types an assignment."""
        self.variables[name] = value
        self.teller.typed(f'{name}="{value}"')

    def ask(self, *arguments, statuses=(0,)):
        """The JSON answer of a command, for the demo's own checks; nothing is shown."""
        ran = self._run(("--json", *arguments), True)
        check(ran.returncode in statuses, f"muniment --json {arguments[0]} ended with status {ran.returncode}")
        return json.loads(ran.stdout)

    def _run(self, arguments, has_passphrase, typed=""):
        values = [self.variables[word[1:]] if word.startswith("$") else word for word in arguments]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MUNIMENT")}
        if has_passphrase:
            environment["MUNIMENT_PASSPHRASE_FILE"] = str(self._passphrase_file)
        return subprocess.run(
            [self._program, *values], cwd=self._folder, env=environment, input=typed.encode(), capture_output=True,
            check=False,
        )


def _quoted(word):
    return f'"{word}"' if " " in word or word.startswith("$") else word
