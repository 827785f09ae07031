"""What counters of the system say of a slice."""

import pytest

from bench.timing.counters import Counters


def reading(clock=0.0, own=0.0, busy=0.0, stolen=0.0, switches=0, faults=0):
    return Counters(clock, own, busy, stolen, switches, faults)


def test_a_slice_is_what_the_counters_grew_by():
    before, after = reading(10, 1, 100, 5, 7, 70), reading(10.1, 1.2, 100.25, 5.02, 9, 75)
    found = before.until(after, quiet=True)
    assert (found.involuntary_switches, found.minor_faults) == (2, 5)
    assert found.own_cores == pytest.approx(2.0)
    assert found.others_cores == pytest.approx(0.5)
    assert found.stolen_cores == pytest.approx(0.2)


def test_kernel_ticks_never_make_others_busy_by_less_than_nothing():
    assert reading().until(reading(clock=0.1, own=0.2, busy=0.1), quiet=True).others_cores == 0
