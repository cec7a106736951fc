"""`seal --shred` and `seal --watch`: originals go when their sealed copies are on the disk, and not before; what
appears in a folder is sealed within seconds, once, and together with what came with it."""

import json
import os
import pathlib
import queue
import random
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import unittest

import blackbox
from workshop import Workshop, tree

KILLS = 6
SECONDS_MAX = 60  # for what takes two on a machine that does nothing else


class FieldTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # Where the system's temporary files lie in memory, --shred is refused.
        usual, tempfile.tempdir = tempfile.tempdir, str(blackbox.build())
        try:
            cls.shop = Workshop()
        finally:
            tempfile.tempdir = usual
        cls.addClassCleanup(cls.shop.close)
        cls.folder = cls.shop.folder
        cls.shop.found()

    def setUp(self):
        self.name = self.id().rsplit(".", 1)[-1][5:40]
        self.source = self.folder / self.name
        self.source.mkdir()
        self.sealed = self.folder / f"{self.name}-sealed"

    def write(self, files):
        for name, content in files.items():
            self.shop.write(f"{self.name}/{name}", content)
        return tree(self.source)

    def seal(self, *options, expect=0):
        return self.shop.json("seal", "--card", "archive.card", "-o", self.sealed.name, *options, expect=expect)

    def opened(self):
        """The files of all that was sealed, as a custodian gets them; nothing that was sealed is refused."""
        taken = self.shop.json("deposit", "archive", self.sealed.name, "--key", self.shop.key)
        self.assertEqual(taken["refused"], [])
        files = {}
        for deposit in taken["taken"]:
            target = self.folder / f"opened-{deposit['id'][:16]}"
            self.shop.muniment("open", "archive", deposit["id"], "-o", target, "--key", self.shop.key, "--to-disk")
            files |= tree(target)
        return files

    def under_name(self, files):
        return {f"{self.name}/{path}": digest for path, digest in files.items()}


class ShredTest(FieldTest):
    def test_originals_and_emptied_folders_go_and_open_as_they_were(self):
        files = self.write({"a": b"first", "deep/er/b": os.urandom(3_000_000), "empty": b""})
        done = self.seal("--shred", self.name)
        self.assertFalse(self.source.exists())
        self.assertEqual(done["left"], [])
        self.assertEqual(set(done["removed"]), {self.name} | {f"{self.name}/{path}" for path in
                                                              ("a", "deep", "deep/er", "deep/er/b", "empty")})
        self.assertEqual(done["readBack"], "disk")
        self.assertEqual(self.opened(), self.under_name(files))

    def test_what_stays_is_named_and_is_as_it_was(self):
        files = self.write({"twice": b"1", "read-only": b"2", "in-use": b"3", "goes": b"4"})
        outside = self.shop.write("outside", b"5")
        os.link(self.source / "twice", self.folder / "second-name")
        (self.source / "read-only").chmod(0o444)
        (self.source / "link").symlink_to(outside)
        with open(self.source / "in-use", "rb"):
            done = self.seal("--shred", self.name, expect=1)
        why = {pathlib.Path(left["path"]).name: left["why"] for left in done["left"]}
        self.assertEqual(set(why), {"twice", "read-only", "in-use", "link"})
        self.assertIn("2 names", why["twice"])
        self.assertIn("read-only", why["read-only"])
        self.assertIn("in use", why["in-use"])
        self.assertIn("link", why["link"])
        self.assertEqual(done["removed"], [f"{self.name}/goes"])
        del files["goes"]
        self.assertEqual(tree(self.source), files)
        self.assertEqual(outside.read_bytes(), b"5")

    def test_every_object_is_read_from_the_disk_before_the_first_byte_is_overwritten(self):
        if shutil.which("strace") is None:
            self.skipTest("strace is not installed")
        self.write({"a": os.urandom(2_000_000), "b": b"2"})
        log = self.folder / "calls"
        blackbox.run(["strace", "-f", "-qq", "-y", "-e", "trace=fadvise64,read,pwrite64,ftruncate,unlink,rmdir,fsync",
                      "-e", "read=none", "-s", "0", "-o", log, blackbox.program(), "seal", "--card", "archive.card",
                      "-o", self.sealed.name, "--shred", self.name], cwd=self.folder)
        calls = log.read_text().splitlines()
        objects = [str(path) for path in self.sealed.rglob("*") if path.is_file()]
        overwritten = next(i for i, call in enumerate(calls) if "pwrite64(" in call)
        for path in objects:
            dropped = next(i for i, call in enumerate(calls) if "fadvise64(" in call and f"<{path}>" in call)
            read = max(i for i, call in enumerate(calls) if "read(" in call and f"<{path}>" in call)
            self.assertLess(dropped, read, path)
            self.assertLess(read, overwritten, path)
        for name in ("a", "b"):
            steps = [next(i for i, call in enumerate(calls) if re.search(step, call) and f"{self.name}/{name}" in call)
                     for step in ("pwrite64\\(", "fsync\\(", "ftruncate\\(", "unlink\\(")]
            self.assertEqual(steps, sorted(steps), name)

    def test_killed_anywhere_nothing_is_lost(self):
        seed = random.randrange(1 << 32)
        print(f"seed {seed}")
        chance = random.Random(seed)
        files = self.write({f"{i:02}": chance.randbytes(300_000) for i in range(12)})
        kept = {name: (self.source / name).read_bytes() for name in files}
        command = ["seal", "--card", "archive.card", "-o", self.sealed.name, "--shred", self.name]
        started = time.monotonic()
        self.shop.muniment(*command)
        duration = time.monotonic() - started
        for _ in range(KILLS):
            shutil.rmtree(self.sealed)
            self.write(kept)
            process = self.shop.start(*command)
            time.sleep(chance.uniform(0.3, 1.1) * duration)
            process.kill()
            process.wait()
            there = tree(self.source) if self.source.exists() else {}
            lost = [name for name in files if there.get(name) != files[name]]
            if lost:
                opened = self.opened_and_forgotten()
                self.assertEqual({name: opened.get(f"{self.name}/{name}") for name in lost},
                                 {name: files[name] for name in lost})

    def opened_and_forgotten(self):
        """As opened(), where a run that was killed has left a folder in staging."""
        taken = self.shop.json("deposit", "archive", self.sealed.name, "--key", self.shop.key, expect=None)
        files = {}
        for deposit in taken["taken"]:
            target = self.folder / f"opened-{deposit['id'][:16]}"
            self.shop.muniment("open", "archive", deposit["id"], "-o", target, "--key", self.shop.key, "--to-disk")
            files |= tree(target)
        return files

    def test_what_is_given_twice_or_cannot_last_is_refused_and_nothing_is_touched(self):
        files = self.write({"a": b"1", "deep/b": b"2"})
        for paths in ((self.name, self.name), (self.name, f"{self.name}/deep"),
                      (f"./{self.name}/a", self.source / "a")):
            self.assertIn("give it once", self.seal("--shred", *paths, expect=2)["error"]["sentence"])
        memory = pathlib.Path(tempfile.mkdtemp(dir="/dev/shm"))
        self.addCleanup(shutil.rmtree, memory)
        done = self.shop.json("seal", "--card", "archive.card", "-o", memory / "sealed", "--shred", self.name, expect=2)
        self.assertIn("lies in memory", done["error"]["sentence"])
        self.assertEqual(tree(self.source), files)

    def test_it_says_what_a_disk_may_keep(self):
        self.write({"a": b"1"})
        done = self.shop.muniment("seal", "--card", "archive.card", "-o", self.sealed.name, "--shred", self.name)
        for word in ("flash", "snapshots", "journals", "clouds", "backups", "encrypted"):
            self.assertIn(word, done.stdout)
        self.assertNotIn("originals are still", done.stdout)


class Watching:
    """The program while it watches; its lines, as they come."""

    def __init__(self, test, *options):
        self.process = subprocess.Popen(
            [blackbox.program(), "seal", "--card", "archive.card", "-o", test.sealed.name, "--watch", test.name,
             *options], cwd=test.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.lines = queue.Queue()
        self.reader = threading.Thread(target=lambda: [self.lines.put(line) for line in self.process.stdout])
        self.reader.start()
        test.addCleanup(self.process.stdout.close)
        test.addCleanup(self.reader.join)
        test.addCleanup(self.process.kill)

    def line(self, beginning):
        """The next line that begins so; another deposit before it is a mistake."""
        end = time.monotonic() + SECONDS_MAX
        while True:
            line = self.lines.get(timeout=max(0.1, end - time.monotonic()))
            if line.startswith(beginning):
                return line
            if re.match(r"Sealed \d", line):
                raise AssertionError(f"not {beginning!r}, but {line!r}")

    def is_silent(self, seconds):
        try:
            return self.lines.get(timeout=seconds) is None
        except queue.Empty:
            return True

    def end(self, number=signal.SIGTERM):
        """All that it still says, and its exit status."""
        self.process.send_signal(number)
        status = self.process.wait(timeout=SECONDS_MAX)
        self.reader.join()
        rest = []
        while not self.lines.empty():
            rest.append(self.lines.get())
        return "".join(rest), status


class WatchTest(FieldTest):
    def test_what_appears_is_sealed_once_also_over_a_restart(self):
        files = self.write({"before": b"0"})
        watching = Watching(self)
        watching.line("It ends")
        watching.line("Sealed 1 file ")
        files |= self.write({"a": b"1", "deep/b": os.urandom(2_000_000)})
        watching.line("Sealed 2 files ")
        self.write({"unfinished.part": b"3"})
        self.assertTrue(watching.is_silent(3.5))
        (self.source / "unfinished.part").rename(self.source / "finished")
        watching.line("Sealed 1 file ")
        said, status = watching.end(signal.SIGINT)
        self.assertEqual(status, 0, said)
        self.assertIn("Sealed in all 4 files", said)

        self.write({"while-it-was-off": b"4"})
        watching = Watching(self)
        watching.line("Sealed 1 file ")
        said, status = watching.end()
        self.assertEqual(status, 0)
        self.assertIn("Sealed in all 1 file ", said)
        names = [os.fsencode(name) for name in ("before", "deep", "while-it-was-off", self.name)]
        for path in self.sealed.rglob("*"):
            if path.is_file():
                self.assertEqual([name for name in names if name in path.read_bytes()], [], path)
        self.assertEqual(stat_mode(self.sealed / "watched"), 0o700)
        self.assertEqual(self.opened(), self.under_name(tree(self.source)))

    def test_a_file_that_is_being_written_is_waited_for(self):
        watching = Watching(self)
        watching.line("It ends")
        with open(self.source / "film", "wb") as film:
            film.write(b"1" * 100_000)
            film.flush()
            self.assertTrue(watching.is_silent(4))
            film.write(b"2" * 100_000)
        started = time.monotonic()
        watching.line("Sealed 1 file ")
        self.assertLess(time.monotonic() - started, SECONDS_MAX / 2)
        with open(self.source / "next", "wb") as unfinished:
            unfinished.write(b"1")
            unfinished.flush()
            time.sleep(0.5)
            said, status = watching.end()
        self.assertEqual(status, 1)
        self.assertIn("next is not sealed yet", said)

    def test_with_shred_the_folder_is_emptied(self):
        watching = Watching(self, "--shred", "--json")
        time.sleep(0.3)
        files = self.write({"a": b"1", "deep/b": b"2"})
        watching.line("Sealed 2 files ")
        files |= self.write({"c": b"3"})
        watching.line("Sealed 1 file ")
        said, status = watching.end()
        self.assertEqual(status, 0, said)
        self.assertEqual(list(self.source.iterdir()), [])
        done = json.loads(said)
        self.assertEqual(done["left"], [])
        self.assertEqual(done["waiting"], [])
        self.assertEqual(done["files"], 3)
        self.assertEqual((self.sealed / "watched/record").read_text().count("\n"), 2, "nothing is remembered")
        self.assertEqual(self.opened(), self.under_name(files))

    def test_misuse_is_told(self):
        self.write({"a": b"1"})
        for options, sentence in [(("--watch", self.name, "a"), "no PATH"), ((), "PATH is required"),
                                  (("--watch", f"{self.name}/a"), "a folder is watched"),
                                  (("--watch", "nothing"), "No such file"), (("--watch", "."), "lies in the other")]:
            done = self.seal(*options, expect=None)
            self.assertIn(sentence, done["error"]["sentence"])
        first = Watching(self)
        first.line("It ends")
        self.assertEqual(self.seal("--watch", self.name, expect=3)["error"]["code"], "conflict")
        first.end()


def stat_mode(path):
    return path.stat().st_mode & 0o777


if __name__ == "__main__":
    blackbox.main()
