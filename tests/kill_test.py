"""kill -9 at random moments of every command that writes, each followed by a run that completes and verifies.

Two hundred kills in all, fifty for each of seal, deposit, mirror push and recover. What the killed run left in its
staging folder must still be there after the next run: nothing clears another run's work.
"""

import os
import pathlib
import random
import shutil
import signal
import time
import unittest

import blackbox
from workshop import Workshop, tree

KILLS = 50
FILES = 12
LARGE_BYTES = 20 << 20  # two parts, so that there is something to be cut in the middle


class KillTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shop = Workshop()
        cls.shop.found()
        for i in range(FILES):
            cls.shop.write(f"evidence/file-{i}", os.urandom(3000 * i))
        cls.shop.write("evidence/large", os.urandom(LARGE_BYTES))
        cls.seed = random.randrange(1 << 32)
        print(f"seed {cls.seed}")

    @classmethod
    def tearDownClass(cls):
        cls.shop.close()

    def setUp(self):
        self.random = random.Random(self.seed)

    def timed(self, *arguments):
        """Runs the command to its end, and takes what that lasted for the life of the next one."""
        started = time.monotonic()
        self.shop.muniment(*arguments)
        self.life = time.monotonic() - started

    def kill_at_random(self, *arguments):
        """Starts the command and kills it at a moment of its life. True when it was still alive."""
        process = self.shop.start(*arguments)
        time.sleep(self.random.uniform(0, self.life))
        was_alive = process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
        return was_alive

    def killed_runs(self, prepare):
        """Yields the arguments of each of KILLS runs that a kill hit. `prepare` makes ready for a run, and says how
        it is started. What ended before its kill came is not counted. The life that is reckoned with follows the
        machine, so that about one kill in four comes too late, and the others everywhere."""
        hits = 0
        for _ in range(4 * KILLS):
            arguments = prepare(hits)
            if self.kill_at_random(*arguments):
                hits += 1
                self.life *= 1.03
                yield arguments
            else:
                self.life *= 0.9
            if hits == KILLS:
                return
        self.fail(f"{hits} of {4 * KILLS} kills hit a running process")

    def leftovers(self, folder):
        staging = self.shop.folder / folder / "staging"
        return {path: tree(path) for path in staging.iterdir()} if staging.is_dir() else {}

    def assert_leftovers_untouched(self, before):
        for path, files in before.items():
            self.assertEqual(tree(path), files, f"{path} was touched by a later run")

    def assert_sums(self, deposit):
        blackbox.run(["sha256sum", "--status", "-c", "receipt", "SHA256SUMS"], cwd=deposit)

    def fresh(self, name):
        shutil.rmtree(self.shop.folder / name, ignore_errors=True)
        return name

    def test_seal_killed_anywhere_starts_again_and_leaves_no_half_deposit(self):
        def prepare(_):
            return ["seal", "--card", "archive.card", "-o", self.fresh("sealed"), "evidence"]

        self.timed(*prepare(0))
        for arguments in self.killed_runs(prepare):
            left = self.leftovers("sealed")
            for deposit in (path for path in (self.shop.folder / "sealed").glob("*") if path.name != "staging"):
                self.assert_sums(deposit)
            again = self.shop.json(*arguments)
            self.assertEqual(again["files"], FILES + 1)
            self.assert_sums(self.shop.folder / again["deposits"][0]["folder"])
            self.assert_leftovers_untouched(left)

    def test_deposit_killed_anywhere_is_completed_by_the_next_run(self):
        before = set()

        def prepare(hits):
            if hits % 10 == 0:  # a small archive keeps the checks quick
                self.fresh("home")
                (self.shop.folder / "home.card").unlink(missing_ok=True)
                self.shop.found("home")
            before.clear()
            before.update(self.shop.deposits("home"))
            return ["deposit", "home", "evidence", "--again", "--key", self.shop.key]

        self.timed(*prepare(0))
        for arguments in self.killed_runs(prepare):
            left = self.leftovers("home")
            done = self.shop.json(*arguments)
            self.assertEqual((done["refused"], done["catalogueTrouble"]), ([], None))
            # What the killed run had put into deposits/ is in the log now, and so is all that was there before.
            now = set(self.shop.deposits("home"))
            self.assertLess(before, now)
            on_disk = {path.name for path in (self.shop.folder / "home" / "deposits").glob("*/*")}
            self.assertEqual(on_disk, now)
            report = self.shop.json("verify", "home")
            self.assertEqual((report["findings"], report["unlogged"]), ([], []))
            self.assert_leftovers_untouched(left)

    def with_a_full_archive(self):
        self.fresh("full")
        (self.shop.folder / "full.card").unlink(missing_ok=True)
        words = self.shop.found("full")
        self.shop.muniment("deposit", "full", "evidence", "--key", self.shop.key)
        self.shop.muniment("deposit", "full", "evidence/large", "--again", "--key", self.shop.key)
        return words

    def assert_readable_or_not_yet(self, name):
        """What a reader sees of a copy that is being made: nothing yet, or something whole."""
        if (self.shop.folder / name / "checkpoint").exists():
            self.shop.muniment("verify", name)

    def test_push_killed_anywhere_goes_on_and_never_shows_a_checkpoint_without_its_objects(self):
        self.with_a_full_archive()

        def prepare(_):
            return ["mirror", "push", "full", self.fresh("copy")]

        self.timed(*prepare(0))
        for arguments in self.killed_runs(prepare):
            self.assert_readable_or_not_yet("copy")
            left = self.leftovers("copy")
            self.shop.muniment(*arguments)
            self.shop.muniment("verify", "copy")
            self.assert_leftovers_untouched(left)

    def test_recover_killed_anywhere_goes_on(self):
        words = self.with_a_full_archive()
        self.shop.muniment("mirror", "push", "full", self.fresh("one"), self.fresh("two"))
        part = next(pathlib.Path(self.shop.folder / "one").glob("deposits/*/*/part-0000001"))
        part.write_bytes(b"altered" + part.read_bytes()[7:])

        def prepare(_):
            return ["recover", "--from", "one", "--from", "two", "-o", self.fresh("back"), "--id", words]

        self.timed(*prepare(0))
        for arguments in self.killed_runs(prepare):
            self.assert_readable_or_not_yet("back")
            left = self.leftovers("back")
            self.shop.muniment(*arguments)
            self.shop.muniment("verify", "back", "--id", words)
            self.assert_leftovers_untouched(left)


if __name__ == "__main__":
    blackbox.main()
