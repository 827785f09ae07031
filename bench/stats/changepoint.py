"""Where a series changes its level, and how likely noise alone is to look like that.

ruptures finds the split that saves most of the squared error; the search goes on before and after it. Where two
changes hide each other, the newer half is searched, and the newer half of that.

A permutation test says how sure a split is: its residuals are cut into blocks, the blocks are put into random order,
and the whole search is repeated on each such series. Blocks keep the correlation of neighbours, which would otherwise
pass for a change. The statistic is an F: what the best split saves over what it leaves *at the scale of the blocks*,
so that noise which the split itself has taken out of the blocks is missing from both sides. Of two lengths of blocks
the less favourable answer counts.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bench.errors import UserError

Floats = NDArray[np.float64]
# A shorter series is not judged.
LEAST_RUNS = 30
# An F over few blocks scatters widely: with 8, fewer steps near the end are found (tests/benchmarks/trend_power.py).
LEAST_BLOCKS = 12
# A candidate is a split such as noise produces in one of a hundred series.
CANDIDATE, CANDIDATE_PERMUTATIONS = 0.01, 599
# Once this many permutations are as clear as the series itself, more of them would not change the answer.
ENOUGH = 10
# Permutations of the first batch, which is often enough, and of each later one.
FIRST, AT_ONCE = 100, 500
# Robust standard deviations from the median up to which a value counts in full; an outlier is no change of level.
OUTLYING = 8.0
SEED = 50


def changes_of_level(values: Floats) -> list[int]:
    """The positions at which a new level begins, in order: candidates, such as noise makes in one of 100 series."""
    places = divided(values)
    # A stretch too short to be searched by itself is searched among the others, all levels taken out.
    while (at := next_change(levelled(values, places))) and at not in places:
        places = sorted([*places, at])
    return places


def divided(values: Floats, start: int = 0) -> list[int]:
    """The clearest change and, searched apart, those before it and those after it; `start` is the first position."""
    at = next_change(values)
    return [*divided(values[:at], start), start + at, *divided(values[at:], start + at)] if at else []


def next_change(values: Floats) -> int | None:
    """The clearest change in all the values, or in their newer half, or in the newer half of that; None without any."""
    windows, begin = 1, 0
    while len(values) - begin >= LEAST_RUNS:
        window = values[begin:]
        if windows * chance(window, CANDIDATE_PERMUTATIONS) <= CANDIDATE:
            return begin + clearest_split(clipped(window))
        windows, begin = windows + 1, (begin + len(values)) // 2
    return None


def clearest_split(values: Floats) -> int:
    """The position of the split in two that saves most of the squared error. Raises UserError without ruptures."""
    try:
        import ruptures  # here, since nothing else needs it
    except ImportError:
        raise UserError("a trend needs ruptures, which is not installed: pip install ruptures") from None
    return int(ruptures.KernelCPD(kernel="linear", min_size=1).fit(values).predict(n_bkps=1)[0])


def levelled(values: Floats, changes: Sequence[int]) -> Floats:
    """The values less the level of each stretch between two changes."""
    left = values.copy()
    for start, end in pairwise([0, *changes, len(values)]):
        left[start:end] -= clipped(values[start:end]).mean()
    return left


def chance(values: Floats, permutations: int) -> float:
    """The p value of the clearest split: how likely noise alone has as clear a one; LEAST_RUNS values at least."""
    worst = 0.0
    for length in block_lengths(len(values)):
        worst = max(worst, _chance(clipped(values), length, permutations))
        if worst > CANDIDATE:
            break
    return worst


def block_lengths(count: int) -> list[int]:
    """Two, the longer first: where noise is correlated, it rejects the split, and the shorter need not be tried."""
    longest = max(1, min(math.isqrt(count), count // LEAST_BLOCKS))
    return [longest, longest // 2] if longest > 1 else [longest]


def clipped(values: Floats) -> Floats:
    """The values, outliers moved to the edge of what counts in full."""
    median = np.median(values)
    reach = OUTLYING * 1.4826 * np.median(np.abs(values - median))
    return np.clip(values, median - reach, median + reach) if reach else values


def _chance(values: Floats, length: int, permutations: int) -> float:
    """The p value for one length of blocks, by this many permutations at most."""
    # The oldest values, which fill no block, are left out.
    blocks = values[len(values) % length :].reshape(1, -1, length)
    places, statistics = best_split(blocks)
    residuals = blocks.reshape(-1).copy()
    residuals[: places[0]] -= residuals[: places[0]].mean()
    residuals[places[0] :] -= residuals[places[0] :].mean()
    noise = residuals.reshape(-1, length)
    limit = statistics[0] * kept_by_blocks(residuals, length)
    generator = np.random.default_rng(SEED)
    done = as_clear = 0
    while done < permutations and as_clear < ENOUGH:
        batch = min(AT_ONCE if done else FIRST, permutations - done)
        orders = generator.permuted(np.tile(np.arange(len(noise)), (batch, 1)), axis=1)
        as_clear += int(np.sum(best_split(noise[orders])[1] >= limit))
        done += batch
    return (1 + as_clear) / (1 + done)


def kept_by_blocks(noise: Floats, length: int) -> float:
    """The part of the variance of long means that blocks keep: neighbours in different blocks lose their correlation.

    The correlation is taken as that of an autoregression of order one, a standard error on the cautious side.
    """
    neighbours = float(noise[1:] @ noise[:-1]) / max(float(noise @ noise), np.finfo(float).tiny)
    correlation = min(max(neighbours + len(noise) ** -0.5, 0.0), 0.9)
    lags = np.arange(1, length)
    within = 1 + 2 * float(np.sum((1 - lags / length) * correlation**lags))
    return float(within * (1 - correlation) / (1 + correlation))


def best_split(series: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Where each series is best split in two, and the F of it; shape (series, blocks, length of a block).

    F is what the split saves of the squared error over what it leaves between blocks, a degree of freedom each.
    """
    count, blocks, length = series.shape
    total = blocks * length
    flat = series.reshape(count, total)
    sums = np.cumsum(flat - flat.mean(axis=1, keepdims=True), axis=1)
    before = np.arange(1, total)
    saved = sums[:, :-1] ** 2 * (total / (before * (total - before)))
    at = saved.argmax(axis=1)
    rows = np.arange(count)
    place, best, step = at + 1, saved[rows, at], sums[rows, at]
    block_sums = np.diff(sums[:, length - 1 :: length], axis=1, prepend=0.0)
    early = np.clip(place[:, None] - length * np.arange(blocks), 0, length)
    left_over = block_sums - early * (step / place)[:, None] + (length - early) * (step / (total - place))[:, None]
    between = (left_over**2).sum(axis=1) / length / max(blocks - 2, 1)
    # A split that leaves no error at all has the largest F, without a division by zero.
    return place, best / np.maximum(between, np.finfo(float).eps * best + np.finfo(float).tiny)
