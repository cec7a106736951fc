"""A volunteer from the invitation to the end: joins, serves, is read by the custodian, sees the mirror on one page,
leaves. Mostly without root's rights and without systemd: units are held against systemd's own judge where it is there,
and one case has a system of its own around the program.
"""

import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import socket
import subprocess
import time
import unittest

import blackbox
from workshop import Workshop, tree

READING = "r" * 40
KEYS = ("mirror.key", "passphrase", "tokens-for-visitors", "tokens-for-pulling")
GOING = ("tokens-for-visitors", "tokens-for-pulling", "mirror.key", "passphrase")  # the order in which leave wipes


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class VolunteerTest(unittest.TestCase):
    def setUp(self):
        self.shop = Workshop()
        self.addCleanup(self.shop.close)
        self.words = self.shop.found()
        for name, size in (("first", 20_000), ("second", 400_000)):
            self.shop.write(f"{name}/file", os.urandom(size))
            self.shop.muniment("deposit", "archive", name, "--key", self.shop.key)
        self.shop.muniment("mirror", "push", "archive", "copy")
        self.shop.write("own-tokens", f"read {READING}\n")
        self.server, self.address = self.shop.serve(self, "copy", "--token-file", "own-tokens")
        self.tokens = self.shop.write("tokens", f"read {READING} {self.address}\n")

    def invite(self, *options, expect=0):
        return self.shop.json("mirror", "invite", "archive", "--from", self.address, "--token-file", self.tokens,
                              "--key", self.shop.key, "-o", "invitation", *options, expect=expect)

    def join(self, *options, folder="mirror", expect=0):
        environment = {name: value for name, value in os.environ.items() if name != "MUNIMENT_PASSPHRASE_FILE"}
        done = self.shop.muniment("mirror", "join", "invitation", folder, "--json", *options, env=environment,
                                  expect=expect)
        return json.loads(done.stdout)

    def run_unit(self, name, folder="mirror"):
        """The words of ExecStart of a unit, as systemd would start it."""
        text = (self.shop.folder / folder / "units" / name).read_text()
        return re.findall('"([^"]*)"', re.search("^ExecStart=(.*)$", text, re.MULTILINE).group(1))

    def test_a_volunteer_joins_serves_is_read_and_leaves(self):
        made = self.invite()
        self.assertEqual(made["words"], self.words)
        self.assertTrue(made["mayHoldAll"])
        port = free_port()
        # The program does not care who has TLS in front: for this test it is reached without.
        address = f"http://127.0.0.1:{port}"
        joined = self.join("--quota", "all", "--access", "port", "--listen", f"127.0.0.1:{port}", "--address", address,
                           "--traffic", "10G", "--id", self.words)
        self.assertTrue(joined["filled"])
        self.assertFalse(joined["running"])
        mirror = self.shop.folder / "mirror"
        self.assertEqual(mirror.stat().st_mode & 0o777, 0o700)
        for name in KEYS:
            self.assertEqual((mirror / name).stat().st_mode & 0o777, 0o600, name)
        self.assertIn("holds everything", self.shop.muniment("mirror", "receive", "archive", mirror / "notice.txt",
                                                             "--token-file", self.tokens).stdout)
        self.assertEqual(len(self.tokens.read_text().splitlines()), 2)

        words = self.run_unit("muniment-mirror.service")
        self.assertEqual(words[words.index("--bytes-per-month") + 1], str(10 << 30), "the cap is wired")
        serving = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(serving.wait)
        self.addCleanup(serving.kill)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=5).close()
                break
            except OSError:
                time.sleep(0.05)
        audited = self.shop.json("mirror", "audit", "archive", address, "--token-file", self.tokens)
        self.assertEqual([copy["state"] for copy in audited["copies"]], ["whole", "whole"])

        self.shop.write("third/file", os.urandom(5000))
        self.shop.muniment("deposit", "archive", "third", "--key", self.shop.key)
        self.shop.muniment("mirror", "push", "archive", "copy")
        blackbox.run(self.run_unit("muniment-mirror-tend.service"))
        self.assertEqual(len(self.shop.deposits("mirror/copy")), 3)
        self.shop.muniment("mirror", "report", "mirror")
        page = (mirror / "status.html").read_text()
        for part in ("3 of 3", "10.0 GiB", address, "All is well"):
            self.assertIn(part, page)
        serving.send_signal(signal.SIGTERM)
        serving.wait()

        before = tree(mirror / "copy")
        left = self.shop.json("mirror", "leave", "mirror", "--copy", "keep", "--sample", "100")
        self.assertEqual(left["remainingWhole"], 1)
        self.assertEqual(sorted(path.name for path in mirror.iterdir()), ["copy", "notice.txt", "settings", "units"])
        self.assertEqual(tree(mirror / "copy"), before)
        self.assertEqual(list((mirror / "units").iterdir()), [])
        self.assertIn("left on", self.shop.muniment("mirror", "receive", "archive", mirror / "notice.txt").stdout)
        self.assertNotIn(address, (self.shop.folder / "archive/home/mirrors").read_text())
        again = self.shop.json("mirror", "leave", "mirror", "--copy", "delete")
        self.assertTrue(again["copyDeleted"])
        self.assertEqual([again["remainingWhole"], again["notLookedAt"]], [0, 1], "its tokens are gone by then")
        self.assertEqual(sorted(path.name for path in mirror.iterdir()), ["notice.txt", "units"])
        self.shop.muniment("mirror", "leave", "mirror", "--copy", "delete", expect=3)

    def test_a_part_is_held_where_the_disk_is_small(self):
        self.invite("--quota", "100K", "--quota", "1G", "--without-seals")
        refused = self.join("--quota", "50K", "--access", "none", expect=2)
        self.assertIn("100.0 KiB", refused["error"]["sentence"])
        self.assertIn("for a part", self.join("--quota", "all", "--access", "none", expect=2)["error"]["sentence"])
        self.assertFalse((self.shop.folder / "mirror").exists(), "nothing was made")
        joined = self.join("--quota", "200K", "--access", "none")
        self.assertEqual(joined["holdsAtMost"], 100 << 10)
        self.assertEqual(list((self.shop.folder / "mirror/copy").rglob("header-*")), [])
        page = (self.shop.folder / "mirror/status.html").read_text()
        self.assertIn("1 of 2", page)
        audited = self.shop.json("mirror", "audit", "archive", "mirror/copy")
        self.assertIn("holds its agreed part", [copy["state"] for copy in audited["copies"]])
        self.assertEqual({path.name for path in (self.shop.folder / "mirror/units").iterdir()},
                         {"muniment-mirror-tend.service", "muniment-mirror-tend.timer"}, "nobody comes to it")
        sentence = self.join("--quota", "900T", "--access", "none", folder="other", expect=0)
        self.assertEqual(sentence["holdsAtMost"], 1 << 30)

    def test_what_does_not_fit_is_said_before_anything_is_written(self):
        self.invite("--quota", "900T")
        full = self.join("--quota", "900T", "--access", "none", expect=3)
        self.assertIn("free", full["error"]["sentence"])
        self.shop.folder.joinpath("invitation").unlink()
        self.invite()
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            listen = f"127.0.0.1:{taken.getsockname()[1]}"
            self.join("--quota", "all", "--access", "port", "--listen", listen, "--address", "https://oak.example",
                      "--traffic", "any", expect=3)
        self.assertFalse((self.shop.folder / "mirror").exists())

    def test_nothing_is_joined_that_the_invitation_does_not_name(self):
        self.invite()
        good = (self.shop.folder / "invitation").read_text()
        other = "academic " * 11 + "academic"
        self.join("--quota", "all", "--access", "none", "--id", other, expect=1)
        for what, with_what in ((self.address, "https://evil.example"), ("role vault", "role public"),
                                ("hold all", "hold part")):
            self.shop.write("invitation", good.replace(what, with_what))
            self.assertIn(self.join("--quota", "all", "--access", "none", expect=None)["error"]["code"],
                          ("forged", "corrupt", "not_found", "unavailable"), what)
        self.shop.write("invitation", good.replace("expires 20", "expires 19"))
        self.assertIn("expired", self.join("--quota", "all", "--access", "none", expect=3)["error"]["sentence"])
        self.assertFalse((self.shop.folder / "mirror").exists())
        # Another archive at the address that the invitation names.
        self.shop.found("another")
        _, address = self.shop.serve(self, "another")
        self.shop.write("invitation", good.replace(self.address, address))
        self.join("--quota", "all", "--access", "none", expect=1)

    def test_a_first_round_that_broke_goes_on_by_the_daily_run(self):
        self.invite()
        self.join("--quota", "all", "--access", "none")
        copy = self.shop.folder / "mirror/copy"
        (copy / "checkpoint").unlink()  # as it is before the first round ends
        part = max(copy.rglob("part-*"), key=lambda path: path.stat().st_size)
        part.unlink()
        self.shop.muniment("mirror", "report", "mirror")
        self.assertIn("first round is not finished", (self.shop.folder / "mirror/status.html").read_text())
        blackbox.run(self.run_unit("muniment-mirror-tend.service"))
        self.assertTrue(part.exists() and (copy / "checkpoint").exists())
        shutil.rmtree(copy)
        self.assertTrue(self.join()["filled"], "and by the same command, which asks nothing")

    def test_units_are_as_systemd_wants_them(self):
        analyze = shutil.which("systemd-analyze")
        if analyze is None:
            self.skipTest("systemd-analyze is not installed")
        self.invite()
        self.join("--quota", "all", "--access", "onion", "--traffic", "any", "--units", "units")
        units = sorted((self.shop.folder / "units").iterdir())
        self.assertEqual(len(units), 3)
        blackbox.run([analyze, "verify", *units])
        for unit in units:
            if unit.suffix != ".service":
                continue
            service = unit.read_text()
            unit.write_text(re.sub("^User=.*$", "User=nobody", service, flags=re.MULTILINE))
            said = blackbox.run([analyze, "security", "--offline=true", "--no-pager", unit], expect=None).stdout
            level = float(re.search(r"Overall exposure level for \S+: ([0-9.]+)", said).group(1))
            self.assertLess(level, 2.0, said)

    def test_where_systemd_runs_it_is_started_as_a_user_of_its_own_and_stopped(self):
        """Around the program a system of its own: another /etc and /run, and a systemctl that writes down its words."""
        if os.getuid() != 0 or shutil.which("systemd-sysusers") is None:
            self.skipTest("this needs root, who may mount folders over others, and systemd-sysusers")
        self.invite()
        etc, programs, called = self.shop.folder / "etc", self.shop.folder / "programs", self.shop.folder / "called"
        shutil.copytree("/etc", etc, symlinks=True, ignore=shutil.ignore_patterns("muniment*"))
        users = etc / "passwd"
        users.write_text("".join(each for each in users.open() if not each.startswith("muniment:")))
        (etc / "systemd/system").mkdir(parents=True, exist_ok=True)
        self.shop.write("programs/systemctl", f"#!/bin/sh\necho \"$@\" >>'{called}'\n").chmod(0o755)
        joining = '"$1" mirror join invitation "$2" --quota all --access none'
        script = f"""set -eu
            mount --bind '{etc}' /etc
            mount --bind '{programs}' /usr/local/sbin
            mount -t tmpfs tmpfs /run
            mount -t tmpfs tmpfs /srv
            mkdir -p /run/systemd/system
            chmod 755 /srv
            ! {joining.replace('"$2"', '"$PWD/mirror"')} >refused 2>&1
            {joining} >joined 2>&1 || {{ cat joined >&2; exit 1; }}
            find "$2" ! -user muniment >>strangers
            ls /etc/systemd/system >units
            "$1" mirror leave "$2" --copy delete >left 2>&1
            ls /etc/systemd/system >units-left"""
        environment = {name: value for name, value in os.environ.items() if name != "MUNIMENT_PASSPHRASE_FILE"}
        blackbox.run(["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", blackbox.program(),
                      "/srv/mirrors/mirror"], cwd=self.shop.folder, env=environment)
        read = lambda name: (self.shop.folder / name).read_text()
        self.assertIn("may not enter", read("refused"))
        self.assertFalse((self.shop.folder / "mirror").exists(), "nothing was made")
        self.assertRegex(users.read_text(), r"(?m)^muniment:.*:/var/lib/muniment:/usr/sbin/nologin$")
        self.assertEqual(read("strangers"), "")
        self.assertIn("muniment-mirror-tend.timer", read("units"))
        self.assertNotIn("muniment-mirror", read("units-left"))
        self.assertEqual(called.read_text().splitlines(),
                         ["daemon-reload", "enable --now muniment-mirror-tend.timer",
                          "disable --now muniment-mirror-tend.timer", "disable --now muniment-mirror-tend.service",
                          "daemon-reload"])

    def test_letters_are_printed_in_both_languages(self):
        for kind in ("risk", "host", "authority"):
            for language in ("en", "ru"):
                printed = self.shop.muniment("mirror", "letter", kind, "--language", language).stdout
                self.assertEqual(printed, (blackbox.source() / f"letters/{kind}.{language}.txt").read_text())

    def test_what_is_not_said_is_asked_on_the_terminal(self):
        self.invite()
        answers = {"How much may it take": "all", "How do others come": "", "How much may leave": "500G"}
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(self.shop.folder)
            os.execve(blackbox.program(), ["muniment", "mirror", "join", "invitation", "mirror"], os.environ)
        said = ""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if not select.select([terminal], [], [], 0.2)[0]:
                continue
            try:
                chunk = os.read(terminal, 4096)
            except OSError:
                break
            if not chunk:
                break
            said += chunk.decode()
            for question in list(answers):
                if question in said and said.rstrip(" ").endswith(":"):
                    os.write(terminal, answers.pop(question).encode() + b"\n")
                    break
        self.assertEqual(os.waitpid(pid, 0)[1], 0, said)
        os.close(terminal)
        self.assertEqual(answers, {}, said)
        self.assertIn(self.words, said)
        settings = (self.shop.folder / "mirror/settings").read_text()
        self.assertRegex(settings, r"access onion\nlisten none\naddress http://[a-z2-7]{56}\.onion\n")
        self.assertIn(f"month {500 << 30}\n", settings)

    def test_leaving_that_was_cut_off_is_done_when_run_again(self):
        self.invite()
        self.join("--quota", "all", "--access", "none")
        mirror = self.shop.folder / "mirror"
        # What goes first is gone already: after each of the steps.
        for count, gone in enumerate(GOING):
            with self.subTest(gone=gone):
                interrupted = self.shop.folder / f"without-{gone}"
                shutil.copytree(mirror, interrupted)
                if count > 0:  # the notice is written before anything is wiped
                    (interrupted / "notice.txt").write_text("mirror left, by the run before\n")
                for name in GOING[:count + 1]:
                    (interrupted / name).unlink()
                self.shop.muniment("mirror", "leave", interrupted, "--copy", "keep")
                self.assertFalse(any((interrupted / name).exists() for name in KEYS))
                self.assertIn("mirror left", (interrupted / "notice.txt").read_text())
        environment = {name: value for name, value in os.environ.items() if name != "MUNIMENT_PASSPHRASE_FILE"}
        asked = subprocess.run([blackbox.program(), "mirror", "leave", "mirror"], cwd=self.shop.folder, env=environment,
                               capture_output=True, text=True, check=False, start_new_session=True)
        self.assertEqual(asked.returncode, 3)
        self.assertIn("Nothing was done", asked.stderr)
        self.assertTrue(all((mirror / name).exists() for name in KEYS))


class StatusPageTest(unittest.TestCase):
    """The page in a browser, narrow and wide."""

    def test_nothing_is_cut_at_320_and_1280(self):
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        if chromium is None:
            self.skipTest("chromium is not installed")
        shop = Workshop()
        self.addCleanup(shop.close)
        shop.found()
        shop.write("evidence/file", os.urandom(20_000))
        shop.muniment("deposit", "archive", "evidence", "--key", shop.key)
        _, address = shop.serve(self, "archive", "--token-file", shop.write("own", f"read {READING}\n"))
        tokens = shop.write("tokens", f"read {READING} {address}\n")
        shop.muniment("mirror", "invite", "archive", "--from", address, "--token-file", tokens, "--key", shop.key, "-o",
                      "invitation")
        frames = []
        for language in ("en", "ru", "uk", "be"):
            folder = f"mirror-{language}"
            shop.muniment("mirror", "join", "invitation", folder, "--quota", "all", "--access", "onion", "--traffic",
                          "1T", "--language", language)
            # What is wider than the window would be cut. The browser is asked by a copy of the page without its policy
            # and with a script, since the page has none.
            page = (shop.folder / folder / "status.html").read_text()
            shop.write(f"{language}.html", re.sub("<meta http-equiv[^>]*>", "", page) + "<script>parent.postMessage("
                       f"'{language} '+innerWidth+' '+document.documentElement.scrollWidth+';','*')</script>")
            frames += [f'<iframe src="{language}.html" width="{width}" height="2000"></iframe>'
                       for width in (320, 1280)]
        all_frames = shop.write("frames.html", "<style>iframe{border:0}</style><p id='r'></p><script>onmessage=e=>{"
                                "document.getElementById('r').textContent+=e.data}</script>" + "".join(frames))
        done = blackbox.run([chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                             "--virtual-time-budget=5000", f"--user-data-dir={shop.folder}/profile", "--dump-dom",
                             pathlib.Path(all_frames).as_uri()], expect=None, timeout=60)
        if done.returncode != 0:
            self.skipTest(f"chromium does not start here: {done.stderr[-200:]}")
        measured = re.findall(r"(\w\w) (\d+) (\d+);", done.stdout)
        self.assertEqual(len(measured), 8, done.stdout[:500])
        for language, window, width in measured:
            self.assertIn(window, ("320", "1280"))
            self.assertLessEqual(int(width), int(window), language)


if __name__ == "__main__":
    blackbox.main()
