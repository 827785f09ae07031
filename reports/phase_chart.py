"""Where one step's time goes: forward, backward and update end to end, with the whole step below them."""

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from bench.record import SEPARATE_PHASES
from reports.canvas import SMALL_PIXELS, Canvas, Layout
from reports.palette import INK, MUTED, PAPER, UNKNOWN, colour, tint
from reports.rows import Row
from reports.units import round_seconds, seconds, seconds_list

TINTS = dict(zip(SEPARATE_PHASES, (0.0, 0.45, 0.8), strict=True))
HATCH = "////"


def draw(rows: Sequence[Row], layout: Layout) -> Figure:
    """Rows must have a time and phases. Negative phases reach left of zero, as they came out."""
    canvas = Canvas.of(layout, len(rows), above=2 if layout.stacked else 1)
    for place, row in enumerate(rows):
        draw_row(canvas, place, row)
    left, right = canvas.axes.get_xlim()
    ticks = [tick for tick in MaxNLocator(4 if layout.stacked else 5).tick_values(left, right) if left <= tick <= right]
    canvas.rule(0, color=MUTED, linewidth=1)
    canvas.ticks(ticks, [round_seconds(tick) for tick in ticks])
    key(canvas, any(row.record.derived for row in rows))
    return canvas.figure


def draw_row(canvas: Canvas, place: int, row: Row) -> None:
    assert row.time is not None
    tone, y = colour(row.record.cell.net), place + canvas.mark
    thick = 0.26 if canvas.layout.stacked else 0.44
    thin = thick / 3
    canvas.label(place, name(row))
    canvas.value(place, seconds(row.time.value), parts(row))
    ends = {True: 0.0, False: 0.0}
    for phase in SEPARATE_PHASES:
        if phase in row.phases:
            value = row.phases[phase].value
            canvas.axes.barh(
                y - thin / 2,
                value,
                thick,
                left=ends[value < 0],
                color=tint(tone, TINTS[phase]),
                edgecolor=PAPER,
                linewidth=1,
                hatch=HATCH if row.record.derived and phase != SEPARATE_PHASES[0] else None,
            )
            ends[value < 0] += value
    canvas.axes.barh(y + thick / 2 + thin / 2, row.time.value, thin, color=INK)


def key(canvas: Canvas, derived: bool) -> None:
    """The tints in grey: they mean the same in every framework's colour."""
    handles = [Patch(facecolor=tint(UNKNOWN, TINTS[phase]), label=phase) for phase in SEPARATE_PHASES]
    if derived:
        handles.append(Patch(facecolor=tint(UNKNOWN, 0.45), edgecolor=PAPER, hatch=HATCH, label="derived"))
    handles.append(Patch(facecolor=INK, label="whole step"))
    legend = canvas.figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(0 if canvas.layout.stacked else canvas.layout.left / canvas.layout.width, 1),
        ncols=3 if canvas.layout.stacked else len(handles),
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


def name(row: Row) -> str:
    """The net, with what sets it apart from float32 on the CPU."""
    cell = row.record.cell
    apart = [cell.dtype] * (cell.dtype != "float32") + ["GPU"] * (cell.device == "cuda")
    return f"{cell.label} ({', '.join(apart)})" if apart else cell.label


def parts(row: Row) -> str:
    """The phases' times, which need not add up to the step's."""
    return seconds_list((row.phases[phase].value for phase in SEPARATE_PHASES if phase in row.phases), " + ")
