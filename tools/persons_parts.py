"""What each of the four persons does, as the printed pages say it. A part gives what it showed; what went wrong is
raised as Stopped, what cannot be run here as CannotRun."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import unittest

import page_browser
from page_browser import open_page, step
from persons_home import READING, encodings, look
from persons_machine import USER, CannotRun, Machine, Session, Stopped, children_of
from workshop import phrase_in

# What Debian's own programs write for all users; a person's programs may not.
OF_PACKAGES = ("usr", "var/lib/apt", "var/lib/dpkg", "var/cache/apt", "var/cache/debconf")
UPDATE = "apt-get update -qq"
# A machine on which systemd runs, as far as a program sees it, and a systemctl that writes down what it is told.
SYSTEMD = UPDATE + """
mkdir -p /run/systemd/system /usr/local/sbin
printf '#!/bin/sh\\necho "$@" >>/var/log/systemctl-words\\n' >/usr/local/sbin/systemctl
chmod 755 /usr/local/sbin/systemctl"""
SINGLE_FILE = "/usr/local/bin/muniment"  # all that is the same in each language
PLACE = "/var/lib/muniment/mirror"
NARROW, WIDE = 320, 1280
SHORT_FORM = {"who": "Who", "where": "Where", "when": "When", "consent": "Consent"}
ANSWER_SECONDS = 30


def install(session, machine, page, package):
    """The person's first step; gives how many bytes came."""
    before = machine.bytes_below("usr")
    machine.put(package.name, package)
    if package.suffix == ".deb":
        template = "sudo apt install ./muniment_….deb"
        line = page.command(template).replace("muniment_….deb", package.name)
        session.type(line, answers=[("[Y/n]", "y")], install=True)
    else:
        page.command(SINGLE_FILE)
        session.type(f"sudo install -m 755 {package.name} /usr/local/bin/muniment", install=True)
    session.type("muniment --version")
    return machine.bytes_below("usr") - before


def scan(machine, needles):
    left_out = [machine.folder / "layer" / name for name in OF_PACKAGES]
    return look(machine.writable(), needles, left_out)


def control(findings):
    """How many files a search finds while all is there: one that finds nothing then would prove nothing later."""
    if not findings:
        raise Stopped("the search does not find what is there")
    return len(findings)


def left_at_home(machine):
    """What a person's home has in the end, by what it is."""
    home = machine.root / "home" / USER
    history = home / ".bash_history"
    lines = history.read_text().splitlines() if history.exists() else []
    own = [path for path in sorted(home.rglob("*"))
           if path.is_file() and not path.name.startswith((".bash", ".profile"))]
    return [f"~/{history.name}: {sum('muniment' in line for line in lines)} lines that name muniment"] + [
        f"~/{path.relative_to(home)}: {path.stat().st_size} bytes" for path in own]


def interview(secrets):
    """The seven questions, and what is asked after them."""
    asked = [(f"{number} of 7", text) for number, text in enumerate(secrets.answers.values(), 1)]
    return asked + [("number of an answer to change", ""), ("Press Enter when it is learnt", ""),
                    ("To be sure", phrase_in)]


def field(home, secrets, package, base, folder):
    page = home.page_of("field")
    secrets.expected, secrets.answered = secrets.digests(), tuple(secrets.marks)
    with contextlib.closing(Machine(base, folder / "machine", UPDATE)) as machine:
        for evidence in (secrets.today, secrets.talk):
            for path in evidence.folder.iterdir():
                machine.put(f"{evidence.folder.name}/{path.name}", path)
        machine.put("card.txt", home.folder / "card.txt")
        before = control(scan(machine, secrets.needles))
        session = Session(machine)
        try:
            came = install(session, machine, page, package)
            words = {"CARD": "card.txt", "FOLDER": "today"}
            session.type(page.command("muniment seal --card CARD -o sealed FOLDER", **words) + " --shred")
            page.command("--shred")
            session.type(page.command("muniment seal --testimony --card CARD -o sealed FILE", CARD="card.txt",
                                      FILE="talk") + " --shred", answers=interview(secrets))
            with home.tending():
                shown = session.type(page.command("muniment send sealed --card CARD --wait", **words) + " --every 2")
            if "safe on 3 copies" not in shown:
                raise Stopped(f"nothing was said to be safe on 3 copies: {shown[-400:]}")
            session.log_out()
            session = Session(machine)  # only now the history of the shell is there
            shown = session.type(page.command("muniment exposure"))
            session.log_out()
            if ".bash_history" not in shown:
                raise Stopped(f"muniment exposure does not tell of the history of the shell: {shown[-600:]}")
        finally:
            machine.write_transcript(folder / "transcript.txt")
        kept = left_at_home(machine)
        return {"steps": machine.steps(), "bytesInstalled": came, "pageBytes": page.bytes, "pageWords": page.words,
                "page": page.used, "readableBefore": before, "residue": scan(machine, secrets.needles), "kept": kept}


@contextlib.contextmanager
def surroundings(folder):
    """Whatever a browser and its driver write to, below one folder."""
    names = {"HOME": "home", "TMPDIR": "temporary", "XDG_CONFIG_HOME": "home/config", "XDG_CACHE_HOME": "home/cache",
             "XDG_DATA_HOME": "home/data", "XDG_RUNTIME_DIR": "runtime"}
    before = {name: os.environ.get(name) for name in names}
    for name, below in names.items():
        (folder / below).mkdir(parents=True, exist_ok=True, mode=0o700)
        os.environ[name] = str(folder / below)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def in_browser(home, secrets, kind, width, folder):
    """The card as a page, opened as a file: some files and the short form become one file that is handed out."""
    if home.page is None:
        raise CannotRun(home.no_page)
    machine = folder / "machine"
    shutil.rmtree(machine, ignore_errors=True)
    machine.mkdir(parents=True)
    try:
        page_browser.packages()
        with surroundings(machine):
            return _in_browser(home, secrets, kind, width, machine)
    except unittest.SkipTest as reason:
        raise CannotRun(str(reason)) from None
    finally:
        shutil.rmtree(machine, ignore_errors=True)


def _in_browser(home, secrets, kind, width, machine):
    page = machine / "card.html"
    shutil.copy(home.page, page)
    originals = machine / "camera"
    shutil.copytree(secrets.today.folder, originals)
    secrets.expected, secrets.answered = secrets.digests_of(secrets.today), tuple(SHORT_FORM.values())
    browser = page_browser.Browser(kind, machine)  # which is skipped where it does not start
    browser.close()
    before = control(look([machine], secrets.needles))
    findings, kept = [], []

    def look_into(profile):
        for each in originals.iterdir():
            each.unlink()
        findings.extend(look([machine], secrets.needles))
        names = [path.name for path in browser.downloads.iterdir()]
        for what, text in [("the page's address", page.name)] + [("the name of the sealed file", name)
                                                                 for name in names]:
            files = look([profile], encodings(what, text))
            kept.append(f"{what}: in {len(files)} files of the profile" +
                        "".join(f", {each['where']}" for each in files))
        kept.extend(f"downloads: {path.name}, {path.stat().st_size} bytes, sealed"
                    for path in browser.downloads.iterdir())

    pictures = [machine.parent / f"{name}-{width}.png" for name in ("filled-in", "sealed")]
    began = time.monotonic()
    outcome = browser.run_alone([
        open_page(page, width=width), step("text", id="words"), step("text", id="page"),
        step("files", files=[str(path) for path in sorted(originals.iterdir())]),
        *[step("answer", question=question, text=secrets.answers[key]) for question, key in SHORT_FORM.items()],
        step("widest"), step("picture", file=str(pictures[0])), step("press", id="to-file"), step("outcome"),
        step("download"), step("widest"), step("picture", file=str(pictures[1]))], look_into)
    seconds = time.monotonic() - began
    if "error" in outcome or outcome["complaints"]:
        raise Stopped(f"{outcome.get('error')} {outcome['complaints']}, after {outcome['found']}")
    _, words, text, *_, sealed, saved, widest, _ = outcome["found"]
    (machine.parent / "transcript.txt").write_text(f"{words}\n\n{sealed['text']}\n")
    if words.split() != home.words.split():
        raise Stopped(f"the page shows other words: {words}")
    if sealed["kind"] != "good":
        raise Stopped(f"the page did not seal: {sealed['text']}")
    if widest > width:
        raise Stopped(f"the page is {widest} wide where {width} can be seen")
    home.take_in(saved["file"])
    return {"steps": [{"command": "open, choose, fill in, seal, save", "seconds": round(seconds, 2), "status": 0,
                       "install": False, "typed": sum(len(secrets.answers[key]) for key in SHORT_FORM.values())}],
            "bytesInstalled": 0, "pageBytes": page.stat().st_size, "pageWords": len(text.split()), "page": [],
            "readableBefore": before, "residue": findings, "kept": kept, "pictures": [path.name for path in pictures]}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def unit_words(machine, name):
    """What systemd would start."""
    text = (machine.root / "etc/systemd/system" / name).read_text()
    found = re.search("^ExecStart=(.*)$", text, re.MULTILINE).group(1)
    return ["setpriv", "--reuid=muniment", "--regid=muniment", "--clear-groups", *re.findall('"([^"]*)"', found)]


@contextlib.contextmanager
def serving(machine, port):
    """The mirror as its unit runs it, until the end of this."""
    process = machine.start(*unit_words(machine, "muniment-mirror.service"))
    try:
        until = time.monotonic() + ANSWER_SECONDS
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
                break
            if time.monotonic() > until or process.poll() is not None:
                raise Stopped("the unit of the mirror does not answer")
            time.sleep(0.05)
        yield
    finally:
        if process.poll() is None:
            for child in children_of(process.pid):
                os.kill(child, signal.SIGTERM)
        process.wait(timeout=ANSWER_SECONDS)


def join(session, page, home, port):
    line = page.command("sudo muniment mirror join invitation.txt /var/lib/muniment/mirror")
    here = f"127.0.0.1:{port}"
    shown = session.type(line, answers=[("How much may it take", "all"), ("How do others come", "port"),
                                        ("Where does it listen", here), ("Under which address", f"http://{here}"),
                                        ("How much may leave", "500G")])
    if home.words not in " ".join(shown.split()):
        raise Stopped("joining did not show the words of the archive")


def runs(machine, home, port):
    """What systemd would do from now on, and what the custodian sees of it."""
    notice = (machine.root / PLACE[1:] / "notice.txt").read_bytes()
    if home.receive(notice)["mirror"] != "joined":
        raise Stopped("the custodian does not read from the notice that the mirror joined")
    with serving(machine, port):
        audited = home.shop.json("mirror", "audit", "archive", f"http://127.0.0.1:{port}", "--token-file", home.tokens,
                                 expect=None)
        states = [copy["state"] for copy in audited.get("copies", [])]
        if "whole" not in states:
            raise Stopped(f"the custodian does not see a whole mirror: {audited}")
    machine.command(*unit_words(machine, "muniment-mirror-tend.service"))


def picture_of(page, folder):
    """The status page, narrow and wide, in one picture."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        return []
    (folder / "status.html").write_bytes(page)
    frames = "".join(f'<iframe src="status.html" width="{width}" height="1900"></iframe>' for width in (NARROW, WIDE))
    (folder / "frames.html").write_text(f"<style>iframe{{border:1px solid}}</style>{frames}")
    picture = folder / f"status-{NARROW}-{WIDE}.png"
    with surroundings(folder / "browser"):
        done = subprocess.run([chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                               f"--user-data-dir={folder}/browser/profile", "--window-size=1700,1950",
                               f"--screenshot={picture}", (folder / "frames.html").as_uri()], capture_output=True,
                              text=True, timeout=120, check=False)
    shutil.rmtree(folder / "browser", ignore_errors=True)
    (folder / "frames.html").unlink()
    if done.returncode != 0 or not picture.exists():
        return []
    return [picture.name]


def private_of(machine):
    """What must be gone after leaving: the mirror's passphrase and its key."""
    place = machine.root / PLACE[1:]
    needles = encodings("passphrase of the mirror", (place / "passphrase").read_text().splitlines()[0])
    for number, line in enumerate((place / "mirror.key").read_bytes().splitlines()):
        if len(line) >= 32 and not line.startswith(b"-----"):
            needles[f"line {number} of the mirror's key file"] = line
    return needles


def tokens_kept(place):
    """Tokens, which the invitation and the notice have by design; they stay with the files of the volunteer."""
    visitors = [line.split()[1] for line in (place / "tokens-for-visitors").read_text().splitlines()]
    return {"a token for reading the archive's mirrors": READING.encode()} | {
        "a token for reading this mirror": token.encode() for token in visitors}


def check_units(machine):
    """They were started, and are gone."""
    told = (machine.root / "var/log/systemctl-words").read_text().splitlines()
    if not any(line.startswith("enable --now") for line in told) or told[-1] != "daemon-reload":
        raise Stopped(f"systemctl was told {told}")
    left = sorted(path.name for path in (machine.root / "etc/systemd/system").glob("muniment-mirror*"))
    if left:
        raise Stopped(f"after leaving there are still the units {', '.join(left)}")


def volunteer(home, needles, package, base, folder):
    page = home.page_of("volunteer")
    port = free_port()
    with contextlib.closing(Machine(base, folder / "machine", SYSTEMD)) as machine:
        machine.put("invitation.txt", home.folder / "invitation.txt")
        session = Session(machine)
        try:
            came = install(session, machine, page, package)
            join(session, page, home, port)
            runs(machine, home, port)
            place = machine.root / PLACE[1:]
            session.type("sudo muniment mirror report /var/lib/muniment/mirror")  # the page leaves it to the daily run
            status = (place / "status.html").read_bytes()
            for name in ("notice.txt", "status.html"):
                session.type(page.command(f"sudo cat {PLACE}/{name} > {name}"))
            strangers = machine.command("find", PLACE, "!", "-user", "muniment").stdout.split()
            page.command("muniment mirror letter host")
            page.command("muniment mirror letter risk")
            for kind in ("host", "authority", "risk"):
                session.type(f"muniment mirror letter {kind}")
            machine.command(*unit_words(machine, "muniment-mirror-tend.service"))  # also after root wrote the page
            private, tokens = private_of(machine), tokens_kept(place)
            before = control(scan(machine, private))
            session.type(page.command("sudo muniment mirror leave /var/lib/muniment/mirror"),
                         answers=[("Delete the copy?", "delete")])
            if home.receive((place / "notice.txt").read_bytes())["mirror"] != "left":
                raise Stopped("the custodian does not read from the notice that the mirror left")
            session.log_out()
        finally:
            machine.write_transcript(folder / "transcript.txt")
        check_units(machine)
        kept = [f"{each['where']}: {', '.join(each['what'])}" for each in scan(machine, tokens)]
        kept += [f"{name}: not of the user muniment after mirror report" for name in strangers]
        return {"steps": machine.steps(), "bytesInstalled": came, "pageBytes": page.bytes, "statusBytes": len(status),
                "pageWords": page.words, "page": page.used, "readableBefore": before,
                "residue": scan(machine, needles | private), "kept": kept, "pictures": picture_of(status, folder)}
