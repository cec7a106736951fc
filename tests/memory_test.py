"""Any length of input streams through a bounded amount of memory: 64 MiB for each command, measured by the kernel.

The passphrase of a key file is the one exception: scrypt takes 256 MiB by itself, for a moment, by age's own default.
The key file of these tests is made with little work, so that what is left is measured; the last test says what the
default costs. Copying may have 80 MiB, since it works on two parts at once.
"""

import os
import shutil
import subprocess
import unittest

import blackbox
from workshop import Workshop

LARGE_BYTES = 300 << 20
LIMIT_KIB = 64 << 10
COPYING_LIMIT_KIB = 80 << 10  # two lanes have a part of 16 MiB each, and the heap may keep a third
SCRYPT_KIB = 256 << 10


class MemoryTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        blackbox.skip_with_a_sanitizer()
        cls.shop = Workshop()
        cls.addClassCleanup(cls.shop.close)
        cls.shop.found()
        cls.large = cls.shop.folder / "large"
        block = os.urandom(1 << 20)
        with open(cls.large, "wb") as file:
            for _ in range(LARGE_BYTES >> 20):
                file.write(block)

    def peak_kib(self, *arguments):
        """Runs the program and gives the largest amount of memory that it had in RAM."""
        command = [str(blackbox.program()), *map(str, arguments)]
        with open(self.shop.folder / "output", "wb") as output:
            child = subprocess.Popen(command, cwd=self.shop.folder, env=self.shop.env, stdout=output, stderr=output)
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(child.returncode, 0, (self.shop.folder / "output").read_text(errors="replace"))
        print(f"{arguments[0]}: {usage.ru_maxrss >> 10} MiB")
        return usage.ru_maxrss

    def test_every_command_stays_below_the_limit(self):
        peaks = {
            "seal": self.peak_kib("seal", "--card", "archive.card", "-o", "sealed", "large"),
            "deposit": self.peak_kib("deposit", "archive", "sealed", "--key", self.shop.key),
        }
        shutil.rmtree(self.shop.folder / "sealed")
        (deposit,) = self.shop.deposits()
        peaks["open"] = self.peak_kib("open", "--to-disk", "archive", deposit, "-o", "opened", "--key", self.shop.key)
        blackbox.run(["cmp", self.large, self.shop.folder / "opened/large"])
        shutil.rmtree(self.shop.folder / "opened")
        peaks["list"] = self.peak_kib("list", "archive", deposit, "--key", self.shop.key)
        peaks["verify"] = self.peak_kib("verify", "archive")
        self.assertEqual({name: kib for name, kib in peaks.items() if kib > LIMIT_KIB}, {})
        self.assertLess(self.peak_kib("mirror", "push", "archive", "mirror"), COPYING_LIMIT_KIB)

    def test_many_files_stay_below_the_limit(self):
        folder = self.shop.folder / "many"
        folder.mkdir()
        for i in range(6000):
            (folder / f"file {i}").write_text(str(i))
        self.assertLessEqual(self.peak_kib("seal", "--card", "archive.card", "-o", "sealed-many", "many"), LIMIT_KIB)
        self.assertLessEqual(self.peak_kib("deposit", "archive", "sealed-many", "--key", self.shop.key), LIMIT_KIB)
        for deposit in self.shop.deposits()[-2:]:
            self.assertLessEqual(self.peak_kib("list", "archive", deposit, "--key", self.shop.key), LIMIT_KIB)

    def test_very_long_paths_stay_below_the_limit(self):
        # Lists of contents as large as they get: opening holds every path several times.
        folder = self.shop.folder / "long" / "/".join(letter * 200 for letter in "abcdefghijklmn")
        folder.mkdir(parents=True)
        for i in range(1300):
            (folder / f"{i}{'y' * 150}").touch()
        self.assertLessEqual(self.peak_kib("deposit", "archive", "long", "--key", self.shop.key), LIMIT_KIB)
        first, second = self.shop.deposits()[-2:]  # 4 MiB of lines are full before 1,300 files
        for deposit in (first, second):
            opened = f"opened-{deposit}"
            self.assertLessEqual(
                self.peak_kib("open", "--to-disk", "archive", deposit, "-o", opened, "--key", self.shop.key), LIMIT_KIB)

    def test_a_passphrase_takes_what_scrypt_takes(self):
        self.peak_kib("init", "second", "--no-trustees", "--custodian", "default.key")
        peak = self.peak_kib("card", "second", "--key", "default.key", "-o", "second.card")
        self.assertGreater(peak, SCRYPT_KIB, "the work factor is not age's default any more")
        self.assertLessEqual(peak, SCRYPT_KIB + LIMIT_KIB)


if __name__ == "__main__":
    blackbox.main()
