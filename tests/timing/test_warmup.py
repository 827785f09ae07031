"""When a net counts as warm, with a scripted clock."""

import pytest

from bench.timing import warmup
from tests.helpers.scripted import Clock, ScriptedNet


def test_a_net_that_settles_is_steady_and_one_that_never_does_is_not():
    clock = Clock()
    settling = ScriptedNet(clock, lambda number: 1e-3 * (1 + 2 / (1 + number / 20)))
    creeping = ScriptedNet(clock, lambda number: 1e-3 * 1.002**number)
    assert warmup.warm_up(settling, 5, clock)
    assert not warmup.warm_up(creeping, 5, clock)


def test_a_net_is_steady_as_soon_as_two_windows_of_slices_agree():
    clock = Clock()
    net = ScriptedNet(clock, warmup.WARM_SLICE_SECONDS)
    assert warmup.warm_up(net, 1, clock)
    assert net.steps == 2 * warmup.WARM_WINDOW


def test_a_net_that_turns_faster_during_its_warm_up_is_warmed_up_past_that():
    clock = Clock()
    net = ScriptedNet(clock, lambda number: 1e-3 if number < 150 else 0.5e-3)
    assert warmup.warm_up(net, 20, clock)
    assert net.steps >= 150 + 20 * warmup.WARM_WINDOW


def test_one_disturbed_slice_keeps_no_net_from_being_steady():
    clock = Clock()
    net = ScriptedNet(clock, lambda number: 1.0 if number == 60 else 1e-3)
    assert warmup.warm_up(net, 20, clock)


def ramping(clock, slow, fast, seconds):
    """The length of a step on a device that raises its clock under load, for so long."""
    return lambda number: fast + (slow - fast) * max(0.0, 1 - clock.now / seconds)


def test_a_re_warm_up_of_no_time_is_one_sample():
    clock = Clock()
    net = ScriptedNet(clock, ramping(clock, 3e-4, 1e-4, 0.1))
    warmup.rewarm(net, 50, 0.0, clock=clock)
    assert net.steps == 50


def test_a_re_warm_up_ends_once_the_device_has_raised_its_clock():
    clock = Clock()
    net = ScriptedNet(clock, ramping(clock, 3e-4, 1e-4, 0.1))
    samples = warmup.rewarm(net, 50, warmup.GPU_REWARM_SECONDS, warmup.GPU_WINDOW, clock)
    assert 0.08 < clock.now < warmup.GPU_REWARM_SECONDS
    assert samples[-1] == pytest.approx(1e-4, rel=0.1)


def test_cold_caches_are_filled_before_a_slice_and_a_steady_net_needs_two_samples():
    clock = Clock()
    cold = warmup.rewarm(ScriptedNet(clock, lambda number: 1.3e-4 if number < 25 else 1e-4), 25, 1.0, clock=clock)
    assert cold == pytest.approx([1.3e-4, 1e-4, 1e-4])
    assert len(warmup.rewarm(ScriptedNet(clock, 1e-4), 25, 1.0, clock=clock)) == 2


def test_a_steady_device_needs_two_windows_and_a_long_step_is_one():
    clock = Clock()
    steady = warmup.rewarm(ScriptedNet(clock, 1e-4), 50, warmup.GPU_REWARM_SECONDS, warmup.GPU_WINDOW, clock)
    assert len(steady) == 2 * warmup.GPU_WINDOW
    assert len(warmup.rewarm(ScriptedNet(clock, 1.0), 1, warmup.GPU_REWARM_SECONDS, warmup.GPU_WINDOW, clock)) == 1


def test_a_re_warm_up_that_never_settles_is_bounded():
    clock = Clock()
    net = ScriptedNet(clock, lambda number: 1e-4 * 0.9998**number)
    warmup.rewarm(net, 50, warmup.GPU_REWARM_SECONDS, warmup.GPU_WINDOW, clock)
    assert warmup.GPU_REWARM_SECONDS <= clock.now < 2 * warmup.GPU_REWARM_SECONDS
