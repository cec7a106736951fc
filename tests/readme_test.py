"""README.txt is held to its word: its very lines, taken from the archive, with stock tools and without muniment.

The deposit has five parts and ends in zeros that tar does not read: a fault there goes unseen unless the lines look.
"""

import hashlib
import os
import pathlib
import shutil
import sys
import tempfile
import unittest

import blackbox

sys.path.insert(0, str(blackbox.source() / "demo"))
import evidence_files  # noqa: E402
import readme_lines  # noqa: E402

PASSPHRASE = "kettle lantern orchard thimble gravel meadow"
# All that a reader needs; README.txt names the three that are not part of every system.
TOOLS = "age basename bash cat cut diff find grep rm sha256sum sort tar tr xargs".split()
READER_TOOLS = "bash cat find python3 rm sha256sum tr".split()
PART_BYTES = 16_781_312
LARGE_BYTES = 70_000_000


class ReadmeCase(unittest.TestCase):
    """An archive and the lines of its README.txt. `commands_of` finds them, `tools` are the programs there are."""

    @classmethod
    def setUpClass(cls):
        for tool in cls.tools:
            if shutil.which(tool) is None:
                raise unittest.SkipTest(f"{tool} is not installed")
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name).resolve()
        cls.make_archive()
        cls.commands = cls.commands_of((cls.archive / "README.txt").read_text(encoding="utf-8"))

    @classmethod
    def make_archive(cls):
        cls.archive = cls.folder / "archive"
        cls.key_file = cls.folder / "custodian.key"
        (cls.folder / "passphrase").write_text(PASSPHRASE + "\n", encoding="utf-8")
        source = cls.folder / "Папка 1"
        source.mkdir()
        (source / "large").write_bytes(os.urandom(LARGE_BYTES))
        (source / "100%").write_text("repaired", encoding="utf-8")
        (source / "two\nlines").write_text("repaired as well", encoding="utf-8")
        (source / "empty").touch()
        environment = {**os.environ, "MUNIMENT_PASSPHRASE_FILE": str(cls.folder / "passphrase")}
        program = blackbox.program().absolute()
        blackbox.run([program, "init", cls.archive, "--no-trustees", "--custodian", cls.key_file], env=environment)
        blackbox.run([program, "deposit", cls.archive, source, "--key", cls.key_file], env=environment)
        (cls.deposit,) = cls.archive.glob("deposits/*/*")
        cls.originals = evidence_files.look(source).files

    def setUp(self):
        folder = tempfile.TemporaryDirectory(dir=self.folder)
        self.addCleanup(folder.cleanup)
        self.own = pathlib.Path(folder.name)
        self.out = self.own / "out"
        self.out.mkdir()

    def path_with(self, tar):
        """A PATH with the tools above and no other; `tar` is the program that goes by that name."""
        tools = self.own / "tools"
        shutil.rmtree(tools, ignore_errors=True)
        tools.mkdir()
        for tool in self.tools:
            (tools / tool).symlink_to(shutil.which(tar if tool == "tar" else tool))
        return str(tools)

    def run_lines(self, deposit=None, tar="tar", commands=None):
        if shutil.which(tar) is None:
            self.skipTest(f"{tar} is not installed")
        deposit = deposit or self.deposit
        values = {"ARCHIVE": self.archive, "KEYFILE": self.key_file, "DEPOSIT": deposit, "OUT": self.out,
                  "KEYRING": self.archive / "keyring/1/evidence/custodian-1.age"}
        environment = {"PATH": self.path_with(tar), "LANG": "C.UTF-8", "TERM": "dumb"}
        self.assertIsNone(shutil.which("muniment", path=environment["PATH"]))
        return readme_lines.run(commands or self.commands, values, PASSPHRASE, environment)

    def copy_of_deposit(self):
        copy = self.own / self.deposit.name
        shutil.copytree(self.deposit, copy)
        return copy

    def copy_with_a_bit_flipped_at_the_end(self):
        """The last bit of the last part: it belongs to the tag of the last chunk."""
        copy = self.copy_of_deposit()
        last = max(copy.glob("part-*"))
        self.assertEqual(last.name, "part-0000004")
        data = bytearray(last.read_bytes())
        data[-1] ^= 1
        last.write_bytes(data)
        return copy

    def assert_files_came_out(self, ran):
        self.assertEqual(ran.status, 0, ran.output)
        (bag,) = self.out.glob("bag-*")
        self.assertEqual(evidence_files.difference(self.originals, evidence_files.look_into_bag(bag)), "")
        self.assertEqual(sum(1 for path in (bag / "data").rglob("*") if path.is_file()), len(self.originals))
        self.assertFalse((self.out / "key").exists())


class ReadmeTest(ReadmeCase):
    tools = TOOLS
    commands_of = staticmethod(readme_lines.commands_of)

    def setUp(self):
        super().setUp()
        if readme_lines.needs_reader(self.deposit / "header-0"):
            self.skipTest("seals here are hybrid, and the age of this system does not know them: README.txt says so, "
                          "and ReaderLinesTest runs its lines for them")

    def make_sums_fit(self, deposit):
        """As somebody would who can write every list: sums, receipt and the folder's name follow the altered parts."""
        before = digest(deposit / "SHA256SUMS")
        sums = "".join(f"{digest(part)}  {part.name}\n" for part in sorted(deposit.glob("part-*")))
        (deposit / "SHA256SUMS").write_text(sums, encoding="ascii")
        receipt = (deposit / "receipt").read_text(encoding="ascii")
        (deposit / "receipt").write_text(receipt.replace(before, digest(deposit / "SHA256SUMS")), encoding="ascii")
        return deposit.rename(deposit.parent / digest(deposit / "receipt"))

    def test_the_deposit_is_as_large_as_the_tests_need(self):
        parts = sorted(self.deposit.glob("part-*"))
        self.assertEqual([part.stat().st_size for part in parts[:-1]], [PART_BYTES] * 4)
        plain_bytes = sum(part.stat().st_size for part in parts)
        self.assertGreater(plain_bytes - LARGE_BYTES, 2 * 65536, "no whole chunk of zeros at the end")

    def test_gnu_tar_gives_the_files(self):
        self.assert_files_came_out(self.run_lines())

    def test_bsdtar_gives_the_files(self):
        self.assert_files_came_out(self.run_lines(tar="bsdtar"))

    def test_busybox_tar_gives_the_files(self):
        self.assert_files_came_out(self.run_lines(tar="busybox"))

    def test_every_line_was_run_and_the_log_could_be_read(self):
        ran = self.run_lines()
        self.assertEqual([command for command, _ in ran.steps], self.commands)
        self.assertIn(hashlib.sha256((self.archive / "charter/1").read_bytes()).hexdigest(), ran.steps[0][1])
        log = ran.steps[-1][1]
        for line in (self.deposit / "receipt").read_text(encoding="ascii").splitlines():
            self.assertIn(line, log)

    def test_a_flipped_bit_in_the_last_chunk_is_named(self):
        ran = self.run_lines(self.copy_with_a_bit_flipped_at_the_end())
        self.assertNotEqual(ran.status, 0)
        self.assertIn("part-0000004: FAILED", ran.output)
        self.assertNotIn("part-0000003: FAILED", ran.output)
        self.assertEqual(list(self.out.glob("bag-*")), [])

    def test_age_sees_a_flipped_bit_in_the_last_chunk_whatever_the_tar(self):
        deposit = self.make_sums_fit(self.copy_with_a_bit_flipped_at_the_end())
        for tar in ("tar", "bsdtar", "busybox"):
            with self.subTest(tar=tar):
                shutil.rmtree(self.out)
                self.out.mkdir()
                ran = self.run_lines(deposit, tar)
                command, said = ran.steps[-1]
                self.assertIn("age -d", command)
                self.assertIn("failed to decrypt and authenticate payload chunk", said)
                self.assertNotEqual(ran.status, 0)

    def test_another_deposit_under_this_name_is_noticed(self):
        fitting = self.make_sums_fit(self.copy_with_a_bit_flipped_at_the_end())
        ran = self.run_lines(fitting.rename(fitting.parent / self.deposit.name))
        self.assertEqual(ran.status, 1)
        self.assertIn("basename", ran.steps[-1][0])

    def test_a_missing_part_is_named(self):
        copy = self.copy_of_deposit()
        (copy / "part-0000002").unlink()
        ran = self.run_lines(copy)
        self.assertEqual(ran.status, 1)
        self.assertIn("part-0000002: FAILED open or read", ran.output)

    def test_a_bag_that_is_not_what_its_contents_say_is_noticed(self):
        """Such a bag was sealed so: every part fits, and only the lines that look at what came out can see it."""
        start = next(i for i, command in enumerate(self.commands) if command.startswith('cd "$OUT"/bag'))
        self.assertEqual(self.run_lines(commands=self.commands[:start]).status, 0)
        (bag,) = self.out.glob("bag-*")
        (file,) = bag.glob("data/*/empty")

        def checked():
            ran = self.run_lines(commands=self.commands[start:])
            return ran.status, ran.steps[-1][0]

        file.write_text("something", encoding="utf-8")
        self.assertEqual(checked()[0], 1, "a file that is not in the manifest's words")
        make_manifests_fit(bag)
        status, command = checked()
        self.assertEqual((status, "contents.jsonl | cut -c 11-" in command), (1, True), command)
        contents = bag / "metadata/contents.jsonl"
        contents.write_text(contents.read_text("utf-8").replace(digest_of_nothing(), digest(file)), encoding="utf-8")
        make_manifests_fit(bag)
        status, command = checked()
        self.assertEqual((status, '"$DEPOSIT"/receipt' in command), (1, True), command)


class ReaderLinesTest(ReadmeCase):
    """The lines of README.txt for the reader in the archive, which opens every kind of seal."""

    tools = READER_TOOLS
    commands_of = staticmethod(readme_lines.reader_commands_of)

    def test_the_reader_gives_the_files(self):
        ran = self.run_lines()
        self.assert_files_came_out(ran)
        self.assertEqual([command for command, _ in ran.steps], self.commands)
        self.assertEqual(sum(command.startswith("python3 ") for command in self.commands), 2)

    def test_a_flipped_bit_in_the_last_chunk_is_named(self):
        ran = self.run_lines(self.copy_with_a_bit_flipped_at_the_end())
        self.assertEqual(ran.status, 1)
        self.assertIn("part-0000004 was altered", ran.output)
        self.assertEqual(list(self.out.glob("bag-*")), [])


def digest(path):
    return evidence_files.digest_of(path)


def digest_of_nothing():
    return hashlib.sha256(b"").hexdigest()


def make_manifests_fit(bag):
    """Both manifests follow the files, as in a bag that was made with these bytes."""
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        names = [line.split("  ", 1)[1] for line in (bag / manifest).read_text("utf-8").splitlines()]
        fitting = "".join(f"{digest(bag / name)}  {name}\n" for name in names)
        (bag / manifest).write_text(fitting, encoding="utf-8")


if __name__ == "__main__":
    blackbox.main()
