"""The road from the field: card, seal, send to two mirrors, home, log, and an empty folder at the end."""

import http.server
import os
import random
import shutil
import signal
import time
import unittest
import urllib.error
import urllib.request

import blackbox
from workshop import Workshop, answering, tree

READING = "r" * 32
SENDING = "s" * 32
KILLS = 6


def ask(address, method="GET", body=None, token=None, **headers):
    """The status of one request."""
    if token:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(address, headers=headers, method=method, data=body)
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


class Quiet(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, status, body=b"", headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Forgetful(Quiet):
    """Says that it has taken everything, and keeps nothing; what its copy has, it gives."""

    def do_PUT(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(201)


class Portal(Quiet):
    """A login page in front of everything."""

    def do_GET(self):
        self.answer(200, b"<html>Please log in</html>", [("Content-Type", "text/html")])

    def do_PUT(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()


class SendTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shop = Workshop()
        cls.addClassCleanup(cls.shop.close)
        cls.words = cls.shop.found()
        cls.shop.write("first/file", os.urandom(20_000))
        cls.shop.muniment("deposit", "archive", "first", "--key", cls.shop.key)
        cls.shop.write("own-tokens", f"read {READING}\ndeposit {SENDING}\n")

    def setUp(self):
        self.name = self.id().rsplit(".", 1)[-1][:40]
        self.count = 0

    def fresh(self, what):
        self.count += 1
        return f"{self.name}-{what}-{self.count}"

    def mirror(self, copy=None):
        """A copy of the archive that is served; gives its name and its address."""
        if copy is None:
            copy = self.fresh("copy")
            self.shop.muniment("mirror", "push", "archive", copy)
        return copy, self.shop.serve(self, copy, "--token-file", "own-tokens")[1]

    def behind_nginx(self):
        copy = self.fresh("copy")
        self.shop.muniment("mirror", "push", "archive", copy)
        return copy, self.shop.nginx(self, copy, "--token-file", "own-tokens")[1]

    def card(self, *addresses, options=()):
        tokens = self.shop.write(self.fresh("tokens"), "".join(f"deposit {SENDING} {each}\n" for each in addresses))
        name = self.fresh("card")
        self.shop.muniment("card", "archive", "--key", self.shop.key, "-o", name, "--token-file", tokens,
                           "--send-to", *addresses, *options)
        return name

    def seal(self, card, *sizes):
        """Sealed deposits of so many bytes each; gives the folder and the ids in the order of the sizes."""
        paths = [self.shop.write(f"{self.fresh('evidence')}/file", os.urandom(size)).parent for size in sizes]
        folder = self.fresh("sealed")
        done = self.shop.json("seal", "--card", card, "-o", folder, *paths)
        return folder, [each["id"] for each in done["deposits"]]

    def send(self, folder, card, *options, expect=0):
        return self.shop.json("send", folder, "--card", card, *options, expect=expect)

    def incoming(self, copy):
        return tree(self.shop.folder / copy / "incoming")

    def take_in(self, *copies):
        """What a home does: it fetches from the first copy's server, takes in, and pushes to all."""
        self.shop.muniment("deposit", "archive", "--key", self.shop.key)
        self.shop.muniment("mirror", "push", "archive", *copies)

    def test_a_card_that_expires_soon_is_followed_by_the_next_ones_by_itself(self):
        copy, address = self.mirror()
        _, other = self.mirror()
        first = self.card(address, options=("--days", "2"))
        folder, _ = self.seal(first, 3000)
        self.send(folder, first)  # no newer one is there yet
        second = self.card(address, other, options=("--days", "3", "--after", first))
        third = self.card(other, options=("--days", "90", "--after", second))
        tokens = self.shop.write(self.fresh("tokens"), f"deposit {SENDING} {address}\n")
        self.shop.muniment("card", "archive", "--key", self.shop.key, "-o", self.fresh("card"), "--after", first,
                           expect=2)  # nowhere to fetch it from
        self.shop.muniment("card", "archive", "--key", self.shop.key, "-o", self.fresh("card"), "--after", first,
                           "--token-file", tokens, "--send-to", address, expect=3)  # another one follows already
        self.shop.muniment("mirror", "push", "archive", copy)
        sent = self.send(folder, first)
        self.assertEqual([each["address"] for each in sent["mirrors"]], [other])
        path = self.shop.folder / first
        self.assertEqual(path.read_bytes(), (self.shop.folder / third).read_bytes())
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        self.assertEqual(self.shop.json("verify", "archive")["findings"], [])
        self.assertEqual(self.shop.json("verify", copy)["findings"], [])

    def test_what_is_sent_to_two_mirrors_is_taken_in_and_only_then_gone_from_the_device(self):
        (one, first), (two, second) = self.mirror(), self.mirror()
        card = self.card(first, second)
        folder, ids = self.seal(card, 70_000, 10_000)
        sealed = tree(self.shop.folder / folder)
        done = self.send(folder, card)
        self.assertEqual([sorted(each["taken"]) for each in done["mirrors"]], [sorted(ids)] * 2)
        self.assertEqual(self.incoming(one), sealed)
        self.assertEqual(self.incoming(two), sealed)
        self.assertEqual(tree(self.shop.folder / folder), sealed, "nothing is deleted before the log names it")

        reading = self.shop.write(self.fresh("reading"), f"read {READING} {second}\n")
        self.shop.muniment("mirror", "fetch-incoming", "archive", "--from", second, "--token-file", reading)
        self.shop.muniment("mirror", "fetch-incoming", "archive", "--from", first, expect=3)
        self.shop.muniment("deposit", "archive", "--key", self.shop.key)
        self.assertEqual(tree(self.shop.folder / folder), sealed)
        self.shop.muniment("mirror", "push", "archive", one, two)

        later, _ = self.seal(card, 5000)
        new = next((self.shop.folder / later).iterdir())
        shutil.move(new, self.shop.folder / folder / new.name)
        done = self.shop.muniment("send", folder, "--card", card)
        for each in ids:
            self.assertRegex(done.stdout, f"Deposit {each[:16]}: safe on 3 copies, entry [0-9]+\\.")
        self.assertEqual([path.name for path in (self.shop.folder / folder).iterdir()], [new.name])
        self.shop.muniment("verify", one, "--id", self.words)

    def test_it_waits_for_the_log_and_empties_the_folder(self):
        copy, address = self.mirror()
        card = self.card(address)
        folder, ids = self.seal(card, 30_000)
        waiting = self.shop.start("send", folder, "--card", card, "--wait", "--every", "1")
        while not (self.shop.folder / copy / "incoming" / ids[0] / "receipt").exists():
            self.assertIsNone(waiting.poll())
            time.sleep(0.1)
        shutil.copytree(self.shop.folder / copy / "incoming", self.shop.folder / "archive/incoming",
                        dirs_exist_ok=True)
        self.take_in(copy)
        self.assertEqual(waiting.wait(timeout=120), 0)
        self.assertEqual(list((self.shop.folder / folder).iterdir()), [])

    def test_killed_anywhere_it_goes_on_and_the_mirrors_hold_what_was_sealed(self):
        (one, first), (two, second) = self.mirror(), self.mirror()
        card = self.card(first, second)
        folder, _ = self.seal(card, 20_000_000, 3_000_000, 50_000)
        sealed = tree(self.shop.folder / folder)
        cut = 0
        for _ in range(KILLS):
            process = self.shop.start("send", folder, "--card", card)
            time.sleep(random.uniform(0.02, 0.4))
            process.send_signal(signal.SIGKILL)
            cut += process.wait() != 0
            for copy in (one, two):
                there = self.incoming(copy)
                self.assertEqual(there, {name: sealed[name] for name in there}, "nothing else, nothing cut")
        self.assertGreater(cut, 0)
        self.send(folder, card)
        self.assertEqual(self.incoming(one), sealed)
        self.assertEqual(self.incoming(two), sealed)

    def test_a_mirror_in_trouble_keeps_no_other(self):
        copy, address = self.mirror()
        card = self.card("http://127.0.0.1:9", address)
        folder, ids = self.seal(card, 10_000)
        done = self.send(folder, card, expect=3)
        self.assertEqual([each["taken"] for each in done["mirrors"]], [[], ids])
        self.assertIn("no connection", done["mirrors"][0]["error"])
        self.assertEqual(self.incoming(copy), tree(self.shop.folder / folder))

    def test_a_revoked_token_and_a_captive_portal_are_named(self):
        _, address = self.mirror()
        card = self.card(address)
        folder, _ = self.seal(card, 10_000)
        copy = self.fresh("copy")
        self.shop.muniment("mirror", "push", "archive", copy)
        self.shop.write("other-tokens", f"deposit {'x' * 32}\n")
        _, refuses = self.shop.serve(self, copy, "--token-file", "other-tokens")
        done = self.send(folder, self.card(refuses), expect=3)
        self.assertIn("401", done["mirrors"][0]["error"])
        portal = self.enterContext(answering(Portal)).address
        done = self.send(folder, self.card(portal), expect=3)
        self.assertIn("login page", done["mirrors"][0]["error"])
        self.assertEqual(done["mirrors"][0]["taken"], [])
        self.assertNotEqual(tree(self.shop.folder / folder), {})

    def test_a_mirror_that_acknowledges_and_loses_is_found(self):
        copy, address = self.mirror()
        bare = self.fresh("bare")
        self.shop.muniment("mirror", "push", "archive", bare)

        def handler(*arguments):
            return Forgetful(*arguments, directory=self.shop.folder / bare)

        forgetful = self.enterContext(answering(handler)).address
        card = self.card(forgetful, address)
        folder, ids = self.seal(card, 10_000)
        waiting = self.shop.start("send", folder, "--card", card, "--wait", "--every", "1")
        while not (self.shop.folder / copy / "incoming" / ids[0] / "receipt").exists():
            self.assertIsNone(waiting.poll())
            time.sleep(0.1)
        self.assertEqual(list((self.shop.folder / bare).glob("incoming/*")), [])
        shutil.copytree(self.shop.folder / copy / "incoming", self.shop.folder / "archive/incoming",
                        dirs_exist_ok=True)
        self.shop.muniment("deposit", "archive", "--key", self.shop.key)
        # It shows the entry, and does not have the deposit.
        held = self.fresh("held")
        self.shop.muniment("mirror", "push", "archive", held)
        folder_of = next((self.shop.folder / held).glob(f"deposits/*/{ids[0]}"))
        shutil.rmtree(folder_of)
        shutil.copytree(self.shop.folder / held, self.shop.folder / bare, dirs_exist_ok=True)
        self.shop.muniment("mirror", "push", "archive", copy)
        self.assertEqual(waiting.wait(timeout=120), 1)
        self.assertEqual(list((self.shop.folder / folder).iterdir()), [], "the other mirror has it")

    def test_an_entry_alone_empties_nothing(self):
        copy, address = self.mirror()
        card = self.card(address)
        folder, ids = self.seal(card, 10_000)
        self.send(folder, card)
        shutil.copytree(self.shop.folder / copy / "incoming", self.shop.folder / "archive/incoming", dirs_exist_ok=True)
        self.take_in(copy)
        at_mirror = next((self.shop.folder / copy).glob(f"deposits/*/{ids[0]}"))
        at_mirror.rename(self.shop.folder / self.fresh("away"))
        sealed = tree(self.shop.folder / folder)
        done = self.send(folder, card)
        self.assertIsNotNone(done["deposits"][0]["entry"])
        self.assertFalse(done["deposits"][0]["emptied"])
        self.assertEqual(tree(self.shop.folder / folder), sealed)
        self.assertIn("no mirror shows it yet", self.shop.muniment("send", folder, "--card", card).stdout)
        self.shop.muniment("mirror", "heal", copy, "--from", "archive")
        self.assertTrue(self.send(folder, card)["deposits"][0]["emptied"])

    def test_nginx_takes_it_and_takes_it_again(self):
        copy, address = self.behind_nginx()
        card = self.card(address)
        folder, ids = self.seal(card, 3_000_000)
        self.send(folder, card)
        self.assertEqual(self.incoming(copy), tree(self.shop.folder / folder))
        done = self.send(folder, card)
        self.assertEqual(done["mirrors"][0]["taken"], ids)
        self.assertEqual(done["mirrors"][0]["objects"], 0)
        self.assertGreater(done["mirrors"][0]["unseen"], 4)
        self.may_only_create(address, copy)

    def test_our_own_server_lets_the_token_on_the_card_create_and_nothing_else(self):
        copy, address = self.mirror()
        self.may_only_create(address, copy)

    def may_only_create(self, address, copy):
        at = f"{address}/incoming/x/part-0000000"
        self.assertEqual(ask(at, "PUT", b"first", SENDING)[0], 201)
        self.assertEqual(ask(at, "PUT", b"other", SENDING)[0], 412)
        for name in (at, f"{address}/incoming/", f"{address}/incoming/x/"):
            self.assertEqual(ask(name, token=SENDING)[0], 404)
        self.assertEqual(ask(at, "DELETE", token=SENDING)[0], 405)
        self.assertEqual(ask(f"{address}/checkpoint", "PUT", b"x", SENDING)[0], 403)
        self.assertEqual((self.shop.folder / copy / "incoming/x/part-0000000").read_bytes(), b"first")

    def test_nginx_lists_and_gives_what_arrived_to_a_reading_token_only(self):
        copy, address = self.behind_nginx()
        card = self.card(address)
        folder, ids = self.seal(card, 3_000_000)
        self.send(folder, card)
        # A name that would hide the list, a file, and one that is on its way.
        for name in ("index.html", "half/part-0000000"):
            self.shop.write(f"{copy}/incoming/{name}", b"[]").chmod(0o644)
        (self.shop.folder / copy / "incoming/half").chmod(0o755)
        for name in ("", f"{ids[0]}/receipt", f"{ids[0]}/"):
            for token in (None, SENDING):
                self.assertEqual(ask(f"{address}/incoming/{name}", token=token)[0], 404, name)
        reading = self.shop.write(self.fresh("reading"), f"read {READING} {address}\n")
        done = self.shop.json("mirror", "fetch-incoming", "archive", "--from", address, "--token-file", reading)
        self.assertEqual(done["mirrors"], [{"where": address, "fetched": ids, "here": 0, "unfinished": 1,
                                            "takenAway": 0, "refused": []}])
        self.shop.muniment("deposit", "archive", "--key", self.shop.key)
        _, public = self.shop.nginx(self, copy, "--token-file", "own-tokens", "--role", "public")
        for name in ("", f"{ids[0]}/receipt"):
            self.assertEqual(ask(f"{public}/incoming/{name}", token=READING)[0], 404)

    def test_what_arrived_is_listed_for_a_reading_token_only(self):
        copy, address = self.mirror()
        card = self.card(address)
        folder, ids = self.seal(card, 10_000)
        self.send(folder, card)
        (self.shop.folder / copy / "incoming/half").mkdir()
        self.assertEqual(ask(f"{address}/incoming/", token=READING), (200, f"{ids[0]}\n".encode()))
        self.assertEqual(ask(f"{address}/incoming/")[0], 404)
        self.assertEqual(ask(f"{address}/incoming/{ids[0]}/receipt")[0], 404)
        self.assertEqual(ask(f"{address}/incoming/{ids[0]}/receipt", token=READING)[0], 200)
        _, public = self.shop.serve(self, copy, "--token-file", "own-tokens", "--role", "public")
        self.assertEqual(ask(f"{public}/incoming/", token=READING)[0], 404)

    def test_half_a_deposit_stays_at_the_mirror_and_can_be_salvaged(self):
        copy, address = self.mirror()
        card = self.card(address)
        folder, ids = self.seal(card, 40_000_000)
        last = max((self.shop.folder / folder / ids[0]).glob("part-*"))
        last.unlink()
        done = self.send(folder, card, expect=1)
        self.assertEqual(done["mirrors"][0]["taken"], [])
        self.assertIn("is missing", done["notWhole"][0]["why"])
        self.assertFalse((self.shop.folder / copy / "incoming" / ids[0] / "receipt").exists())
        found = self.shop.json("recover", "--salvage", f"{copy}/incoming/{ids[0]}", "--archive", "archive", "--key",
                               self.shop.key, "-o", self.fresh("salvaged"), "--to-disk", expect=1)
        self.assertGreater(found["parts"], 0)

    def test_cards_that_cannot_send_say_why(self):
        card = self.card("https://oak.example/archive")
        text = (self.shop.folder / card).read_text()
        self.assertEqual((self.shop.folder / card).stat().st_mode & 0o077, 0)
        self.shop.write("forged", text.replace("oak.example", "police.example"))
        folder, _ = self.seal(card, 1000)
        self.assertIn("altered", self.shop.muniment("send", folder, "--card", "forged", expect=1).stderr)
        self.assertIn("--send-to", self.shop.muniment("send", folder, "--card", "archive.card", expect=2).stderr)
        self.shop.muniment("send", folder, "--card", card, "--first", "nothing", expect=2)
        self.shop.muniment("send", "nowhere", "--card", card, expect=3)
        self.shop.muniment("card", "archive", "--key", self.shop.key, "-o", "x", "--send-to", "https://no.token",
                           expect=2)
        tokens = self.shop.write("for-json", f"deposit {SENDING} https://oak.example\n")
        done = self.shop.muniment("card", "archive", "--key", self.shop.key, "-o", self.fresh("card"), "--json",
                                  "--token-file", tokens, "--send-to", "https://oak.example")
        self.assertNotIn(SENDING, done.stdout + done.stderr)
        self.shop.muniment("card", "archive", "--key", self.shop.key, "--token-file", tokens, "--send-to",
                           "https://oak.example", expect=2)


if __name__ == "__main__":
    blackbox.main()
