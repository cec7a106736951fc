"""reader/read_archive.py: opens what we and others seal, and refuses all that docs/formats.md "Opening" refuses."""

import hashlib
import importlib.util
import io
import os
import pathlib
import re
import shutil
import sys
import tempfile
import unittest
import zlib

import blackbox
from workshop import PASSPHRASE, Workshop, tree

sys.path.insert(0, str(blackbox.source() / "demo"))
import readme_lines  # noqa: E402

SCRIPT = blackbox.source() / "reader" / "read_archive.py"


def load_reader():
    specification = importlib.util.spec_from_file_location("read_archive", SCRIPT)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


reader = load_reader()
MLKEM = reader.call("EVP_KEM_fetch", None, b"ML-KEM-768", None, gives=reader.ctypes.c_void_p) is not None


def read_script(*arguments, expect=0, **options):
    return blackbox.run([sys.executable, SCRIPT, *arguments], expect=expect, **options)


def digest(data):
    return hashlib.sha256(data).hexdigest()


class VectorsTest(unittest.TestCase):
    """age's own test files (C2SP/CCTV age/README.md), as src/age/vectors_test.cc runs them."""

    # What the script calls the failures. Armour that does not even begin as such is no age file at all.
    KINDS = {"success": {"success"}, "header failure": {"header"}, "armor failure": {"armor", "header"},
             "payload failure": {"payload"}, "no match": {"no match"}, "HMAC failure": {"mac"}}

    @classmethod
    def setUpClass(cls):
        if blackbox.shared() is None:
            raise unittest.SkipTest("there is no ../shared on this machine")
        cls.vectors = {path.name: path for path in sorted((blackbox.shared() / "vectors" / "age").iterdir())}

    def ends(self, path):
        """What the file says of its end, and what the script did: (kinds, payload), (kind, payload)."""
        head, body = path.read_bytes().split(b"\n\n", 1)
        fields = [line.split(": ", 1) for line in head.decode().split("\n")]
        facts = dict(fields)
        if facts.get("compressed") == "zlib":
            body = zlib.decompress(body)
        released, kind = hashlib.sha256(), "success"
        try:
            keys = [reader.parse_key(value) for name, value in fields if name == "identity"]
            file = io.BufferedReader(io.BytesIO(body))
            for piece in reader.decrypt(file, keys, lambda: facts.get("passphrase", "").encode()):
                released.update(piece)
        except reader.Refused as refused:
            kind = refused.kind
        payload = released.hexdigest()
        return (self.KINDS[facts["expect"]], facts.get("payload", digest(b""))), (kind, payload)

    def check_vectors(self, names):
        for name in names:
            with self.subTest(name):
                (kinds, wanted), (kind, payload) = self.ends(self.vectors[name])
                self.assertIn(kind, kinds)
                self.assertEqual(payload, wanted)

    def test_there_are_as_many_as_we_know_of(self):
        self.assertEqual(len(self.vectors), 143)

    def test_every_classic_vector_ends_as_it_says(self):
        self.check_vectors([name for name in self.vectors if "hybrid" not in name])

    def test_every_hybrid_vector_ends_as_it_says(self):
        if not MLKEM:
            self.skipTest("the libcrypto of this system has no ML-KEM-768: it came with 3.5")
        self.check_vectors([name for name in self.vectors if "hybrid" in name])

    def test_says_that_libcrypto_is_too_old(self):
        if MLKEM:
            self.skipTest("the libcrypto of this system has ML-KEM-768")
        self.assertEqual(self.ends(self.vectors["hybrid"])[1][0], "too old")


class ReaderCase(unittest.TestCase):
    """An archive with one deposit of two parts and the key of its compartment."""

    @classmethod
    def setUpClass(cls):
        if shutil.which("age") is None:
            raise unittest.SkipTest("age is not installed")
        cls.shop = Workshop()
        cls.addClassCleanup(cls.shop.close)
        cls.shop.found()
        cls.shop.write("evidence/Свідчення А.txt", "an invented statement")
        cls.shop.write("evidence/" + "long name " * 15 + ".txt", "in a pax header")
        cls.shop.write("evidence/empty", "")
        cls.shop.write("evidence/film", os.urandom(17_000_000))
        (cls.shop.folder / "evidence" / "link").symlink_to("film")
        cls.shop.muniment("deposit", "archive", "evidence", "--key", cls.shop.key)
        (cls.deposit,) = (cls.shop.folder / "archive").glob("deposits/*/*")
        cls.sealed_key = cls.shop.folder / "archive/keyring/1/evidence/custodian-1.age"
        cls.opening = f"'{sys.executable}' '{SCRIPT}' decrypt -i custodian.key '{cls.sealed_key}'"
        ran = cls.on_a_terminal(f"{cls.opening} > compartment")
        assert ran.status == 0, ran.output
        cls.key = cls.shop.folder / "compartment"

    @classmethod
    def on_a_terminal(cls, command, passphrase=PASSPHRASE):
        return readme_lines.run([f"cd '{cls.shop.folder}'", command], {}, passphrase)

    def setUp(self):
        folder = tempfile.TemporaryDirectory(dir=self.shop.folder)
        self.addCleanup(folder.cleanup)
        self.own = pathlib.Path(folder.name)
        self.out = self.own / "out"


class DecryptTest(ReaderCase):
    def test_asks_for_the_passphrase_of_a_sealed_key_file_and_does_not_show_it(self):
        self.assertTrue(self.key.read_text().startswith("AGE-SECRET-KEY-"))
        by_age = self.on_a_terminal(f"age -d -i custodian.key -o by-age '{self.sealed_key}'")
        self.assertEqual(by_age.status, 0, by_age.output)
        self.assertEqual(self.key.read_bytes(), (self.shop.folder / "by-age").read_bytes())
        shown = self.on_a_terminal(f"{self.opening} > again")
        self.assertIn("Enter passphrase for custodian.key: ", shown.output)
        self.assertNotIn(PASSPHRASE, shown.output)

    def test_says_when_the_passphrase_is_wrong(self):
        ran = self.on_a_terminal(f"{self.opening} > none", "no")
        self.assertEqual(ran.status, 1)
        self.assertIn("the key or the passphrase is not one that this file was sealed for", ran.output)

    def test_opens_files_of_age_from_standard_input_too(self):
        blackbox.run(["age-keygen", "-o", self.own / "key"])
        plain = os.urandom(200_000)
        for armor in ([], ["-a"]):
            sealed = blackbox.run(["age", "-e", *armor, "-i", self.own / "key"], input=plain).stdout
            (self.own / "sealed").write_bytes(sealed)
            by_name = read_script("decrypt", "-i", self.own / "key", self.own / "sealed", text=False)
            by_input = read_script("decrypt", "-i", self.own / "key", input=sealed)
            self.assertEqual((by_name.stdout, by_input.stdout), (plain, plain))

    def test_a_file_that_is_cut_ends_badly_with_what_is_genuine(self):
        blackbox.run(["age-keygen", "-o", self.own / "key"])
        plain = os.urandom(200_000)
        sealed = blackbox.run(["age", "-e", "-i", self.own / "key"], input=plain).stdout
        cut = read_script("decrypt", "-i", self.own / "key", input=sealed[:-70_000], expect=1)
        self.assertEqual(cut.stdout, plain[:len(cut.stdout)])
        self.assertIn(b"altered or cut", cut.stderr)

    def test_says_what_is_wrong_with_a_key_file(self):
        key = self.key.read_text().splitlines()[0]
        mistyped = key[:-1] + ("P" if key.endswith("Q") else "Q")
        for text, sentence in (("", "has no key"), ("AGE-SECRET-KEY-1QQ\n", "a line that is no key"),
                               (mistyped, "mistyped or cut")):
            (self.own / "key").write_text(text)
            done = read_script("decrypt", "-i", self.own / "key", self.sealed_key, expect=1)
            self.assertIn(sentence, done.stderr)


class DepositTest(ReaderCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The hybrid keys, where there are some, are no keys to an age before 1.3.
        classic = [line for line in cls.key.read_text().splitlines() if line.startswith("AGE-SECRET-KEY-1")]
        cls.recipient = blackbox.run(["age-keygen", "-y"], input="\n".join(classic) + "\n").stdout.strip()
        keys = reader.read_keys(cls.key)
        with open(cls.deposit / "header-0", "rb") as file:
            key = reader.open_header(file, keys, None)
        parts = [path.read_bytes() for path in sorted(cls.deposit.glob("part-*"))]
        cls.tar = b"".join(reader.open_payload(key, reader.Pieces(iter(parts))))
        with open(cls.deposit / "contents-0.age", "rb") as file:
            cls.contents = b"".join(reader.decrypt(file, keys, None))
        assert len(parts) == 2

    def copy(self):
        copy = self.own / f"copy-{len(list(self.own.iterdir()))}"
        shutil.copytree(self.deposit, copy)
        return copy

    def open(self, deposit, expect=0, key=None):
        done = read_script("deposit", "-i", key or self.key, deposit, "-o", self.out, expect=expect)
        if expect:
            self.assertEqual(list(self.out.iterdir()) if self.out.exists() else [], [], "something was handed out")
        return done.stderr if expect else done.stdout

    def test_opens_what_the_program_opens(self):
        said = self.open(self.deposit)
        self.assertIn(f"deposit {self.deposit.name}\n", said)
        self.assertIn("Its receipt is an entry of the log", said)
        self.assertIn("All checks passed: 4 files", said)
        self.assertIn(f"archive {digest((self.shop.folder / 'archive/charter/1').read_bytes())}\n", said)
        (bag,) = self.out.iterdir()
        blackbox.run(["sha256sum", "-c", "--quiet", "manifest-sha256.txt", "tagmanifest-sha256.txt"], cwd=bag)
        self.shop.muniment("open", "archive", self.deposit.name, "-o", self.own / "by-program", "--to-disk", "--key",
                           self.shop.key)
        self.assertEqual(sorted(tree(bag / "data").values()), sorted(tree(self.own / "by-program").values()))

    def test_opens_a_deposit_in_somebodys_hand_and_says_that_it_is_held_against_no_log(self):
        self.assertIn("nothing here says that its receipt was ever logged", self.open(self.copy()))

    def test_the_lines_of_the_archives_readme_open_a_deposit(self):
        readme = (self.shop.folder / "archive" / "README.txt").read_text().replace("\\\n", "")
        lines = [line for line in readme.splitlines() if line.startswith("    python3 ")]
        self.assertEqual(len(lines), 2)
        self.out.mkdir()
        values = {"ARCHIVE": self.shop.folder / "archive", "KEYFILE": self.shop.key, "DEPOSIT": self.deposit,
                  "KEYRING": self.shop.folder / "archive/keyring/1/evidence/custodian-1.age",
                  "OUT": self.out}
        before = tree(self.shop.folder / "archive")
        ran = readme_lines.run(lines, values, PASSPHRASE)
        self.assertEqual(ran.status, 0, ran.output)
        self.assertIn("All checks passed", ran.output)
        self.assertEqual(tree(self.shop.folder / "archive"), before)

    def test_does_not_write_over_what_is_there(self):
        self.open(self.deposit)
        before = tree(self.out)
        done = read_script("deposit", "-i", self.key, self.deposit, "-o", self.out, expect=1)
        self.assertIn("is already in", done.stderr)
        self.assertEqual(tree(self.out), before)

    def test_another_key_opens_nothing(self):
        blackbox.run(["age-keygen", "-o", self.own / "other"])
        self.assertIn("not one that this file was sealed for", self.open(self.deposit, 1, self.own / "other"))

    def test_every_object_that_is_altered_or_missing_is_named(self):
        for name in ("SHA256SUMS", "header-0", "contents-0.age", "part-0000000", "part-0000001"):
            with self.subTest(name):
                copy = self.copy()
                data = bytearray((copy / name).read_bytes())
                data[len(data) // 2] ^= 1
                (copy / name).write_bytes(data)
                self.assertIn(f"{name} was altered", self.open(copy, 1))
                (copy / name).unlink()
                self.assertRegex(self.open(copy, 1), f"{re.escape(name)}'|there is no file {name[:7]}")
        copy = self.copy()
        (copy / "receipt").write_text((copy / "receipt").read_text().replace("parts 2", "parts 3"))
        self.assertIn("contradict each other", self.open(copy, 1))

    def test_a_receipt_that_the_log_does_not_hold_is_refused(self):
        archive = self.own / "archive"
        shutil.copytree(self.shop.folder / "archive", archive)
        place = archive / self.deposit.relative_to(self.shop.folder / "archive")
        receipt = (place / "receipt").read_text()
        (place / "receipt").write_text(re.sub("(?<=tree ).", lambda digit: "01"[digit[0] == "0"], receipt))
        self.assertIn("the folder's name is not", self.open(place, 1))
        shutil.copy(self.deposit / "receipt", place)
        self.open(place)
        shutil.rmtree(self.out)
        shutil.rmtree(archive / "tile")
        self.assertIn("the log of the archive that it lies in does not hold", self.open(place, 1))
        (archive / "charter" / "1").write_bytes(b"another")
        self.assertIn("another archive", self.open(place, 1))

    def test_takes_the_header_of_the_highest_number_that_opens(self):
        copy = self.copy()
        shutil.copy(copy / "header-0", copy / "header-10")
        shutil.copy(copy / "contents-0.age", copy / "contents-2.age")
        blackbox.run(["age-keygen", "-o", self.own / "other"])
        other = blackbox.run(["age-keygen", "-y", self.own / "other"]).stdout.strip()
        (copy / "header-11").write_bytes(self.sealed(b"", other)[0])
        (copy / "header-12").write_bytes(b"junk")
        self.assertIn("Opened with header-10 and contents-2.age", self.open(copy))

    def test_a_later_header_that_opens_other_bytes_is_refused(self):
        copy = self.copy()
        (copy / "header-1").write_bytes(self.sealed(b"", self.recipient)[0])
        self.assertIn("altered or cut", self.open(copy, 1))
        (copy / "header-1").unlink()
        (copy / "contents-1.age").write_bytes(b"".join(self.sealed(b"other contents", self.recipient)))
        self.assertIn("not those of the receipt", self.open(copy, 1))

    def sealed(self, plain, recipient):
        """A file of age, cut behind its nonce."""
        file = blackbox.run(["age", "-e", "-r", recipient], input=plain).stdout
        end = file.index(b"\n", file.index(b"\n--- ") + 1) + 1 + 16
        return file[:end], file[end:]

    def forge(self, tar=None, contents=None):
        """A deposit by somebody who knows the recipient and fits every digest: only its meaning is wrong."""
        folder = self.own / f"forged-{len(list(self.own.iterdir()))}"
        folder.mkdir()
        header, payload = self.sealed(tar or self.tar, self.recipient)
        contents = contents or self.contents
        parts = [payload[at:at + reader.PART] for at in range(0, len(payload), reader.PART)]
        objects = {f"part-{number:07}": part for number, part in enumerate(parts)}
        sums = "".join(f"{digest(part)}  {name}\n" for name, part in objects.items()).encode()
        objects.update({"SHA256SUMS": sums, "header-0": header,
                        "contents-0.age": b"".join(self.sealed(contents, self.recipient))})
        lines = [line for line in contents.split(b"\n") if line.strip(b" ")]
        commitment = digest(f"muniment/tree/v1\n{len(lines)}\n{reader.merkle_root(lines)}\n".encode())
        archive = (self.deposit / "receipt").read_text().split("\n")[1]
        receipt = (f"muniment/deposit/v1\n{archive}\ncontents {digest(contents)}\ntree {commitment}\n"
                   f"bytes {len(payload)}\nparts {len(parts)}\n")
        named = ("SHA256SUMS", "header-0", "contents-0.age")
        receipt += "".join(f"{digest(objects[name])}  {name}\n" for name in named)
        for name, data in {**objects, "receipt": receipt.encode()}.items():
            (folder / name).write_bytes(data)
        return folder

    def test_a_bag_that_contradicts_its_contents_is_refused(self):
        self.assertIn("All checks passed", self.open(self.forge()))  # nothing forged yet: the forger's tools work
        shutil.rmtree(self.out)
        statement = self.tar.index(b"an invented statement")
        changes = {
            statement: "is not what the contents state",
            statement + 100: "bytes where zeros must be",
            self.tar.index(b"BagIt-Version: 1.0") + 15: "not a bag of version 1.0",
            self.tar.index(b"Payload-Oxum: ") + 15: "does not fit the files",
            self.tar.index(b"  data/evidence/film\n") - 1: "does not fit the files",  # its digest in the manifest
            self.tar.index(b"ustar", statement) - 257: "bad checksum",
            len(self.tar) - 1: "something follows the end of the tar",
            len(self.tar) - 70_000: "something follows the end of the tar",
        }
        for place, sentence in changes.items():
            with self.subTest(sentence=sentence, place=place):
                tar = bytearray(self.tar)
                tar[place] ^= 1
                self.assertIn(sentence, self.open(self.forge(tar=bytes(tar)), 1))

    def test_contents_that_contradict_themselves_or_the_bag_are_refused(self):
        lines = self.contents.split(b"\n")
        content = next(line for line in lines if b'"kind":"content"' in line)
        context = lines[lines.index(content) + 1]
        changes = {
            self.contents.replace(content + b"\n", b"", 1): "name a file twice",
            self.contents.replace(context + b"\n", b"", 1): "half an item",
            self.contents.replace(content + b"\n", 2 * (content + b"\n"), 1): "an item twice",
            self.contents.replace(content, content[:-1] + b',"item":1}', 1): "a key twice",
            self.contents.replace(b'"archive":"', b'"archive":"0', 1): "of another archive",
            self.contents.replace(b"muniment/contents/v1", b"muniment/contents/v2", 1): "not of version 1",
            self.contents.replace(b'"size":', b'"size":1', 1): "is not where it should be",
            self.contents.replace(b'"offset":', b'"offset":1', 1): "is not where it should be",
            self.contents.replace(b'"sha256":"', b'"sha256":"0', 1): "is not what the contents state",
            self.contents.replace(b'"name":"data/', b'"name":"data/x', 1): "is not where it should be",
            self.contents[:-2] + b"\n": "not those beside it",
        }
        for contents, sentence in changes.items():
            with self.subTest(sentence):
                self.assertNotEqual(contents, self.contents)
                self.assertIn(sentence, self.open(self.forge(contents=contents), 1))

    def test_names_that_lead_out_of_the_folder_are_not_written(self):
        bag = reader.parse_contents(self.contents, reader.Deposit(self.deposit))[0]
        inside = self.tar.index(f"{bag}/data/evidence/empty".encode())
        name = f"{bag}/data/../../../empty".encode()
        header = bytearray(self.tar[inside:inside + 512])
        header[:100] = name.ljust(100, b"\0")
        header[148:156] = b" " * 8
        header[148:156] = b"%06o\0 " % sum(header)
        tar = self.tar[:inside] + bytes(header) + self.tar[inside + 512:]
        contents = self.contents.replace(b'"name":"data/evidence/empty"', b'"name":"data/../../../empty"')
        self.assertNotEqual(contents, self.contents)
        self.assertIn("not a name that may be written", self.open(self.forge(tar=tar, contents=contents), 1))
        self.assertFalse((self.own / "empty").exists())


if __name__ == "__main__":
    blackbox.main()
