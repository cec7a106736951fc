"""The scenes of docs/transcripts: what a few invented people type, and what the real program prints.

    python3 tests/transcripts.py FOLDER      writes them; needs the variables that blackbox.py names

Each scene happens in a fresh folder. What differs between two runs (ids, keys, dates) is replaced by what it is, the
same everywhere; a value that no scene has named is an error, so that none slips through.
"""

import datetime
import pathlib
import re
import subprocess
import sys
import textwrap

import blackbox
from workshop import PASSPHRASE, Workshop, share_on

sys.path.insert(0, str(blackbox.source() / "demo"))
import forged_log  # noqa: E402
import readme_lines  # noqa: E402

DAY_ONE = datetime.date(2026, 1, 1)
COLUMNS = 110
PLACE = "/home/us"

_VERIFIER_KEY = re.compile(r"([0-9a-z.-]+)\+[0-9a-f]{8}\+[A-Za-z0-9+/]{43}[A-Za-z0-9+/=]")
_AGE_KEY = re.compile(r"age1(?:pq1)?[02-9ac-hj-np-z]{58,}")
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT)\d\d:\d\d(:\d\d(\.\d+)?Z)?")
_DEPOSIT_FOLDER = re.compile(r"\b(deposits/)[0-9a-f]{2}/")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_HEX = re.compile(r"\b[0-9a-f]{16,64}\b")


class Scene:
    """One transcript: sentences, commands and answers, in a folder that is gone afterwards."""

    def __init__(self, title, about):
        self.shop = Workshop()
        self.folder = self.shop.folder
        self.words = ""
        self.shares = []
        self.orders = []  # numbers of removals
        self._names = {}  # what differs in every run → what it is
        # Pieces of the page: lines of prose, and blocks of what was typed and answered, as (command, output, status).
        self._pieces = [f"# {title}", "", *_wrapped(about), "", *_wrapped(
            "All people, names and statements here are invented. The commands and their answers are real: "
            "`make transcripts` types them, and a test holds this page to what the program prints. What differs each "
            "time stands in angle brackets; every day is counted from 2026-01-01. Passphrases and shares are typed "
            "without showing, so they are not here.")]
        self.today = datetime.datetime.now(datetime.timezone.utc).date()

    # What the page says.

    def say(self, text):
        self._pieces += ["", *_wrapped(text)]

    def type(self, why, *arguments, shares=(), status=0):
        """A command of muniment, with the sentence that says why it is typed."""
        typed = [str(argument) for argument in arguments]
        words = [self.words if word == "$WORDS" else word for word in typed]
        # Line by line, so that both outputs come in the order in which a person sees them.
        done = blackbox.run(["stdbuf", "-oL", blackbox.program(), *words], expect=status, cwd=self.folder,
                            env=self.shop.env, input="".join(share + "\n" for share in shares),
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self._show(why, "muniment " + " ".join(map(_quoted, typed)), done.stdout, status)

    def shell(self, why, command, status=0):
        """A line of the shell that is no command of ours."""
        done = blackbox.run(["bash", "-c", command], expect=status, cwd=self.folder)
        self._show(why, command, done.stdout + done.stderr, status)

    def _show(self, why, command, output, status):
        self.say(why)
        self._pieces += ["", (command, output, status)]

    # What happens unseen.

    def name(self, value, what):
        """`value`, or the start of it, is shown as `<what>` from now on."""
        assert self._names.setdefault(value, what) == what, f"{value} has two names"
        return value

    def found(self, *people):
        """An archive with 2 of 3 trustees, founded unseen; `people` are further custodians, signed for by trustees."""
        self.words, self.shares = self.shop.found_with_trustees()
        for person in people:
            self.shop.key_of(person)
            self.shop.muniment("charter", "add-custodian", "archive", "--holder", f"{person}.txt", "--key",
                               self.shop.key, "--trustees", input="".join(share + "\n" for share in self.shares[:2]))
        self.name_archive("archive")

    def name_archive(self, archive):
        status = self.shop.json("status", archive)
        self.words = status["words"]
        self.name(status["archive"], "archive id")

    def take_in(self, path, text, archive="archive", key=None):
        """A file, deposited unseen; gives the deposit's id."""
        self.shop.write(path, text)
        taken = self.shop.json("deposit", archive, path, "--key", key or self.shop.key)["taken"]
        return taken[0]["id"]

    def end(self):
        """The page."""
        self.shop.close()
        lines = []
        for piece in self._pieces:
            lines += [piece] if isinstance(piece, str) else self._block(*piece)
        return "\n".join(lines) + "\n"

    def _block(self, command, output, status):
        shown = [f"$ {command}", *output.splitlines(), *([f"(exit status {status})"] if status else [])]
        return ["```", *(line for each in shown for line in _folded(self.steady(each))), "```"]

    def steady(self, line):
        line = line.replace(str(self.folder), PLACE)
        if self.words:
            line = line.replace(self.words, "<the 12 words>")
        line = _VERIFIER_KEY.sub(lambda m: f"<signing key of {self._signer(m.group(1))}>", line)
        line = _AGE_KEY.sub("<age key>", line)
        line = _TIME.sub(lambda m: m.group(1) + ("00:00:00Z" if m.group(2) else "00:00"), line)
        line = _DEPOSIT_FOLDER.sub(r"\1<ab>/", line)
        line = _DATE.sub(lambda m: str(DAY_ONE + (datetime.date.fromisoformat(m.group()) - self.today)), line)
        return _HEX.sub(lambda m: self._named(m.group()), line)

    def _signer(self, name):
        return "the log" if name.endswith(".muniment") else name

    def _named(self, digits):
        for value, what in self._names.items():
            if value.startswith(digits):
                return f"<{what}>"
        raise AssertionError(f"{digits} differs in every run, and the scene does not name it")


def _wrapped(text):
    return textwrap.wrap(text, COLUMNS, break_long_words=False, break_on_hyphens=False)


def _folded(line):
    """As a terminal would show it, but at spaces."""
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.wrap(line, COLUMNS, subsequent_indent=indent + "  ", break_long_words=False, break_on_hyphens=False,
                         drop_whitespace=True, replace_whitespace=False) or [""]


def _quoted(word):
    return f'"{word}"' if " " in word or word.startswith("$") else word


def founding():
    scene = Scene("Founding an archive with three trustees", (
        "Vera runs a small office. She founds an archive; Olga, Pavel and Rita, who live in three other countries, "
        "each keep one share of the trustees' secret. Any two of them can bring everything back, and none of them can "
        "do it alone."))
    pages = scene.folder / "paper"
    pages.mkdir()
    scene.shop.key = scene.folder / "vera.key"
    printer = scene.shop.write("print-page", '#!/bin/sh\ncat > "paper/page-$(($(ls paper | wc -l) + 1)).svg"\n')
    printer.chmod(0o755)
    scene.type("Vera founds the archive on the office's machine; `print-page` sends each page to the printer, once, "
               "and keeps none.", "init", "archive", "--custodian", "vera.key", "--pseudonym", "vera", "--trustees",
               "2of3", "--print", "./print-page")
    scene.shares = [share_on(page.read_text()) for page in sorted(pages.iterdir())]
    scene.name_archive("archive")
    scene.say("Vera writes the 12 words into the cover of a cookbook at her aunt's. The three pages leave the office "
              "the same day, each by another hand. `WORDS` stands for the 12 words below.")
    scene.type("Olga types the 33 words of her page at home, on a copy or at the office, to be sure that it can be "
               "read: a page that nobody has tried is no page.", "share", "check", "archive", shares=scene.shares[:1])
    misread = scene.shares[1].split()
    misread[5], misread[6] = misread[6], misread[5]
    scene.type("Pavel does the same, and exchanges two words.", "share", "check", "archive", shares=[" ".join(misread)],
               status=1)
    scene.type("Pavel looks again, and types what is on the paper.", "share", "check", "archive",
               shares=scene.shares[1:2])
    scene.type("Vera makes a card for the people who send evidence; there is nothing secret on it.", "card", "archive",
               "--key", "vera.key", "-o", "card.txt")
    scene.shop.write("Interview 3/statement.txt", "Invented: what the neighbour saw.\n")
    scene.shop.write("Interview 3/names.txt", "Invented: who the neighbour is.\n")
    scene.type("A colleague in the field seals an interview with the card; the device cannot open it afterwards.",
               "seal", "--card", "card.txt", "-o", "sealed", "Interview 3")
    scene.name(next((scene.folder / "sealed").iterdir()).name, "deposit")
    scene.type("Vera takes in what the colleague brought, and signs for it.", "deposit", "archive", "sealed", "--key",
               "vera.key")
    scene.type("Vera asks what is safe before she goes home.", "status", "archive")
    scene.type("It is on one machine only, so Vera brings it to a disk that a volunteer takes away.", "mirror", "push",
               "archive", "disk")
    scene.type("The volunteer checks the disk at home against the words that Vera has read out; this needs no key.",
               "verify", "disk", "--id", "$WORDS")
    scene.type("Vera asks again.", "status", "archive")
    scene.type("Vera asks what it would mean if she were arrested with her key file and forced to open it; anybody "
               "with a copy can ask that.", "exposure", "disk", "--custodian", "vera")
    return scene.end()


def rehearsal():
    scene = Scene("A rehearsal of the trustees", (
        "Once a year Olga and Pavel, two of the three trustees, make sure that their shares still work together. They "
        "meet at a machine that has a copy of the archive, with nobody else in the room."))
    scene.found()
    scene.take_in("case/statement.txt", "Invented.\n")
    scene.shop.muniment("mirror", "push", "archive", "disk")
    scene.type("Olga first sees whether her page is still the one that counts.", "share", "check", "disk", "--id",
               "$WORDS", shares=scene.shares[:1])
    scene.type("Olga types her share alone, to see that one share opens nothing.", "trustees", "rehearse", "disk",
               "--id", "$WORDS", shares=scene.shares[:1], status=3)
    scene.type("Now both type their shares; what is opened is a canary that was sealed a moment before, and nothing of "
               "the archive.", "trustees", "rehearse", "disk", "--id", "$WORDS", shares=scene.shares[:2])
    printer = scene.shop.write("print-page", "#!/bin/sh\ncat > /dev/null\n")
    printer.chmod(0o755)
    scene.type("The shares were on one machine for a moment, so the custodian deals new ones in the home, with the two "
               "trustees beside her; the pages go to the three people.", "trustees", "deal", "archive", "--trustees",
               "2of3", "--key", "custodian.key", "--print", "./print-page", shares=scene.shares[:2])
    scene.type("The copy learns of it.", "mirror", "push", "archive", "disk")
    scene.type("Rita was not there, and tries her old page: it counts no more, and she burns it.", "share", "check",
               "disk", "--id", "$WORDS", shares=scene.shares[2:], status=1)
    return scene.end()


def arrested_custodian():
    scene = Scene("The custodian is arrested", (
        "Vera was arrested in the office. Her key file, its passphrase, the home of the archive and with it the log "
        "key are in the hands of those who arrested her. Two disks with copies are left abroad, and Olga and Rita, "
        "two of the three trustees. Nina becomes the new custodian."))
    scene.shop.key = scene.shop.key_of("vera")
    scene.found()
    deposit = scene.name(scene.take_in("case/statement.txt", "Invented: what the neighbour saw.\n"), "deposit")
    scene.shop.muniment("mirror", "push", "archive", "disk-1", "disk-2")
    (scene.folder / "archive").rename(scene.folder / "seized")
    scene.type("Nina gathers what the two disks hold into a new folder; the 12 words say that it is the right archive.",
               "recover", "--from", "disk-1", "--from", "disk-2", "-o", "archive", "--id", "$WORDS")
    scene.type("Before anything else she asks what the thieves can do with Vera's key.", "exposure", "archive",
               "--custodian", "vera", "--id", "$WORDS")
    scene.type("Olga and Rita type their shares on Nina's machine: that makes Nina custodian, gives the log a new key "
               "and retires Vera's.", "charter", "succeed", "archive", "--custodian", "nina.key", "--pseudonym", "nina",
               "--id", "$WORDS", shares=[scene.shares[0], scene.shares[2]])
    scene.type("The first disk learns of it at once; from then on the old keys mean nothing to it.", "mirror", "push",
               "archive", "disk-1")
    scene.type("Nina sees whether she can read what Vera took in, with a key that is a few minutes old.", "list",
               "archive", deposit, "--key", "nina.key")
    scene.say("Meanwhile the thieves go on in the seized home, with Vera's key, as if they were Vera.")
    scene.shop.write("lie.txt", "Invented, and false.\n")
    lie = scene.shop.json("deposit", "seized", "lie.txt", "--key", scene.shop.key)["taken"][0]["id"]
    scene.name(lie, "false deposit")
    scene.type("They bring their log to the second disk, which has heard nothing yet and cannot know better.", "mirror",
               "push", "seized", "disk-2")
    scene.type("They bring it to the first disk, which knows the new charter.", "mirror", "push", "seized", "disk-1",
               status=1)
    scene.type("Nina reads all copies that she knows of, the seized one too, which a friend has photographed.",
               "mirror", "audit", "archive", "disk-1", "disk-2", "seized", status=1)
    scene.type("She heals the second disk: what is not ours goes from it.", "mirror", "push", "archive", "disk-2")
    scene.type("The volunteer with the second disk checks it, with the 12 words and without a key.", "verify", "disk-2",
               "--id", "$WORDS")
    return scene.end()


def stolen_log_key():
    scene = Scene("The log key is stolen", (
        "Vera and Boris are custodians. The machine in the office was copied over night: somebody may have the log "
        "key, and can write entries into a log that looks like the archive's. Nobody can open anything by that, and "
        "nobody signs for such an entry."))
    scene.shop.key = scene.shop.key_of("vera")
    scene.found("boris")
    scene.name(scene.take_in("case/statement.txt", "Invented: what the neighbour saw.\n"), "deposit 1")
    scene.shop.muniment("mirror", "push", "archive", "disk-1", "disk-2")
    scene.shop.muniment("card", "archive", "--key", scene.shop.key, "-o", "card.txt")
    blackbox.run(["cp", "-r", scene.folder / "archive", scene.folder / "copied"])
    entries = scene.shop.json("list", "archive")["entries"]
    scene.type("Vera ends the log key behind the last entry that she knows to be theirs, and a new one begins; it "
               "takes a second person.", "charter", "revoke-log-key", "archive", "--after", entries, "--key",
               "vera.key")
    proposal = scene.shop.json("approve", "archive")["waiting"][0]["proposal"]
    scene.name(proposal, "proposal")
    scene.type("She asks what the archive waits for; nothing should be taken in before.", "status", "archive")
    scene.type("Boris reads what he is asked to sign, and signs.", "approve", "archive", proposal, "--key", "boris.key",
               "--yes")
    scene.type("The first disk learns of it.", "mirror", "push", "archive", "disk-1")
    scene.say("The thief has no custodian's key, and writes a deposit that nobody has signed for, with a script of "
              "his own (`demo/forged_log.py`), into the log that he copied.")
    _forge_deposit(scene, "copied", "card.txt")
    scene.type("The thief brings it to the first disk.", "mirror", "pull", "disk-1", "--from", "copied", status=1)
    scene.type("The second disk has heard nothing yet, and takes what is signed by the log key that it knows.",
               "mirror", "pull", "disk-2", "--from", "copied")
    scene.type("Vera reads all copies.", "mirror", "audit", "archive", "disk-1", "disk-2", "copied", status=1)
    scene.type("She brings the second disk up to date, and the thief's entry goes.", "mirror", "push", "archive",
               "disk-2")
    scene.type("Every change of the log key stays on record.", "charter", "show", "archive")
    return scene.end()


def _forge_deposit(scene, archive, card):
    """A sealed deposit that nobody takes in or signs for, in the log of a copy, under the log key that lies there."""
    scene.shop.write("lie.txt", "Invented, and false.\n")
    scene.shop.muniment("seal", "--card", card, "-o", "false", "lie.txt")
    (sealed,) = (scene.folder / "false").iterdir()
    scene.name(sealed.name, "false deposit")
    (scene.folder / archive / "deposits" / sealed.name[:2]).mkdir(exist_ok=True)
    sealed.rename(scene.folder / archive / "deposits" / sealed.name[:2] / sealed.name)
    # What the thief found in the memory of the machine.
    opening = f'cd "$PLACE" && age -d -i vera.key -o log-key {archive}/home/log-key-*-vera.age'
    ran = readme_lines.run([opening], {"PLACE": scene.folder}, PASSPHRASE)
    assert ran.status == 0, ran.output
    receipt = scene.folder / archive / "deposits" / sealed.name[:2] / sealed.name / "receipt"
    forged_log.append(scene.folder / archive, (scene.folder / "log-key").read_bytes(), receipt.read_bytes())


def removal():
    scene = Scene("A removal, a veto, and what stays", (
        "Vera and Boris are custodians. A witness asks that her interview be removed. Another removal was proposed in "
        "error, and is vetoed. What was removed can no longer be read; that it existed can still be shown."))
    scene.shop.key = scene.shop.key_of("vera")
    scene.found("boris")
    deposits = [scene.take_in(f"Interview {n}/statement.txt", f"Invented: statement {n}.\n" * n) for n in (1, 2, 3)]
    for number, deposit in enumerate(deposits, 1):
        scene.name(deposit, f"deposit {number}")
    scene.shop.muniment("mirror", "push", "archive", "disk")
    scene.shop.write("ground-1.txt", "Invented: the witness asked for it.\n")
    scene.type("The witness of the first interview asks for its removal; Vera proposes it, and keeps the reason and "
               "the salt that proves it in a file of her own.", "withdraw", "archive", deposits[0], "--key", "vera.key",
               "--ground-file", "ground-1.txt", "-o", "reason-1.txt")
    first = _proposed(scene, "proposal 1")
    scene.type("Boris reads what it does, and signs; now it is in the log.", "approve", "archive", first, "--key",
               "boris.key", "--yes")
    scene.shop.write("ground-2.txt", "Invented: taken for another one.\n")
    scene.shop.muniment("withdraw", "archive", deposits[1], "--key", scene.shop.key, "--ground-file", "ground-2.txt",
                        "-o", "reason-2.txt")
    scene.say("A week later Vera proposes the removal of the second interview in the same way.")
    second = _proposed(scene, "proposal 2")
    scene.type("Boris asks what waits for him.", "status", "archive")
    scene.type("He signs that as well, too quickly.", "approve", "archive", second, "--key", "boris.key", "--yes")
    scene.type("The disk is brought up to date, and serves neither of the two any more; nothing is destroyed yet.",
               "mirror", "push", "archive", "disk")
    scene.type("Vera sees that the second one was the wrong interview; one custodian is enough to stop a removal, and "
               "the number stands in what Boris was shown.", "veto", "archive", scene.orders[1], "--key", "vera.key")
    scene.type("The disk gets the second interview back.", "mirror", "push", "archive", "disk")
    scene.type("A court has asked for the third interview; Vera makes sure that no removal destroys it.", "hold",
               "archive", deposits[2], "--key", "vera.key")
    scene.type("The disk's keeper sees what is withdrawn, and from which day on it is destroyed.", "status", "disk")
    scene.say("A month passes. (Here the time at which the disk first saw the order is put back by 31 days.)")
    _let_days_pass(scene, "disk", deposits[0], 31)
    scene.type("The next time that the disk is brought up to date, the first interview is destroyed there.", "mirror",
               "push", "archive", "disk")
    scene.shell("The depositor still has the receipt; its digest is the id under which the deposit was logged.",
                f"sha256sum disk/deposits/{deposits[0][:2]}/{deposits[0]}/receipt")
    scene.type("The log still names it, and says what became of it.", "list", "disk", deposits[0])
    scene.type("Anybody can check without a key that the log is whole, with this receipt in it, and that nothing "
               "else is missing.", "verify", "disk", "--id", "$WORDS")
    return scene.end()


def _proposed(scene, what):
    """The proposal that waits, and the number of its order, both named."""
    (waiting,) = scene.shop.json("approve", "archive")["waiting"]
    number = re.search(r"number ([0-9a-f]{32})", " ".join(waiting["does"])).group(1)
    scene.orders.append(scene.name(number, f"order {len(scene.orders) + 1}"))
    return scene.name(waiting["proposal"], what)


def _let_days_pass(scene, copy, deposit, days):
    """A copy counts the hold from the time at which it first saw the order, which lies beside what is withdrawn."""
    (seen,) = (scene.folder / copy / "withdrawn" / deposit).glob("removal-*")
    earlier = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=days)
    seen.chmod(0o600)
    seen.write_text(earlier.strftime("%Y-%m-%dT%H:%M:%S.000000000Z") + "\n", encoding="utf-8")


SCENES = {
    "founding.md": founding,
    "rehearsal.md": rehearsal,
    "arrested-custodian.md": arrested_custodian,
    "stolen-log-key.md": stolen_log_key,
    "removal.md": removal,
}


def write(folder):
    pathlib.Path(folder).mkdir(exist_ok=True)
    for name, scene in SCENES.items():
        (pathlib.Path(folder) / name).write_text(scene(), encoding="utf-8")


if __name__ == "__main__":
    write(sys.argv[1])
