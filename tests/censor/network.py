"""A reader, a censor and mirrors, each in a network namespace of its own. All of it lies in namespaces of this process
(network, mounts, processes), so that it is gone when the process is, however that ends."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

INSIDE = "MUNIMENT_CENSOR_BENCH"  # set in the environment: this process is the first of its own namespaces
CA_BUNDLE = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")  # what Debian's libcurl trusts
TOOLS = ("ip", "sysctl", "nsenter", "openssl", "nginx", "dnsmasq", "curl")

READER = "10.77.1.2"
ONE, TWO = "10.77.2.11", "10.77.2.12"
HONEST_DNS, LYING_DNS, LIAR = "10.77.2.53", "10.77.2.54", "10.77.2.66"
NAMES = {"one.test": ONE, "two.test": TWO}


class Lacking(Exception):
    """This kernel, or this system, lacks what a case needs."""


def tool(name):
    """The path of a program; Debian keeps some where only root looks."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if found is None:
        raise Lacking(f"{name} is not installed")
    return found


def run(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.stderr.strip()}")
    return done.stdout


def enter():
    """Runs this program again as the first process of its own namespaces. Gives the reason where that cannot be."""
    if os.environ.get(INSIDE):
        return None
    if os.geteuid() != 0:
        return "network namespaces are made by root only"
    unshare = shutil.which("unshare")
    if unshare is None:
        return "unshare is not installed"
    own = [unshare, "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    tried = subprocess.run([*own, "true"], capture_output=True, text=True, timeout=60, check=False)
    if tried.returncode != 0:
        return f"this system gives no namespaces: {tried.stderr.strip()}"
    # Who kills unshare kills, by --kill-child, the first process and with it all others.
    os.execve(unshare, [*own, sys.executable, *sys.argv], {**os.environ, INSIDE: "1"})
    return None


def furnish():
    """The parts of this machine that only the bench sees: an empty /run, in memory, with all temporary files in it."""
    if not os.environ.get(INSIDE) or os.getpid() != 1:
        raise Lacking("this process is not the first of its own namespaces")
    for name in TOOLS:
        tool(name)
    for path in (CA_BUNDLE, pathlib.Path("/etc/resolv.conf")):
        if not path.is_file():
            raise Lacking(f"there is no {path} to put another in the place of")
    resolver = pathlib.Path(os.path.realpath("/etc/resolv.conf"))
    run("ip", "link", "set", "lo", "up")
    run("mount", "-t", "tmpfs", "tmpfs", "/run")
    tempfile.tempdir = os.environ["TMPDIR"] = tempfile.mkdtemp(dir="/run")
    resolver.parent.mkdir(parents=True, exist_ok=True)  # it may have been below /run
    resolver.touch()
    own = pathlib.Path(tempfile.tempdir) / "resolv.conf"
    # A system asks twice and waits five seconds each; a busy machine gets as long here by shorter steps.
    own.write_text(f"nameserver {HONEST_DNS}\noptions timeout:2 attempts:4\n")
    run("mount", "--bind", own, resolver)


def trust(authority):
    """All that this process starts believes this certificate authority, and no other."""
    run("mount", "--bind", authority, CA_BUNDLE)


class Street:
    """reader — router — mirrors. The censor sits in the router."""

    made = 0

    def __init__(self):
        Street.made += 1
        number = Street.made
        self.reader, self.router, self.far = (f"{who}{number}" for who in ("reader", "router", "mirrors"))
        self.processes = []
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="muniment-street-"))
        for name in (self.reader, self.router, self.far):
            run("ip", "netns", "add", name)
            run("ip", "-n", name, "link", "set", "lo", "up")
        self._join(self.reader, "to-reader", "10.77.1", [READER])
        self._join(self.far, "to-mirrors", "10.77.2", ["10.77.2.2", ONE, TWO, HONEST_DNS, LYING_DNS, LIAR])
        self.inside(self.router, "sysctl", "-q", "-w", "net.ipv4.ip_forward=1")

    def _join(self, name, there, net, addresses):
        run("ip", "link", "add", "way", "netns", name, "type", "veth", "peer", "name", there, "netns", self.router)
        for where, link, own in ((self.router, there, [f"{net}.1"]), (name, "way", addresses)):
            for address in own:
                run("ip", "-n", where, "address", "add", f"{address}/24", "dev", link)
            # Packets as they are on a wire: a censor does not see 64 KiB at once.
            run("ip", "-n", where, "link", "set", link, "gso_max_segs", "1", "up")
        run("ip", "-n", name, "route", "add", "default", "via", f"{net}.1")

    def command(self, name, *words):
        return ["nsenter", f"--net=/run/netns/{name}", *map(str, words)]

    def inside(self, name, *words):
        return run(*self.command(name, *words))

    def start(self, name, *words, **options):
        process = subprocess.Popen(self.command(name, *words), **options)
        self.processes.append(process)
        return process

    def censor(self, *words):
        """A rule in the router. A kernel that does not take it lacks the piece."""
        program = tool(words[0])
        try:
            return self.inside(self.router, program, *words[1:])
        except RuntimeError as error:
            if "syntax error" in str(error):  # our own mistake, and nothing of the kernel's
                raise
            raise Lacking(f"this kernel does not take the rule: {error}") from None

    def forward(self, rule):
        """A rule of nftables on what passes the router."""
        self.censor("nft", "add", "table", "ip", "censor")
        self.censor("nft", "add chain ip censor pass { type filter hook forward priority 0; }")
        self.censor("nft", f"add rule ip censor pass {rule}")

    def bytes_passed(self):
        """Of all that the rules with a counter let through, or dropped behind it."""
        return sum(map(int, re.findall(r"counter packets \d+ bytes (\d+)",
                                       self.inside(self.router, tool("nft"), "list", "ruleset"))))

    def lie(self, lies):
        """All questions for names go to a resolver with these answers. No address: there is no such name."""
        self.resolver(LYING_DNS, {**NAMES, **lies})
        self.censor("nft", "add", "table", "ip", "lies")
        self.censor("nft", "add chain ip lies arrive { type nat hook prerouting priority -100; }")
        self.censor("nft", f"add rule ip lies arrive udp dport 53 dnat to {LYING_DNS}")

    def resolver(self, where, names):
        answers = [f"--address=/{name}/{address}" for name, address in names.items()]
        self.start(self.far, tool("dnsmasq"), "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv",
                   "--no-hosts", "--user=root", "--pid-file=", "--bind-interfaces", f"--listen-address={where}",
                   *answers, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def close(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdout:
                process.stdout.close()
        for name in (self.reader, self.router, self.far):
            run("ip", "netns", "delete", name)
        shutil.rmtree(self.folder)
