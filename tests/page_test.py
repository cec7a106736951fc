"""The card as a page, from file://: what it seals is what `muniment seal` seals. Here in Chromium; page_firefox_test.py
does the same in Firefox.
"""

import base64
import hashlib
import json
import os
import pathlib
import re
import shutil
import time
import unittest

import blackbox
import residue
from page_browser import (NO_PICKERS, Browser, form_of, open_page, open_with_stock_tools, packages, run_node, serve,
                          step, unpacked)
from workshop import Workshop, tree

PART = 16 * 1024 * 1024
LARGE_BYTES = 700 * 1024 * 1024
# What the browser may take more for a large file than before: far less than the file, whenever it collects its garbage.
GROWN_KIB_MAX = 450 * 1024
PAGE_BYTES_MAX = 300_000
NO_PAGE = "without the page"
LANGUAGES = ("ru", "uk", "be", "en")
QUESTIONS = ("who", "where", "when", "interviewer", "language", "consent", "risks")


def noise(size, seed=0):
    return hashlib.shake_128(f"{seed} {size}".encode()).digest(size)


class PageCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shop = Workshop()
        cls.addClassCleanup(cls.shop.close)
        cls.folder = cls.shop.folder
        cls.words = cls.shop.found()
        made = cls.shop.muniment("card", "archive", "--key", cls.shop.key, "--html", "card.html", expect=None)
        if made.returncode != 0 and NO_PAGE in made.stderr:
            raise unittest.SkipTest(made.stderr.strip())
        assert made.returncode == 0, made.stderr
        cls.printed = made.stdout
        cls.page = cls.folder / "card.html"

    @classmethod
    def compartment_key(cls, deposit):
        """The archive's classic key, as a file for age."""
        key = cls.folder / "compartment.key"
        if not key.exists():
            secrets = residue.secrets_of(cls.shop.key, cls.folder / "passphrase", cls.folder / "archive",
                                         deposit / "header-0")
            key.write_bytes(secrets["compartment-text"] + b"\n")
        return key


class PageAsFileTest(PageCase):
    """Without a browser."""

    def test_it_is_one_file_that_reaches_nothing(self):
        text = self.page.read_text(encoding="utf-8")
        self.assertNotRegex(text, r"\s(?:src|srcset|action|background)\s*=|<link|<iframe|@import|url\(")
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]
        for kind in ("script", "style"):
            (block,) = re.findall(rf"<{kind}>(.*?)</{kind}>", text, re.DOTALL)
            digest = base64.b64encode(hashlib.sha256(block.encode()).digest()).decode()
            self.assertIn(f"{kind}-src 'sha256-{digest}'", policy)
        self.assertIn("connect-src 'none'", policy)
        self.assertNotRegex(policy, "unsafe|https?:|\\*")

    def test_it_says_what_is_inside_and_under_which_licence(self):
        text = self.page.read_text(encoding="utf-8")
        for package in ("age-encryption 0.3.1", "@noble/hashes", "@noble/ciphers", "@noble/post-quantum"):
            self.assertIn(package, text)
        self.assertIn("Redistribution and use in source and binary forms", text)
        self.assertIn("Permission is hereby granted", text)

    def test_its_weight(self):
        size = self.page.stat().st_size
        print(f"the page has {size} bytes")
        self.assertLess(size, PAGE_BYTES_MAX)

    def test_the_program_prints_its_fingerprint_and_overwrites_nothing(self):
        self.assertIn(hashlib.sha256(self.page.read_bytes()).hexdigest(), self.printed)
        self.assertIn(self.words, self.printed)
        again = self.shop.muniment("card", "archive", "--key", self.shop.key, "--html", "card.html", expect=None)
        self.assertNotEqual(again.returncode, 0)

    def test_types_are_sound(self):
        project = packages().parent / "sources"
        shutil.rmtree(project, ignore_errors=True)
        shutil.copytree(blackbox.source() / "page", project, ignore=shutil.ignore_patterns("node_modules"))
        blackbox.run(["node", packages() / "typescript/bin/tsc", "-p", project])

    def test_every_language_says_everything_with_the_same_values(self):
        found = {}
        for language in LANGUAGES:
            text = (blackbox.source() / f"page/src/texts/{language}.ts").read_text(encoding="utf-8")
            found[language] = {key: sorted(re.findall(r"\{\w+\}", value)) for key, value in re.findall(
                r'^  (\w+): ((?:"[^"\n]*"(?: \+\n +)?)+),$', text, re.MULTILINE)}
        self.assertGreater(len(found["en"]), 70)
        for language in LANGUAGES:
            self.assertEqual(found[language], found["en"], language)


class SameAsTheProgramTest(PageCase):
    """Pieces of the page beside those of the program, where browsers and disks do not lead."""

    def ours(self, command, **options):
        return blackbox.run([blackbox.build() / "tests/bag_names", command], text=False, **options).stdout

    def test_names_fold_alike_over_all_of_unicode(self):
        ours, theirs = ({line.split(" ", 1)[0]: line.split(" ", 1)[1] for line in out.decode().split("\n")[:-1]}
                        for out in (self.ours("folds"), run_node("names.mjs", blackbox.source() / "page/src", "folds")))
        self.assertGreater(len(ours), 200_000)
        there, back = {}, {}
        for point, folded in ours.items():
            self.assertEqual(there.setdefault(folded, theirs[point]), theirs[point], point)
            self.assertEqual(back.setdefault(theirs[point], folded), folded, point)

    def test_names_are_repaired_and_kept_apart_alike(self):
        names = ["a", "A", "ß", "SS", "ss", "ẞ", "Σ", "ς", "ı", "I", "i", "100%", "a\\b", "a\tb", " edge", "edge ",
                 "и\u0306", "й", "Å", "x" * 300, "ы" * 200 + ".jpeg", ".hidden", "a.b c", "n." + "e" * 15,
                 "n." + "e" * 16, "%.jpg", "%/%", "%/x", "dir/a", "dir/A", "DIR/a", "a/b", "\u2028", "\u00a0x\u3000",
                 "d/" * 1500 + "deep", "🜁", "e\u0301\u0323", "con", "a~0123456789abcdef", "..."]
        given = "".join(f"{name}\0" for name in names).encode()
        self.assertEqual(run_node("names.mjs", blackbox.source() / "page/src", "paths", input=given).decode(),
                         self.ours("paths", input=given).decode())

    def test_sizes_are_padded_alike(self):
        self.assertEqual(run_node("names.mjs", blackbox.source() / "page/src", "padme"), self.ours("padme"))

    def test_fronts_of_files_beyond_the_fields_are_those_of_the_format(self):
        cases = [["a", 2**33 - 1, 0], ["a", 2**33, 0], ["a", 5 * 2**40, -1], ["b" * 100, 1, 2**33], ["ж" * 60, 1, 1]]
        fronts = [bytes.fromhex(line) for line in run_node(
            "names.mjs", blackbox.source() / "page/src", "fronts", input=json.dumps(cases).encode()).decode().split()]
        for (name, size, modified), front in zip(cases, fronts):
            pax = dict(re.findall(rb"\d+ (path|size|mtime)=([^\n]*)\n", front))
            self.assertEqual(pax.get(b"size"), str(size).encode() if size >= 2**33 else None)
            self.assertEqual(pax.get(b"mtime"), str(modified).encode() if not 0 <= modified < 2**33 else None)
            self.assertEqual(pax.get(b"path"), name.encode() if len(name.encode()) > 100 else None)
            field = front[-512:][124:136]
            expected = b"\x80" + size.to_bytes(11, "big") if size >= 2**33 else b"%011o\0" % size
            self.assertEqual(field, expected)


class InABrowser:
    """The cases for one browser; `kind` says which."""

    kind = ""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        packages()
        cls.browser = Browser(cls.kind, cls.folder)
        cls.addClassCleanup(cls.browser.close)

    def setUp(self):
        self.own = self.folder / f"{self.kind}-{self._testMethodName[:40]}"
        self.own.mkdir()

    def write(self, name, content):
        path = self.own / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def seal(self, *choices, page=None, expect="good"):
        """Seals by download; gives the carried file and what the page said."""
        *_, outcome, saved = self.browser.drive(
            open_page(page or self.page), *choices, step("press", id="to-file"), step("outcome"), step("download"))
        self.assertEqual(outcome["kind"], expect, outcome["text"])
        self.assertIn(str(saved["size"]), outcome["text"], "the page says how large the file must be")
        return pathlib.Path(saved["file"]), outcome

    def deposit(self, carried, expect=0):
        taken = self.shop.json("deposit", "archive", carried, "--key", self.shop.key, expect=expect)
        self.assertEqual(taken["refused"], [])
        return [deposit["id"] for deposit in taken["taken"]]

    def opened(self, deposit_id):
        target = self.own / "opened"
        self.shop.muniment("open", "archive", deposit_id, "-o", target, "--to-disk", "--key", self.shop.key)
        return target

    def stock(self, deposit, name):
        open_with_stock_tools(deposit, self.compartment_key(deposit), self.own / name)
        return form_of(self.own / name)

    # What is sealed.

    def test_a_folder_sealed_by_page_and_by_program_is_the_same(self):
        case = self.own / "Дело № 7"
        for size in (0, 1, 511, 512, 65_536, 65_537, PART - 1, PART, PART + 1):
            self.write(f"{case.name}/sizes/{size}.bin", noise(size))
        for name in ("Протокол.txt", "протокол.TXT", "100%.jpg", "tab\there", " edge", "и\u0306.mov",
                     "ы" * 120 + ".mp4", "b/c", "b-", "日本.png"):
            self.write(f"{case.name}/{name}", name.encode())
        os.utime(case / "sizes/1.bin", ns=(-12_345_000_000, -12_345_000_000))
        os.utime(case / "sizes/0.bin", ns=(2**33 * 10**9, 2**33 * 10**9))
        carried, _ = self.seal(step("folder", folder=str(case)))
        (theirs,) = unpacked(carried, self.own / "unpacked")
        self.shop.muniment("seal", "--card", "archive.card", "-o", self.own / "sealed", case)
        (ours,) = (path for path in (self.own / "sealed").iterdir() if path.name != "staging")
        self.assertEqual({path.name: path.stat().st_size for path in theirs.iterdir() if path.name != "receipt"},
                         {path.name: path.stat().st_size for path in ours.iterdir() if path.name != "receipt"})
        shapes = [re.sub(r"[0-9a-f]{64}", "X", (folder / "receipt").read_text()) for folder in (ours, theirs)]
        self.assertEqual(shapes[0], shapes[1])
        for one, other in zip(self.stock(ours, "ours"), self.stock(theirs, "theirs")):
            self.assertEqual(one, other)

        (deposit_id,) = self.deposit(carried)
        self.assertIn("whole", self.shop.muniment("verify", "archive", "--id", self.words).stdout)
        self.assertEqual(tree(self.opened(deposit_id)), tree_below(case))

    def test_the_form_alone_is_a_deposit(self):
        answers = {question: f"Ответ {number}\nдве строки" for number, question in enumerate(QUESTIONS)}
        carried, _ = self.seal(*(step("answer", question=key, text=text) for key, text in answers.items()))
        (deposit_id,) = self.deposit(carried)
        (form,) = self.opened(deposit_id).iterdir()
        self.assertEqual(form.name, "form.txt")
        text = form.read_text(encoding="utf-8")
        self.assertRegex(text, r"\Amuniment/form/v1\nfilled \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\nlanguage en\n\n"
                               r"who: .*\n    Ответ 0\n    две строки\n\nwhere: ")
        self.assertEqual(re.findall(r"^(\w+): ", text, re.MULTILINE), list(QUESTIONS))

    def test_files_of_one_name_are_both_there_and_the_form_comes_first(self):
        one, two = self.write("a/IMG_1.jpg", b"one"), self.write("b/IMG_1.jpg", b"two")
        carried, _ = self.seal(step("files", files=[str(one)]), step("files", files=[str(two)]),
                               step("answer", question="where", text="here"))
        (deposit_id,) = self.deposit(carried)
        target = self.opened(deposit_id)
        self.assertEqual((target / "IMG_1.jpg").read_bytes(), b"one")
        self.assertEqual((target / "2/IMG_1.jpg").read_bytes(), b"two")
        (folder,) = unpacked(carried, self.own / "unpacked")
        members = self.stock(folder, "stock")[0]
        self.assertEqual([name for name, *_ in members if name.startswith("data/")],
                         ["data/form.txt", "data/IMG_1.jpg", "data/2/IMG_1.jpg"])

    def test_a_file_that_vanishes_or_shrinks_after_it_was_chosen_is_named(self):
        kept, gone = self.write("kept.txt", b"kept"), self.write("gone.txt", b"gone")
        shrunk = self.write("shrunk.bin", noise(3_000_000))
        script = self.write("later.sh", f"rm '{gone}'; truncate -s 1500000 '{shrunk}'\n".encode())
        carried, outcome = self.seal(step("files", files=[str(kept), str(gone), str(shrunk)]),
                                     step("shell", script=str(script)), expect="bad")
        self.assertIn("gone.txt", outcome["text"])
        self.assertIn("shrunk.bin", outcome["text"])
        self.assertIn("NOT everything", outcome["text"])
        (deposit_id,) = self.deposit(carried)
        self.assertEqual((self.opened(deposit_id) / "kept.txt").read_bytes(), b"kept")
        (folder,) = unpacked(carried, self.own / "unpacked")
        lines = self.stock(folder, "stock")[1]
        self.assertEqual([line["path"] for line in lines if line["kind"] == "left-out"][:1], ["gone.txt"])

    def test_many_files_become_several_deposits_in_one_file(self):
        for number in range(5_003):
            self.write(f"many/{number:05}", b"")
        carried, outcome = self.seal(step("folder", folder=str(self.own / "many")))
        ids = self.deposit(carried)
        self.assertEqual(len(ids), 2, outcome["text"])

    # Where it goes.

    def test_into_a_folder_and_into_a_chosen_file(self):
        """By the browser's own file system for pages, since no driver answers its dialogs: the handles are real."""
        source = self.write("source.bin", noise(PART + 5))
        page = serve(self, self.folder) + "/card.html"
        pickers = """
            const root = () => navigator.storage.getDirectory();
            window.showDirectoryPicker = async () => (await root()).getDirectoryHandle("stick", { create: true });
            window.showSaveFilePicker = async () => (await root()).getFileHandle("carried.tar", { create: true });"""
        *_, outcome, objects = self.browser.drive(
            open_page(page, before=pickers), step("files", files=[str(source)]), step("press", id="to-folder"),
            step("outcome"), step("run", script=READ_FOLDER))
        self.assertEqual(outcome["kind"], "good", outcome["text"])
        self.assertIn("read back", outcome["text"])
        for path, content in objects.items():
            self.write(f"stick/{path}", base64.b64decode(content))
        (folder,) = (self.own / "stick").iterdir()
        self.assertIn(folder.name, outcome["text"])
        self.assertEqual(len(self.deposit(self.own / "stick")), 1)

        *_, outcome, content = self.browser.drive(
            open_page(page, before=pickers), step("files", files=[str(source)]), step("press", id="to-file"),
            step("outcome"), step("run", script=READ_FILE))
        self.assertEqual(outcome["kind"], "good", outcome["text"])
        self.assertEqual(len(self.deposit(self.write("carried.tar", base64.b64decode(content)))), 1)

    def test_a_disk_that_fills_up_or_forgets_is_said_and_leaves_nothing(self):
        source = self.write("source.bin", noise(1000))
        page = serve(self, self.folder) + "/card.html"
        faults = {"write: () => { throw new DOMException('full', 'QuotaExceededError'); }": "no space left",
                  "write: () => { throw new DOMException('no', 'NotAllowedError'); }": "may not write",
                  "write: () => file.write(new Uint8Array(3))": "not what is there now"}
        steps = []
        for fault in faults:
            steps += [open_page(page, before=FAULTY_FOLDER.replace("FAULT", fault)), step("files", files=[str(source)]),
                      step("press", id="to-folder"), step("outcome"), step("run", script=READ_FOLDER)]
        found = self.browser.drive(*steps)
        for sentence, outcome, left in zip(faults.values(), found[3::5], found[4::5]):
            self.assertEqual(outcome["kind"], "bad")
            self.assertIn(sentence, outcome["text"])
            self.assertIn("nothing whole was written", outcome["text"])
            self.assertEqual(left, {}, sentence)

    def test_stopping_leaves_nothing(self):
        source = self.write("source.bin", noise(200_000_000))
        *_, outcome, link = self.browser.drive(
            open_page(self.page), step("files", files=[str(source)]), step("press", id="to-file"),
            step("press", id="cancel"), step("outcome"),
            step("run", script="document.getElementById('download') !== null"))
        self.assertIn("Stopped", outcome["text"])
        self.assertFalse(link)

    def test_a_large_file_does_not_fill_the_memory(self):
        source = self.own / "large.bin"
        with source.open("wb") as file:
            for number in range(LARGE_BYTES // PART + 1):
                file.write(noise(min(PART, LARGE_BYTES - number * PART), number))
        if self.kind == "firefox":
            carried, outcome = self.seal(step("files", files=[str(source)]))
        else:
            # Chromium keeps a download in memory until it is large; what it is told to write goes to the disk at once.
            page = serve(self, self.folder) + "/card.html"
            before = "window.showSaveFilePicker = async () => (await navigator.storage.getDirectory())" \
                     ".getFileHandle('carried.tar', { create: true });"
            *_, outcome, _, saved = self.browser.drive(
                open_page(page, before=before), step("files", files=[str(source)]), step("press", id="to-file"),
                step("outcome"), step("run", script=SAVE_FILE), step("download"))
            carried = pathlib.Path(saved["file"])
        print(f"{self.kind}: {LARGE_BYTES >> 20} MiB in {outcome['seconds']:.0f} s, "
              f"{outcome['grownKib'] >> 10} MiB more memory")
        self.assertLess(outcome["grownKib"], GROWN_KIB_MAX)
        (deposit_id,) = self.deposit(carried)
        self.assertEqual(tree(self.opened(deposit_id)), {"large.bin": tree(self.own)["large.bin"]})

    # What the page says.

    def altered(self, name, *changes):
        text = self.page.read_text(encoding="utf-8")
        for old, new in changes:
            self.assertIn(old, text)
            text = text.replace(old, new)
        return self.write(name, text.encode())

    def at(self, days):
        """A clock that is so many days off."""
        return NO_PICKERS + f"; const now = Date.now; Date.now = () => now() + {days} * 86400000;"

    def test_an_expired_card_and_a_clock_far_off_are_warned_of_and_need_a_word(self):
        source = self.write("a.txt", b"a")
        for_seal = [step("files", files=[str(source)]), step("press", id="to-file")]
        steps = [open_page(self.page, before=self.at(0)), step("text", id="warning-text"), *for_seal, step("outcome")]
        cases = ((91, "expired on"), (-400, "clock is wrong"), (3000, "years after"))
        for days, _ in cases:
            steps += [open_page(self.page, before=self.at(days)), step("text", id="warning-text"), *for_seal,
                      step("text", id="hint"), step("text", id="working"), step("tick"), step("press", id="to-file"),
                      step("outcome")]
        _, warning, _, _, outcome, *found = self.browser.drive(*steps)
        self.assertIsNone(warning)
        self.assertEqual(outcome["kind"], "good")
        for at, (_, sentence) in enumerate(cases):
            _, warning, _, _, hint, working, _, _, outcome = found[9 * at:9 * at + 9]
            self.assertIn(sentence, warning)
            self.assertIn("I know this", hint)
            self.assertIsNone(working, "nothing is sealed before the word is given")
            self.assertEqual(outcome["kind"], "good")

    def test_a_damaged_card_and_a_browser_without_what_is_needed_seal_nothing(self):
        text = self.page.read_text(encoding="utf-8")
        recipient = re.search(r"recipient (age1\w+)", text)[1]
        source = self.write("a.txt", b"a")
        other = recipient[:-6] + ("qqqqqq" if not recipient.endswith("qqqqqq") else "pppppp")
        cases = [(self.altered("other.html", (f"recipient {recipient}", f"recipient {other}")), NO_PICKERS, "damaged"),
                 (self.altered("cut.html", (">muniment/card/v1", ">muniment/card")), NO_PICKERS, "damaged"),
                 (self.page, NO_PICKERS + "; delete window.TransformStream", "Streams"),
                 (self.page, NO_PICKERS + "; delete window.Worker", "Worker"),
                 (self.page, NO_PICKERS + "; Object.defineProperty(Crypto.prototype, 'subtle', "
                                          "{ get: () => undefined })", "open connection")]
        steps = []
        for page, before, _ in cases:
            steps += [open_page(page, before=before), step("text", id="trouble"), step("files", files=[str(source)]),
                      step("press", id="to-file"), step("text", id="working")]
        found = self.browser.drive(*steps)
        for (_, _, sentence), trouble, working in zip(cases, found[1::5], found[4::5]):
            self.assertIn(sentence, trouble)
            self.assertIsNone(working)

    def test_a_page_whose_script_was_altered_runs_nothing(self):
        """By accident, that is: whoever means it alters the policy as well."""
        page = self.altered("script.html", ("<script>", "<script>;"))
        outcome = self.browser.run([step("open-blank"), open_page(page), step("text", id="too-old")])
        self.assertIn("error", outcome)

    def test_without_webassembly_it_seals(self):
        carried, _ = self.seal(step("run", script="delete window.WebAssembly"),
                               step("answer", question="who", text="somebody"))
        self.assertEqual(len(self.deposit(carried)), 1)

    def test_a_name_in_a_file_name_is_warned_of(self):
        source = self.write("Interview IVANOV.txt", b"a")
        *_, before, _, after = self.browser.drive(
            open_page(self.page), step("files", files=[str(source)]), step("text", id="name-in-path"),
            step("answer", question="who", text="Ivanov, who came in May"), step("text", id="name-in-path"))
        self.assertIsNone(before)
        self.assertIn("ivanov", after)

    def test_it_shows_the_words_of_the_archive_and_nothing_is_sealed_without_anything(self):
        *_, words, _, hint, working = self.browser.drive(
            open_page(self.page), step("text", id="words"), step("press", id="to-file"), step("text", id="hint"),
            step("text", id="working"))
        self.assertEqual(words.split(), self.words.split())
        self.assertIn("Choose files first", hint)
        self.assertIsNone(working)

    def test_it_fits_on_narrow_and_wide_screens_in_each_language(self):
        pictures = blackbox.build() / "page-pictures"
        pictures.mkdir(exist_ok=True)
        sources = [self.write(name, b"x" * 5000)
                   for name in ("Интервью 3.mp4", "a_very_long_name_" * 8 + ".jpeg", "c.txt")]
        steps, widest = [], []
        for language in LANGUAGES:
            name = f"{pictures}/{self.kind}-{language}"
            steps += [open_page(self.page, [language], width=320), step("files", files=[str(path) for path in sources]),
                      step("answer", question="who", text="x")]
            for width in (320, 1280):
                steps += [step("size", width=width), step("widest"), step("picture", file=f"{name}-{width}.png")]
                widest.append((len(steps) - 2, language, width))
            steps += [step("press", id="to-file"), step("outcome"), step("size", width=320), step("widest"),
                      step("picture", file=f"{name}-sealed.png")]
            widest.append((len(steps) - 2, language, 320))
        found = self.browser.drive(*steps)
        for at, language, width in widest:
            self.assertLessEqual(found[at], width, f"{language}: what is wider must be moved aside")

    def test_its_language_is_the_browsers(self):
        cases = ((["be-BY", "ru"], "Старонка"), (["uk"], "Сторінка"), (["de", "ru-RU"], "Страница"),
                 (["de", "fr"], "Sealing"))
        steps = []
        for wanted, _ in cases:
            steps += [open_page(self.page, wanted), step("run", script="document.title")]
        for (_, title), found in zip(cases, self.browser.drive(*steps)[1::2]):
            self.assertTrue(found.startswith(title), found)

    def test_the_profile_holds_nothing_of_what_was_sealed(self):
        source = self.write("name-7c1f0e.txt", b"content-93baf1 " * 5000)
        needles = ("name-7c1f0e", "content-93baf1", "typed-2b44aa", self.page.name)
        found = set()

        def look_into(profile):
            for path in profile.rglob("*"):
                data = path.read_bytes() if path.is_file() else b""
                found.update(needle for needle in needles for form in ("utf-8", "utf-16-le")
                             if needle.encode(form) in data)

        outcome = self.browser.run_alone([
            open_page(self.page), step("files", files=[str(source)]),
            step("answer", question="who", text="typed-2b44aa"),
            step("press", id="to-file"), step("outcome"), step("download")], look_into)
        self.assertNotIn("error", outcome)
        self.assertEqual(found, {self.page.name}, "the history has the page, so the search finds what is there")

    # Hybrid seals.

    def test_a_hybrid_card_is_sealed_against_quantum_computers_too(self):
        """The page is given a card with a hybrid key, as founding with libcrypto 3.5 makes it; npm's package opens."""
        tool = [blackbox.source() / "tests/npm/age_hybrid.mjs", packages()]
        key = self.own / "hybrid.key"
        recipient = blackbox.run(["node", *tool, "new", key]).stdout.strip()
        page = self.own / "hybrid.html"
        page.write_text(with_hybrid_key(self.page.read_text(encoding="utf-8"), recipient), encoding="utf-8")
        source = self.write("a.bin", noise(100_000))
        *_, shown, _, _, outcome, saved = self.browser.drive(
            open_page(page), step("text", id="seal-kind"), step("files", files=[str(source)]),
            step("press", id="to-file"), step("outcome"), step("download"))
        self.assertIn("hybrid", shown)
        self.assertEqual(outcome["kind"], "good", outcome["text"])
        (deposit,) = unpacked(saved["file"], self.own / "unpacked")
        self.assertTrue((deposit / "header-0").read_bytes().startswith(b"age-encryption.org/v1\n-> mlkem768x25519 "))
        whole, plain = self.own / "whole.age", self.own / "plain.tar"
        pieces = [deposit / "header-0", *sorted(deposit.glob("part-*"))]
        whole.write_bytes(b"".join(path.read_bytes() for path in pieces))
        blackbox.run(["node", *tool, "open", key, whole, plain])
        blackbox.run(["node", *tool, "open", key, deposit / "contents-0.age", self.own / "contents"])
        blackbox.run(["tar", "-x", "-f", plain, "-C", self.own])
        (bag,) = self.own.glob("bag-*")
        self.assertEqual((bag / "data/a.bin").read_bytes(), source.read_bytes())
        self.assertEqual((bag / "metadata/contents.jsonl").read_bytes(), (self.own / "contents").read_bytes())

    def test_a_hybrid_deposit_is_taken_in_and_opened(self):
        if "\nrecipient age1pq1" not in self.page.read_text(encoding="utf-8"):
            self.skipTest("this libcrypto has no ML-KEM-768, so archives here have no hybrid key")
        carried, _ = self.seal(step("answer", question="who", text="somebody"))
        (deposit_id,) = self.deposit(carried)
        self.assertEqual([path.name for path in self.opened(deposit_id).iterdir()], ["form.txt"])


def tree_below(folder):
    """The tree of a folder, by paths that start with its own name."""
    return {f"{folder.name}/{name}": digest for name, digest in tree(folder).items()}


def with_hybrid_key(page, recipient):
    """The page with another card: one more recipient, in the charter as well, and the id that follows. The page cannot
    tell: signatures are for the program."""
    charter = re.search(r"\ncharter (\S+)\n", page)[1]
    text = base64.b64decode(charter)
    changed = re.sub(rb"\n(compartment evidence open \S+) none ", rb"\n\1 " + recipient.encode() + b" ", text)
    assert changed != text
    page = page.replace(f"\ncharter {charter}\n", f"\ncharter {base64.b64encode(changed).decode()}\n")
    page = re.sub(r"\narchive [0-9a-f]{64}\n", f"\narchive {hashlib.sha256(changed).hexdigest()}\n", page)
    return re.sub(r"\n(recipient age1\w+)\n", rf"\n\1\nrecipient {recipient}\n", page, count=1)


BASE64_OF = """const base64 = async (file) => {
    const bytes = new Uint8Array(await file.arrayBuffer());
    let text = "";
    for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
    return btoa(text); };"""
READ_FOLDER = f"""(async () => {{ {BASE64_OF}
    const stick = await (await navigator.storage.getDirectory()).getDirectoryHandle("stick", {{ create: true }});
    const found = {{}};
    for await (const [name, folder] of stick.entries()) {{
        for await (const [object, handle] of folder.entries()) {{
            found[`${{name}}/${{object}}`] = await base64(await handle.getFile()); }} }}
    return found; }})()"""
CARRIED = """(await (await navigator.storage.getDirectory()).getFileHandle("carried.tar")).getFile()"""
READ_FILE = f"""(async () => {{ {BASE64_OF} return base64(await {CARRIED}); }})()"""
SAVE_FILE = f"""(async () => {{
    const link = Object.assign(document.createElement("a"), {{ id: "download", download: "from-chosen-file.tar" }});
    link.href = URL.createObjectURL(await {CARRIED});
    document.body.append(link);
    link.click(); }})()"""
FAULTY_FOLDER = """
    const faulty = (handle) => new Proxy(handle, { get: (target, key) => key === "createWritable"
        ? async () => { const file = await target.createWritable();
                        return { FAULT, close: () => file.close(), abort: () => file.abort() }; }
        : typeof target[key] === "function" ? target[key].bind(target) : target[key] });
    const folder = (handle) => new Proxy(handle, { get: (target, key) => key === "getFileHandle"
        ? async (...names) => faulty(await target.getFileHandle(...names))
        : key === "getDirectoryHandle" ? async (...names) => folder(await target.getDirectoryHandle(...names))
        : typeof target[key] === "function" ? target[key].bind(target) : target[key] });
    window.showDirectoryPicker = async () =>
        folder(await (await navigator.storage.getDirectory()).getDirectoryHandle("stick", { create: true }));"""


class ChromiumTest(InABrowser, PageCase):
    kind = "chrome"


if __name__ == "__main__":
    blackbox.main()
