"""The decision rule of a duel, as functions over numbers.

The unit of evidence is the pair: fresh workers of base and head, and a second one of the base as control; its value
is the median over rounds of log(head / base), its control's that of log(base again / base). A cell whose 95%
interval lies within the margin after the first look is `same`, and done. Every other cell gets as many fresh pairs
again and is judged on all of them: it is `slower` where Student's t rejects, in favour of more, that it is slower by
the margin at most, with Holm's correction over all cells of the duel, so that a clean change is red once in a hundred
duels at most. Nothing is red before the second look, so the error need not be split between the two.

Arrays may have any leading axes; the last ones are cells, and pairs of a cell.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.records.verdict import Outcome, Verdict
from bench.stats.estimate import CONFIDENCE, log_interval
from bench.stats.holm import ERROR, adjusted

Array = Any

# With fewer pairs nothing is told.
LEAST_PAIRS = 5


@dataclass(frozen=True)
class Pairs:
    """The pairs of one cell: log(head / base) of each, and log(base again / base)."""

    values: Sequence[float] = ()
    control: Sequence[float] = ()


@dataclass(frozen=True)
class Look:
    """What some pairs say of their cells, before the cells are corrected for being many; an entry for each cell.

    `slower` is the p value of "slower by the margin at most", `faster` that of "faster by the margin at most".
    """

    slower: Array
    faster: Array
    same: Array
    moved: Array

    def where(self, first: Array, other: "Look") -> "Look":
        """This look's entries where `first` holds, the other's elsewhere."""
        return Look(
            *(
                np.where(first, mine, theirs)
                for mine, theirs in zip(vars(self).values(), vars(other).values(), strict=True)
            )
        )


def paired(head_seconds: Sequence[float], base_seconds: Sequence[float]) -> float:
    """The value of one pair: the median of log(head / base) over its rounds."""
    return float(np.median(np.log(np.divide(head_seconds, base_seconds))))


def look(values: Array, control: Array, margin: float) -> Look:
    """Judges each cell alone by its pairs, shape (..., pairs), two at least.

    The control has moved where its interval lies outside half the margin on either side: two equal things then
    differ by as much as matters, and what differs between base and head cannot be told from it.
    """
    from scipy.special import stdtr, stdtrit  # here, since it takes long to import and most commands need it not

    limit, freedom = float(np.log1p(margin)), np.shape(values)[-1] - 1
    (mean, error), (control_mean, control_error) = moments(values), moments(control)
    half = float(stdtrit(freedom, (1 + CONFIDENCE) / 2))
    return Look(
        slower=stdtr(freedom, (limit - mean) / error),
        faster=stdtr(freedom, (limit + mean) / error),
        same=abs(mean) + half * error < limit,
        moved=abs(control_mean) - half * control_error > limit / 2,
    )


def moments(values: Array) -> tuple[Array, Array]:
    """The mean over the last axis and its standard error; pairs that are all alike have a tiny one."""
    values = np.asarray(values)
    return values.mean(-1), np.maximum(values.std(-1, ddof=1) / np.sqrt(values.shape[-1]), np.finfo(float).tiny)


def outcomes(found: Look) -> Array:
    """The outcome of every cell, cells of one duel along the last axis."""
    return np.select(
        [found.moved, adjusted(found.slower) <= ERROR, adjusted(found.faster) <= ERROR, found.same],
        ["contaminated", "slower", "faster", "same"],
        "inconclusive",
    )


def settled(found: Look) -> Array:
    """Whether a first look is enough for a cell."""
    return found.same & ~found.moved


def duelled(values: Array, control: Array, margin: float) -> Array:
    """The outcomes of whole duels whose pairs are known: shape (..., cells, pairs), the first half the first look."""
    half = values.shape[-1] // 2
    first = look(values[..., :half], control[..., :half], margin)
    return outcomes(first.where(settled(first), look(values, control, margin)))


def wants_more(pairs: Pairs, margin: float) -> bool:
    """Whether a cell needs fresh pairs after its first look."""
    return not settled(look(pairs.values, pairs.control, margin))


def verdicts(cells: Mapping[str, Pairs], margin: float) -> list[Verdict]:
    """The verdict on every cell of a duel, each judged on all the pairs it has."""
    looks = {
        name: look(pairs.values, pairs.control, margin)
        for name, pairs in cells.items()
        if len(pairs.values) >= LEAST_PAIRS
    }
    family = zip(*(vars(one).values() for one in looks.values()), strict=True)
    told: dict[str, Outcome] = {}
    if looks:
        told = dict(zip(looks, outcomes(Look(*map(np.array, family))).tolist(), strict=True))
    return [verdict(name, pairs, told.get(name), margin) for name, pairs in cells.items()]


def verdict(name: str, pairs: Pairs, outcome: Outcome | None, margin: float) -> Verdict:
    """One cell's outcome with what it rests on; None where there were too few pairs for any."""
    ratio, control = log_interval(pairs.values), log_interval(pairs.control)
    reason = ""
    if outcome is None:
        outcome, reason = "inconclusive", f"{len(pairs.values)} pairs, where {LEAST_PAIRS} are needed"
    elif outcome == "inconclusive" and ratio:
        reason = f"the interval is {ratio.precision:.1%} to either side: take more pairs or a wider margin"
    elif outcome == "contaminated" and control:
        reason = f"the base differed from itself by {control.value - 1:+.1%}: measure on a quieter machine"
    return Verdict(name, outcome, ratio, reason, len(pairs.values), control, margin)
