"""`seal --shred`: originals go when their sealed copies are on the disk and were read back, and not before."""

import os
import pathlib
import random
import re
import shutil
import tempfile
import time

import blackbox
from field import FieldTest
from workshop import tree

KILLS = 6


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
        blackbox.skip_with_a_sanitizer()
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
            shutil.rmtree(self.sealed, ignore_errors=True)  # a kill may come before it is made
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


if __name__ == "__main__":
    blackbox.main()
