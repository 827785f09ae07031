"""A drawing of labelled values, one a row, each with its 95% interval, beside lines to compare them with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from bench.stats.estimate import Estimate
from reports.charting.drawing.layout import Layout
from reports.charting.drawing.palette import INK, PAPER, colour
from reports.charting.drawing.row_axes import RowAxes

# Values further apart than this read better on a logarithmic axis; a linear one would hide the small ones.
WIDE_RANGE = 8.0


def marker(on_gpu: bool) -> str:
    """A circle for the CPU, a diamond for a GPU."""
    return "D" if on_gpu else "o"


@dataclass(frozen=True)
class Dot:
    """A row: its name, its value (None: given in words alone) with the interval, and the texts beside it.

    Its colour is the framework's; circles are CPU cells, diamonds GPU cells; `hollow` ones are provisional.
    """

    label: str
    framework: str
    on_gpu: bool
    value: float | None
    low: float | None
    high: float | None
    text: str
    detail: str = ""
    hollow: bool = False

    @classmethod
    def of(cls, label: str, framework: str, on_gpu: bool, estimate: Estimate, text: str, detail: str) -> "Dot":
        """The dot of an estimate."""
        ends = estimate.low, estimate.high
        return cls(label, framework, on_gpu, estimate.value, *ends, text, detail, estimate.provisional)

    @property
    def colour(self) -> str:
        return colour(self.framework)


@dataclass(frozen=True)
class Line:
    """A value to compare with; the first of a chart is where its dots' stems begin."""

    place: float
    name: str


def draw(
    dots: Sequence[Dot], lines: Sequence[Line], tick: Callable[[float], str], layout: Layout, logarithmic: bool = False
) -> Figure:
    """The dots in their order, on a linear axis from 0 where that shows them all well, unless `logarithmic` is set.

    A logarithmic axis shows every line; a linear one says how far off a line beyond its end is.
    """
    ends = [end for dot in dots for end in (dot.value, dot.low, dot.high) if end is not None]
    marks = [line.place for line in lines]
    logarithmic = logarithmic or (bool(ends) and max(ends) / min(ends) > WIDE_RANGE)
    rows = RowAxes.of(layout, len(dots), above=max(1, len(lines) - logarithmic) if lines else 0)
    if logarithmic:
        left, right = rows.log_scale(min([*ends, *marks]), max([*ends, *marks]), tick, marks)
    else:
        left, right = rows.linear_scale(max([*ends, *marks[:1]], default=1.0), tick)
    for place, line in enumerate(lines):
        style = "solid" if not place else (0, (4, 3))
        if line.place <= right:
            rows.rule(line.place, color=INK, linewidth=1.2, linestyle=style)
            rows.above(line.place, line.name, 0 if logarithmic else place)
        else:
            far = f"{line.name} is {line.place / right:.0f} such widths to the right →"
            rows.above(right, far, line=place, align="right")
    for place, dot in enumerate(dots):
        rows.label(place, dot.label)
        rows.value(place, dot.text, dot.detail)
    draw_marks(rows, dots, stem=marks[0] if marks else left)
    return rows.figure


def draw_marks(rows: RowAxes, dots: Sequence[Dot], stem: float) -> None:
    """All stems, intervals and marks, each kind at once: an artist a row would take several times as long."""
    axes = rows.axes
    valued = [(place + rows.mark, dot, dot.value) for place, dot in enumerate(dots) if dot.value is not None]
    heights, tones = [y for y, _, _ in valued], [dot.colour for _, dot, _ in valued]
    axes.hlines(
        heights, stem, [value for _, _, value in valued], colors=tones, linewidth=2, alpha=0.35, zorder=2, clip_on=False
    )
    sure = [(y, dot.colour, dot.low, dot.high) for y, dot, _ in valued if dot.low is not None]
    if sure:
        heights, tones, lows, highs = map(list, zip(*sure, strict=True))
        axes.hlines(heights, lows, highs, colors=tones, linewidth=2, zorder=3, clip_on=False)
        axes.scatter([*lows, *highs], heights * 2, marker="|", s=100, color=tones * 2, linewidth=2, zorder=3)
    for on_gpu in dict.fromkeys(dot.on_gpu for _, dot, _ in valued):
        shown = [(value, y, dot) for y, dot, value in valued if dot.on_gpu == on_gpu]
        x, y, alike = zip(*shown, strict=True)
        edges = [dot.colour for dot in alike]
        faces = [PAPER if dot.hollow else dot.colour for dot in alike]
        axes.scatter(x, y, s=64, marker=marker(on_gpu), facecolor=faces, edgecolor=edges, linewidth=2, zorder=4)
