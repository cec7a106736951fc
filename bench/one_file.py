#!/usr/bin/env python3
"""Sealing and opening one large file beside its peers, in turn, in one run.

Usage: bench/one_file.py PROGRAM [--bytes N] [--rounds N] [--json FILE]
Prints medians: wall seconds, processor seconds, peak memory, and the ratio to one SHA-256 pass (openssl dgst).
"""
import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time


def measure(command, **options):
    """Runs a command; gives wall seconds, processor seconds and peak resident bytes of it and its children."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **options)
    error = process.stderr.read().decode(errors="replace")
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command} failed with {process.returncode}: {error}")
    return {"wall_s": wall, "cpu_s": usage.ru_utime + usage.ru_stime, "peak_bytes": usage.ru_maxrss * 1024}


def make_file(path, size_bytes):
    with open(path, "wb") as file:
        for _ in range(size_bytes // (1 << 20)):
            file.write(os.urandom(1 << 20))


class Bench:
    def __init__(self, program, folder, size_bytes):
        self.program = os.path.abspath(program)
        self.folder = folder
        self.file = os.path.join(folder, "source", "file.bin")
        os.mkdir(os.path.join(folder, "source"))
        make_file(self.file, size_bytes)
        with open(os.path.join(folder, "pass"), "w") as file:
            file.write("a passphrase for measuring only\n")
        self.env = dict(os.environ, MUNIMENT_PASSPHRASE_FILE=os.path.join(folder, "pass"), RESTIC_PASSWORD="x",
                        RESTIC_REPOSITORY=os.path.join(folder, "restic"),
                        RESTIC_CACHE_DIR=os.path.join(folder, "cache"))
        self.run_quietly("init", "archive", "--no-trustees", "--custodian", "key")
        self.run_quietly("card", "archive", "--key", "key", "-o", "card")
        keygen = subprocess.run(["age-keygen", "-o", os.path.join(folder, "age.key")], capture_output=True, check=True)
        self.recipient = re.search(r"age1\w+", keygen.stderr.decode()).group(0)
        subprocess.run(["restic", "init", "-q"], env=self.env, check=True)

    def run_quietly(self, *arguments):
        subprocess.run([self.program, *arguments], cwd=self.folder, env=self.env, check=True, stdout=subprocess.DEVNULL)

    def timed(self, *command):
        return measure(list(command), cwd=self.folder, env=self.env)

    def shell(self, line):
        return self.timed("bash", "-o", "pipefail", "-c", line)

    def remove(self, name):
        shutil.rmtree(os.path.join(self.folder, name), ignore_errors=True)

    def one_round(self):
        result = {"openssl dgst -sha256": self.timed("openssl", "dgst", "-sha256", self.file)}
        self.remove("sealed")
        result["muniment seal"] = self.timed(self.program, "seal", "--card", "card", "-o", "sealed", self.file)
        result["muniment deposit"] = self.timed(self.program, "deposit", "archive", self.file, "--key", "key")
        listed = subprocess.run([self.program, "list", "archive", "--json"], cwd=self.folder, capture_output=True,
                                check=True)
        deposit = json.loads(listed.stdout)["deposits"][-1]["id"]
        self.remove("opened")
        result["muniment open"] = self.timed(self.program, "open", "--to-disk", "archive", deposit, "-o", "opened",
                                                 "--key", "key")
        result["muniment verify"] = self.timed(self.program, "verify", "archive")
        result["tar | age"] = self.shell(f"tar c source | age -r {self.recipient} > file.tar.age && sync file.tar.age")
        result["age -d | tar"] = self.shell("mkdir -p untarred && age -d -i age.key file.tar.age | tar x -C untarred")
        result["restic backup"] = self.timed("restic", "backup", "-q", self.file)
        self.remove("restored")
        result["restic restore"] = self.timed("restic", "restore", "-q", "latest", "--target", "restored")
        self.remove("restic")
        self.remove("cache")
        subprocess.run(["restic", "init", "-q"], env=self.env, check=True)
        self.remove("archive")
        os.remove(os.path.join(self.folder, "card"))
        self.run_quietly("init", "archive", "--no-trustees", "--custodian", "key")
        self.run_quietly("card", "archive", "--key", "key", "-o", "card")
        return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--bytes", type=int, default=1 << 30)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json")
    arguments = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="muniment-bench-", dir=os.environ.get("TMPDIR", "/var/tmp"))
    try:
        bench = Bench(arguments.program, folder, arguments.bytes)
        rounds = [bench.one_round() for _ in range(arguments.rounds)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    summary = {}
    for name in rounds[0]:
        walls = [one[name]["wall_s"] for one in rounds]
        summary[name] = {"wall_s": statistics.median(walls), "spread_s": max(walls) - min(walls),
                         "cpu_s": statistics.median(one[name]["cpu_s"] for one in rounds),
                         "peak_bytes": max(one[name]["peak_bytes"] for one in rounds)}
    yardstick = summary["openssl dgst -sha256"]["wall_s"]
    print(f"{arguments.bytes / (1 << 30):.2f} GiB, {arguments.rounds} rounds, medians")
    print(f"{'':24} {'wall s':>8} {'spread':>8} {'cpu s':>8} {'MiB/s':>8} {'ratio':>6} {'peak MiB':>9}")
    for name, value in summary.items():
        rate = arguments.bytes / value["wall_s"] / (1 << 20)
        print(f"{name:24} {value['wall_s']:8.2f} {value['spread_s']:8.2f} {value['cpu_s']:8.2f} {rate:8.0f} "
              f"{value['wall_s'] / yardstick:6.2f} {value['peak_bytes'] / (1 << 20):9.0f}")
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump({"bytes": arguments.bytes, "rounds": arguments.rounds, "medians": summary}, file, indent=1)


main()
