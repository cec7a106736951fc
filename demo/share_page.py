"""A printed page of a share, read as its trustee reads it."""

import re
import xml.etree.ElementTree


def words_of(page):
    """The 33 words of the share, in the order of their numbers."""
    texts = ["".join(element.itertext()).strip() for element in xml.etree.ElementTree.fromstring(page).iter()
             if element.tag.endswith("text")]
    words = {}
    for number, word in zip(texts, texts[1:]):
        if re.fullmatch(r"[0-9]+\.?", number) and re.fullmatch(r"[a-z]+", word) and len(words) < 33:
            words.setdefault(int(number.rstrip(".")), word)
    return " ".join(words[place] for place in range(1, 34))
