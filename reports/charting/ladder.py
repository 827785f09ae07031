"""The ladder from the tutorial's NumPy to the fastest cell: one factor a rung, and their product."""

from functools import partial
from typing import Any

from matplotlib.figure import Figure

from reports.analysis.ladder import Ladder
from reports.charting.drawing.chart import Chart
from reports.charting.drawing.layout import Layout
from reports.charting.drawing.palette import INK, colour
from reports.charting.drawing.row_axes import RowAxes
from reports.charting.lines import FIFTY_LINE
from reports.wording import phrases
from reports.wording.levels import EQUAL, FIFTY, LEVELS
from reports.wording.units import factor, factor_span

HEIGHT = 0.46


def chart(ladder: Ladder) -> Chart:
    """A bar for each rung, which begins where the one above it ends."""
    whole = f"the whole {factor(ladder.whole.value)}, {factor_span(ladder.whole)}"
    rungs = [f"{rung.label} {factor(rung.factor.value)}, {factor_span(rung.factor)}" for rung in ladder.rungs]
    return Chart(
        "ladder",
        "From the tutorial's NumPy to the fastest cell",
        "How many times faster each change makes the step, one after the other",
        "; ".join([*rungs, whole]),
        partial(draw, ladder),
        ("A bar begins where the one above it ends; hatched ones lead back. The thin line is the whole's interval.",),
    )


def draw(ladder: Ladder, layout: Layout) -> Figure:
    rows, whole = RowAxes.of(layout, len(ladder.rungs) + 1, above=1), ladder.whole
    ends = [EQUAL]
    for rung in ladder.rungs:
        ends.append(ends[-1] * rung.factor.value)
    places = [*ends, whole.value, whole.low or EQUAL, whole.high or EQUAL, FIFTY]
    rows.log_scale(min(places), max(places), lambda place: f"{place:g}x", marks=LEVELS)
    rows.rule(EQUAL, color=INK, linewidth=1.2)
    rows.rule(FIFTY, color=INK, linewidth=1.2, linestyle=(0, (4, 3)))
    rows.above(EQUAL, phrases.named(ladder.rungs[0].slower.cell))
    rows.above(FIFTY, FIFTY_LINE.name)
    thick = HEIGHT * (0.6 if layout.stacked else 1.0)
    for place, rung in enumerate(ladder.rungs):
        rows.label(place, rung.label)
        rows.value(place, factor(rung.factor.value), factor_span(rung.factor))
        bar(rows, place, ends[place], ends[place + 1], thick, colour(rung.faster.framework))
        if not layout.stacked:  # there the next rung's name stands between the bars
            rows.axes.plot([ends[place + 1]] * 2, [place, place + 1], color=INK, linewidth=0.8, alpha=0.5, zorder=1)
    last = len(ladder.rungs)
    rows.label(last, "the whole")
    rows.value(last, factor(whole.value), factor_span(whole))
    bar(rows, last, EQUAL, whole.value, thick, INK)
    if whole.low is not None and whole.high is not None:
        y = last + rows.mark + thick / 2 + 0.08
        rows.axes.plot([whole.low, whole.high], [y, y], color=INK, linewidth=1.5)
    return rows.figure


def bar(rows: RowAxes, place: int, start: float, end: float, thick: float, tone: str) -> None:
    """From start to end; hatched where it leads back."""
    style: dict[str, Any] = (
        {"hatch": "////", "facecolor": "none", "edgecolor": tone} if end < start else {"color": tone}
    )
    rows.axes.barh(place + rows.mark, end - start, thick, left=start, linewidth=1, zorder=2, **style)
