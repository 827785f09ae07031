"""What another run would say, beside what this one says of itself."""

import math

import numpy as np
import pytest

from bench.stats.between_runs import RECORDED_SD, another_run
from bench.stats.estimate import Estimate, log_interval


def test_one_run_alone_is_widened_by_what_recorded_runs_differ_by():
    own = Estimate(2.0, 1.99, 2.01, 8)
    found = another_run(own)
    assert found.value == pytest.approx(2.0)
    assert found.precision == pytest.approx(math.expm1(2.2 * math.sqrt(2) * RECORDED_SD), rel=0.02)


def test_runs_that_agree_narrow_it_and_runs_that_differ_widen_it():
    own = Estimate(2.0, 1.99, 2.01, 8)
    alone = another_run(own).precision
    assert another_run(own, [own] * 5).precision < alone
    assert another_run(own, [Estimate(value, None, None, 1) for value in (1.5, 2.5, 1.8, 2.2)]).precision > alone


def test_a_single_restart_has_no_interval_for_another_run_either():
    assert another_run(Estimate(2.0, None, None, 1)).low is None


@pytest.mark.parametrize("sd", [0.01, 0.031])
def test_another_run_lies_within_as_often_as_is_said_where_runs_differ_as_recorded(sd):
    draw, held = np.random.default_rng(3), 0
    for _ in range(1000):
        first, second = (log_interval(draw.normal(draw.normal(0, sd), 0.01, 8)) for _ in range(2))
        found = another_run(first)
        held += found.low <= second.value <= found.high
    assert held >= 930
