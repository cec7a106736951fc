"""A folder given again to `deposit`: only what is new is taken, on the real file system; `seal` remembers nothing."""

import os
import pathlib
import time
import unittest

import blackbox
from workshop import Workshop, tree

SETTLED_S = 2.5  # what was changed later than this before it is read may change again unseen


class CatalogueTest(unittest.TestCase):
    def setUp(self):
        self.shop = Workshop()
        self.shop.found()
        for name in ("one", "two", "deep/three"):
            self.shop.write(f"case/{name}.txt", name)
        os.symlink("one.txt", self.shop.folder / "case/link")
        (self.shop.folder / "case/empty").mkdir()
        time.sleep(SETTLED_S)

    def tearDown(self):
        self.shop.close()

    def deposit(self, *arguments, key=None, expect=0):
        return self.shop.json("deposit", "archive", *arguments, "--key", key or self.shop.key, expect=expect)

    def files_in(self, report):
        """Names of the files in what was taken in."""
        names = []
        for deposit in report["taken"]:
            folder = f"opened-{deposit['id'][:8]}"
            self.shop.muniment("open", "--to-disk", "archive", deposit["id"], "-o", folder, "--key", self.shop.key)
            names += [path for path in tree(self.shop.folder / folder)]
        return sorted(pathlib.PurePath(name).name for name in names)

    def catalogues(self):
        return sorted((self.shop.folder / "archive" / "home").glob("catalogue-*"))

    def test_a_folder_given_again_costs_its_new_files_only(self):
        first = self.deposit("case")
        self.assertEqual((first["files"], first["known"], first["catalogueTrouble"]), (3, [], None))
        before = tree(self.shop.folder / "archive" / "deposits")
        again = self.deposit("case")
        self.assertEqual(again["known"], [{"path": "case", "files": 3, "others": 2, "removed": []}])
        self.assertEqual((again["taken"], again["entries"]), ([], first["entries"]))
        self.assertEqual(tree(self.shop.folder / "archive" / "deposits"), before)
        said = self.shop.muniment("deposit", "archive", self.shop.folder / "case", "--key", self.shop.key).stdout
        self.assertIn("Already here: 3 files and 2 links and empty folders of ", said, "as an absolute path as well")
        self.shop.write("case/new.txt", "new")
        self.assertEqual(self.files_in(self.deposit("case")), ["new.txt"])

    def test_changed_files_are_taken_whatever_their_size_and_time(self):
        self.deposit("case")
        path = self.shop.folder / "case/one.txt"
        before = path.stat()
        path.write_text("eno")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        self.assertEqual((path.stat().st_size, path.stat().st_mtime_ns), (before.st_size, before.st_mtime_ns))
        self.assertEqual(self.files_in(self.deposit("case")), ["one.txt"])

    def test_moved_files_are_taken_and_young_ones_not_recorded(self):
        self.deposit("case")
        os.rename(self.shop.folder / "case/one.txt", self.shop.folder / "case/four.txt")
        self.assertEqual(self.files_in(self.deposit("case")), ["four.txt"], "its name was changed a moment ago")
        self.assertEqual(self.files_in(self.deposit("case")), ["four.txt"])
        time.sleep(SETTLED_S)
        self.deposit("case")
        self.assertEqual(self.deposit("case")["taken"], [])

    def test_again_takes_everything(self):
        self.deposit("case")
        self.assertEqual(len(self.files_in(self.deposit("case", "--again"))), 3)
        self.assertEqual(self.deposit("case")["taken"], [])

    def test_a_catalogue_that_is_not_ours_or_damaged_makes_everything_be_taken(self):
        self.deposit("case")
        path = self.catalogues()[0]
        good = path.read_bytes()
        self.shop.muniment("init", "other", "--custodian", self.shop.key, "--no-trustees")
        self.shop.muniment("deposit", "other", "case", "--key", self.shop.key)
        foreign = next((self.shop.folder / "other" / "home").glob("catalogue-*"))
        self.assertEqual(foreign.name, path.name, "one key, two archives")
        for wrong, why in ((foreign.read_bytes(), "of another archive"), (good[:-1], "cannot be used"),
                           (good[:300] + bytes([good[300] ^ 1]) + good[301:], "cannot be used"), (b"", "")):
            path.write_bytes(wrong)
            report = self.deposit("case")
            self.assertEqual(report["files"], 3, why)
            self.assertIn(why, report["catalogueTrouble"])
            self.assertEqual(self.deposit("case")["catalogueTrouble"], None, "a new one is there")
            self.assertEqual(self.deposit("case")["taken"], [])
        path.write_bytes(b"")
        said = self.shop.muniment("deposit", "archive", "case", "--key", self.shop.key)
        self.assertIn("the catalogue cannot be used", said.stderr)

    def test_a_lost_part_makes_its_files_be_taken_again(self):
        self.deposit("case")
        part = next((self.shop.folder / "archive" / "deposits").glob("*/*/part-0000000"))
        part.unlink()
        self.assertEqual(len(self.files_in(self.deposit("case"))), 3)

    def test_what_cannot_be_read_makes_no_deposit_each_time(self):
        os.mkfifo(self.shop.folder / "case/fifo")
        first = self.deposit("case", expect=1)
        self.assertEqual(len(first["taken"]), 1)
        again = self.deposit("case", expect=1)
        self.assertEqual((again["taken"], again["notWhole"]), ([], first["notWhole"]))

    def test_it_tells_no_name_goes_with_no_copy_and_opens_for_its_custodian_only(self):
        self.deposit("case")
        [path] = self.catalogues()
        plain = self.shop.folder / "plain"
        shown = self.shop.muniment("key", self.shop.key).stdout
        self.assertRegex(shown, "age1")
        self.assertNotIn(b"three", path.read_bytes())
        self.assertFalse(plain.exists())
        for target in ("mirror", "second"):
            self.shop.muniment("mirror", "push", "archive", target)
            self.assertEqual(list((self.shop.folder / target).rglob("catalogue-*")), [])
        words = self.shop.json("status", "archive")["words"]
        self.shop.muniment("recover", "--from", "mirror", "-o", "found-again", "--id", words)
        self.assertEqual(list((self.shop.folder / "found-again").rglob("catalogue-*")), [])

    def test_seal_takes_what_it_is_given_each_time_and_remembers_nothing(self):
        for _ in range(2):
            self.assertEqual(self.shop.json("seal", "--card", "archive.card", "-o", "sealed", "case")["files"], 3)
        self.assertEqual(len(list((self.shop.folder / "sealed").glob("*/receipt"))), 2)
        self.deposit("case")
        self.assertEqual(self.shop.json("seal", "--card", "archive.card", "-o", "sealed", "case")["files"], 3)
        left = [str(path.relative_to(self.shop.folder)) for path in self.shop.folder.rglob("*catalogue*")]
        self.assertEqual(left, [str(path.relative_to(self.shop.folder)) for path in self.catalogues()])
        incoming = self.deposit("sealed")
        self.assertEqual(len(incoming["taken"]), 3, "what came sealed is taken by its id")


if __name__ == "__main__":
    blackbox.main()
