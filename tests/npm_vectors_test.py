"""The age vectors as npm's `cctv-age` ships them, run by age_test: the same judge by another road.

On a machine without ../shared these are the vectors that are run.
"""

import os
import unittest
import xml.etree.ElementTree

import blackbox

VECTORS = 143


class NpmVectorsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = blackbox.npm_packages("npm")
        vectors = cls.folder / "shared" / "vectors" / "age"
        blackbox.run(["node", blackbox.source() / "tests" / "npm" / "write_vectors.mjs",
                      cls.folder / "node_modules" / "cctv-age", vectors])
        cls.vectors = vectors

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


if __name__ == "__main__":
    blackbox.main()
