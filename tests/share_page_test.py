"""The page of one share as somebody else's programs see it: librsvg draws it, zbar reads its QR code, Python's parser
takes it as XML. The words are invented.
"""

import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

import blackbox

SVG = "{http://www.w3.org/2000/svg}"
ARCHIVE = "obesity husband genuine dominant flexible champion emphasis geology judicial material laundry moisture"
HOSTILE = "</text><script>alert(1)</script>\x01\x1b[2J\uffff ]]> <!-- &lt;" + "x" * 500
DOTS_PER_INCH = 200  # of a plain scanner


def words_of_list():
    text = (blackbox.source() / "src" / "base" / "words.cc").read_text(encoding="utf-8")
    return re.findall(r'"([a-z]{4,8})"', text[text.index("kWords = {"):text.index("};")])


def invented_share(count):
    words = words_of_list()
    return " ".join(words[i * 379 % len(words)] for i in range(count))


def longest_share(count):
    return " ".join(sorted(words_of_list(), key=len, reverse=True)[:count])


def page(language, words, *copies):
    tool = blackbox.build() / "tests" / "write_share_page"
    return blackbox.run([tool, language, words, ARCHIVE, *copies], text=False).stdout


class PageAsXmlTest(unittest.TestCase):
    def test_a_page_is_well_formed_and_has_nothing_active(self):
        for language in ("en", "ru"):
            for copies in ((), (HOSTILE, "b", "c", HOSTILE)):
                with self.subTest(language=language, copies=len(copies)):
                    root = xml.etree.ElementTree.fromstring(page(language, invented_share(33), *copies))
                    self.assertEqual(root.tag, SVG + "svg")
                    self.assertEqual(root.get("{http://www.w3.org/XML/1998/namespace}lang"), language)
                    kinds = {element.tag.removeprefix(SVG) for element in root.iter()}
                    self.assertEqual(kinds - {"svg", "title", "style", "rect", "path", "text"}, set())
                    names = {name for element in root.iter() for name in element.attrib}
                    self.assertEqual([name for name in names if name.startswith("on") or "href" in name], [])
                    fonts = {element.get("font-family") for element in root.iter()} - {None}
                    self.assertEqual(fonts, {"sans-serif", "monospace"})

    def test_the_words_stand_on_the_page_in_their_order(self):
        words = invented_share(33).split()
        root = xml.etree.ElementTree.fromstring(page("en", " ".join(words)))
        texts = [element.text for element in root.iter(SVG + "text")]
        first = texts.index(words[0])
        self.assertEqual(texts[first:first + 3 * 33:3], words)
        self.assertEqual(texts[first - 1:first - 1 + 3 * 33:3], [str(n) for n in range(1, 34)])


class PageAsPictureTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        for tool, package in (("rsvg-convert", "librsvg2-bin"), ("zbarimg", "zbar-tools")):
            if shutil.which(tool) is None:
                raise unittest.SkipTest(f"{tool} is not installed (Debian package {package})")
        cls.folder = tempfile.TemporaryDirectory()

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def drawn(self, svg):
        source, picture = (pathlib.Path(self.folder.name) / name for name in ("page.svg", "page.png"))
        source.write_bytes(svg)
        blackbox.run(["rsvg-convert", "--dpi-x", DOTS_PER_INCH, "--dpi-y", DOTS_PER_INCH, source, "-o", picture])
        return picture

    def test_the_qr_code_gives_exactly_the_words(self):
        if b"crispEdges" not in page("en", invented_share(33)):
            self.skipTest("this program was built without libqrencode and draws no QR codes")
        for language, words in (("en", invented_share(20)), ("en", invented_share(33)), ("ru", invented_share(33)),
                                ("ru", longest_share(59))):
            with self.subTest(language=language, count=len(words.split())):
                picture = self.drawn(page(language, words))
                # Other symbologies only find false alarms in print.
                read = subprocess.run(["zbarimg", "-q", "--raw", "-Sdisable", "-Sqrcode.enable", str(picture)],
                                      capture_output=True, text=True, timeout=120, check=True)
                self.assertEqual(read.stdout, words.upper() + "\n")


class LinesTest(unittest.TestCase):
    def test_the_terminal_form_fits_and_has_every_word(self):
        words = invented_share(33).split()
        tool = blackbox.build() / "tests" / "write_share_page"
        lines = blackbox.run([tool, "lines", " ".join(words)]).stdout.splitlines()
        self.assertLessEqual(max(map(len, lines)), 76)
        pieces = " ".join(lines).split()
        self.assertEqual(pieces[0::3], [str(n) for n in range(1, 34)])
        self.assertEqual(pieces[1::3], words)


if __name__ == "__main__":
    blackbox.main()
