"""The history of one quantity as a small drawing: a dot a run, a line a level, a fence where conditions changed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import NamedTuple

import numpy as np
from markupsafe import Markup

# The drawing is stretched to the page's width; strokes and dots keep their size.
WIDTH, HEIGHT, EDGE = 1000, 100, 6
# A chart reaches at least this factor either way, or plain noise would look like a drama.
LEAST_REACH = 1.05


class Level(NamedTuple):
    """A stretch between two places, and the quantity's level over it."""

    start: int
    end: int
    value: float


@dataclass(frozen=True)
class Drawing:
    """`points` are (place, positive value) on an axis with this number of `places`.

    `breaks` are the places where the machine's conditions changed, `changes` those where a reported change begins.
    """

    points: Sequence[tuple[int, float]]
    places: int
    colour: str
    levels: Sequence[Level] = ()
    breaks: Sequence[int] = ()
    changes: Sequence[int] = ()

    def svg(self, name: str, title: str, description: str) -> Markup:
        """The `<svg>` element; `name` must be unique in the page, `description` is for those who cannot see it."""
        dots = "".join(f"M{self.x(place)} {self.y(value)}h0" for place, value in self.points)
        levels = "".join(f"M{self.x(level.start)} {self.y(level.value)}H{self.x(level.end)}" for level in self.levels)
        fences, marks = (
            "".join(f"M{self.x(place - 0.5)} 0V{HEIGHT}" for place in places) for places in (self.breaks, self.changes)
        )
        return Markup(
            f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" role="img" '
            f'aria-labelledby="{name}-title {name}-desc">'
            f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-desc">{escape(description)}</desc>'
            f'<path class="fence" d="{fences}"/><path class="mark" d="{marks}"/>'
            f'<path class="dots" stroke="{self.colour}" d="{dots}"/><path class="level" d="{levels}"/></svg>'
        )

    def x(self, place: float) -> float:
        return round(EDGE + (WIDTH - 2 * EDGE) * (place + 0.5) / self.places, 1)

    def y(self, value: float) -> float:
        low, high = self._reach
        return round(EDGE + (HEIGHT - 2 * EDGE) * min(max((high - math.log(value)) / (high - low), 0.0), 1.0), 1)

    @cached_property
    def _reach(self) -> tuple[float, float]:
        """The logarithms at bottom and top: a stray percent of the values at either end is drawn at the edge."""
        low, high = np.percentile(np.log([value for _, value in self.points]), [1, 99])
        reach = max((high - low) * 0.6, math.log(LEAST_REACH))
        return float((low + high) / 2 - reach), float((low + high) / 2 + reach)
