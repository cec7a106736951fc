"""The plot: one panel for each corpus, a bar for each program and work, as plain SVG."""

from html import escape

WIDTH = 800
MARGIN = 20
LABEL_WIDTH = 170
VALUE_WIDTH = 150
BAR = 14
PITCH = 20
OURS_COLOUR, PEER_COLOUR, INK, FAINT = "#b5472f", "#8fa3b0", "#222222", "#d8d8d8"


def human_seconds(seconds):
    """Three digits, in the unit in which they stand before the point."""
    for unit, factor in (("s", 1), ("ms", 1e3), ("µs", 1e6)):
        value = seconds * factor
        if value >= 0.9995:
            break
    return f"{value:.3g} {unit}" if value < 999.5 else f"{value:.0f} {unit}"


def text(x, y, content, **attributes):
    given = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f'<text x="{x:.1f}" y="{y:.1f}"{given}>{escape(content)}</text>'


def line(x1, y1, x2, y2, colour):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'


def bar(y, program, one, longest):
    """A bar of the median, a whisker from the quickest to the slowest, and the words for it."""
    room = WIDTH - 2 * MARGIN - LABEL_WIDTH - VALUE_WIDTH
    left = MARGIN + LABEL_WIDTH
    at = {key: left + room * one[key] / longest for key in ("median", "low", "high")}
    middle = y + BAR / 2
    is_ours = program.startswith("muniment")
    words = human_seconds(one["median"])
    if one["low"] != one["high"]:
        words += f" ({human_seconds(one['low'])} – {human_seconds(one['high'])})"
    return [
        text(left - 8, middle + 4, program, text_anchor="end", fill=OURS_COLOUR if is_ours else INK,
             font_weight="bold" if is_ours else "normal"),
        f'<rect x="{left}" y="{y}" width="{max(at["median"] - left, 0.5):.1f}" height="{BAR}" '
        f'fill="{OURS_COLOUR if is_ours else PEER_COLOUR}"/>',
        line(at["low"], middle, at["high"], middle, INK),
        *(line(at[key], middle - 4, at[key], middle + 4, INK) for key in ("low", "high")),
        text(max(at["high"], at["median"]) + 8, middle + 4, words, fill=INK, font_size=11),
    ]


def panel(y, title, works):
    """Bars of one work share a scale: programs are compared, not works."""
    parts = [text(MARGIN, y + 18, title, font_size=16, font_weight="bold", fill=INK),
             line(MARGIN, y + 26, WIDTH - MARGIN, y + 26, FAINT)]
    y += 34
    for work, programs in works.items():
        parts.append(text(MARGIN, y + 14, work, font_size=13, font_style="italic", fill=INK))
        y += PITCH + 2
        longest = max(one["high"] for one in programs.values()) or 1
        for program, one in sorted(programs.items(), key=lambda item: item[1]["median"]):
            parts += bar(y, program, one, longest)
            y += PITCH
        y += 8
    return parts, y + 14


def render(title, notes, panels):
    """`panels`: title → {work: {program: {"median", "low", "high"}}}, in seconds."""
    parts = [text(MARGIN, 32, title, font_size=20, font_weight="bold", fill=INK)]
    y = 44
    for note in notes:
        parts.append(text(MARGIN, y + 12, note, font_size=12, fill=INK))
        y += 17
    y += 12
    for name, works in panels.items():
        more, y = panel(y, name, works)
        parts += more
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{y}" viewBox="0 0 {WIDTH} {y}" '
            f'font-family="DejaVu Sans, sans-serif" font-size="12">')
    return "\n".join([head, f'<rect width="{WIDTH}" height="{y}" fill="#ffffff"/>', *parts, "</svg>"]) + "\n"
