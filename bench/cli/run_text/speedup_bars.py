"""Speedups with their intervals as bars of characters, on a logarithmic axis."""

import math
from collections.abc import Iterator, Sequence

from bench.cli.run_text.times_table import Line
from bench.stats.estimate import Estimate

# A bar needs room to show anything.
LEAST_BAR, MOST_BAR = 16, 60


def bars(lines: Sequence[Line], width: int) -> Iterator[str]:
    """A line for each speedup over NumPy, within `width` characters: `torch_inplace    | [=o=]   1.31x`.

    `o` is the speedup, the brackets are the ends of its interval, and `|` is where NumPy is. One whose interval says
    nothing is left out; there are no lines where fewer than two are left.
    """
    shown = [(line, speedup) for line in lines if (speedup := line.speedup) and not speedup.is_wide]
    if len(shown) < 2:
        return
    ends = [math.log(end) for _, speedup in shown for end in ends_of(speedup)]
    least, most = min(0.0, *ends), max(0.0, *ends)
    names = max(len(line.named) for line, _ in shown)
    numbers = max(len(f"{speedup.value:.2f}x") for _, speedup in shown)
    room = min(MOST_BAR, max(LEAST_BAR, width - names - numbers - 4))
    names = min(names, max(1, width - room - numbers - 4))

    def place(value: float) -> int:
        return round((math.log(value) - least) / (most - least or 1.0) * (room - 1))

    yield "over NumPy, with 95% intervals; | is NumPy, and the scale is logarithmic"
    for line, speedup in shown:
        bar = [" "] * room
        bar[place(1.0)] = "|"
        low, high = map(place, ends_of(speedup))
        bar[low : high + 1] = "=" * (high + 1 - low)
        if low < high:
            bar[low], bar[high] = "[", "]"
        bar[place(speedup.value)] = "o"
        name = line.named if len(line.named) <= names else f"{line.named[: names - 1]}~"
        number = f"{speedup.value:.2f}x"
        yield f"{name:{names}}  {''.join(bar)}  {number:>{numbers}}"


def ends_of(speedup: Estimate) -> tuple[float, float]:
    """The interval's; the value twice where there is none."""
    return speedup.low or speedup.value, speedup.high or speedup.value
