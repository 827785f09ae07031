"""The lines that speedups are drawn beside."""

from reports.charts.drawing.dots import Line
from reports.wording.levels import FIFTY

FIFTY_LINE = Line(FIFTY, f"{FIFTY:g}x")
