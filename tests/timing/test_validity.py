"""Whether the steps that are timed do the work that was checked, by a scripted clock."""

import pytest

from bench.records.record import CellEnded
from bench.timing import validity
from tests.helpers.scripted import Clock, ScriptedNet


def lateness(net, clock, sleep):
    steps = validity.steps_to_read(net, 1, clock)
    net.drain()
    return validity.late_share(lambda: validity.lateness(net, steps, 1, clock, sleep), sleep)


def test_a_wait_that_does_not_wait_is_found_and_one_that_does_is_not():
    clock = Clock()
    for waits, late in ((True, 0.0), (False, 1.0)):
        net = ScriptedNet(clock, 1e-4, waits=waits)
        assert lateness(net, clock, lambda seconds, net=net: net.drain()) == pytest.approx(late, abs=0.02)


@pytest.mark.parametrize("share", [0.12, 0.2, 0.4])
def test_a_wait_that_leaves_part_of_the_work_under_way_is_late_by_that_part(share):
    clock = Clock()
    net = ScriptedNet(clock, 1e-4)

    def wait_for_most():
        net.queued, rest = (1 - share) * net.queued, share * net.queued
        net.drain()
        net.queued = rest

    net.wait = wait_for_most
    assert lateness(net, clock, lambda seconds: net.drain()) == pytest.approx(share, abs=0.02)


def test_a_slow_copy_to_the_host_is_not_taken_for_work_under_way():
    clock = Clock()
    net = ScriptedNet(clock, 1e-4)
    net.parameters = lambda: setattr(clock, "now", clock.now + 0.05)
    assert lateness(net, clock, lambda seconds: None) == pytest.approx(0)


@pytest.mark.parametrize(
    ("looks", "share"),
    [
        ((0.01, 0.0, 0.02), 0),  # a quiet machine
        ((0.9, 0.0, 0.9, 0.0, 0.9, 0.0, 0.0, 0.0, 0.0), 0),  # disturbed, and honest
        ((0.2, 0.2, 0.0, 0.2, 0.2, 0.2, 0.2), 0.2),  # disturbed, and late
        ((0.0, 0.2) * 13, 0),  # not to be decided
    ],
)
def test_looks_at_a_wait_go_on_until_most_are_on_one_side(looks, share):
    remaining = iter(looks)
    assert validity.late_share(lambda: next(remaining), lambda seconds: None) == share


def shrinking(after, share=0.0):
    """The length of a step that takes only a share of its time once so many have been taken."""
    return lambda number: 1e-4 * (1.0 if number < after else share)


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_a_net_that_leaves_out_work_once_it_is_past_the_steps_that_were_checked_falls_short_of_a_fresh_one(share):
    clock = Clock()
    worn, fresh = ScriptedNet(clock, shrinking(500, share)), ScriptedNet(clock, shrinking(500, share))
    worn.steps = 600
    assert validity.shortfall(worn, fresh, 500, 1, clock) == pytest.approx(1 - share)
    assert fresh.steps <= 500


def test_a_net_that_goes_on_as_it_began_does_not_fall_short_though_a_first_sample_compiles():
    clock = Clock()
    fresh = ScriptedNet(clock, lambda number: 5.0 if not number else 1e-4)
    assert validity.shortfall(ScriptedNet(clock, 1e-4), fresh, 500, 1, clock) == pytest.approx(0)


def test_no_fresh_net_takes_a_step_more_than_were_checked():
    clock = Clock()
    for steps, period in ((500, 1), (200, 10), (50, 4), (3, 1), (4, 4)):
        fresh = ScriptedNet(clock, 1e-4)
        validity.shortfall(ScriptedNet(clock, 1e-4), fresh, steps, period, clock)
        assert fresh.steps <= steps and fresh.steps % period == 0


def test_a_net_that_rests_from_the_fourth_step_on_falls_short_where_three_were_checked():
    clock = Clock()
    worn, fresh = ScriptedNet(clock, shrinking(3)), ScriptedNet(clock, shrinking(3))
    worn.steps = 600
    assert validity.shortfall(worn, fresh, 3, 1, clock) == pytest.approx(1.0)


def test_long_steps_are_looked_at_only_a_few_times():
    clock = Clock()
    fresh = ScriptedNet(clock, 2.0)
    assert validity.shortfall(ScriptedNet(clock, 2.0), fresh, 500, 1, clock) == pytest.approx(0)
    assert fresh.steps == validity.LEAST_SAMPLES * (validity.SHORTFALL_STEPS // validity.SAMPLES)


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB"),
        RuntimeError("RESOURCE_EXHAUSTED: Out of memory allocating 17 bytes."),
        type("OutOfMemoryError", (Exception,), {})(),
        RuntimeError("CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate(handle)"),
        RuntimeError("std::bad_alloc"),
    ],
)
def test_every_framework_s_way_to_say_that_memory_is_short_is_understood(error):
    assert validity.out_of_memory(error)


@pytest.mark.parametrize("words", ["an illegal memory access was encountered", "unknown memory_format", "worn out"])
def test_other_words_about_memory_are_no_lack_of_it(words):
    assert not validity.out_of_memory(RuntimeError(words))


@pytest.mark.parametrize(("slow_looks", "wrong"), [(validity.SHORTFALL_TRIES - 1, False), (99, True)])
def test_one_look_that_clears_a_net_is_enough_since_a_busy_machine_makes_any_look_slow(slow_looks, wrong, monkeypatch):
    looks = iter([0.5] * slow_looks + [0.0])
    monkeypatch.setattr(validity, "shortfall", lambda *_: next(looks))
    try:
        validity.require_equal_work(None, lambda: None, 500, 1, sleep=lambda seconds: None)
    except CellEnded as end:
        assert wrong and end.outcome == "wrong" and "50% shorter" in end.reason
    else:
        assert not wrong
