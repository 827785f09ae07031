"""A chart of dots, one a row: its title, its text for those who cannot see it, and notes on its marks."""

from collections.abc import Callable, Sequence
from functools import partial

from reports.charting.drawing.chart import Chart
from reports.charting.drawing.dots import Dot, Line, draw
from reports.charting.drawing.legible import first, rest


def chart(
    name: str,
    title: str,
    caption: str,
    dots: Sequence[Dot],
    lines: Sequence[Line] = (),
    tick: Callable[[float], str] = lambda place: f"{place:g}x",
    logarithmic: bool = False,
) -> Chart:
    """The dots in their order, as many of them as can be read."""
    text = "; ".join(", ".join(filter(None, (dot.label, dot.text, dot.detail))) for dot in dots)
    drawing = partial(draw, first(dots), lines, tick, logarithmic=logarithmic)
    return Chart(name, title, caption, text, drawing, hollow(dots) + rest(dots))


def hollow(dots: Sequence[Dot]) -> tuple[str, ...]:
    """What hollow marks mean, where there are any."""
    if not any(dot.hollow for dot in dots):
        return ()
    single = any(dot.hollow and dot.low is None for dot in dots)
    return ("Hollow marks are provisional: fewer than 5 restarts" + "; a single one has no interval" * single + ".",)
