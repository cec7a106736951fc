"""Copies that hold a part of the archive, as agreed in a list that a custodian has signed."""

import unittest

import blackbox
from workshop import Workshop


class AgreedTest(unittest.TestCase):
    def setUp(self):
        self.shop = Workshop()
        self.addCleanup(self.shop.close)
        self.words = self.shop.found()
        self.ids = []
        for name in ("one.txt", "two.txt", "three.txt"):
            self.shop.write(name, f"invented, {name}\n")
            taken = self.shop.json("deposit", "archive", name, "--key", self.shop.key)
            self.ids.append(taken["taken"][0]["id"])

    def agree(self, output, *options, expect=0):
        return self.shop.json("mirror", "agree", "archive", *options, "--key", self.shop.key, "-o", output,
                              expect=expect)

    def pull(self, copy, *options, expect=0):
        return self.shop.json("mirror", "pull", copy, "--from", "archive", *options, "--id", self.words, expect=expect)

    def parts(self, copy):
        return {path.parent.name for path in (self.shop.folder / copy).glob("deposits/*/*/part-*")}

    def test_a_case_without_what_opens_it(self):
        agreed = self.agree("list", self.ids[1][:8], "--without-seals")
        self.assertEqual((agreed["deposits"], agreed["seals"]), (1, False))
        self.assertTrue(self.pull("copy", "--select", "list")["isPart"])
        self.assertEqual(self.parts("copy"), {self.ids[1]})
        self.assertEqual(list((self.shop.folder / "copy").glob("deposits/*/*/header-*")), [])
        (audited,) = self.shop.json("mirror", "audit", "archive", "copy")["copies"][1:]
        self.assertEqual((audited["state"], audited["agreedPart"]["percent"]), ("holds its agreed part", 33))
        said = self.shop.muniment("verify", "copy", "--id", self.words).stdout
        self.assertIn("its agreed part (33 %, without what opens deposits)", said)

    def test_a_quota_is_kept_and_a_part_is_no_second_copy(self):
        self.agree("list", "--quota", "150K")
        self.shop.muniment("mirror", "push", "archive", "copy", "--select", "list")
        self.assertEqual(self.parts("copy"), set(self.ids[:2]))
        status = self.shop.json("status", "archive")
        self.assertEqual(status["onThisMachineOnly"], 3, "a part is not counted on")
        self.shop.muniment("mirror", "push", "archive", "whole")
        self.assertEqual(self.shop.json("status", "archive")["onThisMachineOnly"], 0)

    def test_the_rest_comes_from_others(self):
        self.agree("first", "--to-entry", "2")
        self.agree("others", "--from-entry", "2")
        self.pull("copy-1", "--select", "first")
        self.pull("copy-2", "--select", "others")
        self.assertEqual(self.parts("copy-1") | self.parts("copy-2"), set(self.ids))
        recovered = self.shop.json("recover", "--from", "copy-1", "--from", "copy-2", "-o", "again", "--id", self.words)
        self.assertEqual(recovered["lost"], [])
        self.shop.muniment("verify", "again", "--id", self.words)

    def test_what_was_agreed_is_damaged_where_it_is_not_there(self):
        self.agree("list", "--to-entry", "2")
        self.pull("copy", "--select", "list")
        next((self.shop.folder / "copy").glob("deposits/*/*/part-*")).unlink()
        self.shop.muniment("verify", "copy", "--id", self.words, expect=1)
        self.shop.muniment("mirror", "heal", "copy", "--from", "archive")
        self.shop.muniment("verify", "copy", "--id", self.words)
        self.assertEqual(self.parts("copy"), {self.ids[0]}, "healing brings no more than was agreed")

    def test_lists_that_do_not_count_are_refused(self):
        self.agree("list")
        text = self.shop.folder / "list"
        text.write_text(text.read_text(encoding="utf-8").replace("seals yes", "seals no"), encoding="utf-8")
        self.pull("copy", "--select", "list", expect=1)
        self.assertFalse((self.shop.folder / "copy/checkpoint").exists())
        self.pull("copy", "--select", "nowhere", expect=3)
        self.agree("empty", "--from-entry", "4", "--to-entry", "4", expect=2)
        self.assertFalse((self.shop.folder / "empty").exists())
        self.agree("list", expect=3)  # it is there: nothing is overwritten


if __name__ == "__main__":
    blackbox.main()
