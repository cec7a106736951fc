"""What the benchmarks share: a command measured, a file of noise, servers to measure, medians and their table."""

import json
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import time


class Runner:
    """Measures commands by run_measured, which lies beside the program that is measured."""

    def __init__(self, program, folder, env):
        self.tool = pathlib.Path(program).resolve().parent / "run_measured"
        self.folder, self.env = folder, env

    def measure(self, *words, **env):
        """Runs commands, "|" and "&&" between them; gives wall, user and system seconds, bytes written, highest memory.

        `env` is for these commands alone: the way in which many tools want their passphrase.
        """
        done = subprocess.run([self.tool, *map(str, words)], cwd=self.folder, env={**self.env, **env},
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False)
        if done.returncode != 0:
            sys.exit(f"{' '.join(map(str, words))[:2000]}\nfailed: {done.stdout}{done.stderr}")
        cost = json.loads(done.stdout)
        cost["cpu_s"] = cost["user_s"] + cost["system_s"]
        return cost


def make_file(path, size_bytes):
    with open(path, "wb") as file:
        for _ in range(size_bytes // (1 << 20)):
            file.write(os.urandom(1 << 20))


def start_ours(program, copy, *options, **popen):
    """`mirror serve` of a copy on a free port; gives the process and its address."""
    process = subprocess.Popen([program, "mirror", "serve", copy, "--listen", "127.0.0.1:0", "--json", *options],
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, **popen)
    text = ""
    for line in process.stdout:
        text += line
        if line == "}\n":
            break
    return process, json.loads(text)["address"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_nginx(place, port, configuration, before="events {}"):
    """nginx with this for its http { }, all that it writes below a folder; gives the process once it answers."""
    place = pathlib.Path(place)
    place.mkdir(exist_ok=True)
    temporary = "".join(f"{kind}_temp_path {place}/{kind}; " for kind in
                        ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (place / "conf").write_text(f"user root; daemon off; pid {place}/pid; {before} http {{ {temporary}\n"
                                f"{configuration} }}")
    process = subprocess.Popen(["/usr/sbin/nginx", "-c", place / "conf", "-e", "/dev/null"])
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            break
        except OSError:
            time.sleep(0.01)
    return process


def medians(rounds):
    """Rounds of {name: measured} → {name: medians, the spread, the highest peak}."""
    summary = {}
    for name in rounds[0]:
        walls = [one[name]["wall_s"] for one in rounds]
        summary[name] = {"wall_s": statistics.median(walls), "spread_s": max(walls) - min(walls),
                         "cpu_s": statistics.median(one[name]["cpu_s"] for one in rounds),
                         "peak_bytes": max(one[name]["peak_bytes"] for one in rounds)}
    return summary


def print_table(summary, yardstick, size_bytes):
    """A line for each name, with its ratio to the yardstick's wall time."""
    print(f"{'':44} {'wall s':>8} {'spread':>8} {'cpu s':>8} {'MiB/s':>8} {'ratio':>6} {'peak MiB':>9}")
    for name, value in summary.items():
        rate = size_bytes / value["wall_s"] / (1 << 20)
        print(f"{name:44} {value['wall_s']:8.2f} {value['spread_s']:8.2f} {value['cpu_s']:8.2f} {rate:8.0f} "
              f"{value['wall_s'] / summary[yardstick]['wall_s']:6.2f} {value['peak_bytes'] / (1 << 20):9.0f}")
