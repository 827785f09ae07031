"""The cost of each abstraction on equal work: a stand-in."""

from dataclasses import dataclass

from bench.record import Record, Run
from bench.stats import Estimate


@dataclass(frozen=True)
class Cost:
    """One way to write the same step, and how many times longer it takes."""

    label: str
    record: Record
    ratio: Estimate


def abstractions(run: Run) -> tuple[Cost, ...]:
    return ()
