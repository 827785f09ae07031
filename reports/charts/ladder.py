"""The ladder from the tutorial's NumPy to the fastest cell: one factor a rung, and their product."""

from functools import partial
from typing import Any

from matplotlib.figure import Figure

from reports.wording import phrases
from reports.charts.drawing.row_axes import Canvas
from reports.charts.drawing.chart import Chart
from reports.analysis.ladder import Ladder
from reports.charts.drawing.layout import Layout
from reports.charts.drawing.palette import INK, colour
from reports.wording.units import factor, factor_span

HEIGHT = 0.46


def chart(found: Ladder) -> Chart:
    """A bar for each rung, which begins where the one above it ends."""
    whole = f"the whole {factor(found.whole.value)}, {factor_span(found.whole)}"
    rungs = [f"{rung.label} {factor(rung.factor.value)}, {factor_span(rung.factor)}" for rung in found.rungs]
    return Chart(
        "ladder",
        "From the tutorial's NumPy to the fastest cell",
        "How many times faster each change makes the step, one after the other",
        "; ".join([*rungs, whole]),
        partial(draw, found),
        ("A bar begins where the one above it ends; hatched ones lead back. The thin line is the whole's interval.",),
    )


def draw(found: Ladder, layout: Layout) -> Figure:
    canvas = Canvas.of(layout, len(found.rungs) + 1, above=1)
    ends = [1.0]
    for rung in found.rungs:
        ends.append(ends[-1] * rung.factor.value)
    places = [*ends, found.whole.value, found.whole.low or 1.0, found.whole.high or 1.0, 50.0]
    canvas.log_scale(min(places), max(places), lambda place: f"{place:g}x", marks=[1.0, 50.0])
    canvas.rule(1.0, color=INK, linewidth=1.2)
    canvas.rule(50.0, color=INK, linewidth=1.2, linestyle=(0, (4, 3)))
    canvas.above(1.0, phrases.named(found.rungs[0].slower.cell))
    canvas.above(50.0, "50x")
    thick = HEIGHT * (0.6 if layout.stacked else 1.0)
    for place, rung in enumerate(found.rungs):
        canvas.label(place, rung.label)
        canvas.value(place, factor(rung.factor.value), factor_span(rung.factor))
        bar(canvas, place, ends[place], ends[place + 1], thick, colour(rung.faster.cell.net))
        if not layout.stacked:  # there the next rung's name stands between the bars
            canvas.axes.plot([ends[place + 1]] * 2, [place, place + 1], color=INK, linewidth=0.8, alpha=0.5, zorder=1)
    last = len(found.rungs)
    canvas.label(last, "the whole")
    canvas.value(last, factor(found.whole.value), factor_span(found.whole))
    bar(canvas, last, 1.0, found.whole.value, thick, INK)
    if found.whole.low is not None and found.whole.high is not None:
        y = last + canvas.mark + thick / 2 + 0.08
        canvas.axes.plot([found.whole.low, found.whole.high], [y, y], color=INK, linewidth=1.5)
    return canvas.figure


def bar(canvas: Canvas, place: int, start: float, end: float, thick: float, tone: str) -> None:
    style: dict[str, Any] = (
        {"hatch": "////", "facecolor": "none", "edgecolor": tone} if end < start else {"color": tone}
    )
    canvas.axes.barh(place + canvas.mark, end - start, thick, left=start, linewidth=1, zorder=2, **style)
