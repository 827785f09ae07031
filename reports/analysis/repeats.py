"""Run to run: the same speedups in other runs of the same machine, packages and nets."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.records.record import Record
from bench.records.run import Run
from bench.stats.between_runs import another_run
from bench.stats.estimate import Estimate
from reports.analysis.rows import Row

# A run is set beside this many others, the newest.
MOST_RUNS = 5


@dataclass(frozen=True)
class Repeat:
    """A cell's speedup over NumPy in this run, `row.speedup`, and in each of `others`; None where one lacks it."""

    row: Row
    others: tuple[Estimate | None, ...]

    @property
    def another(self) -> Estimate:
        """The interval in which another run's speedup would lie."""
        assert self.row.speedup
        return another_run(self.row.speedup, [speedup for speedup in self.others if speedup])

    @property
    def spread(self) -> float:
        """By what share the highest value lies above the lowest."""
        values = [speedup.value for speedup in (self.row.speedup, *self.others) if speedup]
        return max(values) / min(values) - 1


@dataclass(frozen=True)
class Repeats:
    """The repeated cells of a run, and when the other runs began."""

    cells: Sequence[Repeat]
    started: Sequence[str]

    @classmethod
    def of(cls, run: Run, rows: Iterable[Row], others: Sequence[Run]) -> "Repeats | None":
        """Of a run's rows; None where no other run has any of their cells beside NumPy."""
        repeats = [
            Repeat(row, tuple(speedup_in(other, run, row.record) for other in others))
            for row in rows
            if row.speedup and not row.is_reference
        ]
        cells = [repeat for repeat in repeats if any(repeat.others)]
        return cls(cells, [other.started for other in others]) if cells else None

    @property
    def spread(self) -> float:
        """The largest of the cells' spreads."""
        return max(cell.spread for cell in self.cells)


def speedup_in(other: Run, run: Run, record: Record) -> Estimate | None:
    """The speedup of a run's cell in another run; None where that timed other code."""
    again, reference = other.record(record.cell), other.record(record.cell.reference)
    if again is None or again.outcome != "measured" or reference is None:
        return None
    same = source(again) == source(record) and source(reference) == source(run.record(record.cell.reference))
    return other.speedup(again) if same else None


def source(record: Record | None) -> object:
    """The fingerprint of a net's code."""
    return record.runtime.get("source") if record else None


def alike(run: Run, others: Iterable[Run]) -> list[Run]:
    """The newest other finished runs of the same hardware and packages that were measured in the same way."""
    by_start = {
        other.started: other
        for other in others
        if way(other) == way(run) and other.finished and other.started != run.started
    }
    return [by_start[started] for started in sorted(by_start, reverse=True)[:MOST_RUNS]]


def way(run: Run) -> tuple[object, ...]:
    """What runs must have in common to be set side by side."""
    return run.machine["fingerprint"], run.settings.rounds, run.settings.slice_seconds
