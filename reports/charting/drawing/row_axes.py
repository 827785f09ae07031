"""An empty chart of labelled rows, laid out in CSS pixels for a wide or a narrow page."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import blended_transform_factory

from reports.charting.drawing import ticks
from reports.charting.drawing.layout import LINE_PIXELS, SMALL_PIXELS, TEXT_PIXELS, Layout
from reports.charting.drawing.palette import INK, MUTED


@dataclass(frozen=True)
class RowAxes:
    """A figure whose axes run in rows from the top, row 0 first, with texts beside them."""

    layout: Layout
    rows: int
    figure: Figure
    axes: Axes

    @classmethod
    def of(cls, layout: Layout, rows: int, above: int) -> "RowAxes":
        """`above` is how many lines of text stand over the plot."""
        height = 10 + LINE_PIXELS * above + rows * layout.row + layout.bottom
        # 72 points to the inch make a point of the SVG one pixel of the page.
        figure = Figure(figsize=(layout.width / 72, height / 72), dpi=72)
        box = (
            layout.left / layout.width,
            layout.bottom / height,
            layout.plot / layout.width,
            rows * layout.row / height,
        )
        axes = figure.add_axes(box)
        axes.set_ylim(rows - 0.5, -0.5)
        axes.set_yticks([])
        axes.patch.set_visible(False)
        axes.spines[:].set_visible(False)
        axes.tick_params(axis="x", length=0, pad=6, labelsize=SMALL_PIXELS, labelcolor=MUTED)
        return cls(layout, rows, figure, axes)

    @property
    def mark(self) -> float:
        """How far below a row's middle its marks stand, in rows."""
        return 0.2 if self.layout.stacked else 0.0

    def label(self, row: int, name: str) -> None:
        """The row's name, left."""
        text = shortened(name, self.layout.label_characters)
        if self.layout.stacked:
            self._text(0, row - 0.22, text, "left")
        else:
            self._text(self.layout.left - 14, row, text, "right")

    def value(self, row: int, value: str, detail: str = "") -> None:
        """The row's value, right, and a muted detail for which only the wide layout has room."""
        if self.layout.stacked:
            self._text(self.layout.width, row - 0.22, value, "right", weight="bold")
            return
        begin = self.layout.width - self.layout.right + 12
        self._text(begin, row, value, "left", weight="bold")
        self._text(begin + 70, row, detail, "left", color=MUTED, size=SMALL_PIXELS)

    def above(self, x: float, text: str, line: int = 0, align: str = "center") -> None:
        """A text over the plot at x in the axes' own units; line 0 is the lower one. It stays inside the figure."""
        half = ticks.CHARACTER_PIXELS * len(text) / 2
        place = self.layout.left + self.layout.plot * float(
            self.axes.transAxes.inverted().transform(self.axes.transData.transform((x, 0)))[0]
        )
        if align == "center" and place < half:
            align = "left"
        elif align == "center" and self.layout.width - place < half:
            align = "right"
        self.axes.annotate(
            text,
            (x, 1),
            (0, 8 + LINE_PIXELS * line),
            xycoords=("data", "axes fraction"),
            textcoords="offset pixels",
            ha=align,
            va="baseline",
            size=SMALL_PIXELS,
            color=MUTED,
            annotation_clip=False,
            parse_math=False,
        )

    def log_scale(
        self, low: float, high: float, tick: Callable[[float], str], marks: Sequence[float] = ()
    ) -> tuple[float, float]:
        """A logarithmic axis with room beyond both ends, which are returned; marked values are labelled first."""
        left, right = low / 1.35, high * 1.35
        self.log_axis(left, right, tick, marks)
        return left, right

    def log_axis(
        self,
        left: float,
        right: float,
        tick: Callable[[float], str],
        marks: Sequence[float] = (),
        places: Sequence[float] = ticks.PLACES,
    ) -> None:
        """The same from end to end, labelled at some of the places."""
        self.axes.set_xscale("log")
        self.axes.set_xlim(left, right)
        axis = ticks.LogAxis(left, right, self.layout.plot, self.layout.left, self.layout.right)
        self.label_axis(axis.labelled(tick, marks, places), tick)

    def linear_scale(self, high: float, tick: Callable[[float], str]) -> tuple[float, float]:
        """A linear axis from 0 with a little room beyond the high end; both ends are returned."""
        right = high * 1.12
        self.axes.set_xlim(0, right)
        self.label_axis(ticks.linear(right, 6.5), tick)
        return 0.0, right

    def label_axis(self, places: Sequence[float], tick: Callable[[float], str]) -> None:
        """Labels below the plot, and a faint line through it for each."""
        self.axes.set_xticks(places, [tick(place) for place in places])
        self.axes.minorticks_off()
        for place in places:
            self.rule(place, color=MUTED, alpha=0.22, linewidth=1)

    def rule(self, x: float, **style: Any) -> None:
        """A vertical line behind the marks; a stacked layout interrupts it where the rows' texts stand."""
        if self.layout.stacked:
            tops = ((x, row + self.mark - 0.24) for row in range(self.rows))
            self.axes.plot(*strokes(tops, 0.48), zorder=1, **style)
        else:
            self.axes.axvline(x, zorder=1, **style)

    def _text(self, pixels: float, row: float, text: str, align: str, **style: Any) -> None:
        style = {"color": INK, "size": TEXT_PIXELS, **style}
        where = blended_transform_factory(self.figure.transFigure, self.axes.transData)
        # A net's name is no formula: dollar signs stay.
        self.axes.text(
            pixels / self.layout.width,
            row,
            text,
            transform=where,
            ha=align,
            va="center_baseline",
            parse_math=False,
            **style,
        )


def strokes(places: Iterable[tuple[float, float]], height: float) -> tuple[list[float], list[float]]:
    """Upright strokes downwards from each (x, y) as one line with gaps: a tenth of the size of as many lines."""
    x: list[float] = []
    y: list[float] = []
    for place, top in places:
        x += [place, place, math.nan]
        y += [top, top + height, math.nan]
    return x, y


def shortened(name: str, characters: int) -> str:
    """The name, cut in the middle where it is too long: both its ends tell it apart."""
    name = "".join(letter if letter.isprintable() else " " for letter in name)
    if len(name) <= characters:
        return name
    head = (characters - 1) // 2
    return f"{name[:head]}…{name[len(name) - (characters - 1 - head) :]}"
