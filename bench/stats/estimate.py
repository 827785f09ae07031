"""Medians, log ratios and their intervals."""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

# A value for every (restart, round).
Rounds = Mapping[Any, float]

CONFIDENCE = 0.95
# Fewer restarts than this give an interval, but one marked provisional.
FIRM_RESTARTS = 5
PRECISE_LOOKS = 5


@dataclass(frozen=True)
class Estimate:
    """A positive quantity (seconds, or a ratio) with its 95% interval over `restarts` restarts.

    `low` and `high` are None where a single restart leaves no spread to judge by.
    """

    value: float
    low: float | None
    high: float | None
    restarts: int

    @property
    def provisional(self) -> bool:
        return self.restarts < FIRM_RESTARTS

    @property
    def precision(self) -> float:
        """Half the interval's width relative to the value; infinite where there is no interval."""
        if self.low is None or self.high is None:
            return math.inf
        return math.sqrt(self.high / self.low) - 1


def interval(values: Sequence[float]) -> Estimate | None:
    """Mean and Student's t interval over one value a restart; None where there are none.

    The restart is the unit of evidence: rounds of one restart share its luck (heap layout, placement),
    so counting them as independent would promise more than they know.
    """
    count = len(values)
    if not count:
        return None
    mean = float(np.mean(values))
    if count == 1:
        return Estimate(mean, None, None, 1)
    from scipy.special import stdtrit  # Student's quantile; here, since workers import this module and need it not

    margin = float(stdtrit(count - 1, (1 + CONFIDENCE) / 2)) * float(np.std(values, ddof=1)) / math.sqrt(count)
    return Estimate(mean, mean - margin, mean + margin, count)


def log_interval(log_values: Sequence[float]) -> Estimate | None:
    """The same over logarithms, taken back out of them: for positive quantities, whose noise is a factor."""
    found = interval(log_values)
    if found is None or found.low is None or found.high is None:
        return found and Estimate(math.exp(found.value), None, None, found.restarts)
    return Estimate(math.exp(found.value), math.exp(found.low), math.exp(found.high), found.restarts)


def by_restart(values: Iterable[tuple[int, float]], least_rounds: int = 1) -> dict[int, float]:
    """The median of each restart's values; a restart cut short below `least_rounds` does not count."""
    grouped: dict[int, list[float]] = {}
    for restart, value in values:
        grouped.setdefault(restart, []).append(value)
    # Of a handful of values NumPy takes ten times as long, and a page asks for tens of thousands of medians.
    return {restart: statistics.median(group) for restart, group in grouped.items() if len(group) >= least_rounds}


def precise(speedups: Iterable[Estimate | None], settings: Any) -> bool:
    """Whether every speedup's half-width is within `settings.precision` (relative); False for one that is missing."""
    return all(found is not None and found.precision <= settings.precision for found in speedups)


def enough(precise_looks: int, restarts: int, settings: Any) -> bool:
    """Whether to stop: after `least_restarts` of `settings` once so many looks in a row were precise, or at the most.

    There is a look after every restart. A rule that stopped at the first precise one would stop at lucky ones.
    """
    if restarts >= settings.most_restarts:
        return True
    return restarts >= settings.least_restarts and precise_looks >= PRECISE_LOOKS


def time_estimate(rounds: Rounds, least_rounds: int = 1) -> Estimate | None:
    """Seconds, from one positive value per (restart, round)."""
    medians = by_restart(((key[0], seconds) for key, seconds in rounds.items()), least_rounds)
    return log_interval([math.log(seconds) for seconds in medians.values()])


def mean_estimate(rounds: Rounds, least_rounds: int = 1) -> Estimate | None:
    """The same for values that may be zero or negative, such as differences of times."""
    return interval(list(by_restart(((key[0], value) for key, value in rounds.items()), least_rounds).values()))


def ratio_estimate(numerator: Rounds, denominator: Rounds, least_rounds: int = 1) -> Estimate | None:
    """The ratio of two cells, round by round where both have the round, so that a drifting machine cancels out.

    None where they share no round.
    """
    shared = sorted(numerator.keys() & denominator.keys())
    logs = ((key[0], math.log(numerator[key] / denominator[key])) for key in shared)
    return log_interval(list(by_restart(logs, least_rounds).values()))


def side(found: Estimate, level: float) -> bool | None:
    """On which side of the level the whole interval lies; None where it includes the level, or is none."""
    if found.low is None or found.high is None or found.low < level <= found.high:
        return None
    return found.low >= level


def reached(found: Sequence[Estimate], level: float) -> tuple[int | None, int | None]:
    """The last place whose interval lies wholly below the level, and the first from which on all lie wholly above."""
    sides = [side(each, level) for each in found]
    below = max((place for place, decided in enumerate(sides) if decided is False), default=None)
    above = min((place for place in range(len(sides)) if all(sides[place:])), default=None)
    return below, above
