"""The conditions that a cell was measured under, as a card of terms and their values."""

from dataclasses import dataclass

from bench.records.run import Run
from reports.analysis.conditions import health, setup
from reports.analysis.rows import Row


@dataclass(frozen=True)
class Card:
    """One timed cell's conditions, each a term and its value in words. `place` numbers the cards of a page.

    `left_out` is how many of its rounds do not count.
    """

    place: int
    row: Row
    left_out: int
    conditions: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, run: Run, row: Row, place: int) -> "Card":
        """The row must have a time."""
        record = row.record
        terms = {
            "Precision": setup.precision(record.cell),
            "Threads": setup.threads(record),
            "Allocator": setup.allocator(record),
            "Waiting": setup.waiting(record),
            "Host copies": setup.copies(record.cell),
            "Phases": setup.phases(run, record),
            "Warm-up": setup.warm_up(record),
            "First step": setup.first_step(record),
            "Evidence": health.evidence(run, row),
            "Left out": health.left_out(run, record),
            "A slice": health.a_slice(record),
            "GPU": health.gpu(record),
            "Device time": health.device_time(row),
            "Energy": health.energy(row),
            "Memory": health.memory(row),
            "Versions": setup.versions(run, record),
            "Thread pools": ", ".join(map(str, record.runtime.get("thread_pools", ()))),
            "Source": str(record.runtime.get("source", "")),
        }
        rounds = record.seconds["step"]
        left_out = len(rounds) - len(run.counted(rounds))
        return cls(place, row, left_out, tuple((term, value) for term, value in terms.items() if value))
