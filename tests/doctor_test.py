"""mirror doctor: our server and nginx as we print it leak nothing; what is wrong with a server is named."""

import http.server
import os
import pathlib
import shutil
import unittest

import blackbox
from workshop import Workshop, answering

READING = "r" * 32
SENDING = "s" * 32


class Careless(http.server.SimpleHTTPRequestHandler):
    """Gives all, lists all, lets all write and delete, and says what it is."""

    def log_message(self, *arguments):
        pass

    def do_PUT(self):
        path = pathlib.Path(self.translate_path(self.path))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(201)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_DELETE(self):
        self.send_response(204)
        self.end_headers()


class DoctorTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shop = Workshop()
        cls.addClassCleanup(cls.shop.close)
        cls.words = cls.shop.found()
        (cls.shop.folder / "evidence").write_bytes(os.urandom(50_000))
        cls.shop.muniment("deposit", "archive", "evidence", "--key", cls.shop.key)
        cls.shop.muniment("mirror", "push", "archive", "copy")
        cls.shop.write("own-tokens", f"read {READING}\ndeposit {SENDING}\n")

    def serve(self, *options):
        return self.shop.serve(self, "copy", "--token-file", "own-tokens", *options)[1]

    def doctor(self, *arguments, expect=0):
        return self.shop.json("mirror", "doctor", *arguments, expect=expect)

    def test_our_own_server_leaks_nothing_also_to_a_depositor(self):
        address = self.serve()
        self.shop.write("my-tokens", f"deposit {SENDING} {address}\n")
        found = self.doctor(address, "--send", "--token-file", "my-tokens")
        self.assertEqual(found["leaks"], [])
        self.assertEqual(len(found["lookedAt"]), 6)
        self.assertEqual(self.doctor(self.serve("--role", "public"))["leaks"], [])

    def test_a_careless_server_is_told_all_of_it(self):
        shutil.copytree(self.shop.folder / "archive", self.shop.folder / "careless")

        def handler(*arguments):
            return Careless(*arguments, directory=self.shop.folder / "careless")

        address = self.enterContext(answering(handler)).address
        self.shop.write("my-tokens", f"deposit {SENDING} {address}\n")
        found = self.doctor(address, "--send", "--token-file", "my-tokens", expect=1)
        kinds = {leak["kind"] for leak in found["leaks"]}
        self.assertEqual(kinds, {"private", "listing", "seals", "writing", "reading back", "visit"})
        self.shop.muniment("verify", "careless", "--id", self.words)  # nothing of the copy was touched

    def nginx(self, **change):
        self.shop.muniment("mirror", "push", "archive", "sent-to")
        text, address = self.shop.nginx(self, "sent-to", "--token-file", "own-tokens", **change)
        self.shop.write("all", text)
        self.shop.write("my-tokens", f"deposit {SENDING} {address}\n")
        return text, address

    def test_nginx_as_we_print_it_leaks_nothing_also_to_a_depositor(self):
        text, address = self.nginx()
        found = self.doctor(address, "--nginx", "all", "--send", "--token-file", "my-tokens")
        self.assertEqual(found["leaks"], [])
        self.assertEqual(len(found["lookedAt"]), 7)
        self.shop.write("all", text.replace("access_log off", "access_log /var/log/x"))
        found = self.doctor("--nginx", "all", expect=1)
        self.assertEqual([leak["kind"] for leak in found["leaks"]], ["configuration"])

    def test_an_nginx_that_lets_overwrite_delete_and_list_is_found_from_outside_and_in_its_configuration(self):
        def change(text):
            begin = text.index('  location = /incoming/')
            return text[:begin].replace("|PUT", "|PUT|DELETE") + (
                "  location /incoming/ { dav_methods PUT DELETE; create_full_put_path on; autoindex on; }\n}\n")

        _, address = self.nginx(change=change)
        found = self.doctor(address, "--send", "--token-file", "my-tokens", expect=1)
        sentences = " ".join(leak["sentence"] for leak in found["leaks"])
        for what in ("may also overwrite", "may also read", "may also list", "may also delete"):
            self.assertIn(what, sentences)
        found = self.doctor("--nginx", "all", expect=1)
        self.assertEqual(sorted(leak["sentence"].split('"')[1] for leak in found["leaks"]),
                         ["autoindex on", "dav_methods PUT DELETE"])

    def test_what_cannot_be_asked_is_said(self):
        self.shop.muniment("mirror", "doctor", expect=2)
        self.shop.muniment("mirror", "doctor", "copy", expect=2)
        self.shop.muniment("mirror", "doctor", "http://127.0.0.1:1", expect=3)
        self.shop.muniment("mirror", "doctor", "--nginx", "nowhere", expect=3)
        self.shop.muniment("mirror", "doctor", self.serve(), "--send", expect=2)


if __name__ == "__main__":
    blackbox.main()
