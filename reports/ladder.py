"""From the tutorial's NumPy to the fastest cell, one factor a rung: a stand-in."""

from dataclasses import dataclass

from bench.record import Record, Run
from bench.stats import Estimate


@dataclass(frozen=True)
class Rung:
    """One change, and how many times faster it makes the step."""

    label: str
    slower: Record
    faster: Record
    factor: Estimate


@dataclass(frozen=True)
class Ladder:
    """The rungs, and the ratio of the whole."""

    rungs: tuple[Rung, ...]
    whole: Estimate


def ladder(run: Run) -> Ladder | None:
    return None
