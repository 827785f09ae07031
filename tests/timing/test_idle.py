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
