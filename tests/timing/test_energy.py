"""Energy from a scripted counter that moves only now and then, as NVML's does."""

import math

import pytest

from bench.timing import energy
from tests.helpers.scripted import Clock, ScriptedNet

WATTS = 250.0


class Counter:
    """Joules since some earlier time, told anew every `every` seconds; after `ends` it stands still."""

    def __init__(self, clock, every=0.1, ends=math.inf):
        self.clock, self.every, self.ends = clock, every, ends

    def __call__(self):
        moved = math.floor(min(self.clock.now, self.ends) / self.every + 1e-9)
        return 1e6 + moved * self.every * WATTS


@pytest.mark.parametrize("every", [0.02, 0.0437, 0.1])
@pytest.mark.parametrize("step_seconds", [20e-6, 1e-3, 20e-3])
def test_energy_is_power_times_the_step_however_seldom_the_counter_moves(step_seconds, every):
    clock = Clock()
    clock.now = 0.0123
    net = ScriptedNet(clock, step_seconds)
    found = energy.measure(net, max(1, round(5e-3 / step_seconds)), Counter(clock, every), clock)
    assert found.watts == pytest.approx(WATTS, rel=0.04)
    assert found.joules_per_step == pytest.approx(WATTS * step_seconds, rel=0.04)
    assert clock.now < 2 * energy.ENERGY_SECONDS


def test_a_step_longer_than_the_counter_s_pause_is_measured_in_two():
    clock = Clock()
    net = ScriptedNet(clock, 2.0)
    assert energy.measure(net, 1, Counter(clock), clock).joules_per_step == pytest.approx(2 * WATTS)
    assert net.steps == 2


@pytest.mark.parametrize("ends", [0.0, 0.3])
def test_a_counter_that_stands_still_is_given_up(ends):
    clock = Clock()
    assert energy.measure(ScriptedNet(clock, 1e-4), 50, Counter(clock, ends=ends), clock) is None
    assert clock.now < ends + energy.STUCK_SECONDS + 0.02


def test_without_a_counter_no_step_is_taken_and_one_that_fails_meanwhile_is_given_up():
    clock = Clock()
    net = ScriptedNet(clock, 1e-4)
    assert energy.measure(net, 50, lambda: None, clock) is None and net.steps == 0
    counter = Counter(clock)
    assert energy.measure(net, 50, lambda: counter() if clock.now < 0.3 else None, clock) is None
