"""Our log held against Go's: see go/judge.go. Needs Go and Debian's golang-golang-x-mod-dev, else it is skipped."""

import contextlib
import pathlib
import tempfile
import unittest

import blackbox


class GoJudgeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.judge = blackbox.go_program(pathlib.Path(folder.name), "judge")
        cls.log = pathlib.Path(folder.name) / "log"
        blackbox.run([blackbox.build() / "tests/write_test_log", cls.log])

    def assert_refused(self, *words):
        refused = blackbox.run([self.judge, self.log], expect=1)
        for word in words:
            self.assertIn(word, refused.stderr)

    @contextlib.contextmanager
    def rewritten(self, name, change):
        """The file `name` with its bytes changed; afterwards it is as before."""
        path = self.log / name
        before = path.read_bytes()
        after = change(before)
        self.assertNotEqual(before, after)
        path.write_bytes(after)
        try:
            yield
        finally:
            path.write_bytes(before)

    def test_agrees_on_the_whole_log(self):
        agreed = blackbox.run([self.judge, self.log])
        print(agreed.stdout.strip())
        # 65537 entries: 257 bundles, 257 tiles of level 0, one of level 1 and one of level 2.
        self.assertIn("agreed on 601 checkpoints", agreed.stdout)
        self.assertIn("259 tiles, 257 bundles", agreed.stdout)

    def test_refuses_a_flipped_byte(self):
        cases = [
            ("inclusion/300", 10, "inclusion proof"),
            ("consistency/300", 10, "consistency proof"),
            ("checkpoints/300", 30, "checkpoint"),
            ("checkpoints/65537", -10, "checkpoint"),
            ("log/tile/0/000", 100, "tile/0/000"),
            ("log/tile/1/000", 8191, "tile/1/000"),
            ("log/tile/entries/256.p/1", 3, "tile/entries/256.p/1"),
        ]
        for name, offset, word in cases:
            with self.subTest(name=name), self.rewritten(name, lambda old, at=offset: flipped(old, at)):
                self.assert_refused("difference", word)

    def test_refuses_what_is_missing_or_too_much(self):
        with self.subTest("a proof is missing"):
            with self.rewritten("inclusion/600", lambda old: b"".join(old.splitlines(True)[:-1])):
                self.assert_refused("missing")
        with self.subTest("a hash of a proof is missing"):
            with self.rewritten("inclusion/600", lambda old: old[:-46] + b"\n"):
                self.assert_refused("inclusion proof of entry 599")
        with self.subTest("another log's key"):
            other = b"sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8\n"
            with self.rewritten("key", lambda _: other):
                self.assert_refused("checkpoint")
        with self.subTest("a tile is missing"):
            path = self.log / "log/tile/2/000.p/1"
            data = path.read_bytes()
            path.unlink()
            self.assert_refused("missing")
            path.write_bytes(data)
        with self.subTest("a tile too many"):
            path = self.log / "log/tile/0/256.p/2"
            path.write_bytes(b"")
            self.assert_refused("tile/0/256.p/2")
            path.unlink()


def flipped(data, at):
    """One byte altered, and base64 stays base64 where it is one."""
    changed = bytearray(data)
    changed[at] = ord("B") if changed[at] == ord("A") else ord("A")
    return bytes(changed)


if __name__ == "__main__":
    blackbox.main()
