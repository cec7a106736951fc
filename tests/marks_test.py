"""What is seen of files while they are sealed: real photographs, messengers' names, packages of capture apps."""

import datetime
import hashlib
import os
import pathlib
import shutil
import tempfile
import unittest
import zipfile

import blackbox
from workshop import Workshop

STRIPPED = b"\xff\xd8\xff\xe0\x00\x04\x01\x02\xff\xda"


class MarksTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shop = Workshop()
        cls.addClassCleanup(cls.shop.close)
        cls.shop.found()

    def setUp(self):
        for name in ("case", "sealed"):
            shutil.rmtree(self.shop.folder / name, ignore_errors=True)

    def sealed_contents(self):
        """Of "case", sealed with the card and taken in."""
        self.shop.muniment("seal", "--card", "archive.card", "-o", "sealed", "case")
        taken = self.shop.json("deposit", "archive", "sealed", "--key", self.shop.key)["taken"]
        self.assertEqual(len(taken), 1)
        self.deposit = taken[0]["id"]
        return self.shop.json("list", "archive", self.deposit, "--key", self.shop.key)

    def marks(self, contents):
        return {file["path"].removeprefix("case/"): file["marks"] for file in contents["files"]}

    def test_a_stripped_photograph_under_a_messengers_name_is_marked_and_a_text_is_not(self):
        self.shop.write("case/IMG-20240131-WA0001.jpg", STRIPPED)
        self.shop.write("case/notes.txt", "x")
        contents = self.sealed_contents()
        self.assertEqual(self.marks(contents),
                         {"IMG-20240131-WA0001.jpg": ["no-camera-metadata", "messenger: WhatsApp", "re-encoded"],
                          "notes.txt": []})
        self.assertEqual(contents["files"][0]["defects"], [], "a mark is no loss")
        memory = pathlib.Path(tempfile.mkdtemp(prefix="muniment-test-", dir="/dev/shm"))
        self.addCleanup(shutil.rmtree, memory)
        opened = self.shop.json("open", "archive", self.deposit, "-o", memory / "opened", "--key", self.shop.key)
        self.assertEqual(opened["files"][0]["marks"], ["no-camera-metadata", "messenger: WhatsApp", "re-encoded"])
        shown = self.shop.muniment("list", "archive", self.deposit, "--key", self.shop.key).stdout
        self.assertIn("[messenger: WhatsApp]", shown)

    def test_a_photograph_of_a_camera_has_no_mark(self):
        shared = blackbox.shared()
        photo = shared and shared / "corpus/photos/nikon-20221019-building.jpeg"
        if not photo or not photo.is_file():
            self.skipTest("there are no photographs here")
        shutil.copy(photo, self.shop.write("case/IMG_0001.jpg", b""))
        self.assertEqual(self.marks(self.sealed_contents()), {"IMG_0001.jpg": []})

    def test_clocks_that_are_years_off_are_marked(self):
        future = datetime.datetime(2060, 1, 1, tzinfo=datetime.timezone.utc).timestamp()
        os.utime(self.shop.write("case/later", "x"), (future, future))
        self.shop.write("case/now", "x")
        self.assertEqual(self.marks(self.sealed_contents()), {"later": ["clock-ahead: file 2060-01-01"], "now": []})

    def test_packages_are_kept_whole_and_held_against_their_proofs(self):
        media = os.urandom(1000)
        digest = hashlib.sha256(media).hexdigest()
        csv = "File Path,Proof Generated,\n/storage/emulated/0/a.jpg,2024-01-31T12:34:56.000Z,\n"
        for name in (f"{digest}.asc", f"{digest}.proof.csv", f"{digest}.proof.csv.asc"):
            self.shop.write(f"case/good/{name}", csv)
            self.shop.write(f"case/bad/{name}", csv)
        self.shop.write("case/good/a.jpg", media)
        self.shop.write("case/bad/a.jpg", media[:-1])
        with zipfile.ZipFile(self.shop.folder / "case" / "proofmode-0xabc.zip", "w") as package:
            package.writestr("a.jpg", media)
            package.writestr(f"{digest}.proof.csv", csv)
        contents = self.sealed_contents()
        self.assertEqual({(each["folder"], each["format"]): each["defects"] for each in contents["packages"]},
                         {("case/good", "proofmode"): [],
                          ("case/bad", "proofmode"): [f"hash-mismatch: {digest}.proof.csv"]})
        self.assertEqual(self.marks(contents)["proofmode-0xabc.zip"],
                         ["proofmode", f"missing-signature: {digest}.asc",
                          f"missing-signature: {digest}.proof.csv.asc"])


if __name__ == "__main__":
    blackbox.main()
