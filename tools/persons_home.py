"""The home to which four persons bring what they have: an archive with trustees, two mirrors that take what is sent,
cards and invitations; and what of the persons must be found nowhere else. All of it is invented."""

import base64
import contextlib
import json
import os
import re
import subprocess
import threading
import urllib.parse

import blackbox
import residue
from workshop import PASSPHRASE, Workshop, tree

READING = "r" * 40
SENDING = "s" * 40
LANGUAGES = ("en", "ru", "uk", "be")
MIRRORS = ("oak", "elm")
EVIDENCE_SIZES = (3_000, 250_000, 1_200_000)
TEND_PAUSE_SECONDS = 1.0
# Each mark is another one: a word of a name in an answer that others read is refused, which is not looked at here.
FORM = {"Who": "Zubrowskaja {mark}", "Where": "a made-up kitchen {mark}", "When": "2026-01-01",
        "Interviewer": "Zmyslony {mark}", "Language": "en", "Consent": "for a court only {mark}",
        "Risks": "a thought-out risk {mark}"}


class Secrets:
    """What one person brings, and every way in which it could be left behind."""

    def __init__(self, folder, name):
        self.marks = {key: os.urandom(6).hex() for key, text in FORM.items() if "{mark}" in text}
        self.expected = set()  # digests of what has to arrive
        self.answered = ()
        self.folder = folder / name
        self.today = residue.Evidence(self.folder / "today", EVIDENCE_SIZES)
        self.talk = residue.Evidence(self.folder / "talk", (40_000,))
        self.answers = {key: text.format(mark=self.marks.get(key)) for key, text in FORM.items()}
        self.needles = {}
        for evidence in (self.today, self.talk):
            # The names of the two folders are typed, and the size of a file is a number among many.
            self.needles |= {what: needle for what, needle in evidence.needles.items()
                             if not what.startswith(("size of", "name of today", "name of talk"))
                             and "the name of today" not in what and "the name of talk" not in what}
        for key, mark in self.marks.items():
            self.needles |= encodings(f"answer {key}", self.answers[key])
            self.needles |= encodings(f"the mark of answer {key}", mark)
        self.needles |= encodings("passphrase of the archive's key", PASSPHRASE)

    def digests(self):
        """What has to arrive of all that is brought."""
        return self.digests_of(self.today) | self.digests_of(self.talk)

    @staticmethod
    def digests_of(evidence):
        return set(tree(evidence.folder).values())


def encodings(what, text):
    """A text as it may stand in files of programs: as bytes, as UTF-16, in addresses, in JSON, in base64."""
    data = text.encode()
    found = residue.forms(what, data)
    for order in ("utf-16-le", "utf-16-be"):
        found |= residue.forms(f"{what}, {order}", text.encode(order))
    found[f"{what}, in an address"] = urllib.parse.quote(text).encode()
    found[f"{what}, in a form's address"] = urllib.parse.quote_plus(text).encode()
    found[f"{what}, as JSON"] = json.dumps(text)[1:-1].encode()
    for shift in (1, 2):
        # Whole groups of three, so that what stands before and behind does not matter.
        whole = data[shift:shift + (len(data) - shift) // 3 * 3]
        found[f"{what}, base64 from byte {shift}"] = base64.b64encode(whole)
    return found


def look(places, needles, leaving_out=()):
    """What is readable below the places: a line for each file, by its path and what was found in it."""
    by_path = {}
    for place in places:
        for path, what in residue.found_below([place], needles, leaving_out):
            by_path.setdefault(str(path.relative_to(place)), []).append(what)
    return [{"where": path, "count": len(found), "what": sorted(found)[:5]} for path, found in sorted(by_path.items())]


class Page:
    """A page as it is printed, and whether a command stands on it, in each of its languages."""

    def __init__(self, home, kind):
        texts = {}
        for language in LANGUAGES:
            path = home.folder / f"{kind}-{language}.pdf"
            if not path.exists():
                home.shop.muniment("page", kind, "--language", language, "-o", path)
            printed = blackbox.run(["pdftotext", "-layout", path, "-"]).stdout
            texts[language] = " ".join(printed.split())
            if language == LANGUAGES[0]:
                self.bytes = path.stat().st_size
        self.texts = texts
        self.words = len(texts[LANGUAGES[0]].split())
        self.used = []

    def command(self, template, **filled):
        """A command as the page has it, with what is written in capitals filled in; where it is missing is kept."""
        missing = [language for language, text in self.texts.items() if template not in text]
        self.used.append({"command": template, "missingIn": missing})
        return re.sub(r"\b[A-Z]{4,}\b", lambda found: filled.get(found[0], found[0]), template)


class Home:
    """Until close(). Mirrors are served on this machine, which the persons' machines share the network of."""

    def __init__(self):
        self.stack = contextlib.ExitStack()
        self.shop = Workshop()
        self.stack.callback(self.shop.close)
        self.folder = self.shop.folder
        self.lock = threading.Lock()
        try:
            self._found()
        except BaseException:
            self.close()
            raise

    def addCleanup(self, what, *arguments):  # pylint: disable=invalid-name  # the workshop takes this for a test
        self.stack.callback(what, *arguments)

    def _found(self):
        shop = self.shop
        self.words, shares = shop.found_with_trustees()
        shop.muniment("compartment", "grant", "archive", "identities", "--to", "custodian-1", "--key", shop.key,
                      "--trustees", input="\n".join(shares[:2]) + "\n")
        shop.write("first/file", os.urandom(20_000))
        shop.muniment("deposit", "archive", "first", "--key", shop.key)
        shop.muniment("mirror", "push", "archive", *MIRRORS)
        shop.write("own-tokens", f"read {READING}\ndeposit {SENDING}\n")
        self.addresses = [shop.serve(self, copy, "--token-file", "own-tokens")[1] for copy in MIRRORS]
        self.tokens = shop.write("tokens", "".join(f"read {READING} {each}\ndeposit {SENDING} {each}\n"
                                                   for each in self.addresses))
        shop.muniment("card", "archive", "--key", shop.key, "-o", "card.txt", "--token-file", self.tokens, "--send-to",
                      *self.addresses)
        made = shop.muniment("card", "archive", "--key", shop.key, "--html", "card.html", expect=None)
        self.page = shop.folder / "card.html" if made.returncode == 0 else None
        self.no_page = made.stderr.strip()
        shop.muniment("mirror", "invite", "archive", "--from", self.addresses[0], "--token-file", self.tokens, "--key",
                      shop.key, "-o", "invitation.txt")

    def tend(self):
        """One round of the home, as its timer does it: what arrived comes in, and goes to all mirrors."""
        with self.lock:
            shop = self.shop
            shop.muniment("mirror", "fetch-incoming", "archive", "--from", *self.addresses, "--token-file", self.tokens)
            if any((self.folder / "archive/incoming").glob("*")):
                shop.muniment("deposit", "archive", "--key", shop.key)
                shop.muniment("mirror", "push", "archive", *MIRRORS)

    @contextlib.contextmanager
    def tending(self):
        """Rounds, one after the other, while a person sends; what went wrong is raised at the end."""
        over = threading.Event()
        troubles = []

        def rounds():
            while not over.wait(TEND_PAUSE_SECONDS):
                try:
                    self.tend()
                except (AssertionError, subprocess.SubprocessError, OSError) as error:
                    troubles.append(error)
                    return

        thread = threading.Thread(target=rounds)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
        if troubles:
            raise troubles[0]

    def take_in(self, path):
        """What a person hands over."""
        with self.lock:
            self.shop.muniment("deposit", "archive", path, "--key", self.shop.key)
            self.shop.muniment("mirror", "push", "archive", *MIRRORS)

    def page_of(self, kind):
        return Page(self, kind)

    def receive(self, notice):
        path = self.shop.write("notice.txt", notice)
        with self.lock:
            return self.shop.json("mirror", "receive", "archive", path, "--token-file", self.tokens)

    def opened(self):
        """All that the custodian can open, by digest, and the answers in all forms."""
        digests, answers = set(), []
        for number, deposit in enumerate(self.shop.deposits()):
            listed = self.shop.json("list", "archive", deposit, "--key", self.shop.key)
            answers += list(listed.get("testimony", {}).get("answers", {}).values())
            target = self.folder / f"opened-{number}"
            self.shop.muniment("open", "archive", deposit, "-o", target, "--key", self.shop.key, "--to-disk")
            digests |= set(tree(target).values())
            answers += [path.read_text() for path in target.rglob("form.txt")]
        return digests, "\n".join(answers)

    def check(self, brought):
        """Verifies home and mirrors; gives what did not arrive, as sentences, and how many deposits there are."""
        troubles = []
        for place in ("archive", *MIRRORS):
            done = self.shop.muniment("verify", place, "--id", self.words, expect=None)
            if done.returncode != 0:
                troubles.append(f"verify {place}: {done.stdout[-300:]}{done.stderr[-300:]}")
        digests, answers = self.opened()
        for name, secrets in brought.items():
            missing = len(secrets.expected - digests)
            if missing:
                troubles.append(f"{name}: {missing} of {len(secrets.expected)} files did not arrive")
            troubles += [f"{name}: the answer {key} did not arrive" for key in secrets.answered
                         if secrets.answers[key] not in answers]
        return troubles, len(self.shop.deposits())

    def close(self):
        self.stack.close()
