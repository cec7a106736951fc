#!/usr/bin/env python3
"""First copies, copies of nothing new, and audits, beside rsync and rclone, in turn, in one run.

Usage: bench/mirror.py PROGRAM [--bytes N] [--deposits N] [--rounds N] [--json FILE]
Two archives: one of a single deposit of N bytes in parts, one of N deposits of 64 KiB. Folders on one disk, and our
server on loopback (against rclone from nginx). Copies are synced to the disk before a time is taken, the peers' by
sync -f.
"""
import argparse
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

from measuring import free_port, make_file, measure, medians, print_table, start_nginx, start_ours

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
        (self.folder / "rclone.conf").write_text("")

    def muniment(self, *arguments):
        return subprocess.run([self.program, *map(str, arguments), "--json"], cwd=self.folder, env=self.env, check=True,
                              stdout=subprocess.PIPE).stdout

    def timed(self, *command):
        return measure(list(map(str, command)), cwd=self.folder, env=self.env)

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


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--bytes", type=int, default=2 << 30)
    parser.add_argument("--deposits", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json")
    arguments = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="muniment-bench-", dir=os.environ.get("TMPDIR", "/var/tmp"))
    document = {}
    try:
        bench = Bench(arguments.program, folder)
        make_file(bench.folder / "file.bin", arguments.bytes)
        (bench.folder / "small").mkdir()
        small = []
        for number in range(arguments.deposits):
            small.append(bench.folder / "small" / f"{number:05}.bin")
            small[-1].write_bytes(os.urandom(SMALL_BYTES))
        for archive, paths in (("parts", [bench.folder / "file.bin"]), ("deposits", small)):
            words = bench.found(archive, paths)
            files = [path for path in (bench.folder / f"{archive}-source").rglob("*") if path.is_file()]
            size = sum(path.stat().st_size for path in files)
            summary = medians([bench.one_round(archive, words) for _ in range(arguments.rounds)])
            print(f"{archive}: {size / (1 << 30):.2f} GiB in {len(paths)} deposits, {arguments.rounds} rounds, "
                  "medians; ratio to rsync")
            print_table(summary, "rsync -a", size)
            document[archive] = {"bytes": size, "deposits": len(paths), "medians": summary}
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump({"rounds": arguments.rounds, **document}, file, indent=1)


main()
