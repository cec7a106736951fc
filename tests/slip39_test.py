"""Shares held against npm's `slip39`, which others wrote: made here and combined there, and the other way round.

slip39 0.1.9 knows all of SLIP-0039 that we use: groups, passphrase, iteration exponent, and the extendable flag with
check words of its own. It refuses more shares than are needed, so exactly as many are handed to it.
"""

import itertools
import json
import unittest

import blackbox

SECRET = "000102030405060708090a0b0c0d0e0ff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"
ONE_GROUP = (1, [(3, 5)])
TWO_LEVELS = (2, [(1, 1), (2, 3), (3, 4)])


class Slip39Test(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = blackbox.npm_packages("npm-slip39")
        cls.tool = blackbox.build() / "tests" / "shares_tool"

    def theirs(self, expect=0, **job):
        return blackbox.run(["node", blackbox.source() / "tests/npm/slip39.mjs", self.folder / "node_modules/slip39"],
                            input=json.dumps(job), expect=expect).stdout.strip()

    def split_there(self, plan, passphrase="", extendable=True, exponent=0, secret=SECRET):
        return self.theirs(secret=secret, passphrase=passphrase, extendable=extendable, exponent=exponent,
                           threshold=plan[0], groups=plan[1]).splitlines()

    def combine_there(self, shares, passphrase=""):
        return self.theirs(shares=shares, passphrase=passphrase)

    def split_here(self, plan, passphrase="", extendable=True, exponent=0, secret=SECRET):
        groups = [f"{threshold},{count}" for threshold, count in plan[1]]
        return blackbox.run([self.tool, "split", secret, passphrase, int(extendable), exponent, plan[0],
                             *groups]).stdout.splitlines()

    def combine_here(self, shares, passphrase=""):
        return blackbox.run([self.tool, "combine", passphrase], input="\n".join(shares) + "\n").stdout.strip()

    def roads(self):
        return [("made here, combined there", self.split_here, self.combine_there),
                ("made there, combined here", self.split_there, self.combine_here)]

    def test_every_threshold_of_shares_gives_the_secret(self):
        for name, split, combine in self.roads():
            shares = split(ONE_GROUP)
            self.assertEqual(len(shares), 5)
            for chosen in itertools.combinations(shares, 3):
                with self.subTest(name):
                    self.assertEqual(combine(list(chosen)), SECRET)

    def test_passphrase_flag_exponent_and_length(self):
        for name, split, combine in self.roads():
            for extendable, exponent, passphrase, secret in [
                    (True, 0, "correct horse ~", SECRET), (False, 0, "correct horse ~", SECRET),
                    (False, 0, "", SECRET), (True, 2, "", SECRET), (False, 1, "x", SECRET),
                    (True, 0, "", SECRET[:32]), (False, 0, "x", SECRET + SECRET), (True, 0, "", SECRET[:44])]:
                with self.subTest(name, extendable=extendable, exponent=exponent, passphrase=passphrase):
                    shares = split(ONE_GROUP, passphrase, extendable, exponent, secret)
                    self.assertEqual(combine(shares[2:], passphrase), secret)

    def test_a_wrong_passphrase_gives_the_same_wrong_secret(self):
        for extendable in (True, False):
            shares = self.split_here(ONE_GROUP, "right", extendable)[:3]
            wrong = self.combine_here(shares, "wrong")
            self.assertNotEqual(wrong, SECRET)
            self.assertEqual(wrong, self.combine_there(shares, "wrong"))

    def test_two_levels_of_groups(self):
        for name, split, combine in self.roads():
            for extendable in (True, False):
                shares = split(TWO_LEVELS, "groups", extendable)
                self.assertEqual(len(shares), 8)
                alone, pairs, triples = shares[:1], shares[1:4], shares[4:]
                for chosen in (alone + pairs[1:], alone + triples[:3], pairs[:2] + triples[1:]):
                    with self.subTest(name, extendable=extendable):
                        self.assertEqual(combine(chosen, "groups"), SECRET)

    def test_the_largest_group(self):
        for name, split, combine in self.roads():
            with self.subTest(name):
                self.assertEqual(combine(split((1, [(16, 16)]))), SECRET)

    def test_both_refuse_too_few_and_an_altered_word(self):
        shares = self.split_here(ONE_GROUP)
        words = shares[0].split()
        words[10] = "academic" if words[10] != "academic" else "zero"
        for refused in (shares[:2], [" ".join(words), *shares[1:3]], [shares[0], shares[0], shares[1]]):
            blackbox.run([self.tool, "combine", ""], input="\n".join(refused) + "\n", expect=1)
            self.theirs(expect=1, shares=refused, passphrase="")


if __name__ == "__main__":
    blackbox.main()
