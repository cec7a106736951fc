"""What is measured: each program's way of doing a work, on one corpus in one round, and on one long log.

A phase is a list of steps that do not depend on each other, so that the programs can take turns; phases follow each
other. Peers run as they come, with their defaults; what a step leaves is as durable as the program makes it, and where
it makes nothing durable (cp, tar), a sync of its own is part of the step.
"""

import dataclasses
import json
import os
import pathlib
import re
import shutil
import subprocess

import corpora
from measuring import Runner

OURS = "muniment"
PASSPHRASE = "a passphrase for measuring only"
LOG2_N = "10"  # scrypt's work for the key file: what it costs by default is measured by itself, in "start"
METADATA = r"%p\t%y\t%m\t%n\t%U\t%G\t%s\t%i\t%T@\t%C@\t%l\n"


@dataclasses.dataclass(frozen=True)
class Step:
    work: str
    program: str
    words: tuple
    env: dict = dataclasses.field(default_factory=dict)
    folder: str = ""  # made before, removed after
    times: int = 1    # how often in a round: for what is over in milliseconds
    once: bool = False  # in the first round only: what takes long, and no target looks at


class Shop:
    """The scratch folder with keys, and the programs run in it."""

    def __init__(self, program, folder):
        self.program = pathlib.Path(program).resolve()
        self.folder = folder
        self.first_deposits = []  # their ids, for opening
        (folder / "passphrase").write_text(PASSPHRASE + "\n")
        own = {"HOME": str(folder), "LC_ALL": "C.UTF-8", "TMPDIR": str(folder), "PATH": os.environ["PATH"]}
        self.env = {OURS: {"MUNIMENT_PASSPHRASE_FILE": str(folder / "passphrase")},
                    "restic": {"RESTIC_REPOSITORY": str(folder / "restic"), "RESTIC_CACHE_DIR": str(folder / "cache"),
                               "RESTIC_PASSWORD_FILE": str(folder / "passphrase")},
                    "borg": {"BORG_REPO": str(folder / "borg"), "BORG_BASE_DIR": str(folder / "borg-base"),
                             "BORG_PASSPHRASE": PASSPHRASE}}
        self.own = own
        self.runner = Runner(program, folder, own)
        self.quietly("", self.program.parent / "make_key_file", "key", "passphrase", LOG2_N)
        self.recipient = re.search(r"age1\w+", self.quietly("", "age-keygen", "-o", "age.key").stderr).group(0)

    def quietly(self, of, *words):
        """What prepares and is not measured."""
        return subprocess.run(list(map(str, words)), cwd=self.folder, env={**self.own, **self.env.get(of, {})},
                              check=True, stdin=subprocess.DEVNULL, capture_output=True, text=True)

    def muniment(self, *words):
        return json.loads(self.quietly(OURS, self.program, *words, "--json").stdout)

    def remove(self, *names):
        for name in names:
            path = self.folder / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)

    def measure(self, step):
        """Everything is on the disk before, so that no step waits for the writes of the one before it."""
        if step.folder:
            (self.folder / step.folder).mkdir()
        os.sync()
        costs = [self.runner.measure(*step.words, **step.env) for _ in range(step.times)]
        if step.folder:
            self.remove(step.folder)
        return costs

    def step(self, work, program, *words, **options):
        return Step(work, program, words, self.env.get(program.split()[0], {}), **options)

    def begin(self):
        """An empty archive and empty repositories."""
        self.muniment("init", "archive", "--no-trustees", "--custodian", "key")
        self.muniment("card", "archive", "--key", "key", "-o", "card")
        self.quietly("restic", "restic", "init", "-q")
        self.quietly("borg", "borg", "init", "--encryption", "repokey")

    def read_once(self):
        """What the programs wrote: some past the memory of the system, and some through it."""
        for name in ("archive", "restic", "borg"):
            corpora.read_once(self.folder / name)
        corpora.read_file(self.folder / "file.tar.age")

    def end(self):
        self.remove("archive", "card", "restic", "cache", "borg", "borg-base", "file.tar.age")


def every_file(folder, *command, name="*"):
    """A command over all files below a folder, as many in one run as fit."""
    return ("find", folder, "-type", "f", "-name", name, "-print0", "|", "xargs", "-0", *command)


def deposit_steps(shop, corpus):
    work = "deposit"
    return [
        shop.step(work, OURS, shop.program, "deposit", "archive", corpus, "--key", "key"),
        shop.step(work, "muniment seal", shop.program, "seal", "--card", "card", "-o", "sealed", corpus,
                  folder="sealed"),
        shop.step(work, "tar | age", "tar", "c", corpus, "|", "age", "-r", shop.recipient, "-o", "file.tar.age",
                  "&&", "sync", "file.tar.age"),
        shop.step(work, "restic", "restic", "backup", "-q", corpus),
        shop.step(work, "borg", "borg", "create", "::first", corpus),
        shop.step(work, "cp", "cp", "-r", corpus, "copied", "&&", "sync", "-f", "copied", folder="copied"),
        shop.step(work, "openssl dgst", *every_file(corpus, "openssl", "dgst", "-sha256")),
        shop.step(work, "sha256sum", *every_file(corpus, "sha256sum"), once=True),
    ]


def again_steps(shop, corpus):
    work = "deposit again, nothing new"
    return [
        shop.step(work, OURS, shop.program, "deposit", "archive", corpus, "--key", "key"),
        shop.step(work, "restic", "restic", "backup", "-q", corpus),
        shop.step(work, "borg", "borg", "create", "::second", corpus),
        shop.step(work, "find -printf", "find", corpus, "-printf", METADATA),
    ]


def verify_steps(shop, _corpus):
    work = "verify without a key"
    return [
        shop.step(work, OURS, shop.program, "verify", "archive"),
        shop.step(work, "openssl dgst", *every_file("archive/deposits", "openssl", "dgst", "-sha256", name="part-*")),
    ]


def open_steps(shop, corpus):
    work = "open"
    opened = []
    for number, deposit in enumerate(shop.first_deposits):
        opened += ["&&"] if opened else []
        opened += [shop.program, "open", "archive", deposit, "-o", f"opened/{number}", "--to-disk", "--key", "key"]
    synced = ("&&", "sync", "-f", "opened")
    return [
        shop.step(work, OURS, *opened, folder="opened"),
        shop.step(work, "age -d | tar", "age", "-d", "-i", "age.key", "file.tar.age", "|", "tar", "x", "-C", "opened",
                  *synced, folder="opened"),
        shop.step(work, "restic", "restic", "restore", "-q", "latest", "--target", "opened", *synced, folder="opened",
                  once=corpus != "large"),
        shop.step(work, "borg", "env", "-C", "opened", "borg", "extract", "::first", *synced, folder="opened",
                  once=True),
    ]


PHASES = (deposit_steps, again_steps, verify_steps, open_steps)


def start_steps(shop, count):
    """How long it takes until something happens; the last one is the price of a passphrase at age's own work factor."""
    return [
        shop.step("start", OURS, shop.program, "--version", times=20),
        shop.step("start", "restic", "restic", "version", times=5),
        shop.step("start", "borg", "borg", "--version", times=2),
        shop.step(f"list {count:,} deposits", OURS, shop.program, "list", "long", times=5),
        shop.step("make a card with a default key file", OURS, shop.program, "card", "default", "--key", "default.key"),
    ]


def begin_start(shop, count):
    shop.muniment("init", "default", "--no-trustees", "--custodian", "default.key")
    shop.muniment("init", "long", "--no-trustees", "--custodian", "key")
    shop.quietly("", shop.program.parent / "write_deposits", "long", "key", "passphrase", count)
