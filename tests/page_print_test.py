"""The pages to be printed, as other people's programs see them: poppler counts the sheets, reads the words back, says
which fonts are inside and where each word stands.
"""

import pathlib
import re
import shutil
import tempfile
import unittest

import blackbox

KINDS = ("field", "volunteer", "trustee", "custodian")
LANGUAGES = ("en", "ru", "uk", "be")
MARGIN = 45  # points; pages have 50


class PrintedPageTest(unittest.TestCase):
    def setUp(self):
        if shutil.which("pdftotext") is None:
            self.skipTest("poppler-utils is not installed")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="muniment-test-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def page(self, kind, language):
        path = self.folder / f"{kind}.{language}.pdf"
        blackbox.run([blackbox.program(), "page", kind, "--language", language, "-o", path])
        return path

    def test_every_page_is_one_sheet_with_its_fonts_inside_and_all_its_words(self):
        for kind in KINDS:
            for language in LANGUAGES:
                with self.subTest(kind=kind, language=language):
                    path = self.page(kind, language)
                    information = blackbox.run(["pdfinfo", path]).stdout
                    self.assertRegex(information, r"Pages: +1\n")
                    self.assertRegex(information, r"Page size: +595.3 x 841.9 pts \(A4\)")
                    fonts = blackbox.run(["pdffonts", path]).stdout.splitlines()[2:]
                    self.assertEqual(len(fonts), 2, fonts)
                    for font in fonts:
                        self.assertRegex(font, r"CID TrueType +Identity-H +yes")
                    source = (blackbox.source() / f"pages/{kind}.{language}.txt").read_text()
                    source = re.sub("^(#+|!|-) ", "", source, flags=re.MULTILINE).replace("____", "")
                    read = blackbox.run(["pdftotext", "-layout", path, "-"]).stdout.replace("•", "")
                    self.assertEqual(read.split(), source.split())

    def test_no_word_is_cut_off_or_lies_on_another(self):
        for kind in KINDS:
            for language in LANGUAGES:
                with self.subTest(kind=kind, language=language):
                    boxes = blackbox.run(["pdftotext", "-bbox", self.page(kind, language), "-"]).stdout
                    words = [tuple(map(float, word)) for word in re.findall(
                        r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)"', boxes)]
                    self.assertGreater(len(words), 100)
                    for left, top, right, bottom in words:
                        self.assertGreater(left, MARGIN)
                        self.assertLess(right, 595.3 - MARGIN)
                        self.assertGreater(top, MARGIN)
                        self.assertLess(bottom, 841.9 - MARGIN)
                    for i, one in enumerate(words):
                        for other in words[i + 1:]:
                            overlaps = (min(one[2], other[2]) - max(one[0], other[0]) > 0.5 and
                                        min(one[3], other[3]) - max(one[1], other[1]) > 3)
                            self.assertFalse(overlaps, (one, other))

    def test_a_file_that_is_there_is_not_overwritten(self):
        path = self.page("field", "en")
        blackbox.run([blackbox.program(), "page", "field", "-o", path], expect=3)


if __name__ == "__main__":
    blackbox.main()
