"""A folder given again to `deposit`: only what is new is taken, on the real file system; `seal` remembers nothing."""

import os
import pathlib
import time
import unittest

import blackbox
from workshop import Workshop, tree

SETTLED_S = 3.1  # two whole seconds: what was changed later than that before it is read may change again unseen


class CatalogueTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shop = Workshop()
        # A folder for each test, all of them settled after one wait.
        for test in unittest.defaultTestLoader.getTestCaseNames(cls):
            for name in ("one", "two", "deep/three"):
                cls.shop.write(f"{test}/case/{name}.txt", name)
            os.symlink("one.txt", cls.shop.folder / test / "case/link")
            (cls.shop.folder / test / "case/empty").mkdir()
            os.mkfifo(cls.shop.folder / test / "fifo")
        time.sleep(SETTLED_S)

    @classmethod
    def tearDownClass(cls):
        cls.shop.close()

    def setUp(self):
        self.archive = f"{self._testMethodName}/archive"
        self.given = f"{self._testMethodName}/case"
        self.case = self.shop.folder / self.given
        self.shop.found(self.archive)

    def deposit(self, *arguments, expect=0):
        return self.shop.json("deposit", self.archive, *(arguments or (self.given,)), "--key", self.shop.key,
                              expect=expect)

    def files_in(self, report):
        """Names of the files in what was taken in."""
        names = []
        for deposit in report["taken"]:
            folder = f"{self._testMethodName}/opened-{deposit['id'][:8]}"
            self.shop.muniment("open", "--to-disk", self.archive, deposit["id"], "-o", folder, "--key", self.shop.key)
            names += [pathlib.PurePath(path).name for path in tree(self.shop.folder / folder)]
        return sorted(names)

    def catalogues(self, folder=None):
        return sorted((self.shop.folder / (folder or self._testMethodName)).rglob("*catalogue-*"))

    def test_a_folder_given_again_costs_its_new_files_only(self):
        first = self.deposit()
        self.assertEqual((first["files"], first["known"], first["catalogueTrouble"]), (3, [], None))
        before = tree(self.shop.folder / self.archive / "deposits")
        again = self.deposit()
        self.assertEqual(again["known"], [{"path": self.given, "files": 3, "others": 2, "removed": []}])
        self.assertEqual((again["taken"], again["entries"]), ([], first["entries"]))
        self.assertEqual(tree(self.shop.folder / self.archive / "deposits"), before)
        said = self.shop.muniment("deposit", self.archive, self.case, "--key", self.shop.key).stdout
        self.assertIn("Already here: 3 files and 2 links and empty folders of ", said, "as an absolute path as well")
        (self.case / "new.txt").write_text("new")
        self.assertEqual(self.files_in(self.deposit()), ["new.txt"])

    def test_changed_files_are_taken_whatever_their_size_and_time(self):
        self.deposit()
        path = self.case / "one.txt"
        before = path.stat()
        path.write_text("eno")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        self.assertEqual((path.stat().st_size, path.stat().st_mtime_ns), (before.st_size, before.st_mtime_ns))
        self.assertEqual(self.files_in(self.deposit()), ["one.txt"])

    def test_moved_files_are_taken_and_young_ones_not_recorded(self):
        self.deposit()
        os.rename(self.case / "one.txt", self.case / "four.txt")
        self.assertEqual(self.files_in(self.deposit()), ["four.txt"])
        self.assertEqual(self.files_in(self.deposit()), ["four.txt"], "its name was changed a moment ago")
        time.sleep(SETTLED_S)
        self.deposit()
        self.assertEqual(self.deposit()["taken"], [])

    def test_again_takes_everything(self):
        self.deposit()
        self.assertEqual(len(self.files_in(self.deposit(self.given, "--again"))), 3)
        self.assertEqual(self.deposit()["taken"], [])

    def test_a_catalogue_that_is_not_ours_or_damaged_makes_everything_be_taken(self):
        self.deposit()
        [path] = self.catalogues()
        good = path.read_bytes()
        other = f"{self._testMethodName}/other"
        self.shop.muniment("init", other, "--custodian", self.shop.key, "--no-trustees")
        self.shop.muniment("deposit", other, self.given, "--key", self.shop.key)
        [foreign] = self.catalogues(other)
        self.assertEqual(foreign.name, path.name, "one key, two archives")
        for wrong, why in ((foreign.read_bytes(), "of another archive"), (good[:-1], "cannot be used"),
                           (good[:300] + bytes([good[300] ^ 1]) + good[301:], "cannot be used"), (b"", "")):
            path.write_bytes(wrong)
            report = self.deposit()
            self.assertEqual(report["files"], 3, why)
            self.assertIn(why, report["catalogueTrouble"])
            again = self.deposit()
            self.assertEqual((again["catalogueTrouble"], again["taken"]), (None, []), "a new one is there")
        path.write_bytes(b"")
        said = self.shop.muniment("deposit", self.archive, self.given, "--key", self.shop.key)
        self.assertIn("the catalogue cannot be used", said.stderr)

    def test_a_lost_part_makes_its_files_be_taken_again(self):
        self.deposit()
        next((self.shop.folder / self.archive / "deposits").glob("*/*/part-0000000")).unlink()
        self.assertEqual(len(self.files_in(self.deposit())), 3)

    def test_what_cannot_be_read_makes_no_deposit_each_time(self):
        os.rename(self.case.parent / "fifo", self.case / "fifo")
        first = self.deposit(expect=1)
        self.assertEqual(len(first["taken"]), 1)
        again = self.deposit(expect=1)
        self.assertEqual((again["taken"], again["notWhole"]), ([], first["notWhole"]))

    def test_it_tells_no_name_and_goes_with_no_copy(self):
        self.deposit()
        [path] = self.catalogues()
        self.assertNotIn(b"three", path.read_bytes())
        mirror, recovered = f"{self._testMethodName}/mirror", f"{self._testMethodName}/found-again"
        self.shop.muniment("mirror", "push", self.archive, mirror)
        words = self.shop.json("status", self.archive)["words"]
        self.shop.muniment("recover", "--from", mirror, "-o", recovered, "--id", words)
        self.assertEqual(self.catalogues(), [path])

    def test_seal_takes_what_it_is_given_each_time_and_remembers_nothing(self):
        sealed = f"{self._testMethodName}/sealed"
        seal = ["seal", "--card", f"{self.archive}.card", "-o", sealed, self.given]
        for _ in range(2):
            self.assertEqual(self.shop.json(*seal)["files"], 3)
        self.assertEqual(self.catalogues(), [])
        self.deposit()
        self.assertEqual(self.shop.json(*seal)["files"], 3)
        self.assertEqual(self.catalogues(sealed), [])
        self.assertEqual(len(self.deposit(sealed)["taken"]), 3, "what came sealed is taken by its id")


if __name__ == "__main__":
    blackbox.main()
