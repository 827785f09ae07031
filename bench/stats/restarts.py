"""One value for each restart: rounds of one restart share its luck, so they are one piece of evidence."""

import math
import statistics
from collections.abc import Iterable, Mapping
from typing import Any

# A value for every (restart, round).
ByRound = Mapping[Any, float]


def medians(values: Iterable[tuple[int, float]]) -> dict[int, float]:
    """The median of each restart's values."""
    grouped: dict[int, list[float]] = {}
    for restart, value in values:
        grouped.setdefault(restart, []).append(value)
    # Of a handful of values NumPy takes ten times as long, and a page asks for tens of thousands of medians.
    return {restart: statistics.median(group) for restart, group in grouped.items()}


def round_medians(rounds: ByRound) -> dict[int, float]:
    """The same of a value for every (restart, round)."""
    return medians(((key[0], value) for key, value in rounds.items()))


def log_ratios(numerator: ByRound, denominator: ByRound) -> dict[int, float]:
    """For each restart the median of log(numerator / denominator) over the rounds that both have.

    Ratios are taken round by round, so that a drifting machine cancels out.
    """
    shared = sorted(numerator.keys() & denominator.keys())
    return medians((key[0], math.log(numerator[key] / denominator[key])) for key in shared)
