"""Bad input and bad luck at the command line: a clear sentence, the right exit status, nothing lost or half written."""

import os
import pathlib
import resource
import shutil
import signal
import tempfile
import unittest

import blackbox
from workshop import Workshop, tree


class MisuseTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shop = Workshop()
        cls.words = cls.shop.found()
        cls.shop.write("evidence/first", os.urandom(100_000))
        cls.shop.write("evidence/second", os.urandom(20 << 20))
        cls.shop.muniment("seal", "--card", "archive.card", "-o", "sealed", "evidence/first", "evidence/second")
        cls.shop.muniment("deposit", "archive", "sealed", "--key", cls.shop.key)
        cls.first, cls.second = cls.by_parts()

    @classmethod
    def by_parts(cls):
        """The deposit of one part and that of two."""
        deposits = cls.shop.json("list", "archive")["deposits"]
        return [deposit["id"] for deposit in sorted(deposits, key=lambda deposit: deposit["parts"])]

    @classmethod
    def tearDownClass(cls):
        cls.shop.close()

    def fails(self, status, sentence, *arguments, **options):
        """The command fails with this status and its message has this sentence."""
        done = self.shop.muniment(*arguments, expect=status, **options)
        self.assertIn(sentence, " ".join((done.stdout + done.stderr).split()))
        return done

    def copy(self, name):
        target = self.shop.folder / name
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(self.shop.folder / "archive", target, ignore=shutil.ignore_patterns("home", "staging"))
        return target

    def deposit_folder(self, archive, deposit):
        return archive / "deposits" / deposit[:2] / deposit

    # Words, keys, passphrases.

    def test_wrong_passphrase(self):
        wrong = self.shop.write("wrong", "not the passphrase\n")
        self.fails(3, "the passphrase does not open", "open", "--to-disk", "archive", self.first, "-o", "x", "--key",
                   self.shop.key,
                   "--passphrase-file", wrong)
        self.assertFalse((self.shop.folder / "x").exists())

    def test_key_file_of_somebody_else(self):
        blackbox.run([blackbox.build() / "tests" / "make_key_file", self.shop.folder / "other.key",
                      self.shop.folder / "passphrase", "10"])
        self.fails(3, "this key file is not that of custodian-1 in this archive", "open", "--to-disk",
                   "archive", self.first, "-o", "x", "--key", "other.key")
        self.fails(3, "this key file does not open the log key", "deposit", "archive", "sealed", "--key", "other.key")

    def test_no_terminal_and_no_passphrase_file(self):
        env = {key: value for key, value in self.shop.env.items() if key != "MUNIMENT_PASSPHRASE_FILE"}
        self.fails(3, "there is no terminal to ask for the passphrase", "card", "archive", "--key", self.shop.key,
                   env=env,
                   start_new_session=True)

    def test_archive_id_mistyped_by_one_word(self):
        words = self.words.split()
        words[4] = "academic" if words[4] != "academic" else "acid"
        self.fails(1, f'the archive id differs in word 5: you gave "{words[4]}"', "verify", "archive", "--id",
                   " ".join(words))
        self.fails(1, "differs in word 5", "recover", "--from", "archive", "-o", "x", "--id", " ".join(words))
        self.fails(2, 'word 5 of the archive id, "acadamic", is not on the word list', "verify", "archive", "--id",
                   " ".join(words[:4] + ["acadamic"] + words[5:]))
        self.fails(2, "has 12 words, and here are 11", "verify", "archive", "--id", " ".join(words[:11]))
        self.assertFalse((self.shop.folder / "x").exists())

    def test_the_words_may_be_cut_to_four_letters_and_written_anyhow(self):
        short = "-".join(word[:4].upper() for word in self.words.split())
        self.shop.muniment("verify", "archive", "--id", short)

    # Cards.

    def test_card_altered_or_expired_or_of_another_archive(self):
        card = (self.shop.folder / "archive.card").read_text()
        self.shop.write("altered.card", card.replace("recipient age1", "recipient age1q"))
        self.fails(1, "the card has been altered", "seal", "--card", "altered.card", "-o", "x", "evidence/first")
        later = card.replace("expires 20", "expires 21")
        self.shop.write("later.card", later)
        self.fails(1, "the card has been altered", "seal", "--card", "later.card", "-o", "x", "evidence/first")
        self.fails(1, "this is another archive", "seal", "--card", "archive.card", "-o", "x", "evidence/first",
                   "--id",
                   "academic " * 12)
        self.assertFalse((self.shop.folder / "x").exists())

    # Damage.

    def damage(self, alter, finding, opening, deposit=None):
        """Alters a copy; verify names the object, open says why, and nothing is written."""
        copy = self.copy("damaged")
        folder = self.deposit_folder(copy, deposit or self.second)
        alter(folder)
        done = self.fails(1, finding, "verify", "damaged")
        self.assertIn("NOT whole", done.stdout)
        self.fails(1, opening, "open", "--to-disk", "damaged", deposit or self.second, "-o", "y", "--key",
                   self.shop.key)
        self.assertEqual(tree(self.shop.folder / "y") if (self.shop.folder / "y").exists() else {}, {})

    def test_part_missing(self):
        self.damage(lambda folder: (folder / "part-0000001").unlink(), "part-0000001 is missing",
                    "part-0000001 is missing")

    def test_part_truncated(self):
        self.damage(lambda folder: os.truncate(folder / "part-0000001", 100), "part-0000001 has been altered or cut",
                    "part-0000001 has been altered or cut")

    def test_part_with_a_flipped_bit(self):
        def flip(folder):
            content = bytearray((folder / "part-0000000").read_bytes())
            content[12345] ^= 1
            (folder / "part-0000000").write_bytes(content)
        self.damage(flip, "part-0000000 has been altered or cut", "part-0000000 has been altered or cut")

    def test_parts_swapped(self):
        def swap(folder):
            (folder / "part-0000000").rename(folder / "x")
            (folder / "part-0000001").rename(folder / "part-0000000")
            (folder / "x").rename(folder / "part-0000001")
        self.damage(swap, "part-0000000 has been altered or cut", "part-0000000 has been altered or cut")

    def test_part_of_another_deposit(self):
        def take(folder):
            shutil.copy(self.deposit_folder(self.shop.folder / "archive", self.second) / "part-0000000", folder)
        self.damage(take, "part-0000000 is longer than it was", "part-0000000 is longer than it was", self.first)

    def test_receipt_altered(self):
        def alter(folder):
            receipt = (folder / "receipt").read_text()
            (folder / "receipt").write_text(receipt.replace("parts 2", "parts 1"))
        self.damage(alter, "receipt has been altered or cut", "receipt has been altered or cut")

    def test_a_lost_receipt_is_brought_back_from_the_log(self):
        copy = self.copy("lost")
        receipt = self.deposit_folder(copy, self.first) / "receipt"
        before = receipt.read_bytes()
        receipt.unlink()
        self.fails(1, "receipt is missing", "verify", "lost")
        self.shop.muniment("mirror", "pull", "lost", "--from", "archive")
        self.assertEqual(receipt.read_bytes(), before)
        self.shop.muniment("verify", "lost")

    # Checkpoints.

    def test_checkpoint_of_another_log(self):
        self.shop.found("other")
        copy = self.copy("foreign")
        shutil.copy(self.shop.folder / "other" / "checkpoint", copy / "checkpoint")
        self.fails(1, "the checkpoint is of another log", "verify", "foreign")
        self.fails(1, "damaged", "mirror", "audit", "archive", "foreign")

    def test_checkpoint_rolled_back_is_told_from_one_that_is_behind(self):
        self.shop.muniment("mirror", "push", "archive", "rolling")
        older = self.copy("older")
        words = self.words
        self.shop.muniment("deposit", "archive", "evidence/first", "--key", self.shop.key)
        self.fails(1, "behind by 2 entries", "mirror", "audit", "archive", "rolling")
        self.shop.muniment("mirror", "push", "archive", "rolling")
        self.shop.muniment("mirror", "audit", "archive", "rolling")
        shutil.rmtree(self.shop.folder / "rolling")
        shutil.copytree(older, self.shop.folder / "rolling")
        self.fails(1, "rolled back: it has shown", "mirror", "audit", "archive", "rolling")
        self.shop.muniment("mirror", "push", "archive", "newer")
        self.fails(3, "it is the newer one", "mirror", "push", "rolling", "newer")
        self.fails(3, "is the home of an archive", "mirror", "push", "rolling", "archive")
        self.fails(2, "is the archive itself", "mirror", "push", "archive", "archive")
        self.shop.muniment("recover", "--from", "rolling", "--from", "archive", "-o", "rolled-recovered", "--id",
                           words)

    # Homes.

    def test_a_copied_home_refuses_to_append(self):
        shutil.copytree(self.shop.folder / "archive", self.shop.folder / "clone")
        self.fails(3, "was copied from the home of the archive or restored", "deposit", "clone", "evidence/first",
                   "--key",
                   self.shop.key)
        shutil.rmtree(self.shop.folder / "clone" / "home")
        self.fails(3, "is a copy: it can be read", "deposit", "clone", "evidence/first", "--key", self.shop.key)
        self.shop.muniment("verify", "clone")

    def test_a_moved_home_goes_on(self):
        self.shop.found("moving")
        (self.shop.folder / "moving").rename(self.shop.folder / "moved")
        self.shop.muniment("deposit", "moved", "evidence/first", "--key", self.shop.key)

    def test_two_runs_at_once_do_not_both_append(self):
        self.shop.found("busy")
        runs = [self.shop.start("deposit", "busy", "evidence/second", "--key", self.shop.key,
                                "--json") for _ in range(4)]
        statuses = sorted(run.wait() for run in runs)
        self.assertEqual(statuses[0], 0)
        self.assertTrue(set(statuses) <= {0, 3}, statuses)
        self.shop.muniment("verify", "busy")

    # Places.

    def test_init_does_not_touch_a_folder_in_use(self):
        self.shop.write("used/file", "text")
        self.fails(3, "is not empty", "init", "used", "--no-trustees", "--custodian", "new.key")
        self.assertEqual(list(tree(self.shop.folder / "used")), ["file"])
        self.assertFalse((self.shop.folder / "new.key").exists())
        self.fails(2, "must not lie inside the archive", "init", "new", "--no-trustees", "--custodian",
                   "new/custodian.key")

    def test_seal_refuses_to_seal_its_own_output(self):
        self.fails(2, "lies in evidence", "seal", "--card", "archive.card", "-o", "evidence/sealed", "evidence")
        self.assertFalse((self.shop.folder / "evidence/sealed").exists())

    def test_open_overwrites_nothing(self):
        self.shop.muniment("open", "--to-disk", "archive", self.first, "-o", "opened", "--key", self.shop.key)
        before = tree(self.shop.folder / "opened")
        self.fails(3, "is there already. Nothing was written", "open", "--to-disk", "archive", self.first,
                   "-o", "opened", "--key", self.shop.key)
        self.assertEqual(tree(self.shop.folder / "opened"), before)

    def test_opened_files_lie_on_a_disk_only_on_request(self):
        part = self.deposit_folder(self.shop.folder / "archive", self.first)
        memory = pathlib.Path(tempfile.mkdtemp(prefix="muniment-test-", dir="/dev/shm"))
        self.addCleanup(shutil.rmtree, memory)
        (memory / "away").symlink_to(self.shop.folder)
        for command in (["open", "archive", self.first],
                        ["recover", "--salvage", part, "--archive", "archive"]):
            for target in ("disk", "not/there/yet/disk", memory / "away/disk", memory / "not/../away/disk"):
                done = self.fails(2, "flash memory keeps what was deleted from it. Nothing was written. Open into "
                                     "memory, which forgets: -o /dev/shm/disk; or, if it must be the disk, add "
                                     "--to-disk",
                                  *command, "-o", target, "--key", self.shop.key)
                self.assertEqual(done.stdout, "")
            self.assertEqual([*self.shop.folder.glob("**/disk")], [])
            self.assertEqual([path.name for path in memory.iterdir()], ["away"])
            target = memory / "not/there/yet"
            self.shop.muniment(*command, "-o", target, "--key", self.shop.key)
            self.assertEqual(len(tree(target)), 1)
            shutil.rmtree(memory / "not")
            self.shop.muniment(*command, "-o", f"disk-{command[0]}", "--to-disk", "--key", self.shop.key)
            self.assertEqual(len(tree(self.shop.folder / f"disk-{command[0]}")), 1)

    def test_what_is_not_there(self):
        self.fails(3, "No such file or directory", "seal", "--card", "archive.card", "-o", "x", "evidence/none")
        self.fails(3, "there is no archive at", "verify", "none")
        self.fails(3, "names no deposit", "open", "--to-disk", "archive", "0" * 64, "-o", "x", "--key", self.shop.key)
        self.fails(3, "its name could not be resolved", "verify", "https://archive.invalid/archive")

    def test_the_same_sealed_deposit_twice(self):
        done = self.shop.json("deposit", "archive", "sealed", "sealed", "--key", self.shop.key)
        self.assertEqual((len(done["taken"]), len(done["already"])), (0, 4))

    def test_a_deposit_for_another_archive_stays_where_it_is(self):
        self.shop.found("third")
        self.shop.muniment("seal", "--card", "third.card", "-o", "sealed-third", "evidence/first")
        before = tree(self.shop.folder / "sealed-third")
        self.fails(1, "was sealed for another archive", "deposit", "archive", "sealed-third", "--key", self.shop.key)
        self.assertEqual(tree(self.shop.folder / "sealed-third"), before)

    # The machine.

    def unprivileged(self):
        """Options that run the program as a user to whom permissions apply."""
        return {"user": 65534, "group": 65534} if os.geteuid() == 0 else {}

    def test_no_permission_to_read_one_file_names_it(self):
        folder = pathlib.Path(self.shop.folder)
        self.shop.write("closed/open", "text")
        self.shop.write("closed/secret", "text").chmod(0)
        folder.chmod(0o777)
        done = self.fails(1, "Permission denied", "seal", "--card", "archive.card", "-o", "sealed-closed", "closed",
                          **self.unprivileged())
        self.assertIn("closed/secret was left out", done.stderr)

    def test_no_permission_to_write(self):
        self.shop.folder.chmod(0o777)
        (self.shop.folder / "locked").mkdir(mode=0o555)
        self.fails(3, "Permission denied", "seal", "--card", "archive.card", "-o", "locked/sealed", "evidence/first",
                   **self.unprivileged())
        self.assertEqual(list((self.shop.folder / "locked").iterdir()), [])

    def test_no_room_leaves_no_half_deposit(self):
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
        self.fails(3, "nothing was sealed", "seal", "--card", "archive.card", "-o", "full", "evidence/second",
                   preexec_fn=limit)
        self.assertEqual(tree(self.shop.folder / "full"), {})
        self.shop.muniment("seal", "--card", "archive.card", "-o", "full", "evidence/second")

    def test_a_result_that_cannot_be_printed_is_not_a_success(self):
        with open("/dev/full", "w") as full:
            done = self.shop.muniment("list", "archive", expect=None, stdout=full, stderr=full)
        self.assertEqual(done.returncode, 3)


if __name__ == "__main__":
    blackbox.main()
