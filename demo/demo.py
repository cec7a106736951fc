#!/usr/bin/env python3
"""The whole path, done for real and told as it is done: an archive survives the loss of its office.

Environment: EVIDENCE  a folder of your own, otherwise demo/evidence; it is only read
             MUNIMENT  the program, otherwise build/muniment
             KEEP=1    leaves the folder in which all of it happened
Exit status: 0 all of it was as it should be, 1 a step was not, 2 it could not begin.
"""

import hashlib
import os
import pathlib
import shutil
import sys
import tempfile
import time

import evidence_files
import forged_log
import readme_lines
import share_page
from stage import PASSPHRASE, NotAsItShouldBe, Stage, Teller, check

ROOT = pathlib.Path(__file__).resolve().parent.parent
MIRRORS = ["mirror-1", "mirror-2", "mirror-3"]
# What a printer is here: each page goes to a drawer of its own, as paper goes to a trustee.
PRINTER = """#!/bin/sh
n=1; while [ -e trustees/page-$n.svg ]; do n=$((n + 1)); done
cat > trustees/page-$n.svg
"""


class Story:
    def __init__(self, stage, folder, originals):
        self.stage = stage
        self.teller = stage.teller
        self.folder = folder  # with the person's files
        self.originals = originals  # what is in it
        self.words = ""  # the id of the archive
        self.evidence = []  # ids of the deposits with the person's files
        self.before = {}  # what verify said of the archive before the loss
        self.flipped = ""  # the object that mirror-1 altered
        self.shares = []  # what the trustees have on paper
        self.with_reader = False  # the seals are of a kind that the age of this system does not know

    def tell(self):
        self.found()
        self.seal()
        self.take_in()
        self.lose()
        self.recover()
        self.succeed()
        self.resist()
        self.open()
        self.read_without_muniment()

    def found(self):
        stage = self.stage
        self.teller.heading("1. An archive is founded")
        self.teller.say(
            "The office makes the archive, the key file of its custodian, and a secret that is dealt to three "
            "trustees: any two of them can bring everything back. Each gets one printed page; here a page is a file."
        )
        stage.path("trustees").mkdir()
        printer = stage.path("print-page")
        printer.write_text(PRINTER, encoding="utf-8")
        printer.chmod(0o755)
        stage.muniment("init", "office/archive", "--custodian", "office/custodian.key", "--trustees", "2of3", "--print",
                       "./print-page")
        self.shares = [share_page.words_of(page.read_text(encoding="utf-8"))
                       for page in sorted(stage.path("trustees").iterdir())]
        check(len(set(self.shares)) == 3, "not every trustee has a share")
        self.teller.say("Everybody learns the twelve words. A card goes to the people in the field.")
        stage.path("field").mkdir()
        stage.muniment("card", "office/archive", "--key", "office/custodian.key", "-o", "field/card.txt")
        status = stage.ask("status", "office/archive")
        charter = stage.path("office/archive/charter/1").read_bytes()
        check(hashlib.sha256(charter).hexdigest() == status["archive"], "the id is not the SHA-256 of charter/1")
        self.words = status["words"]

    def seal(self):
        stage = self.stage
        self.teller.heading("2. A device in the field seals the evidence")
        self.teller.say("It has the card, and no key that opens anything.")
        check(os.listdir(stage.path("field")) == ["card.txt"], "the device has more than the card")
        # What may not be sealed whole is named, and the status says so.
        status = 1 if self.originals.left_out else 0
        stage.set("EVIDENCE", str(self.folder))
        stage.muniment(
            "seal", "--card", "field/card.txt", "-o", "field/sealed", "$EVIDENCE", status=status, has_passphrase=False
        )
        self.evidence = sorted(os.listdir(stage.path("field/sealed")))
        check(self.evidence, "nothing was sealed")
        self._check_unreadable("field")

    def take_in(self):
        stage = self.stage
        self.teller.heading("3. The custodian takes it in, and three mirrors get copies")
        self.teller.say("The mirrors can check everything and open nothing.")
        stage.muniment("deposit", "office/archive", "field/sealed", "--key", "office/custodian.key")
        stage.muniment("mirror", "push", "office/archive", *MIRRORS)
        # mirror-2 will show this state again.
        shutil.copytree(stage.path("mirror-2"), stage.path("mirror-2-as-it-was"))
        self.teller.say("The next day the custodian adds a note, and the mirrors get that as well.")
        note = "Invented, like everything in this demonstration: the sealed folder came by hand.\n"
        stage.path("office/note.txt").write_text(note, encoding="utf-8")
        stage.muniment("deposit", "office/archive", "office/note.txt", "--key", "office/custodian.key")
        stage.muniment("mirror", "push", "office/archive", *MIRRORS)

        deposits = stage.ask("list", "office/archive")["deposits"]
        check(len(deposits) == len(self.evidence) + 1, "the archive does not list every deposit")
        check({d["id"] for d in deposits} > set(self.evidence), "a sealed deposit is not in the archive")
        check(all(d["vouchedFor"] for d in deposits), "the custodian does not vouch for a deposit")
        self.before = stage.ask("verify", "office/archive", "--id", self.words)
        for mirror in MIRRORS:
            held = stage.ask("verify", mirror, "--id", self.words)
            check(held["root"] == self.before["root"] and not held["findings"], f"{mirror} is not a whole copy")
            self._check_unreadable(mirror)

    def _check_unreadable(self, place):
        above = os.fsencode(self.folder.parent)
        shows = evidence_files.shows_through(self.stage.path(place), self.originals.files, above)
        check(not shows, f"the evidence can be read in {place}")

    def lose(self):
        stage = self.stage
        self.teller.heading("4. The office is lost, and not every mirror is what it was")
        self.teller.say(
            "The office is raided. Its archive and its keys are in the hands of those who carried them off, and the "
            "custodian is made to give the passphrase away. The device in the field is lost."
        )
        self.teller.typed("mv office raided; rm -r field")
        stage.path("office").rename(stage.path("raided"))
        shutil.rmtree(stage.path("field"))
        self.flipped = self._flip(stage.path("mirror-1"))
        shutil.rmtree(stage.path("mirror-2"))
        stage.path("mirror-2-as-it-was").rename(stage.path("mirror-2"))
        self.teller.say("On mirror-1 somebody changes three bytes of one file:")
        self.teller.answered(self.flipped)
        self.teller.say(
            "mirror-2 is put back to the day before, as if the note had never come. mirror-3 is as it was. Abroad "
            "there are three sheets of paper and the twelve words, and no key."
        )

    def _flip(self, mirror):
        """Three bytes in the middle of a part with the person's files; gives the part's name in the archive."""
        folder = f"deposits/{self.evidence[0][:2]}/{self.evidence[0]}"
        name = f"{folder}/{max(file.name for file in (mirror / folder).glob('part-*'))}"
        data = bytearray((mirror / name).read_bytes())
        middle = len(data) // 2
        data[middle : middle + 3] = bytes(byte ^ 0x20 for byte in data[middle : middle + 3])
        (mirror / name).write_bytes(data)
        return name

    def recover(self):
        stage = self.stage
        self.teller.heading("5. The archive is rebuilt from what is left")
        self.teller.say("The twelve words say which archive is meant: no other can be put in its place.")
        stage.set("WORDS", self.words)
        sources = [word for mirror in MIRRORS for word in ("--from", mirror)]
        stage.muniment("recover", *sources, "-o", "archive", "--id", "$WORDS")
        report = stage.ask("recover", *sources, "-o", "archive", "--id", self.words)
        states = {os.path.basename(copy["where"]): copy for copy in report["copies"]}
        found = [(states[mirror]["state"], states[mirror]["behind"]) for mirror in MIRRORS]
        # Without the office's list of what each mirror had shown before, a rolled back one is known to be behind.
        check(found == [("damaged", 0), ("behind", 2), ("whole", 0)], f"recover takes the mirrors for {found}")
        check(self.flipped in states["mirror-1"]["sentence"], "recover does not name the file that was altered")
        check(not report["lost"] and report["findings"] == 0, "the rebuilt archive is not whole")

        self.teller.say("Is it all there, and as it was? Anybody can check that, without any key.")
        stage.muniment("verify", "archive", "--id", "$WORDS")
        after = stage.ask("verify", "archive", "--id", self.words)
        same = [name for name in self.before if name != "unlogged"]
        check({n: after[n] for n in same} == {n: self.before[n] for n in same}, "it is not the archive that was lost")

    def succeed(self):
        stage = self.stage
        self.teller.heading("6. Two trustees found a new custodian and a new log key")
        self.teller.say(
            "Two of the three come together and type their shares. Nobody has the old custodian's key, and it is not "
            "needed."
        )
        stage.path("abroad").mkdir()
        stage.muniment("charter", "succeed", "archive", "--custodian", "abroad/custodian.key", "--id", "$WORDS",
                       answers=[self.shares[0], self.shares[2]])
        self.teller.say("Two mirrors get that at once. mirror-3 cannot be reached today.")
        stage.muniment("mirror", "push", "archive", *MIRRORS[:2])
        show = stage.ask("charter", "show", "archive")
        check(show["version"] == 2, "the new charter is not in force")
        check([person["name"] for person in show["custodians"]] == ["custodian-2"], "the old custodian is one still")
        self.before = stage.ask("verify", "archive", "--id", self.words)

    def resist(self):
        """Whoever has the office, its keys and the passphrase tries to have the evidence removed."""
        stage = self.stage
        self.teller.heading("7. A thief with the old keys orders the evidence removed")
        self.teller.say(
            "The thief has the custodian's key, its passphrase and the log key. One person's signature is not enough, "
            "and the program does not carry the order out:"
        )
        stage.path("ground.txt").write_text("Invented: we were told to.\n", encoding="utf-8")
        stage.muniment("withdraw", "raided/archive", self.evidence[0][:16], "--key", "raided/custodian.key",
                       "--ground-file", "ground.txt", "-o", "raided/ground.txt")
        self._forge()
        self.teller.say("mirror-3, which has heard nothing from abroad yet, asks the thief for news. The log key is "
                        "right, so it takes the entry. It does not do what the entry says:")
        stage.muniment("mirror", "pull", "mirror-3", "--from", "raided/archive")
        held = stage.ask("verify", "mirror-3", "--id", self.words, statuses=(0, 1))
        check(len(held["objections"]) == 1, "mirror-3 does not say that the thief's entry is not ours")
        check(not held["findings"] and held["removed"]["ordered"] == 0, "mirror-3 has lost something to the thief")
        self.teller.say("Then it hears from abroad. The thief's entry goes, and what the thief sends counts no more:")
        stage.muniment("mirror", "push", "archive", "mirror-3")
        stage.muniment("mirror", "pull", "mirror-3", "--from", "raided/archive", status=1)
        for mirror in MIRRORS[1:]:  # mirror-1 still has the bytes that were altered
            held = stage.ask("verify", mirror, "--id", self.words)
            check(held["root"] == self.before["root"] and not held["findings"], f"{mirror} has followed the thief")
            check(not held["objections"], f"{mirror} still has the thief's entry")

    def _forge(self):
        """The order, signed by one, goes straight into the thief's log: a small script writes it, no command does."""
        stage = self.stage
        self.teller.say(
            "So the thief opens the log key without muniment, and writes the order into the log by a script of his "
            "own, demo/forged_log.py: the log is signed as it should be, the order by one person."
        )
        (log_key,) = stage.path("raided/archive/home").glob("log-key-*.age")
        (order,) = stage.path("raided/archive/home/proposals").iterdir()
        opening = "age -d -i raided/custodian.key -o raided/log-key raided/archive/home/log-key-*.age"
        if readme_lines.needs_reader(log_key):
            opening = ("python3 raided/archive/reader/read_archive.py decrypt -i raided/custodian.key "
                       "raided/archive/home/log-key-*.age > raided/log-key")
        ran = readme_lines.run([f'cd "$PLACE" && {opening}'], {"PLACE": log_key.parents[3]}, PASSPHRASE)
        self.teller.typed(opening)
        self.teller.answered(ran.steps[-1][1] if ran.steps else "")
        check(ran.status == 0, "the log key does not open with the custodian's key")
        self.teller.typed("forged_log.py raided/archive raided/log-key raided/archive/home/proposals/*.note")
        forged_log.append(stage.path("raided/archive"), stage.path("raided/log-key").read_bytes(), order.read_bytes())

    def open(self):
        stage = self.stage
        self.teller.heading("8. The files come back")
        self.teller.say(
            "The new custodian's key file opens them. The demo may look at them on the disk; evidence of your own "
            "goes into memory, -o /dev/shm/NAME, since flash memory keeps what was deleted from it."
        )
        for deposit in self.evidence:
            stage.muniment("open", "archive", deposit[:16], "-o", "opened", "--to-disk", "--key",
                           "abroad/custodian.key")
        self._compare(evidence_files.look(stage.path("opened") / self.folder.name).files)

    def read_without_muniment(self):
        stage = self.stage
        self.teller.heading("9. The same files without muniment")
        readme = stage.path("archive/README.txt").read_text(encoding="utf-8")
        first = self.evidence[0]
        self.with_reader = readme_lines.needs_reader(stage.path("archive/deposits") / first[:2] / first / "header-0")
        if self.with_reader:
            self.teller.say(
                "README.txt in the archive shows how. These seals withstand quantum computers, and the age of this "
                "system does not know them yet: here are its lines for the short script that lies in the archive. It "
                "needs Python and libcrypto, and makes every check itself."
            )
            commands = readme_lines.reader_commands_of(readme)
            check(any(" deposit -i" in command for command in commands), "README.txt does not show the script's lines")
        else:
            self.teller.say(
                "README.txt in the archive shows how, with age, tar and sha256sum. These are its very lines. (The "
                "warning of sha256sum is about the receipt's lines of text; diff prints nothing when two things are "
                "the same.)"
            )
            commands = readme_lines.commands_of(readme)
            check(any("age -d" in command for command in commands), "README.txt does not show how to open a deposit")
        files = {}
        for number, deposit in enumerate(self.evidence):
            out = stage.path(f"stock-{number + 1}")
            out.mkdir()
            values = {
                "ARCHIVE": stage.path("archive"),
                "KEYFILE": stage.path("abroad/custodian.key"),
                "KEYRING": stage.path("archive/keyring/2/evidence/custodian-2.age"),
                "DEPOSIT": stage.path("archive/deposits") / deposit[:2] / deposit,
                "OUT": out,
            }
            ran = readme_lines.run(commands, values, PASSPHRASE)
            if number == 0 or ran.status != 0:
                self._show_lines(ran, values)
            check(ran.status == 0, f"the lines of README.txt ended with status {ran.status}")
            for bag in out.glob("bag-*"):
                files.update(evidence_files.look_into_bag(bag))
        if len(self.evidence) > 1:
            self.teller.say(f"The other deposits ({len(self.evidence) - 1}) were read in the same way.")
        self._compare(files)

    def _show_lines(self, ran, values):
        for name, value in values.items():
            self.stage.set(name, str(value))
        for command, output in ran.steps:
            self.teller.typed(command)
            self.teller.answered(output, lines_max=12)

    def _compare(self, files):
        different = evidence_files.difference(self.originals.files, files)
        check(not different, f"the files are not those that were sealed: {different}")
        self.teller.say(f"Compared with the originals: {files_of(self.originals)}, every name and every byte the same.")

    def conclude(self, seconds):
        entries, objects = self.before["entries"], self.before["objects"]
        self.teller.heading(f"What was shown, in {seconds:.0f} seconds")
        for sentence in [
            "1. Sealing needed a card alone: the device that was lost could open nothing.",
            "2. The office was lost, a mirror altered, one rolled back: recover told which.",
            f"3. Two shares brought back reading and authority: {entries} entries, {objects} objects, whole.",
            "4. A thief with the old keys ordered the evidence removed: no mirror obeyed.",
            f"5. {files_of(self.originals)} came back whole, also by README.txt's own lines.",
        ]:
            self.teller.point(sentence)


def files_of(found):
    count = len(found.files)
    return f"{count:,} file{'' if count == 1 else 's'} ({found.size_bytes:,} bytes)"


def not_compared(found):
    kinds = [
        (found.links, "symbolic link(s), which are recorded and not followed"),
        (found.empty_folders, "empty folder(s), which are recorded"),
        (found.left_out, "thing(s) that are no readable files, which are named and left out"),
    ]
    return "; ".join(f"{count} {what}" for count, what in kinds if count)


def begin(teller):
    """The program, the evidence and what is in it. Errors: SystemExit with status 2."""

    def give_up(sentence):
        print(f"demo: {sentence}", file=sys.stderr)
        sys.exit(2)

    program = pathlib.Path(os.environ.get("MUNIMENT") or ROOT / "build/muniment").absolute()
    evidence = pathlib.Path(os.environ.get("EVIDENCE") or ROOT / "demo/evidence").resolve()
    if not os.access(program, os.X_OK):
        give_up(f"{program} is not there: run make first")
    if not evidence.is_dir():
        give_up(f"EVIDENCE is to be a folder, and {evidence} is none")
    for tool in ("age", "bash", "diff", "find", "sha256sum", "tar", "xargs"):
        if shutil.which(tool) is None:
            give_up(f"{tool} is not installed; on Debian, make deps does that")
    originals = evidence_files.look(evidence)
    if not originals.files:
        give_up(f"there is no file in {evidence}")
    # Sealed deposits, archive, three mirrors and an older state of one, the new archive, and the files twice.
    needed = 10 * originals.size_bytes + (64 << 20)
    place = tempfile.gettempdir()
    if shutil.disk_usage(place).free < needed:
        give_up(f"{needed >> 20:,} MiB of free space are needed in {place}; TMPDIR names another folder")
    teller.heading("muniment: an archive survives the loss of its office")
    teller.say(
        f"All of this is done for real, with {files_of(originals)} of {evidence}, which is only read. Where a person "
        "would type a passphrase, it comes from a file here."
    )
    if not_compared(originals):
        teller.say(f"Not compared at the end: {not_compared(originals)}.")
    return program, evidence, originals


def main():
    sys.stdout.reconfigure(errors="backslashreplace")  # not every name is text
    teller = Teller(sys.stdout)
    started = time.monotonic()
    program, evidence, originals = begin(teller)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="muniment-demo-")).resolve()
    try:
        story = Story(Stage(program, folder, teller), evidence, originals)
        story.tell()
        story.conclude(time.monotonic() - started)
        return 0
    except NotAsItShouldBe as wrong:
        teller.say(f"NOT AS IT SHOULD BE: {wrong}.")
        return 1
    finally:
        if os.environ.get("KEEP") == "1":
            teller.say(f"Kept: {folder}")
        else:
            shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
