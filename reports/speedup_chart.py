"""How many times faster than NumPy: a dot a cell with its 95% interval, beside the 1x and 50x lines."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from reports.canvas import Canvas, Layout
from reports.palette import INK, PAPER, colour
from reports.rows import Row
from reports.units import factor, factor_span

FIFTY = 50.0
# Ratios further apart than this read better on a logarithmic axis.
WIDE_RANGE = 8.0
MARKERS = {"cpu": "o", "cuda": "D"}
TICKS = tuple(digit * 10.0**power for power in range(-4, 6) for digit in (1, 2, 5))


def draw(rows: Sequence[Row], layout: Layout) -> Figure:
    """Rows must have a speedup. Circles are CPU cells, diamonds GPU cells; hollow ones are provisional."""
    rows = sorted(rows, key=lambda row: -row.speedup.value if row.speedup else 0.0)
    low, high = reach(rows)
    canvas = Canvas.of(layout, len(rows), above=1 if is_logarithmic(rows) else 2)
    if is_logarithmic(rows):
        logarithmic(canvas, min(low, 1.0), max(high, FIFTY))
    else:
        linear(canvas, max(high, 1.0))
    canvas.rule(1, color=INK, linewidth=1.2)
    for place, row in enumerate(rows):
        draw_row(canvas, place, row)
    return canvas.figure


def draw_row(canvas: Canvas, place: int, row: Row) -> None:
    found, cell = row.speedup, row.record.cell
    assert found is not None
    tone, y = colour(cell.net), place + canvas.mark
    canvas.label(place, f"{cell.label} (GPU)" if cell.device == "cuda" else cell.label)
    canvas.value(place, factor(found.value), factor_span(found))
    canvas.axes.plot([1, found.value], [y, y], color=tone, linewidth=2, alpha=0.35, solid_capstyle="butt", zorder=2)
    if found.low is not None and found.high is not None:
        canvas.axes.plot([found.low, found.high], [y, y], color=tone, linewidth=2, solid_capstyle="butt", zorder=3)
        canvas.axes.plot([found.low, found.high], [y, y], "|", color=tone, markersize=10, markeredgewidth=2, zorder=3)
    canvas.axes.plot(
        [found.value],
        [y],
        MARKERS.get(cell.device, "s"),
        markersize=8,
        markeredgecolor=tone,
        markeredgewidth=2,
        markerfacecolor=PAPER if found.provisional else tone,
        zorder=4,
    )


def reach(rows: Sequence[Row]) -> tuple[float, float]:
    """The least and the greatest end of any interval."""
    found = [row.speedup for row in rows if row.speedup]
    ends = [end for each in found for end in (each.value, each.low, each.high) if end is not None]
    return min(ends), max(ends)


def is_logarithmic(rows: Sequence[Row]) -> bool:
    """With a GPU the 50x line must be in sight; else only where the ratios are far apart."""
    low, high = reach(rows)
    return high / low > WIDE_RANGE or any(row.record.cell.device == "cuda" for row in rows)


def logarithmic(canvas: Canvas, low: float, high: float) -> None:
    canvas.axes.set_xscale("log")
    left, right = low / 1.35, high * 1.35
    canvas.axes.set_xlim(left, right)
    ticks = [tick for tick in TICKS if left <= tick <= right]
    if len(ticks) > (6 if canvas.layout.stacked else 10):
        ticks = [tick for tick in ticks if f"{tick:e}"[0] == "1" or tick == FIFTY]
    canvas.ticks(ticks, [f"{tick:g}x" for tick in ticks])
    canvas.rule(FIFTY, color=INK, linewidth=1.2, linestyle=(0, (4, 3)))
    canvas.above(1, "NumPy")
    canvas.above(FIFTY, "50x")


def linear(canvas: Canvas, high: float) -> None:
    right = high * 1.12
    canvas.axes.set_xlim(0, right)
    steps = (0.2, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
    step = next((step for step in steps if right / step <= 6.5), right / 5)
    ticks = [step * count for count in range(int(right / step) + 1)]
    canvas.ticks(ticks, [f"{tick:g}x" for tick in ticks])
    canvas.above(1, "NumPy")
    if right >= FIFTY:
        canvas.rule(FIFTY, color=INK, linewidth=1.2, linestyle=(0, (4, 3)))
        canvas.above(FIFTY, "50x", line=1)
    else:
        canvas.above(right, f"50x is {FIFTY / right:.0f} such widths to the right →", line=1, align="right")
