"""One cell of a run with every number that the page says of it."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from bench.cell import Question
from bench.line import Recovery
from bench.problem import TUTORIAL
from bench.record import LATENCY, LOSS_READ, Record, Run
from bench.stats import Estimate
from reports import phrases

T = TypeVar("T")
LEGIBLE = 24


@dataclass(frozen=True)
class Row:
    """A record with its estimates; None where it has none.

    Seconds per step (many steps and one wait), with a wait after each (`latency`), and with the loss read after
    each (`loss_read`); the speedup over NumPy in the same dtype, and over NumPy in float64 (`over_float64`);
    the step as a multiple of its matrix products alone; the phases in seconds.
    """

    record: Record
    time: Estimate | None = None
    latency: Estimate | None = None
    loss_read: Estimate | None = None
    speedup: Estimate | None = None
    over_float64: Estimate | None = None
    multiple: Estimate | None = None
    phases: Mapping[str, Estimate] = field(default_factory=dict)

    @classmethod
    def of(cls, run: Run, record: Record) -> "Row":
        if record.outcome != "measured" or "step" not in record.seconds:
            return cls(record)
        tutorial = run.record(replace(record.cell.reference, dtype="float64"))
        return cls(
            record,
            run.time(record),
            run.time(record, LATENCY),
            run.time(record, LOSS_READ),
            run.speedup(record),
            run.speedup(record, tutorial) if tutorial else None,
            run.multiple_of_floor(record),
            run.phases(record),
        )

    @property
    def label(self) -> str:
        return self.record.cell.label

    @property
    def device(self) -> str:
        return phrases.device(self.record.cell)

    @property
    def recovery(self) -> Recovery | None:
        """The line that linear regression recovered, with those to compare it with."""
        return self.record.agreement.recovery if self.record.agreement else None

    @property
    def is_reference(self) -> bool:
        """Whether this is the NumPy cell that others are compared with: its own speedup is 1 by definition."""
        return self.record.cell == self.record.cell.reference

    @property
    def first_step_seconds(self) -> float | None:
        """The median first step of its workers with cold caches."""
        return median(start.first_step_seconds for start in self.record.starts if start.cold)

    @property
    def memory_bytes(self) -> float | None:
        """The most that any of its workers took beyond its imports."""
        return most(start.memory_bytes for start in self.record.starts)

    @property
    def device_bytes(self) -> float | None:
        """The most that the framework took on the device."""
        return most(start.device_bytes for start in self.record.starts)


def median(values: Iterable[float]) -> float | None:
    """None of nothing."""
    found = list(values)
    return statistics.median(found) if found else None


def most(values: Iterable[float | None]) -> float | None:
    """The greatest of those that are known."""
    return max((value for value in values if value is not None), default=None)


def rows_of(run: Run) -> list[Row]:
    """Every net's cell of the run: by question, the tutorial's first, then the fastest first; untimed ones last."""
    rows = [Row.of(run, record) for record in run.records.values() if not record.cell.is_floor]
    asked = questions(rows)
    return sorted(rows, key=lambda row: (asked.index(row.record.cell.question), row.time is None, seconds_of(row)))


def seconds_of(row: Row) -> float:
    return row.time.value if row.time else 0.0


def questions(rows: Iterable[Row]) -> list[Question]:
    """What the rows compete on, each once: the tutorial's size and the frameworks' own threads first."""
    asked = dict.fromkeys(row.record.cell.question for row in rows)
    return sorted(asked, key=lambda question: (question.size != TUTORIAL, question.threads != "all"))


def competing(rows: Sequence[Row], question: Question) -> list[Row]:
    """The timed rows of one question."""
    return [row for row in rows if row.record.cell.question == question and row.time is not None]


def featured(rows: Sequence[Row], greatest: bool = True) -> list[Question]:
    """What charts are drawn for: of each work and setting the tutorial's size, or the least, and then the `greatest`.

    A sweep has its own chart; one for every size of it would bury the page.
    """
    sizes: dict[tuple[str, str, str], list[Question]] = {}
    for question in questions(rows):
        sizes.setdefault((question.workload, question.threads, question.allocator), []).append(question)
    found = []
    for asked in sizes.values():
        asked = sorted(asked, key=lambda question: (question.size != TUTORIAL, question.size.flops_per_step))
        found += [asked[0], *(asked[1:][-1:] if greatest else ())]
    return found


def first(found: Sequence[T]) -> Sequence[T]:
    """As many as a chart can show and still be read."""
    return found[:LEGIBLE]


def rest(found: Sequence[T]) -> tuple[str, ...]:
    """What a chart says where it does not show all."""
    note = f"Shown are the first {LEGIBLE} of {len(found)}; the table has every number."
    return (note,) if len(found) > LEGIBLE else ()
