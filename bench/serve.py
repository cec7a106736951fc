#!/usr/bin/env python3
"""Our server under load beside nginx: the same folder, in turn, in one run.

Usage: bench/serve.py PROGRAM [--seconds N] [--rounds N] [--idle N] [--slow N] [--json FILE]
Small objects (receipts, lists of sums, parts of 64 KiB) and parts of 16 MiB, asked for by wrk over 32 connections that
stay open; each once alone, and once with a crowd attached: clients that say nothing, and clients that take a part of
16 MiB at 8 KiB a second. nginx once plain, which gives whatever lies in the folder to everybody, and once with the
configuration that we print.
"""
import argparse
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

from measuring import free_port, make_file, start_nginx, start_ours

PART_BYTES, PARTS = 16 << 20, 4
SMALL_DEPOSITS, SMALL_BYTES = 200, 50_000
CONNECTIONS, SLOW_BYTES_PER_SECOND = 32, 8 << 10
TICK_SECONDS = 0.5
PLAIN, PRINTED = "nginx, plain", "nginx, printed"
SERVERS = (PLAIN, PRINTED, "ours")
UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def crowd(port, path, idle, slow):
    """Holds the clients until it is ended; says a line once they are all there."""
    clients = []

    def connect(asks):
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", port))
        if asks:
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: crowd\r\n\r\n".encode())
        return client

    for number in range(idle + slow):
        clients.append(connect(number >= idle))
    print("there", flush=True)
    share = int(SLOW_BYTES_PER_SECOND * TICK_SECONDS)
    while True:
        time.sleep(TICK_SECONDS)
        for number, client in enumerate(clients):
            client.setblocking(False)
            try:
                if client.recv(share if number >= idle else 1) == b"":  # cut off: another one comes
                    raise ConnectionError
            except BlockingIOError:
                continue
            except OSError:
                client.close()
                clients[number] = connect(number >= idle)


def cpu_seconds(process):
    """Of a process and its children, so far."""
    ticks = 0
    pids = [process.pid] + [int(pid) for pid in pathlib.Path(
        f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]
    for pid in pids:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


class Bench:
    def __init__(self, program, folder, arguments):
        self.program = os.path.abspath(program)
        self.folder = pathlib.Path(folder)
        self.arguments = arguments
        (self.folder / "pass").write_text("a passphrase for measuring only\n")
        self.env = dict(os.environ, MUNIMENT_PASSPHRASE_FILE=str(self.folder / "pass"))
        make_file(self.folder / "large", PART_BYTES * PARTS)
        paths = [self.folder / "large"]
        for number in range(SMALL_DEPOSITS):
            paths.append(self.folder / f"small-{number:03}")
            paths[-1].write_bytes(os.urandom(SMALL_BYTES))
        self.muniment("init", "archive", "--no-trustees", "--custodian", "key")
        self.muniment("deposit", "archive", *paths, "--key", "key")
        self.muniment("mirror", "push", "archive", "copy")
        copy = self.folder / "copy"
        files = {f"/{path.relative_to(copy)}": path.stat().st_size for path in (copy / "deposits").rglob("*")
                 if path.is_file() and (path.name in ("receipt", "SHA256SUMS") or path.name.startswith("part-"))}
        self.parts = sorted(path for path, size in files.items() if size > PART_BYTES / 2)
        self.cases = {"small objects": sorted(set(files) - set(self.parts)), "parts of 16 MiB": self.parts}

    def muniment(self, *arguments):
        return subprocess.run([self.program, *map(str, arguments)], cwd=self.folder, env=self.env, check=True,
                              stdout=subprocess.PIPE, text=True).stdout

    def start(self, name):
        if name == "ours":
            return start_ours(self.program, "copy", "--connections-per-address", "0", cwd=self.folder, env=self.env)
        port = free_port()
        configuration = (f"access_log off; sendfile on; types {{ }} server {{ listen 127.0.0.1:{port}; "
                         f"root {self.folder}/copy; }}")
        if name == PRINTED:
            configuration = self.muniment("mirror", "serve", "copy", "--listen", f"127.0.0.1:{port}",
                                          "--connections-per-address", "0", "--print-nginx")
        before = f"worker_processes {os.cpu_count()}; worker_rlimit_nofile 8192; events {{ worker_connections 4096; }}"
        return start_nginx(self.folder / "nginx", port, configuration, before), f"http://127.0.0.1:{port}"

    def script_for(self, case):
        """Each thread of wrk asks for all objects of a case in turn."""
        path = self.folder / f"{case.replace(' ', '-')}.lua"
        listed = ",\n".join(f'wrk.format("GET", "{name}")' for name in self.cases[case])
        path.write_text("local requests = {}\nlocal at = 0\nfunction init()\n  requests = {" + listed + "}\nend\n"
                        "function request()\n  at = at % #requests + 1\n  return requests[at]\nend\n")
        return path

    def measure(self, server, case, has_crowd):
        process, address = self.start(server)
        port = int(address.rsplit(":", 1)[1])
        around = None
        try:
            if has_crowd:
                around = subprocess.Popen(
                    [sys.executable, __file__, "--crowd", str(port), self.parts[0], str(self.arguments.idle),
                     str(self.arguments.slow)], stdout=subprocess.PIPE, text=True)
                if around.stdout.readline() != "there\n":
                    sys.exit(f"{server} did not take the crowd")
            used = cpu_seconds(process)
            said = subprocess.run(["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{self.arguments.seconds}s", "--timeout", "30s",
                                   "--latency", "-s", self.script_for(case), address], check=True, text=True,
                                  stdout=subprocess.PIPE).stdout
            used = cpu_seconds(process) - used
        finally:
            if around:
                around.kill()
                around.wait()
                around.stdout.close()
            process.send_signal(signal.SIGTERM)
            process.wait()
        if "Non-2xx" in said or "Socket errors" in said:
            sys.exit(f"{server}, {case}: not everything was given\n{said}")
        rate, unit = re.search(r"Transfer/sec:\s+([\d.]+)([KMG]?)B", said).groups()
        latency, scale = re.search(r"99%\s+([\d.]+)(us|ms|s)", said).groups()
        requests = int(re.search(r"(\d+) requests in", said)[1])
        return {"requests_per_s": float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]),
                "mib_per_s": float(rate) * UNITS[unit] / UNITS["M"],
                "p99_ms": float(latency) * {"us": 0.001, "ms": 1, "s": 1000}[scale],
                "cpu_us_per_request": used * 1e6 / max(1, requests)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--idle", type=int, default=1000)
    parser.add_argument("--slow", type=int, default=200)
    parser.add_argument("--json")
    arguments = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(8192, hard), hard))
    folder = tempfile.mkdtemp(prefix="muniment-bench-", dir=os.environ.get("TMPDIR", "/var/tmp"))
    measured = {}
    try:
        bench = Bench(arguments.program, folder, arguments)
        for _ in range(arguments.rounds):
            for case in bench.cases:
                for has_crowd in (False, True):
                    for server in SERVERS:
                        name = case + (", with the crowd" if has_crowd else "")
                        measured.setdefault(name, {}).setdefault(server, []).append(
                            bench.measure(server, case, has_crowd))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    summary = {}
    for name, servers in measured.items():
        summary[name] = {server: {key: statistics.median(one[key] for one in rounds) for key in rounds[0]}
                         for server, rounds in servers.items()}
        for server, rounds in servers.items():
            for ratio, of in (("ratio", "mib_per_s"), ("cpu_ratio", "cpu_us_per_request")):
                summary[name][server][ratio] = statistics.median(
                    one[of] / plain[of] for one, plain in zip(rounds, servers[PLAIN]))
    print(f"{arguments.idle} idle and {arguments.slow} slow clients in the crowd; {arguments.rounds} rounds of "
          f"{arguments.seconds} s, medians; ratios, in bytes a second and in processor seconds a request, to plain "
          "nginx in the same round")
    print(f"{'':32} {'':14} {'requests/s':>10} {'MiB/s':>8} {'p99 ms':>8} {'cpu µs':>8} {'ratio':>6} {'cpu':>6}")
    for name, servers in summary.items():
        for server, one in servers.items():
            print(f"{name:32} {server:14} {one['requests_per_s']:10.0f} {one['mib_per_s']:8.0f} {one['p99_ms']:8.2f} "
                  f"{one['cpu_us_per_request']:8.0f} {one['ratio']:6.2f} {one['cpu_ratio']:6.2f}")
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump({"seconds": arguments.seconds, "rounds": measured, "medians": summary}, file, indent=1)


if len(sys.argv) > 1 and sys.argv[1] == "--crowd":
    crowd(int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
else:
    main()
