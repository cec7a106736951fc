"""What npm ships of age, as judges: the vectors of `cctv-age`, and `age-encryption`, which knows hybrid keys.

On a machine without ../shared these are the vectors that are run.
"""

import functools
import os
import pathlib
import tempfile
import unittest
import xml.etree.ElementTree

import blackbox

VECTORS = 143
NO_MLKEM = 77  # how tests/tools/age_hybrid.cc ends where libcrypto lacks ML-KEM-768


@functools.cache
def installed():
    return blackbox.npm_packages("npm-age")


class NpmVectorsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = installed()
        cls.vectors = cls.folder / "shared" / "vectors" / "age"
        blackbox.run(["node", blackbox.source() / "tests" / "npm" / "write_vectors.mjs",
                      cls.folder / "node_modules" / "cctv-age", cls.vectors])

    def test_the_package_has_every_vector(self):
        self.assertEqual(len(list(self.vectors.iterdir())), VECTORS)

    def test_every_vector_of_the_package_ends_as_expected(self):
        report = self.folder / "age_test.xml"
        env = dict(os.environ, MUNIMENT_SHARED=str(self.folder / "shared"))
        blackbox.run([blackbox.build() / "age_test", "--gtest_brief=1", "--gtest_filter=*Vector*",
                      f"--gtest_output=xml:{report}"], env=env)
        cases = [case for case in xml.etree.ElementTree.parse(report).iter("testcase") if "/" in case.get("name")]
        skipped = [case.get("name") for case in cases if case.get("result") == "skipped"]
        print(f"{len(cases) - len(skipped)} vectors run, {len(skipped)} hybrid ones skipped in age_test itself")
        self.assertEqual(len(cases), VECTORS)

    def test_the_package_and_the_shared_folder_hold_the_same_vectors(self):
        if blackbox.shared() is None:
            self.skipTest("there is no ../shared on this machine")
        for vector in self.vectors.iterdir():
            self.assertEqual(vector.read_bytes(), (blackbox.shared() / "vectors" / "age" / vector.name).read_bytes())


class AgeEncryptionTest(unittest.TestCase):
    """Hybrid seals both ways. The same commands for both sides: tests/tools/age_hybrid.cc, tests/npm/age_hybrid.mjs."""

    SIZES = (0, 1, 65536, 65537, 300_000)

    @classmethod
    def setUpClass(cls):
        packages = installed()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        script = blackbox.source() / "tests" / "npm" / "age_hybrid.mjs"
        cls.theirs = ["node", script, packages / "node_modules"]
        cls.ours = [blackbox.build() / "tests" / "age_hybrid"]
        made = blackbox.run([*cls.ours, "new", cls.folder / "ada"], expect=None)
        if made.returncode == NO_MLKEM:
            raise unittest.SkipTest(made.stderr.strip())
        cls.ada = made.stdout.strip()
        cls.ben = cls.run_them("new", cls.folder / "ben").stdout.strip()
        cls.run_them("new", cls.folder / "eve")
        for size in cls.SIZES:
            (cls.folder / f"plain-{size}").write_bytes(bytes(i * i % 251 for i in range(size)))

    @classmethod
    def run_us(cls, *arguments, expect=0):
        return blackbox.run([*cls.ours, *arguments], expect=expect)

    @classmethod
    def run_them(cls, *arguments, expect=0):
        return blackbox.run([*cls.theirs, *arguments], expect=expect)

    def test_both_have_the_same_recipient_for_a_key(self):
        self.assertEqual(self.run_them("recipient", self.folder / "ada").stdout.strip(), self.ada)
        self.assertEqual(self.run_us("recipient", self.folder / "ben").stdout.strip(), self.ben)

    def test_it_opens_what_we_seal(self):
        for size in self.SIZES:
            plain = self.folder / f"plain-{size}"
            file, armored, opened = (self.folder / name for name in ("ours.age", "ours.txt", "opened-by-them"))
            self.run_us("seal", plain, file, armored, self.ada, self.ben)
            for key in ("ada", "ben"):
                for sealed in (file, armored):
                    self.run_them("open", self.folder / key, sealed, opened)
                    self.assertEqual(opened.read_bytes(), plain.read_bytes(), (size, key, sealed))
            self.run_them("open", self.folder / "eve", file, opened, expect=1)

    def test_we_open_what_it_seals(self):
        for size in self.SIZES:
            plain = self.folder / f"plain-{size}"
            file, opened = self.folder / "theirs.age", self.folder / "opened-by-us"
            self.run_them("seal", plain, file, self.ada, self.ben)
            for key in ("ada", "ben"):
                self.run_us("open", self.folder / key, file, opened)
                self.assertEqual(opened.read_bytes(), plain.read_bytes(), (size, key))
            self.run_us("open", self.folder / "eve", file, opened, expect=1)


if __name__ == "__main__":
    blackbox.main()
