"""Several intervals that hold at once."""

import math
import random

import pytest
from scipy.stats import t as student

from bench.stats.estimate import Estimate, log_interval
from bench.stats.simultaneous import simultaneous


def test_an_interval_is_as_wide_as_student_s_t_at_an_mth_of_the_error() -> None:
    values = [0.01, 0.03, -0.02, 0.05, 0.0, 0.02]
    alone = log_interval(values)
    assert alone is not None and alone.high is not None
    wide = simultaneous(alone, 8)
    assert wide.low is not None and wide.high is not None and wide.value == alone.value
    half = math.log(alone.high / alone.value) * student.ppf(1 - 0.025 / 8, 5) / student.ppf(0.975, 5)
    assert (wide.low, wide.high) == pytest.approx((alone.value * math.exp(-half), alone.value * math.exp(half)))
    assert simultaneous(alone, 1) == alone
    assert simultaneous(Estimate(1.0, None, None, 1), 8) == Estimate(1.0, None, None, 1)


def test_of_twenty_all_hold_in_95_of_100_families() -> None:
    draw, families, count, covered = random.Random("families"), 400, 20, 0
    for _ in range(families):
        found = (log_interval([draw.gauss(0, 0.02) for _ in range(6)]) for _ in range(count))
        wide = [simultaneous(each, count) for each in found if each]
        covered += all(each.low is not None and each.high is not None and each.low <= 1 <= each.high for each in wide)
    assert covered / families >= 0.93
