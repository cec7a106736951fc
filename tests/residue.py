"""What must not be left behind, and looking for it: in files, in names, in the memory of a process."""

import base64
import hashlib
import os
import pathlib
import re
import subprocess

import blackbox

WINDOW_BYTES = 16


class Evidence:
    """Invented files whose every fragment, name, size and digest is known and occurs nowhere else by chance."""

    def __init__(self, folder, sizes):
        self.folder = folder
        self.needles = {}
        self._add_name(folder.name, folder.name)
        folder.mkdir(parents=True)
        for number, size in enumerate(sizes):
            self._write(folder / f"witness-{os.urandom(6).hex()}.txt", number, size)

    def _write(self, path, number, size):
        # The body is one random marker over and over: any 16 bytes of it are one of 32 windows.
        of = f"{self.folder.name}, file {number}"
        marker = os.urandom(32)
        body = (marker * (size // len(marker) + 1))[:size]
        path.write_bytes(body)
        self._add_name(of, path.name)
        for start in range(len(marker)):
            self.needles[f"body of {of} from {start}"] = (marker * 2)[start : start + WINDOW_BYTES]
        self.needles |= forms(f"digest of {of}", hashlib.sha256(body).digest())
        self.needles[f"size of {of}"] = str(size).encode()

    def _add_name(self, what, name):
        self.needles[f"name of {what}"] = name.encode()
        self.needles |= forms(f"digest of the name of {what}", hashlib.sha256(name.encode()).digest())


def forms(what, secret):
    """The bytes, and the ways to write them as text."""
    return {
        what: secret,
        f"{what}, hexadecimal": secret.hex().encode(),
        f"{what}, HEXADECIMAL": secret.hex().upper().encode(),
        f"{what}, base64": base64.b64encode(secret).rstrip(b"="),
    }


def secrets_of(key, passphrase_file, archive, header):
    """The secrets on the way from a passphrase to the payload of one deposit: by name, as bytes."""
    (keyring,) = archive.glob("keyring/*/evidence/*.age")
    shown = blackbox.run([blackbox.build() / "tests" / "show_secrets", key, passphrase_file, keyring, header]).stdout
    return {name: bytes.fromhex(digits) for name, digits in (line.split() for line in shown.splitlines())}


def needles_of(secrets):
    """What to look for of secrets: whole, and of a text also each half, since half a key is too much."""
    found = {}
    for name, secret in secrets.items():
        pieces = {name: secret}
        if len(secret) >= 2 * WINDOW_BYTES:
            pieces[f"first half of {name}"] = secret[: len(secret) // 2]
            pieces[f"second half of {name}"] = secret[len(secret) // 2 :]
        for what, piece in pieces.items():
            found |= forms(what, piece)
    return found


def found_in(data, needles):
    return [what for what, needle in needles.items() if needle in data]


def found_below(folders, needles, leaving_out=()):
    """Every needle in the contents or the names of what lies below the folders, as (path, what)."""
    found = []
    for folder in folders:
        for path in _everything_below(folder, set(leaving_out)):
            name = os.fsencode(path.name)
            if path != folder:
                found += [(path, what) for what in found_in(name, needles)]
            if path.is_symlink():
                found += [(path, what) for what in found_in(os.fsencode(os.readlink(path)), needles)]
            elif path.is_file():
                found += [(path, what) for what in found_in(path.read_bytes(), needles)]
    return found


def state_of(folder):
    """Names, sizes and times of all below a folder: the same as before when nothing was written."""
    return {path: (path.lstat().st_size, path.lstat().st_mtime_ns) for path in _everything_below(folder, set())}


def _everything_below(folder, leaving_out):
    waiting = [folder]
    while waiting:
        path = waiting.pop()
        if path in leaving_out:
            continue
        yield path
        if path.is_dir() and not path.is_symlink():
            waiting += path.iterdir()


class Region:
    def __init__(self, start, end, readable, name):
        self.start, self.end, self.readable, self.name = start, end, readable, name
        self.dumped = True


def regions_of(pid):
    """The memory of a process as /proc/PID/smaps has it; `dumped` is what a core dump would have of it."""
    regions = []
    for line in pathlib.Path(f"/proc/{pid}/smaps").read_text().splitlines():
        head = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+\s*(.*)", line)
        if head:
            readable = head[3][0] == "r" and not head[4].startswith(("[vvar", "[vsyscall"))
            regions.append(Region(int(head[1], 16), int(head[2], 16), readable, head[4]))
        elif line.startswith("VmFlags:"):
            regions[-1].dumped = "dd" not in line.split()
    return regions


def found_in_memory(pid, needles):
    """(what, region) for every needle in the memory of a stopped process."""
    found = []
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for region in regions_of(pid):
            if not region.readable:
                continue
            memory.seek(region.start)
            data = memory.read(region.end - region.start)
            found += [(what, region) for what in found_in(data, needles)]
    return found


# strace(1): calls that change what lies under a name, whatever their flags.
_CHANGING = re.compile(
    r"(creat|mkdir(at)?|rename(at2?)?|unlink(at)?|rmdir|link(at)?|symlink(at)?|truncate|mknod(at)?|utime(s|nsat)?|"
    r"futimesat|l?f?chown(at)?|fchmodat2?|chmod|l?(set|remove)xattr|mount|swapon|memfd_create)$")
_OPENING = re.compile(r"open(at2?)?$")
_WRITING = re.compile(r"O_(WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)")
_CALL = re.compile(r"^(?:\d+\s+)?(\w+)\((.*)\)\s+= (-?\d+)")
_NETWORK = re.compile(r"^(?:\d+\s+)?(socket|connect|bind|sendto|sendmsg|accept4?)\(")


class Trace:
    """What a command changed and whether it talked to a network."""

    def __init__(self, text, folder):
        self.changed = set()
        self.network = [line for line in text.splitlines() if _NETWORK.match(line)]
        for line in text.splitlines():
            call = _CALL.match(line)
            if not call or int(call[3]) < 0:
                continue
            if _CHANGING.match(call[1]) or (_OPENING.match(call[1]) and _WRITING.search(call[2])):
                names = re.findall(r'"((?:[^"\\]|\\.)*)"', call[2])
                self.changed |= {pathlib.Path(os.path.normpath(os.path.join(folder, name))) for name in names}

    def changed_outside(self, outputs):
        harmless = (pathlib.Path("/dev/tty"), pathlib.Path("/dev/null"))
        return sorted(str(path) for path in self.changed
                      if path not in harmless and not any(path == out or out in path.parents for out in outputs))


def trace(arguments, folder, env):
    """Runs the program under strace."""
    kept = pathlib.Path(folder) / "trace"
    blackbox.run(["strace", "-f", "-qq", "-s", "4096", "-e", "trace=%file,%network,memfd_create", "-o", kept,
                  blackbox.program(), *arguments], cwd=folder, env=env)
    text = kept.read_text(errors="surrogateescape")
    kept.unlink()
    return Trace(text, folder)


def same_user():
    """Options for subprocess that run a command as somebody who is not root: this user, or nobody."""
    return {} if os.geteuid() != 0 else {"user": 65534, "group": 65534, "extra_groups": []}


def can_attack(pid):
    """Whether another process of the same user can read the memory of this one, or trace it."""
    read = subprocess.run(["python3", "-c", f"open('/proc/{pid}/mem', 'rb')"], capture_output=True, **same_user())
    traced = subprocess.run(["timeout", "-s", "INT", "1", "strace", "-qq", "-o", "/dev/null", "-p", str(pid)],
                            capture_output=True, text=True, **same_user())
    return read.returncode == 0, "Operation not permitted" not in traced.stderr
