#!/usr/bin/env python3
"""muniment and its peers on the same files, in turn, in one run: `make bench`.

Usage: bench/bench.py PROGRAM [--folder FOLDER] [--scale 0.02] [--rounds 3] [--corpora small,mixed] [--results FOLDER]
                      [--keep]

In each round, for each corpus, every program does the same work before the next work begins, and another program is
the first in each round. Before each measured run everything is synced to the disk; the corpus, and later what the
programs made of it, is read once before, so that all find it in memory. docs/performance.md says how to read what it
prints. A scale below 1 is a trial: targets are shown, and mean nothing.
"""

import argparse
import datetime
import os
import pathlib
import shutil
import sys
import tempfile
import time

import corpora
import machine
import reporting
import stages
import works

SOURCE = pathlib.Path(__file__).resolve().parent.parent
LIST_DEPOSITS = 20_000
NOTES = ("Files read once before, everything synced before each run; memory is not dropped: this is the speed of "
         "programs, not of disks.",
         "Peers with their defaults; muniment's key file with little scrypt, except where it says default.")


def say(sentence):
    """What is going on; the tables alone go to standard output."""
    print(sentence, file=sys.stderr, flush=True)


class Bench:
    def __init__(self, shop, arguments):
        self.shop, self.arguments = shop, arguments
        self.results = {}

    def take_turns(self, group, steps, turn, size_bytes=None):
        """Each of the steps once, beginning with another one in each round."""
        steps = [step for step in steps if turn == 0 or not step.once]
        begin = turn % len(steps)
        for step in steps[begin:] + steps[:begin]:
            began = time.monotonic()
            for cost in self.shop.measure(step):
                if size_bytes:
                    cost["bytes"] = size_bytes
                self.results[group][step.work][step.program].append(cost)
            say(f"  {group}: {step.work}, {step.program}: {time.monotonic() - began:.2f} s")

    def prepare(self, group, steps):
        """Rows stand in the order in which they are written down, whoever goes first."""
        of_group = self.results.setdefault(group, {})
        for step in steps:
            of_group.setdefault(step.work, {}).setdefault(step.program, [])

    def corpus_round(self, corpus, turn):
        shop = self.shop
        corpora.read_once(shop.folder / corpus.name)
        shop.begin()
        size_bytes = corpus.bytes
        for phase in works.PHASES:
            if phase is works.again_steps:
                shop.first_deposits = [one["id"] for one in shop.muniment("list", "archive")["deposits"]]
            if phase is works.verify_steps:
                if corpus.name == "large":
                    shop.muniment("deposit", "archive", corpus.name, "--key", "key", "--again")  # 4 GiB of parts
                shop.read_once()
                size_bytes = sum(one["sealedBytes"] for one in shop.muniment("list", "archive")["deposits"])
            if phase is works.open_steps:
                size_bytes = corpus.bytes
            steps = phase(shop, corpus.name)
            self.prepare(corpus.name, steps)
            self.take_turns(corpus.name, steps, turn, size_bytes)
        shop.end()

    def start_round(self, count, turn):
        steps = works.start_steps(self.shop, count)
        self.prepare("start", steps)
        self.take_turns("start", steps, turn)


def measure_all(arguments, scratch):
    """Gives the document of the run."""
    described = machine.describe(arguments.program, scratch, SOURCE)
    shop = works.Shop(arguments.program, scratch)
    bench = Bench(shop, arguments)
    made = []
    for name in arguments.corpora:
        say(f"Making the corpus {name}")
        made.append(corpora.make(name, scratch, arguments.scale))
    count = max(10, round(LIST_DEPOSITS * arguments.scale))
    works.begin_start(shop, count)
    for turn in range(arguments.rounds):
        say(f"Round {turn + 1} of {arguments.rounds}")
        for corpus in made:
            bench.corpus_round(corpus, turn)
        bench.start_round(count, turn)
    say("The log at 20,000 and 1,000,000 entries, and each stage alone")
    programs = shop.program.parent
    bench.results["log"] = stages.measure_log(programs, scratch, arguments.rounds)
    notes = list(NOTES)
    if arguments.scale != 1:
        notes.append(f"A trial at scale {arguments.scale:g}: targets count at scale 1 only.")
    for corpus in made:
        notes += [sentence + "." for sentence in corpus.left_out]
    return {"date": datetime.date.today().isoformat(), "scale": arguments.scale, "rounds": arguments.rounds,
            "machine": described, "notes": notes,
            "corpora": [{"name": one.name, "title": one.title(), "files": one.files, "bytes": one.bytes}
                        for one in made],
            "results": bench.results, "stages": stages.measure_stages(programs, scratch, arguments.rounds)}


def write_results(document, report, folder):
    """Three files of one name, which no other run has."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{document['date']}-{machine.name_of(document['machine'])}"
    number = 1
    while (folder / f"{name}-{number}.json").exists():
        number += 1
    written = {"json": report.as_json(), "md": report.for_markdown(), "svg": report.as_svg()}
    for ending, content in written.items():
        (folder / f"{name}-{number}.{ending}").write_text(content, encoding="utf-8")
    return folder / f"{name}-{number}"


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--folder", type=pathlib.Path, help="where the files are made; beside the program by default")
    parser.add_argument("--scale", type=float, default=1, help="0.02 for a trial")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--corpora", default=",".join(corpora.MAKERS), help="some of %(default)s")
    parser.add_argument("--results", type=pathlib.Path, help="bench/results by default; of a trial, beside the program")
    parser.add_argument("--keep", action="store_true", help="leaves the files where they were made")
    arguments = parser.parse_args()
    arguments.corpora = [name for name in arguments.corpora.split(",") if name]
    beside = pathlib.Path(arguments.program).resolve().parent
    unknown = [name for name in arguments.corpora if name not in corpora.MAKERS]
    if unknown or not 0 < arguments.scale <= 1 or arguments.rounds < 1:
        parser.error(f"no such corpus: {unknown[0]}" if unknown else
                     "a scale is above 0 and at most 1, and there is one round at least")
    arguments.folder = (arguments.folder or beside / "scratch").resolve()
    if arguments.results is None:
        arguments.results = SOURCE / "bench" / "results" if arguments.scale == 1 else beside / "results"
    return arguments


def main():
    arguments = parse_arguments()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    needed = corpora.space_needed(arguments.corpora, arguments.scale)
    free = shutil.disk_usage(arguments.folder).free
    if free < needed:
        sys.exit(f"{arguments.folder} has {free / (1 << 30):.1f} GiB free and the run needs {needed / (1 << 30):.1f}: "
                 "name another place with --folder, or fewer corpora with --corpora")
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="run-", dir=arguments.folder))
    try:
        document = measure_all(arguments, scratch)
    finally:
        if arguments.keep:
            say(f"The files are in {scratch}")
        else:
            shutil.rmtree(scratch, ignore_errors=True)
    report = reporting.Report(document)
    print(report.for_terminal())
    where = write_results(document, report, arguments.results)
    print(f"Written: {os.path.relpath(where)}.json, .md and .svg")


if __name__ == "__main__":
    main()
