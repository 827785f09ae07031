"""The verdict of a comparison on one cell, and the exit status that all verdicts together have."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from bench.stats.estimate import Estimate

Outcome = Literal["wrong", "slower", "faster", "same", "inconclusive", "contaminated", "not comparable"]
# Where the head is to blame.
RED: frozenset[Outcome] = frozenset({"wrong", "slower"})
# Where the comparison has an answer.
JUDGED: frozenset[Outcome] = frozenset({"slower", "faster", "same"})
# Where it was made and has none.
UNDECIDED: frozenset[Outcome] = frozenset({"inconclusive", "contaminated"})


@dataclass(frozen=True)
class Verdict:
    """One cell, named by its id: head against base.

    `ratio` is head's time over base's, more than 1 where head is slower; `control` the same of two equal sides,
    where there was a control. Relative changes smaller than `margin` are ignored; `pairs` is the number of fresh pairs
    of workers that the ratio rests on. `reason` says in words what the outcome alone does not.
    """

    cell: str
    outcome: Outcome
    ratio: Estimate | None
    reason: str = ""
    pairs: int = 0
    control: Estimate | None = None
    margin: float = 0.0


def exit_status(verdicts: Iterable[Verdict]) -> int:
    """1 where any cell is slower, or wrong in the head; else 3 where any is undecided, or none judged; else 0."""
    outcomes = {verdict.outcome for verdict in verdicts}
    if outcomes & RED:
        return 1
    return 0 if outcomes & JUDGED and not outcomes & UNDECIDED else 3
