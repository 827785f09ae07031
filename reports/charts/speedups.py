"""How many times faster than NumPy each net is, beside the 1x and 50x lines."""

from collections.abc import Sequence

from reports.charts.drawing import dot_chart
from reports.wording import phrases
from reports.charts.drawing.chart import Chart, slug
from reports.charts.drawing.dots import Dot, Line
from reports.analysis.rows import Row
from reports.wording.units import factor, factor_span
from reports.analysis.works import featured, timed

LINES = (Line(1.0, "NumPy"), Line(50.0, "50x"))


def charts(rows: Sequence[Row]) -> list[Chart]:
    """One for each featured work and dtype of NumPy beside which something ran, the fastest first."""
    found = []
    for work in featured(rows):
        competitors = [row for row in timed(rows, work) if row.speedup and not row.is_reference]
        for dtype in sorted({row.record.cell.reference.dtype for row in competitors}):
            shown = [row for row in competitors if row.record.cell.reference.dtype == dtype]
            dots = sorted(map(dot, shown), key=lambda dot: -(dot.value or 0.0))
            name, gpu = slug("speedups", *work, dtype), any(dot.device != "cpu" for dot in dots)
            caption = f"{work}: over NumPy in {dtype}"
            found.append(dot_chart.chart(name, "Speedup over NumPy", caption, dots, LINES, logarithmic=gpu))
    return found


def dot(row: Row) -> Dot:
    found, cell = row.speedup, row.record.cell
    assert found is not None
    return Dot.of(phrases.named(cell), cell.net, cell.device, found, factor(found.value), factor_span(found))
