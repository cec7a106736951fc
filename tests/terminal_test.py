"""The program on a terminal: passphrases are asked for and never shown, progress is drawn and gone at the end."""

import os
import unittest

import blackbox
from workshop import PASSPHRASE, Workshop


class TerminalTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shop = Workshop()
        cls.shop.found()

    @classmethod
    def tearDownClass(cls):
        cls.shop.close()

    def test_the_passphrase_is_asked_for_and_not_shown(self):
        status, shown = self.shop.talk(["card", "archive", "--key", self.shop.key, "-o", "asked.card"],
                                  [("Passphrase of", PASSPHRASE)])
        self.assertEqual(status, 0, shown)
        self.assertNotIn(PASSPHRASE, shown)

    def test_a_new_passphrase_is_asked_for_twice(self):
        status, shown = self.shop.talk(["init", "asked", "--no-trustees", "--custodian", "asked.key"],
                                  [("New passphrase for", PASSPHRASE), ("Once more", PASSPHRASE)])
        self.assertEqual(status, 0, shown)
        self.assertNotIn(PASSPHRASE, shown)
        self.shop.muniment("card", "asked", "--key", "asked.key")

    def test_two_different_new_passphrases_make_no_key_file(self):
        status, shown = self.shop.talk(["init", "never", "--no-trustees", "--custodian", "never.key"],
                                  [("New passphrase for", PASSPHRASE), ("Once more", PASSPHRASE + "x")])
        self.assertEqual(status, 2, shown)
        self.assertIn("the two passphrases differ", shown)
        self.assertFalse((self.shop.folder / "never.key").exists())
        self.assertFalse((self.shop.folder / "never").exists())

    def test_progress_is_drawn_and_gone_at_the_end(self):
        os.truncate(self.shop.write("evidence/large", b""), 2 << 30)  # sparse: quick to read, long enough to be seen
        status, shown = self.shop.talk(["seal", "--card", "archive.card", "-o", "sealed", "evidence/large"], [])
        self.assertEqual(status, 0, shown)
        self.assertIn("\rSealing: ".replace("\r", "\r\x1b[K"), shown)
        self.assertIn("/s", shown)
        last = shown.rsplit("\r\x1b[K", 1)[1]
        self.assertTrue(last.startswith("Sealed 1 file"), last)

    def test_a_file_name_cannot_play_with_the_terminal(self):
        name = os.fsencode(self.shop.folder) + b"/evil"
        os.makedirs(name)
        os.mkfifo(name + b"/\x1b[2Jclear\xe2\x80\xae")
        status, shown = self.shop.talk(["seal", "--card", "archive.card", "-o", "sealed-evil", "evil"], [])
        self.assertEqual(status, 1, shown)
        self.assertNotIn("\x1b[2J", shown)
        self.assertIn("\\x1b[2Jclear\\u{202e}", shown)


if __name__ == "__main__":
    blackbox.main()
