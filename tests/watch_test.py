"""`seal --watch`: what appears in a folder is sealed within seconds, once, and together with what came with it."""

import hashlib
import json
import os
import queue
import re
import signal
import subprocess
import threading
import time

import blackbox
from field import FieldTest
from workshop import tree

SECONDS_MAX = 60  # for what takes two on a machine that does nothing else


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
        self.write({"before": b"0"})
        watching = Watching(self)
        watching.line("It ends")
        watching.line("Sealed 1 file ")
        self.write({"a": b"1", "deep/b": os.urandom(2_000_000), "unfinished.part": b"3"})
        watching.line("Sealed 2 files ")
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

    def test_with_shred_the_folder_is_emptied_but_for_what_is_being_written(self):
        watching = Watching(self, "--shred", "--json")
        files = self.write({"before": b"0"})
        with open(self.source / "film", "wb") as film:
            film.write(b"1" * 100_000)
            film.flush()
            files |= self.write({"a": b"1", "deep/b": b"2"})
            watching.line("Sealed 3 files ")
            self.assertTrue(watching.is_silent(2.5))
            film.write(b"2" * 100_000)
        watching.line("Sealed 1 file ")
        with open(self.source / "next", "wb") as unfinished:
            unfinished.write(b"1")
            unfinished.flush()
            time.sleep(0.3)
            said, status = watching.end()
        self.assertEqual(status, 1)
        self.assertEqual(os.listdir(self.source), ["next"])
        notes, document = said[:said.index("{\n")], said[said.index("{\n"):]
        self.assertIn("next is not sealed yet", notes)
        done = json.loads(document)
        self.assertEqual(done["left"], [])
        self.assertEqual(done["waiting"], [str(self.source / "next")])
        self.assertEqual(done["files"], 4)
        self.assertEqual((self.sealed / "watched/record").read_text().count("\n"), 2, "nothing is remembered")
        opened = self.opened()
        self.assertEqual(len(opened), 4)
        for name in ("before", "a", "deep/b"):
            self.assertEqual(opened[f"{self.name}/{name}"], files[name])
        self.assertEqual(opened[f"{self.name}/film"], hashlib.sha256(b"1" * 100_000 + b"2" * 100_000).hexdigest())

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
