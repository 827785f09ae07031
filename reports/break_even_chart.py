"""After how many steps compiling has paid off."""

import math
from collections.abc import Sequence

from reports import dot_chart
from reports.breakeven import BreakEven
from reports.chart import Chart
from reports.dots import Dot, Line
from reports.units import quantity, seconds

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
    value, low, high = found.steps or (None, None, None)
    bounded = low and high and math.isfinite(high)
    low, high = (low, high) if bounded else (None, None)
    return Dot(found.label, cell.net, cell.device, value, low, high, steps(found), detail(found))


def steps(found: BreakEven) -> str:
    """`12,300`; `never` where a step saves nothing."""
    return count(found.steps[0]) if found.steps else "never"


def span(found: BreakEven) -> str:
    """The interval of the number of steps."""
    return f"{count(found.steps[1])} to {count(found.steps[2])}" if found.steps else ""


def count(steps: float) -> str:
    return f"{float(f'{steps:.3g}'):,.0f}" if math.isfinite(steps) else "never"


def detail(found: BreakEven) -> str:
    return f"{seconds(found.cold_seconds)} for {seconds(found.saved_seconds.value)} a step"
