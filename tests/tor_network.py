"""A Tor network of its own on loopback: three directory authorities, four relays, one tor of a service and one of a
client. Nothing of it leaves this machine; what it writes lies in one folder, and it ends with close()."""

import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import time

import blackbox

AUTHORITIES, RELAYS = 3, 4
BOOTSTRAP_SECONDS_MAX = 120
COMMON = """TestingTorNetwork 1
AssumeReachable 1
PathsNeededToBuildCircuits 0.67
RunAsDaemon 0
ShutdownWaitLength 0
DisableDebuggerAttachment 0
ExitPolicy reject *:*
Address 127.0.0.1
"""
AUTHORITY = """AuthoritativeDirectory 1
V3AuthoritativeDirectory 1
ContactInfo test@example.org
TestingV3AuthInitialVotingInterval 10
TestingV3AuthInitialVoteDelay 4
TestingV3AuthInitialDistDelay 4
V3AuthVotingInterval 20
V3AuthVoteDelay 4
V3AuthDistDelay 4
TestingDirAuthVoteExit *
TestingDirAuthVoteHSDir *
TestingDirAuthVoteGuard *
TestingMinExitFlagThreshold 0
"""


def free_ports(count):
    """Ports that are free now."""
    probes = []
    try:
        for _ in range(count):
            probe = socket.socket()
            probe.bind(("127.0.0.1", 0))
            probes.append(probe)
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def missing():
    """Why no network can be started here, or None."""
    for tool in ("tor", "tor-gencert"):
        if shutil.which(tool) is None:
            return f"{tool} is not installed (Debian's package tor)"
    return None


class Node:
    """One tor. Its folder has control socket, cookie and log."""

    def __init__(self, folder, config):
        self.folder = folder
        self.process = None
        self.ports = []
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.config = config
        self.proxy = None  # of a client

    @property
    def control(self):
        return self.folder / "control"

    @property
    def cookie(self):
        return self.folder / "control_auth_cookie"

    @property
    def log(self):
        return self.folder / "log"

    def arguments(self):
        return ["tor", "--defaults-torrc", os.devnull, "-f", self.folder / "torrc"]

    def start(self):
        (self.folder / "torrc").write_text(self.config)
        self.process = subprocess.Popen(self.arguments(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop(self):
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def wait_for_bootstrap(self, deadline):
        while "Bootstrapped 100%" not in (self.log.read_text() if self.log.exists() else ""):
            if self.process.poll() is not None:
                raise AssertionError(f"a tor ended: {self.log.read_text()[-2000:]}")
            if time.monotonic() > deadline:
                raise AssertionError(f"a tor did not bootstrap: {self.log.read_text()[-2000:]}")
            time.sleep(0.1)

    def ask(self, *commands):
        """What the control port answers, through its cookie: lines, of all commands together."""
        return control(self.control, self.cookie, *commands)


def control(path, cookie, *commands):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(30)
        connection.connect(str(path))
        answers = connection.makefile("rb")
        lines = []
        for command in (f"AUTHENTICATE {pathlib.Path(cookie).read_bytes().hex()}", *commands):
            connection.sendall(command.encode() + b"\r\n")
            while True:
                line = answers.readline().decode().rstrip("\r\n")
                lines.append(line)
                if line[3:4] != "-":
                    break
        return lines[1:]


class TorNetwork:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tornet-", dir="/tmp"))
        self.nodes = []
        try:
            self._start()
        except BaseException:
            self.close()
            raise

    def _start(self):
        ports = iter(free_ports(2 * (AUTHORITIES + RELAYS) + 2))
        authorities = [self._authority(i, next(ports), next(ports)) for i in range(AUTHORITIES)]
        names = "".join(f"DirAuthority {node.line}\n" for node in authorities)
        self.nodes += authorities
        for i in range(RELAYS):
            self.nodes.append(Node(self.folder / f"relay{i}", f"ORPort 127.0.0.1:{next(ports)}\n"
                                   f"DirPort 127.0.0.1:{next(ports)}\nNickname relay{i}\nSocksPort 0\n"))
        self.service = self._client("service", next(ports))
        self.client = self._client("client", next(ports))
        self.nodes += [self.service, self.client]
        for node in self.nodes:
            node.config = (COMMON + names + node.config + f"DataDirectory {node.folder}\n"
                           f"Log notice file {node.log}\n")
            node.start()
        deadline = time.monotonic() + BOOTSTRAP_SECONDS_MAX
        for node in self.nodes:
            node.wait_for_bootstrap(deadline)

    def _authority(self, number, or_port, dir_port):
        node = Node(self.folder / f"authority{number}", "")
        keys = node.folder / "keys"
        keys.mkdir(mode=0o700)
        blackbox.run(["tor-gencert", "--create-identity-key", "-m", "12", "-a", f"127.0.0.1:{dir_port}",
                      "--passphrase-fd", "0"], cwd=keys, input="test\n")
        v3 = re.search(r"^fingerprint (\w+)", (keys / "authority_certificate").read_text(), re.MULTILINE)[1]
        node.config = (AUTHORITY + f"ORPort 127.0.0.1:{or_port}\nDirPort 127.0.0.1:{dir_port}\n"
                       f"Nickname authority{number}\nSocksPort 0\n")
        draft = node.folder / "draft"
        draft.write_text(COMMON + node.config + f"DataDirectory {node.folder}\n"
                         f"DirAuthority x 127.0.0.1:1 {'f' * 40}\n")
        listed = blackbox.run(["tor", "--defaults-torrc", os.devnull, "-f", draft, "--list-fingerprint"]).stdout
        fingerprint = listed.strip().splitlines()[-1].split(" ", 1)[1].replace(" ", "")
        node.line = (f"authority{number} orport={or_port} no-v2 v3ident={v3} 127.0.0.1:{dir_port} {fingerprint}")
        return node

    def _client(self, name, port):
        folder = self.folder / name
        node = Node(folder, f"SocksPort 127.0.0.1:{port} IsolateSOCKSAuth\nCookieAuthentication 1\n"
                            f"ControlSocket {folder}/control\n")
        node.proxy = f"socks5h://127.0.0.1:{port}"
        node.port = port
        return node

    def close(self):
        for node in self.nodes:
            if node.process is not None:
                node.process.terminate()
        for node in self.nodes:
            node.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
