"""Waits, with a scripted clock."""

import pytest

from bench.timing import idle
from tests.helpers.scripted import Clock, ScriptedNet


def test_an_idle_wait_is_the_usual_one_and_not_the_slowest():
    clock = Clock()
    net = ScriptedNet(clock, 1e-3)
    waits = iter([3e-5, 1.0, *[2e-5] * idle.IDLE_WAITS])
    net.wait = lambda: setattr(clock, "now", clock.now + next(waits))
    assert idle.idle_wait_seconds(net, clock) == pytest.approx(2e-5)


def test_a_process_is_quiet_once_it_stops_burning_cpu():
    burnt = iter([0.0, 0.024, 0.024, 0.036, 0.036, 0.0361])
    slept = []
    assert idle.wait_until_idle(lambda: next(burnt), slept.append)
    assert len(slept) == 3
    spinning = iter(range(1000))
    assert not idle.wait_until_idle(lambda: next(spinning), lambda seconds: None)
