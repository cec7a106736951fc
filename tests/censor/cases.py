"""The cases of the censor's bench. Each gives the row of the table that it has shown, or fails."""

import contextlib
import json
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import blackbox
from workshop import Workshop, tree

from censor import network
from censor.mirrors import LOGIN, READING, Certificates, Mirrors

ONE, TWO = "https://one.test", "https://two.test"
BY_ADDRESS = f"https://{network.ONE}"  # the certificate is for the address as well, and no name is said
CLIPS = 6
AT_ONE = ("--at", f"one.test={network.ONE}")


class Bench:
    """What all cases share: the archive, its copies, the certificates."""

    def __init__(self):
        self.shop = Workshop()
        self.certificates = Certificates(self.shop.folder)
        network.trust(self.certificates.authority)
        self.words = self.shop.found()
        for i in range(2):
            self._deposit(f"evidence-{i}", f"invented statement {i}\n")
        self.shop.muniment("mirror", "push", "archive", "old")
        self._deposit("film", bytes(range(256)) * 4000)
        self.shop.muniment("mirror", "push", "archive", "vault")
        # Another archive, with several parts that are large enough for their source to be chosen.
        self.words_of_clips = self.shop.found("archive-of-clips")
        for i in range(CLIPS):
            self._deposit(f"clip-{i}", bytes([i]) * 100_000, "archive-of-clips")
        self.shop.muniment("mirror", "push", "archive-of-clips", "clips")
        self.shop.write("own-tokens", f"read {READING}\n")
        self.tokens = self.shop.write(
            "visitor-tokens", "".join(f"read {READING} {each}\n" for each in (ONE, TWO, BY_ADDRESS)))
        self.copies = 0

    def _deposit(self, name, content, archive="archive"):
        self.shop.write(f"{name}/file", content)
        self.shop.muniment("deposit", archive, self.shop.folder / name, "--key", self.shop.key)

    def close(self):
        self.shop.close()

    def fresh(self):
        self.copies += 1
        return f"copy-{self.copies}"

    def folder(self, name):
        return self.shop.folder / name

    def altered(self, change):
        """A copy of the vault after `change` was at it."""
        name = self.fresh()
        shutil.copytree(self.folder("vault"), self.folder(name))
        change(self.folder(name))
        return name

    @contextlib.contextmanager
    def street(self, copies, **options):
        street = network.Street()
        try:
            Mirrors(street, self.shop, self.certificates, copies, **options)
            yield Visitor(self, street)
        finally:
            street.close()


class Visitor:
    """The reader on a street: what the program does there."""

    def __init__(self, bench, street):
        self.bench, self.street = bench, street

    def muniment(self, *words, expect=0, timeout=80):
        command = self.street.command(self.street.reader, blackbox.program(), *words)
        return blackbox.run(command, expect=expect, cwd=self.bench.shop.folder, env=self.bench.shop.env,
                            timeout=timeout)

    def pull_into(self, copy, *sources, options=(), expect=0, timeout=80, words=None):
        froms = [word for source in sources for word in ("--from", source)]
        done = self.muniment("mirror", "pull", copy, *froms, "--id", words or self.bench.words, "--token-file",
                             self.bench.tokens, *options, expect=expect, timeout=timeout)
        return done.stdout + done.stderr

    def is_whole(self, copy, as_is="vault"):
        return tree(self.bench.folder(copy)) == tree(self.bench.folder(as_is))

    def holds(self, copy, as_is):
        """Whether the copy has all that another has; tiles of older states, and what cut-off runs left, may be more."""
        return tree(self.bench.folder(as_is)).items() <= tree(self.bench.folder(copy)).items()

    def whole(self, *sources, options=(), as_is="vault", words=None):
        """A pull that must succeed; gives what was printed."""
        copy = self.bench.fresh()
        said = self.pull_into(copy, *sources, options=options, words=words)
        check(self.is_whole(copy, as_is), f"{copy} is not whole: {said}")
        return said

    def fails(self, sentence, *sources, options=(), expect=3):
        """A pull that must not succeed, for this reason."""
        copy = self.bench.fresh()
        said = self.pull_into(copy, *sources, options=options, expect=expect)
        check(sentence in said, f"not the reason: {said}")
        check(not (self.bench.folder(copy) / "checkpoint").exists(), "it shows a checkpoint")
        return f"fails: “{sentence}”"

    def curl(self, path, *options):
        command = self.street.command(self.street.reader, "curl", "--silent", "--show-error", *options,
                                      f"{ONE}/{path}")
        return subprocess.run(command, capture_output=True, timeout=80, check=False)

    def is_cut_off(self, copy, *sources, seconds, expect=0):
        """A pull that is stopped after so long; True when it had not ended by then."""
        try:
            self.pull_into(copy, *sources, timeout=seconds, expect=expect)
        except subprocess.TimeoutExpired:
            return True
        return False

    def audit(self, *places):
        """The states in an audit beside the archive itself."""
        done = self.muniment("mirror", "audit", "archive", *places, "--token-file", self.bench.tokens, "--json",
                             expect=None)
        return [copy["state"] for copy in json.loads(done.stdout)["copies"][1:]]


def check(holds, sentence):
    if not holds:
        raise AssertionError(sentence)


def together(*calls):
    with ThreadPoolExecutor(len(calls)) as pool:
        return [each.result() for each in [pool.submit(call) for call in calls]]


class Row:
    """One line of the table."""

    def __init__(self, off, without, on, means):
        self.off, self.without, self.on, self.means = off, without, on, means


# The network is against us.


def dns_lies(bench):
    with bench.street({"one.test": "vault", "two.test": "vault"}) as reader:
        reader.whole(ONE)
        reader.street.lie({"one.test": network.LIAR})
        without = reader.fails("no connection by TLS", ONE)
        reader.whole(ONE, options=AT_ONE)
        reader.whole(ONE, TWO)
    return Row("whole", without, "whole", "`--at one.test=ADDRESS`; or a mirror of another name")


def names_vanish(bench):
    with bench.street({"one.test": "vault", "two.test": "vault"}) as reader:
        reader.whole(ONE)
        reader.street.lie({"one.test": ""})
        without = reader.fails("its name could not be resolved", ONE)
        reader.whole(ONE, options=AT_ONE)
        reader.whole(ONE, TWO)
    return Row("whole", without, "whole", "`--at one.test=ADDRESS`; or a mirror of another name")


def handshakes_are_reset(bench):
    with bench.street({"one.test": "vault", "two.test": "vault"}) as reader:
        reader.whole(ONE)
        reader.street.censor("iptables", "-A", "FORWARD", "-p", "tcp", "--dport", "443", "-m", "string", "--algo", "bm",
                             "--string", "one.test", "-j", "REJECT", "--reject-with", "tcp-reset")
        without = reader.fails("no connection by TLS", ONE)
        reader.whole(BY_ADDRESS)
        reader.whole(ONE, TWO)
        reader.fails("no connection by TLS", ONE, options=AT_ONE)
    return Row("whole", without, "whole",
               "a mirror of another name, or one whose certificate is for its address: `https://ADDRESS`")


def _address_is_blocked(bench, rule):
    with bench.street({"one.test": "vault", "two.test": "vault"}) as reader:
        reader.whole(ONE)
        reader.street.forward(f"ip daddr {network.ONE} {rule}")
        reader.street.forward(f"ip saddr {network.ONE} drop")

        def through_the_other():
            started = time.monotonic()
            reader.whole(ONE, TWO)
            check(time.monotonic() - started < 40, "a blocked mirror holds up the others")

        _, without = together(through_the_other, lambda: reader.fails("no connection", ONE))
        check(reader.audit(TWO) == ["whole"], "the other mirror is whole")
    return Row("whole", without, "whole", "a mirror at another address")


def address_is_dropped(bench):
    return _address_is_blocked(bench, "drop")


def address_is_rejected(bench):
    return _address_is_blocked(bench, "reject with icmp type admin-prohibited")


def _curtain(reader):
    reader.street.inside(reader.street.router, "sysctl", "-q", "-w", "net.netfilter.nf_conntrack_acct=1")
    reader.street.forward("tcp sport 443 ct reply bytes > 16384 drop")


def connections_die_after_16_kb(bench):
    with bench.street({"one.test": "vault", "two.test": "vault"}, whole_only=["two.test"]) as reader:
        reader.whole(ONE)
        _curtain(reader)
        part = largest(bench, "vault")
        halted = bench.fresh()
        curl, is_halted, _ = together(lambda: reader.curl(part, "--max-time", "10"),
                                      lambda: reader.is_cut_off(halted, TWO, seconds=60),
                                      lambda: reader.whole(ONE))
        check(curl.returncode == 28 and len(curl.stdout) < 16384, f"curl: {curl.returncode}, {len(curl.stdout)} bytes")
        check(is_halted and not any(bench.folder(halted).rglob("part-*")), "a mirror without ranges gives parts")
    return Row("whole", "fails: without ranges no part arrives", "whole",
               "after one connection fell silent: small pieces by `Range`, each over its own connection")


def largest(bench, copy):
    root = bench.folder(copy)
    return max(root.rglob("part-*"), key=lambda path: path.stat().st_size).relative_to(root)


def connections_are_reset_at_random(bench):
    with bench.street({"one.test": "vault", "two.test": "vault"}, whole_only=["two.test"]) as reader:
        reader.whole(ONE)
        # 1 of 50 packets of a mirror ends its connection: whatever the reader sends then is answered by a reset.
        reader.street.forward("tcp dport 443 ct mark 1 reject with tcp reset")
        reader.street.forward("tcp sport 443 numgen random mod 50 == 0 ct mark set 1")
        copy, halted = bench.fresh(), bench.fresh()

        def in_some_runs():
            for _ in range(12):
                reader.pull_into(copy, ONE, expect=None)
                if reader.holds(copy, "vault"):
                    return

        together(in_some_runs, lambda: reader.is_cut_off(halted, TWO, seconds=40, expect=None))
        check(reader.holds(copy, "vault"), "the resets were not got through")
        check(not (bench.folder(halted) / largest(bench, "vault")).exists(), "a mirror without ranges gives parts")
    return Row("whole", "fails: without ranges no large part arrives", "whole",
               "a transfer goes on with `Range` where it broke; a run goes on with what is there")


def packets_are_lost(bench):
    with bench.street({"one.test": "vault"}) as reader:
        reader.whole(ONE)
        reader.street.forward("numgen random mod 100 < 5 drop")
        copy = bench.fresh()
        for _ in range(3):
            reader.pull_into(copy, ONE, expect=None)
            if reader.holds(copy, "vault"):
                break
        check(reader.holds(copy, "vault"), "the loss was not got through")
    return Row("whole", "(TCP repeats them: nothing of ours to switch off)", "whole",
               "a question for a name that was lost is asked again; a run goes on with what is there")


def the_line_is_slow(bench):
    session = 8  # seconds that the reader has at a time
    with bench.street({"one.test": "old"}) as reader:
        check(not reader.is_cut_off(bench.fresh(), ONE, seconds=session), "it is slow before the censor is there")
        reader.street.censor("tc", "qdisc", "add", "dev", "to-reader", "root", "tbf", "rate", "128kbit", "burst", "5kb",
                             "latency", "2s")
        copy, runs = bench.fresh(), 1
        while reader.is_cut_off(copy, ONE, seconds=session):
            runs += 1
            check(runs < 12, "the runs do not go on with what is there")
        check(runs > 1, "the line is not slow enough to show anything")
        check(reader.holds(copy, "old"), "the copy is not whole")
        check(all(reader.is_cut_off(bench.fresh(), ONE, seconds=session) for _ in range(runs)), "a fresh copy is done")
    return Row(f"whole within a session of {session} s", "fails: each session begins anew, none ends",
               "whole, after some sessions", "a run goes on with what is there; no time limit as long as bytes come")


def the_first_mirror_is_slow(bench):
    def bytes_from_the_slow_one(*sources):
        before = reader.street.bytes_passed()
        reader.whole(*sources, as_is="clips", words=bench.words_of_clips)
        return reader.street.bytes_passed() - before

    with bench.street({"one.test": "clips", "two.test": "clips"}) as reader:
        reader.whole(ONE, as_is="clips", words=bench.words_of_clips)
        reader.street.forward(f"ip saddr {network.ONE} limit rate over 120 kbytes/second burst 10 kbytes drop")
        reader.street.forward(f"ip saddr {network.ONE} counter")
        alone, both = bytes_from_the_slow_one(ONE), bytes_from_the_slow_one(ONE, TWO)
        # The first large object may be asked of it before anybody knows.
        check(both < 0.8 * alone, f"the slow mirror is asked for most: {both} bytes, and {alone} from it alone")
    return Row("whole", "from that mirror alone: whole, at its pace", "whole, sooner",
               "each object is asked of the mirror that is likely to be done with it soonest")


def everything_is_shut_down(bench):
    with bench.street({"one.test": "vault", "two.test": "vault"}) as reader:
        reader.whole(ONE)
        reader.street.forward("drop")
        without = reader.fails("its name could not be resolved", ONE, TWO)
        reader.whole("vault")
    return Row("whole", without, "whole", "a copy that came on a disk or stick: `--from FOLDER`")


# A mirror is against us.


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def bytes_are_wrong(bench):
    def poison(folder):
        for path in [*folder.rglob("part-*"), *folder.rglob("header-*")]:
            flip(path)

    poisoned = bench.altered(poison)
    with bench.street({"one.test": poisoned, "two.test": "vault"}) as reader:
        reader.whole(TWO)
        part = largest(bench, "vault")
        taken = reader.curl(part).stdout
        check(taken == (bench.folder(poisoned) / part).read_bytes() != (bench.folder("vault") / part).read_bytes(),
              "curl has not taken the wrong bytes")
        copy = bench.fresh()
        said = reader.pull_into(copy, ONE, expect=1)
        check(f"Lost: {part} no copy has a good one" in said, said)
        check(not (bench.folder(copy) / part).exists(), "wrong bytes were written")
        said = reader.whole(ONE, TWO)
        check(f"From {ONE}: " in said and "has been altered or cut" in said, said)
        check(reader.audit(ONE, TWO) == ["damaged", "whole"], "audit")
        reader.muniment("recover", "--from", ONE, "--from", TWO, "-o", f"{copy}-recovered", "--id", bench.words,
                        "--token-file", bench.tokens)
        check(reader.is_whole(f"{copy}-recovered"), "recovered")
    return Row("whole", "a stock client keeps the wrong bytes; from that mirror alone: objects lost, named",
               "whole, the mirror named", "every object is held against the log; any other mirror fills in")


def state_is_stale(bench):
    with bench.street({"one.test": "old", "two.test": "vault"}) as reader:
        reader.whole(TWO)
        copy = bench.fresh()
        reader.pull_into(copy, ONE)
        check(reader.is_whole(copy, "old"), "a stale mirror alone gives its own state")
        check(reader.audit(ONE, TWO) == ["behind", "whole"], "audit")
        reader.pull_into(copy, ONE, TWO)
        check(reader.holds(copy, "vault"), "the newest state was not taken")
        said = reader.pull_into(copy, ONE, expect=3)
        check("it is the newer one" in said and reader.holds(copy, "vault"), said)
    return Row("whole", "an older state, and no word of a newer one", "whole",
               "the newest state of all mirrors counts; a copy never goes back; `audit` says *behind*")


def states_are_mixed(bench):
    other = Workshop()
    try:
        other.found()
        other.write("file", "another archive\n")
        other.muniment("deposit", "archive", "file", "--key", other.key)
        foreign = next((other.folder / "archive").rglob("part-*")).read_bytes()
    finally:
        other.close()

    def mix(folder):
        """The newest checkpoint over the older log, and parts of another archive."""
        for path in (bench.folder("old") / "tile").rglob("*"):
            if path.is_file():
                target = folder / path.relative_to(bench.folder("old"))
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(path.read_bytes())
        for path in (folder / "tile").rglob("*"):
            if path.is_file() and not (bench.folder("old") / path.relative_to(folder)).exists():
                path.unlink()
        sorted(folder.rglob("part-*"))[0].write_bytes(foreign)

    mixed = bench.altered(mix)
    with bench.street({"one.test": mixed, "two.test": "vault"}) as reader:
        reader.whole(TWO)
        without = reader.fails("without them the log cannot be followed", ONE, expect=1)
        reader.whole(ONE, TWO)
        check(reader.audit(ONE, TWO) == ["damaged", "whole"], "audit")
    return Row("whole", without, "whole", "entries are held against the signed head, objects against the entries")


def all_answers_are_a_login_page(bench):
    with bench.street({"one.test": None, "two.test": "vault"}) as reader:
        reader.whole(TWO)
        check(reader.curl("checkpoint").stdout.decode() == LOGIN, "curl has not taken the page")
        copy = bench.fresh()
        said = reader.pull_into(copy, ONE, expect=1)
        check("none of these copies shows the archive" in said, said)
        reader.whole(ONE, TWO)
    return Row("whole", "a stock client keeps the page; from that mirror alone: fails, nothing is written", "whole",
               "what answers 200 is no archive before its charter and head are; another mirror")


def a_mirror_is_frozen(bench):
    """An archive with cosigners, and a mirror that goes on to serve a genuine older state of it."""
    shop = bench.shop
    words = shop.json("init", "watched", "--custodian", shop.key, "--no-trustees")["words"]
    keys = [shop.key_of(f"mirror-{number}") for number in (1, 2)]
    lines = "".join(shop.muniment("mirror", "cosigner", key).stdout for key in keys)
    shop.write("policy.txt", f"{lines}group both 2 mirror-1 mirror-2\nquorum both\n")
    shop.muniment("charter", "cosigners", "watched", "--policy", "policy.txt", "--key", shop.key)

    def deposit(text):
        shop.write("note.txt", text)
        shop.muniment("deposit", "watched", "note.txt", "--key", shop.key)
        shop.muniment("mirror", "push", "watched", "live-1", "live-2")

    def cosign():
        for number in (1, 2):
            shop.muniment("mirror", "cosign", f"live-{number}", "--key", keys[number - 1])
        shop.muniment("mirror", "push", "watched", "live-1", "live-2")

    def quorum(reader, place, expect=0):
        done = reader.muniment("verify", place, "--id", words, "--token-file", bench.tokens, "--json", expect=expect)
        return json.loads(done.stdout)["cosigned"]

    deposit("an invented note\n")
    cosign()
    shutil.copytree(bench.folder("live-1"), bench.folder("frozen"))
    time.sleep(1.1)  # asOf counts seconds
    deposit("a second invented note\n")
    shutil.copytree(bench.folder("live-1"), bench.folder("unseen"))
    cosign()
    with bench.street({"one.test": "frozen", "two.test": "live-2"}) as reader:
        frozen, live = quorum(reader, ONE), quorum(reader, TWO)
        check(frozen["quorum"] and live["quorum"] and frozen["asOf"] < live["asOf"], f"{frozen} {live}")
        check(not quorum(reader, "unseen", expect=1)["quorum"], "a head that no cosigner saw counts")
        copy = bench.fresh()
        reader.pull_into(copy, ONE, TWO, words=words)
        check(quorum(reader, copy)["asOf"] == live["asOf"], "the newest state was not taken")
        check("it is the newer one" in reader.pull_into(copy, ONE, words=words, expect=3), "it was taken back")
    with bench.street({"one.test": "old"}) as reader:
        done = reader.muniment("verify", ONE, "--id", bench.words, "--token-file", bench.tokens, "--json")
        unwatched = json.loads(done.stdout)["cosigned"]
        check(unwatched["asOf"] is None and not unwatched["askedFor"], f"{unwatched}")
    return Row("whole, `asOf` moves on", "without cosigners, or other mirrors, no age can be told",
               "`asOf` stands still; whole from others",
               "a quorum of cosigners, and somebody who reads `asOf`; other mirrors; a copy never goes back")


CASES = {
    "DNS answers with a liar’s address": dns_lies,
    "DNS says there is no such name": names_vanish,
    "the name in the TLS handshake (SNI) is answered by a reset": handshakes_are_reset,
    "a mirror’s address is blocked, packets dropped": address_is_dropped,
    "a mirror’s address is blocked, packets refused": address_is_rejected,
    "each connection dies after 16 KB of answers": connections_die_after_16_kb,
    "connections are reset at random (after 1 of 50 packets)": connections_are_reset_at_random,
    "5 % of all packets are lost": packets_are_lost,
    "the line is throttled to 128 kbit/s": the_line_is_slow,
    "one of two mirrors is throttled": the_first_mirror_is_slow,
    "everything is shut down": everything_is_shut_down,
    "a mirror gives wrong bytes": bytes_are_wrong,
    "a mirror is stale": state_is_stale,
    "a mirror mixes states and archives": states_are_mixed,
    "a mirror answers all with a login page": all_answers_are_a_login_page,
    "a mirror is frozen in a genuine old state": a_mirror_is_frozen,
}
