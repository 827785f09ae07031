"""Samples with a scripted clock: no test here depends on how long anything takes."""

import pytest

from bench.timing import sampling
from tests.helpers.scripted import Clock, ScriptedNet


@pytest.mark.parametrize("step_seconds", [1e-6, 50e-6, 1e-3, 0.1])
def test_k_fills_a_sample_and_a_step_longer_than_a_sample_is_one(step_seconds):
    clock = Clock()
    steps = sampling.steps_per_sample(ScriptedNet(clock, step_seconds), 1, clock=clock)
    assert steps == max(1, round(sampling.SAMPLE_SECONDS / step_seconds))


def test_k_is_a_multiple_of_the_workload_s_period():
    clock = Clock()
    assert sampling.steps_per_sample(ScriptedNet(clock, 130e-6), 10, clock=clock) % 10 == 0


def test_a_disturbed_try_does_not_shrink_k():
    clock = Clock()
    net = ScriptedNet(clock, lambda number: 0.04 if number == 0 else 50e-6)
    assert sampling.steps_per_sample(net, 1, clock=clock) == 50


@pytest.mark.parametrize("step_seconds", [50e-6, 1e-3, 0.1])
def test_a_step_of_known_length_is_timed_at_that_length(step_seconds):
    clock = Clock()
    net = ScriptedNet(clock, step_seconds)
    samples = sampling.time_steps(net, 10, 0.05, clock)
    assert samples == pytest.approx([step_seconds] * len(samples))
    assert len(samples) >= 1
    assert sum(samples) * 10 >= 0.05


def test_the_wait_is_shared_by_the_steps_of_a_sample():
    clock = Clock()
    samples = sampling.time_steps(ScriptedNet(clock, 1e-4, wait_seconds=2e-5), 50, 0.05, clock)
    assert samples[0] == pytest.approx(1e-4 + 2e-5 / 50)


def test_work_queued_before_a_sample_is_not_part_of_it():
    clock = Clock()
    net = ScriptedNet(clock, 1e-3)
    for _ in range(100):
        net.step()
    assert sampling.time_steps(net, 10, 0.0, clock) == pytest.approx([1e-3])


def test_samples_are_taken_until_the_time_is_up_and_at_least_one():
    clock = Clock()
    net = ScriptedNet(clock, 1e-3)
    assert len(sampling.time_steps(net, 10, 0.0, clock)) == 1
    assert len(sampling.time_steps(net, 10, 0.035, clock)) == 4
    assert net.steps == 50


def test_a_step_that_is_longer_than_a_sample_still_makes_whole_periods():
    clock = Clock()
    assert sampling.steps_per_sample(ScriptedNet(clock, 0.1), 4, clock=clock) == 4


def test_the_first_step_is_timed_apart_from_the_building_of_the_net():
    clock = Clock()

    def build():
        clock.now += 3.0
        return ScriptedNet(clock, lambda number: 9.0 if number == 0 else 1e-3)

    net, setup_seconds = sampling.start_net(build, clock)
    assert (setup_seconds, sampling.first_step(net, clock)) == (3.0, 9.0)


@pytest.mark.parametrize(("step_seconds", "taken"), [(1e-3, 19), (0.02, 19), (0.06, 15), (4.0, 1)])
def test_the_early_steps_are_twenty_or_fewer_where_they_are_long(step_seconds, taken):
    clock = Clock()
    net = ScriptedNet(clock, lambda number: 9.0 if number == 0 else step_seconds)
    sampling.first_step(net, clock)
    assert sampling.next_steps(net, clock) == (taken, pytest.approx(taken * step_seconds))


@pytest.mark.parametrize("share", [0.01, 0.3])
def test_an_injected_slowdown_makes_every_sample_longer_by_its_share(share):
    class Ticking(Clock):
        def __call__(self):
            self.now += 50e-9
            return self.now

    clock = Ticking()
    net = ScriptedNet(clock, lambda number: 300e-6 if number % 2 else 100e-6)
    plain = sampling.time_steps(net, 25, 0.1, clock)
    slower = sampling.time_steps(sampling.slowed(net, share, clock), 25, 0.1, clock)
    assert len(slower) > 5
    for alone, spun in zip(plain, slower, strict=False):
        assert spun / alone == pytest.approx(1 + share, abs=1e-3)
