"""After how many steps compiling has paid off."""

import math
from collections.abc import Sequence

from bench.workloads.catalogue import WORKLOADS
from reports.analysis.break_even import BreakEven
from reports.charting.drawing import dot_chart
from reports.charting.drawing.chart import Chart
from reports.charting.drawing.dots import Dot, Line
from reports.wording import phrases
from reports.wording.span import Span
from reports.wording.units import quantity, seconds, span, steps

TUTORIAL = WORKLOADS["two_layer"].steps


def chart(points: Sequence[BreakEven]) -> Chart:
    """A dot for each compiled cell, beside the steps that the tutorial takes; none where it never pays off."""
    return dot_chart.chart(
        "break-even",
        "Steps until compiling has paid off",
        "What a start with cold caches costs more than the eager net's, over the time that a later step saves",
        [dot(point) for point in points],
        (Line(float(TUTORIAL), f"the tutorial's {TUTORIAL} steps"),),
        lambda place: f"{place:,.0f}" if place < 1e4 else quantity(place, ""),
        logarithmic=True,
    )


def dot(point: BreakEven) -> Dot:
    cell, reached = point.record.cell, point.cold.steps
    paid = reached if reached and math.isfinite(reached.value) else None
    bounded = paid if paid and math.isfinite(paid.high) else None
    return Dot(
        phrases.named(cell),
        point.record.framework,
        cell.on_gpu,
        paid and paid.value,
        bounded and bounded.low,
        bounded and bounded.high,
        count(paid),
        f"{seconds(point.cold.extra_seconds.value)} for {seconds(point.saved_seconds.value)} a step",
    )


def count(number: Span | None) -> str:
    """`12,300`; `never` where a step saves nothing."""
    return steps(number.value) if number and math.isfinite(number.value) else "never"


def count_span(number: Span | None, early_steps: int) -> str:
    """The interval of a number of steps, of which the early ones belong to the start."""
    return span(number, steps, least=early_steps) if number else ""
