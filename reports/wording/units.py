"""How numbers look on the page: every quantity is kept in seconds or as a plain ratio until here.

What shows a number takes the way to round it, to the nearest by default; see bench.stats.rounding.
"""

import math
from collections.abc import Callable, Iterable

from bench.stats.estimate import Estimate
from bench.stats.rounding import DOWN, NEAREST, UP, significant
from reports.wording.span import Span

SMALL_PREFIXES = ((1.0, ""), (1e-3, "m"), (1e-6, "µ"), (1e-9, "n"))
PREFIXES = ((1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, ""))


def seconds(value: float, way: str = NEAREST) -> str:
    """Three significant digits in the unit that keeps them short: `264 µs`, `1.29 ms`, `-3.40 µs`."""
    return small(value, "s", way)


def joules(value: float) -> str:
    """The same of an energy: `3.10 mJ`."""
    return small(value, "J")


def small(value: float, unit: str, way: str = NEAREST) -> str:
    """A quantity that is rarely as much as one whole unit."""
    rounded = significant(value, way=way)  # first, so that 999.9 µs becomes 1.00 ms and not 1000 µs
    scale, prefix = next((entry for entry in SMALL_PREFIXES if abs(rounded) >= entry[0]), SMALL_PREFIXES[-1])
    return f"{digits(rounded / scale)} {prefix}{unit}" if rounded else f"0 {unit}"


def round_seconds(value: float) -> str:
    """A time that someone chose, with no more digits than it needs: `50 ms`, `1.5 s`, `0`."""
    number, _, unit = seconds(value).partition(" ")
    return f"{float(number.replace(',', '')):g} {unit}" if value else "0"


def seconds_list(values: Iterable[float], glue: str) -> str:
    """Several times, with the unit once where all share it: `109 + 102 + 50.9 µs`."""
    return unit_once(glue.join(map(seconds, values)), glue).replace("+ -", "- ")


def unit_once(text: str, glue: str) -> str:
    """`109 µs to 1.20 ms` as it is, `109 µs to 112 µs` as `109 to 112 µs`."""
    units = {number.rpartition(" ")[2] for number in text.split(glue)}
    return text.replace(f" {units.pop()}{glue}", glue) if len(units) == 1 else text


def quantity(value: float, unit: str, way: str = NEAREST) -> str:
    """Three significant digits with a decimal prefix: `25.8 MFLOP`, `1.32 GB`, `512 B`."""
    rounded = significant(value, way=way)
    scale, prefix = next((entry for entry in PREFIXES if abs(rounded) >= entry[0]), PREFIXES[-1])
    return f"{float(f'{rounded / scale:.3g}'):g} {prefix}{unit}"


def factor(value: float) -> str:
    """A ratio with three significant digits: `0.969x`, `61.2x`, `130x`."""
    return f"{digits(value)}x"


def digits(value: float, way: str = NEAREST) -> str:
    """Three significant digits without an exponent; trailing zeros stay, as they are part of the precision."""
    if not value or not math.isfinite(value):
        return f"{value:g}"
    rounded = significant(value, way=way)
    return f"{rounded:,.{max(0, 2 - math.floor(math.log10(abs(rounded))))}f}"


def seconds_span(estimate: Estimate) -> str:
    """The 95% interval of a time: `258 to 270 µs`; a single restart has none."""
    return unit_once(estimate.span(seconds), " to ")


def factor_span(estimate: Estimate) -> str:
    """The 95% interval of a ratio: `0.951 to 0.987`; a single restart has none."""
    return estimate.span(digits)


def share(value: float, way: str = NEAREST) -> str:
    """A part of a whole with three significant digits: `31.2%`."""
    return f"{digits(significant(value, way=way) * 100)}%"


def share_span(estimate: Estimate) -> str:
    """The 95% interval of a share: `29.0% to 33.4%`; a single restart has none."""
    return estimate.span(share)


def flops(value: float, way: str = NEAREST) -> str:
    """Floating-point operations: `26 MFLOP`."""
    return quantity(value, "FLOP", way)


def steps(value: float, way: str = NEAREST) -> str:
    """A number of steps, which is whole: `1,240`; part of a step is a whole one but where it is rounded down."""
    number = significant(value, way=way)
    return f"{math.floor(number) if way == DOWN else math.ceil(number):,}"


def span(bounds: Span, shown: Callable[[float, str], str], least: float = 0.0) -> str:
    """`95% interval 2 GFLOP to 3 GFLOP`, `95% interval 3 or more`; an end at `least` or infinity bounds nothing."""
    low, high = shown(bounds.low, DOWN), shown(bounds.high, UP) if math.isfinite(bounds.high) else ""
    if bounds.low > least:
        return f"95% interval {low} to {high}" if high else f"95% interval {low} or more"
    return f"95% interval {high} or less" if high else "no interval"
