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
import subprocess
import tempfile

from measuring import make_file, measure, medians, print_table


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
    summary = medians(rounds)
    print(f"{arguments.bytes / (1 << 30):.2f} GiB, {arguments.rounds} rounds, medians")
    print_table(summary, "openssl dgst -sha256", arguments.bytes)
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump({"bytes": arguments.bytes, "rounds": arguments.rounds, "medians": summary}, file, indent=1)


main()
