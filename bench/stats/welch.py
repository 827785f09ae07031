"""Welch's t: two means whose variances may differ."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bench.stats.estimate import CONFIDENCE, Estimate

# The share of changes that is found of those called detectable.
POWER = 0.8


@dataclass(frozen=True)
class Welch:
    """The difference of two means of logarithms, its standard error and degrees of freedom (Welch, 1947).

    `restarts` is how many the smaller side has.
    """

    difference: float
    error: float
    freedom: float
    restarts: int

    @classmethod
    def of(cls, base: Sequence[float], head: Sequence[float]) -> "Welch | None":
        """Head less base; None where a side has no two values that could tell its scatter."""
        if min(len(base), len(head)) < 2:
            return None
        sides = [(float(np.var(values, ddof=1)) / len(values), len(values)) for values in (base, head)]
        # Values that are all alike leave the sign of the difference to decide.
        variance = max(sum(part for part, _ in sides), 1e-24)
        spread = sum(part**2 / (count - 1) for part, count in sides)
        freedom = variance**2 / spread if spread else float(len(base) + len(head) - 2)
        difference = float(np.mean(head) - np.mean(base))
        return cls(difference, math.sqrt(variance), freedom, min(len(base), len(head)))

    @property
    def opposite(self) -> "Welch":
        """Base less head."""
        return replace(self, difference=-self.difference)

    @property
    def ratio(self) -> Estimate:
        """Head over base, with its 95% interval."""
        from scipy.special import stdtrit  # here, since it takes long to import

        half = float(stdtrit(self.freedom, (1 + CONFIDENCE) / 2)) * self.error
        low, value, high = (math.exp(self.difference + step) for step in (-half, 0.0, half))
        return Estimate(value, low, high, self.restarts)

    def chance_of_at_most(self, limit: float) -> float:
        """The p value of the hypothesis that the true difference is `limit` at most."""
        from scipy.special import stdtr

        return float(stdtr(self.freedom, (limit - self.difference) / self.error))

    def detectable(self, limit: float, error: float) -> float:
        """The difference that is found to exceed the limit with a p value of `error` or less in POWER of all cases."""
        from scipy.special import ndtri, stdtrit

        return limit + float(stdtrit(self.freedom, 1 - error) + ndtri(POWER)) * self.error
