"""Where one step's time goes: forward, backward and update end to end, with the whole step below them."""

from collections.abc import Sequence
from functools import partial

from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from bench.records.record import SEPARATE_PHASES
from reports.analysis.rows import Row
from reports.analysis.works import featured, timed
from reports.charting.drawing.chart import Chart
from reports.charting.drawing.layout import SMALL_PIXELS, Layout
from reports.charting.drawing.legible import first, rest
from reports.charting.drawing.palette import INK, MUTED, PAPER, UNKNOWN, colour, tint
from reports.charting.drawing.row_axes import RowAxes
from reports.wording import phrases
from reports.wording.slug import slug
from reports.wording.units import round_seconds, seconds, seconds_list

TINTS = dict(zip(SEPARATE_PHASES, (0.0, 0.45, 0.8), strict=True))
HATCH = "////"
# Bars begin at zero: beside one that is this many times as long, a bar cannot be read.
RANGE = 10.0
DERIVED = (
    "Hatched phases are derived: differences of timings of longer and longer parts of the step, not timed directly."
)


def charts(rows: Sequence[Row]) -> list[Chart]:
    """One for each featured work, all dtypes in it; split where a common axis would hide the short ones."""
    drawn = []
    for work in featured(rows):
        phased = [row for row in timed(rows, work) if row.phases]
        groups = alike(first(phased))
        for shown in groups:
            drawn.append(
                Chart(
                    slug("phases", *work),
                    "Time of one training step",
                    str(work) + span(shown) * (len(groups) > 1),
                    "; ".join(map(description, shown)),
                    partial(draw, shown),
                    (DERIVED,) * any(row.record.derived for row in shown) + rest(phased),
                )
            )
    return drawn


def alike(rows: Sequence[Row]) -> list[list[Row]]:
    """The rows, which come fastest first, in groups whose slowest takes at most RANGE times as long as its fastest."""
    groups: list[list[Row]] = []
    for row in rows:
        assert row.time is not None
        first = groups[-1][0].time if groups else None
        if first is None or row.time.value > RANGE * first.value:
            groups.append([])
        groups[-1].append(row)
    return groups


def span(rows: Sequence[Row]) -> str:
    """From the fastest to the slowest of a group."""
    ends = [row.time.value for row in (rows[0], rows[-1]) if row.time]
    return f": {' to '.join(dict.fromkeys(map(seconds, ends)))}"


def description(row: Row) -> str:
    assert row.time is not None
    phases = ", ".join(f"{phase} {seconds(estimate.value)}" for phase, estimate in row.phases.items())
    derived = ", derived" if row.record.derived else ""
    return f"{phrases.named(row.record.cell)} step {seconds(row.time.value)} of {phases}{derived}"


def draw(rows: Sequence[Row], layout: Layout) -> Figure:
    """Rows must have a time and phases. Negative phases reach left of zero."""
    plot = RowAxes.of(layout, len(rows), above=2 if layout.stacked else 1)
    for place, row in enumerate(rows):
        assert row.time is not None
        plot.label(place, phrases.named(row.record.cell))
        plot.value(place, seconds(row.time.value), parts(row))
    draw_bars(plot, rows)
    left, right = plot.axes.get_xlim()
    ticks = [tick for tick in MaxNLocator(4 if layout.stacked else 5).tick_values(left, right) if left <= tick <= right]
    plot.rule(0, color=MUTED, linewidth=1)
    plot.label_axis(ticks, round_seconds)
    key(plot, any(row.record.derived for row in rows))
    return plot.figure


def draw_bars(plot: RowAxes, rows: Sequence[Row]) -> None:
    """A phase of all rows at once: a call a bar would take several times as long."""
    thick = 0.26 if plot.layout.stacked else 0.44
    thin = thick / 3
    ends = [{True: 0.0, False: 0.0} for _ in rows]
    for phase in SEPARATE_PHASES:
        for hatched in (False, True):
            bars = [
                (place, row.phases[phase].value, tint(colour(row.record.framework), TINTS[phase]))
                for place, row in enumerate(rows)
                if phase in row.phases and hatched == (row.record.derived and phase != SEPARATE_PHASES[0])
            ]
            plot.axes.barh(
                [place + plot.mark - thin / 2 for place, _, _ in bars],
                [value for _, value, _ in bars],
                thick,
                left=[ends[place][value < 0] for place, value, _ in bars],
                color=[tone for _, _, tone in bars],
                edgecolor=PAPER,
                linewidth=1,
                hatch=HATCH if hatched else None,
            )
            for place, value, _ in bars:
                ends[place][value < 0] += value
    heights = [place + plot.mark + thick / 2 + thin / 2 for place in range(len(rows))]
    plot.axes.barh(heights, [row.time.value for row in rows if row.time], thin, color=INK)


def key(plot: RowAxes, derived: bool) -> None:
    """The tints in grey: they mean the same in every framework's colour."""
    handles = [Patch(facecolor=tint(UNKNOWN, TINTS[phase]), label=phase) for phase in SEPARATE_PHASES]
    if derived:
        handles.append(Patch(facecolor=tint(UNKNOWN, 0.45), edgecolor=PAPER, hatch=HATCH, label="derived"))
    handles.append(Patch(facecolor=INK, label="whole step"))
    legend = plot.figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(0 if plot.layout.stacked else plot.layout.left / plot.layout.width, 1),
        ncols=3 if plot.layout.stacked else len(handles),
        frameon=False,
        fontsize=SMALL_PIXELS,
        labelcolor=MUTED,
        borderpad=0,
        borderaxespad=0,
        handlelength=1.1,
        handleheight=0.9,
        handletextpad=0.5,
        columnspacing=1.4,
    )
    legend.set_in_layout(False)


def parts(row: Row) -> str:
    """The phases' times, which need not add up to the step's."""
    return seconds_list((row.phases[phase].value for phase in SEPARATE_PHASES if phase in row.phases), " + ")
