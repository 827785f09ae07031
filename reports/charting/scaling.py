"""Speedup against size: points and fitted curves with their intervals, and where they cross 1x and 50x."""

import textwrap
from functools import partial

import numpy as np
from matplotlib.figure import Figure

from bench.workloads.size import TUTORIAL
from reports.analysis.crossing import Crossing
from reports.analysis.scaling import Scaling, Series
from reports.charting.drawing.chart import Chart
from reports.charting.drawing.dots import marker
from reports.charting.drawing.layout import LINE_PIXELS, Layout
from reports.charting.drawing.palette import INK, MUTED, PAPER, colour
from reports.charting.drawing.ticks import PLACES, LogAxis, is_power_of_ten
from reports.charting.drawing.xy_axes import XYAxes
from reports.wording.levels import EQUAL, FIFTY, LEVELS
from reports.wording.units import factor, factor_span, flops, span

# Two comparisons of one framework have its colour in common and their dashes apart.
DASHES = ("solid", (0, (5, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)))
# A crossing that lies further beyond the sizes measured stands in the table alone.
BEYOND = 30.0
FITTED = "The line is a latency and a rate fitted to the marks; its band and their bars are 95% intervals."
PLAIN = "Bars are 95% intervals; for a fitted line there are too few sizes."
HOLLOW = "Hollow marks are provisional: fewer than 5 restarts."


def chart(scaling: Scaling) -> Chart:
    """One chart for all comparisons, which may lie a factor of thousands apart: both axes are logarithmic."""
    hollow = any(point.speedup.provisional for series in scaling.series for point in series.points)
    fitted = any(series.curve for series in scaling.series)
    return Chart(
        "scaling",
        "Speedup against size",
        "How many times faster a step is, by the floating-point operations of its matrix products",
        "; ".join(map(description, scaling.series)),
        partial(draw, scaling),
        (FITTED if fitted else PLAIN, *(HOLLOW,) * hollow),
    )


def draw(scaling: Scaling, layout: Layout) -> Figure:
    names = [textwrap.wrap(name(series), 42 if layout.stacked else 30) for series in scaling.series]
    lines = sum(map(len, names))
    if layout.stacked:
        plot = XYAxes.of(layout, 300, left=46, right=12, top=56 + LINE_PIXELS * lines)
    else:
        plot = XYAxes.of(layout, 380, left=56, right=layout.right, top=44)
    draw_axes(plot, scaling)
    for number, series in enumerate(scaling.series):
        draw_series(plot, series, dashes(scaling, number))
    # A stacked layout lists the names above the plot; a wide one has each at its line's end.
    ends = {} if layout.stacked else {number: end(plot, series) for number, series in enumerate(scaling.series)}
    x, y = (-plot.left, plot.height + 50 + LINE_PIXELS * (lines - 1)) if layout.stacked else (plot.width + 12, 1e9)
    for number in sorted(range(len(names)), key=lambda number: -ends.get(number, 0.0)):
        y = min(y, ends.get(number, y))
        plot.key(x, y, names[number], tone(scaling.series[number]), dashes(scaling, number))
        y -= LINE_PIXELS * len(names[number]) + (0 if layout.stacked else 6)
    return plot.figure


def draw_axes(plot: XYAxes, scaling: Scaling) -> None:
    points = [point for series in scaling.series for point in series.points]
    ends = [end for point in points for end in (point.speedup.value, point.speedup.low, point.speedup.high) if end]
    least, most = (pick(point.flops for point in points) for pick in (min, max))
    marks = [cross.flops.value for series in scaling.series for cross in series.crossings if cross.flops]
    marks = [place for place in marks if least / BEYOND <= place <= most * BEYOND]
    left, right = min([least, *marks]) / 1.6, max([most, *marks]) * 1.6
    low, high = min([*ends, *LEVELS]) / 1.5, max([*ends, *LEVELS]) * 1.5
    plot.axes.set_xscale("log")
    plot.axes.set_yscale("log")
    plot.axes.set_xlim(left, right)
    plot.axes.set_ylim(low, high)
    decades = [place for place in PLACES if is_power_of_ten(place)]
    across = LogAxis(left, right, plot.width, plot.left, plot.width).labelled(flops, places=decades)
    plot.axes.set_xticks(across, [flops(place) for place in across])
    upward = [place for place in {*decades, *LEVELS} if low <= place <= high]
    plot.axes.set_yticks(upward, [f"{place:g}x" for place in upward])
    plot.axes.minorticks_off()
    plot.axes.grid(color=MUTED, alpha=0.22, linewidth=1)
    plot.axes.axhline(EQUAL, color=INK, linewidth=1.2, zorder=1)
    plot.axes.axhline(FIFTY, color=INK, linewidth=1.2, linestyle=(0, (4, 3)), zorder=1)
    if left <= TUTORIAL.flops_per_step <= right:
        plot.axes.axvline(TUTORIAL.flops_per_step, color=INK, linewidth=1, alpha=0.5, zorder=1)
        plot.above(TUTORIAL.flops_per_step, "the tutorial's size")
    plot.names("floating-point operations a step →", "speedup ↑")


def draw_series(plot: XYAxes, series: Series, style: object) -> None:
    hue, left, right = tone(series), *plot.axes.get_xlim()
    if series.band:
        place, low, high = zip(*series.band, strict=True)
        plot.axes.fill_between(place, low, high, color=hue, alpha=0.18, linewidth=0, zorder=2)
    line = series.curve or [(point.flops, point.speedup.value) for point in series.points]
    plot.axes.plot(*zip(*line, strict=True), color=hue, linewidth=1.8, linestyle=style, zorder=3)
    for point in series.points:
        chosen, speedup = point.pair.chosen, point.speedup
        shade = colour(chosen.framework)
        if speedup.low is not None and speedup.high is not None:
            plot.axes.plot([point.flops] * 2, [speedup.low, speedup.high], color=shade, linewidth=1.6, zorder=4)
        plot.axes.plot(
            [point.flops],
            [speedup.value],
            marker(chosen.cell.on_gpu),
            markersize=6.5,
            markeredgecolor=shade,
            markeredgewidth=1.6,
            markerfacecolor=PAPER if speedup.provisional else shade,
            zorder=5,
        )
    for cross in series.crossings:
        if cross.flops is not None and left <= cross.flops.value <= right:
            low_end, high_end = np.clip([cross.flops.low, cross.flops.high], left, right)
            plot.axes.plot([low_end, high_end], [cross.level] * 2, color=hue, linewidth=4, alpha=0.6, zorder=4)
            plot.axes.plot([cross.flops.value], [cross.level], "|", color=INK, markersize=11, markeredgewidth=1.8)


def end(plot: XYAxes, series: Series) -> float:
    """The height of the line's last point over the plot's foot, in pixels."""
    *_, (place, value) = series.curve or [(point.flops, point.speedup.value) for point in series.points]
    _, y = plot.axes.transAxes.inverted().transform(plot.axes.transData.transform((place, value)))
    return float(np.clip(y, 0, 1)) * plot.height


def tone(series: Series) -> str:
    """The colour of the framework at the series' large end."""
    return colour(series.points[-1].pair.chosen.framework)


def dashes(scaling: Scaling, number: int) -> object:
    """Solid for the first series of a colour."""
    tones = [tone(series) for series in scaling.series]
    return DASHES[tones[:number].count(tones[number]) % len(DASHES)]


def name(series: Series) -> str:
    return f"{series.label} over {series.baseline}"


def description(series: Series) -> str:
    points = [f"{point.size} {factor(point.speedup.value)}, {factor_span(point.speedup)}" for point in series.points]
    crossings = [f"{cross.level:g}x {crossing(cross)}" for cross in series.crossings]
    return f"{name(series)}: {'; '.join(points + crossings)}"


def crossing(cross: Crossing) -> str:
    """Where the fitted line crosses a level, and between which sizes it was measured to."""
    if cross.flops is None:
        return cross.note
    return "; ".join(filter(None, (f"at {flops(cross.flops.value)} ({span(cross.flops, flops)})", cross.note)))
