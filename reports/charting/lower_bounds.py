"""How long each net's step takes beside the matrix products alone."""

from collections.abc import Sequence

from reports.analysis.rows import Row
from reports.analysis.works import featured, timed
from reports.charting.drawing import dot_chart
from reports.charting.drawing.chart import Chart
from reports.charting.drawing.dots import Dot, Line
from reports.wording import phrases
from reports.wording.slug import slug
from reports.wording.units import factor, factor_span

PRODUCTS = Line(1.0, "products alone")


def charts(rows: Sequence[Row]) -> list[Chart]:
    """One for each featured work whose products were measured beside it, the nearest to them first."""
    drawn = []
    for work in featured(rows):
        dots = [dot for row in timed(rows, work) if (dot := dot_of(row))]
        dots.sort(key=lambda dot: dot.value or 0.0)
        if dots:
            name, caption = slug("floors", *work), str(work)
            title = "Beside the matrix products alone"
            drawn.append(dot_chart.chart(name, title, caption, dots, (PRODUCTS,)))
    return drawn


def dot_of(row: Row) -> Dot | None:
    record, ratio = row.record, row.multiple
    if ratio is None:
        return None
    texts = factor(ratio.value), factor_span(ratio)
    return Dot.of(phrases.named(record.cell), record.framework, record.cell.on_gpu, ratio, *texts)
