"""Services that speak S3, on loopback with ports that were free: npm's s3rver, and Ceph's gateway over an object store
in memory. Both are started by the test and ended by the ids of their processes."""

import contextlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time
import unittest
import urllib.error
import urllib.request

import blackbox

BUCKET = "muniment-tests"
CEPH = ("ceph-authtool", "monmaptool", "ceph-mon", "ceph-mgr", "ceph-osd", "ceph", "radosgw", "radosgw-admin")

CEPH_CONFIGURATION = """\
[global]
fsid = {fsid}
mon host = 127.0.0.1:{mon_port}
mon initial members = a
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
keyring = {folder}/keyring
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 2000
mon data avail warn = 2
mon data avail crit = 1
run dir = {folder}
log file = {folder}/$name.log
admin socket = {folder}/$name.asok
pid file = {folder}/$name.pid
osd objectstore = memstore
memstore device bytes = {memory}
public network = 127.0.0.0/8
[mon.a]
mon data = {folder}/mon
[mgr.x]
mgr data = {folder}/mgr
[osd.0]
osd data = {folder}/osd
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:{port}
rgw data = {folder}/rgw
rgw dns name = localhost
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _answers(port):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        opener.open(f"http://127.0.0.1:{port}/", timeout=5).close()
    except urllib.error.HTTPError:
        pass
    except OSError:
        return False
    return True


def _wait_until_it_answers(port, what, seconds=60):
    for _ in range(seconds * 10):
        if _answers(port):
            return
        time.sleep(0.1)
    raise AssertionError(f"{what} was started and does not answer")


class Service:
    """One that runs: where it is, and the keys that it knows."""

    def __init__(self, port, key, secret, virtual_host):
        self.port = port
        self.key = key
        self.secret = secret
        self.virtual_host = virtual_host  # behind a bucket's name
        self.administer = None

    def add_user(self, name, key, secret):
        """Another one, who may do nothing; only Ceph's gateway has several."""
        self.administer("user", "create", f"--uid={name}", f"--display-name={name}", f"--access-key={key}",
                        f"--secret-key={secret}")

    def ask(self, method, path, key, secret, *options):
        """The status and the answer of one signed request, by curl."""
        done = blackbox.run(["curl", "-sS", "--noproxy", "*", "--aws-sigv4", "aws:amz:us-east-1:s3", "--user",
                             f"{key}:{secret}", "-H", "x-amz-content-sha256: UNSIGNED-PAYLOAD", "-X", method,
                             "-w", "\n%{http_code}", *options, f"http://127.0.0.1:{self.port}/{BUCKET}{path}"])
        text, status = done.stdout.rsplit("\n", 1)
        return int(status), text

    def address(self, prefix="", bucket=BUCKET, host="127.0.0.1", options="tls=off"):
        return f"s3://{host}:{self.port}/{bucket}{'/' + prefix if prefix else ''}?{options}"

    def rclone(self, *arguments, expect=0):
        """rclone with this service as the remote `there:`; skips where it is not installed.

        Where folders are walked, with --fast-list: s3rver names no folder whose objects all lie two levels below it.
        """
        if shutil.which("rclone") is None:
            raise unittest.SkipTest("rclone is not installed")
        env = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        env.update(RCLONE_CONFIG="/dev/null", RCLONE_CONFIG_THERE_TYPE="s3", RCLONE_CONFIG_THERE_PROVIDER="Other",
                   RCLONE_CONFIG_THERE_ACCESS_KEY_ID=self.key, RCLONE_CONFIG_THERE_SECRET_ACCESS_KEY=self.secret,
                   RCLONE_CONFIG_THERE_ENDPOINT=f"http://127.0.0.1:{self.port}",
                   RCLONE_CONFIG_THERE_FORCE_PATH_STYLE="true")
        return blackbox.run(["rclone", *arguments], env=env, expect=expect)


@contextlib.contextmanager
def s3rver(folder):
    """Knows no conditional writes. Skips where npm or its registry is not to be had."""
    packages = blackbox.npm_packages("npm-s3")
    port = free_port()
    program = packages / "node_modules" / "s3rver" / "bin" / "s3rver.js"
    # Its tokens, by which a long listing goes on, are made with DES.
    command = ["node", "--openssl-legacy-provider", program, "--directory", folder / "s3rver", "--silent",
               "--address", "127.0.0.1", "--port", port, "--service-endpoint", "localhost",
               "--configure-bucket", BUCKET]
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_until_it_answers(port, "s3rver")
        yield Service(port, "S3RVER", "S3RVER", "s3.localhost")
    finally:
        process.terminate()
        process.wait()


def _start_ceph(folder, port, memory):
    """The steps by which a cluster of one of each kind comes up; its pools are on one osd in memory."""
    configuration = folder / "ceph.conf"
    fsid = pathlib.Path("/proc/sys/kernel/random/uuid").read_text().strip()
    mon_port = free_port()
    configuration.write_text(CEPH_CONFIGURATION.format(fsid=fsid, mon_port=mon_port, port=port, folder=folder,
                                                       memory=memory))
    for name in ("mon", "mgr", "osd", "rgw"):
        (folder / name).mkdir()

    def run(program, *arguments):
        return blackbox.run([program, *arguments], env=dict(os.environ, CEPH_CONF=str(configuration)), timeout=180,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)

    keyring = folder / "keyring"
    run("ceph-authtool", "-C", keyring, "-g", "-n", "mon.", "--cap", "mon", "allow *")
    for entity in ("client.admin", "mgr.x", "osd.0", "client.rgw"):
        run("ceph-authtool", keyring, "-g", "-n", entity, "--cap", "mon", "allow *", "--cap", "osd", "allow *",
            "--cap", "mgr", "allow *")
    run("monmaptool", "--create", "--add", "a", f"127.0.0.1:{mon_port}", "--fsid", fsid, folder / "monmap")
    run("ceph-mon", "--mkfs", "-i", "a", "--monmap", folder / "monmap", "--keyring", keyring)
    run("ceph-mon", "-i", "a")
    run("ceph-mgr", "-i", "x")
    run("ceph", "osd", "create")
    run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", fsid)
    run("ceph-osd", "-i", "0")
    run("radosgw", "-n", "client.rgw")
    _wait_until_it_answers(port, "radosgw")
    return run


def _end_ceph(folder):
    """Each daemon by the id in the file that it wrote into this folder."""
    ids = [int(path.read_text()) for path in folder.glob("*.pid") if path.read_text().strip()]
    for pid in ids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    for pid in ids:
        for tries in range(100):
            if not pathlib.Path(f"/proc/{pid}").exists():
                break
            if tries == 50:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.1)


@contextlib.contextmanager
def radosgw(folder, memory=2 << 30):
    """Keeps conditional writes. Skips where Ceph is not installed. `memory`: bytes that its disk has."""
    missing = [program for program in CEPH if shutil.which(program) is None]
    if missing:
        raise unittest.SkipTest(f"Ceph's {', '.join(missing)} is not installed")
    place = folder / "ceph"
    place.mkdir()
    port = free_port()
    try:
        run = _start_ceph(place, port, memory)
        run("radosgw-admin", "-n", "client.rgw", "user", "create", "--uid=test", "--display-name=test",
            "--access-key=testaccess", "--secret-key=testsecret")
        service = Service(port, "testaccess", "testsecret", "localhost")
        service.administer = lambda *arguments: run("radosgw-admin", "-n", "client.rgw", *arguments)
        # Buckets are not made by the program under test.
        blackbox.run(["curl", "-sS", "--fail", "--noproxy", "*", "--aws-sigv4", "aws:amz:us-east-1:s3", "--user",
                      "testaccess:testsecret", "-H", "x-amz-content-sha256: UNSIGNED-PAYLOAD", "-X", "PUT",
                      f"http://127.0.0.1:{port}/{BUCKET}"])
        yield service
    finally:
        _end_ceph(place)
