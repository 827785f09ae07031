"""The cost of each way to write the same step."""

from collections.abc import Sequence

from reports.analysis.abstractions import Cost
from reports.charting.drawing import dot_chart
from reports.charting.drawing.chart import Chart
from reports.charting.drawing.dots import Dot, Line
from reports.wording.units import factor, factor_span


def chart(costs: Sequence[Cost]) -> Chart:
    """Costs in their order; the first is what the others are compared with, and its own ratio is 1."""
    caption = "How many times as long the same step takes, written another way"
    lines = (Line(1.0, costs[0].label),)
    return dot_chart.chart("abstractions", "Cost of each abstraction", caption, list(map(dot, costs)), lines)


def dot(cost: Cost) -> Dot:
    record, ratio = cost.record, cost.ratio
    return Dot.of(cost.label, record.framework, record.cell.on_gpu, ratio, factor(ratio.value), factor_span(ratio))
