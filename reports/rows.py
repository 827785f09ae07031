"""One cell of a run with everything the page says of it."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.cell import Question
from bench.line import Recovery
from bench.problem import TUTORIAL
from bench.record import Record, Run
from bench.stats import Estimate
from reports import phrases


@dataclass(frozen=True)
class Row:
    """A record, its seconds per step, its speedup over NumPy and its phases; None where it has none."""

    record: Record
    time: Estimate | None
    speedup: Estimate | None
    phases: dict[str, Estimate]

    @classmethod
    def of(cls, run: Run, record: Record) -> "Row":
        if record.outcome != "measured":
            return cls(record, None, None, {})
        return cls(record, run.time(record), run.speedup(record), run.phases(record))

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
        """The median first step of its workers, each with cold caches."""
        firsts = [start.first_step_seconds for start in self.record.starts]
        return statistics.median(firsts) if firsts else None

    @property
    def setup_seconds(self) -> float | None:
        setups = [start.setup_seconds for start in self.record.starts]
        return statistics.median(setups) if setups else None

    @property
    def sample_steps(self) -> str:
        """k, the steps of one sample; each worker finds its own, so it may be a range."""
        steps = sorted({start.steps for start in self.record.starts})
        return " to ".join(str(step) for step in dict.fromkeys((steps[0], steps[-1]))) if steps else ""

    @property
    def unsteady(self) -> int:
        """How many of its workers still showed a trend when warm-up ended."""
        return sum(not start.steady for start in self.record.starts)

    @property
    def minor_faults(self) -> float:
        """The median of a slice."""
        return statistics.median([health.minor_faults for health in self.record.health.values()] or [0])

    @property
    def involuntary_switches(self) -> float:
        """The median of a slice."""
        return statistics.median([health.involuntary_switches for health in self.record.health.values()] or [0])


def rows_of(run: Run) -> list[Row]:
    """Every cell of the run: by question, the tutorial's first, then the fastest first; untimed ones last."""
    rows = [Row.of(run, record) for record in run.records.values()]
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
