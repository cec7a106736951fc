"""mirror heal: damage of every kind is put right from copies that together hold a good one of each object."""

import shutil
import unittest

import blackbox
from workshop import Workshop


class HealTest(unittest.TestCase):
    def setUp(self):
        self.shop = Workshop()
        self.addCleanup(self.shop.close)
        self.words = self.shop.found()
        for name in ("one.txt", "two.txt"):
            self.shop.write(name, f"invented, {name}\n")
            self.shop.muniment("deposit", "archive", name, "--key", self.shop.key)
        self.shop.muniment("mirror", "push", "archive", "copy-1", "copy-2", "copy-3")

    def damage(self, place, pattern, how="flip", which=0):
        path = [path for path in sorted((self.shop.folder / place).glob(pattern)) if path.is_file()][which]
        if how == "remove":
            path.unlink()
            return
        data = path.read_bytes()
        path.write_bytes(data[: len(data) // 2] if how == "cut" else data[:-20] + bytes([data[-20] ^ 1]) + data[-19:])

    def heal(self, place, *sources, expect=0):
        options = [option for source in sources for option in ("--from", source)]
        return self.shop.json("mirror", "heal", place, *options, "--id", self.words, expect=expect)

    def assert_whole(self, place):
        self.shop.muniment("verify", place, "--id", self.words)

    def test_heals_what_was_altered_cut_or_removed(self):
        for pattern, how in (("deposits/*/*/part-*", "flip"), ("deposits/*/*/header-0", "cut"),
                             ("deposits/*/*/SHA256SUMS", "flip"), ("deposits/*/*/receipt", "remove"),
                             ("tile/0/*.p/*", "remove"), ("tile/entries/*.p/*", "flip"), ("keyring/1/*/*", "flip"),
                             ("README.txt", "cut"), ("checkpoint", "flip")):
            with self.subTest(pattern=pattern):
                self.damage("copy-1", pattern, how)
                self.shop.muniment("verify", "copy-1", "--id", self.words, expect=1)
                self.heal("copy-1", "copy-2")
                self.assert_whole("copy-1")

    def test_copies_that_are_all_damaged_heal_each_other(self):
        self.damage("copy-1", "deposits/*/*/part-*", which=0)
        self.damage("copy-2", "deposits/*/*/part-*", which=1)
        self.damage("copy-2", "deposits/*/*/header-0", "remove", which=0)
        self.damage("copy-3", "deposits/*/*/contents-0.age", which=1)
        for place, others in (("copy-1", ("copy-2", "copy-3")), ("copy-2", ("copy-1", "copy-3"))):
            self.heal(place, *others)
            self.assert_whole(place)

    def test_a_home_is_healed_from_its_mirrors(self):
        self.damage("archive", "deposits/*/*/part-*")
        healed = self.heal("archive")
        self.assertEqual(len(healed["damaged"]), 1)
        self.assert_whole("archive")
        self.shop.write("three.txt", "invented\n")
        self.shop.muniment("deposit", "archive", "three.txt", "--key", self.shop.key)

    def test_a_home_that_is_ahead_of_its_mirrors_keeps_what_they_have_not(self):
        self.shop.write("three.txt", "invented\n")
        self.shop.muniment("deposit", "archive", "three.txt", "--key", self.shop.key)
        before = self.shop.json("list", "archive")
        self.damage("archive", "deposits/*/*/SHA256SUMS")
        healed = self.heal("archive", expect=None)
        self.assertEqual(self.shop.json("list", "archive"), before)
        self.assertEqual(len(healed["damaged"]), 1)

    def test_what_is_lost_everywhere_is_named(self):
        for place in ("archive", "copy-1", "copy-2", "copy-3"):
            self.damage(place, "deposits/*/*/part-*")
        lost = self.heal("copy-1", "copy-2", "copy-3", "archive", expect=1)["lost"]
        self.assertEqual(len(lost), 1)
        self.assertIn("part-0000000", lost[0]["object"])

    def test_another_archive_heals_nothing(self):
        self.shop.found("other")
        before = (self.shop.folder / "copy-1" / "checkpoint").read_bytes()
        self.damage("copy-1", "deposits/*/*/part-*")
        self.assertEqual(len(self.heal("copy-1", "other", expect=1)["lost"]), 1)
        self.assertEqual((self.shop.folder / "copy-1" / "checkpoint").read_bytes(), before)
        self.shop.muniment("verify", "copy-1", "--id", self.words, expect=1)

    def test_without_a_source_says_what_to_give(self):
        shutil.rmtree(self.shop.folder / "archive" / "home" / "mirrors", ignore_errors=True)
        refused = self.shop.muniment("mirror", "heal", "copy-1", expect=2).stderr
        self.assertIn("--from", refused)


if __name__ == "__main__":
    blackbox.main()
