"""Where a speedup crosses a level, as measured and by the fitted model."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bench.stats.estimate import Estimate, reached, side
from bench.workloads.size import Size
from reports.analysis.fastest import Pair
from reports.analysis.model import LEAST_SIZES, Fit
from reports.wording.span import Span
from reports.wording.units import factor

# A model that misses a point by a larger factor does not fit.
FITS_WITHIN = 1.25


@dataclass(frozen=True)
class Point:
    """The pair of cells that was compared at one size."""

    pair: Pair

    @property
    def size(self) -> Size:
        return self.pair.chosen.cell.size

    @property
    def flops(self) -> float:
        """The floating-point operations of a step."""
        return float(self.size.flops_per_step)

    @property
    def speedup(self) -> Estimate:
        return self.pair.ratio


@dataclass(frozen=True)
class Crossing:
    """Where the speedup crosses a level.

    Measured: `below` is the last size whose interval lies wholly below the level, `above` the first from which up
    every interval lies wholly above it. By the model: `flops`, None where it does not cross; its interval holds
    the spread over restarts and the model's worst miss. `note` says the rest in words.
    """

    level: float
    flops: Span | None
    note: str
    below: Point | None = None
    above: Point | None = None

    @classmethod
    def of(cls, points: Sequence[Point], fit: Fit | None, level: float) -> "Crossing":
        """The points go from the smallest size to the largest."""
        places = reached([point.speedup for point in points], level)
        below, above = (None if place is None else points[place] for place in places)
        flops = fit.crossing(level) if fit else None
        clauses = [*(course(fit, flops, level) if fit else ()), measured(points, below, above, level), trust(fit)]
        return cls(level, flops, "; ".join(clauses), below, above)


def measured(points: Sequence[Point], below: Point | None, above: Point | None, level: float) -> str:
    """Between which sizes the level is crossed, by their intervals."""
    at, sides = f"{level:g}x", {side(point.speedup, level) for point in points}
    if sides == {True}:
        return f"at least {at} at every size measured"
    if sides == {False}:
        return f"below {at} at every size measured"
    if above:
        return f"at least {at} from {above.size} up" + (f", below it at {below.size}" if below else "")
    if None in (point.speedup.low for point in points):
        return f"a single restart does not show whether {at} is reached"
    undecided = side(points[-1].speedup, level) is None
    return f"the largest size measured {'may or may not reach' if undecided else 'is below'} {at}"


def course(fit: Fit, flops: Span | None, level: float) -> Iterator[str]:
    """How the model's curve runs where its crossing alone would mislead."""
    least, most = fit.speedup(np.array(fit.reach))
    if flops is None:
        yield f"the model stays {'above' if min(least, most) > level else 'below'} {level:g}x, towards {factor(most)}"
        return
    if not fit.flops.min() <= flops.value <= fit.flops.max():
        yield "an extrapolation beyond the sizes measured"
    if most < least:
        yield "larger sizes are below it"


def trust(fit: Fit | None) -> str:
    """How far the model can be trusted."""
    if fit is None:
        return f"the model needs {LEAST_SIZES} sizes"
    if fit.miss > FITS_WITHIN:
        return f"the model does not fit: it misses a point by {factor(fit.miss)}"
    return f"the model misses no point by more than {factor(fit.miss)}"
