"""Speedup against size: points with their interval bands, the fitted curves, and where they cross 1x and 50x."""

import textwrap
from functools import partial

import numpy as np
from matplotlib.figure import Figure

from bench.problem import TUTORIAL
from reports.canvas import LINE_PIXELS, Layout
from reports.chart import Chart
from reports.dots import MARKERS, TICKS, fitting
from reports.palette import INK, MUTED, PAPER, colour
from reports.plane import Plane
from reports.scaling import Crossing, Point, Scaling, Series
from reports.units import factor, factor_span, quantity

LEVELS = (1.0, 50.0)
# Two comparisons of one framework have its colour in common and their dashes apart.
DASHES = ("solid", (0, (5, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)))


def chart(found: Scaling) -> Chart:
    """One chart for all comparisons, which may lie a factor of thousands apart: both axes are logarithmic."""
    hollow = any(point.speedup.provisional for series in found.series for point in series.points)
    return Chart(
        "scaling",
        "Speedup against size",
        "How many times faster a step is, by the floating-point operations of its matrix products",
        "; ".join(map(told, found.series)),
        partial(draw, found),
        (
            "Marks are measured and the band is their 95% interval; the line is the fitted model of latency and rate.",
            *("Hollow marks are provisional: fewer than 5 restarts.",) * hollow,
        ),
    )


def draw(found: Scaling, layout: Layout) -> Figure:
    names = [wrapped(series, layout) for series in found.series]
    if layout.stacked:
        plane = Plane.of(layout, 300, left=46, right=12, top=56 + LINE_PIXELS * sum(map(len, names)))
    else:
        plane = Plane.of(layout, 380, left=56, right=layout.right, top=44)
    axes(plane, found)
    last: list[tuple[float, int]] = []
    for number, series in enumerate(found.series):
        draw_series(plane, series, style(found, number))
        last.append((height_of(plane, series.points[-1].speedup.value), number))
    if layout.stacked:
        y = plane.height + 50 + LINE_PIXELS * (sum(map(len, names)) - 1)
        for number, lines in enumerate(names):
            plane.key(-plane.left, y, lines, tone(found.series[number]), style(found, number))
            y -= LINE_PIXELS * len(lines)
        return plane.figure
    ceiling = float(plane.height) + 30
    for y, number in sorted(last, reverse=True):
        # Each name stands at its line's end, or as far below as the name above it reaches.
        y = min(y, ceiling)
        plane.key(plane.width + 12, y, names[number], tone(found.series[number]), style(found, number))
        ceiling = y - LINE_PIXELS * len(names[number]) - 6
    return plane.figure


def axes(plane: Plane, found: Scaling) -> None:
    points = [point for series in found.series for point in series.points]
    ends = [end for point in points for end in (point.speedup.value, point.speedup.low, point.speedup.high) if end]
    flops = [point.flops for point in points] + [
        place for series in found.series for cross in series.crossings for place in (cross.flops or ())[:1]
    ]
    plane.axes.set_xscale("log")
    plane.axes.set_yscale("log")
    left, right = min(flops) / 1.6, max(flops) * 1.6
    low, high = min([*ends, *LEVELS]) / 1.5, max([*ends, *LEVELS]) * 1.5
    plane.axes.set_xlim(left, right)
    plane.axes.set_ylim(low, high)
    across = [place for place in TICKS if left <= place <= right and f"{place:e}"[0] == "1"]
    across = fitting(across, (), flop, left, right, plane.width)
    plane.axes.set_xticks(across, [flop(place) for place in across])
    upward = [place for place in TICKS if low <= place <= high and (f"{place:e}"[0] == "1" or place in LEVELS)]
    plane.axes.set_yticks(upward, [f"{place:g}x" for place in upward])
    plane.axes.minorticks_off()
    plane.axes.grid(color=MUTED, alpha=0.22, linewidth=1)
    plane.axes.axhline(1.0, color=INK, linewidth=1.2, zorder=1)
    plane.axes.axhline(50.0, color=INK, linewidth=1.2, linestyle=(0, (4, 3)), zorder=1)
    if left <= TUTORIAL.flops_per_step <= right:
        plane.axes.axvline(TUTORIAL.flops_per_step, color=INK, linewidth=1, alpha=0.5, zorder=1)
        plane.above(TUTORIAL.flops_per_step, "the tutorial's size")
    plane.names("floating-point operations a step →", "speedup ↑")


def draw_series(plane: Plane, series: Series, dashes: object) -> None:
    hue, points = tone(series), series.points
    firm = [point for point in points if point.speedup.low is not None and point.speedup.high is not None]
    plane.axes.fill_between(
        [point.flops for point in firm],
        [point.speedup.low or 0.0 for point in firm],
        [point.speedup.high or 0.0 for point in firm],
        color=hue,
        alpha=0.18,
        linewidth=0,
        zorder=2,
    )
    curve = series.curve or tuple((point.flops, point.speedup.value) for point in points)
    plane.axes.plot(*zip(*curve, strict=True), color=hue, linewidth=1.8, linestyle=dashes, zorder=3)
    for point in points:
        plane.axes.plot(
            [point.flops],
            [point.speedup.value],
            MARKERS.get(point.record.cell.device, "s"),
            markersize=6.5,
            markeredgecolor=colour(point.record.cell.net),
            markeredgewidth=1.6,
            markerfacecolor=PAPER if point.speedup.provisional else colour(point.record.cell.net),
            zorder=5,
        )
    for cross in series.crossings:
        if cross.flops is not None:
            place, (low, high) = cross.flops[0], np.clip(cross.flops[1:], *plane.axes.get_xlim())
            plane.axes.plot([low, high], [cross.level] * 2, color=hue, linewidth=4, alpha=0.6, zorder=4)
            plane.axes.plot([place], [cross.level], "|", color=INK, markersize=11, markeredgewidth=1.8, zorder=6)


def tone(series: Series) -> str:
    """The colour of the framework at the series' large end."""
    return colour(series.points[-1].record.cell.net)


def style(found: Scaling, number: int) -> object:
    """The dashes: solid for the first series of a colour."""
    tones = [tone(series) for series in found.series]
    return DASHES[tones[:number].count(tones[number]) % len(DASHES)]


def wrapped(series: Series, layout: Layout) -> list[str]:
    return textwrap.wrap(f"{series.label} over {series.baseline}", 42 if layout.stacked else 30)


def height_of(plane: Plane, value: float) -> float:
    """A value's height in pixels over the plot's foot."""
    _, y = plane.axes.transAxes.inverted().transform(plane.axes.transData.transform((1.0, value)))
    return float(y) * plane.height


def flop(place: float) -> str:
    return quantity(place, "FLOP")


def told(series: Series) -> str:
    points = "; ".join(f"{point_told(point)}" for point in series.points)
    crossings = "; ".join(f"{cross.level:g}x {crossing(cross)}" for cross in series.crossings)
    return f"{series.label} over {series.baseline}: {points}{crossings and f'; {crossings}'}"


def point_told(point: Point) -> str:
    return f"{point.size} {factor(point.speedup.value)}, {factor_span(point.speedup)}"


def crossing(cross: Crossing) -> str:
    """Where, with the interval; or why not."""
    if cross.flops is None:
        return cross.note
    place, low, high = (flop(value) for value in cross.flops)
    return f"at {place} ({low} to {high}){cross.note and f', {cross.note}'}"
