"""The bench's arithmetic, tables and plot, on made-up measurements: nothing here depends on time."""

import json
import random
import sys
import tempfile
import pathlib
import unittest
import xml.etree.ElementTree

import blackbox

sys.path.insert(0, str(blackbox.source() / "bench"))
import corpora  # noqa: E402
import machine  # noqa: E402
import plot  # noqa: E402
import reporting  # noqa: E402
import stages  # noqa: E402
import targets  # noqa: E402

MACHINE = {"cpu": "An Invented CPU @ 2.00GHz", "cores": 2, "instructions": ["sha_ni"], "memory GiB": 4.0,
           "file system": "ext4", "system": "Debian", "commit": "0123456789ab", "load before": 0.1}


def rounds(*walls, **fields):
    return [{"wall_s": wall, "user_s": 1.0, "system_s": 0.5, "peak_bytes": 10 << 20, "written_bytes": 0, **fields}
            for wall in walls]


def document(**results):
    return {"date": "2026-11-22", "scale": 1, "rounds": 3, "machine": MACHINE, "notes": ["A note with < and &."],
            "corpora": [{"name": "large", "title": "large: 1 file, 2,048 MiB", "files": 1, "bytes": 1 << 31}],
            "results": results, "stages": [{"name": "SHA-256 of 16 MiB", "median": 0.008, "bytes_per_s": 2 << 30}]}


SAMPLE = document(
    large={"deposit": {"muniment": rounds(2, 3, 4, bytes=1 << 31), "openssl dgst": rounds(1, 2, 1),
                       "restic": rounds(12, 12, 12), "tar | age": rounds(3, 3, 3)}},
    log={"append 20,000 entries": {"muniment": [{"wall_s": 0.1}]}})


def verdict(work, results):
    return next(one for one in targets.judge_all(results) if one.target.work == work)


class BenchTest(unittest.TestCase):
    def test_medians_and_spread(self):
        summary = reporting.summarize(rounds(3, 1, 2))
        self.assertEqual((summary["median"], summary["low"], summary["high"]), (2, 1, 3))
        peaks = [{"wall_s": 1, "peak_bytes": size} for size in (1, 5, 2)]
        self.assertEqual(reporting.summarize(peaks)["peak_bytes"], 5, "of memory the most counts, not the middle")

    def test_ratios_are_taken_within_a_round(self):
        found = verdict("deposit of one 2 GiB file, to openssl dgst -sha256", SAMPLE["results"])
        self.assertEqual((found.median, found.low, found.high), (2, 1.5, 4))
        self.assertFalse(found.is_met)

    def test_faster_is_at_least_and_times_are_at_most(self):
        found = verdict("deposit of one 2 GiB file, faster than restic", SAMPLE["results"])
        self.assertEqual((found.median, found.is_met), (4, False))
        quick = document(large={"deposit": {"muniment": rounds(2), "restic": rounds(10)}})
        self.assertTrue(verdict("deposit of one 2 GiB file, faster than restic", quick["results"]).is_met)
        self.assertTrue(verdict("log of 20,000 entries: append", SAMPLE["results"]).is_met)

    def test_sums_of_others_and_units(self):
        results = document(large={"deposit": {"cp": rounds(1), "openssl dgst": rounds(1)},
                                  "open": {"muniment": rounds(3)}},
                           start={"start": {"muniment": rounds(0.004)}})["results"]
        self.assertEqual(verdict("open 2 GiB, to cp and openssl dgst -sha256", results).median, 1.5)
        self.assertEqual(verdict("start: muniment --version", results).median, 4)

    def test_memory_is_the_most_of_all_works_but_the_passphrase(self):
        results = {"small": {"deposit": {"muniment seal": rounds(1, peak_bytes=70 << 20),
                                         "restic": rounds(1, peak_bytes=900 << 20)}},
                   "start": {targets.EXCEPT_MEMORY[0]: {"muniment": rounds(1, peak_bytes=300 << 20)}}}
        found = verdict("memory of any of them", results)
        self.assertEqual((found.median, found.is_met), (70, False))

    def test_what_was_not_measured_is_neither_met_nor_missed(self):
        found = verdict("list of 20,000 deposits", SAMPLE["results"])
        self.assertFalse(found.is_measured)
        told = json.loads(reporting.Report(SAMPLE).as_json())["targets"]
        self.assertIsNone(next(one for one in told if one["work"] == "list of 20,000 deposits")["met"])

    def test_tables_keep_their_columns(self):
        table = reporting.in_columns([("a", "b"), ("long cell", "c")])
        self.assertEqual(table, "a          b\nlong cell  c\n")
        text = reporting.Report(SAMPLE).for_markdown()
        lines = [line for line in text.splitlines() if line.startswith("|")]
        of_deposit = next(line for line in lines if "tar \\| age" in line)
        self.assertEqual(of_deposit.replace("\\|", "").count("|"), len(reporting.HEAD) + 1)
        self.assertIn("MISSED", text)
        self.assertIn("## large: 1 file, 2,048 MiB", text)

    def test_the_terminal_shows_spread_and_ratio(self):
        line = next(line for line in reporting.Report(SAMPLE).for_terminal().splitlines() if "restic" in line)
        self.assertIn("4.00 (3.00 – 6.00)", line)

    def test_the_plot_is_well_formed_and_inside_its_frame(self):
        svg = xml.etree.ElementTree.fromstring(reporting.Report(SAMPLE).as_svg())
        name = "{http://www.w3.org/2000/svg}"
        bars = svg.findall(name + "rect")[1:]
        self.assertEqual(len(bars), 4, "the log has nobody beside it, and no bar")
        for bar in bars:
            self.assertLessEqual(float(bar.get("x")) + float(bar.get("width")), plot.WIDTH)
            self.assertLess(float(bar.get("y")), float(svg.get("height")))
        colours = [bar.get("fill") for bar in bars]
        self.assertEqual(colours.count(plot.OURS_COLOUR), 1)
        self.assertIn("A note with < and &.", ["".join(text.itertext()) for text in svg.findall(name + "text")])

    def test_times_for_people(self):
        told = [plot.human_seconds(value) for value in (12e-6, 0.00412, 0.9996, 59.4, 120.4, 1234)]
        self.assertEqual(told, ["12 µs", "4.12 ms", "1 s", "59.4 s", "120 s", "1234 s"])

    def test_micro_benchmarks_by_name(self):
        one = {"name": "check 20,000 entries/20000/real_time", "run_type": "iteration", "real_time": 5,
               "time_unit": "ms"}
        found = stages.parse({"benchmarks": [one, {**one, "run_type": "aggregate", "real_time": 9}]})
        self.assertEqual(found, {"check 20,000 entries": [{"wall_s": 0.005}]})

    def test_the_same_seed_gives_the_same_files(self):
        with tempfile.TemporaryDirectory(prefix="muniment-test-") as folder:
            for name in ("first", "second"):
                corpora.write_noise(pathlib.Path(folder) / name, 3000, random.Random("seed"))
            first, second = ((pathlib.Path(folder) / name).read_bytes() for name in ("first", "second"))
        self.assertEqual(first, second)
        self.assertEqual(len(first), 3000)

    def test_a_part_of_a_folder_stays_within_its_share(self):
        with tempfile.TemporaryDirectory(prefix="muniment-test-") as folder:
            source, target = pathlib.Path(folder) / "source", pathlib.Path(folder) / "target"
            (source / "below").mkdir(parents=True)
            for number in range(10):
                (source / "below" / f"{number}").write_bytes(bytes(100))
            (source / "link").symlink_to("below/0")
            self.assertEqual(corpora.copy_up_to(source, target, 450), 400)
            self.assertEqual(len(list((target / "below").iterdir())), 4)

    def test_a_machine_has_a_name_for_files(self):
        described = {**MACHINE, "cpu": "AMD EPYC 9R14 96-Core Processor"}
        self.assertEqual(machine.name_of(described), "amd-epyc-9r14-2-cores")


if __name__ == "__main__":
    blackbox.main()
