"""The micro-benchmarks beside the code (src/*/*_bench.cc): one stage each, by one thread."""

import json
import os
import statistics
import subprocess

import targets

LEDGER = "ledger_bench"  # its numbers stand in the table and among the targets; the others are stages
SECONDS_EACH = "0.1"


def run(program, scratch, rounds):
    """One program's measurements: name → [{"wall_s", …}] in rounds."""
    done = subprocess.run(
        [program, f"--benchmark_min_time={SECONDS_EACH}", f"--benchmark_repetitions={rounds}",
         "--benchmark_format=json"],
        env={**os.environ, "TMPDIR": str(scratch)}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True, check=True)
    return parse(json.loads(done.stdout))


def parse(document):
    """Without the medians that it adds itself, and without the arguments that it appends to names."""
    seconds = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1}
    found = {}
    for one in document["benchmarks"]:
        if one["run_type"] != "iteration":
            continue
        measured = {"wall_s": one["real_time"] * seconds[one["time_unit"]]}
        if "bytes_per_second" in one:
            measured["bytes_per_s"] = one["bytes_per_second"]
        found.setdefault(one["name"].split("/")[0], []).append(measured)
    return found


def measure_log(programs, scratch, rounds):
    """As a group of results: work → program → rounds."""
    return {name: {targets.OURS: measured} for name, measured in run(programs / LEDGER, scratch, rounds).items()}


def measure_stages(programs, scratch, rounds):
    stages = []
    for program in sorted(programs.glob("*_bench")):
        if program.name == LEDGER:
            continue
        for name, measured in run(program, scratch, rounds).items():
            stage = {"name": name, "median": statistics.median(one["wall_s"] for one in measured), "rounds": measured}
            if "bytes_per_s" in measured[0]:
                stage["bytes_per_s"] = statistics.median(one["bytes_per_s"] for one in measured)
            stages.append(stage)
    return stages
