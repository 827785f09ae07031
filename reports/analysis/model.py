"""How long a step takes at any size: a latency and a rate, fitted to the sizes that were measured."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.stats.estimate import log_interval
from reports.wording.span import Span

Array = NDArray[Any]

# Two parameters need a third size, or the model would meet its points whatever they were.
LEAST_SIZES = 3
# A crossing is looked for up to this many times the largest size measured, in this many places.
BEYOND = 1000.0
PLACES = 61


@dataclass(frozen=True)
class Model:
    """seconds = latency + work / rate."""

    latency_seconds: float
    flops_per_second: float

    @classmethod
    def fit(cls, flops: Array, log_seconds: Array) -> "Model":
        """Least squares of the logarithms, so that a miss by a factor weighs the same at every size."""
        from scipy.optimize import least_squares

        log_flops = np.log(flops)

        def misses(parameters: Array) -> Array:
            return np.asarray(np.logaddexp(parameters[0], parameters[1] + log_flops) - log_seconds)

        start = [log_seconds.min() - math.log(2), (log_seconds - log_flops).min()]
        latency, seconds_per_flop = least_squares(misses, start, method="lm").x
        with np.errstate(over="ignore"):  # a time that does not grow has an infinite rate
            return cls(float(np.exp(latency)), float(np.exp(-seconds_per_flop)))

    def seconds(self, flops: Array) -> Array:
        return np.asarray(self.latency_seconds + flops / self.flops_per_second)


@dataclass(frozen=True)
class Fit:
    """The speedup at any size: a baseline's model over a cell's, fitted to all restarts together and to each alone.

    `flops` (sizes,) are the sizes that were measured, `speedups` (sizes,) the measured ones. A fit to one
    restart of every size is one piece of evidence, so Student's t over these fits gives the interval.
    """

    flops: Array
    speedups: Array
    whole: tuple[Model, Model]
    alone: tuple[tuple[Model, Model], ...]

    @classmethod
    def of(cls, flops: Sequence[float], samples: Sequence[Array]) -> "Fit | None":
        """From each size's log seconds (restarts, 2) of baseline and cell; None for too few sizes."""
        if len(set(flops)) < LEAST_SIZES:
            return None
        work = np.array(flops, "float64")
        means = np.array([sample.mean(axis=0) for sample in samples])
        restarts = min(len(sample) for sample in samples)
        alone = tuple(pair(work, np.array([sample[turn] for sample in samples])) for turn in range(restarts))
        return cls(work, np.exp(means[:, 0] - means[:, 1]), pair(work, means), alone)

    def speedup(self, flops: Array) -> Array:
        return ratio(self.whole, flops)

    @cached_property
    def miss(self) -> float:
        """The largest factor by which the model is off at a size that was measured."""
        return float(np.exp(np.abs(np.log(self.speedup(self.flops) / self.speedups)).max()))

    def band(self, flops: Array) -> tuple[Array, Array]:
        """The 95% interval at each size, widened by the model's worst miss; 0 and infinity for one restart."""
        speedup = self.speedup(flops)
        over_restarts = [log_interval(logs) for logs in np.log([ratio(models, flops) for models in self.alone]).T]
        margins = [estimate.precision + 1 if estimate else math.inf for estimate in over_restarts]
        factors = self.miss * np.array(margins)
        return speedup / factors, speedup * factors

    @property
    def reach(self) -> tuple[float, float]:
        """The smallest and the largest work at which a crossing is looked for."""
        return float(self.flops.min()) / BEYOND, float(self.flops.max()) * BEYOND

    def crossing(self, level: float) -> Span | None:
        """The work of a step at which the speedup crosses the level; None where the model does so nowhere in reach.

        (l0 + f / r0) / (l1 + f / r1) = level is linear in f. The interval ends where the band leaves the level.
        """
        baseline, cell = self.whole
        rise = 1 / baseline.flops_per_second - level / cell.flops_per_second
        value = (level * cell.latency_seconds - baseline.latency_seconds) / rise if rise else 0.0
        smallest, largest = self.reach
        if not smallest <= value <= largest:
            return None
        low, high = self._edge(value, smallest, level), self._edge(value, largest, level)
        return Span(value, low or 0.0, high or math.inf)

    def _edge(self, inside: float, end: float, level: float) -> float | None:
        """Where the band, going from a work inside it to the end, stops including the level; None if it never does."""
        from scipy.optimize import brentq

        def outside(log_flops: float) -> float:
            low, high = (float(edge[0]) for edge in self.band(np.exp([log_flops])))
            return max(math.log(low / level), math.log(level / high)) if low else -math.inf

        places = np.log(np.geomspace(inside, end, PLACES))
        for near, far in pairwise(places):
            if outside(far) > 0:
                return math.exp(brentq(outside, near, far))
        return None


def ratio(models: tuple[Model, Model], flops: Array) -> Array:
    """The baseline's seconds over the cell's."""
    return models[0].seconds(flops) / models[1].seconds(flops)


def pair(flops: Array, log_seconds: Array) -> tuple[Model, Model]:
    """The models of the baseline, column 0, and of the cell, column 1."""
    return Model.fit(flops, log_seconds[:, 0]), Model.fit(flops, log_seconds[:, 1])
