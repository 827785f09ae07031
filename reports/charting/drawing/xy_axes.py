"""An empty chart of two axes, laid out in CSS pixels like the charts of rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from reports.charting.drawing.layout import LINE_PIXELS, SMALL_PIXELS, Layout
from reports.charting.drawing.palette import INK, MUTED

BOTTOM = 50


@dataclass(frozen=True)
class XYAxes:
    """A figure with one plot of `width` x `height` pixels, `left` from the figure's edge.

    Texts outside the plot are placed in pixels from its lower left corner.
    """

    figure: Figure
    axes: Axes
    left: int
    width: int
    height: int

    @classmethod
    def of(cls, layout: Layout, height: int, left: int, right: int, top: int) -> "XYAxes":
        """A plot as wide as the layout and these margins allow."""
        whole, width = height + top + BOTTOM, layout.width - left - right
        figure = Figure(figsize=(layout.width / 72, whole / 72), dpi=72)
        axes = figure.add_axes((left / layout.width, BOTTOM / whole, width / layout.width, height / whole))
        axes.patch.set_visible(False)
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0, pad=6, labelsize=SMALL_PIXELS, labelcolor=MUTED)
        return cls(figure, axes, left, width, height)

    def names(self, horizontal: str, vertical: str) -> None:
        """What the axes show: below the plot, and above its left edge, where it is read without turning the head."""
        self.text(self.width, 8 - BOTTOM, horizontal, ha="right", color=MUTED)
        self.text(-self.left, self.height + 24, vertical, color=MUTED)

    def above(self, x: float, text: str) -> None:
        """A muted text over the plot at x in the axes' own units."""
        self.axes.annotate(
            text,
            (x, 1),
            (0, 6),
            xycoords=("data", "axes fraction"),
            textcoords="offset pixels",
            ha="center",
            size=SMALL_PIXELS,
            color=MUTED,
            annotation_clip=False,
        )

    def key(self, x: float, y: float, lines: Sequence[str], tone: str, style: Any = "solid") -> None:
        """A dash of a line's tone and style at (x, y), and its name beside it, downwards."""
        ends = [self._place(end, y) for end in (x, x + 18)]
        dash = Line2D(*zip(*ends, strict=True), color=tone, linewidth=2.5, linestyle=style)
        self.figure.add_artist(dash)
        for number, line in enumerate(lines):
            self.text(x + 24, y - number * LINE_PIXELS, line, va="center_baseline")

    def text(self, x: float, y: float, text: str, **style: Any) -> None:
        """A text at (x, y), to the right of it unless the style says otherwise."""
        self.figure.text(*self._place(x, y), text, parse_math=False, **{"color": INK, "size": SMALL_PIXELS, **style})

    def _place(self, x: float, y: float) -> tuple[float, float]:
        """Pixels from the plot's lower left corner as shares of the figure."""
        width, height = (float(inches) * 72 for inches in self.figure.get_size_inches())
        return (self.left + x) / width, (BOTTOM + y) / height
