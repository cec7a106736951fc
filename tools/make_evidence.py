#!/usr/bin/env python3
"""Makes the sample evidence of the demo: python3 tools/make_evidence.py OUT-FOLDER

Everything in it is invented. The folder demo/evidence holds the result, so this runs only to remake the set. The texts
are written by hand and are copied from there; photographs, protocol and voice note are made here. Needed: ImageMagick's
`convert`, `exiv2` and the DejaVu fonts. The same versions of these make the same bytes again.
"""

import math
import pathlib
import random
import shutil
import struct
import subprocess
import sys

TEXTS = pathlib.Path(__file__).resolve().parent.parent / "demo" / "evidence"
WIDTH, HEIGHT = 1200, 800  # of each photograph, in pixels
FOCAL, EYE, VANISH_X, VANISH_Y = 700, 1.6, 900, 430  # the street's camera: pixels, metres, pixels, pixels
MIST = (178, 188, 206)  # the colour of the air at dawn, towards which distant houses fade

SIGNED = {"Chair of the commission": "signed, not legible", "Member of the commission": "signed, not legible",
          "Person A, for the Centre": "not signed"}
PROTOCOL = [  # font, its size and the step down from the line above in points, text
    ("Bold", 10, 0, "INVENTED SAMPLE: this page shows no real person, place, office or event."),
    ("Roman", 10, 16, "Translation into English by Person D"),
    ("Bold", 18, 56, "PROTOCOL No. 00-000"),
    ("Bold", 12, 22, "on the closing and sealing of premises"),
    ("Roman", 12, 36, "Town of Tikhoborsk, 6 February 2025. Begun at 16:25, ended at 18:05."),
    ("Roman", 12, 30, "The commission, acting on decision No. 00-000, entered the premises on the ground floor"),
    ("Roman", 12, 18, "of 9 Mill Street, used by the Documentation Centre, and has drawn up this protocol."),
    ("Roman", 12, 30, "1.  Present for the Centre: one employee (Person A). Her rights were explained orally."),
    ("Roman", 12, 24, "2.  Taken away: two computers, one laptop, twelve folders with papers."),
    ("Roman", 12, 24, "3.  The folders were not opened on the spot. No list of their contents was made."),
    ("Roman", 12, 24, "4.  The door was locked and sealed with a strip of paper, one stamp and two signatures."),
    ("Roman", 12, 24, "5.  Remarks of those present: none."),
    ("Roman", 12, 38, "Drawn up in two copies. Breaking the seal is an offence."),
    *(("Roman", 12, 40, who) for who in SIGNED),
]


def shape(fill, *points):
    """A filled polygon in ImageMagick's drawing language."""
    return f"stroke none fill {fill} polygon " + " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def box(fill, left, top, right, bottom):
    return shape(fill, (left, top), (right, top), (right, bottom), (left, bottom))


def stroke(colour, width, *points):
    path = " L ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f"fill none stroke {colour} stroke-width {width} stroke-linecap round path 'M {path}'"


def words(fill, size, x, y, text):
    return f"stroke none fill {fill} font DejaVu-Sans font-size {size} text {x},{y} '{text}'"


def disc(fill, x, y, radius):
    return f"stroke none fill {fill} circle {x:.1f},{y:.1f} {x + radius:.1f},{y:.1f}"


def ring(colour, width, x, y, radius):
    return f"fill none stroke {colour} stroke-width {width} circle {x},{y} {x + radius},{y}"


def glow(colour, x, y, radius):
    return [disc(f"{colour}0c", x, y, radius * step / 14) for step in range(14, 0, -1)]


def scrawl(colour, x, y, seed):
    """A signature that nobody can read."""
    dice = random.Random(seed)
    return stroke(colour, 2, *((x + step * 5, y + dice.uniform(-13, 9)) for step in range(18)))


def seen(x, y, z):
    """Where the street's camera sees a point: metres right of it, above the ground, and ahead."""
    return VANISH_X + FOCAL * x / z, VANISH_Y - FOCAL * (y - EYE) / z


def tint(colour, distance):
    """A colour as the mist leaves it at a distance in metres."""
    clear = math.exp(-distance / 38)
    return "#" + "".join(f"{round(c * clear + m * (1 - clear)):02x}" for c, m in zip(colour, MIST))


def on_wall(fill, side, near, far, low, high):
    """A rectangle on the houses of one side of the street."""
    return shape(fill, seen(side, low, near), seen(side, high, near), seen(side, high, far), seen(side, low, far))


def on_ground(fill, left, right, near, far):
    return shape(fill, seen(left, 0, near), seen(right, 0, near), seen(right, 0, far), seen(left, 0, far))


def house(side, near, far, height, plaster):
    """One house front with rows of windows, a plinth, and snow along the eaves."""
    drawn = [on_wall(tint(plaster, (near + far) / 2), side, near, far, 0, height)]
    drawn.append(on_wall(tint((84, 80, 82), near), side, near, far, 0, 0.6))
    drawn.append(on_wall(tint((238, 241, 248), near), side, near, far, height, height + 0.35))
    for place in (near + 3.2 + 2.6 * index for index in range(int((far - near - 2.2) / 2.6))):
        for low in (1.3, 4.4):
            frame, glass = tint((226, 222, 212), place), tint((52, 62, 80), place)
            drawn.append(on_wall(frame, side, place - 0.12, place + 1.32, low - 0.12, low + 1.72))
            drawn.append(on_wall(glass, side, place, place + 0.55, low, low + 1.6))
            drawn.append(on_wall(glass, side, place + 0.65, place + 1.2, low, low + 1.6))
    return drawn


def street():
    """A street at dawn, looking along the houses; the second window from the door is still lit."""
    dice = random.Random(7)
    drawn = [on_ground("#dfe4ee", -40, 40, 2.2, 400), on_ground("#aeb4c0", -3.6, 2.4, 2.2, 200)]
    drawn += [on_ground("#979daa", rut, rut + 0.35, 2.2, 200) for rut in (-2.2, -0.7, 0.4, 1.6)]
    for side, near, far, height, plaster in (
        (-6, 44, 70, 8.0, (160, 140, 120)), (-6, 30, 44, 6.2, (150, 158, 140)), (-6, 17, 30, 7.4, (178, 136, 118)),
        (4.6, 40, 66, 6.0, (150, 140, 130)), (4.6, 24, 40, 7.6, (164, 168, 176)), (4.6, 9, 24, 6.4, (186, 170, 134)),
        (-6, 4.2, 17, 6.8, (206, 182, 128)),
    ):
        drawn += house(side, near, far, height, plaster)
    drawn += [on_wall("#ffd98a", -6, 10.0, 10.55, 1.3, 2.9), on_wall("#ffd98a", -6, 10.65, 11.2, 1.3, 2.9)]
    drawn += glow("#ffd080", *seen(-6, 2.1, 10.6), 130)
    drawn += [on_wall("#e2dccb", -6, 4.72, 6.12, 0, 2.62), on_wall("#4a3a31", -6, 4.85, 6.0, 0.1, 2.5)]
    drawn += [on_wall("#5c483d", -6, 5.0, 5.4, low, low + 0.95) for low in (0.3, 1.4)]
    drawn += [on_wall("#5c483d", -6, 5.5, 5.87, low, low + 0.95) for low in (0.3, 1.4)]
    drawn += [on_wall("#f6f3e8", -6, 5.62, 6.22, 1.28, 1.46), disc("#4450a0b0", *seen(-6, 1.36, 6.05), 7)]
    drawn += [on_ground("#858996", -6, -5.2, 4.6, 6.3), on_wall("#22303f", -6, 6.5, 7.0, 1.6, 2.0)]
    for z in (11, 21, 34):
        lamp, size = seen(-4.2, 4.6, z), FOCAL / z
        drawn += [stroke(tint((40, 44, 52), z), 0.12 * size, seen(-4.2, 0, z), lamp, seen(-3.4, 4.8, z))]
        drawn += glow("#ffe2a8", *seen(-3.4, 4.7, z), 1.5 * size) + [disc("#fff4d6", *seen(-3.4, 4.7, z), 0.14 * size)]
    for _ in range(900):  # snow heaped along both kerbs, then flakes in the air
        x, z = dice.choice((-3.8, 2.7)) + dice.uniform(-0.2, 0.2), 3 + 50 * dice.random() ** 1.6
        drawn.append(disc(tint((236, 240, 249), z), *seen(x, 0.05, z), FOCAL * dice.uniform(0.06, 0.2) / z))
    for _ in range(150):
        drawn.append(disc("#ffffffa0", dice.uniform(0, WIDTH), dice.uniform(0, HEIGHT), dice.uniform(1, 2.6)))
    return drawn


def door():
    """The office door from near by, sealed with a strip of paper from the leaf to the jamb."""
    dice = random.Random(11)
    drawn = [box("#cdb27c", 0, 0, WIDTH, HEIGHT)]
    for _ in range(260):  # old plaster
        x, y = dice.uniform(0, WIDTH), dice.uniform(0, HEIGHT)
        drawn.append(disc(dice.choice(("#b89c6420", "#e0c99820")), x, y, dice.uniform(8, 60)))
    drawn += [box("#00000038", 228, 0, 262, HEIGHT), box("#d9d2bf", 250, 0, 900, HEIGHT)]
    drawn += [box("#00000030", 300, 0, 846, HEIGHT), box("#4d3c32", 310, 0, 836, HEIGHT)]
    for left, right in ((345, 550), (596, 800)):
        for top, bottom in ((-40, 250), (290, 560), (600, 840)):
            drawn += [box("#34271f", left, top, right, bottom), box("#6b5548", left + 6, top + 6, right, bottom)]
            drawn += [box("#574337", left + 22, top + 22, right - 16, bottom - 16)]
    drawn += [stroke("#2a1f18", 3, (573, 0), (573, HEIGHT))]
    drawn += [stroke("#6f5a4c90", 1.4, (x, dice.uniform(0, 500)), (x, dice.uniform(500, HEIGHT)))
              for x in range(318, 836, 9)]
    drawn += [box("#b9a46a", 776, 380, 818, 520), disc("#8d7a48", 797, 416, 17), disc("#d8c88e", 793, 412, 9)]
    drawn += [disc("#241c12", 797, 478, 7), box("#241c12", 794, 478, 800, 500)]
    drawn += [box("#22303f", 948, 190, 1168, 330), box("#e7e2d2", 954, 196, 1162, 324)]
    drawn += [box("#22303f", 959, 201, 1157, 319), words("#e7e2d2", 15, 973, 298, "Мельничная улица, 9")]
    drawn += [words("#e7e2d2", 19, 1026, 236, "ЦЕНТР"), words("#e7e2d2", 19, 977, 264, "ДОКУМЕНТАЦИИ")]
    drawn += ["push graphic-context translate 726,600 rotate -4", box("#00000045", -148, -44, 166, 62)]
    drawn += [box("#f4f0e2", -154, -52, 160, 52), words("#2b2b33", 25, -134, -16, "ОПЕЧАТАНО")]
    drawn += [words("#2b2b33", 14, -134, 8, "№ 00-000   06.02.2025"), ring("#4a4fa8c0", 3, 96, -2, 45)]
    drawn += [scrawl("#27418c", -132, 32, 3), scrawl("#22222a", -30, 32, 5), ring("#4a4fa8c0", 1.5, 96, -2, 38)]
    drawn += [words("#4a4fa8c0", 11, 68, -4, "ВЫМЫСЕЛ"), words("#4a4fa8c0", 11, 67, 11, "INVENTED")]
    return drawn + ["pop graphic-context"]


def folder_stack(left, base, width, colours):
    """Folders lying one on another, each with its papers and a label."""
    drawn = [box("#00000030", left + 10, base - 4, left + width + 26, base + 10)]
    for level, colour in enumerate(colours):
        x, top = left + (level * 37) % 22 - 10, base - (level + 1) * 26
        drawn += [box(colour, x, top, x + width, top + 26), box("#f3efe2", x + 14, top + 6, x + width + 1, top + 20)]
        drawn += [box("#fdfbf4", x + 60, top + 3, x + 130, top + 23)]
        drawn += [box("#55555a", x + 68, top + 12, x + 118, top + 14)]
    return drawn


def table():
    """The table by the window on the day before: fourteen folders, as many as Person A counted."""
    grey, blue, green, red, ink = "#8b8f96", "#3f6391", "#4d7d5b", "#9c4a43", "#6a6a78"
    drawn = [box("#d6cdbb", 0, 0, WIDTH, HEIGHT), box("#f1ede4", 420, -20, 900, 350)]
    drawn += [box("#b9cbdd", 440, -20, 880, 330)]
    drawn += [shape("#93a3b5", (440, 330), (440, 210), (560, 170), (690, 220), (880, 180), (880, 330))]
    drawn += [box("#e9edf4", 440, 300, 880, 330), box("#f1ede4", 652, -20, 668, 340)]
    drawn += [box("#e4dfd2", 400, 340, 920, 362), box("#8a6a48", 30, 210, 350, 228)]
    for index, colour in enumerate((blue, blue, green, blue, green)):
        x, top = 60 + index * 40, 80 + index % 3 * 5
        drawn += [box(colour, x, top, x + 37, 210), box("#f4f1e6", x + 7, 112, x + 30, 152)]
    drawn += [shape("#a67c52", (90, 430), (1110, 430), (1290, 800), (-90, 800)), box("#7d5a38", 90, 424, 1110, 430)]
    drawn += [stroke("#94693f60", 2, (110 - y, 430 + y * 2), (1090 + y, 430 + y * 2)) for y in range(12, 180, 14)]
    drawn += [shape("#ffffff24", (440, 430), (880, 430), (760, 800), (180, 800))]  # daylight from the window
    drawn += folder_stack(120, 600, 290, (blue, green, blue, red, blue))
    drawn += folder_stack(830, 570, 250, (green, red, red))
    drawn += [shape("#00000030", (460, 690), (500, 520), (790, 520), (830, 690))]
    drawn += [shape(grey, (450, 684), (490, 512), (790, 512), (826, 684))]
    drawn += [shape("#f8f5ea", (476, 674), (508, 522), (636, 522), (634, 674))]
    drawn += [shape("#fbf8ef", (646, 674), (644, 522), (776, 522), (802, 674)), scrawl("#27418c", 680, 652, 9)]
    drawn += [stroke(ink, 1.6, (516 - y / 6, 536 + y), (618 - y % 5 * 6, 536 + y)) for y in range(0, 126, 13)]
    drawn += [stroke(ink, 1.6, (660, 536 + y), (758 + y / 7 - y % 4 * 9, 536 + y)) for y in range(0, 90, 13)]
    drawn += [stroke("#2b2b30", 6, (846, 700), (940, 650)), stroke("#c9a13c", 6, (846, 700), (838, 704))]
    drawn += [disc("#00000030", 1090, 694, 46), ring("#e8e4da", 9, 1130, 690, 16), disc("#e8e4da", 1080, 684, 44)]
    return drawn + [disc("#4a2f1f", 1080, 684, 34)]


def photograph(path, scene, caption, when, seed):
    """Renders a scene with the softness, grain and dark corners of a small camera, and writes its EXIF."""
    label = [box("#000000a0", 0, HEIGHT - 46, WIDTH, HEIGHT)]
    label += [words("#ffffff", 22, 22, HEIGHT - 15, "INVENTED SAMPLE  ·  ВЫМЫШЛЕННЫЙ ОБРАЗЕЦ")]
    label += [words("#ffd27a", 20, 1000, HEIGHT - 15, when[:16].replace(":", "-", 2))]
    subprocess.run(
        ["convert", "-size", f"{WIDTH}x{HEIGHT}", "gradient:#8d9cc0-#f0cdb4", "-draw", "\n".join(scene),
         "-blur", "0x0.7", "radial-gradient:white-#a4a4ac", "-compose", "multiply", "-composite",
         "-seed", str(seed), "-attenuate", "0.12", "+noise", "Gaussian", "-draw", "\n".join(label),
         "-strip", "-sampling-factor", "2x2", "-quality", "76", path], check=True)
    tags = {
        "Image.ImageDescription": f"INVENTED SAMPLE: {caption}. A drawing; shows no real place or event.",
        "Image.Make": "Invented Camera", "Image.Model": "Invented Camera One", "Image.Orientation": "1",
        "Image.Copyright": "CC0 1.0", "Image.DateTime": when, "Photo.DateTimeOriginal": when,
        "Photo.OffsetTimeOriginal": "+00:00", "GPSInfo.GPSVersionID": "2 3 0 0", "GPSInfo.GPSMapDatum": "WGS-84",
        # Point Nemo, the place in the ocean that is farthest from any land.
        "GPSInfo.GPSLatitudeRef": "S", "GPSInfo.GPSLatitude": "48/1 52/1 36/1",
        "GPSInfo.GPSLongitudeRef": "W", "GPSInfo.GPSLongitude": "123/1 23/1 36/1",
    }
    subprocess.run(["exiv2", *(f"-Mset Exif.{tag} {value}" for tag, value in tags.items()), path], check=True)


def protocol():
    """A PDF of one page, A4, in the fonts that each reader of PDF brings itself."""
    at, drawn = 780, ["0.85 g BT /Bold 48 Tf 72 72 Td (INVENTED SAMPLE) Tj ET 0 g"]
    for font, size, down, text in PROTOCOL:
        at -= down
        drawn.append(f"BT /{font} {size} Tf 72 {at} Td ({text}) Tj ET")  # parentheses in pairs need no escape
        if text in SIGNED:
            drawn.append(f"0.5 w 230 {at - 3} m 390 {at - 3} l S BT /Roman 10 Tf 400 {at} Td ({SIGNED[text]}) Tj ET")
    page = "\n".join(drawn)
    objects = [
        "<< /Type /Catalog /Pages 2 0 R /Lang (en) >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        " /Resources << /Font << /Roman 5 0 R /Bold 6 0 R >> >> >>",
        f"<< /Length {len(page)} >>\nstream\n{page}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /Encoding /WinAnsiEncoding >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Bold /Encoding /WinAnsiEncoding >>",
        "<< /Title (INVENTED SAMPLE: protocol of sealing) /CreationDate (D:20250210120000Z) >>",
    ]
    document, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(document))
        document += f"{number} 0 obj\n{content}\nendobj\n"
    table_at, rows = len(document), "".join(f"{place:010d} 00000 n \n" for place in places)
    document += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{rows}"
    document += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info 7 0 R >>\nstartxref\n{table_at}\n%%EOF\n"
    return document.encode("ascii")


def chunk(name, content):
    """A chunk of a RIFF file; contents of odd length are padded."""
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def voice_note():
    """A short tune of plain tones, 8 kHz, 16 bits, mono, where a voice would be."""
    rate, samples = 8000, []
    tune = ((294, 0.3), (349, 0.3), (440, 0.45), (392, 0.3), (349, 0.3), (294, 0.3), (262, 0.3), (294, 0.6))
    for pitch, seconds in tune:
        for moment in (n / rate for n in range(round(seconds * rate))):
            wave = math.sin(math.tau * pitch * moment) + 0.3 * math.sin(2 * math.tau * pitch * moment)
            samples.append(round(9000 * wave * math.exp(-4 * moment) * min(1, moment * 80)))
    info = chunk(b"INAM", b"INVENTED SAMPLE: synthetic tones in place of a voice note\0")
    info += chunk(b"ICRD", b"2025-02-06\0") + chunk(b"ICOP", b"CC0 1.0\0")
    form = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, rate, 2 * rate, 2, 16)) + chunk(b"LIST", b"INFO" + info)
    return chunk(b"RIFF", b"WAVE" + form + chunk(b"data", struct.pack(f"<{len(samples)}h", *samples)))


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: make_evidence.py OUT-FOLDER")
    if not (shutil.which("convert") and shutil.which("exiv2")):
        sys.exit("make_evidence.py: ImageMagick and exiv2 are needed")
    out = pathlib.Path(sys.argv[1])
    (out / "photographs").mkdir(parents=True, exist_ok=True)
    if out.resolve() != TEXTS:
        for text in (*TEXTS.glob("*.txt"), *TEXTS.glob("*.csv")):
            shutil.copyfile(text, out / text.name)
    (out / "Protocol of sealing.pdf").write_bytes(protocol())
    (out / "Voice note.wav").write_bytes(voice_note())
    for seed, (name, scene, when) in enumerate((
        ("1 table with files", table, "2025:02:05 15:10:24"), ("2 street", street, "2025:02:07 08:15:41"),
        ("3 sealed door", door, "2025:02:07 08:17:09"),
    )):
        photograph(out / "photographs" / f"{name}.jpg", scene(), name[2:], when, seed)


if __name__ == "__main__":
    main()
