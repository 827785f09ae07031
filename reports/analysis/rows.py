"""One cell of a run with every number that the page says of it."""

import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bench.records.line import Recovery
from bench.records.record import DEVICE, LATENCY, LOSS_READ, Record
from bench.records.run import Run
from bench.stats.estimate import Estimate
from bench.workloads.size import TUTORIAL
from reports.analysis.comparisons import tutorial_baseline


@dataclass(frozen=True)
class Row:
    """A record with its estimates; None where it has none.

    Seconds per step (many steps and one wait), with a wait after each (`latency`), and with the loss read after
    each (`loss_read`); the speedup over NumPy in the same dtype, and over the tutorial's, in float64 (`over_float64`);
    the step as a multiple of its matrix products alone; the phases in seconds; the seconds that a step keeps the device
    at work (`device_time`), and their share of the step (`busy`).
    """

    record: Record
    time: Estimate | None = None
    latency: Estimate | None = None
    loss_read: Estimate | None = None
    speedup: Estimate | None = None
    over_float64: Estimate | None = None
    multiple: Estimate | None = None
    phases: Mapping[str, Estimate] = field(default_factory=dict)
    device_time: Estimate | None = None
    busy: Estimate | None = None

    @classmethod
    def of(cls, run: Run, record: Record) -> "Row":
        if record.outcome != "measured" or "step" not in record.seconds:
            return cls(record)
        tutorial = tutorial_baseline(run, record.cell, record.seconds["step"])
        return cls(
            record,
            run.time(record),
            run.time(record, LATENCY),
            run.time(record, LOSS_READ),
            run.speedup(record),
            run.speedup(record, tutorial) if tutorial else None,
            run.over_lower_bound(record),
            run.phases(record),
            run.time(record, DEVICE),
            run.device_share(record),
        )

    @property
    def label(self) -> str:
        return self.record.cell.label

    @property
    def device(self) -> str:
        return self.record.cell.runs_on.title

    @property
    def recovery(self) -> Recovery | None:
        """The line that linear regression recovered, with those to compare it with."""
        return self.record.agreement.recovery if self.record.agreement else None

    @property
    def is_reference(self) -> bool:
        """Whether this is the NumPy cell that others are compared with: its own speedup is 1 by definition."""
        return self.record.cell.is_reference

    @property
    def first_step_seconds(self) -> float | None:
        """The median first step of its workers with cold caches."""
        return median(start.first_step_seconds for start in self.record.starts if start.cold)

    @property
    def memory_bytes(self) -> float | None:
        """The peak of its workers' memory beyond their imports, the median over them."""
        return median(start.memory_bytes for start in self.record.starts)

    @property
    def device_bytes(self) -> float | None:
        """The peak of the framework's memory on the device, likewise."""
        return median(start.device_bytes for start in self.record.starts)

    @property
    def joules(self) -> float | None:
        """The GPU's energy for a step, the mean over the starts where it was measured."""
        return mean(start.joules_per_step for start in self.record.starts)

    @property
    def watts(self) -> float | None:
        """The GPU's power meanwhile, likewise."""
        return mean(start.watts for start in self.record.starts)


def median(values: Iterable[float | None]) -> float | None:
    """Of those that are known; None of nothing."""
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def mean(values: Iterable[float | None]) -> float | None:
    """Of those that are known."""
    known = [value for value in values if value is not None]
    return statistics.fmean(known) if known else None


def rows_of(run: Run) -> list[Row]:
    """Every net's cell of the run: by work, the tutorial's size first, then the fastest first; untimed ones last."""
    rows = [Row.of(run, record) for record in run.records.values() if not record.cell.is_lower_bound]
    works = sorted(dict.fromkeys(row.record.cell.work for row in rows), key=lambda work: work[1] != TUTORIAL)
    return sorted(rows, key=lambda row: (works.index(row.record.cell.work), row.time is None, seconds_of(row)))


def seconds_of(row: Row) -> float:
    return row.time.value if row.time else 0.0
