"""A quantity with its 95% interval, and on which side of a level it lies."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bench.stats.restarts import ByRound, log_ratios, round_medians
from bench.stats.rounding import DOWN, UP

CONFIDENCE = 0.95
# Fewer restarts than this give an interval, but one marked provisional.
FIRM_RESTARTS = 5
WIDEST = 1.5


@dataclass(frozen=True)
class Estimate:
    """A quantity (seconds, a ratio, or a difference) with its 95% interval over `restarts` restarts.

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
        """Half the interval's width relative to a positive value; infinite where there is no interval."""
        if self.low is None or self.high is None:
            return math.inf
        return math.sqrt(self.high / self.low) - 1

    @property
    def is_wide(self) -> bool:
        """Whether the interval of a positive quantity spans more than a factor of WIDEST."""
        return self.low is not None and self.high is not None and 0 < WIDEST * self.low < self.high

    def span(self, shown: Callable[[float, str], str], missing: str = "no interval") -> str:
        """The interval in words: `0.951 to 0.987`; `missing` where a single restart has none.

        `shown` rounds a number in the way that it is given: the low end goes down, the high end up. An interval that
        spans more than WIDEST says nothing that a reader could use, and numbers would seem to.
        """
        if self.low is None or self.high is None:
            return missing
        if self.is_wide:
            return "not known yet"
        return f"{shown(self.low, DOWN)} to {shown(self.high, UP)}"


def interval(values: Sequence[float]) -> Estimate | None:
    """Mean and Student's t interval over one value a restart; None of no values.

    The restart is the unit of evidence: rounds of one restart share its luck (heap layout, placement),
    so counting them as independent would promise more than they know.
    """
    count = len(values)
    if not count:
        return None
    mean = float(np.mean(values))
    if count == 1:
        return Estimate(mean, None, None, 1)
    from scipy.special import stdtrit  # Student's quantile; here, since workers import this module without need of it

    margin = float(stdtrit(count - 1, (1 + CONFIDENCE) / 2)) * float(np.std(values, ddof=1)) / math.sqrt(count)
    return Estimate(mean, mean - margin, mean + margin, count)


def log_interval(log_values: Sequence[float]) -> Estimate | None:
    """The same over logarithms, exponentiated: for positive quantities, whose noise is a factor."""
    logs = interval(log_values)
    if logs is None or logs.low is None or logs.high is None:
        return logs and Estimate(math.exp(logs.value), None, None, logs.restarts)
    return Estimate(math.exp(logs.value), math.exp(logs.low), math.exp(logs.high), logs.restarts)


def time_estimate(rounds: ByRound) -> Estimate | None:
    """Seconds, from one positive value per (restart, round)."""
    return log_interval([math.log(seconds) for seconds in round_medians(rounds).values()])


def mean_estimate(rounds: ByRound) -> Estimate | None:
    """The same for values that may be zero or negative, such as differences of times."""
    return interval(list(round_medians(rounds).values()))


def ratio_estimate(numerator: ByRound, denominator: ByRound) -> Estimate | None:
    """The ratio of two cells, taken round by round; None where they share no round."""
    return log_interval(list(log_ratios(numerator, denominator).values()))


def side(estimate: Estimate, level: float) -> bool | None:
    """True where the whole interval lies at or above the level, False where below it; None where undecided."""
    if estimate.low is None or estimate.high is None or estimate.low < level <= estimate.high:
        return None
    return estimate.low >= level


def reached(estimates: Sequence[Estimate], level: float) -> tuple[int | None, int | None]:
    """The last place whose interval lies wholly below the level, and the first from which on all lie wholly above."""
    sides = [side(each, level) for each in estimates]
    below = max((place for place, decided in enumerate(sides) if decided is False), default=None)
    above = min((place for place in range(len(sides)) if all(sides[place:])), default=None)
    return below, above
