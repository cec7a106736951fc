"""Cosigners at the command line: named in the charter, looking at their own copies, counted by verify."""

import shutil
import unittest

import blackbox
from workshop import Workshop


class CosignTest(unittest.TestCase):
    def setUp(self):
        self.shop = Workshop()
        self.addCleanup(self.shop.close)
        self.words = self.shop.found()
        self.keys = [self.shop.key_of(f"mirror-{number}") for number in (1, 2, 3)]
        lines = [self.shop.muniment("mirror", "cosigner", key).stdout for key in self.keys]
        self.shop.write("policy.txt", "".join(lines) + "group two 2 mirror-1 mirror-2 mirror-3\nquorum two\n")
        self.shop.muniment("charter", "cosigners", "archive", "--policy", "policy.txt", "--key", self.shop.key)
        self.shop.write("note.txt", "an invented note\n")
        self.shop.muniment("deposit", "archive", "note.txt", "--key", self.shop.key)
        self.push()

    def push(self):
        return self.shop.muniment("mirror", "push", "archive", "copy-1", "copy-2", "copy-3").stdout

    def cosign(self, number, *more, expect=0):
        return self.shop.muniment("mirror", "cosign", f"copy-{number}", "--key", self.keys[number - 1], *more,
                                  expect=expect)

    def verified(self, place, expect=0):
        return self.shop.json("verify", place, "--id", self.words, expect=expect)["cosigned"]

    def test_a_head_counts_when_two_of_three_have_cosigned_it(self):
        self.assertEqual(self.verified("archive", expect=1)["missing"], ["mirror-1", "mirror-2", "mirror-3"])
        self.cosign(1)
        self.assertIn("1 new cosignature", self.push())
        self.assertFalse(self.verified("archive", expect=1)["quorum"])
        self.cosign(3)
        self.assertIn("1 new cosignature", self.push())
        for place in ("archive", "copy-1", "copy-2", "copy-3"):
            cosigned = self.verified(place)
            self.assertEqual([each["name"] for each in cosigned["by"]], ["mirror-1", "mirror-3"], place)
            self.assertEqual(cosigned["missing"], ["mirror-2"])
        self.shop.muniment("mirror", "pull", "fourth", "--from", "copy-2", "--id", self.words)
        self.assertTrue(self.verified("fourth")["quorum"])
        self.shop.muniment("recover", "--from", "copy-1", "-o", "recovered", "--id", self.words)
        self.assertTrue(self.verified("recovered")["quorum"])

    def test_go_reads_the_cosignatures_as_we_do(self):
        judge = blackbox.go_program(self.shop.folder, "cosigned")
        for number in (1, 2, 3):
            self.cosign(number)
        self.push()
        log = self.shop.json("charter", "show", "archive")["logKeys"][0]["key"]
        cosigners = [self.shop.json("mirror", "cosigner", key)["key"] for key in self.keys]
        checkpoint = self.shop.folder / "archive" / "checkpoint"
        told = blackbox.run([judge, checkpoint, log, *cosigners]).stdout
        for number in (1, 2, 3):
            self.assertIn(f"cosigned mirror-{number} ", told)
        checkpoint.write_bytes(checkpoint.read_bytes().replace(b"\n", b"x\n", 1))
        blackbox.run([judge, checkpoint, log, *cosigners], expect=1)

    def test_the_next_head_is_cosigned_anew(self):
        for number in (1, 2):
            self.cosign(number)
        self.push()
        self.verified("archive")
        self.shop.write("other.txt", "another invented note\n")
        self.shop.muniment("deposit", "archive", "other.txt", "--key", self.shop.key)
        self.assertIn("NOT cosigned by the quorum",
                      self.shop.muniment("verify", "archive", "--id", self.words, expect=1).stdout)

    def test_a_copy_that_went_back_in_time_is_not_cosigned(self):
        shutil.copytree(self.shop.folder / "copy-1", self.shop.folder / "old")
        self.shop.write("other.txt", "another invented note\n")
        self.shop.muniment("deposit", "archive", "other.txt", "--key", self.shop.key)
        self.push()
        self.cosign(1)
        shutil.rmtree(self.shop.folder / "copy-1")
        shutil.copytree(self.shop.folder / "old", self.shop.folder / "copy-1")
        self.assertIn("back in time", self.cosign(1, expect=1).stderr)

    def test_a_cosigner_whom_nobody_named_is_told(self):
        stranger = self.shop.key_of("stranger")
        told = self.shop.muniment("mirror", "cosign", "copy-1", "--key", stranger).stderr
        self.assertIn("does not name this cosigner", told)
        self.assertEqual(self.verified("copy-1", expect=1)["by"], [])

    def test_a_policy_that_is_none_is_refused(self):
        for text, why in (("quorum two\n", "not defined"), ("", "no quorum"), ("witness a b\nquorum a\n", "key")):
            self.shop.write("policy.txt", text)
            refused = self.shop.muniment("charter", "cosigners", "archive", "--policy", "policy.txt", "--key",
                                         self.shop.key, expect=1)
            self.assertIn(why, refused.stderr)


if __name__ == "__main__":
    blackbox.main()
