"""Speedup over batch and hidden width as a heat map with the 1x and 50x contours."""

import math
from functools import partial

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, LogNorm
from matplotlib.figure import Figure
from numpy.typing import NDArray

from reports.analysis.scaling import Grid
from reports.charting.drawing.chart import Chart
from reports.charting.drawing.layout import SMALL_PIXELS, Layout
from reports.charting.drawing.palette import INK, PAPER
from reports.charting.drawing.xy_axes import XYAxes
from reports.wording.levels import EQUAL, FIFTY
from reports.wording.units import digits, factor, factor_span

# From a tenth to a hundred times: blue where slower, light at 1x, then orange and brown. Blue and orange are apart for
# colour-blind eyes; in print the numbers help.
LEAST, MOST = 0.1, 100.0
TONES = LinearSegmentedColormap.from_list(
    "speedup", [(0.0, "#3d7fc4"), (1 / 3, "#f1efec"), (2 / 3, "#e0853d"), (1.0, "#7d3210")]
)
DARK, LIGHT = "#141414", "#fafafa"
CONTOURS = ((EQUAL, "solid"), (FIFTY, (0, (2, 1))))


def chart(grid: Grid) -> Chart:
    """A square for each size that was measured."""
    description = "; ".join(
        f"batch {batch}, hidden width {hidden}: {factor(speedup.value)}, {factor_span(speedup)}"
        for (batch, hidden), speedup in sorted(grid.speedup.items())
    )
    return Chart(
        "grid",
        "Speedup over batch and hidden width",
        grid.label,
        description,
        partial(draw, grid),
        ("The solid contour divides the sizes at 1x, the dashed one at 50x; empty squares were not measured.",),
    )


def draw(grid: Grid, layout: Layout) -> Figure:
    square = 36 if layout.stacked else 44
    plot = XYAxes.of(layout, square * len(grid.batches), left=52 if layout.stacked else 72, right=12, top=42)
    values = np.full((len(grid.batches), len(grid.hiddens)), np.nan)
    for (batch, hidden), speedup in grid.speedup.items():
        values[grid.batches.index(batch), grid.hiddens.index(hidden)] = speedup.value
    norm = LogNorm(LEAST, MOST, clip=True)
    plot.axes.pcolormesh(np.ma.masked_invalid(values), cmap=TONES, norm=norm, edgecolor=PAPER, linewidth=2)
    for row, column in np.argwhere(np.isfinite(values)):
        value = float(values[row, column])
        red, green, blue, _ = TONES(norm(value))
        ink = LIGHT if 0.3 * red + 0.59 * green + 0.11 * blue < 0.5 else DARK
        plot.axes.text(
            column + 0.5,
            row + 0.5,
            digits(value) if value < 100 else f"{value:.0f}",
            ha="center",
            va="center",
            size=SMALL_PIXELS,
            color=ink,
            gid="square",
        )
    for level, dashes in CONTOURS:
        plot.axes.plot(*contour(values, level), color=INK, linewidth=3, linestyle=dashes, solid_capstyle="butt")
    plot.axes.set_xticks(np.arange(len(grid.hiddens)) + 0.5, [str(hidden) for hidden in grid.hiddens])
    plot.axes.set_yticks(np.arange(len(grid.batches)) + 0.5, [str(batch) for batch in grid.batches])
    plot.names("hidden width →", "batch ↑")
    return plot.figure


def contour(values: NDArray[np.float64], level: float) -> tuple[list[float], list[float]]:
    """The edges between squares below the level and squares above it, as one line with gaps.

    It runs between the measured sizes and claims nothing of what lies there.
    """
    x: list[float] = []
    y: list[float] = []
    rows, columns = values.shape
    for row, column in np.ndindex(rows, columns):
        for beside, above in ((1, 0), (0, 1)):
            if row + above < rows and column + beside < columns:
                pair = values[row, column], values[row + above, column + beside]
                if np.isfinite(pair).all() and min(pair) < level <= max(pair):
                    x += [column + beside, column + 1, math.nan]
                    y += [row + above, row + 1, math.nan]
    return x, y
