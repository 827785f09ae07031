"""Run to run: the same speedups in other runs of the same machine and packages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.run import Run
from bench.stats import Estimate
from reports.rows import Row


@dataclass(frozen=True)
class Repeat:
    """A cell's speedup over NumPy in this run, `row.speedup`, and in each of `others`; None where one lacks it."""

    row: Row
    others: tuple[Estimate | None, ...]

    @property
    def known(self) -> list[Estimate]:
        return [found for found in (self.row.speedup, *self.others) if found]

    @property
    def spread(self) -> float:
        """By what share the highest value lies above the lowest."""
        values = [found.value for found in self.known]
        return max(values) / min(values) - 1

    @property
    def apart(self) -> bool:
        """Whether the intervals of two runs have nothing in common."""
        ends = [(found.low, found.high) for found in self.known if found.low is not None and found.high is not None]
        return bool(ends) and max(low for low, _ in ends) > min(high for _, high in ends)


@dataclass(frozen=True)
class Repeats:
    """The repeated cells of a run, and when the other runs began."""

    cells: Sequence[Repeat]
    started: Sequence[str]

    @classmethod
    def of(cls, rows: Iterable[Row], others: Sequence[Run]) -> "Repeats | None":
        """Of a run's rows; None where no other run has any of their cells beside NumPy."""
        found = [
            Repeat(row, tuple(speedup_in(other, row) for other in others))
            for row in rows
            if row.speedup and not row.is_reference
        ]
        cells = [repeat for repeat in found if any(repeat.others)]
        return cls(cells, [other.started for other in others]) if cells else None

    @property
    def apart(self) -> int:
        """How many cells have intervals with nothing in common."""
        return sum(cell.apart for cell in self.cells)

    @property
    def spread(self) -> float:
        """The largest."""
        return max(cell.spread for cell in self.cells)


def speedup_in(run: Run, row: Row) -> Estimate | None:
    record = run.record(row.record.cell)
    return run.speedup(record) if record and record.outcome == "measured" else None


def alike(run: Run, others: Iterable[Run]) -> list[Run]:
    """The other runs of the same hardware and packages, the newest first."""
    fingerprint = run.machine["fingerprint"]
    found = [other for other in others if other.machine["fingerprint"] == fingerprint and other != run]
    return sorted(found, key=lambda other: other.started, reverse=True)
