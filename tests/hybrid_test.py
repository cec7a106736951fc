"""Hybrid archives as people use them: arrivals from older devices, new seals, and openers whose keys are classic.

All of it needs a libcrypto with ML-KEM-768 (3.5); where there is none, each case is skipped and says so.
"""

import sys
import unittest

import blackbox
from workshop import PASSPHRASE, Workshop

sys.path.insert(0, str(blackbox.source() / "demo"))
import evidence_files  # noqa: E402
import readme_lines  # noqa: E402


class HybridCase(unittest.TestCase):
    def setUp(self):
        self.shop = Workshop()
        self.addCleanup(self.shop.close)
        self.words = self.shop.found()
        (compartment,) = self.shop.json("compartment", "list", "archive")["compartments"]
        if compartment["hybrid"] is None:
            self.skipTest("the libcrypto of this system has no ML-KEM-768: it came with 3.5")

    def is_hybrid(self, deposit, seal):
        header = self.folder_of(deposit) / f"header-{seal}"
        return b"\n-> mlkem768x25519 " in header.read_bytes()

    def folder_of(self, deposit):
        return self.shop.folder / "archive/deposits" / deposit[:2] / deposit


class ClassicArrivalTest(HybridCase):
    def setUp(self):
        super().setUp()
        self.shop.write("evidence/statement.txt", "an invented statement")
        blackbox.run([blackbox.build() / "tests/seal_classic", self.shop.folder / "archive.card",
                      self.shop.folder / "evidence", self.shop.folder / "sealed"])
        self.taken = self.shop.muniment("deposit", "archive", "sealed", "--key", self.shop.key).stdout
        (self.deposit,) = self.shop.deposits()

    def status(self):
        return (self.shop.json("status", "archive")["seals"], self.shop.muniment("status", "archive").stdout)

    def test_gets_a_hybrid_seal_at_intake_and_keeps_its_warning(self):
        self.assertIn("1 deposit came sealed to a classic key and got a hybrid seal beside that", self.taken)
        self.assertEqual((self.is_hybrid(self.deposit, 0), self.is_hybrid(self.deposit, 1)), (False, True))
        self.shop.muniment("verify", "archive", "--id", self.words)
        seals, told = self.status()
        self.assertEqual(seals, {"classic": 0, "hybridSince": 1, "hybrid": 0, "unknown": 0})
        self.assertIn("1 deposit was sealed to a classic key before the hybrid one", told)
        self.assertEqual(self.shop.json("list", "archive", self.deposit)["seal"], "hybrid since")
        self.assertIn("before that to a classic one", self.shop.muniment("list", "archive", self.deposit).stdout)
        self.shop.muniment("open", "archive", self.deposit, "-o", "opened", "--to-disk", "--key", self.shop.key)
        self.assertEqual((self.shop.folder / "opened/evidence/statement.txt").read_text(), "an invented statement")

    def test_is_opened_by_the_reader_of_the_archive_under_the_hybrid_seal(self):
        out = self.shop.folder / "out"
        out.mkdir()
        values = {"ARCHIVE": self.shop.folder / "archive", "KEYFILE": self.shop.key, "OUT": out,
                  "KEYRING": self.shop.folder / "archive/keyring/1/evidence/custodian-1.age",
                  "DEPOSIT": self.folder_of(self.deposit)}
        readme = (self.shop.folder / "archive/README.txt").read_text(encoding="utf-8")
        ran = readme_lines.run(readme_lines.reader_commands_of(readme), values, PASSPHRASE)
        self.assertEqual(ran.status, 0, ran.output)
        self.assertIn("Opened with header-1 and contents-1.age", ran.output)
        (bag,) = out.glob("bag-*")
        originals = evidence_files.look(self.shop.folder / "evidence").files
        self.assertEqual(evidence_files.difference(originals, evidence_files.look_into_bag(bag)), "")

    def test_is_resealed_by_hand_to_the_hybrid_key(self):
        self.shop.muniment("reseal", "archive", self.deposit, "--keep-older", "--key", self.shop.key)
        self.assertTrue(self.is_hybrid(self.deposit, 2))
        (compartment,) = self.shop.json("compartment", "list", "archive")["compartments"]
        self.shop.muniment("reseal", "archive", self.deposit, "--keep-older", "--to", compartment["name"], "--key",
                           self.shop.key)
        self.assertTrue(self.is_hybrid(self.deposit, 3))

    def test_what_survives_a_withdrawal_is_sealed_to_the_hybrid_key(self):
        self.shop.write("more/goes.txt", "invented")
        self.shop.write("more/stays.txt", "invented, too")
        self.shop.write("ground.txt", "Invented.")
        taken = self.shop.json("deposit", "archive", "more", "--key", self.shop.key)["taken"]
        self.assertEqual([deposit["resealed"] for deposit in taken], [False], "it was hybrid from the first")
        withdrawn = self.shop.json("withdraw", "archive", taken[0]["id"], "more/goes.txt", "--key", self.shop.key,
                                   "--ground-file", "ground.txt")
        (survivor,) = withdrawn["survivors"]
        self.assertTrue(self.is_hybrid(survivor, 0))


class OpenersTest(HybridCase):
    WEAK = "it is only as strong as its weakest opener"

    def test_a_classic_key_among_the_openers_is_named_wherever_they_are_shown(self):
        # The workshop's key file is of an age before hybrid keys.
        for command in (("compartment", "list"), ("charter", "show")):
            self.assertIn(self.WEAK, self.shop.muniment(*command, "archive").stdout)
            (compartment,) = self.shop.json(*command, "archive")["compartments"]
            self.assertEqual(compartment["classicOpeners"], ["custodian-1"])

    def test_hybrid_keys_alone_give_no_warning_until_a_classic_one_is_granted(self):
        self.shop.json("init", "strong", "--custodian", "strong.key", "--no-trustees")
        (compartment,) = self.shop.json("compartment", "list", "strong")["compartments"]
        self.assertEqual(compartment["classicOpeners"], [])
        self.assertNotIn(self.WEAK, self.shop.muniment("charter", "show", "strong").stdout)
        self.shop.key_of("lawyers")
        self.shop.muniment("charter", "add-partner", "strong", "--holder", "lawyers.txt", "--key", "strong.key")
        granted = self.shop.muniment("compartment", "grant", "strong", "evidence", "--to", "lawyers", "--key",
                                     "strong.key").stdout
        self.assertIn("lawyers opens it with a classic one", granted)
        added = self.shop.muniment("compartment", "add", "strong", "medical", "--opener", "lawyers", "--key",
                                   "strong.key").stdout
        self.assertIn('"medical" has a hybrid key, and lawyers opens it with a classic one', added)


if __name__ == "__main__":
    blackbox.main()
