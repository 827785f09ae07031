"""After how many steps compiling has paid off."""

import math
from collections.abc import Sequence

from reports.charts.drawing import dot_chart
from reports.wording import phrases
from reports.analysis.breakeven import BreakEven
from reports.charts.drawing.chart import Chart
from reports.charts.drawing.dots import Dot, Line
from reports.wording.span import Span
from reports.wording.units import quantity, seconds, span, steps

TUTORIAL = Line(500.0, "the tutorial's 500 steps")


def chart(found: Sequence[BreakEven]) -> Chart:
    """A dot for each compiled cell, beside the tutorial's 500 steps; none where it never pays off."""
    return dot_chart.chart(
        "break-even",
        "Steps until compiling has paid off",
        "Time to compile with cold caches, over the time that a step then saves",
        [dot(each) for each in found],
        (TUTORIAL,),
        lambda place: f"{place:,.0f}" if place < 1e4 else quantity(place, ""),
        logarithmic=True,
    )


def dot(found: BreakEven) -> Dot:
    cell = found.record.cell
    paid = found.steps if found.steps and math.isfinite(found.steps.value) else None
    bounded = paid if paid and math.isfinite(paid.high) else None
    return Dot(
        phrases.named(cell),
        cell.net,
        cell.device,
        paid and paid.value,
        bounded and bounded.low,
        bounded and bounded.high,
        count(paid),
        detail(found),
    )


def count(found: Span | None) -> str:
    """`12,300`; `never` where a step saves nothing."""
    return steps(found.value) if found and math.isfinite(found.value) else "never"


def count_span(found: Span | None) -> str:
    """The interval of a number of steps, of which the first is one."""
    return span(found, steps, least=1.0) if found else ""


def detail(found: BreakEven) -> str:
    return f"{seconds(found.cold_seconds)} for {seconds(found.saved_seconds.value)} a step"
