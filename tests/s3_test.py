"""Copies in buckets: npm's s3rver, which knows no conditional writes, and Ceph's gateway, which keeps them."""

import contextlib
import http.server
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

import blackbox
import s3_services
from workshop import Workshop, answering, share_on, tree


class BucketTests:
    """What is true of every service. A class below says which one, and what else is true of it."""

    service_of = None
    checks_secrets = True

    @classmethod
    def setUpClass(cls):
        place = tempfile.TemporaryDirectory(prefix="muniment-test-")
        cls.addClassCleanup(place.cleanup)
        with contextlib.ExitStack() as stack:
            cls.service = stack.enter_context(cls.service_of(pathlib.Path(place.name)))
            cls.addClassCleanup(stack.pop_all().close)
        cls.shop = Workshop()
        cls.addClassCleanup(cls.shop.close)
        cls.words = cls.shop.found()
        for i in range(3):
            cls.shop.write(f"evidence-{i}/file", os.urandom(40_000))
        cls.shop.write("large/file", os.urandom(18 << 20))
        paths = [cls.shop.folder / f"evidence-{i}" for i in range(3)] + [cls.shop.folder / "large"]
        cls.shop.muniment("deposit", "archive", *paths, "--key", cls.shop.key)
        cls.shop.muniment("mirror", "push", "archive", "vault")
        cls.vault = cls.shop.folder / "vault"
        cls.part = max(cls.vault.rglob("part-*"), key=lambda path: path.stat().st_size).relative_to(cls.vault)
        cls.keys = cls.shop.write("keys", f"{cls.service.key}:{cls.service.secret}\n")

    def fresh(self):
        """A prefix, and the name of a copy, that is not there yet."""
        self.names = getattr(self, "names", 0) + 1
        return f"{self.id().rsplit('.', 1)[-1].replace('_', '-')[:40]}-{self.names}"

    def muniment(self, *arguments, **options):
        return self.shop.muniment(*arguments, "--credentials", self.keys, **options)

    def json(self, *arguments, **options):
        return self.shop.json(*arguments, "--credentials", self.keys, **options)

    def pushed(self, archive="archive", **how):
        address = self.service.address(self.fresh(), **how)
        self.muniment("mirror", "push", archive, address)
        return address

    def synced(self, prefix):
        """What rclone finds below a prefix, as a folder."""
        folder = self.shop.folder / f"synced-{self.fresh()}"
        self.service.rclone("sync", "--fast-list", f"there:{s3_services.BUCKET}/{prefix}", folder)
        return folder

    def contract(self, chosen):
        """The cases of store_test that speak to a service; gives the names of those that passed."""
        report = self.shop.folder / f"{self.fresh()}.xml"
        env = dict(os.environ, MUNIMENT_S3_ADDRESS=self.service.address(), MUNIMENT_S3_CREDENTIALS=str(self.keys))
        blackbox.run([blackbox.build() / "store_test", f"--gtest_filter={chosen}", f"--gtest_output=xml:{report}"],
                     env=env)
        cases = list(xml.etree.ElementTree.parse(report).iter("testcase"))
        return [case.get("name").split("/")[0] for case in cases if case.get("result") == "completed"]

    def test_the_contract_of_stores_holds(self):
        self.assertEqual(len(self.contract("S3Service/StoreContract.*")), 7)
        self.assertEqual(self.contract("Started/S3Service.ListsMoreThanOnePage/*"), ["ListsMoreThanOnePage"])

    def test_a_copy_is_pushed_pulled_verified_listed_opened_audited_and_recovered(self):
        address = self.pushed()
        self.assertEqual(self.json("mirror", "push", "archive", address)["mirrors"][0]["objectsCopied"], 0)
        copy = self.fresh()
        self.muniment("mirror", "pull", copy, "--from", address, "--id", self.words)
        self.assertEqual(tree(self.shop.folder / copy), tree(self.vault))
        self.muniment("verify", address, "--id", self.words)
        self.assertIn("4 deposits", self.muniment("list", address).stdout)
        audit = self.json("mirror", "audit", "archive", address)
        self.assertEqual([each["state"] for each in audit["copies"]], ["whole", "whole"])
        recovered = self.fresh()
        self.muniment("recover", "--from", address, "-o", recovered, "--id", self.words)
        self.assertEqual(tree(self.shop.folder / recovered), tree(self.vault))
        self.muniment("open", address, self.shop.deposits()[0], "-o", self.fresh(), "--key", self.shop.key,
                      "--to-disk")

    def test_a_bucket_is_filled_from_another_copy_by_a_pull(self):
        address = self.service.address(self.fresh())
        self.muniment("mirror", "pull", address, "--from", "vault", "--id", self.words)
        self.muniment("verify", address, "--id", self.words)

    def test_a_bucket_as_a_part_of_the_hosts_name_is_the_same_bucket(self):
        prefix = self.fresh()
        by_host = self.service.address(prefix, host=self.service.virtual_host, options="style=virtual&tls=off")
        self.muniment("mirror", "push", "archive", by_host)
        by_path = self.service.address(prefix)
        self.assertEqual(self.json("mirror", "push", "archive", by_path)["mirrors"][0]["objectsCopied"], 0)
        self.muniment("verify", by_host, "--id", self.words)

    def test_what_is_damaged_or_missing_is_named_and_healed(self):
        prefix = self.fresh()
        address = self.service.address(prefix)
        self.muniment("mirror", "push", "archive", address)
        there = f"there:{s3_services.BUCKET}/{prefix}"
        bytes_before = (self.vault / self.part).read_bytes()
        damaged = self.shop.write("damaged", bytes_before[:5000] + b"?" + bytes_before[5001:])
        self.service.rclone("copyto", damaged, f"{there}/{self.part}")
        receipt = next(self.vault.rglob("receipt")).relative_to(self.vault)
        self.service.rclone("deletefile", f"{there}/{receipt}")
        self.muniment("verify", address, expect=1)
        audit = self.json("mirror", "audit", "archive", address, expect=1)
        self.assertEqual(audit["copies"][1]["state"], "damaged")
        found = [finding["object"] for finding in audit["copies"][1]["findings"]]
        self.assertCountEqual(found, [str(self.part), str(receipt)])
        pulled = self.json("mirror", "pull", self.fresh(), "--from", address, "--id", self.words, expect=1)
        self.assertEqual([lost["object"] for lost in pulled["lost"]], [str(self.part)])
        healed = self.json("mirror", "heal", address, "--from", "vault")
        self.assertEqual(healed["healed"], 2)
        self.muniment("verify", address, "--id", self.words)
        # And the other way: a folder from a bucket.
        shutil.copytree(self.vault, self.shop.folder / "hurt")
        (self.shop.folder / "hurt" / self.part).write_bytes(damaged.read_bytes())
        self.muniment("mirror", "heal", "hurt", "--from", address)
        self.assertEqual(tree(self.shop.folder / "hurt"), tree(self.vault))

    def test_copies_made_by_rclone_are_as_good_both_ways(self):
        prefix = self.fresh()
        self.muniment("mirror", "push", "archive", self.service.address(prefix))
        folder = self.synced(prefix)
        self.assertEqual(tree(folder), tree(self.vault))
        self.shop.muniment("verify", folder, "--id", self.words)
        other = self.fresh()
        self.service.rclone("sync", "--fast-list", self.vault, f"there:{s3_services.BUCKET}/{other}")
        audit = self.json("mirror", "audit", "archive", self.service.address(other), folder)
        self.assertEqual([each["state"] for each in audit["copies"]], ["whole"] * 3)

    def test_a_removal_is_carried_out_in_the_bucket_and_a_veto_brings_it_back(self):
        shop = Workshop()
        self.addCleanup(shop.close)
        _, shares = shop.found_with_trustees()
        second = shop.key_of("custodian-2")
        shop.muniment("charter", "add-custodian", "archive", "--holder", "custodian-2.txt", "--key", shop.key,
                      "--trustees", input="".join(share + "\n" for share in shares[:2]))
        shop.write("case/what-happened.txt", "what happened")
        shop.muniment("deposit", "archive", "case", "--key", shop.key)
        prefix = self.fresh()
        keys = ("--credentials", self.keys)
        push = ("mirror", "push", "archive", self.service.address(prefix), *keys)
        shop.muniment(*push)
        deposit = shop.deposits()[0]

        def names(folder):
            listed = self.service.rclone("lsf", f"there:{s3_services.BUCKET}/{prefix}/{folder}", expect=None)
            return sorted(listed.stdout.split())

        served = f"deposits/{deposit[:2]}/{deposit}"
        before = names(served)
        self.assertIn("header-0", before)
        proposed = shop.json("withdraw", "archive", deposit, "--key", shop.key, "--ground-file",
                             shop.write("ground.txt", "the witness asked"))
        shop.muniment("approve", "archive", proposed["proposal"], "--key", second, "--yes")
        pushed = shop.json(*push)["mirrors"][0]
        self.assertEqual(pushed["removals"]["withdrawn"], 1)
        self.assertEqual(names(served), ["SHA256SUMS", "receipt"])
        self.assertEqual(names(f"withdrawn/{deposit}"), sorted(
            [name for name in before if name not in ("SHA256SUMS", "receipt")] + [f"removal-{proposed['order']}"]))
        shop.muniment("verify", self.service.address(prefix), *keys)
        shop.muniment("veto", "archive", proposed["order"][:12], "--key", second)
        self.assertEqual(shop.json(*push)["mirrors"][0]["removals"]["broughtBack"], 1)
        self.assertEqual(names(served), before)
        self.assertEqual(names("withdrawn"), [])

    def test_wrong_keys_are_named(self):
        address = self.pushed()
        for wrong in ("nobody:not-the-secret", f"{self.service.key}:not-the-secret")[:1 + self.checks_secrets]:
            self.shop.write("wrong-keys", wrong + "\n")
            done = self.shop.muniment("verify", address, "--credentials", "wrong-keys", expect=3)
            self.assertIn("it does not know this key, or the secret is another one", done.stderr)
            self.assertNotIn("not-the-secret", done.stderr + done.stdout)
        self.shop.muniment("mirror", "push", "archive", address, "--credentials", "wrong-keys", expect=3)

    def test_a_bucket_that_is_not_there_is_named(self):
        address = self.service.address("one", bucket="no-such-bucket")
        for command in (("verify", address), ("mirror", "push", "archive", address)):
            self.assertIn("there is no bucket no-such-bucket", self.muniment(*command, expect=3).stderr)

    def test_who_cannot_be_reached_is_said_at_which_stage(self):
        with socket.socket() as taken:  # bound, and nobody listens
            taken.bind(("127.0.0.1", 0))
            address = f"s3://127.0.0.1:{taken.getsockname()[1]}/abc?tls=off"
            self.assertIn("no connection (", self.muniment("verify", address, expect=3).stderr)


class S3rverTest(BucketTests, unittest.TestCase):
    service_of = staticmethod(s3_services.s3rver)
    checks_secrets = False  # of signatures of version 4 it looks at the key only

    def test_it_is_refused_as_a_home_by_the_probe(self):
        self.assertEqual(self.contract("Started/S3Service.IsRefusedAsHome/*"), ["IsRefusedAsHome"])


class RadosgwTest(BucketTests, unittest.TestCase):
    service_of = staticmethod(s3_services.radosgw)

    def test_the_head_of_a_log_is_swapped_by_one_writer_at_a_time(self):
        self.assertEqual(self.contract("Started/S3Service.KeepsASwap/*:Started/S3Service.LosesNoSwap*"),
                         ["KeepsASwap", "LosesNoSwapAmongWritersAtOnce"])

    def test_what_is_sent_into_the_bucket_is_taken_in_and_its_sender_can_do_nothing_else(self):
        key, secret = "sender0000", "s" * 40
        self.service.add_user("sender", key, secret)
        # The policy of docs/cli.md "Sending into a bucket".
        text = (blackbox.source() / "docs/cli.md").read_text(encoding="utf-8")
        policy = re.search(r"```json\n(\{\n  \"Version\".*?)```", text, re.DOTALL)[1]
        policy = self.shop.write("policy", policy.replace("BUCKET", s3_services.BUCKET).replace("SENDER", "sender")
                                 .replace("KEEPER", "test"))
        said = self.service.ask("PUT", "?policy=", self.service.key, self.service.secret, "--data-binary", f"@{policy}")
        self.assertIn(said[0], (200, 204), said)

        address = self.service.address()
        self.muniment("mirror", "push", "archive", address)
        sending = self.shop.write("sending-keys", f"{key}:{secret} {address}\n")
        done = self.muniment("card", "archive", "--key", self.shop.key, "-o", "bucket.card", "--send-to", address,
                             expect=2)
        self.assertIn("may only create", done.stderr, "the keys of the bucket's keeper are on no card")
        self.shop.muniment("card", "archive", "--key", self.shop.key, "-o", "bucket.card", "--send-to", address,
                           "--credentials", sending)
        self.shop.write("sent/file", os.urandom(17 << 20))
        (made,) = self.shop.json("seal", "--card", "bucket.card", "-o", "sealed", self.shop.folder / "sent")["deposits"]
        for objects, unseen in ((6, 0), (0, 6)):  # two parts and four others
            done = self.shop.json("send", "sealed", "--card", "bucket.card")
            self.assertEqual(done["mirrors"][0]["taken"], [made["id"]])
            self.assertEqual([done["mirrors"][0][each] for each in ("objects", "unseen")], [objects, unseen], done)

        receipt = f"/incoming/{made['id']}/receipt"
        ask = lambda method, path, *options: self.service.ask(method, path, key, secret, *options)[0]
        self.assertEqual(ask("PUT", receipt, "-H", "If-None-Match: *", "--data-binary", "other"), 412)
        for method, path in (("GET", receipt), ("DELETE", receipt), ("GET", "?list-type=2&prefix=incoming%2F"),
                             ("PUT", "/checkpoint"), ("PUT", f"/deposits/{made['id'][:2]}/x/receipt"),
                             ("GET", "/home/head"), ("DELETE", "/checkpoint")):
            body = ["--data-binary", "x"] if method == "PUT" else []
            self.assertEqual(ask(method, path, *body), 403, f"{method} {path}")
        kept = self.service.ask("GET", receipt, self.service.key, self.service.secret)
        self.assertEqual(kept[1].encode(), (self.shop.folder / "sealed" / made["id"] / "receipt").read_bytes())

        fetched = self.json("mirror", "fetch-incoming", "archive", "--from", address)["mirrors"][0]
        self.assertEqual(fetched["fetched"], [made["id"]])
        self.shop.muniment("deposit", "archive", "--key", self.shop.key)
        self.muniment("mirror", "push", "archive", address)
        done = self.shop.json("send", "sealed", "--card", "bucket.card")
        self.assertTrue(done["deposits"][0]["emptied"], done)
        self.assertEqual(list((self.shop.folder / "sealed").iterdir()), [])
        fetched = self.json("mirror", "fetch-incoming", "archive", "--from", address)["mirrors"][0]
        self.assertEqual([fetched[each] for each in ("fetched", "here", "takenAway")], [[], 1, 1])
        self.assertEqual(self.service.ask("GET", receipt, self.service.key, self.service.secret)[0], 404)

    def test_without_keys_nothing_is_given(self):
        done = self.shop.muniment("verify", self.pushed(), expect=3)
        self.assertIn("it is not given to everybody. Give --credentials FILE", done.stderr)


class HomeInABucketTest(unittest.TestCase):
    """An archive whose home is a bucket of Ceph's gateway, and which lies nowhere else."""

    @classmethod
    def setUpClass(cls):
        place = tempfile.TemporaryDirectory(prefix="muniment-test-")
        cls.addClassCleanup(place.cleanup)
        with contextlib.ExitStack() as stack:
            cls.service = stack.enter_context(s3_services.radosgw(pathlib.Path(place.name)))
            cls.addClassCleanup(stack.pop_all().close)

    def setUp(self):
        self.shop = Workshop()
        self.addCleanup(self.shop.close)
        self.shop.write("keys", f"{self.service.key}:{self.service.secret}\n")
        self.prefix = self.id().rsplit(".", 1)[-1].replace("_", "-")[:40]
        self.home = self.service.address(self.prefix)

    def muniment(self, *arguments, state="state", run=None, **options):
        given = ("--credentials", "keys") + (("--state", state) if state else ())
        return (run or self.shop.muniment)(*arguments, *given, **options)

    def json(self, *arguments, **options):
        return self.muniment(*arguments, run=self.shop.json, **options)

    def keys_below(self, folder):
        listed = self.service.rclone("lsf", "-R", "--files-only", f"there:{s3_services.BUCKET}/{self.prefix}/{folder}")
        return sorted(listed.stdout.split())

    def test_a_life_without_a_local_copy(self):
        words = self.json("init", self.home, "--custodian", self.shop.key, "--no-trustees")["words"]
        self.muniment("card", self.home, "--key", self.shop.key, "-o", "card")
        self.shop.write("case/what-happened.txt", "what happened")
        self.shop.muniment("seal", "--card", "card", "-o", "sealed", "case")
        taken = self.json("deposit", self.home, "sealed", "case", "--key", self.shop.key)["taken"]
        self.assertEqual(len(taken), 2)
        self.assertIn("2 deposits", self.muniment("list", self.home, state=None).stdout)
        self.muniment("open", self.home, taken[0]["id"], "-o", "opened", "--to-disk", "--key", self.shop.key,
                      state=None)
        opened = list((self.shop.folder / "opened").rglob("what-happened.txt"))
        self.assertEqual([path.read_text() for path in opened], ["what happened"])
        self.muniment("verify", self.home, "--id", words, state=None)
        self.muniment("mirror", "push", self.home, "copy")
        self.shop.muniment("verify", "copy", "--id", words)
        self.assertFalse((self.shop.folder / "copy" / "home").exists())
        status = self.json("status", self.home)
        self.assertEqual((status["isHome"], status["deposits"], status["onThisMachineOnly"]), (True, 2, 0))
        self.assertEqual([mirror["where"] for mirror in status["mirrors"]], [str(self.shop.folder / "copy")])
        self.assertIn("Without --state FOLDER", self.muniment("status", self.home, state=None).stderr)
        # The list of copies is on this machine, for this user alone, and not in the bucket.
        self.assertEqual([name for name in self.keys_below("home") if not name.startswith("log-key-")],
                         ["head", "place"])
        (own,) = (self.shop.folder / "state").iterdir()
        self.assertEqual(own.stat().st_mode & 0o077, 0)
        self.assertIn(str(self.shop.folder / "copy"), (own / "home" / "mirrors").read_text())
        self.assertFalse((own / "staging").exists())

    def test_two_people_remove_and_veto(self):
        _, shares = self.found_with_trustees()
        second = self.shop.key_of("custodian-2")
        self.muniment("charter", "add-custodian", self.home, "--holder", "custodian-2.txt", "--key", self.shop.key,
                      "--trustees", input="".join(share + "\n" for share in shares[:2]))
        self.shop.write("case/what-happened.txt", "what happened")
        deposit = self.json("deposit", self.home, "case", "--key", self.shop.key)["taken"][0]["id"]
        ground = self.shop.write("ground.txt", "the witness asked")
        proposed = self.json("withdraw", self.home, deposit, "--key", self.shop.key, "--ground-file", ground)
        self.assertEqual([name for name in self.keys_below("home") if "proposal" in name], [])
        self.assertEqual(len(self.json("status", self.home)["proposals"]), 1)
        # The other one works on another machine: the proposal travels as a file.
        (note,) = (self.shop.folder / "state").rglob(f"{proposed['proposal']}.note")
        self.muniment("approve", self.home, note, "--key", second, "--yes", state="state-2")
        self.assertEqual(self.keys_below("withdrawn") != [], True)
        self.assertEqual(self.json("list", self.home)["deposits"][0]["removed"], True)
        self.muniment("veto", self.home, proposed["order"][:12], "--key", second, state="state-2")
        self.assertEqual(self.keys_below("withdrawn"), [])
        self.muniment("verify", self.home, state=None)

    def test_a_head_that_the_service_puts_back_is_refused(self):
        self.muniment("init", self.home, "--custodian", self.shop.key, "--no-trustees")
        head = f"there:{s3_services.BUCKET}/{self.prefix}/home/head"
        for number in range(2):
            self.shop.write(f"case-{number}/file", str(number))
            self.muniment("deposit", self.home, f"case-{number}", "--key", self.shop.key)
            if number == 0:
                self.service.rclone("copyto", head, self.shop.folder / "older")
        self.service.rclone("copyto", "--ignore-times", self.shop.folder / "older", head)
        self.shop.write("case-2/file", "2")
        refused = self.muniment("deposit", self.home, "case-2", "--key", self.shop.key, expect=1)
        self.assertIn("has gone back in time", refused.stderr)

    def test_the_trustees_go_on_in_a_bucket_that_was_recovered(self):
        words, shares = self.found_with_trustees()
        self.shop.write("case/what-happened.txt", "what happened")
        self.muniment("deposit", self.home, "case", "--key", self.shop.key)
        self.muniment("mirror", "push", self.home, "copy")
        recovered = self.service.address(f"{self.prefix}-recovered")
        self.muniment("recover", "--from", "copy", "-o", recovered, "--id", words, state=None)
        self.muniment("charter", "succeed", recovered, "--custodian", "new-key", state="state-2",
                      input="".join(share + "\n" for share in shares[:2]))
        self.shop.write("case-2/file", "more")
        self.muniment("deposit", recovered, "case-2", "--key", "new-key", state="state-2")
        self.assertIn("2 deposits", self.muniment("list", recovered, state=None).stdout)
        self.assertEqual(self.json("mirror", "collect", recovered, "copy", state="state-2")["refused"], [])
        self.muniment("verify", recovered, "--id", words, state=None)

    def found_with_trustees(self):
        pages = self.shop.folder / "pages"
        pages.mkdir()
        printer = self.shop.write("printer", f'#!/bin/sh\ncat > "{pages}/$(ls "{pages}" | wc -l).svg"\n')
        printer.chmod(0o755)
        words = self.json("init", self.home, "--custodian", self.shop.key, "--trustees", "2of3", "--print",
                          printer)["words"]
        return words, [share_on(page.read_text()) for page in sorted(pages.iterdir())]

    def test_two_writers_at_once_and_a_copy_of_the_bucket(self):
        self.muniment("init", self.home, "--custodian", self.shop.key, "--no-trustees")
        self.shop.write("large/file", os.urandom(20 << 20))
        self.shop.write("small/file", "small")
        command = [blackbox.program(), "deposit", self.home, "large", "--key", self.shop.key, "--credentials", "keys",
                   "--state", "state"]
        first = subprocess.Popen([str(word) for word in command], cwd=self.shop.folder, env=self.shop.env,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while "lock" not in self.keys_below("home") and first.poll() is None:
            pass
        second = self.muniment("deposit", self.home, "small", "--key", self.shop.key, state="state-2", expect=None)
        self.assertEqual(second.returncode, 3, "it ran while the other one was at work")
        self.assertIn("another writer is at work", second.stderr)
        self.assertEqual(first.wait(timeout=120), 0)
        self.muniment("deposit", self.home, "small", "--key", self.shop.key, state="state-2")
        self.assertEqual(len(self.json("list", self.home)["deposits"]), 2)
        self.service.rclone("sync", f"there:{s3_services.BUCKET}/{self.prefix}",
                            f"there:{s3_services.BUCKET}/{self.prefix}-copied")
        copied = self.service.address(f"{self.prefix}-copied")
        self.muniment("verify", copied)
        self.assertIn("was copied from the home",
                      self.muniment("deposit", copied, "small", "--key", self.shop.key, expect=3).stderr)

    def test_what_does_not_work_there_says_so(self):
        self.muniment("init", self.home, "--custodian", self.shop.key, "--no-trustees")
        stranger = self.shop.key_of("stranger")
        for status, sentence, arguments, state in (
                (2, "give what to take in", ("deposit", self.home, "--key", self.shop.key), "state"),
                (2, "--state FOLDER", ("deposit", self.home, "keys", "--key", self.shop.key), None),
                (3, "is not empty", ("init", self.home, "--custodian", self.shop.key, "--no-trustees"), "state"),
                (3, "it works: nobody needs to succeed",
                 ("charter", "succeed", self.home, "--custodian", stranger), "state"),
                (3, "done to the folder", ("mirror", "serve", self.home), None)):
            with self.subTest(arguments):
                self.assertIn(sentence, self.muniment(*arguments, state=state, expect=status).stderr)


class AddressesTest(unittest.TestCase):
    """Commands that are done to a folder, given an address: none makes a folder of that name, all say why."""

    COMMANDS = (
        ("init", "AT", "--custodian", "KEY", "--no-trustees"),
        ("deposit", "AT", "file", "--key", "KEY"),
        ("withdraw", "AT", "0" * 64, "--key", "KEY"),
        ("approve", "AT"),
        ("status", "AT"),
        ("veto", "AT", "01234567", "--key", "KEY"),
        ("hold", "AT", "0" * 64, "--key", "KEY"),
        ("release", "AT", "0" * 64, "--key", "KEY"),
        ("reseal", "AT", "0" * 64, "--key", "KEY"),
        ("charter", "succeed", "AT", "--custodian", "KEY"),
        ("charter", "rotate-log-key", "AT", "--key", "KEY"),
        ("charter", "rules", "AT", "--hold", "30", "--key", "KEY"),
        ("compartment", "add", "AT", "case", "--opener", "custodian-1", "--key", "KEY"),
        ("trustees", "deal", "AT", "--trustees", "2of3", "--print", "/bin/cat", "--key", "KEY"),
        ("mirror", "push", "AT", "copy"),
        ("mirror", "push", "archive", "AT"),
        ("mirror", "pull", "AT", "--from", "archive"),
        ("mirror", "heal", "AT", "--from", "archive"),
        ("mirror", "list", "AT"),
        ("mirror", "serve", "AT"),
        ("mirror", "cosign", "AT", "--key", "KEY"),
        ("mirror", "collect", "AT", "archive"),
        ("recover", "--from", "archive", "-o", "AT"),
    )

    def test_an_address_is_refused_in_a_sentence(self):
        shop = Workshop()
        self.addCleanup(shop.close)
        words = shop.found()
        shop.write("file", "file")
        before = sorted(shop.folder.iterdir())
        for command in self.COMMANDS:
            arguments = [{"AT": "https://mirror.example/a", "KEY": shop.key}.get(word, word) for word in command]
            if command[0] == "recover":
                arguments += ["--id", words]
            with self.subTest(command):
                done = shop.muniment(*arguments, expect=3)
                self.assertIn("not from afar: https://mirror.example/a", done.stderr)
        self.assertEqual(sorted(shop.folder.iterdir()), before)


class RefusingService(http.server.BaseHTTPRequestHandler):
    """Keeps small objects in memory and refuses parts, when it has seen no more than the head of the request."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, status, body=b""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_GET(self):
        known = self.server.objects.get(self.path)
        self.answer(200 if known is not None else 404, known or b"<Error><Code>NoSuchKey</Code></Error>")

    do_HEAD = do_GET

    def handle_expect_100(self):
        if "part-" not in self.path:
            return super().handle_expect_100()
        return self.refuse()

    def refuse(self):
        self.server.refused.append(self.path)
        self.close_connection = True
        self.answer(self.server.status, b"<Error><Code>QuotaExceeded</Code><Message>Full.</Message></Error>")
        return False

    def do_PUT(self):
        if "part-" in self.path:
            self.refuse()
            return
        self.server.objects[self.path] = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(200)


class RefusedUploadTest(unittest.TestCase):
    def test_what_is_refused_is_named_and_not_sent_again_and_again(self):
        shop = Workshop()
        self.addCleanup(shop.close)
        shop.found()
        shop.write("large/file", os.urandom(20 << 20))
        shop.muniment("deposit", "archive", "large", "--key", shop.key)
        for status, reason in ((401, "it is not given to everybody"), (403, "it is not given to everybody"),
                               (507, "it does not take so much")):
            with self.subTest(status):
                with answering(RefusingService) as server:
                    server.status, server.objects, server.refused = status, {}, []
                    done = shop.muniment("mirror", "push", "archive",
                                         f"s3://127.0.0.1:{server.server_port}/abc?tls=off", expect=3)
                self.assertIn(f"answers {status} for deposits/", done.stderr)
                self.assertIn(reason, done.stderr)
                # Lanes may send several parts at once; none is sent a second time.
                self.assertTrue(server.refused)
                self.assertEqual(len(server.refused), len(set(server.refused)), "each part is sent once")
                self.assertFalse([name for name in server.objects if name.endswith("/checkpoint")])


if __name__ == "__main__":
    blackbox.main()
