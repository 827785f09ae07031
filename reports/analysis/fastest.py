"""The fastest cell: each half of the restarts chooses one, and the other half times it."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from bench.records.cell import Cell
from bench.records.record import Record, Round
from bench.records.run import Run
from bench.stats.estimate import Estimate
from reports.wording import phrases

# Each half needs two restarts, or a single one would choose.
LEAST_TO_SPLIT = 4
# Which half chooses the cell that the first half times, and which the one that the second half times.
CHOOSING = (1, 0)


@dataclass(frozen=True)
class Pick:
    """The cell that each half of the restarts chose: `choices` and `halves` in the order in which they are timed.

    The cell that looks fastest is in part the luckiest, so the restarts that made it win would flatter it. Instead each
    restart counts for the cell that the other half chose. Simulated with 2 to 20 equal cells, that flatters by nothing,
    and 95% intervals (`widened` where the halves differ) cover 94 to 98%; timing one half alone then, as few as 91%.
    With fewer than LEAST_TO_SPLIT restarts all of them choose and time, and the second half is empty.
    """

    choices: tuple[Record, Record]
    halves: tuple[frozenset[int], frozenset[int]]

    @classmethod
    def of(cls, run: Run, first: Record, second: Record) -> "Pick":
        """The choices of the second and of the first half."""
        timing = frozenset(halves_of(run, first)[0])
        return cls((first, second), (timing, frozenset(halves_of(run, second)[1]) - timing))

    @classmethod
    def fastest(cls, run: Run, records: Iterable[Record]) -> "Pick | None":
        """The fastest of the records; None where none has a time."""
        records = tuple(records)
        first, second = (fastest(run, records, by) for by in CHOOSING)
        return cls.of(run, first, second) if first and second else None

    def beside(self, run: Run, records: Iterable[Record]) -> "Pick | None":
        """The fastest of the records beside each choice; None where one has shared no round with any."""
        records = tuple(records)
        choices = zip(self.choices, CHOOSING, strict=True)
        first, second = (fastest_beside(run, records, record, by) for record, by in choices)
        return Pick((first, second), self.halves) if first and second else None

    @property
    def agreed(self) -> bool:
        """Whether both halves chose the same cell."""
        first, second = self.choices
        return first.cell == second.cell

    @property
    def cell(self) -> Cell:
        """The first choice, for what it has in common with the second: the work, and all that was not to choose."""
        return self.choices[0].cell

    @property
    def framework(self) -> str:
        """That of the first choice."""
        return self.choices[0].framework

    @property
    def label(self) -> str:
        """The net, or both, with a number of threads that is not its own: `torch_inplace or jax_grad with 1 thread`."""
        return " or ".join(dict.fromkeys(phrases.with_threads(record.cell) for record in self.choices))

    @property
    def steps(self) -> Mapping[Round, float]:
        """Seconds per step of each round: of either choice in the restarts of its half; of a common one in all."""
        if self.agreed:
            return self.choices[0].seconds.get("step", {})
        chosen = zip(self.choices, self.halves, strict=True)
        return {key: value for record, half in chosen for key, value in within(record, half).seconds["step"].items()}


@dataclass(frozen=True)
class Pair:
    """A cell, the baseline beside it, and how many times faster than that it is."""

    chosen: Pick
    baseline: Pick
    ratio: Estimate

    @classmethod
    def of(cls, run: Run, record: Record, baseline: Record) -> "Pair | None":
        """Two that were not chosen by their times; None if they share no round."""
        return cls._between(run, Pick.of(run, record, record), Pick.of(run, baseline, baseline))

    @classmethod
    def fastest(cls, run: Run, records: Iterable[Record], baselines: Iterable[Record]) -> "Pair | None":
        """The fastest of the records and the fastest baseline beside it; None if it shares no round with any."""
        chosen = Pick.fastest(run, records)
        baseline = chosen.beside(run, baselines) if chosen else None
        return cls._between(run, chosen, baseline) if chosen and baseline else None

    @classmethod
    def _between(cls, run: Run, chosen: Pick, baseline: Pick) -> "Pair | None":
        ratio = run.ratio(baseline.steps, chosen.steps)
        return cls(chosen, baseline, widened(ratio, chosen, baseline)) if ratio else None

    @property
    def agreed(self) -> bool:
        """Whether both halves chose the same cell and the same baseline."""
        return self.chosen.agreed and self.baseline.agreed


def over(run: Run, baseline: Record | None, steps: Mapping[Round, float]) -> Estimate | None:
    """How many times faster steps are than a baseline's; None where that was not measured or shares no round."""
    if baseline is None or baseline.outcome != "measured":
        return None
    return run.ratio(baseline.seconds.get("step", {}), steps)


def widened(estimate: Estimate, *picks: Pick) -> Estimate:
    """The estimate unchanged if each pick agreed, else with an interval as wide as half of the restarts would give.

    Each half's luck decides which cell the other one times, so two choices vary together: at worst as if they were one.
    """
    if estimate.low is None or estimate.high is None or all(pick.agreed for pick in picks):
        return estimate
    low, high = (estimate.value * (end / estimate.value) ** math.sqrt(2) for end in (estimate.low, estimate.high))
    return replace(estimate, low=low, high=high)


def restarts_of(run: Run, record: Record) -> list[int]:
    """The restarts in which the record has rounds that count, in order."""
    return sorted({key.restart for key in run.counted(record.seconds.get("step", {}))})


def halves_of(run: Run, record: Record) -> tuple[list[int], list[int]]:
    """Its restarts in turn, so that a drift of the machine falls on both halves alike; all of them twice if few."""
    restarts = restarts_of(run, record)
    return (restarts, restarts) if len(restarts) < LEAST_TO_SPLIT else (restarts[0::2], restarts[1::2])


def within(record: Record, restarts: Iterable[int]) -> Record:
    """The record as if only these restarts had been made."""
    wanted = set(restarts)
    seconds = {
        phase: {key: value for key, value in rounds.items() if key.restart in wanted}
        for phase, rounds in record.seconds.items()
    }
    return replace(record, seconds=seconds)


def fastest(run: Run, records: Iterable[Record], by: int) -> Record | None:
    """The record with the least seconds per step on one of its halves."""
    times = [(run.time(within(record, halves_of(run, record)[by])), record) for record in records]
    ranked = [(time.value, record.cell.id, record) for time, record in times if time is not None]
    return min(ranked)[2] if ranked else None


def fastest_beside(run: Run, records: Iterable[Record], other: Record, by: int) -> Record | None:
    """The fastest of the records that shared rounds with `other`, by one half of its restarts."""
    choosing = within(other, halves_of(run, other)[by])
    ratios = [(run.speedup(choosing, baseline=record), record) for record in records if record.cell != other.cell]
    ranked = [(ratio.value, record.cell.id, record) for ratio, record in ratios if ratio is not None]
    return min(ranked)[2] if ranked else None
