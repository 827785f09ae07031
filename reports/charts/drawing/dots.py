"""A drawing of labelled values, one a row, each with its 95% interval, beside lines to compare them with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from bench.stats.estimate import Estimate
from reports.charts.drawing.row_axes import Canvas
from reports.charts.drawing.layout import Layout
from reports.charts.drawing.palette import INK, PAPER, colour

# Values further apart than this read better on a logarithmic axis; a linear one would hide the small ones.
WIDE_RANGE = 8.0


def marker(device: str) -> str:
    """A circle for the CPU, a diamond for a GPU."""
    return "o" if device == "cpu" else "D"


@dataclass(frozen=True)
class Dot:
    """A row: its name, its value (None: told in words alone) with the interval, and the texts beside it.

    Circles are CPU cells, diamonds GPU cells; `hollow` ones are provisional.
    """

    label: str
    net: str
    device: str
    value: float | None
    low: float | None
    high: float | None
    text: str
    detail: str = ""
    hollow: bool = False

    @classmethod
    def of(cls, label: str, net: str, device: str, found: Estimate, text: str, detail: str) -> "Dot":
        """The dot of an estimate."""
        return cls(label, net, device, found.value, found.low, found.high, text, detail, found.provisional)


@dataclass(frozen=True)
class Line:
    """A value to compare with; the first of a chart is where its dots' stems begin."""

    place: float
    name: str


def draw(
    dots: Sequence[Dot], lines: Sequence[Line], tick: Callable[[float], str], layout: Layout, logarithmic: bool = False
) -> Figure:
    """The dots in their order, on a linear axis from 0 where that shows them all well and `logarithmic` is not asked.

    A logarithmic axis shows every line; a linear one says how far off a line beyond its end is.
    """
    ends = [end for dot in dots for end in (dot.value, dot.low, dot.high) if end is not None]
    marks = [line.place for line in lines]
    logarithmic = logarithmic or (bool(ends) and max(ends) / min(ends) > WIDE_RANGE)
    canvas = Canvas.of(layout, len(dots), above=max(1, len(lines) - logarithmic) if lines else 0)
    if logarithmic:
        left, right = canvas.log_scale(min([*ends, *marks]), max([*ends, *marks]), tick, marks)
    else:
        left, right = canvas.linear_scale(max([*ends, *marks[:1]], default=1.0), tick)
    for place, line in enumerate(lines):
        style = "solid" if not place else (0, (4, 3))
        if line.place <= right:
            canvas.rule(line.place, color=INK, linewidth=1.2, linestyle=style)
            canvas.above(line.place, line.name, 0 if logarithmic else place)
        else:
            far = f"{line.name} is {line.place / right:.0f} such widths to the right →"
            canvas.above(right, far, line=place, align="right")
    for place, dot in enumerate(dots):
        canvas.label(place, dot.label)
        canvas.value(place, dot.text, dot.detail)
    draw_marks(canvas, dots, stem=marks[0] if marks else left)
    return canvas.figure


def draw_marks(canvas: Canvas, dots: Sequence[Dot], stem: float) -> None:
    """All stems, intervals and marks, each kind at once: an artist a row would take several times as long."""
    axes = canvas.axes
    valued = [(place + canvas.mark, dot, dot.value) for place, dot in enumerate(dots) if dot.value is not None]
    heights, tones = [y for y, _, _ in valued], [colour(dot.net) for _, dot, _ in valued]
    axes.hlines(
        heights, stem, [value for _, _, value in valued], colors=tones, linewidth=2, alpha=0.35, zorder=2, clip_on=False
    )
    sure = [(y, colour(dot.net), dot.low, dot.high) for y, dot, _ in valued if dot.low is not None]
    if sure:
        heights, tones, lows, highs = map(list, zip(*sure, strict=True))
        axes.hlines(heights, lows, highs, colors=tones, linewidth=2, zorder=3, clip_on=False)
        axes.scatter([*lows, *highs], heights * 2, marker="|", s=100, color=tones * 2, linewidth=2, zorder=3)
    for shape in dict.fromkeys(dot.device for _, dot, _ in valued):
        shown = [(value, y, dot) for y, dot, value in valued if dot.device == shape]
        x, y, found = zip(*shown, strict=True)
        edges = [colour(dot.net) for dot in found]
        faces = [PAPER if dot.hollow else colour(dot.net) for dot in found]
        axes.scatter(x, y, s=64, marker=marker(shape), facecolor=faces, edgecolor=edges, linewidth=2, zorder=4)
