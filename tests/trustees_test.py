"""Trustees at the command line: shares handed out, checked, repaired, sent, brought together, dealt anew."""

import os
import pty
import re
import select
import subprocess
import sys
import time
import unittest

import blackbox
from workshop import Workshop

sys.path.insert(0, str(blackbox.source() / "demo"))
from share_page import words_of  # noqa: E402


class Printer:
    """A program that keeps the pages it is given, in a folder of the test."""

    def __init__(self, shop, name):
        self.folder = shop.folder / name
        self.folder.mkdir()
        self.path = shop.write(f"{name}.sh", f'#!/bin/sh\ncat > "{self.folder}/$(ls "{self.folder}" | wc -l)"\n')
        self.path.chmod(0o755)

    def shares(self):
        return [words_of((self.folder / name).read_text()) for name in sorted(os.listdir(self.folder))]


class TrusteesTest(unittest.TestCase):
    def setUp(self):
        self.shop = Workshop()
        self.addCleanup(self.shop.close)
        self.printer = Printer(self.shop, "pages")
        self.words = self.shop.json("init", "archive", "--custodian", self.shop.key, "--trustees", "2of3",
                                    "--print", self.printer.path)["words"]
        self.shares = self.printer.shares()

    def give(self, shares, *arguments, expect=0):
        """Runs a command with shares on its standard input."""
        return self.shop.muniment(*arguments, expect=expect, input="\n".join(shares) + "\n")

    def test_every_share_is_printed_once_and_is_nowhere_else(self):
        self.assertEqual(len(set(self.shares)), 3)
        for path in self.shop.folder.rglob("*"):
            if not path.is_file() or path.parent == self.printer.folder:
                continue
            content = path.read_bytes().decode(errors="replace")
            for share in self.shares:
                self.assertNotIn(share, content, path)

    def test_check_says_which_share_and_that_it_is_in_force(self):
        for number, share in enumerate(self.shares, 1):
            shown = self.give([share], "share", "check", "archive").stdout
            self.assertIn(f"share {number} of set 1", shown)
            self.assertIn("in force", shown)
        wrong = self.shares[0].split()
        wrong[7], wrong[8] = wrong[8], wrong[7]
        self.assertIn("share repair", self.give([" ".join(wrong)], "share", "check", "archive", expect=1).stderr)

    def test_check_knows_another_archives_share(self):
        other = Printer(self.shop, "other-pages")
        self.shop.json("init", "other", "--custodian", self.shop.key, "--trustees", "2of3", "--print", other.path)
        self.assertIn("none that was dealt in this archive",
                      self.give(other.shares()[:1], "share", "check", "archive", expect=1).stderr)

    def test_repair_finds_a_lost_word(self):
        words = self.shares[1].split()
        lost, words[20] = words[20], "?"
        shown = self.give([" ".join(words)], "share", "repair", "archive").stdout
        self.assertIn(f"Word 21 is:    {lost}", shown)
        self.assertIn("share 2", shown)

    def test_rehearse_opens_a_canary_only(self):
        before = sorted(str(path) for path in self.shop.folder.rglob("*"))
        shown = self.give(self.shares[:2], "trustees", "rehearse", "archive").stdout
        self.assertIn("The shares fit", shown)
        self.assertEqual(before, sorted(str(path) for path in self.shop.folder.rglob("*")))

    def test_too_few_and_twice_the_same_are_refused(self):
        self.assertIn("2 shares are needed and 1 was given",
                      self.give(self.shares[:1], "trustees", "rehearse", "archive", expect=3).stderr)
        self.give([self.shares[0], self.shares[0]], "trustees", "rehearse", "archive", expect=2)

    def test_a_new_deal_ends_the_old_shares(self):
        fresh = Printer(self.shop, "fresh-pages")
        deal = ["trustees", "deal", "archive", "--trustees", "2of2", "--key", self.shop.key, "--print", fresh.path]
        shown = self.give(self.shares[1:], *deal).stdout
        self.assertIn("Dealt: set 2", shown)
        self.assertIn("WARNING: all of them are needed", shown)
        self.assertIn("replaced by charter/2", self.give(self.shares[:1], "share", "check", "archive", expect=1).stdout)
        self.give(self.shares[:2], "trustees", "rehearse", "archive", expect=3)
        self.give(fresh.shares(), "trustees", "rehearse", "archive")
        self.shop.muniment("verify", "archive", "--id", self.words)

    def test_a_printer_that_fails_leaves_no_archive_and_no_new_deal(self):
        broken = self.shop.write("broken.sh", "#!/bin/sh\nexit 1\n")
        broken.chmod(0o755)
        self.shop.muniment("init", "never", "--custodian", self.shop.key, "--trustees", "2of3", "--print", broken,
                           expect=3)
        self.assertFalse((self.shop.folder / "never").exists())
        self.give(self.shares[:2], "trustees", "deal", "archive", "--trustees", "2of3", "--key", self.shop.key,
                  "--print", broken, expect=3)
        self.give(self.shares[:2], "trustees", "rehearse", "archive")

    def test_init_asks_and_refuses_to_guess(self):
        refused = subprocess.run([blackbox.program(), "init", "asked", "--custodian", self.shop.key],
                                 cwd=self.shop.folder, env=self.shop.env, capture_output=True, text=True,
                                 stdin=subprocess.DEVNULL, start_new_session=True, check=False)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("--no-trustees, typed in full", refused.stderr)

    def test_a_share_that_was_sent_is_taken_in_place_of_a_typed_one(self):
        """Two terminals: the one where the shares come together shows a code, the trustee seals for it."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(self.shop.folder)
            os.execve(blackbox.program(), [str(blackbox.program()), "trustees", "rehearse", "archive"], self.shop.env)
        shown = self.read_until(terminal, b"Share 1 of the 2:")
        code = re.search(rb"--to (age1[a-z0-9]+)", shown).group(1).decode()
        voice = re.search(rb"by voice:\s+((?:[a-z]+ ){3}[a-z]+)", shown).group(1).decode()
        sent = self.give(self.shares[:1], "share", "send", "--to", code, "--yes")
        self.assertIn(voice, sent.stderr)
        os.write(terminal, sent.stdout.encode())
        self.read_until(terminal, b"Share 2 of the 2:")
        os.write(terminal, self.shares[2].encode() + b"\n")
        shown = self.read_until(terminal, b"Only a canary was opened")
        _, status = os.waitpid(pid, 0)
        os.close(terminal)
        self.assertEqual(os.waitstatus_to_exitcode(status), 0)

    def unsealed(self, *more, expect=0):
        """Two trustees open the one deposit of `identities` for a lawyer."""
        self.shop.write("reason.txt", "asked for by the court, case 12 (invented)\n")
        return self.give(self.shares[:2], "unseal", "archive", self.deposit, "--to", "lawyer.txt", "-o", "given",
                         "--reason-file", "reason.txt", *more, expect=expect)

    def name_in_identities(self):
        self.lawyer = self.shop.key_of("lawyer")
        self.shop.write("name.txt", "an invented name\n")
        self.shop.muniment("deposit", "archive", "name.txt", "--compartment", "identities", "--key", self.shop.key)
        self.deposit = self.shop.deposits()[0]

    def test_trustees_unseal_one_deposit_for_somebody_who_never_holds_their_key(self):
        self.name_in_identities()
        opening = ["open", "archive", self.deposit, "--to-disk", "-o", "opened"]
        denied = self.shop.muniment(*opening, "--key", self.shop.key, expect=3).stderr
        self.assertIn("identities (the trustees)", denied)
        shown = self.unsealed("--key", self.shop.key).stdout
        self.assertIn("The entry is logged", shown)
        self.shop.muniment(*opening, "--key", self.lawyer, "--seal", f"given/{self.deposit}")
        self.assertEqual((self.shop.folder / "opened" / "name.txt").read_text(), "an invented name\n")
        self.shop.muniment(*opening[:-1], "again", "--key", self.shop.key, "--seal", f"given/{self.deposit}", expect=3)
        self.assertIn("is there already", self.unsealed("--key", self.shop.key, expect=3).stderr)
        told = self.shop.muniment("history", "archive", "--unsealed").stdout
        self.assertIn('opened 1 of the compartment "identities" with the shares of set 1', told)
        self.assertIn("leaves no trace", told)
        self.assertNotIn("court", told)
        self.assertNotIn(self.deposit[:16], told)
        reasons = self.give(self.shares[1:], "history", "archive", "--unsealed", "--reasons").stdout
        self.assertIn("asked for by the court", reasons)
        self.assertIn(self.deposit, reasons)
        self.shop.muniment("verify", "archive", "--id", self.words)

    def test_unsealed_at_a_copy_waits_for_a_custodian_to_log_it(self):
        self.name_in_identities()
        before = self.shop.json("history", "archive", "--unsealed")
        self.assertIn("NOT LOGGED YET", self.unsealed().stdout)
        self.assertEqual(self.shop.json("history", "archive", "--unsealed"), before)
        self.shop.muniment("approve", "archive", "given.entry", "--key", self.shop.key, "--yes")
        events = self.shop.json("history", "archive", "--unsealed")["events"]
        self.assertEqual([event["kind"] for event in events], ["unseal"])
        self.assertIn("the trustees", events[0]["signedBy"])
        self.assertEqual(self.shop.json("history", "archive", "--unsealed", "--since", "2999-01-01")["events"], [])

    def test_what_was_unsealed_opens_with_age_and_tar(self):
        self.name_in_identities()
        identity = self.shop.folder / "lawyer.age"
        blackbox.run(["age-keygen", "-o", identity])
        self.shop.write("lawyer.txt", blackbox.run(["age-keygen", "-y", identity]).stdout)
        self.unsealed("--key", self.shop.key)
        parts = sorted((self.shop.folder / "archive/deposits" / self.deposit[:2] / self.deposit).glob("part-*"))
        sealed = b"".join(path.read_bytes() for path in
                          [self.shop.folder / "given" / self.deposit / "header", *parts])
        tar = subprocess.run(["age", "-d", "-i", identity], input=sealed, capture_output=True, check=True).stdout
        names = subprocess.run(["tar", "-t"], input=tar, capture_output=True, check=True).stdout
        self.assertIn(b"data/name.txt", names)

    def read_until(self, terminal, wanted):
        shown = b""
        deadline = time.monotonic() + 60
        while wanted not in shown and time.monotonic() < deadline:
            if select.select([terminal], [], [], 0.2)[0]:
                try:
                    shown += os.read(terminal, 65536)
                except OSError:
                    break
        self.assertIn(wanted, shown)
        return shown


if __name__ == "__main__":
    blackbox.main()
