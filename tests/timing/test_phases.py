"""Samples of phases, with a scripted clock."""

import pytest

from bench.timing import idle, phases
from tests.helpers.scripted import Clock, ScriptedNet


def test_phases_are_timed_each_without_what_an_idle_wait_costs():
    clock = Clock()
    net = ScriptedNet(clock, 1e-3, wait_seconds=2e-5)
    wait_seconds = idle.idle_wait_seconds(net, clock)
    found = phases.time_phases(net, False, 0.02, wait_seconds, clock)
    assert list(found) == ["forward", "backward", "update"]
    assert found["backward"] == pytest.approx([1e-3] * len(found["backward"]))


def test_a_sample_of_phases_is_the_mean_over_its_steps():
    clock = Clock()
    net = ScriptedNet(clock, lambda call: 1e-3 * (1 + call // 3 % 4))  # three calls a step, four kinds of step
    found = phases.time_phases(net, False, 0.0, 0.0, clock, steps=4)
    assert found == {phase: pytest.approx([2.5e-3]) for phase in ("forward", "backward", "update")}


def test_phases_far_longer_than_the_step_end_soon_after_their_time_and_at_a_whole_period():
    clock = Clock()
    net = ScriptedNet(clock, 0.1)
    found = phases.time_phases(net, False, 0.0, 0.0, clock, steps=50_000, period=4)
    assert found["forward"] == pytest.approx([0.1])
    assert net.steps % (3 * 4) == 0 and clock.now < 2 * phases.OVERTIME_SECONDS + 12 * 0.1


def test_phases_that_repeat_those_before_them_are_named_so_and_left_as_they_are():
    clock = Clock()
    net = ScriptedNet(clock, lambda call: 1e-3 * (1 + call % 3))
    found = phases.time_phases(net, True, 0.0, 0.0, clock)
    assert found == {
        "forward": pytest.approx([1e-3]),
        "forward+backward": pytest.approx([2e-3]),
        "forward+backward+update": pytest.approx([3e-3]),
    }


def test_a_net_without_phases_has_none():
    class OnlySteps:
        pass

    assert phases.time_phases(OnlySteps(), False, 0.02, 0.0, Clock()) == {}
