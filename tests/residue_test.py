"""Nothing left behind: after sealing and opening, whole or killed, no trace outside what was asked for.

Everything that the program could write to is searched for every 16 bytes of what was sealed, its names, digests and
sizes, and for the keys; system calls, other processes of the same user, core dumps and the process's memory as well.
"""

import json
import os
import pathlib
import random
import resource
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import blackbox
import residue
from workshop import PASSPHRASE, Workshop

KILLS = 24
SIZES = (1_000_003, 2_000_029, 5_000_011)  # of seven digits, so that they are not met by chance
LARGE_SIZE = 96_000_001
PUBLIC_TEMPORARY = [pathlib.Path(path) for path in ("/tmp", "/var/tmp", "/dev/shm")]


class ResidueTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shop = Workshop()
        cls.addClassCleanup(cls.shop.close)
        cls.memory = pathlib.Path(tempfile.mkdtemp(prefix="muniment-test-", dir="/dev/shm"))
        cls.addClassCleanup(shutil.rmtree, cls.memory)
        cls.folder = cls.shop.folder
        cls.places = {"HOME": "home", "XDG_CONFIG_HOME": "home/config", "XDG_CACHE_HOME": "home/cache",
                      "XDG_DATA_HOME": "home/data", "XDG_STATE_HOME": "home/state", "TMPDIR": "temporary",
                      "XDG_RUNTIME_DIR": "runtime"}
        cls.env = dict(cls.shop.env)
        for variable, name in cls.places.items():
            (cls.folder / name).mkdir(parents=True, exist_ok=True)
            cls.env[variable] = str(cls.folder / name)
        cls.shop.env = cls.env
        cls.shop.found()
        cls.evidence = residue.Evidence(cls.folder / f"case-{os.urandom(6).hex()}", SIZES)
        cls.large = residue.Evidence(cls.folder / f"case-{os.urandom(6).hex()}", [LARGE_SIZE])
        cls.small_deposit, cls.large_deposit = (cls.deposit(each) for each in (cls.evidence, cls.large))
        cls.secrets = residue.secrets_of(cls.shop.key, cls.folder / "passphrase", cls.folder / "archive",
                                         cls.deposit_folder(cls.large_deposit) / "header-0")
        assert cls.secrets["passphrase"] == PASSPHRASE.encode()
        cls.secret_needles = residue.needles_of(cls.secrets)
        # Looked through by a test of its own: it is large, and does not change.
        cls.archive_state = residue.state_of(cls.folder / "archive")
        cls.seed = random.randrange(1 << 32)
        print(f"seed {cls.seed}")

    @classmethod
    def deposit(cls, evidence):
        taken = cls.shop.json("deposit", "archive", evidence.folder.name, "--key", cls.shop.key)["taken"]
        return taken[0]["id"]

    @classmethod
    def deposit_folder(cls, deposit):
        return cls.folder / "archive" / "deposits" / deposit[:2] / deposit

    def setUp(self):
        self.random = random.Random(self.seed)
        self.present = {place: set(os.listdir(place)) for place in PUBLIC_TEMPORARY}
        for name in ("sealed", "opened"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
            shutil.rmtree(self.memory / name, ignore_errors=True)

    # Files and names.

    def assert_nothing_left(self, needles, outputs=()):
        """Nothing in any place that a program could write to, but for the originals and the passphrase of the test."""
        given = [self.evidence.folder, self.large.folder, self.folder / "passphrase", self.folder / "archive"]
        self.assertEqual(residue.state_of(self.folder / "archive"), self.archive_state)
        places = [self.folder, self.memory]
        for place in PUBLIC_TEMPORARY:  # others use them too: what is new and not in a folder of theirs
            new = [place / name for name in set(os.listdir(place)) - self.present[place]]
            places += [path for path in new if not path.is_dir()]
        found = residue.found_below(places, needles, leaving_out=[*given, *outputs])
        self.assertEqual([(str(path), what) for path, what in found], [])

    def all_needles(self):
        return self.evidence.needles | self.large.needles | self.secret_needles

    def duration(self, *arguments):
        started = time.monotonic()
        self.shop.muniment(*arguments)
        return time.monotonic() - started

    def kill_at_random(self, duration, arguments):
        process = self.shop.start(*arguments)
        time.sleep(self.random.uniform(0, duration))
        was_alive = process.poll() is None
        process.kill()
        process.wait()
        return was_alive

    def keys_of_sealed(self, folder):
        """The keys of whatever a run of seal has written, whole or not."""
        needles = {}
        for header in folder.rglob("header-0"):
            try:
                secrets = residue.secrets_of(self.shop.key, self.folder / "passphrase", self.folder / "archive", header)
            except AssertionError:
                continue  # killed before the header was whole
            needles |= residue.needles_of({name: secrets[name] for name in ("file-key", "payload-key")})
        return needles

    def test_the_search_finds_what_is_there(self):
        # A search that finds nothing anywhere would pass every other test.
        body = next(path for path in self.evidence.folder.iterdir()).read_bytes()
        keys = iter(self.secrets.values())
        for plant in (body[777:793], next(keys), self.secrets["holder-key"].hex().encode(), b"x 2000029 y"):
            planted = self.folder / "temporary" / "planted"
            planted.write_bytes(b"before" + plant + b"after")
            with self.assertRaises(AssertionError):
                self.assert_nothing_left(self.all_needles())
            planted.unlink()
        named = self.folder / "home" / "cache" / self.evidence.folder.name
        named.mkdir()
        with self.assertRaises(AssertionError):
            self.assert_nothing_left(self.all_needles())
        named.rmdir()

    def test_an_archive_holds_nothing_readable(self):
        found = residue.found_below([self.folder / "archive"], self.all_needles())
        self.assertEqual([(str(path), what) for path, what in found], [])

    def test_seal_leaves_nothing_but_sealed_deposits(self):
        done = self.shop.muniment("seal", "--card", "archive.card", "-o", "sealed", self.evidence.folder.name, "--json")
        self.assertEqual(json.loads(done.stdout)["files"], len(SIZES))
        keys = self.keys_of_sealed(self.folder / "sealed")
        self.assertTrue(keys)
        # The sealed deposits are looked through like everything else.
        self.assert_nothing_left(self.all_needles() | keys)

    def test_after_shred_nothing_readable_is_left_anywhere(self):
        if blackbox.run(["stat", "-f", "-c", "%T", self.folder]).stdout.strip() == "tmpfs":
            self.skipTest("temporary files lie in memory here, and --shred is refused there")
        gone = residue.Evidence(self.folder / f"case-{os.urandom(6).hex()}", SIZES[:2])
        with self.assertRaises(AssertionError):
            self.assert_nothing_left(gone.needles)
        self.shop.muniment("seal", "--card", "archive.card", "-o", "sealed", "--shred", gone.folder.name)
        self.assert_nothing_left(gone.needles)

    def test_seal_killed_anywhere_leaves_nothing_readable(self):
        arguments = ["seal", "--card", "archive.card", "-o", "sealed", self.evidence.folder.name]
        duration = self.duration(*arguments)
        killed = 0
        for _ in range(KILLS):
            shutil.rmtree(self.folder / "sealed", ignore_errors=True)
            killed += self.kill_at_random(duration, arguments)
            self.assert_nothing_left(self.all_needles() | self.keys_of_sealed(self.folder / "sealed"))
        self.assertGreater(killed, KILLS // 3, "hardly any kill hit a running process")

    def test_open_whole_or_killed_leaves_nothing_outside_its_output(self):
        opened = self.memory / "opened"
        arguments = ["open", "archive", self.small_deposit, "-o", opened, "--key", self.shop.key]
        duration = self.duration(*arguments)
        names = sorted(path.name for path in opened.rglob("*") if path.is_file())
        self.assertEqual(names, sorted(path.name for path in self.evidence.folder.iterdir()))
        self.assert_nothing_left(self.all_needles(), outputs=[opened])
        killed = 0
        for _ in range(KILLS):
            shutil.rmtree(opened, ignore_errors=True)
            killed += self.kill_at_random(duration, arguments)
            self.assert_nothing_left(self.all_needles(), outputs=[opened])
        self.assertGreater(killed, KILLS // 3, "hardly any kill hit a running process")

    # System calls.

    def test_no_command_writes_outside_its_output_or_opens_a_socket(self):
        blackbox.skip_with_a_sanitizer()
        if shutil.which("strace") is None:
            self.skipTest("strace is not installed")
        opened = self.memory / "opened"
        self.shop.found("traced")
        commands = [
            (["seal", "--card", "archive.card", "-o", "sealed", self.evidence.folder.name], self.folder / "sealed"),
            (["deposit", "traced", self.evidence.folder.name, "--key", self.shop.key], self.folder / "traced"),
            (["open", "archive", self.small_deposit, "-o", opened, "--key", self.shop.key], opened),
            (["list", "archive"], None),
            (["list", "archive", self.small_deposit, "--key", self.shop.key], None),
            (["verify", "archive"], None),
        ]
        for arguments, output in commands:
            with self.subTest(arguments[0]):
                traced = residue.trace(arguments, self.folder, self.env)
                self.assertEqual(traced.changed_outside([output] if output else []), [])
                self.assertEqual(bool(traced.changed), output is not None, "did the trace show anything?")
                self.assertEqual(traced.network, [])

    # The process.

    def stopped_in_the_middle(self, folder=None, **options):
        """`open` of the large deposit, stopped while it writes the file: its key is in use."""
        opened = (folder or self.memory) / "opened"
        program = options.pop("program", blackbox.program())
        archive = options.pop("archive", self.folder / "archive")
        key = options.pop("key", self.shop.key)
        process = subprocess.Popen([program, "open", archive, self.large_deposit, "-o", opened, "--key", key],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   env=options.pop("env", self.env), **options)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and process.poll() is None:
            sizes = [path.stat().st_size for path in opened.glob(".muniment-opening/*/0")]
            if sizes and sizes[0] > 4 << 20:
                process.send_signal(signal.SIGSTOP)
                os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)
                self.assertLess(sizes[0], LARGE_SIZE)
                return process
        self.fail(f"open was not caught at work; its status is {process.poll()}")

    def test_no_key_or_passphrase_stands_in_memory_that_a_core_dump_has(self):
        blackbox.skip_with_a_sanitizer()
        if os.geteuid() != 0:
            self.skipTest("only root can read the memory of the program")
        process = self.stopped_in_the_middle()
        if not any(not region.dumped for region in residue.regions_of(process.pid)):
            self.skipTest("this kernel does not show which pages a dump leaves out (VmFlags in /proc/PID/smaps)")
        for _ in range(10):
            found = residue.found_in_memory(process.pid, self.secret_needles)
            # The search and the moment are right: the payload's key is in use, where it may be.
            self.assertIn("payload-key", {what for what, region in found if not region.dumped})
            self.assertEqual([(what, region.name) for what, region in found if region.dumped], [])
            process.send_signal(signal.SIGCONT)
            time.sleep(self.random.uniform(0, 0.004))
            process.send_signal(signal.SIGSTOP)
            os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT | os.WEXITED)
            self.assertIsNone(process.poll(), "it ended before it was looked at often enough")

    def test_what_is_no_longer_needed_is_wiped_while_open_is_at_work(self):
        blackbox.skip_with_a_sanitizer()
        if os.geteuid() != 0:
            self.skipTest("only root can read the memory of the program")
        process = self.stopped_in_the_middle()
        done_with = ["passphrase", "holder-file", "holder-text", "holder-key", "compartment-text", "file-key"]
        done_with += [name for name in self.secrets if name == "compartment-hybrid-text"]  # where libcrypto has ML-KEM
        needles = residue.needles_of({name: self.secrets[name] for name in done_with})
        found = residue.found_in_memory(process.pid, needles)
        self.assertEqual([(what, region.name) for what, region in found], [])

    def test_arguments_environment_and_output_hold_no_secret(self):
        process = self.stopped_in_the_middle()
        for name in ("cmdline", "environ"):
            try:
                data = pathlib.Path(f"/proc/{process.pid}/{name}").read_bytes()
            except PermissionError:  # better still
                continue
            self.assertTrue(data)
            self.assertEqual(residue.found_in(data, self.secret_needles), [], name)
        opened = self.memory / "opened-again"
        self.addCleanup(shutil.rmtree, opened, ignore_errors=True)
        for arguments in (["open", "archive", self.small_deposit, "-o", opened, "--key", self.shop.key],
                          ["open", "archive", self.small_deposit, "-o", opened, "--key", self.shop.key],  # is there
                          ["open", "archive", self.small_deposit, "-o", opened, "--key", "passphrase"],  # is no key
                          ["list", "archive", self.small_deposit, "--key", self.shop.key],
                          ["card", "archive", "--key", self.shop.key],
                          ["status", "archive"], ["verify", "archive"]):
            for form in ([], ["--json"]):
                done = self.shop.muniment(*arguments, *form, expect=None)
                self.assertTrue(done.stdout + done.stderr)
                shown = (done.stdout + done.stderr).encode()
                self.assertEqual(residue.found_in(shown, self.secret_needles), [], arguments[0])

    def for_somebody_else(self):
        """The program, an archive and its key where somebody without rights may use them."""
        folder = pathlib.Path(tempfile.mkdtemp(prefix="muniment-test-"))
        self.addCleanup(shutil.rmtree, folder)
        shutil.copy(blackbox.program(), folder / "muniment")
        shutil.copytree(self.folder / "archive", folder / "archive")
        shutil.copy(self.shop.key, folder / "key")
        shutil.copy(self.folder / "passphrase", folder / "passphrase")
        memory = pathlib.Path(tempfile.mkdtemp(prefix="muniment-test-", dir="/dev/shm"))
        self.addCleanup(shutil.rmtree, memory)
        if os.geteuid() == 0:
            for place in (folder, memory):
                blackbox.run(["chown", "-R", "65534:65534", place])
        return folder, memory

    def test_other_processes_of_the_same_user_cannot_read_or_trace_it(self):
        if shutil.which("strace") is None:
            self.skipTest("strace is not installed")
        harmless = subprocess.Popen(["sleep", "60"], **residue.same_user())
        self.addCleanup(harmless.wait)
        self.addCleanup(harmless.kill)
        if residue.can_attack(harmless.pid) != (True, True):
            self.skipTest("on this machine no process can look into another one anyway")
        folder, memory = self.for_somebody_else()
        env = dict(self.env, MUNIMENT_PASSPHRASE_FILE=str(folder / "passphrase"))
        process = self.stopped_in_the_middle(memory, program=folder / "muniment", archive=folder / "archive",
                                             key=folder / "key", env=env, cwd=folder, **residue.same_user())
        self.assertEqual(residue.can_attack(process.pid), (False, False))

    def allow_cores(self):
        resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    def core_folder(self, folder):
        """Where the kernel puts a core dump of a process that works in `folder`; skips where it pipes them away."""
        pattern = pathlib.Path("/proc/sys/kernel/core_pattern").read_text().strip()
        if pattern.startswith("|"):
            self.skipTest("this machine hands core dumps to a program: " + pattern)
        return (folder / pattern).parent

    def test_a_crash_leaves_no_core_dump(self):
        blackbox.skip_with_a_sanitizer()
        folder = self.folder / "crash"
        folder.mkdir()
        cores = self.core_folder(folder)
        before = set(os.listdir(cores))
        try:
            crash = subprocess.Popen(["sleep", "60"], cwd=folder, preexec_fn=self.allow_cores)
        except subprocess.SubprocessError:
            self.skipTest("this machine allows nobody a core dump")
        crash.send_signal(signal.SIGABRT)
        crash.wait()
        if set(os.listdir(cores)) == before:
            self.skipTest("nothing leaves a core dump on this machine")
        for name in set(os.listdir(cores)) - before:
            (cores / name).unlink()
        for number in (signal.SIGABRT, signal.SIGSEGV, signal.SIGQUIT, signal.SIGBUS):
            with self.subTest(number.name):
                shutil.rmtree(self.memory / "opened", ignore_errors=True)
                process = self.stopped_in_the_middle(cwd=folder, preexec_fn=self.allow_cores)
                process.send_signal(number)
                process.send_signal(signal.SIGCONT)
                self.assertEqual(process.wait(), -number)
                self.assertEqual(set(os.listdir(cores)), before)


if __name__ == "__main__":
    blackbox.main()
