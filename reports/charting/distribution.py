"""Where the rounds of each cell lie about its time, restart by restart."""

from collections.abc import Sequence, Set
from dataclasses import replace
from functools import partial

import numpy as np
from matplotlib.figure import Figure

from bench.records.record import Round
from bench.records.run import Run
from reports.analysis.rows import Row
from reports.analysis.works import featured, timed
from reports.charting.drawing.chart import Chart
from reports.charting.drawing.layout import Layout
from reports.charting.drawing.legible import first, rest
from reports.charting.drawing.palette import INK, MUTED, colour
from reports.charting.drawing.row_axes import RowAxes, strokes
from reports.wording import phrases
from reports.wording.slug import slug
from reports.wording.units import seconds

# Beyond these multiples of a cell's time a round is drawn at the edge: a stray one must not flatten all others.
LEAST, MOST = 0.6, 2.0
PERCENT = tuple(1 + share / 100 for share in (-40, -30, -20, -10, -5, -2, 0, 2, 5, 10, 20, 30, 50, 75, 100))
NOTE = (
    "Each tick is a round and each line of ticks a restart, from the first at the top; the dark bar is the interval. "
    "Arrows at an edge stand for rounds beyond it."
)


def charts(run: Run, rows: Sequence[Row]) -> list[Chart]:
    """One for each featured work, the fastest cell first."""
    drawn = []
    for work in featured(rows, greatest=False):
        shown = timed(rows, work)
        left_out = sum(len(left_out_of(run, row)) for row in shown)
        if shown:
            drawn.append(
                Chart(
                    slug("distribution", *work),
                    "Rounds about the time of their cell",
                    str(work),
                    "; ".join(f"{phrases.named(row.record.cell)} {spread(run, row)}" for row in shown),
                    partial(draw, run, first(shown)),
                    (NOTE + " Grey ticks are disturbed rounds, which were left out." * bool(left_out), *rest(shown)),
                )
            )
    return drawn


def draw(run: Run, rows: Sequence[Row], layout: Layout) -> Figure:
    """Rows must have a time."""
    plot = RowAxes.of(replace(layout, row=60 if layout.stacked else 40), len(rows), above=0)
    everything = np.array([value for row in rows for value in relative(row).values()])
    low, high = (float(edge) for edge in np.percentile(everything, [0.5, 99.5]))
    left, right = max(LEAST, min(low, 0.97)) / 1.01, min(MOST, max(high, 1.03)) * 1.01
    plot.log_axis(left, right, percent, [1.0], PERCENT)
    plot.rule(1.0, color=INK, linewidth=1)
    for place, row in enumerate(rows):
        draw_row(plot, place, row, left_out_of(run, row))
    return plot.figure


def draw_row(plot: RowAxes, place: int, row: Row, left_out: Set[Round]) -> None:
    assert row.time is not None
    rounds, tone = relative(row), colour(row.record.framework)
    count = f"{len(rounds) - len(left_out)} of {len(rounds)} rounds" if left_out else f"{len(rounds)} rounds"
    plot.label(place, phrases.named(row.record.cell))
    plot.value(place, seconds(row.time.value), count)
    left, right = plot.axes.get_xlim()
    restarts = {restart: number for number, restart in enumerate(sorted({key.restart for key in rounds}))}
    high = 0.44 if plot.layout.stacked else 0.62
    lane, top = high / len(restarts), place + plot.mark - high / 2
    marks: dict[str, list[tuple[float, float]]] = {"kept": [], "left out": [], "<": [], ">": []}
    for key, value in rounds.items():
        y = top + lane * restarts[key.restart]
        if value < left or value > right:
            marks["<" if value < left else ">"].append((left if value < left else right, y + lane / 2))
        else:
            marks["left out" if key in left_out else "kept"].append((value, y))
    for kind, shade, alpha in (("left out", MUTED, 0.45), ("kept", tone, 0.85)):
        if marks[kind]:
            x, heights = strokes(marks[kind], lane * 0.85)
            plot.axes.plot(x, heights, color=shade, alpha=alpha, linewidth=1.6, solid_capstyle="butt", zorder=2)
    for arrow in ("<", ">"):
        if marks[arrow]:
            plot.axes.plot(*zip(*marks[arrow], strict=True), arrow, color=tone, markersize=4, clip_on=False, zorder=3)
    if row.time.low is not None and row.time.high is not None:
        ends = np.clip([row.time.low / row.time.value, row.time.high / row.time.value], left, right)
        plot.axes.plot(ends, [top + high + 0.08] * 2, color=INK, linewidth=2.5, solid_capstyle="butt", zorder=4)


def relative(row: Row) -> dict[Round, float]:
    """Every round's seconds as a multiple of the cell's."""
    assert row.time is not None
    return {key: value / row.time.value for key, value in row.record.seconds["step"].items()}


def left_out_of(run: Run, row: Row) -> set[Round]:
    """The rounds that do not count."""
    rounds = row.record.seconds["step"]
    return rounds.keys() - run.counted(rounds).keys()


def spread(run: Run, row: Row) -> str:
    """How the rounds that count scatter, and how many there are."""
    rounds = relative(row)
    counted = [rounds[key] for key in run.counted(row.record.seconds["step"])]
    low, high = np.percentile(counted, [25, 75])
    return f"half of {len(counted)} rounds: {percent(float(low))} to {percent(float(high))}"


def percent(multiple: float) -> str:
    """`+5%`, `-12%`, `0%`."""
    return f"{(multiple - 1) * 100:+.2g}%" if round(multiple, 4) != 1 else "0%"
