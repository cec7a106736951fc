"""Testimonies: seven questions, two deposits for two compartments, names in the wrong places, and the return phrase."""

import json
import os
import pathlib
import re
import shutil
import unittest

import blackbox
import residue
from workshop import Workshop, phrase_in

FORM = """Who: Invented Zubrowskaja, by post
Where: an invented kitchen
When: 2026-01-01
Interviewer: Otherinvented Person
Language: ru
Consent: for a court
  not for the press
Risks: an invented risk
"""
ANSWERS = [("1 of 7", "Марыя Вымысел"), ("2 of 7", "an invented kitchen"), ("3 of 7", "2026-01-01"),
           ("4 of 7", "Otherinvented"), ("5 of 7", "be"), ("6 of 7", ""), ('write "unknown"', "for a court"),
           ("7 of 7", "an invented risk")]


class TestimonyTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shop = Workshop()
        cls.addClassCleanup(cls.shop.close)
        cls.words, cls.shares = cls.shop.found_with_trustees()
        # Custodian and trustees open the names, so that each test need not bring the trustees together.
        cls.shop.muniment("compartment", "grant", "archive", "identities", "--to", "custodian-1", "--key", cls.shop.key,
                          "--trustees", input="\n".join(cls.shares[:2]) + "\n")
        cls.shop.muniment("card", "archive", "--key", cls.shop.key, "-o", "archive.card")
        cls.shop.write("form.txt", FORM)
        cls.shop.write("recording.m4a", os.urandom(5000))

    def setUp(self):
        shutil.rmtree(self.shop.folder / "sealed", ignore_errors=True)

    def seal(self, *arguments, expect=0):
        return self.shop.json("seal", "--card", "archive.card", "-o", "sealed", "--testimony", *arguments,
                              expect=expect)

    def contents(self, deposit):
        return self.shop.json("list", "archive", deposit, "--key", self.shop.key)

    def test_a_form_becomes_two_deposits_that_name_each_other_by_a_link(self):
        sealed = self.seal("--form", "form.txt", "--no-return-phrase", "recording.m4a")
        self.assertEqual([(each["part"], each["compartment"]) for each in sealed["deposits"]],
                         [("names", "identities"), ("account", "evidence")])
        self.assertEqual((sealed["namesIn"], sealed["returnPhrase"]), ([], False))
        self.shop.muniment("deposit", "archive", "sealed", "--key", self.shop.key)
        names, account = (self.contents(each["id"]) for each in sealed["deposits"])
        self.assertEqual([file["path"] for file in names["files"]], ["testimony.txt"])
        self.assertEqual([file["path"] for file in account["files"]], ["recording.m4a"])
        self.assertEqual(names["testimony"]["answers"]["deponent"], "Invented Zubrowskaja, by post")
        self.assertEqual(account["testimony"]["answers"],
                         {"date": "2026-01-01", "language": "ru",
                          "conditionsGoverningAccess": "for a court\nnot for the press"})
        link = names["testimony"]["link"]
        self.assertEqual(account["testimony"]["link"], link)
        found = self.shop.json("testimony", "find", "archive", link, "--key", self.shop.key)
        self.assertEqual({(each["id"], each["part"]) for each in found["deposits"]},
                         {(each["id"], each["part"]) for each in sealed["deposits"]})
        self.shop.muniment("testimony", "find", "archive", "0" * 32, "--key", self.shop.key, expect=1)

    def test_an_empty_form_asks_everything_and_is_refused_until_it_has_a_consent(self):
        form = self.shop.muniment("testimony", "form").stdout
        self.assertEqual(re.findall(r"(?m)^(\w+):$", form),
                         ["Who", "Where", "When", "Interviewer", "Language", "Consent", "Risks"])
        self.shop.write("empty.txt", form)
        refused = self.shop.muniment("seal", "--card", "archive.card", "-o", "sealed", "--testimony", "--form",
                                     "empty.txt", "--no-return-phrase", "recording.m4a", expect=2)
        self.assertIn("consent", refused.stderr)
        self.assertFalse((self.shop.folder / "sealed").exists())

    def test_a_name_in_a_file_name_is_told(self):
        self.shop.write("media/Zubrovskaya, second talk.m4a", b"x")
        sealed = self.seal("--form", "form.txt", "--no-return-phrase", "media", expect=1)
        self.assertEqual(sealed["namesIn"], ["media/Zubrovskaya, second talk.m4a"])

    def test_originals_and_the_form_are_removed_once_both_deposits_were_read_back(self):
        self.shop.write("told.txt", FORM)
        self.shop.write("talk/recording.m4a", b"of an invented person")
        sealed = self.seal("--form", "told.txt", "--no-return-phrase", "--shred", "talk")
        self.assertEqual(sealed["removed"], ["talk/recording.m4a", "told.txt", "talk"])
        self.assertEqual(sealed["left"], [])
        for name in ("talk", "told.txt"):
            self.assertFalse((self.shop.folder / name).exists(), name)
        self.shop.muniment("deposit", "archive", "sealed", "--key", self.shop.key)
        names, account = sealed["deposits"]
        self.shop.muniment("open", "archive", account["id"], "--key", self.shop.key, "-o", "opened", "--to-disk")
        found = list((self.shop.folder / "opened").rglob("recording.m4a"))
        self.assertEqual([path.read_bytes() for path in found], [b"of an invented person"])
        self.assertEqual(self.contents(names["id"])["testimony"]["answers"]["deponent"],
                         "Invented Zubrowskaja, by post")

    def test_where_a_name_may_have_to_be_taken_out_no_original_is_removed(self):
        self.shop.write("told.txt", FORM)
        self.shop.write("spoken/Zubrovskaya.m4a", b"x")
        sealed = self.seal("--form", "told.txt", "--no-return-phrase", "--shred", "spoken", expect=1)
        self.assertEqual(sealed["removed"], [])
        self.assertEqual([left["path"] for left in sealed["left"]], ["spoken/Zubrovskaya.m4a", "told.txt"])
        for name in ("spoken/Zubrovskaya.m4a", "told.txt"):
            self.assertTrue((self.shop.folder / name).exists(), name)

    def test_a_form_that_would_be_sealed_with_the_account_is_refused(self):
        self.shop.write("together/form.txt", FORM)
        self.seal("--form", "together/form.txt", "--no-return-phrase", "together", expect=2)
        self.assertFalse((self.shop.folder / "sealed").exists())

    def test_without_a_terminal_no_phrase_is_made_that_nobody_has_seen(self):
        done = self.shop.muniment("seal", "--card", "archive.card", "-o", "sealed", "--testimony", "--form", "form.txt",
                                  "recording.m4a", expect=3, start_new_session=True)
        self.assertIn("--no-return-phrase", done.stderr)
        self.assertFalse((self.shop.folder / "sealed").exists())

    def test_a_card_that_was_altered_or_is_none_seals_no_testimony(self):
        text = (self.shop.folder / "archive.card").read_text()
        self.shop.write("altered.card", text.replace("compartment evidence", "compartment identities"))
        for card, status in (("altered.card", 1), ("form.txt", 1)):
            self.shop.muniment("seal", "--card", card, "-o", "sealed", "--testimony", "--form", "form.txt",
                               "--no-return-phrase", "recording.m4a", expect=status)
        self.assertFalse((self.shop.folder / "sealed").exists())

    def test_it_is_asked_on_a_terminal_and_withdrawn_by_its_phrase(self):
        status, shown = self.shop.talk(
            ["seal", "--card", "archive.card", "-o", "sealed", "--testimony", "recording.m4a"],
            [*ANSWERS, ("number of an answer to change", "7"), ("7 of 7", "another invented risk"),
             ("number of an answer to change", ""), ("Press Enter when it is learnt", ""),
             ("To be sure", "academic acid"), ("shown again", ""), ("To be sure", phrase_in)])
        self.assertEqual(status, 0, shown)
        phrase = phrase_in(shown)
        # A single word of it may stand in our own sentences.
        self.assertEqual(len(re.findall(rf"\b1 {phrase.split()[0]} ", shown)), 2, "shown twice")
        self.assertNotIn(phrase, shown, "shown while it was typed")
        # Behind the last screen nothing is left but what was sealed.
        left = shown[shown.rindex("\x1b[?1049l"):]
        self.assertNotIn("Вымысел", left)
        self.assertFalse(all(word in left for word in phrase.split()), left)
        needles = residue.forms("phrase", phrase.encode()) | residue.forms("who", "Марыя Вымысел".encode())
        self.assertEqual(residue.found_below([self.shop.folder], needles), [])
        self.shop.muniment("deposit", "archive", "sealed", "--key", self.shop.key)
        checked = json.loads(self.shop.muniment("testimony", "check", "archive", "--key", self.shop.key, "--json",
                                                input=phrase.upper() + "\n").stdout)
        self.assertTrue(checked["matched"])
        self.assertEqual(self.contents(checked["deposit"]["id"])["testimony"]["answers"]["risks"],
                         "another invented risk")
        other = " ".join(reversed(phrase.split()))
        done = self.shop.muniment("testimony", "check", "archive", "--key", self.shop.key, "--json",
                                  input=other + "\n", expect=1)
        self.assertFalse(json.loads(done.stdout)["matched"])

    def test_names_that_are_found_on_a_terminal_can_be_renamed_at_once(self):
        path = self.shop.write("shots/vymysel.jpg", b"x")

        def rename(shown):
            self.assertIn("shots/vymysel.jpg", shown)
            path.rename(path.with_name("1.jpg"))
            return ""

        status, shown = self.shop.talk(
            ["seal", "--card", "archive.card", "-o", "sealed", "--testimony", "--no-return-phrase", "shots"],
            [*ANSWERS, ("number of an answer to change", ""), ("type yes", rename)])
        self.assertEqual(status, 0, shown)

    def test_trustees_open_the_names_for_who_checks_the_phrase(self):
        status, shown = self.shop.talk(
            ["seal", "--card", "archive.card", "-o", "sealed", "--testimony", "--form", "form.txt", "recording.m4a"],
            [("Press Enter when it is learnt", ""), ("To be sure", phrase_in)])
        self.assertEqual(status, 0, shown)
        before = set(self.shop.deposits())
        self.shop.muniment("deposit", "archive", "sealed", "--key", self.shop.key)
        new = sorted(set(self.shop.deposits()) - before)
        names = next(each for each in new if self.contents(each)["testimony"]["part"] == "names")
        self.shop.key_of("counsel")
        reason = self.shop.write("reason", "an invented reason")
        self.shop.muniment("unseal", "archive", names, "--to", "counsel.txt", "-o", "unsealed", "--key", self.shop.key,
                           "--reason-file", reason, input="\n".join(self.shares[:2]) + "\n")
        arguments = ["testimony", "check", "archive", names, "--seal", f"unsealed/{names}", "--key", "counsel.key"]
        self.shop.muniment(*arguments, input=phrase_in(shown) + "\n")
        self.shop.muniment(*arguments, input="academic " * 6 + "\n", expect=1)

    def test_an_archive_without_a_compartment_for_names_takes_no_testimony(self):
        self.shop.found("lonely")
        done = self.shop.muniment("seal", "--card", "lonely.card", "-o", "sealed", "--testimony", "--form", "form.txt",
                                  "--no-return-phrase", "recording.m4a", expect=3)
        self.assertIn("muniment compartment add", done.stderr)
        self.assertFalse(pathlib.Path(self.shop.folder / "sealed").exists())


if __name__ == "__main__":
    blackbox.main()
