"""Mirrors over HTTP: our server and nginx as sources, tokens, broken and hostile servers, kills in the middle.
"""

import contextlib
import hashlib
import http.server
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import socket
import subprocess
import time
import unittest
import urllib.error
import urllib.request

import blackbox
from workshop import Workshop, answering, tree

READING = "r" * 32
SENDING = "s" * 32
KILLS = 10
LANES = 4  # threads that copy at once from far away


def ask(address, headers=None, method="GET", body=None):
    """Status, headers and body of one request, whatever the status is."""
    request = urllib.request.Request(address, headers=headers or {}, method=method, data=body)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=60) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read()


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def in_the_log(path):
    """What a copy is surveyed by; the rest is its objects."""
    return any(part in path for part in ("/tile/", "/charter/", "/checkpoint", "/agreed-part"))


class Files(http.server.SimpleHTTPRequestHandler):
    """A server of files without ranges, whose answers a subclass spoils."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, status, body, headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class ServeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shop = Workshop()
        cls.words = cls.shop.found()
        for i in range(3):
            cls.shop.write(f"evidence-{i}/file", os.urandom(40_000))
        cls.shop.write("large/file", os.urandom(20 << 20))
        paths = [cls.shop.folder / f"evidence-{i}" for i in range(3)] + [cls.shop.folder / "large"]
        cls.shop.muniment("deposit", "archive", *paths, "--key", cls.shop.key)
        cls.shop.muniment("mirror", "push", "archive", "vault")
        cls.vault = cls.shop.folder / "vault"
        cls.part = max(cls.vault.rglob("part-*"), key=lambda path: path.stat().st_size).relative_to(cls.vault)
        cls.header = next(cls.vault.rglob("header-0")).relative_to(cls.vault)
        cls.shop.write("own-tokens", f"read {READING}\ndeposit {SENDING}\n")

    @classmethod
    def tearDownClass(cls):
        cls.shop.close()

    def setUp(self):
        self.names = 0

    def fresh(self):
        """The name of a copy that is not there yet."""
        self.names += 1
        return f"{self.id().rsplit('.', 1)[-1]}-{self.names}"

    @contextlib.contextmanager
    def serve(self, *options, copy="vault", errors=os.devnull):
        with open(self.shop.folder / errors, "w", encoding="utf-8") as file:
            process = subprocess.Popen(
                [blackbox.program(), "mirror", "serve", copy, "--listen", "127.0.0.1:0", "--json", *map(str, options)],
                cwd=self.shop.folder, env=self.shop.env, stdout=subprocess.PIPE, stderr=file, text=True)
        try:
            text = ""
            for line in process.stdout:
                text += line
                if line == "}\n":
                    break
            yield json.loads(text)["address"]
        finally:
            process.send_signal(signal.SIGTERM)
            rest = process.stdout.read()
            self.assertEqual(process.wait(timeout=60), 0, "SIGTERM ends it cleanly")
            self.assertEqual(rest, "", "what it was asked is not printed")
            process.stdout.close()

    @contextlib.contextmanager
    def hostile(self, handler):
        """A server in this process whose handler spoils what the vault holds."""
        with answering(lambda *arguments: handler(*arguments, directory=str(self.vault))) as server:
            yield server.address

    def tokens_for(self, address):
        return self.shop.write("visitor-tokens", f"read {READING} {address}\n")

    def pull(self, copy, *sources, expect=0, tokens=None):
        froms = [word for source in sources for word in ("--from", source)]
        given = ["--token-file", tokens] if tokens else []
        return self.shop.muniment("mirror", "pull", copy, *froms, "--id", self.words, *given, expect=expect)

    def assert_whole(self, copy):
        self.assertEqual(tree(self.shop.folder / copy), tree(self.vault))

    def assert_no_checkpoint(self, copy):
        self.assertFalse((self.shop.folder / copy / "checkpoint").exists())

    # A mirror that does what it should.

    def test_a_copy_is_pulled_verified_listed_opened_audited_and_recovered_over_http(self):
        with self.serve("--token-file", "own-tokens") as address:
            tokens = self.tokens_for(address)
            copy = self.fresh()
            self.pull(copy, address, tokens=tokens)
            self.assert_whole(copy)
            given = ("--token-file", tokens)
            self.shop.muniment("verify", address, "--id", self.words, *given)
            self.assertIn("4 deposits", self.shop.muniment("list", address).stdout)
            audit = self.shop.json("mirror", "audit", "archive", address, *given)
            self.assertEqual([each["state"] for each in audit["copies"]], ["whole", "whole"])
            self.shop.muniment("recover", "--from", address, "-o", "recovered", "--id", self.words, *given)
            self.assert_whole("recovered")
            deposit = self.shop.deposits()[0]
            self.shop.muniment("open", address, deposit, "-o", self.fresh(), "--key", self.shop.key, "--to-disk",
                               *given)

    def test_nginx_with_the_printed_configuration_is_as_good_a_source(self):
        _, address = self.shop.nginx(self, "vault", "--token-file", "own-tokens")
        copy = self.fresh()
        self.pull(copy, address, tokens=self.tokens_for(address))
        self.assert_whole(copy)
        self.assertEqual(ask(f"{address}/{self.header}")[0], 401)
        status, headers, body = ask(f"{address}/{self.part}", {"Range": "bytes=5-9"})
        self.assertEqual((status, body), (206, (self.vault / self.part).read_bytes()[5:10]))
        self.assertNotIn("Last-Modified", headers)
        _, address = self.shop.nginx(self, "vault", "--token-file", "own-tokens", "--role", "public")
        self.assertEqual(ask(f"{address}/{self.header}", bearer(READING))[0], 404)
        self.assertEqual(ask(f"{address}/checkpoint")[0], 200)

    def test_without_a_token_a_vault_gives_no_seals_and_nothing_is_called_lost(self):
        with self.serve("--token-file", "own-tokens") as address:
            copy = self.fresh()
            done = self.pull(copy, address, expect=3)
            self.assertIn("--token-file", done.stderr)
            self.assert_no_checkpoint(copy)
            self.assertIn("--token-file", self.shop.muniment("verify", address, expect=3).stderr)
            audit = self.shop.json("mirror", "audit", "archive", address, expect=1)
            self.assertEqual(audit["copies"][1]["state"], "unreachable")
            wrong = self.shop.write("wrong-tokens", f"read {'x' * 32} {address}\n")
            self.pull(copy, address, expect=3, tokens=wrong)
            self.pull(copy, address, tokens=self.tokens_for(address))
            self.assert_whole(copy)

    def test_a_public_mirror_gives_nothing_sealed_whatever_is_shown(self):
        with self.serve("--token-file", "own-tokens", "--role", "public") as address:
            for name in (self.header, self.part, "keyring/1/evidence/custodian-1.age"):
                self.assertEqual(ask(f"{address}/{name}", bearer(READING))[0], 404)
            self.assertEqual(ask(f"{address}/charter/1")[0], 200)

    def test_a_range_is_given_as_it_was_asked_for(self):
        with self.serve() as address:
            whole = (self.vault / self.part).read_bytes()
            status, headers, body = ask(f"{address}/{self.part}", {"Range": f"bytes={len(whole) - 10}-"})
            self.assertEqual((status, body), (206, whole[-10:]))
            self.assertEqual(headers["Content-Range"], f"bytes {len(whole) - 10}-{len(whole) - 1}/{len(whole)}")
            self.assertNotIn("Last-Modified", headers)
            status, again, body = ask(f"{address}/{self.part}", {"If-None-Match": headers["ETag"]})
            self.assertEqual((status, body), (304, b""))

    def test_a_depositors_token_cannot_overwrite_list_read_or_delete(self):
        self.shop.muniment("mirror", "push", "archive", "sent-to")
        before = tree(self.shop.folder / "sent-to")
        with self.serve("--token-file", "own-tokens", copy="sent-to") as address:
            there = f"{address}/incoming/one/receipt"
            self.assertEqual(ask(there, {}, "PUT", b"sent")[0], 401)
            self.assertEqual(ask(there, bearer(READING), "PUT", b"sent")[0], 401)
            self.assertEqual(ask(there, bearer(SENDING), "PUT", b"sent")[0], 201)
            self.assertEqual(ask(there, bearer(SENDING), "PUT", b"sent")[0], 200)
            self.assertEqual(ask(there, bearer(SENDING), "PUT", b"else")[0], 412)
            self.assertEqual(ask(there, bearer(SENDING), "DELETE")[0], 405)
            self.assertEqual(ask(there, bearer(SENDING))[0], 404)
            for name in ("", "incoming", "incoming/", "incoming/one/"):
                self.assertEqual(ask(f"{address}/{name}", bearer(SENDING))[0], 404)
            for name in ("checkpoint", self.part, "home/head", "incoming/../checkpoint"):
                self.assertEqual(ask(f"{address}/{name}", bearer(SENDING), "PUT", b"x")[0], 403)
            self.assertEqual(ask(f"{address}/{self.header}", bearer(SENDING))[0], 401)
        after = tree(self.shop.folder / "sent-to")
        self.assertEqual(after.pop("incoming/one/receipt"), hashlib.sha256(b"sent").hexdigest())
        self.assertEqual(after, before)

    def test_caps_on_bytes_are_kept_over_restarts_and_kills(self):
        self.shop.muniment("mirror", "push", "archive", "capped")
        caps = ("--bytes-per-day", 40_000_000, "--bytes-per-month", 50_000_000)
        traffic = self.shop.folder / "capped/home/traffic"
        large = (self.vault / self.part).stat().st_size
        with self.serve(*caps, copy="capped") as address:
            self.assertEqual(ask(f"{address}/{self.part}")[0], 200)
            busy = self.shop.muniment("mirror", "serve", "capped", "--listen", "127.0.0.1:0", *caps, expect=3)
            self.assertIn("end that one first", busy.stderr)
            with self.serve(copy="capped") as other:
                self.assertEqual(ask(f"{other}/checkpoint")[0], 200, "what counts nothing may run beside it")
        self.assertRegex(traffic.read_text(), r"\Amuniment/traffic/v1\nday \S{10} \d+\nmonth \S{7} \d+\n\Z")
        process, address = self.shop.serve(self, "capped", *caps)
        self.assertEqual(ask(f"{address}/{self.part}")[0], 200)
        process.kill()
        process.wait()
        with self.serve(*caps, copy="capped") as address:
            status, headers, _ = ask(f"{address}/{self.part}")
            self.assertEqual(status, 503, f"a third time {large} bytes")
            self.assertIn("Retry-After", headers)
            self.assertEqual(ask(f"{address}/checkpoint")[0], 200)
        traffic.write_text("what is this\n")
        with self.serve(*caps, copy="capped", errors="trouble") as address:
            self.assertEqual(ask(f"{address}/{self.part}")[0], 200)
        self.assertIn("counted from zero", (self.shop.folder / "trouble").read_text())
        self.assertEqual(tree(self.vault).items() - tree(self.shop.folder / "capped").items(), set())
        self.shop.muniment("verify", "capped", "--id", self.words)

    def test_a_crowd_that_says_nothing_keeps_nobody_out(self):
        before = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (128, before[1]))  # what the server begins with
        try:
            process, address = self.shop.serve(self, "vault", "--connections-per-address", 0)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, before)
        port = int(address.rsplit(":", 1)[1])
        with contextlib.ExitStack() as crowd:
            for _ in range(400):
                crowd.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))
            for name in ("checkpoint", self.part):
                self.assertEqual(ask(f"{address}/{name}")[0], 200)
            files = len(list(pathlib.Path(f"/proc/{process.pid}/fd").iterdir()))
            self.assertGreater(files, 400, "all of them are there")

    def test_only_an_archive_is_served_at_an_address_of_numbers(self):
        self.shop.write("photos/a", "private")
        self.shop.muniment("mirror", "serve", "photos", expect=3)
        self.shop.muniment("mirror", "serve", "vault", "--listen", "localhost:80", expect=2)
        self.shop.muniment("mirror", "serve", "vault", "--role", "both", expect=2)
        self.shop.write("bad-tokens", "read short\n")
        self.shop.muniment("mirror", "serve", "vault", "--token-file", "bad-tokens", expect=1)

    def test_a_server_keeps_no_log_and_no_file_of_whom_it_served(self):
        with self.serve("--token-file", "own-tokens") as address:
            before = tree(self.shop.folder)
            ask(f"{address}/checkpoint", {"User-Agent": "a-name-to-look-for"})
            ask(f"{address}/nothing", bearer(SENDING))
            self.assertEqual(tree(self.shop.folder), before)

    # A mirror, or a network, that does not.

    def test_a_network_that_cuts_every_connection_is_got_through(self):
        shop = self

        class Cutting(Files):
            cuts = 0

            def do_GET(self):
                body = (shop.vault / self.path[1:]).read_bytes() if (shop.vault / self.path[1:]).is_file() else None
                if body is None:
                    return self.answer(404, b"")
                first = 0
                if "Range" in self.headers:
                    first = int(self.headers["Range"].removeprefix("bytes=").split("-")[0])
                self.send_response(206 if first else 200)
                if first:
                    self.send_header("Content-Range", f"bytes {first}-{len(body) - 1}/{len(body)}")
                self.send_header("Content-Length", str(len(body) - first))
                self.end_headers()
                piece = body[first:first + (1 << 20)]
                self.wfile.write(piece)
                if len(piece) < len(body) - first:
                    Cutting.cuts += 1
                    self.close_connection = True

        with self.hostile(Cutting) as address:
            copy = self.fresh()
            self.pull(copy, address)
            self.assert_whole(copy)
        self.assertGreater(Cutting.cuts, 15)

    def check_refused(self, handler, reason, expect=3):
        """A pull from this server alone ends with the reason and publishes nothing; a good source heals it."""
        with self.hostile(handler) as address:
            copy = self.fresh()
            done = self.pull(copy, address, expect=expect)
            self.assertIn(reason, done.stdout + done.stderr)
            self.assert_no_checkpoint(copy)
            mixed = self.fresh()
            self.pull(mixed, address, "archive")
            self.assert_whole(mixed)

    def test_a_login_page_is_no_archive(self):
        class Login(Files):
            def do_GET(self):
                self.answer(200, b"<html>Please log in</html>", [("Content-Type", "text/html")])

        with self.hostile(Login) as address:
            copy = self.fresh()
            self.assertNotEqual(self.pull(copy, address, expect=None).returncode, 0)
            self.assert_no_checkpoint(copy)
            self.pull(copy, address, "archive")
            self.assert_whole(copy)

    def test_a_login_page_in_the_place_of_objects_is_named(self):
        class Login(Files):
            def do_GET(self):
                if not in_the_log(self.path):
                    return self.answer(200, b"<html>Please log in</html>")
                return super().do_GET()

        with self.hostile(Login) as address:
            copy = self.fresh()
            done = self.pull(copy, address, "archive")
            self.assertIn("has been altered or cut", done.stdout)
            self.assert_whole(copy)
            self.assertIn("has been altered or cut", self.pull(self.fresh(), address, expect=1).stdout)

    def test_a_body_without_an_end_is_cut_off(self):
        class Endless(Files):
            def do_GET(self):
                if in_the_log(self.path):
                    return super().do_GET()
                self.send_response(200)
                self.end_headers()
                self.close_connection = True
                with contextlib.suppress(OSError):
                    while True:
                        self.wfile.write(b"x" * 65536)

        with self.hostile(Endless) as address:
            copy = self.fresh()
            self.assertIn("is longer than it was", self.pull(copy, address, "archive").stdout)
            self.assert_whole(copy)

    def test_a_redirect_is_named_and_not_followed(self):
        followed = []

        class Elsewhere(Files):
            def do_GET(self):
                followed.append(self.path)
                self.answer(200, b"")

        with self.hostile(Elsewhere) as other:
            for target in ("file:///etc/passwd", f"{other}/checkpoint"):
                class Redirect(Files):
                    def do_GET(self):
                        if "part-" in self.path:
                            return self.answer(302, b"", [("Location", target)])
                        return super().do_GET()

                self.check_refused(Redirect, f"a redirect to {target}")
        self.assertEqual(followed, [])

    def test_a_storm_of_errors_is_outlasted_or_named(self):
        asked = []

        class Storm(Files):
            def do_GET(self):
                if "part-" in self.path:
                    asked.append(self.path)
                    return self.answer(500, b"<html>oops</html>")
                return super().do_GET()

        self.check_refused(Storm, "answers 500")
        self.assertGreaterEqual(len(asked), 8, "four tries in each of two runs")
        self.assertLessEqual(len(asked), 8 * LANES, "by each thread at most")

        class Passing(Files):
            busy = 3

            def do_GET(self):
                if "part-" in self.path and Passing.busy > 0:
                    Passing.busy -= 1
                    return self.answer(503, b"", [("Retry-After", "1")])
                return super().do_GET()

        with self.hostile(Passing) as address:
            copy = self.fresh()
            self.pull(copy, address)
            self.assert_whole(copy)

    def test_half_closed_connections_and_wrong_lengths_are_named(self):
        class Half(Files):
            def do_GET(self):
                if "part-" not in self.path:
                    return super().do_GET()
                self.send_response(200)
                self.send_header("Content-Length", "70000")
                self.end_headers()
                self.wfile.write(b"x" * 100)
                self.wfile.flush()
                self.connection.shutdown(socket.SHUT_WR)
                self.close_connection = True

        self.check_refused(Half, "after 100 bytes of the answer")

    def test_another_range_than_was_asked_for_is_refused(self):
        class OtherRange(Files):
            def do_GET(self):
                if "part-" not in self.path:
                    return super().do_GET()
                body = (pathlib.Path(self.directory) / self.path[1:]).read_bytes()
                if "Range" in self.headers:
                    return self.answer(206, body[:10], [("Content-Range", f"bytes 0-9/{len(body)}")])
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[:10000])
                self.close_connection = True

        self.check_refused(OtherRange, "another range of bytes")

    def test_who_cannot_be_reached_is_said_at_which_stage(self):
        with socket.socket() as taken:  # bound, and nobody listens
            taken.bind(("127.0.0.1", 0))
            address = f"http://127.0.0.1:{taken.getsockname()[1]}"
            self.assertIn("no connection (", self.shop.muniment("verify", address, expect=3).stderr)
        self.assertIn("in the clear", self.shop.muniment("verify", "http://mirror.example/", expect=2).stderr)
        self.assertIn("--proxy", self.shop.muniment("verify", "http://abcdefgh.onion/", expect=2).stderr)
        self.assertIn("not by ftp://", self.shop.muniment("verify", "ftp://mirror.example", expect=3).stderr)
        self.assertIn("s3://HOST/BUCKET", self.shop.muniment("verify", "s3://bucket", expect=2).stderr)
        proxied = self.shop.muniment("verify", "http://abcdefgh.onion", "--proxy", "socks5h://127.0.0.1:1", expect=3)
        self.assertIn("proxy", proxied.stderr)
        self.shop.muniment("verify", "https://mirror.example", "--proxy", "http://127.0.0.1:1", expect=2)

    # Cut off in the middle.

    def test_a_pull_killed_anywhere_goes_on(self):
        seed = random.randrange(1 << 32)
        print(f"seed {seed}")
        moments = random.Random(seed)
        with self.serve("--token-file", "own-tokens") as address:
            tokens = self.tokens_for(address)
            started = time.monotonic()
            self.pull(self.fresh(), address, tokens=tokens)
            duration = time.monotonic() - started
            alive = 0
            for _ in range(KILLS):
                copy = self.fresh()
                process = self.shop.start("mirror", "pull", copy, "--from", address, "--id", self.words,
                                          "--token-file", tokens)
                time.sleep(moments.uniform(0, duration))
                alive += process.poll() is None
                process.send_signal(signal.SIGKILL)
                process.wait()
                if (self.shop.folder / copy / "checkpoint").exists():
                    self.shop.muniment("verify", copy, "--id", self.words)
                self.pull(copy, address, tokens=tokens)
                self.shop.muniment("verify", copy, "--id", self.words)
                shutil.rmtree(self.shop.folder / copy)
            self.assertGreater(alive, 0)

    def test_a_part_that_a_kill_cut_off_goes_on_in_the_next_run(self):
        test = self

        class Slow(Files):
            pause_seconds = 0.1
            asked = []  # of the large part: from which byte on

            def do_GET(self):
                if not self.path.endswith(str(test.part)):
                    return super().do_GET()
                body = (test.vault / self.path[1:]).read_bytes()
                first = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").split("-")[0])
                Slow.asked.append(first)
                self.send_response(206 if first else 200)
                if first:
                    self.send_header("Content-Range", f"bytes {first}-{len(body) - 1}/{len(body)}")
                self.send_header("Content-Length", str(len(body) - first))
                self.end_headers()
                for at in range(first, len(body), 100_000):
                    self.wfile.write(body[at:at + 100_000])
                    time.sleep(Slow.pause_seconds)

        copy = self.fresh()
        kept = self.shop.folder / copy / "staging/unfinished"
        with self.hostile(Slow) as address:
            pull = self.shop.start("mirror", "pull", copy, "--from", address, "--id", self.words)
            deadline = time.monotonic() + 60
            while not (kept.is_dir() and list(kept.iterdir())) and time.monotonic() < deadline:
                time.sleep(0.05)
            pull.kill()
            pull.wait()
            size = sum(path.stat().st_size for path in kept.iterdir())
            self.assertGreater(size, 1_000_000)
            Slow.pause_seconds = 0
            Slow.asked.clear()
            self.pull(copy, address)
        self.assertEqual(Slow.asked[0], size)
        self.assertFalse(kept.exists())
        # The killed run's own workplace stays, named by status.
        found = {path: digest for path, digest in tree(self.shop.folder / copy).items()
                 if not path.startswith("staging/")}
        self.assertEqual(found, tree(self.vault))

    def test_a_server_killed_in_the_middle_of_a_pull_loses_nothing(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            listen = f"127.0.0.1:{probe.getsockname()[1]}"
        copy = self.fresh()
        self.shop.muniment("mirror", "push", "archive", "killed")
        server = self.shop.start("mirror", "serve", "killed", "--listen", listen, "--token-file", "own-tokens",
                                 "--bytes-per-day", 5_000_000)
        try:
            tokens = self.tokens_for(f"http://{listen}")
            for _ in range(200):
                with contextlib.suppress(OSError), socket.create_connection(listen.split(":"), timeout=5):
                    break
                time.sleep(0.05)
            pull = self.shop.start("mirror", "pull", copy, "--from", f"http://{listen}", "--id", self.words,
                                   "--token-file", tokens)
            # Small objects lie staged, or under their names already.
            while not list((self.shop.folder / copy).glob("staging/*/1")) and pull.poll() is None:
                time.sleep(0.01)
            self.assertIsNone(pull.poll(), "the cap makes it wait for the large part")
        finally:
            server.kill()
            server.wait()
        self.assertEqual(pull.wait(timeout=120), 3)
        self.assert_no_checkpoint(copy)
        with self.serve("--token-file", "own-tokens") as address:
            self.pull(copy, address, tokens=self.tokens_for(address))
            found = tree(self.shop.folder / copy)
            self.assertEqual({name: found.get(name) for name in tree(self.vault)}, tree(self.vault))


if __name__ == "__main__":
    blackbox.main()
