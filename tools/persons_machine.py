"""A fresh Debian for each run: a base system is made once, and each machine lies over it as a layer of its own, with
mounts and processes in namespaces that end with it. Commands are typed into a login shell on a terminal."""

import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import termios
import time

SUITES = {12: "bookworm", 13: "trixie"}
# What any installed Debian has, and a base system made without asking does not.
INSTALLED = "apt,ca-certificates,systemd,sudo,login,passwd"
USER = "person"
# su looks this up as well, but what is typed before the first prompt needs it.
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
START_SECONDS = 30
COMMAND_SECONDS = 600
MARK = "done"
# Layers are looked at from outside, where the program of this namespace is the holder's.
MOUNTS = """set -e
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/layer,workdir=$2/work" "$2/system"
mount -t proc proc "$2/system/proc"
mount --rbind /dev "$2/system/dev"
mount -t tmpfs tmpfs "$2/system/dev/shm"
mount -t tmpfs tmpfs "$2/system/run"
chmod 1777 "$2/system/dev/shm"
echo mounted
exec sleep infinity"""


class CannotRun(Exception):
    """Something that this needs is not here."""


class Stopped(Exception):
    """A person could not finish."""


def need_namespaces():
    if os.geteuid() != 0:
        raise CannotRun("this needs root, who may make systems and mount folders in them")
    if shutil.which("mmdebstrap") is None:
        raise CannotRun("mmdebstrap is not installed")
    trial = subprocess.run(["unshare", "--mount", "--pid", "--fork", "true"], capture_output=True, check=False)
    if trial.returncode != 0:
        raise CannotRun("nothing may be mounted here, not even by root")


def _mirror():
    """Where apt of this system has its packages."""
    form = "$(REPO_URI) $(COMPONENT) $(CREATED_BY)"
    told = subprocess.run(["apt-get", "indextargets", "--format", form], capture_output=True, text=True, check=False)
    places = [line.split()[0] for line in told.stdout.splitlines() if line.endswith(" main Packages")]
    if not places:
        raise CannotRun("apt of this system names no Debian mirror")
    return places[0]


def make_base(folder, release):
    """The system below all machines of one release, as root12 or root13 in the folder; made when it is not there."""
    base = folder / f"root{release}"
    if (base / "etc/sudoers.d" / USER).exists():
        return base
    new = folder / f"root{release}.new"
    shutil.rmtree(new, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    settings = folder / "apt.conf"
    dumped = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=False).stdout
    settings.write_text("".join(line + "\n" for line in dumped.splitlines()
                                if re.match("Acquire::(http|https)::", line)))
    done = subprocess.run(["mmdebstrap", "--quiet", "--variant=minbase", f"--include={INSTALLED}",
                           f"--aptopt={settings}", SUITES[release], new, _mirror()],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CannotRun(f"no Debian {release} could be made: {done.stderr.strip()[-300:]}")
    shutil.copy(settings, new / "etc/apt/apt.conf.d/99host")
    for place in ("/etc/resolv.conf", "/etc/hosts", "/etc/ssl/certs/ca-certificates.crt"):
        if pathlib.Path(place).exists():
            shutil.copy(place, f"{new}{place}")
    subprocess.run(["chroot", new, "useradd", "--create-home", "--shell", "/bin/bash", USER], check=True)
    (new / "etc/sudoers.d" / USER).write_text(f"{USER} ALL=(ALL) NOPASSWD: ALL\n")
    new.rename(base)
    return base


def children_of(pid):
    return list(map(int, pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


class Machine:
    """A fresh machine, until close()."""

    def __init__(self, base, folder, prepare):
        self.folder = folder
        shutil.rmtree(folder, ignore_errors=True)
        for name in ("layer", "work", "system"):
            (folder / name).mkdir(parents=True)
        self.sessions = []
        self.process = subprocess.Popen(
            ["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "sh", "-c", MOUNTS,
             "sh", base, folder], stdout=subprocess.PIPE, text=True)
        try:
            if self.process.stdout.readline().strip() != "mounted":
                raise CannotRun("the layer of a machine could not be mounted")
            (self.holder,) = children_of(self.process.pid)
            self.root = pathlib.Path(f"/proc/{self.holder}/root{folder}/system")
            self.command("sh", "-c", prepare)
        except BaseException:
            self.close()
            raise

    def entering(self, *words):
        return ["nsenter", f"--target={self.holder}", "--mount", "--pid", "chroot", str(self.folder / "system"),
                *map(str, words)]

    def command(self, *words, expect=0):
        """A command of the machine's root, which is not the person's work."""
        done = subprocess.run(self.entering(*words), capture_output=True, text=True, check=False,
                              env={"PATH": PATH, "LC_ALL": "C.UTF-8"}, timeout=COMMAND_SECONDS)
        if expect is not None and done.returncode != expect:
            said = (done.stdout + done.stderr)[-600:]
            raise Stopped(f"{' '.join(map(str, words))}: status {done.returncode}: {said}")
        return done

    def start(self, *words):
        """The same, left running; the machine ends it."""
        return subprocess.Popen(self.entering(*words), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                env={"PATH": PATH})

    def put(self, name, content, mode=0o600):
        """A file in the person's home, as it came there: by stick or by mail."""
        path = self.root / "home" / USER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, pathlib.Path):
            shutil.copy(content, path)
        else:
            path.write_bytes(content)
        path.chmod(mode)
        self.command("chown", "-R", f"{USER}:", f"/home/{USER}")

    def bytes_below(self, name):
        """Of files that this machine has and its base has not, or not so."""
        top = self.folder / "layer" / name
        return sum(path.stat().st_size for path in top.rglob("*") if path.is_file() and not path.is_symlink())

    def steps(self):
        """What the person typed, measured."""
        return [step for session in self.sessions for step in session.steps]

    def write_transcript(self, path):
        path.write_text("".join(session.transcript() for session in self.sessions))

    def writable(self):
        """All that was written on this machine: its layer, and what lies in memory."""
        return [self.folder / "layer", self.root / "dev/shm", self.root / "run"]

    def close(self):
        self.process.kill()  # and with it all that runs on the machine
        for session in self.sessions:
            session.end()
        self.process.wait()
        self.process.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Session:
    """A login shell of the person; what it shows is kept in `shown`."""

    def __init__(self, machine):
        self.raw = ""
        self.shown = ""
        self.steps = []
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.execvpe("nsenter", machine.entering("su", "-l", USER), {"PATH": PATH, "TERM": "dumb"})
        machine.sessions.append(self)
        termios.tcsetwinsize(self.terminal, (50, 200))
        os.set_blocking(self.terminal, False)
        # A space before keeps it out of the history, as Debian's settings have it.
        self._type(f" PS1='\\n{MARK}:$? ' LC_ALL=C.UTF-8; export LC_ALL")
        self._until(re.compile(rf"(?m)^{MARK}:(\d+) $"), 0, START_SECONDS)

    def _type(self, text):
        os.write(self.terminal, text.encode() + b"\n")

    def _read(self, seconds):
        """False when the terminal is gone."""
        if not select.select([self.terminal], [], [], seconds)[0]:
            return True
        try:
            piece = os.read(self.terminal, 65536)
        except BlockingIOError:
            return True
        except OSError:
            return False
        text = piece.decode(errors="replace")
        self.raw += text
        self.shown += text.replace("\r", "")
        return bool(piece)

    def _until(self, wanted, start, seconds, answers=()):
        """Reads until the pattern shows, and answers what is asked; gives the match. An answer may be made of what is
        shown, by a function."""
        waiting = list(answers)
        asked = start
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            is_there = self._read(0.1)
            if waiting and waiting[0][0] in self.shown[asked:]:
                asked = len(self.shown)
                time.sleep(0.05)  # what is typed before a question has set up its terminal may be dropped
                answer = waiting.pop(0)[1]
                self._type(answer(self.shown[start:]) if callable(answer) else answer)
            found = wanted.search(self.shown, start)
            if found:
                return found
            if not is_there:
                raise Stopped(f"the terminal was closed after: {self.shown[-400:]}")
        raise Stopped(f"not done after {seconds} seconds: {self.shown[-400:]}")

    def type(self, line, answers=(), expect=0, install=False):
        """One command of the person; gives what it showed. Measured, and kept in `steps`."""
        start = len(self.shown)
        began = time.monotonic()
        self._type(line)
        found = self._until(re.compile(rf"(?m)^{MARK}:(\d+) $"), start, COMMAND_SECONDS, answers)
        seconds = time.monotonic() - began
        status = int(found[1])
        self.steps.append({"command": line, "seconds": round(seconds, 2), "status": status, "install": install,
                           "typed": len(line) + sum(
                               40 if callable(answer) else len(answer) + 1 for _, answer in answers)})
        shown = self.shown[start:found.start()]
        if expect is not None and status != expect:
            raise Stopped(f"{line}: status {status}, not {expect}: {shown[-800:]}")
        return shown

    def transcript(self):
        """What a person has seen, without what was written over."""
        plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.raw.replace("\r\n", "\n"))
        return re.sub(r"[^\n]*\r", "", plain)

    def log_out(self):
        """The shell writes its history, as it does when a person goes."""
        self._type(" exit")
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self._read(0.1):
            pass
        self.end()

    def end(self):
        if self.pid is None:
            return
        os.close(self.terminal)
        os.waitpid(self.pid, 0)
        self.pid = None
