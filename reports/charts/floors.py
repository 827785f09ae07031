"""How far each net is from its matrix products alone."""

from collections.abc import Sequence

from reports.charts.drawing import dot_chart
from reports.wording import phrases
from reports.charts.drawing.chart import Chart, slug
from reports.charts.drawing.dots import Dot, Line
from reports.analysis.rows import Row
from reports.wording.units import factor, factor_span
from reports.analysis.works import featured, timed

PRODUCTS = Line(1.0, "products alone")


def charts(rows: Sequence[Row]) -> list[Chart]:
    """One for each featured work whose products were measured beside it, the nearest to them first."""
    found = []
    for work in featured(rows):
        dots = [dot for row in timed(rows, work) if (dot := dot_of(row))]
        dots.sort(key=lambda dot: dot.value or 0.0)
        if dots:
            name, caption = slug("floors", *work), str(work)
            title = "Distance from the matrix products alone"
            found.append(dot_chart.chart(name, title, caption, dots, (PRODUCTS,)))
    return found


def dot_of(row: Row) -> Dot | None:
    cell, found = row.record.cell, row.multiple
    if found is None:
        return None
    return Dot.of(phrases.named(cell), cell.net, cell.device, found, factor(found.value), factor_span(found))
