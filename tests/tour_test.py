"""The README's ten minutes, typed exactly as they stand there, on an empty folder."""

import os
import re
import unittest

import blackbox
from workshop import Workshop


class TourTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shop = Workshop()
        (cls.shop.folder / "bin").mkdir()
        (cls.shop.folder / "bin" / "muniment").symlink_to(blackbox.program())
        (cls.shop.folder / "empty").mkdir()
        cls.env = dict(cls.shop.env, PATH=f"{cls.shop.folder / 'bin'}:{os.environ['PATH']}")

    @classmethod
    def tearDownClass(cls):
        cls.shop.close()

    def blocks(self):
        readme = (blackbox.source() / "README.md").read_text(encoding="utf-8")
        section = re.search(r"## Ten minutes with it\n(.*?)\n## ", readme, re.DOTALL).group(1)
        return re.findall(r"```sh\n(.*?)```", section, re.DOTALL)

    def type(self, lines, **env):
        return blackbox.run(["bash", "-e", "-o", "pipefail", "-c", lines], cwd=self.shop.folder / "empty",
                            env=dict(self.env, **env))

    def test_every_line_does_what_the_text_says(self):
        before, after = self.blocks()
        shown = self.type(before).stdout
        words = re.search(r"Its id, in 12 words:\s+(.+)", shown).group(1)
        deposit = re.search(r"^\s+1  ([0-9a-f]{16})  ", shown, re.MULTILINE).group(1)
        self.assertIn("This copy is whole", shown)
        shown = self.type(after, WORDS=words, DEPOSIT=deposit[:8]).stdout
        self.assertIn("Everything that its log names is there, was read back, and is as it was.", shown)
        opened = self.shop.folder / "empty" / "opened" / "evidence" / "statement.txt"
        self.assertEqual(opened.read_text(), "An invented statement.\n")


if __name__ == "__main__":
    blackbox.main()
