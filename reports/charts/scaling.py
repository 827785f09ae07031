"""Speedup against size: points and fitted curves with their intervals, and where they cross 1x and 50x."""

import textwrap
from functools import partial

import numpy as np
from matplotlib.figure import Figure

from bench.workloads.size import TUTORIAL
from reports.charts.drawing.chart import Chart
from reports.charts.drawing.dots import marker
from reports.charts.drawing.layout import LINE_PIXELS, Layout
from reports.charts.drawing.palette import INK, MUTED, PAPER, colour
from reports.charts.drawing.xy_axes import Plane
from reports.analysis.scaling import LEVELS, Crossing, Scaling, Series
from reports.charts.drawing.ticks import PLACES, LogAxis, is_power_of_ten
from reports.wording.units import factor, factor_span, flops, span

# Two comparisons of one framework have its colour in common and their dashes apart.
DASHES = ("solid", (0, (5, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)))
# A crossing that lies further beyond the sizes measured is told and not drawn.
BEYOND = 30.0
FITTED = "The line is a latency and a rate fitted to the marks; its band and their bars are 95% intervals."
PLAIN = "Bars are 95% intervals; for a fitted line there are too few sizes."
HOLLOW = "Hollow marks are provisional: fewer than 5 restarts."


def chart(found: Scaling) -> Chart:
    """One chart for all comparisons, which may lie a factor of thousands apart: both axes are logarithmic."""
    hollow = any(point.speedup.provisional for series in found.series for point in series.points)
    fitted = any(series.curve for series in found.series)
    return Chart(
        "scaling",
        "Speedup against size",
        "How many times faster a step is, by the floating-point operations of its matrix products",
        "; ".join(map(told, found.series)),
        partial(draw, found),
        (FITTED if fitted else PLAIN, *(HOLLOW,) * hollow),
    )


def draw(found: Scaling, layout: Layout) -> Figure:
    names = [textwrap.wrap(name(series), 42 if layout.stacked else 30) for series in found.series]
    lines = sum(map(len, names))
    if layout.stacked:
        plane = Plane.of(layout, 300, left=46, right=12, top=56 + LINE_PIXELS * lines)
    else:
        plane = Plane.of(layout, 380, left=56, right=layout.right, top=44)
    draw_axes(plane, found)
    for number, series in enumerate(found.series):
        draw_series(plane, series, dashes(found, number))
    # A stacked layout lists the names above the plot; a wide one has each at its line's end.
    ends = {} if layout.stacked else {number: end(plane, series) for number, series in enumerate(found.series)}
    x, y = (-plane.left, plane.height + 50 + LINE_PIXELS * (lines - 1)) if layout.stacked else (plane.width + 12, 1e9)
    for number in sorted(range(len(names)), key=lambda number: -ends.get(number, 0.0)):
        y = min(y, ends.get(number, y))
        plane.key(x, y, names[number], tone(found.series[number]), dashes(found, number))
        y -= LINE_PIXELS * len(names[number]) + (0 if layout.stacked else 6)
    return plane.figure


def draw_axes(plane: Plane, found: Scaling) -> None:
    points = [point for series in found.series for point in series.points]
    ends = [end for point in points for end in (point.speedup.value, point.speedup.low, point.speedup.high) if end]
    least, most = (pick(point.flops for point in points) for pick in (min, max))
    marks = [cross.flops.value for series in found.series for cross in series.crossings if cross.flops]
    marks = [place for place in marks if least / BEYOND <= place <= most * BEYOND]
    left, right = min([least, *marks]) / 1.6, max([most, *marks]) * 1.6
    low, high = min([*ends, *LEVELS]) / 1.5, max([*ends, *LEVELS]) * 1.5
    plane.axes.set_xscale("log")
    plane.axes.set_yscale("log")
    plane.axes.set_xlim(left, right)
    plane.axes.set_ylim(low, high)
    decades = [place for place in PLACES if is_power_of_ten(place)]
    across = LogAxis(left, right, plane.width, plane.left, plane.width).labelled(flops, places=decades)
    plane.axes.set_xticks(across, [flops(place) for place in across])
    upward = [place for place in {*decades, *LEVELS} if low <= place <= high]
    plane.axes.set_yticks(upward, [f"{place:g}x" for place in upward])
    plane.axes.minorticks_off()
    plane.axes.grid(color=MUTED, alpha=0.22, linewidth=1)
    plane.axes.axhline(1.0, color=INK, linewidth=1.2, zorder=1)
    plane.axes.axhline(50.0, color=INK, linewidth=1.2, linestyle=(0, (4, 3)), zorder=1)
    if left <= TUTORIAL.flops_per_step <= right:
        plane.axes.axvline(TUTORIAL.flops_per_step, color=INK, linewidth=1, alpha=0.5, zorder=1)
        plane.above(TUTORIAL.flops_per_step, "the tutorial's size")
    plane.names("floating-point operations a step →", "speedup ↑")


def draw_series(plane: Plane, series: Series, style: object) -> None:
    hue, left, right = tone(series), *plane.axes.get_xlim()
    if series.band:
        place, low, high = zip(*series.band, strict=True)
        plane.axes.fill_between(place, low, high, color=hue, alpha=0.18, linewidth=0, zorder=2)
    line = series.curve or [(point.flops, point.speedup.value) for point in series.points]
    plane.axes.plot(*zip(*line, strict=True), color=hue, linewidth=1.8, linestyle=style, zorder=3)
    for point in series.points:
        shade, found = colour(point.record.cell.net), point.speedup
        if found.low is not None and found.high is not None:
            plane.axes.plot([point.flops] * 2, [found.low, found.high], color=shade, linewidth=1.6, zorder=4)
        plane.axes.plot(
            [point.flops],
            [found.value],
            marker(point.record.cell.device),
            markersize=6.5,
            markeredgecolor=shade,
            markeredgewidth=1.6,
            markerfacecolor=PAPER if found.provisional else shade,
            zorder=5,
        )
    for cross in series.crossings:
        if cross.flops is not None and left <= cross.flops.value <= right:
            low_end, high_end = np.clip([cross.flops.low, cross.flops.high], left, right)
            plane.axes.plot([low_end, high_end], [cross.level] * 2, color=hue, linewidth=4, alpha=0.6, zorder=4)
            plane.axes.plot([cross.flops.value], [cross.level], "|", color=INK, markersize=11, markeredgewidth=1.8)


def end(plane: Plane, series: Series) -> float:
    """The height of the line's last point over the plot's foot, in pixels."""
    *_, (place, value) = series.curve or [(point.flops, point.speedup.value) for point in series.points]
    _, y = plane.axes.transAxes.inverted().transform(plane.axes.transData.transform((place, value)))
    return float(np.clip(y, 0, 1)) * plane.height


def tone(series: Series) -> str:
    """The colour of the framework at the series' large end."""
    return colour(series.points[-1].record.cell.net)


def dashes(found: Scaling, number: int) -> object:
    """Solid for the first series of a colour."""
    tones = [tone(series) for series in found.series]
    return DASHES[tones[:number].count(tones[number]) % len(DASHES)]


def name(series: Series) -> str:
    return f"{series.label} over {series.baseline}"


def told(series: Series) -> str:
    points = [f"{point.size} {factor(point.speedup.value)}, {factor_span(point.speedup)}" for point in series.points]
    crossings = [f"{cross.level:g}x {crossing(cross)}" for cross in series.crossings]
    return f"{name(series)}: {'; '.join(points + crossings)}"


def crossing(cross: Crossing) -> str:
    """Where the fitted line crosses a level, and what was measured of it."""
    if cross.flops is None:
        return cross.note
    return "; ".join(filter(None, (f"at {flops(cross.flops.value)} ({span(cross.flops, flops)})", cross.note)))
