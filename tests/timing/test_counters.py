"""What counters of the system say of a slice."""

import pytest

from bench.timing.counters import Counters


def reading(clock=0.0, own=0.0, busy=0.0, stolen=0.0, switches=0, faults=0):
    return Counters(clock, own, busy, stolen, switches, faults)


def test_a_slice_is_what_the_counters_grew_by():
    before, after = reading(10, 1, 100, 5, 7, 70), reading(10.1, 1.2, 100.25, 5.02, 9, 75)
    found = after.since(before).health
    assert (found.involuntary_switches, found.minor_faults) == (2, 5)
    assert found.own_cores == pytest.approx(2.0)
    assert found.others_cores == pytest.approx(0.5)
    assert found.stolen_cores == pytest.approx(0.2)


def test_kernel_ticks_never_make_others_busy_by_less_than_nothing():
    assert reading(clock=0.1, own=0.2, busy=0.1).health.others_cores == 0


def test_the_slices_of_a_restart_are_judged_together():
    together = reading(0.1, 0.2, 0.25, 0.02, 2, 5).plus(reading(0.1, 0.1, 0.1, 0.0, 1, 0)).health
    assert (together.involuntary_switches, together.minor_faults) == (3, 5)
    assert together.own_cores == pytest.approx(1.5)
    assert together.others_cores == pytest.approx(0.25)
