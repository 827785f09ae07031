"""Speedup against size: the points, the model fitted to them, and where it crosses 1x and 50x."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bench.records.run import Run
from bench.stats.estimate import Estimate
from bench.stats.restarts import log_ratios, medians
from reports.analysis.comparisons import Comparison, comparisons
from reports.analysis.competitors import over_sizes
from reports.analysis.crossing import Crossing, Point
from reports.analysis.fastest import Pair
from reports.analysis.model import Array, Fit
from reports.wording.levels import LEVELS

CURVE_POINTS = 81


@dataclass(frozen=True)
class Series:
    """One comparison over all sizes, the smallest first.

    `curve` is the fitted model as (flops, speedup), `band` its interval as (flops, low, high); they go beyond the
    points where a crossing does, and are empty where too few sizes were measured. `miss` is the largest factor by
    which the model is off at a point.
    """

    label: str
    baseline: str
    points: tuple[Point, ...]
    curve: tuple[tuple[float, float], ...]
    crossings: tuple[Crossing, ...]
    band: tuple[tuple[float, float, float], ...] = ()
    miss: float | None = None

    @classmethod
    def of(cls, run: Run, sizes: Sequence[Comparison]) -> "Series":
        """From the same comparison at several sizes."""
        points = tuple(Point(comparison.pair) for comparison in sizes)
        fit = Fit.of([point.flops for point in points], [samples(run, point.pair) for point in points])
        crossings = tuple(Crossing.of(points, fit, level) for level in LEVELS)
        label, baseline = sizes[0].label, sizes[0].baseline
        if fit is None:
            return cls(label, baseline, points, (), crossings)
        places = [point.flops for point in points] + [cross.flops.value for cross in crossings if cross.flops]
        work = np.geomspace(min(places), max(places), CURVE_POINTS)
        columns = [column.tolist() for column in (work, fit.speedup(work), *fit.band(work))]
        curve, band = zip(*columns[:2], strict=True), zip(columns[0], *columns[2:], strict=True)
        return cls(label, baseline, points, tuple(curve), crossings, tuple(band), fit.miss)


@dataclass(frozen=True)
class Scaling:
    """Every comparison that was measured at two sizes or more, the fairest first."""

    series: tuple[Series, ...]


@dataclass(frozen=True)
class Grid:
    """The fairest comparison at each (batch, hidden width) that was measured, at one input and output width."""

    batches: tuple[int, ...]
    hiddens: tuple[int, ...]
    speedup: Mapping[tuple[int, int], Estimate]
    label: str


def scaling(run: Run) -> Scaling | None:
    """Speedup against size; None where no comparison was measured at several sizes."""
    series = tuple(Series.of(run, sizes) for sizes in along_sizes(run))
    return Scaling(series) if series else None


def grid(run: Run) -> Grid | None:
    """Speedup over batch and hidden width; None unless two of each were measured."""
    for comparison in along_sizes(run):
        ratios = {each.pair.chosen.cell.size: each.pair.ratio for each in comparison}
        widths, _ = Counter((size.d_in, size.d_out) for size in ratios).most_common(1)[0]
        speedup = {(s.batch, s.hidden): ratio for s, ratio in ratios.items() if (s.d_in, s.d_out) == widths}
        batches, hiddens = (tuple(sorted(set(values))) for values in zip(*speedup, strict=True))
        if min(len(batches), len(hiddens)) > 1:
            return Grid(batches, hiddens, speedup, f"{comparison[0].label} over {comparison[0].baseline}")
    return None


def along_sizes(run: Run) -> list[list[Comparison]]:
    """Each comparison that was made at two sizes or more, at all of them."""
    grouped: dict[tuple[str, str], list[Comparison]] = {}
    for competitors in over_sizes(run):
        for comparison in comparisons(run, competitors):
            grouped.setdefault((comparison.label, comparison.baseline), []).append(comparison)
    return [sizes for sizes in grouped.values() if len(sizes) > 1]


def samples(run: Run, pair: Pair) -> Array:
    """Log seconds (restarts, 2) of the baseline and the cell, whose differences are the restarts' log speedups."""
    slower, faster = (run.counted(pick.steps) for pick in (pair.baseline, pair.chosen))
    shared = sorted(slower.keys() & faster.keys())
    seconds = medians((key.restart, math.log(slower[key])) for key in shared)
    speedup = log_ratios(slower, faster)
    return np.array([(seconds[restart], seconds[restart] - speedup[restart]) for restart in speedup])
