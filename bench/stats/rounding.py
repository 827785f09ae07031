"""Rounding to the digits that are shown: a value to the nearest, the ends of an interval outwards."""

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

# Which way to round. An interval's low end goes down and its high end up: the other way it would promise more.
NEAREST, DOWN, UP = ROUND_HALF_EVEN, ROUND_FLOOR, ROUND_CEILING


def rounded(value: float, places: int, way: str = NEAREST) -> float:
    """The value with so many decimal places."""
    return float(decimal(value).quantize(Decimal(1).scaleb(-places), way)) if math.isfinite(value) else value


def significant(value: float, digits: int = 3, way: str = NEAREST) -> float:
    """The value with so many significant digits."""
    return rounded(value, digits - 1 - decimal(value).adjusted(), way) if value and math.isfinite(value) else value


def decimal(value: float) -> Decimal:
    """The value without the noise of binary digits, for which nothing is rounded up."""
    return Decimal(f"{value:.12g}")
