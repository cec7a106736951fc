#!/usr/bin/env python3
"""First copies, copies of nothing new, and audits, beside rsync and rclone, in turn, in one run.

Usage: bench/mirror.py PROGRAM [--bytes N] [--deposits N] [--rounds N] [--bucket-share N] [--json FILE]
Two archives: one of a single deposit of N bytes in parts, one of N deposits of 64 KiB. Folders on one disk, our server
on loopback (against rclone from nginx), and Ceph's radosgw over an object store in memory. That one gets archives of
one Nth of the size (--bucket-share, 0: none), since a request there takes longer than a file. Copies are synced to the
disk before a time is taken, the peers' by sync -f.
"""
import argparse
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

from measuring import Runner, free_port, make_file, medians, print_table, start_nginx, start_ours

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "tests"))
import s3_services  # noqa: E402

READING = "r" * 32
SMALL_BYTES = 50_000  # seals to one part of 64 KiB
PATHS_AT_ONCE = 1000


class Bench:
    def __init__(self, program, folder):
        self.program = os.path.abspath(program)
        self.folder = pathlib.Path(folder)
        (self.folder / "pass").write_text("a passphrase for measuring only\n")
        (self.folder / "own-tokens").write_text(f"read {READING}\n")
        self.env = dict(os.environ, MUNIMENT_PASSPHRASE_FILE=str(self.folder / "pass"),
                        RCLONE_CONFIG=str(self.folder / "rclone.conf"))
        self.env.pop("AWS_CA_BUNDLE", None)  # rclone stumbles over it, and the bucket is reached without TLS
        (self.folder / "rclone.conf").write_text("")
        self.runner = Runner(program, self.folder, self.env)

    def muniment(self, *arguments):
        return subprocess.run([self.program, *map(str, arguments), "--json"], cwd=self.folder, env=self.env, check=True,
                              stdout=subprocess.PIPE).stdout

    def timed(self, *command):
        return self.runner.measure(*command)

    def shell(self, line):
        return self.timed("bash", "-o", "pipefail", "-c", line)

    def found(self, archive, paths):
        """A new archive of these files; gives its id in words."""
        words = json.loads(self.muniment("init", archive, "--no-trustees", "--custodian", "key"))["words"]
        for begin in range(0, len(paths), PATHS_AT_ONCE):
            self.muniment("deposit", archive, *paths[begin : begin + PATHS_AT_ONCE], "--key", "key")
        # What a copy has, without what belongs to the home: the peers' source.
        self.muniment("mirror", "push", archive, f"{archive}-source")
        return words

    def remove(self, name):
        shutil.rmtree(self.folder / name, ignore_errors=True)

    def serve(self, copy):
        process, address = start_ours(self.program, copy, "--token-file", "own-tokens", cwd=self.folder, env=self.env)
        (self.folder / "tokens").write_text(f"read {READING} {address}\n")
        return process, address

    def nginx(self, copy):
        """The folder, listed, for rclone: a stock server at its best."""
        port = free_port()
        process = start_nginx(self.folder / "nginx", port, f"access_log off; sendfile on; server {{ "
                              f"listen 127.0.0.1:{port}; root {self.folder / copy}; autoindex on; }}")
        return process, f"http://127.0.0.1:{port}"

    def one_round(self, archive, words):
        source = f"{archive}-source"
        for name in ("by-rsync", "by-rclone", "by-us", "by-http", "by-rclone-http"):
            self.remove(name)
        result = {}
        result["rsync -a"] = self.shell(f"rsync -a {source}/ by-rsync/ && sync -f by-rsync")
        result["rclone copy"] = self.shell(f"rclone copy -q {source} by-rclone && sync -f by-rclone")
        result["muniment mirror push"] = self.timed(self.program, "mirror", "push", archive, "by-us")
        result["rsync -a, nothing new"] = self.shell(f"rsync -a {source}/ by-rsync/")
        result["muniment mirror push, nothing new"] = self.timed(self.program, "mirror", "push", archive, "by-us")
        result["openssl dgst, two at a time"] = self.shell(
            "find by-us -type f -print0 | xargs -0 -n 64 -P 2 openssl dgst -sha256")
        result["muniment verify"] = self.timed(self.program, "verify", "by-us")
        process, address = self.serve(source)
        try:
            result["muniment mirror pull, our server"] = self.timed(
                self.program, "mirror", "pull", "by-http", "--from", address, "--id", words, "--token-file", "tokens")
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()
        process, address = self.nginx(source)
        try:
            result["rclone copy, nginx"] = self.shell(
                f"rclone copy -q --http-url {address} :http: by-rclone-http && sync -f by-rclone-http")
        finally:
            process.terminate()
            process.wait()
        return result

    def bucket_round(self, archive, service, number):
        source = f"{archive}-source"
        keys = self.folder / "keys"
        keys.write_text(f"{service.key}:{service.secret}\n")
        remote = (f":s3,provider=Other,access_key_id={service.key},secret_access_key={service.secret},"
                  f"endpoint='http://127.0.0.1:{service.port}',force_path_style=true:{s3_services.BUCKET}")
        address = service.address(f"{archive}-{number}")
        push = (self.program, "mirror", "push", archive, address, "--credentials", keys)
        by_rclone = ("rclone", "copy", "-q", source, f"{remote}/by-rclone-{archive}-{number}")
        result = {"rclone copy, radosgw": self.timed(*by_rclone)}
        result["muniment mirror push, radosgw"] = self.timed(*push)
        result["rclone copy, radosgw, nothing new"] = self.timed(*by_rclone)
        result["muniment mirror push, radosgw, nothing new"] = self.timed(*push)
        return result


def found_both(bench, name, size_bytes, count):
    """An archive of one large file, and one of many small ones: name, paths and id of each."""
    make_file(bench.folder / f"{name}file.bin", size_bytes)
    folder = bench.folder / f"{name}small"
    folder.mkdir()
    small = []
    for number in range(count):
        small.append(folder / f"{number:05}.bin")
        small[-1].write_bytes(os.urandom(SMALL_BYTES))
    for archive, paths in ((f"{name}parts", [bench.folder / f"{name}file.bin"]), (f"{name}deposits", small)):
        words = bench.found(archive, paths)
        files = [path for path in (bench.folder / f"{archive}-source").rglob("*") if path.is_file()]
        yield archive, len(paths), words, sum(path.stat().st_size for path in files)


def measure_buckets(bench, arguments, document):
    with s3_services.radosgw(bench.folder, 12 << 30) as service:
        both = found_both(bench, "bucket-", arguments.bytes // arguments.bucket_share,
                          arguments.deposits // arguments.bucket_share)
        for archive, count, _, size in both:
            summary = medians([bench.bucket_round(archive, service, i) for i in range(arguments.rounds)])
            print(f"{archive}: {size / (1 << 30):.2f} GiB in {count} deposits; ratio to rclone")
            print_table(summary, "rclone copy, radosgw", size)
            document[archive] = {"bytes": size, "deposits": count, "medians": summary}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--bytes", type=int, default=2 << 30)
    parser.add_argument("--deposits", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--bucket-share", type=int, default=10)
    parser.add_argument("--json")
    arguments = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="muniment-bench-", dir=os.environ.get("TMPDIR", "/var/tmp"))
    document = {}
    try:
        bench = Bench(arguments.program, folder)
        for archive, count, words, size in found_both(bench, "", arguments.bytes, arguments.deposits):
            summary = medians([bench.one_round(archive, words) for _ in range(arguments.rounds)])
            print(f"{archive}: {size / (1 << 30):.2f} GiB in {count} deposits, {arguments.rounds} rounds, medians; "
                  "ratio to rsync")
            print_table(summary, "rsync -a", size)
            document[archive] = {"bytes": size, "deposits": count, "medians": summary}
        try:
            if arguments.bucket_share > 0:
                measure_buckets(bench, arguments, document)
        except unittest.SkipTest as skipped:
            print(f"Not measured: buckets, since {skipped}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump({"rounds": arguments.rounds, **document}, file, indent=1)


main()
