"""The files that the bench works on, made anew from seeds: the same bytes on every machine, the mix apart."""

import dataclasses
import hashlib
import os
import pathlib
import random
import shutil

MIB = 1 << 20
SMALL_A_FOLDER = 1000


@dataclasses.dataclass(frozen=True)
class Corpus:
    """What was made: its folder below the scratch folder, and what it holds."""

    name: str
    files: int
    bytes: int
    left_out: tuple = ()  # sentences: what should be in it and is not

    def title(self):
        return f"{self.name}: {self.files:,} {'file' if self.files == 1 else 'files'}, {self.bytes / MIB:,.0f} MiB"


def write_noise(path, size_bytes, noise):
    with open(path, "wb") as file:
        for begin in range(0, size_bytes, MIB):
            file.write(noise.randbytes(min(MIB, size_bytes - begin)))


def make_large(folder, scale):
    """One incompressible file of 2 GiB."""
    write_noise(folder / "film.bin", max(1, round(2048 * scale)) * MIB, random.Random("one large file"))


def make_films(folder, scale):
    """64 files of 32 MiB."""
    noise = random.Random("films")
    for number in range(max(2, round(64 * scale))):
        write_noise(folder / f"film-{number:02}.bin", 32 * MIB, noise)


def make_small(folder, scale):
    """100,000 files of 1 to 16 KiB."""
    noise = random.Random("small files")
    for number in range(max(10, round(100_000 * scale))):
        part = folder / f"{number // SMALL_A_FOLDER:03}"
        if number % SMALL_A_FOLDER == 0:
            part.mkdir()
        (part / f"note-{number:06}.txt").write_bytes(noise.randbytes(noise.randint(1024, 16 * 1024)))


def regular_files(source):
    """Each with its size, in an order that has nothing to do with names, so that a part of them is a fair one."""
    found = []
    for path, folders, names in os.walk(source):
        folders.sort()
        for name in names:
            file = os.path.join(path, name)
            if os.path.isfile(file) and not os.path.islink(file) and os.access(file, os.R_OK):
                found.append((file, os.path.getsize(file)))
    return sorted(found, key=lambda one: hashlib.sha256(os.fsencode(one[0])).digest())


def copy_up_to(source, folder, bytes_max):
    """Copies files until the next one would be too much; gives the bytes."""
    copied = 0
    for file, size in regular_files(source):
        if copied + size > bytes_max:
            continue
        target = folder / os.path.relpath(file, source)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
        copied += size
    return copied


def make_mixed(folder, scale):
    """Documents and photographs of ../shared/corpus, /usr/share/doc, and of /usr/lib as much as makes it 1 GiB."""
    left = round(1024 * scale * MIB)
    left_out = []
    shared = pathlib.Path(os.environ.get("MUNIMENT_SHARED") or pathlib.Path(__file__).parents[2] / "shared")
    shares = {shared / "corpus": 1, pathlib.Path("/usr/share/doc"): 0.15, pathlib.Path("/usr/lib"): 1}
    for source, share in shares.items():
        if not source.is_dir():
            name = "../shared/corpus" if source.name == "corpus" else source
            left_out.append(f"{name} is not there and was left out of the mix")
            continue
        left -= copy_up_to(source, folder / source.name, left * share)
    return left_out


MAKERS = {"large": make_large, "films": make_films, "small": make_small, "mixed": make_mixed}
# Of all corpora at full scale; and how often a corpus lies there at once, in repositories and opened again.
BYTES = {"large": 2 << 30, "films": 2 << 30, "small": 900 * MIB, "mixed": 1 << 30}
COPIES = 7


def space_needed(names, scale):
    """The corpora stay; what is made of one is gone before the next one's turn."""
    sizes = [BYTES[name] * scale for name in names]
    return round(sum(sizes) + COPIES * max(sizes, default=0)) + 256 * MIB


def make(name, scratch, scale):
    folder = scratch / name
    folder.mkdir()
    left_out = MAKERS[name](folder, scale) or []
    files = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return Corpus(name, len(files), sum(files), tuple(left_out))


def read_file(path):
    with open(path, "rb", buffering=0) as file:
        while file.read(MIB):
            pass


def read_once(folder):
    """So that every program finds the files in memory, if they fit."""
    for path, _, names in os.walk(folder):
        for name in names:
            read_file(os.path.join(path, name))
