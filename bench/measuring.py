"""What the benchmarks share: a command measured, a file of noise, medians and their table."""

import os
import statistics
import subprocess
import sys
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
