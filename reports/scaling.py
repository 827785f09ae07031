"""Speedup against size: a stand-in."""

from collections.abc import Mapping
from dataclasses import dataclass

from bench.problem import Size
from bench.record import Record, Run
from bench.stats import Estimate


@dataclass(frozen=True)
class Point:
    """One size."""

    size: Size
    flops: float
    speedup: Estimate
    record: Record
    baseline: Record


@dataclass(frozen=True)
class Crossing:
    """Where a level is crossed: the value, and the ends of its interval."""

    level: float
    flops: tuple[float, float, float] | None
    note: str


@dataclass(frozen=True)
class Series:
    """One comparison over all sizes, and the fitted model's curve of (flops, ratio)."""

    label: str
    baseline: str
    points: tuple[Point, ...]
    curve: tuple[tuple[float, float], ...]
    crossings: tuple[Crossing, ...]


@dataclass(frozen=True)
class Scaling:
    """All comparisons."""

    series: tuple[Series, ...]


@dataclass(frozen=True)
class Grid:
    """Speedups over batch and hidden width."""

    batches: tuple[int, ...]
    hiddens: tuple[int, ...]
    speedup: Mapping[tuple[int, int], Estimate]
    label: str


def scaling(run: Run) -> Scaling | None:
    return None


def grid(run: Run) -> Grid | None:
    return None
