"""What each net takes: the worker's memory beyond its imports, and the device's."""

from collections.abc import Iterator, Sequence

from reports.charts.drawing import dot_chart
from reports.wording import phrases
from reports.charts.drawing.chart import Chart, slug
from reports.charts.drawing.dots import Dot
from reports.analysis.rows import Row
from reports.wording.units import quantity
from reports.analysis.works import featured, timed


def charts(rows: Sequence[Row]) -> list[Chart]:
    """One for each featured work whose workers told their memory, the largest first."""
    found = []
    for work in featured(rows):
        dots = [dot for row in timed(rows, work) for dot in dots_of(row)]
        dots.sort(key=lambda dot: -(dot.value or 0.0))
        if dots:
            name, caption = slug("memory", *work), str(work)
            found.append(dot_chart.chart(name, "Peak memory", caption, dots, tick=lambda place: quantity(place, "B")))
    return found


def dots_of(row: Row) -> Iterator[Dot]:
    """The worker's, and where there is one the device's."""
    cell = row.record.cell
    for amount, device, place in (
        (row.memory_bytes, "cpu", ""),
        (row.device_bytes, cell.device, ", on the device"),
    ):
        if amount:
            yield Dot(phrases.named(cell) + place, cell.net, device, amount, None, None, quantity(amount, "B"))
