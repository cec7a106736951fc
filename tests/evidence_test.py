"""Odd evidence, from the field to the opened folder: every byte of every name and file comes back, or is named."""

import os
import random
import socket
import unittest

import blackbox
from workshop import Workshop, tree


class EvidenceTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shop = Workshop()
        cls.words = cls.shop.found()

    @classmethod
    def tearDownClass(cls):
        cls.shop.close()

    def through(self, name, expect=0):
        """Seals, takes in and opens evidence/<name>; gives what seal said and the folder that came out."""
        sealed = self.shop.json("seal", "--card", "archive.card", "-o", f"sealed-{name}", f"evidence/{name}",
                                expect=expect)
        taken = self.shop.json("deposit", "archive", f"sealed-{name}", "--key", self.shop.key)
        for deposit in taken["taken"]:
            self.shop.muniment("open", "--to-disk", "archive", deposit["id"], "-o", f"opened-{name}",
                               "--key", self.shop.key)
        return sealed, self.shop.folder / f"opened-{name}" / name

    def byte_tree(self, folder):
        """As tree(), with names as bytes."""
        found = {}
        for base, _, names in os.walk(os.fsencode(folder)):
            for name in names:
                path = os.path.join(base, name)
                if os.path.isfile(path) and not os.path.islink(path):
                    with open(path, "rb") as file:
                        found[os.path.relpath(path, os.fsencode(folder))] = file.read()
        return found

    def test_names_of_any_bytes_come_back(self):
        folder = os.fsencode(self.shop.folder / "evidence" / "names")
        os.makedirs(folder)
        names = ["\u0439".encode(), "\u0438\u0306".encode(),  # one letter, composed and not
                 b"100%", b"line\nfeed", b"carriage\rreturn", b"back\\slash", b"\xff\xfe invalid", b" edge ",
                 b"A", b"a", b"x" * 255, "\u0436".encode() * 127, b"tab\t", b"-rf", b"$(id)", b"~",
                 b"a~0123456789abcdef"]
        for i, name in enumerate(names):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(b"file %d" % i)
        _, opened = self.through("names")
        self.assertEqual(self.byte_tree(opened), self.byte_tree(self.shop.folder / "evidence" / "names"))

    def test_a_path_of_3800_bytes_comes_back(self):
        folder = self.shop.folder / "evidence" / "deep"
        folder.mkdir(parents=True)
        before = os.open(".", os.O_RDONLY)
        try:
            os.chdir(folder)
            for _ in range(15):
                os.mkdir("d" * 240)
                os.chdir("d" * 240)
            with open("file", "w") as file:
                file.write("deep down")
        finally:
            os.chdir(before)
            os.close(before)
        _, opened = self.through("deep")
        self.assertEqual(list(self.byte_tree(opened).values()), [b"deep down"])

    def test_links_and_empty_folders_are_in_the_contents_only(self):
        self.shop.write("evidence/linked/file", "text")
        os.symlink("file", self.shop.folder / "evidence/linked/link")
        os.symlink("/etc/passwd", self.shop.folder / "evidence/linked/out")
        (self.shop.folder / "evidence/linked/empty").mkdir()
        sealed, opened = self.through("linked")
        self.assertEqual(sealed["links"], 2)
        self.assertEqual(sorted(path.name for path in opened.iterdir()), ["empty", "file"])
        listed = self.shop.json("list", "archive", self.shop.deposits()[-1], "--key", self.shop.key)
        self.assertEqual({(other["kind"], other["detail"]) for other in listed["others"]},
                         {("link", "file"), ("link", "/etc/passwd"), ("folder", "")})

    def test_sockets_and_fifos_are_named_and_left_out(self):
        self.shop.write("evidence/special/file", "text")
        os.mkfifo(self.shop.folder / "evidence/special/pipe")
        with socket.socket(socket.AF_UNIX) as listener:
            here = os.getcwd()
            os.chdir(self.shop.folder / "evidence/special")
            listener.bind("socket")
            os.chdir(here)
        sealed, opened = self.through("special", expect=1)
        self.assertEqual(sealed["notWhole"], ["special/pipe was left out: is a FIFO and not a file",
                                              "special/socket was left out: is a socket and not a file"])
        self.assertEqual([path.name for path in opened.iterdir()], ["file"])

    def test_an_empty_file_and_an_empty_folder(self):
        self.shop.write("evidence/nothing", b"")
        (self.shop.folder / "evidence/hollow").mkdir()
        _, opened = self.through("nothing")
        self.assertEqual(opened.read_bytes(), b"")
        self.through("hollow")
        self.assertTrue((self.shop.folder / "opened-hollow/hollow").is_dir())

    def test_a_sparse_file_comes_back_byte_for_byte(self):
        path = self.shop.write("evidence/sparse/file", b"start")
        os.truncate(path, 50 << 20)
        with open(path, "r+b") as file:
            file.seek(30 << 20)
            file.write(b"middle")
        _, opened = self.through("sparse")
        self.assertEqual(tree(opened), tree(self.shop.folder / "evidence/sparse"))

    def test_times_of_files_come_back(self):
        path = self.shop.write("evidence/timed", "text")
        os.utime(path, ns=(0, 1234567890123456789))
        _, opened = self.through("timed")
        self.assertEqual(opened.stat().st_mtime_ns, 1234567890123456789)

    def test_a_hundred_thousand_files_become_twenty_deposits(self):
        count = 100_000
        folder = self.shop.folder / "evidence" / "many"
        random.seed(1)
        for i in range(count):
            if i % 1000 == 0:
                (folder / f"{i // 1000:03}").mkdir(parents=True)
            with open(folder / f"{i // 1000:03}" / f"{i}", "wb") as file:
                file.write(random.randbytes(i % 64))
        sealed = self.shop.json("seal", "--card", "archive.card", "-o", "sealed-many", "evidence/many")
        self.assertEqual((sealed["files"], len(sealed["deposits"])), (count, count // 5000))
        taken = self.shop.json("deposit", "archive", "sealed-many", "--key", self.shop.key)
        self.assertEqual(taken["files"], count)
        self.shop.muniment("verify", "archive", "--id", self.words)
        one = sealed["deposits"][7]["id"]
        self.shop.muniment("open", "--to-disk", "archive", one, "-o", "opened-many", "--key", self.shop.key)
        opened = tree(self.shop.folder / "opened-many/many")
        original = tree(folder)
        self.assertEqual(len(opened), 5000)
        self.assertTrue(all(original[name] == digest for name, digest in opened.items()))


if __name__ == "__main__":
    blackbox.main()
