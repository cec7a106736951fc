"""Withdrawing, resealing, vetoes and legal holds at the command line, as far as one custodian gets."""

import hashlib
import re
import time
import unittest

import blackbox
from workshop import Workshop, tree


class RemovalTest(unittest.TestCase):
    def setUp(self):
        self.shop = Workshop()
        self.shop.found()
        self.shop.write("case/names.txt", "a name that must go")
        self.shop.write("case/what-happened.txt", "what happened")
        self.shop.muniment("deposit", "archive", "case", "--key", self.shop.key)
        self.deposit = self.shop.deposits()[0]
        self.ground = self.shop.write("ground.txt", "the witness asked")

    def tearDown(self):
        self.shop.close()

    def at_custodian(self, *arguments, **options):
        return self.shop.muniment(*arguments, "--key", self.shop.key, **options)

    def says(self, *arguments):
        """The output in one line."""
        return " ".join(self.at_custodian(*arguments).stdout.split())

    def entries(self):
        return self.shop.json("status", "archive")["entries"]

    def test_withdraw_proposes_and_does_nothing_alone(self):
        self.shop.muniment("mirror", "push", "archive", "mirror")
        before = tree(self.shop.folder / "archive" / "deposits")
        said = self.says("withdraw", "archive", self.deposit, "--ground-file", self.ground)
        for sentence in ("destroys it 30 days after it first saw the order", "mirror, last seen",
                         "What cannot be called back", "depositor's receipt with its proof still shows",
                         "the witness asked", "signed by 2 people"):
            self.assertIn(sentence, said)
        proposal = re.search(r"muniment approve archive ([0-9a-f]{16}) --key", said).group(1)
        note = (self.shop.folder / "archive" / "home" / "proposals" / f"{proposal}.note").read_text()
        self.assertIn(f"deposit {self.deposit}\n", note)
        self.assertNotIn("witness", note)
        salt = bytes.fromhex(re.search(r"salt ([0-9a-f]{64})", said).group(1))
        commitment = hashlib.sha256(b"muniment/ground/v1\n" + salt + b"the witness asked").hexdigest()
        self.assertIn(f"ground {commitment}\n", note)
        self.shop.muniment("mirror", "push", "archive", "mirror")
        for folder in ("archive", "mirror"):
            self.assertEqual(tree(self.shop.folder / folder / "deposits"), before)
            self.assertFalse((self.shop.folder / folder / "withdrawn").exists())

    def test_ground_and_salt_go_to_a_file_when_asked(self):
        done = self.at_custodian("withdraw", "archive", self.deposit, "--ground-file", self.ground, "-o", "kept.txt")
        self.assertNotIn("the witness asked", done.stdout)
        kept = (self.shop.folder / "kept.txt")
        self.assertIn("the witness asked", kept.read_text())
        self.assertEqual(kept.stat().st_mode & 0o077, 0)

    def test_withdraw_can_be_proposed_at_a_copy(self):
        self.shop.muniment("mirror", "push", "archive", "mirror")
        self.at_custodian("withdraw", "mirror", self.deposit, "--ground-file", self.ground)
        self.assertEqual(len(list((self.shop.folder / "mirror" / "home" / "proposals").iterdir())), 1)

    def test_withdrawing_a_path_logs_what_survives(self):
        done = self.at_custodian("withdraw", "archive", self.deposit, "case/names.txt", "--ground-file", self.ground)
        self.assertIn("Goes: case/names.txt", done.stdout)
        survivor = next(deposit for deposit in self.shop.deposits() if deposit != self.deposit)
        self.at_custodian("open", "archive", survivor, "-o", "opened", "--to-disk")
        opened = self.shop.folder / "opened" / "case"
        self.assertEqual([path.name for path in opened.iterdir()], ["what-happened.txt"])
        listed = self.at_custodian("list", "archive", survivor).stdout
        self.assertIn("1 of these was in the deposit of entry 1 already, which dates it.", listed)
        self.shop.muniment("verify", "archive")
        self.assertIn("holds nothing under the path case/nothing",
                      self.at_custodian("withdraw", "archive", self.deposit, "case/nothing", "--ground-file",
                                        self.ground, expect=3).stderr)

    def test_reseal_that_keeps_the_older_needs_one_person(self):
        self.at_custodian("reseal", "archive", self.deposit, "--keep-older")
        folder = self.shop.folder / "archive" / "deposits" / self.deposit[:2] / self.deposit
        self.assertEqual(sorted(path.name for path in folder.iterdir()),
                         ["SHA256SUMS", "contents-0.age", "contents-1.age", "header-0", "header-1", "part-0000000",
                          "receipt"])
        self.at_custodian("open", "archive", self.deposit, "-o", "opened", "--to-disk")
        self.shop.muniment("mirror", "push", "archive", "mirror")
        self.shop.muniment("verify", "mirror")
        self.assertTrue((self.shop.folder / "mirror" / folder.relative_to(self.shop.folder / "archive") /
                         "header-1").exists())

    def test_reseal_that_drops_the_older_waits_for_a_second_person(self):
        entries = self.entries()
        self.assertIn("signed by 2 people", self.says("reseal", "archive", self.deposit))
        self.assertEqual(self.entries(), entries)
        again = self.at_custodian("reseal", "archive", self.deposit, expect=3)
        self.assertIn("waits for signatures", again.stderr)
        self.at_custodian("open", "archive", self.deposit, "-o", "opened", "--to-disk")

    def test_hold_is_logged_at_once_and_release_waits(self):
        entries = self.entries()
        self.at_custodian("hold", "archive", self.deposit)
        self.assertEqual(self.entries(), entries + 1)
        self.assertIn("signed by 2 people", self.says("release", "archive", self.deposit))
        self.assertEqual(self.entries(), entries + 1)

    def test_misuse_is_said(self):
        for status, sentence, arguments in (
                (3, "no removal with the number 01234567 stands", ("veto", "archive", "01234567")),
                (2, "no legal hold is on deposit", ("release", "archive", self.deposit)),
                (2, 'no compartment "nowhere"', ("reseal", "archive", self.deposit, "--to", "nowhere")),
                (3, "names no deposit", ("hold", "archive", "0" * 64)),
                (2, "--hold", ("withdraw", "archive", self.deposit, "--hold", "4000"))):
            with self.subTest(arguments):
                self.assertIn(sentence, self.at_custodian(*arguments, expect=status).stderr)
        blackbox.run(["truncate", "-s", "0", self.ground])
        self.assertIn("needs a ground", self.at_custodian("withdraw", "archive", self.deposit, "--ground-file",
                                                          self.ground, expect=2).stderr)


class TwoPeopleTest(unittest.TestCase):
    """Two custodians: what one proposes, the other signs."""

    def setUp(self):
        self.shop = Workshop()
        self.addCleanup(self.shop.close)
        _, shares = self.shop.found_with_trustees()
        self.second = self.shop.key_of("custodian-2")
        self.shop.muniment("charter", "add-custodian", "archive", "--holder", "custodian-2.txt", "--key", self.shop.key,
                           "--trustees", input="".join(share + "\n" for share in shares[:2]))
        self.shop.write("case/what-happened.txt", "what happened")
        self.shop.muniment("deposit", "archive", "case", "--key", self.shop.key)
        self.shop.muniment("mirror", "push", "archive", "mirror")
        self.deposit = self.shop.deposits()[0]
        self.ground = self.shop.write("ground.txt", "the witness asked")

    def names(self, archive):
        folder = self.shop.folder / archive / "deposits" / self.deposit[:2] / self.deposit
        return sorted(path.name for path in folder.iterdir())

    def approve(self, proposal, **options):
        return self.shop.muniment("approve", "archive", proposal, "--key", self.second, "--yes", **options)

    def test_a_removal_that_two_sign_is_withdrawn_on_every_copy_and_a_veto_brings_it_back(self):
        proposed = self.shop.json("withdraw", "archive", self.deposit, "--key", self.shop.key, "--ground-file",
                                  self.ground)
        self.approve(proposed["proposal"])
        self.assertEqual(self.names("archive"), ["SHA256SUMS", "receipt"])  # at home at once
        before = self.names("mirror")
        pushed = self.shop.json("mirror", "push", "archive", "mirror")["mirrors"][0]
        self.assertEqual(pushed["removals"]["withdrawn"], 1)
        self.assertEqual(self.names("mirror"), ["SHA256SUMS", "receipt"])
        self.assertEqual((self.shop.folder / "mirror" / "withdrawn").stat().st_mode & 0o077, 0)
        self.shop.muniment("verify", "mirror")
        self.assertIn("is removed by order", self.shop.muniment("mirror", "audit", "archive").stdout)
        self.assertIn("destroyed here from", self.shop.muniment("status", "mirror").stdout)
        self.assertIn("Removed by entry", self.shop.muniment("list", "mirror", self.deposit).stdout)
        done = self.shop.muniment("open", "mirror", self.deposit, "-o", "opened", "--to-disk", "--key", self.shop.key,
                                  expect=3)
        self.assertIn("was removed by entry", done.stderr)
        self.shop.muniment("veto", "archive", proposed["order"][:12], "--key", self.second)
        pushed = self.shop.json("mirror", "push", "archive", "mirror")["mirrors"][0]
        self.assertEqual(pushed["removals"]["broughtBack"], 1)
        self.assertEqual(self.names("mirror"), before)

    def test_what_was_removed_does_not_come_back_with_its_folder(self):
        time.sleep(3.1)  # what was written a moment ago is not remembered
        case = self.shop.json("deposit", "archive", "case", "--again", "--key", self.shop.key)["taken"][0]
        self.assertEqual(self.shop.json("deposit", "archive", "case", "--key", self.shop.key)["taken"], [])
        self.approve(self.shop.json("withdraw", "archive", case["id"], "--key", self.shop.key, "--ground-file",
                                    self.ground)["proposal"])
        given = self.shop.muniment("deposit", "archive", "case", "--key", self.shop.key, expect=1)
        self.assertIn(f"of case, from entry {case['entry']}, which was removed by entry", given.stderr)
        report = self.shop.json("deposit", "archive", "case", "--key", self.shop.key, expect=1)
        self.assertEqual((report["taken"], report["known"][0]["removed"][0]["entry"]), ([], case["entry"]))
        again = self.shop.json("deposit", "archive", "case", "--again", "--key", self.shop.key)
        self.assertEqual(len(again["taken"]), 1)
        self.assertEqual(self.shop.json("deposit", "archive", "case", "--key", self.shop.key)["taken"], [])

    def test_status_says_what_waits_and_for_whom(self):
        self.assertEqual(self.shop.json("status", "archive")["proposals"], [])
        proposed = self.shop.json("withdraw", "archive", self.deposit, "--key", self.shop.key, "--ground-file",
                                  self.ground)["proposal"]
        (waits,) = self.shop.json("status", "archive")["proposals"]
        self.assertEqual((waits["proposal"], waits["kind"], waits["signedBy"], waits["missing"]),
                         (proposed, "remove", ["custodian-1"], ["custodian-2", "trustees"]))
        said = " ".join(self.shop.muniment("status", "archive").stdout.split())
        for sentence in ("1 proposal waits for signatures", "Missing: custodian-2 or the trustees (2 of 3).",
                         f"muniment approve archive {proposed} --key KEYFILE",
                         f"muniment approve archive {proposed} --trustees"):
            self.assertIn(sentence, said)
        self.approve(proposed)
        self.assertNotIn("waits", self.shop.muniment("status", "archive").stdout)

    def test_a_copy_that_others_filled_is_no_danger(self):
        self.assertEqual(self.shop.json("status", "mirror")["onThisMachineOnly"], None)
        self.assertNotIn("DANGER", self.shop.muniment("status", "mirror").stdout)
        self.assertEqual(self.shop.json("status", "archive")["onThisMachineOnly"], 0)

    def test_who_signs_a_reseal_has_opened_a_sample(self):
        proposal = self.shop.json("reseal", "archive", self.deposit, "--key", self.shop.key)["proposal"]
        header = self.shop.folder / "archive" / "deposits" / self.deposit[:2] / self.deposit / "header-1"
        good = header.read_bytes()
        header.chmod(0o644)
        header.write_bytes(bytes(len(good)))
        self.assertIn("does not open under its new seal", self.approve(proposal, expect=1).stderr)
        header.write_bytes(good)
        self.assertIn("Opened wholly under the new seals, and as they were received: 1 deposit.",
                      self.approve(proposal).stdout)
        self.shop.muniment("mirror", "push", "archive", "mirror")
        self.assertEqual(self.names("mirror"), ["SHA256SUMS", "contents-1.age", "header-1", "part-0000000", "receipt"])
        self.shop.muniment("open", "mirror", self.deposit, "-o", "opened", "--to-disk", "--key", self.second)


if __name__ == "__main__":
    blackbox.main()
