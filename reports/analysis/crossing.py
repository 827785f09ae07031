"""Where a speedup crosses a level, as measured and by the fitted model."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bench.records.record import Record
from bench.stats.estimate import Estimate, reached, side
from bench.workloads.size import Size
from reports.analysis.model import LEAST_SIZES, Fit
from reports.wording.span import Span
from reports.wording.units import factor

# A model that misses a point by a larger factor does not fit.
FITS_WITHIN = 1.25


@dataclass(frozen=True)
class Point:
    """One size, with the floating-point operations of its step, and what was compared there."""

    size: Size
    flops: float
    speedup: Estimate
    record: Record
    baseline: Record


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
        found = fit.crossing(level) if fit else None
        clauses = [*(course(fit, found, level) if fit else ()), measured(points, below, above, level), trust(fit)]
        return cls(level, found, "; ".join(clauses), below, above)


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
        return f"whether {at} is reached cannot be told from a single restart"
    undecided = side(points[-1].speedup, level) is None
    return f"the largest size measured {'may or may not reach' if undecided else 'is below'} {at}"


def course(fit: Fit, found: Span | None, level: float) -> Iterator[str]:
    """What is to be said of the model's crossing besides its place."""
    least, most = fit.speedup(np.array(fit.reach))
    if found is None:
        yield f"the model stays {'above' if min(least, most) > level else 'below'} {level:g}x, towards {factor(most)}"
        return
    if not fit.flops.min() <= found.value <= fit.flops.max():
        yield "an extrapolation beyond the sizes measured"
    if most < least:
        yield "larger sizes are below it"


def trust(fit: Fit | None) -> str:
    """How far the model is to be trusted."""
    if fit is None:
        return f"the model needs {LEAST_SIZES} sizes"
    if fit.miss > FITS_WITHIN:
        return f"the model does not fit: it misses a point by {factor(fit.miss)}"
    return f"the model misses no point by more than {factor(fit.miss)}"
