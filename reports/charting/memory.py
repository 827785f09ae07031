"""Each net's memory: the worker's beyond its imports, and the device's."""

from collections.abc import Iterator, Sequence

from reports.analysis.rows import Row
from reports.analysis.works import featured, timed
from reports.charting.drawing import dot_chart
from reports.charting.drawing.chart import Chart
from reports.charting.drawing.dots import Dot
from reports.wording import phrases
from reports.wording.slug import slug
from reports.wording.units import quantity


def charts(rows: Sequence[Row]) -> list[Chart]:
    """One for each featured work whose workers recorded their memory, the largest first."""
    drawn = []
    for work in featured(rows):
        dots = [dot for row in timed(rows, work) for dot in dots_of(row)]
        dots.sort(key=lambda dot: -(dot.value or 0.0))
        if dots:
            name, caption = slug("memory", *work), str(work)
            drawn.append(dot_chart.chart(name, "Peak memory", caption, dots, tick=lambda place: quantity(place, "B")))
    return drawn


def dots_of(row: Row) -> Iterator[Dot]:
    """The worker's, and where there is one the device's."""
    record, name = row.record, phrases.named(row.record.cell)
    for amount, on_gpu, label in (
        (row.memory_bytes, False, name),
        (row.device_bytes, record.cell.on_gpu, f"{name}, on the device"),
    ):
        if amount:
            yield Dot(label, record.framework, on_gpu, amount, None, None, quantity(amount, "B"))
