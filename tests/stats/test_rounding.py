"""Intervals are rounded outwards wherever they are printed: what is shown contains what was measured."""

import random
import re

import pytest

from bench.cli.run_text.times_table import interval_text
from bench.cli.verdict_format import percent
from bench.stats.estimate import Estimate
from bench.stats.rounding import DOWN, NEAREST, UP, rounded, significant
from reports.export.smaller_is_better import microseconds
from reports.wording.span import Span
from reports.wording.units import factor_span, seconds_span, share_span, span, steps

DRAW = random.Random("intervals")
UNITS = {"s": 1.0, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9, "%": 1e-2, "": 1.0}


def shown(text: str) -> tuple[float, float]:
    """The two ends that a reader sees, in the base unit; a unit that stands once is that of both."""
    ends = re.findall(r"([-+\d.,]+) ?(%|[mµn]?s)?", text)
    last = ends[-1][1]
    low, high = (float(number.replace(",", "")) * UNITS[unit or last] for number, unit in ends)
    return low, high


@pytest.mark.parametrize(
    "words", [factor_span, seconds_span, share_span, interval_text], ids=lambda each: each.__name__
)
def test_an_interval_that_is_shown_contains_the_one_that_was_measured(words) -> None:
    for _ in range(300):
        value = 10 ** DRAW.uniform(-1, 1) if words is interval_text else 10 ** DRAW.uniform(-8, 1)
        low, high = value * DRAW.uniform(0.9, 1), value * DRAW.uniform(1, 1.1)
        seen = shown(words(Estimate(value, low, high, 9)))
        assert seen[0] <= low * (1 + 1e-12) and high * (1 - 1e-12) <= seen[1]


def test_a_change_and_a_number_of_steps_are_rounded_outwards_too() -> None:
    assert Estimate(1.03, 1.02999, 1.0301, 9).span(percent) == "+2.9% to +3.1%"
    assert Estimate(0.99, 0.9898, 0.9902, 9).span(percent) == "-1.1% to -0.9%"
    assert span(Span(333.0, 312.4, 341.2), steps) == "95% interval 312 to 342"
    assert Estimate(2e-4, 1.99999e-4, 2.00001e-4, 9).span(microseconds) == "199.9 to 200.1"


def test_digits_that_are_shown_whole_stay_as_they_are() -> None:
    # 1.052 - 1 is 0.052000000000000046, and 258e-6 * 1e6 is no whole number: binary noise is no reason to round up
    assert Estimate(1.052, 1.052, 1.052, 9).span(percent) == "+5.2% to +5.2%"
    assert seconds_span(Estimate(258e-6, 258e-6, 258e-6, 9)) == "258 to 258 µs"
    assert factor_span(Estimate(0.95, 0.95, 0.95, 9)) == "0.950 to 0.950"


def test_a_value_is_rounded_to_the_nearest_and_an_end_to_its_own_side() -> None:
    assert [significant(0.98765, way=way) for way in (DOWN, NEAREST, UP)] == [0.987, 0.988, 0.988]
    assert [significant(-123456.0, way=way) for way in (DOWN, NEAREST, UP)] == [-124000.0, -123000.0, -123000.0]
    assert [rounded(1.005, 1, way) for way in (DOWN, NEAREST, UP)] == [1.0, 1.0, 1.1]
    assert significant(9.996, way=UP) == 10.0 and significant(0.0) == 0.0
