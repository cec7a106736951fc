"""What a run of the bench says: tables for people, one document for programs, the plot."""

import json
import statistics

import plot
import targets

MIB = 1 << 20
HEAD = ("work", "program", "wall", "quickest – slowest", "× muniment", "CPU user + system", "memory", "written",
        "MiB/s")


def summarize(rounds):
    """Measurements of one program and work → medians and spread."""
    walls = [one["wall_s"] for one in rounds]
    summary = {"median": statistics.median(walls), "low": min(walls), "high": max(walls), "rounds": len(walls)}
    for field in ("user_s", "system_s", "written_bytes", "peak_bytes", "bytes"):
        values = [one[field] for one in rounds if field in one]
        if values:
            summary[field] = max(values) if field == "peak_bytes" else statistics.median(values)
    return summary


def summarize_all(results):
    return {group: {work: {program: summarize(rounds) for program, rounds in programs.items()}
                    for work, programs in works.items()}
            for group, works in results.items()}


def ratio_to_ours(programs, program):
    """How many times as long as ours it took, round by round: the median, the least and the most."""
    ours = programs.get(targets.OURS)
    if not ours or program == targets.OURS:
        return ""
    ratios = [other["wall_s"] / own["wall_s"] for other, own in zip(programs[program], ours)]
    words = f"{statistics.median(ratios):.2f}"
    return words if len(ratios) == 1 else f"{words} ({min(ratios):.2f} – {max(ratios):.2f})"


def rows_of(works):
    for work, programs in works.items():
        for program, rounds in programs.items():
            one = summarize(rounds)
            spread = f"{plot.human_seconds(one['low'])} – {plot.human_seconds(one['high'])}" if len(rounds) > 1 else ""
            yield (work, program, plot.human_seconds(one["median"]), spread, ratio_to_ours(programs, program),
                   f"{one['user_s']:.2f} + {one['system_s']:.2f} s" if "user_s" in one else "",
                   f"{one['peak_bytes'] / MIB:.0f} MiB" if "peak_bytes" in one else "",
                   f"{one['written_bytes'] / MIB:,.0f} MiB" if "written_bytes" in one else "",
                   f"{one['bytes'] / MIB / one['median']:,.0f}" if one.get("bytes") else "")


def target_rows(verdicts):
    yield ("target", "limit", "measured", "least – most", "")
    for verdict in verdicts:
        target = verdict.target
        limit = f"{'≥' if target.faster else '≤'} {target.limit:g} {target.unit}"
        if not verdict.is_measured:
            yield (target.work, limit, "", "", "not measured")
            continue
        spread = f"{verdict.low:.3g} – {verdict.high:.3g}" if verdict.low != verdict.high else ""
        yield (target.work, limit, f"{verdict.median:.3g} {target.unit}", spread,
               "met" if verdict.is_met else "MISSED")


def stage_rows(stages):
    yield ("stage", "time", "MiB/s")
    for stage in stages:
        yield (stage["name"], plot.human_seconds(stage["median"]),
               f"{stage['bytes_per_s'] / MIB:,.0f}" if stage.get("bytes_per_s") else "")


def in_columns(rows):
    """For a terminal."""
    rows = [tuple(row) for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(*rows)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows) + "\n"


def in_markdown(rows):
    head, *rest = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    lines = [head, ["---"] * len(head), *rest]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


class Report:
    """Of the document of one run: {machine, scale, rounds, notes, corpora, results, stages}."""

    def __init__(self, document):
        self.document = document
        self.verdicts = targets.judge_all(document["results"])

    def titles(self):
        known = {corpus["name"]: corpus["title"] for corpus in self.document["corpora"]}
        return {group: known.get(group, group) for group in self.document["results"]}

    def notes(self):
        machine = self.document["machine"]
        return [f"{machine['cpu']}, {machine['cores']} cores ({', '.join(machine['instructions'])}), "
                f"{machine['memory GiB']:g} GiB, {machine['file system']}, {machine['system']}",
                f"commit {machine['commit']}; rounds: {self.document['rounds']}; "
                f"load before: {machine['load before']:g}",
                *self.document["notes"]]

    def text(self, table, heading):
        parts = ["\n".join(self.notes()) + "\n"]
        for group, title in self.titles().items():
            parts.append(heading(title) + table([HEAD, *rows_of(self.document["results"][group])]))
        if self.document["stages"]:
            parts.append(heading("stages, each alone, by one thread") + table(stage_rows(self.document["stages"])))
        parts.append(heading("targets") + table(target_rows(self.verdicts)))
        return "\n".join(parts)

    def for_terminal(self):
        return self.text(in_columns, lambda title: f"{title}\n\n")

    def for_markdown(self):
        lines = "\n".join(f"- {note}" for note in self.notes())
        body = self.text(in_markdown, lambda title: f"## {title}\n\n")
        return f"# make bench\n\n{lines}\n\n" + body[len("\n".join(self.notes())):].lstrip("\n")

    def as_json(self):
        targets_told = [{"work": verdict.target.work, "limit": verdict.target.limit, "unit": verdict.target.unit,
                         "atLeast": verdict.target.faster, "measured": verdict.median if verdict.is_measured else None,
                         "least": verdict.low, "most": verdict.high,
                         "met": verdict.is_met if verdict.is_measured else None} for verdict in self.verdicts]
        return json.dumps({**self.document, "medians": summarize_all(self.document["results"]),
                           "targets": targets_told}, indent=1, ensure_ascii=False) + "\n"

    def as_svg(self):
        """Works that nobody else does are left to the table: a bar beside nothing says nothing."""
        titles = self.titles()
        panels = {}
        for group, works in summarize_all(self.document["results"]).items():
            shared = {work: programs for work, programs in works.items() if len(programs) > 1}
            if shared:
                panels[titles[group]] = shared
        return plot.render("muniment and its peers, wall time", self.notes(), panels)
