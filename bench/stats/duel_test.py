"""The test of a duel on arrays of pairs: Student's t against a margin, in two stages.

The unit of evidence is the pair: fresh workers of base and head, and a second one of the base as control. Its value
is the median over rounds of log(head / base), its control's that of log(base again / base). After the first stage a
cell whose 95% interval lies within the margin is `same`, and done. Every other cell gets as many fresh pairs again and
is judged on all of them: it is `slower` where Student's t rejects, in favour of more, that it is slower by the margin
at most, with Holm's correction over all cells of the duel. So at most one in a hundred duels of an unchanged tree
calls a cell slower. No cell is called slower before the second stage, so the error need not be split between the two.

Where the control differs too much, the pairs favour one side by luck, and the cell is `contaminated`; unless the head
is slower than both workers of the base, by more than the margin and the distance between these two together. Such a
slowdown stands on its own. Where equal arms differ by a luck of 2% each, this order calls 6% of equal heads slower, as
an order with contaminated first does, and finds 83% of slowdowns of 10% instead of 46%
(tests/benchmarks/duel_order.py).

Arrays may have any leading axes; the last ones are cells, and pairs of a cell.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.stats.estimate import CONFIDENCE
from bench.stats.holm import ERROR, adjusted

Array = Any

STAGES = 2
# No cell is judged on fewer pairs.
LEAST_PAIRS = 5


@dataclass(frozen=True)
class Stage:
    """What some pairs say of each cell, before Holm's correction: four arrays with an entry for each cell.

    `p_slower` is the p value of "slower by the margin at most", `p_faster` that of "faster by the margin at most";
    `same` says that the interval lies within the margin, `contaminated` that the control differs too much. Of a
    contaminated cell `p_slower` is the larger one against base and control, each with the margin widened by their
    distance.
    """

    p_slower: Array
    p_faster: Array
    same: Array
    contaminated: Array

    @classmethod
    def of(cls, values: Array, control: Array, margin: float) -> "Stage":
        """Judges each cell alone by its pairs, shape (..., pairs), two at least.

        The control contaminates where its interval lies outside half the margin on either side: two equal things
        then differ by as much as matters, and nothing can be concluded from how base and head differ.
        """
        from scipy.special import stdtr, stdtrit  # here, since it takes long to import and most commands need it not

        limit, freedom = float(np.log1p(margin)), np.shape(values)[-1] - 1
        (mean, error), (control_mean, control_error) = mean_and_error(values), mean_and_error(control)
        quantile = float(stdtrit(freedom, (1 + CONFIDENCE) / 2))
        contaminated = abs(control_mean) - quantile * control_error > limit / 2
        over_control, over_control_error = mean_and_error(np.subtract(values, control))
        widened = limit + abs(control_mean)
        from_both = np.minimum((mean - widened) / error, (over_control - widened) / over_control_error)
        return cls(
            p_slower=stdtr(freedom, -np.where(contaminated, from_both, (mean - limit) / error)),
            p_faster=stdtr(freedom, (limit + mean) / error),
            same=abs(mean) + quantile * error < limit,
            contaminated=contaminated,
        )

    @classmethod
    def together(cls, cells: Sequence["Stage"]) -> "Stage":
        """Of cells that were judged one by one, possibly on different numbers of pairs."""
        return cls(
            p_slower=np.array([cell.p_slower for cell in cells]),
            p_faster=np.array([cell.p_faster for cell in cells]),
            same=np.array([cell.same for cell in cells]),
            contaminated=np.array([cell.contaminated for cell in cells]),
        )

    @property
    def settled(self) -> Array:
        """Whether a cell is done after its first stage."""
        return self.same & ~self.contaminated

    @property
    def outcomes(self) -> Array:
        """The outcome of every cell, in words; the cells of one duel lie along the last axis."""
        return np.select(
            [adjusted(self.p_slower) <= ERROR, self.contaminated, adjusted(self.p_faster) <= ERROR, self.same],
            ["slower", "contaminated", "faster", "same"],
            "inconclusive",
        )

    def where(self, chosen: Array, other: "Stage") -> "Stage":
        """This stage's entries where `chosen` holds, the other's elsewhere."""
        return Stage(
            p_slower=np.where(chosen, self.p_slower, other.p_slower),
            p_faster=np.where(chosen, self.p_faster, other.p_faster),
            same=np.where(chosen, self.same, other.same),
            contaminated=np.where(chosen, self.contaminated, other.contaminated),
        )


def pair_value(head_seconds: Sequence[float], base_seconds: Sequence[float]) -> float:
    """The value of one pair: the median of log(head / base) over its rounds."""
    return float(np.median(np.log(np.divide(head_seconds, base_seconds))))


def duel_outcomes(values: Array, control: Array, margin: float) -> Array:
    """The outcomes of whole duels whose pairs are known, shape (..., cells, pairs); each stage has half of them."""
    half = values.shape[-1] // STAGES
    first = Stage.of(values[..., :half], control[..., :half], margin)
    return first.where(first.settled, Stage.of(values, control, margin)).outcomes


def mean_and_error(values: Array) -> tuple[Array, Array]:
    """The mean over the last axis and its standard error; pairs that are all alike have a tiny one."""
    values = np.asarray(values)
    return values.mean(-1), np.maximum(values.std(-1, ddof=1) / np.sqrt(values.shape[-1]), np.finfo(float).tiny)
