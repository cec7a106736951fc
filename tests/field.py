"""A device in the field for tests of the program as a whole: a folder to be sealed, a card, and the archive at home."""

import tempfile
import unittest

import blackbox
from workshop import Workshop, tree


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
