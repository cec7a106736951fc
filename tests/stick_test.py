"""Sneakernet: an archive on several sticks, joined again; and wrapped as one opaque file."""

import os
import subprocess
import tempfile
import unittest

import blackbox
from workshop import Workshop


class StickTest(unittest.TestCase):
    def setUp(self):
        self.shop = Workshop()
        self.addCleanup(self.shop.close)
        self.words = self.shop.found()
        for number in range(5):
            (self.shop.folder / f"{number}.bin").write_bytes(os.urandom(200_000))
            self.shop.muniment("deposit", "archive", f"{number}.bin", "--key", self.shop.key)

    def push(self, *arguments, expect=0):
        return self.shop.json("mirror", "push", "archive", *arguments, expect=expect)

    def pull(self, copy, *sources, expect=0):
        options = [option for source in sources for option in ("--from", source)]
        return self.shop.json("mirror", "pull", copy, *options, "--id", self.words, expect=expect)

    def size(self, folder):
        return sum(path.stat().st_size for path in (self.shop.folder / folder).rglob("*") if path.is_file())

    def test_sticks_that_each_keep_to_the_limit_join_to_the_archive(self):
        pushed = self.push("stick-1", "stick-2", "stick-3", "stick-4", "--limit", "600K")
        sticks = pushed["sticks"]
        self.assertIsNone(pushed["next"])
        self.assertGreater(len(sticks), 1)
        for stick in sticks:
            self.assertLessEqual(self.size(stick["where"]), 600_000)
        self.assertEqual(sum(stick["deposits"] for stick in sticks), 5)
        # One after the other: the copy shows nothing before it has all.
        for number, stick in enumerate(sticks):
            is_last = number == len(sticks) - 1
            pulled = self.pull("copy", stick["where"], expect=0 if is_last else 1)
            self.assertEqual(pulled["elsewhere"] == 0, is_last)
            self.assertEqual((self.shop.folder / "copy/checkpoint").exists(), is_last)
        self.shop.muniment("verify", "copy", "--id", self.words)
        # All together.
        self.pull("together", *(stick["where"] for stick in reversed(sticks)))
        self.shop.muniment("verify", "together", "--id", self.words)

    def test_the_command_says_how_to_go_on(self):
        said = self.shop.muniment("mirror", "push", "archive", "stick", "--limit", "600K").stdout
        (line,) = [line for line in said.splitlines() if "--from-entry" in line]
        command = line.split("muniment ", 1)[1].replace("NEXT", "next").split()
        self.shop.muniment(*command)
        again = self.push("stick", "--limit", "600K")
        self.assertEqual(again["sticks"][0]["fromEntry"], 0, "a stick that was begun is gone on with")
        self.push("stick", "--limit", "600K", "--from-entry", "3", expect=3)
        self.push("small", "--limit", "100K", expect=3)
        self.shop.muniment("mirror", "push", "archive", "stick", "--from-entry", "3", expect=2)

    def test_what_a_stick_is_worth_is_said(self):
        self.push("stick", "--limit", "600K")
        said = self.shop.muniment("verify", "stick", "--id", self.words).stdout
        self.assertIn("one stick's part", said)
        (audited,) = self.shop.json("mirror", "audit", "archive", "stick", expect=1)["copies"][1:]
        self.assertEqual(audited["state"], "one stick of several")
        self.assertEqual(self.shop.json("status", "archive")["onThisMachineOnly"], 5)

    def test_a_wrapped_stick_shows_nothing_and_opens_for_its_key_alone(self):
        recipient = self.shop.json("key", "reader.key", "--pseudonym", "reader-1")["recipient"]
        pushed = self.push("parcel", "--wrapped", recipient)
        file = self.shop.folder / "parcel"
        self.assertLessEqual(file.stat().st_size, pushed["sticks"][0]["bytes"])
        self.assertTrue(file.read_bytes().startswith(b"age-encryption.org/v1\n"))
        self.assertNotIn(b"deposits", file.read_bytes())
        self.push("parcel", "--wrapped", recipient, expect=3)  # it is there
        self.shop.json("mirror", "unwrap", "parcel", "-o", "nothing", "--key", self.shop.key, expect=3)
        self.shop.json("mirror", "unwrap", "parcel", "-o", "unwrapped", "--key", "reader.key")
        self.pull("copy", "unwrapped")
        self.shop.muniment("verify", "copy", "--id", self.words)

    def test_stock_tools_open_a_wrapped_stick(self):
        with tempfile.TemporaryDirectory() as place:
            key = os.path.join(place, "key")
            subprocess.run(["age-keygen", "-o", key], check=True, capture_output=True)
            recipient = subprocess.run(["age-keygen", "-y", key], check=True, capture_output=True, text=True).stdout
            self.push("parcel", "--wrapped", recipient.strip())
            script = 'age -d -i "$1" "$2" | { tar x -C "$3" && cat >/dev/null; }'
            subprocess.run(["bash", "-o", "pipefail", "-c", script, "bash", key, self.shop.folder / "parcel", place],
                           check=True)
            os.unlink(key)
            self.pull("copy", place)
            self.shop.muniment("verify", "copy", "--id", self.words)

    def test_a_parcel_that_cannot_be_written_leaves_nothing(self):
        self.push("nowhere/parcel", "--wrapped", "age1qqqq", expect=1)
        recipient = self.shop.json("key", "reader.key", "--pseudonym", "reader-1")["recipient"]
        self.push("nowhere/parcel", "--wrapped", recipient, expect=3)
        self.assertEqual([path.name for path in self.shop.folder.glob("*.unfinished")], [])


if __name__ == "__main__":
    blackbox.main()
