"""Whether the steps that are timed do the work that was checked, by a scripted clock."""

from types import SimpleNamespace

import pytest

from bench.records.record import CellEnded
from bench.timing import validity
from tests.helpers.scripted import Clock, ScriptedNet


def test_a_wait_that_does_not_wait_is_found_and_one_that_does_is_not():
    clock = Clock()
    for waits, late in ((True, 0.0), (False, 1.0)):
        net = ScriptedNet(clock, 1e-4, waits=waits)
        found = validity.lateness(net, 1, clock, sleep=lambda seconds, net=net: net.drain())
        assert found == pytest.approx(late, abs=0.02)


def test_a_wait_that_leaves_part_of_the_work_under_way_is_late_by_that_part():
    clock = Clock()
    net = ScriptedNet(clock, 1e-4)

    def wait_for_most():
        net.queued, rest = 0.6 * net.queued, 0.4 * net.queued
        net.drain()
        net.queued = rest

    net.wait = wait_for_most
    assert validity.lateness(net, 1, clock, sleep=lambda seconds: net.drain()) == pytest.approx(0.4, abs=0.02)


def test_a_slow_copy_to_the_host_is_not_taken_for_work_under_way():
    clock = Clock()
    net = ScriptedNet(clock, 1e-4)
    net.parameters = lambda: setattr(clock, "now", clock.now + 0.05)
    assert validity.lateness(net, 1, clock, sleep=lambda seconds: None) == pytest.approx(0)


def test_one_disturbed_read_does_not_make_a_net_late():
    clock = Clock()
    net = ScriptedNet(clock, 1e-3)
    reads = iter([0.05])
    net.parameters = lambda: setattr(clock, "now", clock.now + next(reads, 1e-5))
    assert validity.lateness(net, 1, clock, sleep=lambda seconds: None) == pytest.approx(0, abs=0.02)


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


def test_where_there_is_no_room_for_a_second_net_the_first_is_not_accused():
    def refuse():
        raise MemoryError("not twice")

    validity.require_training(SimpleNamespace(parameters=dict), refuse, 500, 1)


def test_a_second_net_that_has_no_room_for_its_steps_does_not_accuse_the_first_either():
    def step():
        raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")

    second = SimpleNamespace(step=step, wait=lambda: None)
    validity.require_training(SimpleNamespace(parameters=dict), lambda: second, 500, 1)


def test_a_second_net_that_fails_for_another_reason_acquits_nobody():
    def refuse():
        raise ValueError("once is enough")

    with pytest.raises(ValueError, match="once is enough"):
        validity.require_training(SimpleNamespace(parameters=dict), refuse, 500, 1)


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
    net = SimpleNamespace(parameters=dict)
    try:
        validity.require_training(net, lambda: net, 500, 1, sleep=lambda seconds: None)
    except CellEnded as end:
        assert wrong and end.outcome == "wrong" and "50% shorter" in end.reason
    else:
        assert not wrong
