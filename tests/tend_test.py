"""tend does the chores of its place and says in one message what needs somebody; lost prints a plan, no more."""

import os
import shutil
import subprocess
import unittest

import blackbox
from workshop import Workshop, tree

READING = "r" * 32
SENDING = "s" * 32


class TendTest(unittest.TestCase):
    def setUp(self):
        self.shop = Workshop()
        self.addCleanup(self.shop.close)
        self.words = self.shop.found()
        self.shop.write("evidence/file", os.urandom(20_000))
        self.shop.muniment("deposit", "archive", "evidence", "--key", self.shop.key)
        self.shop.write("own-tokens", f"read {READING}\ndeposit {SENDING}\n")
        self.mailer = self.shop.write("mailer", f'#!/bin/sh\nenv > "{self.shop.folder}/mail-env"\n'
                                      f'echo "$*" > "{self.shop.folder}/mail-words"\ncat > "{self.shop.folder}/mail"\n')
        self.mailer.chmod(0o755)

    def tend(self, *arguments, expect=0):
        return self.shop.json("tend", *arguments, expect=expect)

    def names(self, done):
        return [chore["name"] for chore in done["chores"]]

    def test_a_home_takes_in_what_came_to_a_mirror_and_brings_it_to_all_copies(self):
        self.shop.muniment("mirror", "push", "archive", "copy", "stick")
        _, address = self.shop.serve(self, "copy", "--token-file", "own-tokens")
        tokens = self.shop.write("tokens", f"read {READING} {address}\ndeposit {SENDING} {address}\n")
        self.shop.muniment("card", "archive", "--key", self.shop.key, "-o", "card", "--token-file", tokens, "--send-to",
                           address)
        self.shop.write("more/file", os.urandom(5000))
        self.shop.muniment("seal", "--card", "card", "-o", "sealed", "more")
        self.shop.muniment("send", "sealed", "--card", "card")
        shutil.copy(self.shop.folder / "archive/home/mirrors", self.shop.folder / "mirrors")
        with open(self.shop.folder / "archive/home/mirrors", "a", encoding="utf-8") as file:
            file.write(f'{{"where":"{address}","size":0,"held":0,"seen":""}}\n')
        done = self.tend("archive", "--key", self.shop.key, "--token-file", tokens, "--message", "message",
                         "--mail-command", f"{self.mailer} -s archive", "--sample", "100")
        self.assertEqual(done["needs"], [])
        self.assertEqual(self.names(done), ["Fetching what was sent to mirrors", "Taking in what arrived",
                                            "Bringing copies up to date", "Looking at the copies"])
        self.assertIn("All is well", (self.shop.folder / "message").read_text())
        self.assertFalse((self.shop.folder / "mail").exists(), "nobody is written to for nothing")
        self.assertEqual(len(self.shop.deposits("stick")), 2)
        self.assertEqual(self.shop.json("status", "archive")["onThisMachineOnly"], 0)

        cleared = self.tend("copy", "--from", "archive")
        self.assertFalse(cleared["isHome"])
        self.assertEqual(tree(self.shop.folder / "copy/incoming"), {})
        self.assertIn("safe on 2 copies", self.shop.muniment("send", "sealed", "--card", "card").stdout)

    def test_what_needs_somebody_is_said_and_sent_without_a_shell(self):
        self.shop.muniment("card", "archive", "--key", self.shop.key, "-o", "short", "--days", "3")
        self.shop.muniment("card", "archive", "--key", self.shop.key, "-o", "longer", "--days", "5")
        os.environ["SECRET_OF_OURS"] = "1"
        self.addCleanup(os.environ.pop, "SECRET_OF_OURS")
        issued = self.shop.folder / "archive/home/issued"
        lines = issued.read_text().splitlines()
        issued.write_text("\n".join(lines[1:]) + "\n")  # as if there were no other card
        done = self.tend("archive", "--message", "message", "--mail-command",
                         f"{self.mailer} -s $HOME;x me@example.org", expect=1)
        needs = " ".join(done["needs"])
        self.assertIn("1 deposit exists on this machine only", needs)
        self.assertIn('The newest card for "evidence" expires on', needs)
        message = (self.shop.folder / "message").read_text()
        self.assertEqual(message, (self.shop.folder / "mail").read_text())
        for need in done["needs"]:
            self.assertIn(need, message)
        self.assertEqual((self.shop.folder / "mail-words").read_text(), "-s $HOME;x me@example.org\n")
        self.assertNotIn("SECRET_OF_OURS", (self.shop.folder / "mail-env").read_text())
        usage = shutil.disk_usage(self.shop.folder)
        self.assertAlmostEqual(done["diskPercent"], 100 - usage.free * 100 // (usage.used + usage.free), delta=2)
        failed = self.shop.muniment("tend", "archive", "--mail-command", "/bin/false", expect=3)
        self.assertIn("did not take the message", failed.stderr)

    def test_a_full_disk_is_named(self):
        small = self.shop.folder / "small"
        small.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", small], check=False,
                                 stderr=subprocess.DEVNULL)
        if mounted.returncode != 0:
            self.skipTest("nothing can be mounted here")
        self.addCleanup(subprocess.run, ["umount", small], check=True)
        self.shop.muniment("mirror", "push", "archive", "small/copy")
        (small / "filler").write_bytes(bytes(1_500_000))
        needs = " ".join(self.tend("small/copy", "--from", "archive", expect=1)["needs"])
        self.assertRegex(needs, "is (8|9)[0-9] % full")
        with open(small / "filler", "ab") as file:
            file.write(bytes(400_000 if shutil.disk_usage(small).free > 500_000 else 100_000))
        needs = " ".join(self.tend("small/copy", "--from", "archive", expect=1)["needs"])
        self.assertRegex(needs, "% full")

    def test_a_mirror_pulls_and_cosigns_and_names_what_is_damaged(self):
        self.shop.muniment("mirror", "push", "archive", "copy")
        key = self.shop.key_of("mirror-oak")
        self.shop.write("later/file", os.urandom(5000))
        self.shop.muniment("deposit", "archive", "later", "--key", self.shop.key)
        done = self.tend("copy", "--from", "archive", "--cosigner-key", key, "--sample", "100")
        self.assertEqual(self.names(done), ["Bringing this copy up to date", "Cosigning", "Looking at this copy"])
        self.assertEqual(len(self.shop.deposits("copy")), 2)
        self.assertIn("mirror-oak", (self.shop.folder / "copy/checkpoint").read_text())
        part = next((self.shop.folder / "copy").rglob("part-*"))
        part.write_bytes(bytes(part.stat().st_size))
        done = self.tend("copy", "--from", "archive", "--sample", "100", expect=1)
        self.assertIn("mirror heal", " ".join(done["needs"]))
        done = self.tend("copy", "--from", "nowhere", expect=3)
        self.assertIn("did not go as it should", done["needs"][0])

    def test_it_asks_nobody_for_a_passphrase(self):
        environment = {name: value for name, value in os.environ.items() if name != "MUNIMENT_PASSPHRASE_FILE"}
        done = self.shop.muniment("tend", "archive", "--key", self.shop.key, env=environment, expect=2)
        self.assertIn("--passphrase-file", done.stderr)

    def test_the_printed_units_name_the_place_and_what_may_be_written(self):
        text = self.shop.muniment("tend", "archive", "--key", self.shop.key, "--message", "out/message",
                                  "--print-timer").stdout
        archive = self.shop.folder / "archive"
        self.assertIn(f'"{archive}"', text)
        self.assertIn(f'ReadWritePaths="{archive}" "{self.shop.folder}/out"', text)
        for line in ("ProtectSystem=strict", "NoNewPrivileges=yes", "OnCalendar=", "Persistent=yes"):
            self.assertIn(line, text)
        self.shop.muniment("tend", "archive", "--message", 'a"b', "--print-timer", expect=2)
        analyze = shutil.which("systemd-analyze")
        if analyze:
            service, timer = text.split("# /etc/systemd/system/muniment-tend.timer")
            units = [self.shop.write("units/muniment-tend.service", service.replace("User=muniment\n", "")),
                     self.shop.write("units/muniment-tend.timer", "#" + timer)]
            blackbox.run([analyze, "verify", *units])

    def test_lost_plans_for_a_person_a_mirror_a_card_and_the_home(self):
        shutil.rmtree(self.shop.folder / "archive")
        _, shares = self.shop.found_with_trustees()
        self.shop.key_of("custodian-2")
        self.shop.muniment("charter", "add-custodian", "archive", "--holder", "custodian-2.txt", "--key", self.shop.key,
                           "--trustees", input="".join(share + "\n" for share in shares[:2]))
        self.shop.muniment("deposit", "archive", "evidence", "--key", self.shop.key)
        self.shop.muniment("withdraw", "archive", self.shop.deposits()[0], "--key", self.shop.key, "--ground-file",
                           self.shop.write("ground", "by request"))
        tokens = self.shop.write("tokens", f"deposit {SENDING} http://oak.onion\n")
        made = self.shop.json("card", "archive", "--key", self.shop.key, "-o", "card", "--token-file", tokens,
                              "--send-to", "http://oak.onion")
        self.assertIsNone(made["card"])
        self.shop.muniment("mirror", "push", "archive", "stick")
        before = tree(self.shop.folder / "archive")

        def plan(name, expect=0):
            return self.shop.json("lost", "archive", name, expect=expect)

        person = plan("custodian-1")
        self.assertEqual(person["kind"], "custodian")
        commands = [step["command"] or "" for step in person["steps"]]
        self.assertTrue(any("charter retire archive custodian-1" in each for each in commands))
        self.assertTrue(any("compartment renew archive evidence" in each for each in commands))
        self.assertTrue(any("muniment card archive" in each for each in commands))
        self.assertTrue(any(each.startswith("Proposal ") for each in person["underWay"]))
        mirror = plan("stick")
        self.assertEqual(mirror["kind"], "mirror")
        self.assertIn("1 deposit is on no other mirror", " ".join(mirror["underWay"]))
        issued = (self.shop.folder / "archive/home/issued").read_text()
        self.assertNotIn(SENDING, issued)
        number = next(line for line in issued.splitlines() if "oak" in line).split('"id":"')[1][:16]
        card = plan(number[:8])
        self.assertEqual(card["kind"], "card")
        self.assertIn("http://oak.onion", card["steps"][0]["what"])
        home = plan("home")
        self.assertTrue(any("recover --from" in (step["command"] or "") for step in home["steps"]))
        self.assertIn("custodian-2", plan("nobody", expect=3)["error"]["sentence"])
        self.assertEqual(tree(self.shop.folder / "archive"), before, "nothing is done")


if __name__ == "__main__":
    blackbox.main()
