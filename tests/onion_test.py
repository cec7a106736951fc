"""A mirror as an onion service, over a Tor network of its own on loopback: served, pulled, audited, kept from those
without a key, brought back by its watchdog, and refused by name where tor is not as it should be."""

import base64
import contextlib
import hashlib
import hmac
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

import blackbox
import tor_network
from residue import found_below, found_in, needles_of, secrets_of
from workshop import Workshop, tree

READING = "r" * 32
PATIENCE_SECONDS = 90


class Relay:
    """Between two stream sockets: passes on what comes, keeps what the one who connected sent, and can put lines in."""

    def __init__(self, listener, target):
        self.listener, self.target = listener, target
        self.sent = []  # by connection
        self.servers = []
        self.swallow = 0  # answers that the one who connected does not get to see
        self.threads = [threading.Thread(target=self._accept, daemon=True)]
        self.threads[0].start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client = self.listener.accept()[0]
                server = socket.socket(socket.AF_UNIX if isinstance(self.target, str) else socket.AF_INET)
                try:
                    server.connect(self.target)
                except OSError:
                    client.close()
                    continue
                self.sent.append(b"")
                self.servers.append(server)
                for one, other, number in ((client, server, len(self.sent) - 1), (server, client, None)):
                    thread = threading.Thread(target=self._pass, args=(one, other, number), daemon=True)
                    thread.start()
                    self.threads.append(thread)

    def _pass(self, one, other, number):
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                if number is not None:
                    self.sent[number] += data
                elif self.swallow and data.startswith(b"250 OK\r\n"):
                    self.swallow -= 1
                    data = data[len(b"250 OK\r\n"):]
                other.sendall(data)
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def say_behind_its_back(self, line):
        self.swallow += 1
        self.servers[-1].sendall(line.encode() + b"\r\n")

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for server in self.servers:
            with contextlib.suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join(timeout=10)
        for server in self.servers:
            server.close()


def x25519_pair():
    """A private and a public key, 32 bytes each, made by openssl."""
    private = blackbox.run(["openssl", "genpkey", "-algorithm", "x25519", "-outform", "DER"], input=b"").stdout
    public = blackbox.run(["openssl", "pkey", "-inform", "DER", "-pubout", "-outform", "DER"], input=private).stdout
    return private[-32:], public[-32:]


def base32(data):
    return base64.b32encode(data).decode().rstrip("=")


def hkdf(key, info):
    """32 bytes of HKDF-SHA-256 without a salt (RFC 5869)."""
    extracted = hmac.digest(bytes(32), key, "sha256")
    return hmac.digest(extracted, info + b"\x01", "sha256")


def bech32_data(digits):
    """The bytes of a Bech32 text from behind its "1" on, without its checksum."""
    bits = "".join(f"{'qpzry9x8gf2tvdw0s3jn54khce6mua7l'.index(digit):05b}" for digit in digits.lower()[:-6])
    return bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits) // 8 * 8, 8))


def listening_ports(pid):
    """The TCP ports on which a process listens."""
    inodes = {os.readlink(fd) for fd in pathlib.Path(f"/proc/{pid}/fd").iterdir()}
    ports = []
    for table in ("tcp", "tcp6"):
        for line in pathlib.Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            words = line.split()
            if words[3] == "0A" and f"socket:[{words[9]}]" in inodes:
                ports.append(int(words[1].rsplit(":", 1)[1], 16))
    return ports


class Mirror:
    """`muniment mirror serve --onion` as it runs."""

    def __init__(self, test, options, key, check):
        self.test = test
        self.errors = test.shop.folder / test.fresh()
        command = [blackbox.program(), "mirror", "serve", "vault", "--onion", key, "--onion-check", check, "--json",
                   *options]
        for name, value in (("--tor-control", test.network.service.control), ("--proxy", test.network.service.proxy),
                            ("--onion-folder", test.shop.folder / "sockets")):
            if name not in options:
                command += [name, value]
        self.folder = pathlib.Path(command[command.index("--onion-folder") + 1])
        with open(self.errors, "w", encoding="utf-8") as errors:
            self.process = subprocess.Popen([str(word) for word in command], cwd=test.shop.folder, env=test.shop.env,
                                            stdout=subprocess.PIPE, stderr=errors, text=True)
        text = ""
        for line in self.process.stdout:
            text += line
            if line == "}\n":
                break
        if not text:
            raise AssertionError(f"it did not serve: {self.errors.read_text()}")
        self.said = json.loads(text)
        self.onion = self.said["onion"]

    def wait_for(self, what, times=1):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.errors.read_text().count(what) < times:
            if time.monotonic() > deadline:
                raise AssertionError(f"not said in time: {what}; but {self.errors.read_text()}")
            time.sleep(0.1)

    def end(self):
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        rest = self.process.stdout.read()
        status = self.process.wait(timeout=60)
        self.process.stdout.close()
        return status, rest, time.monotonic() - begun


class OnionTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        reason = tor_network.missing()
        if reason:
            raise unittest.SkipTest(reason)
        cls.shop = Workshop()
        try:
            cls.network = tor_network.TorNetwork()
        except BaseException:
            cls.shop.close()
            raise
        cls.words = cls.shop.found()
        cls.shop.write("evidence/file", os.urandom(300_000))
        cls.shop.muniment("deposit", "archive", "evidence", "--key", cls.shop.key)
        cls.shop.muniment("mirror", "push", "archive", "vault")
        cls.shop.write("own-tokens", f"read {READING}\n")
        cls.names = 0

    @classmethod
    def tearDownClass(cls):
        cls.network.close()
        cls.shop.close()

    def fresh(self):
        type(self).names += 1
        return f"{self.id().rsplit('.', 1)[-1][:40]}-{self.names}"

    @contextlib.contextmanager
    def serve(self, *options, key=None, check=600):
        key = key or self.shop.key_of(f"mirror-{self.fresh().rsplit('-', 1)[1]}")
        mirror = Mirror(self, options, key, check)
        try:
            yield mirror
        except BaseException:
            print(mirror.errors.read_text())
            raise
        finally:
            status, rest, seconds = mirror.end()
        self.assertEqual(status, 0, mirror.errors.read_text())
        self.assertEqual(rest, "", "what it was asked is not printed")
        self.assertLess(seconds, 20)
        self.assertEqual(list(mirror.folder.iterdir()), [], "the socket is taken away")

    def pull(self, copy, mirror, expect=0, tokens=True):
        given = ["--proxy", self.network.client.proxy]
        if tokens:
            given += ["--token-file", self.shop.write("visitor-tokens", f"read {READING} {mirror.onion}\n")]
        return self.shop.muniment("mirror", "pull", copy, "--from", mirror.onion, "--id", self.words, *given,
                                  expect=expect)

    def reach(self, url, node, seconds=60, tries=1):
        """The checkpoint of the mirror, through a circuit of its own of this tor; None where it is not reached. A tor
        that knows an older descriptor needs several tries."""
        for _ in range(tries):
            name = os.urandom(8).hex()
            proxy = f"socks5h://{name}:{name}@127.0.0.1:{node.port}"
            done = blackbox.run(["curl", "-sS", "--max-time", str(seconds), "--proxy", proxy, f"{url}/checkpoint"],
                                expect=None, text=False, capture_output=True)
            if done.returncode == 0:
                return done.stdout
        return None

    def checkpoint(self):
        return (self.shop.folder / "vault/checkpoint").read_bytes()

    def assert_whole(self, copy):
        self.assertEqual(tree(self.shop.folder / copy), tree(self.shop.folder / "vault"))

    # A mirror that is up.

    def test_a_copy_is_served_pulled_and_audited_over_the_onion_and_no_port_is_open(self):
        with self.serve("--token-file", "own-tokens") as mirror:
            self.assertRegex(mirror.onion, r"^http://[a-z2-7]{56}\.onion$")
            self.assertIsNone(mirror.said["address"])
            self.assertEqual(listening_ports(mirror.process.pid), [])
            self.assertEqual(mirror.folder.stat().st_mode & 0o777, 0o700)
            copy = self.fresh()
            self.pull(copy, mirror)
            self.assert_whole(copy)
            audit = self.shop.json("mirror", "audit", "archive", mirror.onion, "--proxy", self.network.client.proxy,
                                   "--token-file", "visitor-tokens")
            self.assertEqual([each["state"] for each in audit["copies"]], ["whole", "whole"])
            self.assertEqual(self.pull(self.fresh(), mirror, expect=3, tokens=False).returncode, 3)

    def test_with_listen_a_port_is_open_as_well(self):
        with self.serve("--listen", "127.0.0.1:0") as mirror:
            self.assertEqual(listening_ports(mirror.process.pid), [int(mirror.said["address"].rsplit(":", 1)[1])])
            done = blackbox.run(["curl", "-sS", f"{mirror.said['address']}/checkpoint"], text=False,
                                capture_output=True)
            self.assertEqual(done.stdout, self.checkpoint())

    def test_the_key_file_is_made_once_and_gives_the_same_address_again(self):
        key = self.shop.folder / "made-for-the-onion.key"
        with self.serve(key=key) as mirror:
            first = mirror.onion
            self.assertEqual(key.stat().st_mode & 0o777, 0o600)
        with self.serve(key=key) as mirror:
            self.assertEqual(mirror.onion, first)

    def test_it_looks_at_itself_through_circuits_of_their_own(self):
        listener = socket.create_server(("127.0.0.1", 0))
        relay = Relay(listener, ("127.0.0.1", self.network.service.port))
        try:
            proxy = f"socks5h://127.0.0.1:{listener.getsockname()[1]}"
            with self.serve("--proxy", proxy, check=1) as mirror:
                deadline = time.monotonic() + PATIENCE_SECONDS
                name = mirror.onion.removeprefix("http://").encode()
                while sum(name in sent for sent in relay.sent) < 3 and time.monotonic() < deadline:
                    time.sleep(0.1)
            users = []
            for sent in relay.sent[:3]:
                # SOCKS5: a greeting that offers user and password (RFC 1928), then both (RFC 1929), then the name.
                greeting = 2 + sent[1]
                self.assertIn(2, sent[2:greeting])
                users.append(sent[greeting + 2:greeting + 2 + sent[greeting + 1]])
                self.assertIn(name, sent)
            self.assertEqual(len(set(users)), 3, users)
            self.assertTrue(all(len(user) == 32 for user in users), users)
        finally:
            relay.close()

    # Who may reach it.

    def test_without_a_key_nobody_reaches_a_vault_for_clients_and_with_one_seals_are_given(self):
        private, public = x25519_pair()
        clients = self.shop.write("clients", f"# a mirror of friends\ndescriptor:x25519:{base32(public)}\n")
        with self.serve("--onion-client", clients) as mirror:
            address = mirror.onion.removeprefix("http://").removesuffix(".onion")
            copy = self.fresh()
            self.pull(copy, mirror, expect=3, tokens=False)
            self.assertFalse((self.shop.folder / copy / "checkpoint").exists())
            self.assertIsNone(self.reach(mirror.onion, self.network.client, seconds=15))
            other, _ = x25519_pair()
            for key, is_let_in in ((other, False), (private, True)):
                encoded = base64.b64encode(key).decode()
                answer = self.network.client.ask(f"ONION_CLIENT_AUTH_ADD {address} x25519:{encoded}")
                self.assertIn(answer[-1][:3], ("250", "251", "252"))
                reached = self.reach(mirror.onion, self.network.client, seconds=60 if is_let_in else 15)
                self.assertEqual(reached is not None, is_let_in)
            self.pull(copy, mirror, tokens=False)
            self.assert_whole(copy)
            self.assertTrue(any((self.shop.folder / copy).rglob("header-*")))

    def test_a_client_of_tors_folder_of_keys_is_let_in(self):
        private, public = x25519_pair()
        clients = self.shop.write("clients-2", f"descriptor:x25519:{base32(public)}\n")
        with self.serve("--onion-client", clients) as mirror:
            address = mirror.onion.removeprefix("http://").removesuffix(".onion")
            folder = self.network.client.folder / "onion-auth"
            folder.mkdir(mode=0o700)
            line = f"{address}:descriptor:x25519:{base32(private)}"
            (folder / "oak.auth_private").write_text(line)
            self.assertEqual(self.network.client.ask(f"SETCONF ClientOnionAuthDir={folder}"), ["250 OK"])
            try:
                self.assertEqual(self.reach(mirror.onion, self.network.client), self.checkpoint())
            finally:
                self.network.client.ask("RESETCONF ClientOnionAuthDir")

    def test_the_key_by_which_it_looks_at_itself_is_taken_away_again(self):
        _, public = x25519_pair()
        clients = self.shop.write("clients-3", f"descriptor:x25519:{base32(public)}\n")
        with self.serve("--onion-client", clients) as mirror:
            deadline = time.monotonic() + PATIENCE_SECONDS
            while any("CLIENT " in line for line in self.network.service.ask("ONION_CLIENT_AUTH_VIEW")):
                self.assertLess(time.monotonic(), deadline, "it is still there")
                time.sleep(0.1)
            self.assertIsNone(self.reach(mirror.onion, self.network.service, seconds=15),
                              "nor has this tor kept what it opened")

    # The watchdog.

    def test_the_same_address_is_brought_back_after_tor_was_restarted(self):
        with self.serve(check=600) as mirror:
            self.network.service.stop()
            mirror.wait_for("is not up")
            self.network.service.start()
            mirror.wait_for(f"{mirror.onion} is up again")
            self.assertEqual(self.reach(mirror.onion, self.network.client, tries=4), self.checkpoint())

    def test_the_same_address_is_brought_back_after_it_was_deleted_behind_its_back(self):
        listener = socket.socket(socket.AF_UNIX)
        path = self.shop.folder / "relay"
        listener.bind(str(path))
        listener.listen()
        relay = Relay(listener, str(self.network.service.control))
        try:
            with self.serve("--tor-control", path, check=2) as mirror:
                address = mirror.onion.removeprefix("http://").removesuffix(".onion")
                relay.say_behind_its_back(f"DEL_ONION {address}")
                mirror.wait_for("is not up")
                mirror.wait_for("is up again")
                self.assertEqual(len(relay.sent), 1, "over the connection that it had")
                # Once more where a look failed in the meantime, as on a busy machine.
                self.assertGreaterEqual(relay.sent[0].count(b"ADD_ONION "), 2)
                self.assertGreaterEqual(relay.sent[0].count(f"HSFETCH {address}\r\n".encode()), 3, "at every look")
                self.assertIn(f"DEL_ONION {address}\r\n".encode(), relay.sent[0])
                self.assertEqual(self.reach(mirror.onion, self.network.client, tries=4), self.checkpoint())
        finally:
            relay.close()

    # Where tor is not as it should be.

    def refused(self, *options, expect=3, before=()):
        """What is said on standard error by a mirror that does not start."""
        key = self.shop.folder / "refused.key"
        if not key.exists():
            self.shop.key_of("refused")
        given = []
        for name, value in (("--tor-control", self.network.service.control),
                            ("--onion-folder", self.shop.folder / "sockets")):
            if name not in options:
                given += [name, value]
        done = blackbox.run([*before, blackbox.program(), "mirror", "serve", "vault", "--onion", key, "--proxy",
                             self.network.service.proxy, *given, *options],
                            expect=expect, cwd=self.shop.folder, env=self.shop.env, timeout=60)
        self.assertEqual(done.stdout, "")
        return done.stderr

    def test_no_tor_is_named(self):
        self.assertIn("no tor has its control port", self.refused("--tor-control", "/nonexistent/control"))
        port = tor_network.free_ports(1)[0]
        self.assertIn("cannot be reached", self.refused("--tor-control", f"127.0.0.1:{port}"))
        self.refused("--tor-control", "192.0.2.1:9051", expect=2)

    def test_a_wrong_cookie_is_named(self):
        cookie = self.network.service.cookie
        right = cookie.read_bytes()
        try:
            cookie.write_bytes(os.urandom(32))
            self.assertIn("is not that of this tor", self.refused())
            cookie.write_bytes(b"short")
            self.assertIn("is none", self.refused())
            cookie.unlink()
            self.assertIn("cannot be read", self.refused())
        finally:
            cookie.write_bytes(right)
            cookie.chmod(0o600)

    def test_no_permission_is_named(self):
        before = ()
        if os.geteuid() == 0:
            if shutil.which("setpriv") is None:
                self.skipTest("root may do everything, and setpriv (util-linux) is not installed")
            before = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
        node = self.network.service
        for path in (node.cookie, node.control):
            mode = path.stat().st_mode & 0o777
            try:
                path.chmod(0)
                self.assertIn("debian-tor", self.refused(before=before))
            finally:
                path.chmod(mode)

    def test_a_folder_that_others_may_enter_is_refused(self):
        folder = self.shop.folder / "open-to-all"
        folder.mkdir()
        folder.chmod(0o755)
        self.assertIn("chmod 0700", self.refused("--onion-folder", folder))

    def test_only_the_group_of_its_folder_reaches_the_socket(self):
        if os.geteuid() != 0:
            self.skipTest("only root can be several users")
        folder = pathlib.Path(tempfile.mkdtemp(prefix="sockets-", dir="/tmp"))
        self.addCleanup(shutil.rmtree, folder)
        group, stranger = 4242, 65534
        os.chown(folder, 0, group)
        folder.chmod(0o2710)
        with self.serve("--onion-folder", folder) as mirror:
            (path,) = folder.iterdir()
            self.assertEqual((path.stat().st_gid, path.stat().st_mode & 0o777), (group, 0o660))
            for of, reached in ((group, True), (stranger, False)):
                done = blackbox.run(["curl", "-sS", "--unix-socket", path, "http://mirror/checkpoint"], expect=None,
                                    capture_output=True, user=stranger, group=of, extra_groups=[], text=False)
                self.assertEqual(done.stdout, self.checkpoint() if reached else b"")
                self.assertEqual(done.returncode == 0, reached, done.stderr)

    def test_clients_without_an_onion_are_no_order(self):
        self.shop.muniment("mirror", "serve", "vault", "--onion-client", "clients", expect=2)

    def test_files_of_clients_that_name_nobody_are_refused(self):
        for text in ("", "# nobody\n", "descriptor:x25519:short\n", "descriptor:x25519:" + "a" * 52):
            clients = self.shop.write("bad-clients", text)
            self.refused("--onion-client", clients, expect=1)

    # Secrets.

    def test_no_key_of_the_mirror_is_in_tors_folder_in_arguments_or_in_the_environment(self):
        header = next((self.shop.folder / "archive").rglob("header-0"))
        holder = secrets_of(self.shop.key, self.shop.folder / "passphrase", self.shop.folder / "archive", header)
        signing = bech32_data(re.search(rb"MUNIMENT-ED25519-1(\w+)", holder["holder-file"])[1].decode())
        seed = hkdf(signing, b"muniment/onion/v1")
        expanded = bytearray(hashlib.sha512(seed).digest())
        expanded[0] &= 248
        expanded[31] = expanded[31] & 63 | 64
        needles = needles_of({"seed": seed, "signing seed": signing, "expanded key": bytes(expanded)})
        planted = self.network.service.folder / "planted"
        planted.write_bytes(b"a key as tor keeps its own: " + expanded)
        self.assertTrue(found_below([self.network.folder], needles), "what is there is found")
        planted.unlink()
        _, public = x25519_pair()
        clients = self.shop.write("clients-4", f"descriptor:x25519:{base32(public)}\n")
        with self.serve("--onion-client", clients, key=self.shop.key) as mirror:
            self.assertEqual(mirror.onion, self.address_of(seed))
            self.assertEqual(found_below([self.network.folder, mirror.errors.parent / "sockets"], needles), [])
            for name in ("cmdline", "environ"):
                content = pathlib.Path(f"/proc/{mirror.process.pid}/{name}").read_bytes()
                self.assertEqual(found_in(content, needles), [])
            self.assertEqual(found_in(mirror.errors.read_bytes(), needles), [])

    def address_of(self, seed):
        """By openssl and Python alone."""
        der = bytes.fromhex("302e020100300506032b657004220420") + seed
        shown = blackbox.run(["openssl", "pkey", "-inform", "DER", "-pubout", "-outform", "DER"], input=der).stdout
        public = shown[-32:]
        checksum = hashlib.sha3_256(b".onion checksum" + public + b"\x03").digest()[:2]
        return f"http://{base32(public + checksum + bytes([3])).lower()}.onion"


if __name__ == "__main__":
    blackbox.main()
