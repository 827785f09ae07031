"""The lines that speedups are drawn beside."""

from reports.charting.drawing.dots import Line
from reports.wording.levels import FIFTY

FIFTY_LINE = Line(FIFTY, f"{FIFTY:g}x")
