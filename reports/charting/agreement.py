"""How far from its limit every comparison with float64 NumPy came out."""

import math
from collections.abc import Sequence
from functools import partial

from matplotlib.figure import Figure

from bench.records.agreement import Agreement, Deviation
from reports.analysis.rows import Row
from reports.analysis.works import featured
from reports.charting.drawing.chart import Chart
from reports.charting.drawing.dots import marker
from reports.charting.drawing.layout import Layout
from reports.charting.drawing.legible import first, rest
from reports.charting.drawing.palette import INK, PAPER, colour
from reports.charting.drawing.row_axes import RowAxes, shortened, strokes
from reports.wording import phrases
from reports.wording.slug import slug

# Errors below this share of their limit, zero among them, are drawn at the left edge.
LEAST, MOST = 1e-6, 1e3
NOTE = "Each tick is a comparison and the mark the worst of them; right of the line it is over its limit."


def charts(rows: Sequence[Row]) -> list[Chart]:
    """One for each featured work in which something was compared, what comes nearest to its limit first."""
    drawn = []
    for work in featured(rows, greatest=False):
        shown = [row for row in rows if row.record.cell.work == work and compared(row)]
        shown.sort(key=lambda row: -share(agreement(row).worst))
        if shown:
            drawn.append(
                Chart(
                    slug("agreement", *work),
                    "Errors as a share of their limits",
                    str(work),
                    "; ".join(map(description, shown)),
                    partial(draw, first(shown)),
                    (NOTE, *rest(shown)),
                )
            )
    return drawn


def draw(rows: Sequence[Row], layout: Layout) -> Figure:
    """Rows must have been compared."""
    plot = RowAxes.of(layout, len(rows), above=1)
    greatest = max(share(deviation) for row in rows for deviation in agreement(row).deviations)
    plot.log_scale(
        LEAST, max(1.0, greatest), lambda place: f"{place:g}" if place > 0.005 else f"{place:.0e}", marks=[1.0]
    )
    plot.rule(1.0, color=INK, linewidth=1.2)
    plot.above(1.0, "limit")
    for place, row in enumerate(rows):
        worst = agreement(row).worst
        plot.label(place, phrases.named(row.record.cell))
        plot.value(place, number(worst), shortened(worst.subject, 25))
    draw_marks(plot, rows)
    return plot.figure


def draw_marks(plot: RowAxes, rows: Sequence[Row]) -> None:
    """Every comparison's tick and each row's worst, one artist for each colour and shape."""
    placed = [(place + plot.mark, row) for place, row in enumerate(rows)]
    for tone in dict.fromkeys(colour(row.record.framework) for row in rows):
        own = [(y, row) for y, row in placed if colour(row.record.framework) == tone]
        ticks = [(share(deviation), y - 0.14) for y, row in own for deviation in agreement(row).deviations]
        plot.axes.plot(*strokes(ticks, 0.28), color=tone, alpha=0.5, linewidth=1.3, zorder=2)
        for on_gpu in dict.fromkeys(row.record.cell.on_gpu for _, row in own):
            marks = [(share(agreement(row).worst), y) for y, row in own if row.record.cell.on_gpu == on_gpu]
            plot.axes.plot(
                *zip(*marks, strict=True), marker(on_gpu), color=tone, markersize=8, markeredgecolor=PAPER, zorder=3
            )


def compared(row: Row) -> bool:
    return bool(row.record.agreement and row.record.agreement.deviations)


def agreement(row: Row) -> Agreement:
    assert row.record.agreement is not None
    return row.record.agreement


def share(deviation: Deviation) -> float:
    """The error as a share of its limit, within what is drawn."""
    if math.isnan(deviation.error) or not deviation.limit:
        return MOST if not deviation.passes else LEAST
    return min(max(deviation.error / deviation.limit, LEAST), MOST)


def number(deviation: Deviation) -> str:
    return "not finite" if math.isnan(deviation.error) else f"{deviation.error:.1e}"


def description(row: Row) -> str:
    worst = agreement(row).worst
    name = phrases.named(row.record.cell)
    return f"{name} at worst {number(worst)} where {worst.limit:.0e} is the limit, {worst.subject}{worst.when}"
