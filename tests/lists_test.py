"""Who holds what without a target list: signed lists, learned, asked; the log names no address."""

import http.server
import os
import unittest

import blackbox
from workshop import Workshop, answering


class Page(http.server.BaseHTTPRequestHandler):
    """What a network shows instead of a page that it blocks."""

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        body = b"<html>This page is not available in your country.</html>"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class CutPart(Page):
    """Gives the checkpoint, and cuts what is longer."""

    def do_GET(self):
        data = (self.server.copy / self.path.lstrip("/")).read_bytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[:16_000])
        self.close_connection = True


class ListsTest(unittest.TestCase):
    def setUp(self):
        self.shop = Workshop()
        self.addCleanup(self.shop.close)
        self.words = self.shop.found()
        (self.shop.folder / "evidence").write_bytes(os.urandom(200_000))
        self.shop.muniment("deposit", "archive", "evidence", "--key", self.shop.key)
        self.reader = self.shop.key_of("reader-1")

    def lists(self, *options, expect=0):
        return self.shop.json("mirror", "lists", "archive", "--addresses", "addresses", "--key", self.shop.key, "-o",
                              "lists", *options, expect=expect)

    def python_server(self, handler, copy=None):
        server = self.enterContext(answering(handler))
        server.copy = self.shop.folder / copy if copy else None
        return server.address

    def test_the_log_has_no_address_and_each_bucket_only_its_own(self):
        self.shop.write("addresses", "https://oak.example/a\nhttps://pine.example bucket paper\n"
                                     "http://elm.onion bucket mail\n")
        made = self.lists("--to", "reader-1.txt")
        self.assertEqual(len(made["lists"]), 3)
        paper = (self.shop.folder / "lists/bucket-paper.txt").read_text(encoding="utf-8")
        self.assertIn("https://pine.example", paper)
        for other in ("oak", "elm"):
            self.assertNotIn(other, paper)
        for path in (self.shop.folder / "archive").rglob("*"):
            if path.is_file():
                for name in (b"oak.example", b"pine.example", b"elm.onion"):
                    self.assertNotIn(name, path.read_bytes(), path)
        self.assertNotIn(b"oak.example", (self.shop.folder / "lists/all-1.age").read_bytes())
        events = self.shop.json("history", "archive")["events"]
        self.assertEqual([event["kind"] for event in events][-1], "mirrors")

    def test_a_list_is_learned_by_whom_it_was_made_for(self):
        self.shop.write("addresses", "https://oak.example/a\nhttps://pine.example bucket paper\n")
        self.lists("--to", "reader-1.txt")
        self.shop.muniment("mirror", "push", "archive", "copy")
        self.shop.muniment("mirror", "learn", "copy", "lists/all-1.age", expect=2)  # no key
        self.shop.muniment("mirror", "learn", "copy", "lists/all-1.age", "--key", self.shop.key, expect=3)
        learned = self.shop.json("mirror", "learn", "copy", "lists/all-1.age", "--key", self.reader)
        self.assertEqual((learned["added"], learned["inLog"]), (2, "newest"))
        self.assertEqual(self.shop.json("mirror", "learn", "copy", "lists/bucket-paper.txt")["added"], 0)
        known = [mirror["where"] for mirror in self.shop.json("mirror", "list", "copy")["mirrors"]]
        self.assertEqual(known, ["https://oak.example/a", "https://pine.example"])
        altered = (self.shop.folder / "lists/bucket-paper.txt").read_text(encoding="utf-8").replace("pine", "fake")
        self.shop.write("altered", altered)
        self.shop.muniment("mirror", "learn", "copy", "altered", expect=1)

    def test_what_the_log_does_not_name_or_has_superseded_is_said(self):
        self.shop.write("addresses", "https://pine.example bucket paper\n")
        self.shop.muniment("mirror", "push", "archive", "old")
        self.lists()
        self.assertEqual(self.shop.json("mirror", "learn", "old", "lists/bucket-paper.txt")["inLog"], "no")
        (self.shop.folder / "lists/bucket-paper.txt").rename(self.shop.folder / "first")
        self.lists()
        self.assertEqual(self.shop.json("mirror", "learn", "archive", "first")["inLog"], "older")
        self.assertEqual(self.shop.json("mirror", "learn", "archive", "lists/bucket-paper.txt")["inLog"], "newest")

    def test_status_says_where_the_way_to_each_mirror_ends(self):
        self.shop.muniment("mirror", "push", "archive", "copy", "old")
        addresses = {
            "answers": self.shop.serve(self, "copy")[1],
            "foreign": self.python_server(Page),
            "cut": self.python_server(CutPart, "copy"),
            "connection": "http://127.0.0.1:1",
            "name": "https://nobody.invalid",
        }
        self.shop.write("addresses", "".join(f"{address} bucket all-of-them\n" for address in addresses.values()))
        self.lists()
        self.shop.muniment("mirror", "learn", "archive", "lists/bucket-all-of-them.txt")
        self.shop.muniment("mirror", "push", "archive", "copy")
        status = self.shop.json("mirror", "status", "archive", expect=1)
        found = {mirror["where"]: mirror for mirror in status["mirrors"]}
        for reach, address in addresses.items():
            self.assertEqual(found[address]["reach"], reach, found[address])
        self.assertEqual(found[addresses["cut"]]["bytes"], 16_000)
        self.assertEqual(found[str(self.shop.folder / "old")]["behind"], 1)
        self.assertEqual(found[addresses["answers"]]["behind"], 0)

    def test_a_copy_is_brought_up_to_date_from_what_a_list_names(self):
        self.shop.muniment("mirror", "push", "archive", "copy", "mine")
        self.shop.write("addresses", self.shop.serve(self, "copy")[1] + " bucket paper\n")
        self.lists()
        self.shop.muniment("mirror", "push", "archive", "copy")
        self.shop.muniment("mirror", "learn", "mine", "lists/bucket-paper.txt")
        pulled = self.shop.json("mirror", "pull", "mine")
        self.assertEqual(pulled["entries"], 4, "what it lacked is public: log and receipts")
        self.assertEqual(self.shop.json("mirror", "status", "mine")["mirrors"][0]["reach"], "answers")

    def test_bad_files_of_addresses_are_refused(self):
        for text in ("/srv/copy\n", "https://a b\n", "https://a bucket All\n", ""):
            self.shop.write("addresses", text)
            self.lists("--to", "reader-1.txt", expect=2)
        self.assertEqual([event["kind"] for event in self.shop.json("history", "archive")["events"]], ["charter"])


if __name__ == "__main__":
    blackbox.main()
