"""The card as a page sends what it sealed to the mirrors on it, when it is told to: from file://, in both browsers."""

import http.server
import json
import re
import unittest

import blackbox
from page_browser import Browser, open_page, packages, serve, step, unpacked
from workshop import Workshop, answering, tree

READING, SENDING = "r" * 40, "s" * 40
NO_PAGE = "without the page"
# Chromium's ways to write to a disk, into a file system of the page's own: no driver answers its dialogs.
OWN_FOLDER = """window.showDirectoryPicker = async () =>
    (await navigator.storage.getDirectory()).getDirectoryHandle("stick", { create: true });"""


class Portal(http.server.BaseHTTPRequestHandler):
    """A login page in front of everything, which lets every page read it."""

    def do_OPTIONS(self):
        allows = "Access-Control-Allow-"
        self.answer(200, b"", [(allows + "Methods", "PUT"), (allows + "Headers", "Authorization")])

    def do_PUT(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(200, b"<html>Please log in</html>")

    def answer(self, status, body, headers=()):
        self.send_response(status)
        for name, value in [("Access-Control-Allow-Origin", "*"), ("Content-Length", str(len(body))), *headers]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class InABrowser:
    kind = ""

    @classmethod
    def setUpClass(cls):
        cls.shop = Workshop()
        cls.addClassCleanup(cls.shop.close)
        cls.shop.found()
        cls.shop.write("first/file", b"x" * 20_000)
        cls.shop.muniment("deposit", "archive", "first", "--key", cls.shop.key)
        cls.shop.write("own-tokens", f"read {READING}\ndeposit {SENDING}\n")
        packages()
        cls.browser = Browser(cls.kind, cls.shop.folder)
        cls.addClassCleanup(cls.browser.close)

    def mirror(self, copy):
        self.shop.muniment("mirror", "push", "archive", copy)
        return self.shop.serve(self, copy, "--token-file", "own-tokens")[1]

    def page_for(self, *addresses, tokens=None):
        name = f"{self.id().rsplit('.', 1)[-1]}.html"
        known = tokens or dict.fromkeys(addresses, SENDING)
        self.shop.write("tokens", "".join(f"deposit {known[each]} {each}\n" for each in addresses))
        made = self.shop.muniment("card", "archive", "--key", self.shop.key, "--html", name, "--token-file", "tokens",
                                  "--send-to", *addresses, expect=None)
        if made.returncode != 0 and NO_PAGE in made.stderr:
            self.skipTest(made.stderr.strip())
        self.assertEqual(made.returncode, 0, made.stderr)
        return self.shop.folder / name

    def source(self, size=300_000):
        return str(self.shop.write(f"{self.id().rsplit('.', 1)[-1]}.bin", bytes(range(256)) * (size // 256)))

    def arrived(self, copy):
        return tree(self.shop.folder / copy / "incoming")

    def test_what_was_sealed_is_sent_to_both_mirrors_and_taken_in_at_home(self):
        one, two = f"one-{self.kind}", f"two-{self.kind}"
        first, second = self.mirror(one), self.mirror(two)
        page = self.page_for(first, second)
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page.read_text(encoding="utf-8"))[1]
        self.assertIn(f"connect-src {first} {second};", policy)
        *_, outcome, saved, before, _, sent, keep, again = self.browser.drive(
            open_page(page), step("files", files=[self.source(20_000_000)]), step("press", id="to-file"),
            step("outcome"), step("download"), step("text", id="send-result"), step("press", id="send"), step("sent"),
            step("text", id="send-keep"), step("text", id="send-again"))
        self.assertEqual(outcome["kind"], "good", outcome["text"])
        self.assertEqual(before, "", "nothing is sent before somebody says so")
        self.assertEqual([kind for kind, _ in sent], ["good", "good"], sent)
        self.assertIn("until a custodian tells you", keep)
        self.assertIsNone(again)
        (sealed,) = unpacked(saved["file"], self.shop.folder / f"unpacked-{self.kind}")
        for copy in (one, two):
            (folder,) = (self.shop.folder / copy / "incoming").iterdir()
            self.assertEqual(tree(folder), tree(sealed))
        reading = self.shop.write("reading", f"read {READING} {first}\n")
        self.shop.muniment("mirror", "fetch-incoming", "archive", "--from", first, "--token-file", reading)
        taken = json.loads(self.shop.muniment("deposit", "archive", "--key", self.shop.key, "--json").stdout)["taken"]
        self.assertEqual([each["id"] for each in taken], [folder.name])

    def test_a_mirror_in_trouble_keeps_no_other_and_is_named(self):
        good = f"good-{self.kind}"
        taking, refusing = self.mirror(good), self.mirror(f"refusing-{self.kind}")
        login = self.enterContext(answering(Portal)).address
        absent = "http://localhost:9"  # the port "discard": nobody answers
        page = self.page_for(taking, refusing, login, absent,
                             tokens={taking: SENDING, refusing: "w" * 40, login: SENDING, absent: SENDING})
        outcome = self.browser.run([open_page(page), step("files", files=[self.source()]), step("press", id="to-file"),
                                    step("outcome"), step("press", id="send"), step("sent"),
                                    step("text", id="send-again")])
        self.assertNotIn("error", outcome)
        *_, sent, again = outcome["found"]
        said = {next(each for each in (taking, refusing, login, absent) if each in text): (kind, text)
                for kind, text in sent}
        self.assertEqual(said[taking][0], "good")
        for address, sentence in ((refusing, "does not take"), (login, "login page"), (absent, "could not be reached")):
            self.assertEqual(said[address][0], "bad")
            self.assertIn(sentence, said[address][1])
        self.assertEqual(again, "Send again")
        self.assertEqual(len([name for name in self.arrived(good) if name.endswith("/receipt")]), 1)
        self.assertEqual(self.arrived(f"refusing-{self.kind}"), {})

    def test_a_page_without_addresses_offers_nothing(self):
        self.shop.muniment("card", "archive", "--key", self.shop.key, "--html", f"plain-{self.kind}.html")
        *_, outcome, offered = self.browser.drive(
            open_page(self.shop.folder / f"plain-{self.kind}.html"), step("files", files=[self.source()]),
            step("press", id="to-file"), step("outcome"), step("text", id="sending"))
        self.assertEqual(outcome["kind"], "good", outcome["text"])
        self.assertIsNone(offered)

    def test_it_fits_on_narrow_and_wide_screens(self):
        pictures = blackbox.build() / "page-pictures"
        pictures.mkdir(exist_ok=True)
        page = self.page_for(self.mirror(f"shown-{self.kind}"))
        steps, widest = [], []
        for language in ("ru", "uk", "be", "en"):
            steps += [open_page(page, [language], width=320), step("files", files=[self.source()]),
                      step("press", id="to-file"), step("outcome")]
            for name in ("offer", "sent"):
                for width in (320, 1280):
                    steps += [step("size", width=width), step("widest"),
                              step("picture", file=f"{pictures}/{self.kind}-{language}-{name}-{width}.png")]
                    widest.append((len(steps) - 2, language, width))
                if name == "offer":
                    steps += [step("press", id="send"), step("sent")]
        found = self.browser.drive(*steps)
        for at, language, width in widest:
            self.assertLessEqual(found[at], width, language)


class ChromiumTest(InABrowser, unittest.TestCase):
    kind = "chrome"

    def test_it_sends_what_it_wrote_into_a_folder(self):
        page = self.page_for(self.mirror("folder-copy"))
        *_, outcome, _, sent = self.browser.drive(
            open_page(serve(self, page.parent) + f"/{page.name}", before=OWN_FOLDER),
            step("files", files=[self.source()]), step("press", id="to-folder"), step("outcome"),
            step("press", id="send"), step("sent"))
        self.assertEqual(outcome["kind"], "good", outcome["text"])
        self.assertEqual([kind for kind, _ in sent], ["good"], sent)
        self.assertEqual(len([name for name in self.arrived("folder-copy") if name.endswith("/receipt")]), 1)


class FirefoxTest(InABrowser, unittest.TestCase):
    kind = "firefox"


if __name__ == "__main__":
    blackbox.main()
