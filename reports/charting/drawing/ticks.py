"""Which values of an axis are labelled: as many as there is room for."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

# What a character of a small text takes, on average and a little more.
CHARACTER_PIXELS = 7.0
PLACES = tuple(digit * 10.0**power for power in range(-12, 18) for digit in (1, 2, 5))


@dataclass(frozen=True)
class LogAxis:
    """A logarithmic axis from `low` to `high` over a width in `pixels`, with room for half a label at its ends."""

    low: float
    high: float
    pixels: float
    before: float
    after: float

    def labelled(
        self, tick: Callable[[float], str], marks: Sequence[float] = (), places: Iterable[float] = PLACES
    ) -> list[float]:
        """The places whose labels touch neither each other nor the edge: marked ones go first, then powers of ten."""
        chosen: list[float] = []
        for place in sorted(places, key=lambda place: (place not in marks, not is_power_of_ten(place))):
            width = CHARACTER_PIXELS * len(tick(place))
            apart = all(abs(self.position(place) - self.position(other)) >= width + 12 for other in chosen)
            if self.low <= place <= self.high and apart and self.holds(place, width / 2):
                chosen.append(place)
        return sorted(chosen)

    def position(self, place: float) -> float:
        return math.log(place / self.low) / math.log(self.high / self.low) * self.pixels

    def holds(self, place: float, half: float) -> bool:
        """Whether a label that is twice so wide stays inside the figure."""
        return -self.before <= self.position(place) - half and self.position(place) + half <= self.pixels + self.after


def is_power_of_ten(place: float) -> bool:
    return f"{place:e}"[0] == "1"


def linear(high: float, count: float) -> list[float]:
    """Round multiples of one step from 0 to `high`, at most `count` steps."""
    step = next((step for step in PLACES if high / step <= count), high / count)
    return [step * number for number in range(int(high / step) + 1)]
