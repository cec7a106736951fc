"""People decide together: charters signed by several, on several machines; compartments; succession after a loss."""

import pathlib
import shutil
import unittest

import blackbox
from workshop import Workshop, tree


class AuthorityTest(unittest.TestCase):
    def setUp(self):
        self.shop = Workshop()
        self.addCleanup(self.shop.close)

    def fails(self, status, sentence, *arguments, **options):
        """The command fails with this status and its message has this sentence."""
        done = self.shop.muniment(*arguments, expect=status, **options)
        self.assertIn(sentence, " ".join((done.stdout + done.stderr).split()))
        return done

    def with_shares(self, *arguments, shares=None, **options):
        """A command that asks for the trustees' shares, which come on standard input."""
        shares = self.shares[:2] if shares is None else shares
        return self.shop.muniment(*arguments, input="".join(share + "\n" for share in shares), **options)

    def found(self):
        self.words, self.shares = self.shop.found_with_trustees()

    def found_with_two(self):
        """Trustees, 2 of 3, and a second custodian, for whom the trustees signed."""
        self.found()
        self.second = self.shop.key_of("custodian-2")
        self.with_shares("charter", "add-custodian", "archive", "--holder", "custodian-2.txt", "--key", self.shop.key,
                         "--trustees")

    def copy(self, name):
        """A plain copy, as somebody else has it."""
        self.shop.muniment("mirror", "push", "archive", name)
        return name

    def deposit(self, key, name="evidence/file", archive="archive"):
        self.shop.write(name, "what was seen in " + name)
        return self.shop.json("deposit", archive, name, "--key", key)["taken"][0]["id"]

    def show(self, archive="archive"):
        return self.shop.json("charter", "show", archive)

    def names(self, archive="archive"):
        return [custodian["name"] for custodian in self.show(archive)["custodians"]]

    # The line of a holder.

    def test_key_makes_a_key_file_and_prints_its_one_public_line(self):
        done = self.shop.muniment("key", "new.key", "--pseudonym", "anna")
        self.assertEqual(done.stdout.split()[:2], ["holder", "anna"])
        self.assertEqual(len(done.stdout.splitlines()), 1)
        self.assertEqual((self.shop.folder / "new.key").stat().st_mode & 0o077, 0)
        again = self.shop.muniment("key", "new.key", "--pseudonym", "other", "-o", "new.txt")
        self.assertEqual(again.stdout, "")
        self.assertEqual((self.shop.folder / "new.txt").read_text(), done.stdout)
        self.assertEqual(self.shop.json("key", "new.key")["line"] + "\n", done.stdout)

    def test_a_holders_line_that_is_cut_is_refused(self):
        self.found()
        self.shop.key_of("custodian-2")
        line = (self.shop.folder / "custodian-2.txt").read_text()
        self.shop.write("cut.txt", line[:-20])
        self.fails(1, "cut.txt", "charter", "add-custodian", "archive", "--holder", "cut.txt", "--key", self.shop.key)
        self.assertEqual(self.show()["version"], 1)

    # Custodians.

    def test_a_second_custodian_signed_for_by_the_trustees_takes_in_and_opens(self):
        self.found()
        first = self.deposit(self.shop.key)
        second = self.shop.key_of("custodian-2")
        done = self.with_shares("charter", "add-custodian", "archive", "--holder", "custodian-2.txt", "--key",
                                self.shop.key, "--trustees")
        self.assertIn("custodian-2 becomes a custodian", done.stdout)
        self.assertIn("custodian-2 can open \"evidence\"", done.stdout)
        self.assertIn("Charter 2 is in force", done.stdout)
        self.assertEqual(self.names(), ["custodian-1", "custodian-2"])
        self.shop.muniment("open", "archive", first, "-o", "opened", "--to-disk", "--key", second)
        self.deposit(second, "evidence/other")
        self.deposit(self.shop.key, "evidence/third")
        self.shop.muniment("verify", "archive", "--id", self.words)

    def test_a_third_custodian_by_file_exchange(self):
        self.found_with_two()
        third = self.shop.key_of("custodian-3")
        copy = self.copy("elsewhere")
        proposed = self.shop.json("charter", "add-custodian", "archive", "--holder", "custodian-3.txt", "--key",
                                  self.shop.key)
        self.assertFalse(proposed["carriedOut"])
        self.assertIn("signed by custodian-1; the charter asks for 2 people", proposed["lacks"])
        self.assertEqual(self.show()["version"], 2)
        waiting = self.shop.json("approve", "archive")["waiting"]
        self.assertEqual([each["proposal"] for each in waiting], [proposed["proposal"]])
        self.assertEqual(waiting[0]["signedBy"], ["custodian-1"])
        note = self.shop.folder / "archive/home/proposals" / (proposed["proposal"] + ".note")
        shutil.copy(note, self.shop.folder / "sent.note")

        self.fails(2, "is a copy: give -o", "approve", copy, "sent.note", "--key", self.second, "--yes")
        self.fails(3, "there is no terminal to ask", "approve", copy, "sent.note", "--key", self.second, "-o", "x.note",
                   start_new_session=True)
        self.assertFalse((self.shop.folder / "x.note").exists())
        shown = self.shop.muniment("approve", copy, "sent.note", "--key", self.second, "-o", "signed.note", "--yes")
        self.assertIn("custodian-3 becomes a custodian", shown.stdout)
        self.assertEqual(self.show()["version"], 2)
        done = self.shop.json("approve", "archive", "signed.note", "--key", self.shop.key, "--yes")
        self.assertTrue(done["carriedOut"], done)
        self.assertEqual(done["signedBy"], ["custodian-1", "custodian-2"])
        self.assertEqual(self.names(), ["custodian-1", "custodian-2", "custodian-3"])
        self.assertEqual(self.shop.json("approve", "archive")["waiting"], [])
        self.deposit(third)
        self.shop.muniment("verify", "archive", "--id", self.words)
        self.fails(3, "is in force by now", "approve", "archive", "signed.note", "--key", self.shop.key, "--yes")

    def test_without_trustees_the_new_custodian_signs_as_well(self):
        self.shop.found()
        second = self.shop.key_of("custodian-2")
        proposed = self.shop.json("charter", "add-custodian", "archive", "--holder", "custodian-2.txt", "--key",
                                  self.shop.key)
        self.assertFalse(proposed["carriedOut"])
        done = self.shop.json("approve", "archive", proposed["proposal"], "--key", second, "--yes")
        self.assertFalse(done["carriedOut"])  # the log key is not sealed to the new custodian yet
        self.assertIn("somebody who is a custodian before and after is needed", done["lacks"])
        done = self.shop.json("approve", "archive", proposed["proposal"], "--key", self.shop.key, "--yes")
        self.assertTrue(done["carriedOut"])
        self.deposit(second)

    def test_a_stranger_and_a_proposal_for_another_archive_are_refused(self):
        self.found_with_two()
        stranger = self.shop.key_of("stranger")
        proposed = self.shop.json("charter", "rotate-log-key", "archive", "--key", self.shop.key)
        self.fails(3, "is not that of a custodian", "approve", "archive", proposed["proposal"], "--key", stranger,
                   "--yes")
        self.shop.found("other")
        note = pathlib.Path("archive/home/proposals") / (proposed["proposal"] + ".note")
        before = tree(self.shop.folder / "other")
        self.fails(1, "another archive", "approve", "other", note, "--key", self.shop.key, "--yes")
        self.assertEqual(tree(self.shop.folder / "other"), before)
        altered = (self.shop.folder / note).read_text().replace("hold 30 days", "hold 31 days")
        self.shop.write("altered.note", altered)
        self.fails(1, "custodian-1", "approve", "archive", "altered.note", "--key", self.second, "--yes")
        self.assertEqual(self.show()["version"], 2)

    def test_too_few_shares_sign_nothing(self):
        self.found()
        self.shop.key_of("custodian-2")
        done = self.with_shares("charter", "add-custodian", "archive", "--holder", "custodian-2.txt", "--key",
                                self.shop.key, "--trustees", shares=self.shares[:1], expect=3)
        self.assertIn("2 shares are needed and 1 was given", done.stderr)
        self.assertEqual(self.show()["version"], 1)

    def test_of_two_different_next_charters_one_comes_into_force(self):
        self.found_with_two()
        self.shop.key_of("custodian-3")
        self.shop.key_of("custodian-4")
        one, other = [self.shop.json("charter", "add-custodian", "archive", "--holder", f"custodian-{n}.txt", "--key",
                                     self.shop.key)["proposal"] for n in (3, 4)]
        self.assertEqual(len(self.shop.json("approve", "archive")["waiting"]), 2)
        self.shop.json("approve", "archive", other, "--key", self.second, "--yes")
        self.assertEqual(self.names(), ["custodian-1", "custodian-2", "custodian-4"])
        self.fails(3, "is in force by now", "approve", "archive", one, "--key", self.second, "--yes")
        listed = self.shop.json("approve", "archive")
        self.assertEqual(listed["waiting"], [])
        self.assertIn(one, listed["passedOver"][0])
        self.shop.muniment("verify", "archive", "--id", self.words)

    def test_a_retired_custodian_takes_in_nothing_and_the_log_has_another_key(self):
        self.found_with_two()
        old = self.deposit(self.second)
        done = self.with_shares("charter", "retire", "archive", "custodian-2", "--key", self.shop.key, "--trustees")
        self.assertIn("custodian-2 can go on reading old seals", done.stdout)
        self.assertIn("compartment renew", done.stdout)
        charter = self.show()
        self.assertEqual([key["from"] for key in charter["logKeys"]], [0, 4])
        self.shop.write("evidence/late", "late")
        self.fails(3, "custodian-2 is no custodian of this archive", "deposit", "archive", "evidence/late", "--key",
                   self.second)
        self.fails(3, "custodian-2 opens no compartment", "open", "archive", old, "-o", "x", "--to-disk", "--key",
                   self.second)
        self.deposit(self.shop.key)
        self.copy("elsewhere")
        self.shop.muniment("verify", "elsewhere", "--id", self.words)
        self.fails(2, "custodian-1 is the last custodian", "charter", "retire", "archive", "custodian-1", "--key",
                   self.shop.key)

    def test_who_retires_leaves_it_to_another_to_carry_it_out(self):
        self.found_with_two()
        done = self.with_shares("charter", "retire", "archive", "custodian-2", "--key", self.second, "--trustees")
        self.assertIn("somebody who is a custodian before and after is needed", done.stdout)
        self.assertEqual(self.show()["version"], 2)
        proposed = self.shop.json("approve", "archive")["waiting"][0]
        done = self.shop.json("approve", "archive", proposed["proposal"], "--key", self.shop.key, "--yes")
        self.assertTrue(done["carriedOut"], done)
        self.assertEqual(self.names(), ["custodian-1"])
        self.deposit(self.shop.key)

    # Log keys and rules.

    def test_the_log_key_is_rotated_and_revoked_and_a_proposal_that_the_log_outgrew_counts_no_more(self):
        self.found_with_two()
        waits = self.shop.json("charter", "rotate-log-key", "archive", "--key", self.shop.key)["proposal"]
        self.deposit(self.second)
        self.fails(3, "but the log has grown", "approve", "archive", waits, "--key", self.second, "--yes")
        self.with_shares("charter", "rotate-log-key", "archive", "--key", self.shop.key, "--trustees")
        self.deposit(self.second)
        entries = self.shop.json("list", "archive")["entries"]
        self.fails(2, "not vouched for", "charter", "revoke-log-key", "archive", "--after", str(entries - 1), "--key",
                   self.shop.key)
        self.fails(2, f"give --after {entries}", "charter", "revoke-log-key", "archive", "--after", str(entries + 1),
                   "--key", self.shop.key)
        self.with_shares("charter", "revoke-log-key", "archive", "--after", str(entries), "--key", self.shop.key,
                         "--trustees")
        self.assertEqual([key["from"] for key in self.show()["logKeys"]], [0, 4, entries])
        self.deposit(self.second)
        self.shop.muniment("verify", "archive", "--id", self.words)

    def test_rules_need_the_trustees(self):
        self.found_with_two()
        proposed = self.shop.json("charter", "rules", "archive", "--hold", "60", "--limit", "5", "--key", self.shop.key)
        done = self.shop.json("approve", "archive", proposed["proposal"], "--key", self.second, "--yes")
        self.assertFalse(done["carriedOut"])
        self.assertIn("this needs the trustees", done["lacks"])
        done = self.with_shares("approve", "archive", proposed["proposal"], "--trustees", "--yes")
        self.assertIn("Enough people have signed", done.stdout)
        done = self.shop.json("approve", "archive", proposed["proposal"], "--key", self.shop.key, "--yes")
        self.assertTrue(done["carriedOut"])
        rules = self.show()["rules"]
        self.assertEqual((rules["holdDays"], rules["removalsPerWeek"]), (60, 5))
        self.fails(2, "nobody could ever sign", "charter", "rules", "archive", "--charter", "9", "--key", self.shop.key)
        self.fails(2, "that changes nothing", "charter", "rules", "archive", "--hold", "60", "--key", self.shop.key)

    # Compartments.

    def test_a_partner_opens_the_granted_compartment_only(self):
        self.found()
        held = self.deposit(self.shop.key)
        partner = self.shop.key_of("lawyers")
        self.with_shares("charter", "add-partner", "archive", "--holder", "lawyers.txt", "--key", self.shop.key,
                         "--trustees")
        self.fails(3, "lawyers opens no compartment", "open", "archive", held, "-o", "x", "--to-disk", "--key", partner)
        self.with_shares("compartment", "add", "archive", "case-12", "--opener", "custodian-1", "--opener", "trustees",
                         "--key", self.shop.key, "--trustees")
        self.with_shares("compartment", "grant", "archive", "case-12", "--to", "lawyers", "--key", self.shop.key,
                         "--trustees")
        self.shop.muniment("card", "archive", "--key", self.shop.key, "--compartment", "case-12", "-o", "case.card")
        self.shop.write("evidence/case", "of the case")
        self.shop.muniment("seal", "--card", "case.card", "-o", "sealed", "evidence/case")
        case = self.shop.json("deposit", "archive", "sealed", "--key", self.shop.key)["taken"][0]["id"]
        self.shop.muniment("open", "archive", case, "-o", "case", "--to-disk", "--key", partner)
        self.fails(3, "these people open: evidence (custodian-1, the trustees)", "open", "archive", held, "-o", "x",
                   "--to-disk", "--key", partner)
        self.fails(3, "is no custodian", "deposit", "archive", "evidence/case", "--key", partner)
        listed = self.shop.json("compartment", "list", "archive")["compartments"]
        self.assertEqual([(each["name"], each["openers"]) for each in listed],
                         [("evidence", ["custodian-1", "trustees"]), ("identities", ["trustees"]),
                          ("case-12", ["custodian-1", "trustees", "lawyers"])])
        self.with_shares("compartment", "revoke", "archive", "case-12", "--from", "lawyers", "--key", self.shop.key,
                         "--trustees")
        self.fails(3, "lawyers opens no compartment", "open", "archive", case, "-o", "y", "--to-disk", "--key", partner)
        self.with_shares("compartment", "close", "archive", "case-12", "--key", self.shop.key, "--trustees")
        self.assertTrue(self.shop.json("compartment", "list", "archive")["compartments"][2]["closed"])

    def test_renewed_keys_open_what_was_sealed_before_and_after(self):
        self.found()
        before = self.deposit(self.shop.key)
        old = self.show()["compartments"][0]["recipient"]
        self.with_shares("compartment", "renew", "archive", "evidence", "--key", self.shop.key, "--trustees")
        self.assertNotEqual(self.show()["compartments"][0]["recipient"], old)
        after = self.deposit(self.shop.key, "evidence/after")
        for number, each in enumerate((before, after)):
            self.shop.muniment("open", "archive", each, "-o", f"opened-{number}", "--to-disk", "--key", self.shop.key)
        self.shop.muniment("verify", "archive", "--id", self.words)

    # Succession.

    def lose_the_office(self):
        """The home and the custodian's key are gone; a mirror is left."""
        self.found()
        self.kept = self.deposit(self.shop.key)
        self.copy("mirror")
        shutil.move(self.shop.folder / "archive", self.shop.folder / "seized")
        self.shop.muniment("recover", "--from", "mirror", "-o", "archive", "--id", self.words)
        return self.shop.key_of("custodian-2")

    def test_after_the_loss_of_the_office_two_shares_bring_a_new_custodian(self):
        new = self.lose_the_office()
        self.fails(3, "2 shares are needed and 1 was given", "charter", "succeed", "archive", "--custodian", new,
                   input=self.shares[2] + "\n")
        self.fails(3, "is a copy", "deposit", "archive", "evidence/file", "--key", new)
        done = self.with_shares("charter", "succeed", "archive", "--custodian", new, shares=self.shares[1:])
        for sentence in ("custodian-2 becomes a custodian", "custodian-1 is a custodian no more",
                         "another place is the home", "mirror push", "trustees deal"):
            self.assertIn(sentence, done.stdout)
        self.shop.muniment("open", "archive", self.kept, "-o", "opened", "--to-disk", "--key", new)
        self.assertIn("what was seen", (next((self.shop.folder / "opened").rglob("file"))).read_text())
        self.deposit(new, "evidence/new")
        self.assertEqual(self.names(), ["custodian-2"])
        self.fails(3, "is no custodian of this archive", "deposit", "archive", "evidence/file", "--key", self.shop.key)
        self.shop.muniment("mirror", "push", "archive", "mirror")
        self.shop.muniment("verify", "mirror", "--id", self.words)
        again = self.shop.muniment("charter", "succeed", "archive", "--custodian", new)
        self.assertIn("custodian-2 is its custodian", again.stdout)
        self.assertEqual(self.show()["version"], 2)

    def test_the_seized_home_goes_on_for_nobody_who_knows_the_successor(self):
        new = self.lose_the_office()
        self.with_shares("charter", "succeed", "archive", "--custodian", new)
        self.deposit(self.shop.key, "evidence/forced", archive="seized")
        self.deposit(new, "evidence/new")
        self.shop.muniment("mirror", "push", "archive", "mirror")
        done = self.shop.muniment("mirror", "audit", "archive", "seized", expect=1)
        self.assertIn("seized", done.stdout + done.stderr)
        before = tree(self.shop.folder / "mirror")
        self.fails(1, "what would be copied there does not count", "mirror", "push", "seized", "mirror")
        self.fails(1, "are not ours", "mirror", "pull", "mirror", "--from", "seized")
        self.assertEqual(tree(self.shop.folder / "mirror"), before)
        self.shop.muniment("recover", "--from", "seized", "--from", "mirror", "-o", "again", "--id", self.words)
        self.assertEqual(self.show("again")["version"], 2)
        self.shop.muniment("verify", "mirror", "--id", self.words)

    def test_a_succession_that_was_cut_off_goes_on_without_shares(self):
        new = self.lose_the_office()
        # A folder where the charter goes: everything up to it is done, and then the run ends.
        (self.shop.folder / "archive/charter/2").mkdir()
        self.with_shares("charter", "succeed", "archive", "--custodian", new, expect=None)
        self.assertEqual(self.show()["version"], 1)
        (self.shop.folder / "archive/charter/2").rmdir()
        done = self.shop.muniment("charter", "succeed", "archive", "--custodian", new)
        self.assertIn("another place is the home", done.stdout)
        self.deposit(new, "evidence/new")

    def test_the_custodians_of_before_can_be_kept(self):
        new = self.lose_the_office()
        self.with_shares("charter", "succeed", "archive", "--custodian", new, "--keep-custodians")
        self.assertEqual(self.names(), ["custodian-1", "custodian-2"])
        self.deposit(self.shop.key, "evidence/new")

    def test_without_trustees_nobody_succeeds(self):
        words = self.shop.found()
        self.shop.muniment("mirror", "push", "archive", "mirror")
        self.shop.muniment("recover", "--from", "mirror", "-o", "recovered", "--id", words)
        self.fails(3, "has no trustees", "charter", "succeed", "recovered", "--custodian", "new.key")
        self.assertFalse((self.shop.folder / "new.key").exists())


if __name__ == "__main__":
    blackbox.main()
