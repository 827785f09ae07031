"""How far from its limit every comparison with float64 NumPy came out."""

import math
from collections.abc import Sequence
from functools import partial

from matplotlib.figure import Figure

from bench.records.agreement import Agreement, Deviation
from reports.wording import phrases
from reports.charts.drawing.row_axes import Canvas, shortened, strokes
from reports.charts.drawing.chart import Chart, slug
from reports.charts.drawing.dots import marker
from reports.charts.drawing.layout import Layout
from reports.charts.drawing.palette import INK, PAPER, colour
from reports.analysis.rows import Row, first, rest
from reports.analysis.works import featured

# Errors below this share of their limit, zero among them, are drawn at the left edge.
LEAST, MOST = 1e-6, 1e3
NOTE = "Each tick is a comparison and the mark the worst of them; right of the line it is over its limit."


def charts(rows: Sequence[Row]) -> list[Chart]:
    """One for each featured work in which something was compared, what comes nearest to its limit first."""
    found = []
    for work in featured(rows, greatest=False):
        shown = [row for row in rows if row.record.cell.work == work and compared(row)]
        shown.sort(key=lambda row: -share(agreement(row).worst))
        if shown:
            found.append(
                Chart(
                    slug("agreement", *work),
                    "Errors as a share of their limits",
                    str(work),
                    "; ".join(f"{phrases.named(row.record.cell)} at worst {told(row)}" for row in shown),
                    partial(draw, first(shown)),
                    (NOTE, *rest(shown)),
                )
            )
    return found


def draw(rows: Sequence[Row], layout: Layout) -> Figure:
    """Rows must have been compared."""
    canvas = Canvas.of(layout, len(rows), above=1)
    greatest = max(share(found) for row in rows for found in agreement(row).deviations)
    canvas.log_scale(
        LEAST, max(1.0, greatest), lambda place: f"{place:g}" if place > 0.005 else f"{place:.0e}", marks=[1.0]
    )
    canvas.rule(1.0, color=INK, linewidth=1.2)
    canvas.above(1.0, "limit")
    for place, row in enumerate(rows):
        worst = agreement(row).worst
        canvas.label(place, phrases.named(row.record.cell))
        canvas.value(place, number(worst), shortened(worst.subject, 25))
    draw_marks(canvas, rows)
    return canvas.figure


def draw_marks(canvas: Canvas, rows: Sequence[Row]) -> None:
    """Every comparison's tick and each row's worst, one artist for each colour and shape."""
    placed = [(place + canvas.mark, row) for place, row in enumerate(rows)]
    for tone in dict.fromkeys(colour(row.record.cell.net) for row in rows):
        own = [(y, row) for y, row in placed if colour(row.record.cell.net) == tone]
        marks = [(share(found), y - 0.14) for y, row in own for found in agreement(row).deviations]
        canvas.axes.plot(*strokes(marks, 0.28), color=tone, alpha=0.5, linewidth=1.3, zorder=2)
        for device in dict.fromkeys(row.record.cell.device for _, row in own):
            worst = [(share(agreement(row).worst), y) for y, row in own if row.record.cell.device == device]
            canvas.axes.plot(
                *zip(*worst, strict=True), marker(device), color=tone, markersize=8, markeredgecolor=PAPER, zorder=3
            )


def compared(row: Row) -> bool:
    return bool(row.record.agreement and row.record.agreement.deviations)


def agreement(row: Row) -> Agreement:
    assert row.record.agreement is not None
    return row.record.agreement


def share(found: Deviation) -> float:
    """The error as a share of its limit, within what is drawn."""
    if math.isnan(found.error) or not found.limit:
        return MOST if not found.passes else LEAST
    return min(max(found.error / found.limit, LEAST), MOST)


def number(found: Deviation) -> str:
    return "not finite" if math.isnan(found.error) else f"{found.error:.1e}"


def told(row: Row) -> str:
    worst = agreement(row).worst
    return f"{number(worst)} where {worst.limit:.0e} is the limit, {worst.subject}{worst.when}"
