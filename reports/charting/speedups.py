"""How many times faster than NumPy each net is, beside the 1x and 50x lines."""

from collections.abc import Sequence

from reports.analysis.rows import Row
from reports.analysis.works import featured, timed
from reports.charting.drawing import dot_chart
from reports.charting.drawing.chart import Chart
from reports.charting.drawing.dots import Dot, Line
from reports.charting.lines import FIFTY_LINE
from reports.wording import phrases
from reports.wording.levels import EQUAL
from reports.wording.slug import slug
from reports.wording.units import factor, factor_span

LINES = (Line(EQUAL, "NumPy"), FIFTY_LINE)


def charts(rows: Sequence[Row]) -> list[Chart]:
    """One for each featured work and dtype of NumPy beside which something ran, the fastest first."""
    drawn = []
    for work in featured(rows):
        competitors = [row for row in timed(rows, work) if row.speedup and not row.is_reference]
        for dtype in sorted({row.record.cell.reference.dtype for row in competitors}):
            shown = [row for row in competitors if row.record.cell.reference.dtype == dtype]
            dots = sorted(map(dot, shown), key=lambda dot: -(dot.value or 0.0))
            name, gpu = slug("speedups", *work, dtype), any(dot.on_gpu for dot in dots)
            caption = f"{work}: over NumPy in {dtype}"
            drawn.append(dot_chart.chart(name, "Speedup over NumPy", caption, dots, LINES, logarithmic=gpu))
    return drawn


def dot(row: Row) -> Dot:
    record, speedup = row.record, row.speedup
    assert speedup is not None
    texts = factor(speedup.value), factor_span(speedup)
    return Dot.of(phrases.named(record.cell), record.framework, record.cell.on_gpu, speedup, *texts)
