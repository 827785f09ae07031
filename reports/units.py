"""How numbers look on the page: every quantity is kept in seconds or as a plain ratio until here."""

import math
from collections.abc import Callable

from bench.stats import Estimate

UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))


def seconds(value: float) -> str:
    """Three significant digits in the unit that keeps them short: `264 µs`, `1.29 ms`, `-3.40 µs`."""
    rounded = float(f"{value:.3g}")  # first, so that 999.9 µs becomes 1.00 ms and not 1000 µs
    scale, unit = next((entry for entry in UNITS if abs(rounded) >= entry[0]), UNITS[-1])
    return f"{digits(rounded / scale)} {unit}" if rounded else "0 s"


def factor(value: float) -> str:
    """A ratio with three significant digits: `0.969x`, `61.2x`, `130x`."""
    return f"{digits(value)}x"


def digits(value: float) -> str:
    """Three significant digits without an exponent; trailing zeros stay, as they are part of the precision."""
    if not value or not math.isfinite(value):
        return f"{value:g}"
    rounded = float(f"{value:.3g}")
    return f"{rounded:,.{max(0, 2 - math.floor(math.log10(abs(rounded))))}f}"


def span(found: Estimate, write: Callable[[float], str]) -> str:
    """The 95% interval in the words of `write`; a single restart has none."""
    if found.low is None or found.high is None:
        return "no interval"
    return f"{write(found.low)} to {write(found.high)}"
