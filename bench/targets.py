"""What the numbers shall be, as data, and the judgement."""

import dataclasses
import statistics

OURS = "muniment"
DGST = "openssl dgst"
AGAIN = "deposit again, nothing new"
VERIFY = "verify without a key"
MIB = 1 << 20


@dataclasses.dataclass(frozen=True)
class Target:
    """Of a measurement (group, work, program), or of its ratio to the sum of others."""

    work: str
    limit: float
    of: tuple
    against: tuple = ()
    faster: bool = False  # the limit is how many times faster than the others, at least; else a most
    unit: str = "×"
    scale: float = 1  # from seconds, or from bytes, to the unit
    field: str = "wall_s"


def ratio(work, limit, group, of, *against, faster=False):
    return Target(work, limit, (group, of, OURS), tuple((group, *one) for one in against), faster)


DEPOSIT_DGST = ("deposit", DGST)
TARGETS = (
    ratio("deposit of one 2 GiB file, to openssl dgst -sha256", 1.5, "large", "deposit", DEPOSIT_DGST),
    ratio("deposit of one 2 GiB file, faster than restic", 5, "large", "deposit", ("deposit", "restic"), faster=True),
    ratio("deposit of one 2 GiB file, faster than borg", 5, "large", "deposit", ("deposit", "borg"), faster=True),
    ratio("deposit of 64 × 32 MiB, to openssl dgst -sha256", 1.2, "films", "deposit", DEPOSIT_DGST),
    ratio("100,000 small files, faster than restic", 4, "small", "deposit", ("deposit", "restic"), faster=True),
    ratio("100,000 small files, faster than borg", 4, "small", "deposit", ("deposit", "borg"), faster=True),
    ratio("100,000 small files, to tar | age", 1.5, "small", "deposit", ("deposit", "tar | age")),
    ratio("100,000 small files again, to find -printf", 1.3, "small", AGAIN, (AGAIN, "find -printf")),
    ratio("open 2 GiB, faster than restic", 3, "large", "open", ("open", "restic"), faster=True),
    ratio("open 2 GiB, to cp and openssl dgst -sha256", 1.3, "large", "open", ("deposit", "cp"), DEPOSIT_DGST),
    ratio("verify without a key, to openssl dgst -sha256", 0.4, "large", VERIFY, (VERIFY, DGST)),
    Target("log of 20,000 entries: append", 0.2, ("log", "append 20,000 entries", OURS), unit="s"),
    Target("log of 20,000 entries: check", 0.1, ("log", "check 20,000 entries", OURS), unit="s"),
    Target("log of 1,000,000 entries: check", 2, ("log", "check 1,000,000 entries", OURS), unit="s"),
    Target("log of 1,000,000 entries: a proof, warm", 50, ("log", "prove one of 1,000,000 entries", OURS), unit="µs",
           scale=1e6),
    Target("memory of any of them", 64, ("any", "of", OURS), unit="MiB", scale=1 / MIB, field="peak_bytes"),
    Target("start: muniment --version", 5, ("start", "start", OURS), unit="ms", scale=1000),
    Target("list of 20,000 deposits", 100, ("start", "list 20,000 deposits", OURS), unit="ms", scale=1000),
)
# Not among "any of them": what scrypt takes, by age's own default.
EXCEPT_MEMORY = ("make a card with a default key file",)


@dataclasses.dataclass(frozen=True)
class Verdict:
    target: Target
    median: float = 0
    low: float = 0
    high: float = 0
    is_measured: bool = False

    @property
    def is_met(self):
        return self.median >= self.target.limit if self.target.faster else self.median <= self.target.limit


def values_of(results, key, field="wall_s"):
    group, work, program = key
    return [one[field] for one in results.get(group, {}).get(work, {}).get(program, [])]


def highest_peaks(results):
    """Of everything that the program did, the one value that is compared."""
    peaks = [one["peak_bytes"] for works in results.values() for work, programs in works.items()
             for program, rounds in programs.items() for one in rounds
             if program.startswith(OURS) and work not in EXCEPT_MEMORY and "peak_bytes" in one]
    return [max(peaks)] if peaks else []


def judge(target, results):
    """Ratios are taken within each round, where the machine was in one mood; the median of them counts."""
    ours = highest_peaks(results) if target.of[0] == "any" else values_of(results, target.of, target.field)
    values = [value * target.scale for value in ours]
    if target.against:
        others = [values_of(results, key) for key in target.against]
        sums = [sum(together) for together in zip(*others)]
        values = [other / own if target.faster else own / other for own, other in zip(ours, sums)]
    if not values:
        return Verdict(target)
    return Verdict(target, statistics.median(values), min(values), max(values), True)


def judge_all(results):
    return [judge(target, results) for target in TARGETS]
