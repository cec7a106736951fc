"""The files below a folder by their true names, and as a bag that stock tools have opened says they were.

Names are bytes: evidence comes from everywhere, and not every name is text.
"""

import base64
import dataclasses
import hashlib
import json
import os
import stat

_PIECES_MAX = 20
_PIECE_BYTES = 32


@dataclasses.dataclass
class Found:
    """What lies below a folder. The name of the folder is the first part of every path."""

    files: dict = dataclasses.field(default_factory=dict)  # path → SHA-256
    size_bytes: int = 0
    links: int = 0
    empty_folders: int = 0
    left_out: int = 0  # sockets, devices, what may not be read: muniment names these and leaves them out


def look(folder):
    found = Found()
    top = os.fsencode(os.path.abspath(folder))
    above = os.path.dirname(top)

    def leave_out(_):
        found.left_out += 1

    for where, folders, names in os.walk(top, onerror=leave_out):
        if not folders and not names:
            found.empty_folders += 1
        links = [name for name in folders if os.path.islink(os.path.join(where, name))]
        found.links += len(links)
        for name in names:
            _add(found, os.path.join(where, name), above)
    return found


def _add(found, path, above):
    mode = os.lstat(path).st_mode
    if stat.S_ISLNK(mode):
        found.links += 1
    elif not stat.S_ISREG(mode) or not os.access(path, os.R_OK):
        found.left_out += 1
    else:
        found.files[os.path.relpath(path, above)] = digest_of(path)
        found.size_bytes += os.path.getsize(path)


def look_into_bag(bag):
    """Path → SHA-256 of the files in an opened bag. Repaired names are undone by its own metadata/contents.jsonl."""
    files = {}
    with open(os.path.join(bag, "metadata/contents.jsonl"), encoding="utf-8", newline="\n") as contents:
        for line in filter(str.strip, contents):
            item = json.loads(line)
            if "name" in item:
                path = base64.b64decode(item["pathBytes"]) if "pathBytes" in item else item["path"].encode()
                files[path] = digest_of(os.path.join(bag, item["name"]))
    return files


def digest_of(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def difference(before, after):
    """What tells two such mappings apart, in one sentence; empty when nothing does."""
    missing = [path for path in before if path not in after]
    added = [path for path in after if path not in before]
    altered = [path for path in before if path in after and before[path] != after[path]]
    kinds = [("missing", missing), ("altered", altered), ("not of the originals", added)]
    return "; ".join(f"{len(paths)} {kind}, one is {os.fsdecode(paths[0])!r}" for kind, paths in kinds if paths)


def shows_through(folder, originals, above):
    """True when a piece of one of the originals can be read in a file below `folder`."""
    pieces = [piece for path in list(originals)[:_PIECES_MAX] if (piece := _piece_of(os.path.join(above, path)))]
    for where, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(where, name), "rb") as file:
                data = file.read()
            if any(piece in data for piece in pieces):
                return True
    return False


def _piece_of(path):
    """Some bytes out of the middle, or nothing where they are too few or too plain to be told from chance."""
    with open(path, "rb") as file:
        file.seek(os.path.getsize(path) // 2)
        piece = file.read(_PIECE_BYTES)
    return piece if len(piece) == _PIECE_BYTES and len(set(piece)) > _PIECE_BYTES // 4 else None
