"""What a seizure would give, on a machine where somebody has worked carelessly: all of it is named, worst first."""

import json
import os
import pathlib
import shutil
import stat
import subprocess
import tempfile
import unittest

import blackbox
from workshop import Workshop


class ExposureTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shop = Workshop()
        cls.addClassCleanup(cls.shop.close)
        cls.home = cls.shop.folder / "home"
        cls.home.mkdir()
        cls.shop.env = dict(cls.shop.env, HOME=str(cls.home))
        cls.shop.found("home/archive")
        cls.shop.write("case/statement", "An invented statement.")
        cls.shop.muniment("seal", "--card", "home/archive.card", "-o", "home/sealed", "case")
        cls.shop.muniment("deposit", "home/archive", "case", "--key", cls.shop.key)
        cls.shop.muniment("mirror", "push", "home/archive", "usb")
        shutil.copy(cls.shop.key, cls.home / "custodian.key")
        (cls.deposit,) = cls.shop.deposits("home/archive")

    def exposure(self, *paths, expect=0):
        return self.shop.json("exposure", *paths, expect=expect)

    def kinds(self, *paths):
        return [(found["kind"], found["path"]) for found in self.exposure(*paths)["found"]
                if found["kind"] not in ("swap", "core dumps")]

    def test_a_careless_home_is_listed_worst_first(self):
        expected = [("locked key", "custodian.key"), ("home", "archive"), ("sealed", "sealed"),
                    ("card", "archive.card")]
        self.assertEqual(self.kinds(self.home), [(kind, str(self.home / name)) for kind, name in expected])
        secrets = self.shop.folder / "secrets"
        secrets.mkdir()
        self.addCleanup(shutil.rmtree, secrets)
        if shutil.which("age-keygen"):
            blackbox.run(["age-keygen", "-o", secrets / "plain.key"])
            self.assertEqual(self.kinds(self.home, secrets)[0], ("open key", str(secrets / "plain.key")))
        shown = self.shop.muniment("exposure", self.home).stdout
        self.assertLess(shown.index("under a passphrase: "), shown.index("The home of an archive: "))
        self.assertIn("where 1 copy is.", shown)
        self.assertIn("What to do: ", shown)

    def test_opened_evidence_is_found_where_it_can_be(self):
        memory = pathlib.Path(tempfile.mkdtemp(prefix="muniment-test-", dir="/dev/shm"))
        self.addCleanup(shutil.rmtree, memory)
        memory.chmod(0o755)
        self.shop.muniment("open", "home/archive", self.deposit, "-o", memory / "opened", "--key", self.shop.key)
        self.assertEqual(stat.S_IMODE((memory / "opened").stat().st_mode), 0o700)
        self.assertEqual(self.kinds(memory), [("private memory", str(memory / "opened"))])

    def test_a_bag_that_stock_tools_have_opened_is_found(self):
        out = self.shop.folder / "stock"
        out.mkdir()
        self.addCleanup(shutil.rmtree, out)
        bag = out / "bag-0123"
        (bag / "metadata").mkdir(parents=True)
        (bag / "metadata" / "contents.jsonl").write_text(
            json.dumps({"salt": "00" * 16, "kind": "deposit", "format": "muniment/contents/v1"}, separators=(",", ":"))
            + "\n")
        self.assertEqual(self.kinds(out), [("opened evidence", str(bag))])

    def test_without_a_path_it_looks_where_people_leave_things(self):
        places = {"HOME": "a home", "XDG_CACHE_HOME": "a cache", "TMPDIR": "a temporary folder"}
        elsewhere = pathlib.Path(tempfile.mkdtemp(prefix="muniment-test-"))
        self.addCleanup(shutil.rmtree, elsewhere)
        env = dict(self.shop.env)
        for variable, name in places.items():
            (elsewhere / name).mkdir()
            (elsewhere / name / "card").write_text("muniment/card/v1\n")
            env[variable] = str(elsewhere / name)
        (elsewhere / "here").mkdir()
        (elsewhere / "here" / "card").write_text("muniment/card/v1\n")
        done = blackbox.run([blackbox.program(), "exposure", "--json"], expect=None, cwd=elsewhere / "here", env=env)
        self.assertIn(done.returncode, (0, 1))  # the machine may have more than can be looked through
        found = {entry["path"] for entry in json.loads(done.stdout)["found"]}
        for name in [*places.values(), "here"]:
            self.assertIn(str(elsewhere / name / "card"), found)

    def test_it_writes_nothing_and_keeps_secrets_to_itself(self):
        before = {path: path.lstat().st_mtime_ns for path in self.home.rglob("*")}
        plain = self.home / "plain.key"
        key = blackbox.run([blackbox.build() / "tests" / "show_secrets", self.shop.key, self.shop.folder / "passphrase",
                            next((self.home / "archive/keyring").rglob("*.age")),
                            next((self.home / "archive/deposits").rglob("header-0"))]).stdout
        text = next(line.split()[1] for line in key.splitlines() if line.startswith("holder-text "))
        plain.write_bytes(bytes.fromhex(text))
        self.addCleanup(plain.unlink)
        for form in ([], ["--json"]):
            done = self.shop.muniment("exposure", self.home, *form)
            self.assertIn("plain.key", done.stdout)
            self.assertNotIn("AGE-SECRET-KEY", done.stdout + done.stderr)
        after = {path: path.lstat().st_mtime_ns for path in self.home.rglob("*") if path != plain}
        self.assertEqual({path: time for path, time in after.items() if path != self.home}, before)

    def test_a_place_that_is_not_there(self):
        done = self.shop.muniment("exposure", "nowhere", expect=3)
        self.assertIn("nowhere: No such file or directory", done.stderr)

    def test_a_folder_that_may_not_be_read_is_counted(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="muniment-test-"))
        self.addCleanup(shutil.rmtree, folder)
        (folder / "closed").mkdir()
        (folder / "closed").chmod(0)
        shutil.copy(blackbox.program(), folder / "muniment")
        options = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
        folder.chmod(0o755)
        done = subprocess.run([folder / "muniment", "exposure", folder, "--json"], capture_output=True, text=True,
                              check=True, **options)
        self.assertEqual(json.loads(done.stdout)["unreadable"], 1)


class OfACustodianTest(unittest.TestCase):
    """What one custodian's keys give, asked of the charters."""

    @classmethod
    def setUpClass(cls):
        cls.shop = Workshop()
        cls.addClassCleanup(cls.shop.close)
        _, cls.shares = cls.shop.found_with_trustees()
        cls.shop.write("case/statement", "An invented statement.")
        cls.shop.muniment("deposit", "archive", "case", "--key", cls.shop.key)

    def text(self, *arguments, **options):
        return " ".join(self.shop.muniment("exposure", *arguments, **options).stdout.split())

    def test_reading_and_authority_are_told_without_a_key(self):
        del self.shop.env["MUNIMENT_PASSPHRASE_FILE"]
        self.addCleanup(self.shop.env.update, MUNIMENT_PASSPHRASE_FILE=str(self.shop.folder / "passphrase"))
        said = self.text("archive", "--custodian", "custodian-1")
        for sentence in ('"evidence": everything, from any copy.', '"identities": nothing.', "Of the 1 deposit",
                         "remove deposits, or end a legal hold: with 1 more person.",
                         "the trustees, the keys of compartments: with the trustees (2 of 3).",
                         "muniment charter succeed COPY", "cannot be called back"):
            self.assertIn(sentence, said)
        self.assertLess(said.index("stop a removal"), said.index("To do only with others"))
        told = self.shop.json("exposure", "archive", "--custodian", "custodian-1")
        self.assertEqual((told["name"], told["role"], told["deposits"], told["allDeposits"]),
                         ("custodian-1", "custodian", self.shop.deposits(), False))
        self.assertEqual(told["compartments"][0],
                         {"name": "evidence", "opener": True, "lastCharter": 1, "newestKeys": True})
        self.assertEqual([power["deed"] for power in told["powers"] if power["others"] == 0],
                         ["take in", "veto", "hold", "reseal"])

    def test_the_retired_keep_what_old_copies_open(self):
        second = self.shop.key_of("custodian-2")
        shares = "".join(share + "\n" for share in self.shares[:2])
        self.shop.muniment("charter", "add-custodian", "archive", "--holder", "custodian-2.txt", "--key", self.shop.key,
                           "--trustees", input=shares)
        self.assertIn("muniment charter retire archive custodian-2 --key KEYFILE",
                      self.text("archive", "--custodian", "custodian-2"))
        self.shop.muniment("charter", "retire", "archive", "custodian-2", "--key", self.shop.key, "--trustees",
                           input=shares)
        said = self.text("archive", "--custodian", "custodian-2")
        self.assertIn("everything, since its keys were not renewed.", said)
        self.assertIn("custodian-2 is in the charter no more.", said)
        self.shop.muniment("compartment", "renew", "archive", "evidence", "--key", self.shop.key, "--trustees",
                           input=shares)
        said = self.text("archive", "--custodian", "custodian-2")
        self.assertIn("what was sealed before its keys were renewed.", said)
        self.assertNotIn("muniment compartment renew", said)
        self.assertTrue(second.exists())

    def test_it_is_asked_of_one_archive_and_of_somebody_known(self):
        for status, sentence, arguments in (
                (2, "give the archive whose custodian is meant", ("--custodian", "custodian-1")),
                (2, "give the archive whose custodian is meant", ("archive", "case", "--custodian", "custodian-1")),
                (3, 'names "custodian-9"; it has named: custodian-1', ("archive", "--custodian", "custodian-9")),
                (2, "--custodian", ("archive", "--id", "academic"))):
            with self.subTest(arguments):
                self.assertIn(sentence, self.shop.muniment("exposure", *arguments, expect=status).stderr)


if __name__ == "__main__":
    blackbox.main()
