import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.records.cell import Cell
from bench.records.health import Health
from bench.records.record import Record, Round
from bench.records.run import Run
from bench.records.settings import Settings
from bench.stats.estimate import Estimate, log_interval, mean_estimate, ratio_estimate, time_estimate
from bench.workloads.size import TUTORIAL, Size


def test_an_interval_is_student_s_over_restarts():
    # Five restarts with medians 1..5: mean 3, sd 1.5811, t(0.975, 4) = 2.7764, so 3 +- 1.9632.
    found = mean_estimate({(restart, number): restart + 1.0 for restart in range(5) for number in range(3)})
    assert found.value == pytest.approx(3)
    assert (found.low, found.high) == pytest.approx((3 - 1.9632, 3 + 1.9632), abs=1e-4)
    assert not found.provisional


def test_a_restart_counts_once_however_many_rounds_it_has():
    few = {(restart, 0): 1.0 + restart for restart in range(3)}
    many = {(restart, number): 1.0 + restart for restart in range(3) for number in range(100)}
    assert time_estimate(few) == time_estimate(many)


def test_a_single_restart_has_a_value_and_no_interval():
    found = time_estimate({(0, 0): 2.0, (0, 1): 2.0})
    assert (found.value, found.low, found.high) == (pytest.approx(2), None, None)
    assert found.provisional
    assert found.precision == math.inf


def test_a_drifting_machine_cancels_out_of_a_ratio():
    drift = {(restart, number): 1.0 + restart + 0.3 * number for restart in range(5) for number in range(10)}
    other = {key: 2 * seconds for key, seconds in drift.items()}
    found = ratio_estimate(other, drift)
    assert (found.low, found.value, found.high) == pytest.approx((2, 2, 2))


def test_numbers_that_share_no_round_have_no_ratio():
    assert ratio_estimate({(0, 0): 1.0}, {(1, 0): 1.0}) is None


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=12))
def test_an_interval_holds_its_value_and_turns_over_with_its_ratio(logs):
    found, inverse = log_interval(logs), log_interval([-value for value in logs])
    assert found.low <= found.value * (1 + 1e-12) and found.value <= found.high * (1 + 1e-12)
    assert inverse.value == pytest.approx(1 / found.value)
    assert inverse.low == pytest.approx(1 / found.high)


def test_a_later_size_whose_rounds_were_disturbed_keeps_them_though_the_first_one_s_were_clean():
    def record(size, numbers):
        seconds = {Round(restart, number): 1e-3 for restart in range(2) for number in numbers}
        health = {key: Health(0, 0, stolen_cores=0.5 * (key.round in (6, 7))) for key in seconds}
        return Record(Cell("numpy_manual", size=size), "measured", seconds={"step": seconds}, health=health)

    first, later = record(TUTORIAL, range(5)), record(Size(256, 1000, 400, 10), range(5, 8))
    records = {one.cell.id: one for one in (first, later)}
    run = Run({}, {}, "", Settings(rounds=5), records)
    assert run.disturbed(Round(0, 6)) and not run.disturbed(Round(0, 5))
    assert run.time(later).restarts == run.time(first).restarts == 2
    assert len(run.counted(later.seconds["step"])) == 6


def test_an_interval_that_spans_more_than_a_factor_of_one_and_a_half_is_not_printed_as_numbers():
    assert Estimate(1.0, 0.9, 1.2, 5).span("{:g}".format) == "0.9 to 1.2"
    assert Estimate(1.0, 0.01, 234.0, 2).span("{:g}".format) == "not known yet"
    assert Estimate(0.0, -1.0, 1.0, 5).span("{:g}".format) == "-1 to 1", "a difference has no factor"
