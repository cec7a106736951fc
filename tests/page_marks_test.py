"""The marks that the card as a page makes are those of `muniment deposit`: over photographs, films and others, whole
and damaged, sealed by both."""

import os
import pathlib
import random
import shutil
import struct
import unittest

import blackbox
from page_browser import Browser, open_page, packages, step
from page_test import PageCase

DAMAGED = 150  # copies of what is made here, each with a few bytes changed
YEAR_S = 366 * 86_400
NOW_S = 1_790_000_000  # the times of files; the clocks of both are later


def photo(maker=b"", model=b"", taken=b"", changed=b"", picture=True, fill=b"", order=">"):
    """A JPEG file with an EXIF segment of these fields, if there are any."""
    texts = [(tag, text + b"\0") for tag, text in ((0x010f, maker), (0x0110, model), (0x0132, changed)) if text]
    inner = [(0x9003, taken + b"\0")] if taken else []
    count = len(texts) + bool(inner)
    place = 8 + 2 + 12 * count + 4
    fields, data = b"", b""
    for tag, text in texts:
        text = text.ljust(5, b"\0")  # longer than what stands in the field itself
        fields += struct.pack(order + "HHII", tag, 2, len(text), place + len(data))
        data += text
    if inner:
        fields += struct.pack(order + "HHII", 0x8769, 4, 1, place + len(data))
        (tag, text), = inner
        data += struct.pack(order + "HHHIII", 1, tag, 2, len(text), place + len(data) + 18, 0) + text
    mark = b"MM" if order == ">" else b"II"
    tiff = mark + struct.pack(order + "HIH", 42, 8, count) + fields + struct.pack(order + "I", 0) + data
    segment = b"Exif\0\0" + tiff
    exif = b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment if count else b""
    return b"\xff\xd8" + fill + exif + (b"\xff\xda" if picture else b"") + os.urandom(300)


def box(kind, body, long=False):
    return (struct.pack(">I4sQ", 1, kind, len(body) + 16) if long else struct.pack(">I4s", len(body) + 8, kind)) + body


def film(created=0, about=b"", version=0, at_end=False, long=False):
    header = struct.pack(">I", version << 24) + struct.pack(">Q" if version else ">I", created) + bytes(80)
    movie = box(b"moov", box(b"mvhd", header) + box(b"trak", bytes(50)) + (box(b"udta", about) if about else b""), long)
    data = box(b"mdat", os.urandom(2_000_000 if at_end else 500))
    return box(b"ftyp", b"isom\0\0\0\0") + (data + movie if at_end else movie + data)


def cases():
    """Files by name."""
    camera = {"maker": b"Invented", "model": b"Camera 1", "taken": b"2026:01:31 12:34:56"}
    since_1904 = NOW_S + 2_082_844_800
    stamp = b"\0OpenTimestamps\0\0Proof\0\xbf\x89\xe2\xe8\x84\xe8\x92\x94\x01"
    files = {
        "whole.jpg": photo(**camera), "little.jpg": photo(**camera, order="<"), "none.jpg": photo(),
        "filled.jpg": photo(**camera, fill=b"\xff\xff"), "no-picture.jpg": photo(picture=False),
        "changed.jpg": photo(changed=b"2019:05:05 01:01:01"), "unset.jpg": photo(taken=b"0000:00:00 00:00:00"),
        "early.jpg": photo(taken=b"1980:01:01 00:00:00"), "later.jpg": photo(taken=b"2099:12:31 23:59:59"),
        "no-day.jpg": photo(taken=b"2026:02:31 00:00:00"), "blanks.jpg": photo(maker=b"     "),
        "short.jpg": photo(maker=b"ab"), "IMG-20260101-WA0001.jpg": photo(), "IMG-20260101-WA0002.jpg": photo(**camera),
        "film.mp4": film(since_1904, b"\0\0\0\x0a\xa9makInvented"), "bare.mp4": film(), "new.mp4": film(NOW_S),
        "long.mp4": film(since_1904, version=1, long=True), "end.mov": film(since_1904, at_end=True),
        "android.mp4": film(0, b"\0\0\0\0com.android.model"), "VID-20260101-WA0003.mp4": film(at_end=True),
        "old-film.mp4": film(86_400), "empty.jpg": b"", "one.jpg": b"\xff", "two.jpg": b"\xff\xd8",
        "stamp.ots": stamp + bytes(40), "done.ots": stamp + b"\x05\x88\x96\x0d\x73\xd7\x19\x01" + bytes(40),
    }
    names = ("PTT-20260101-WA0004.opus", "WhatsApp Image 2026-01-01 at 10.00.00.jpeg", "WhatsApp Imago 2026-01-01.jpeg",
             "photo_2026-01-01_10-00-00.jpg", "photo_5@x.jpg", "photo_1234@x.jpg", "audio_2026-01-01_10-00-0.ogg",
             "signal-2026-01-01-100000.jpeg", "viber_image_2026-01-01.jpg", "viber image 2026-01-01.jpg",
             f"IMG-{'0123456789abcdef' * 2}-V.jpg", f"IMG-{'0123456789ABCDEF' * 2}-V.jpg", "IMG-٠٠٠٠٠٠٠٠-WA0001.jpg")
    return files | {name: b"x" for name in names}


class PageMarksTest(PageCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        packages()
        cls.browser = Browser("chrome", cls.folder)
        cls.addClassCleanup(cls.browser.close)

    def test_they_are_those_of_the_program(self):
        folder = self.folder / "seen"
        folder.mkdir()
        made, chance = cases(), random.Random(7)
        for number in range(DAMAGED):
            name = chance.choice([name for name in made if len(made[name]) > 100 and len(made[name]) < 10_000])
            content = bytearray(made[name])
            for _ in range(chance.randint(1, 6)):
                content[chance.randrange(min(len(content), 260))] = chance.choice((0, 1, 8, 255, chance.randrange(256)))
            made[f"damaged-{number}{pathlib.Path(name).suffix}"] = bytes(content)
        for name, content in made.items():
            (folder / name).write_bytes(content)
            os.utime(folder / name, (NOW_S, NOW_S))
        os.utime(folder / "no-picture.jpg", (NOW_S + 10 * YEAR_S,) * 2)
        os.utime(folder / "later.jpg", (1_000_000_000,) * 2)
        os.utime(folder / "whole.jpg", (1_000_000_000,) * 2)
        marks = [mark for each in self.same_by_both(folder).values() for mark in each]
        for expected in ("no-camera-metadata", "re-encoded", "messenger: Viber", "clock-ahead: file",
                         "clock-ahead: camera", "clock-behind: file", "clock-behind: camera", "pending-timestamp"):
            self.assertTrue(any(mark.startswith(expected) for mark in marks), expected)

    def test_on_photographs_of_others_too(self):
        shared = blackbox.shared()
        if shared is None:
            self.skipTest("there is no ../shared on this machine")
        folder = self.folder / "photos"
        shutil.copytree(shared / "corpus/photos", folder)
        self.same_by_both(folder)

    def same_by_both(self, folder):
        *_, saved = self.browser.drive(open_page(self.page), step("folder", folder=str(folder)),
                                       step("press", id="to-file"), step("outcome"), step("download"))
        theirs, ours = self.marks_of(saved["file"]), self.marks_of(folder)
        self.assertEqual(theirs, ours)
        return ours

    def marks_of(self, path):
        """Of each file, by its path, once it was taken in."""
        (taken,) = self.shop.json("deposit", "archive", path, "--key", self.shop.key)["taken"]
        listed = self.shop.json("list", "archive", taken["id"], "--key", self.shop.key)["files"]
        return {each["path"]: each["marks"] for each in listed}


if __name__ == "__main__":
    blackbox.main()
