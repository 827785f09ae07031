"""Stopping rules and arithmetic with a scripted clock: no test here depends on how long anything takes."""

import pytest

from bench.timing import sampling
from tests.helpers.scripted import Clock, ScriptedNet


@pytest.mark.parametrize("step_seconds", [1e-6, 50e-6, 1e-3, 0.1])
def test_k_fills_a_sample_and_a_step_longer_than_a_sample_is_one(step_seconds):
    clock = Clock()
    steps = sampling.steps_per_sample(ScriptedNet(clock, step_seconds), 1, clock)
    assert steps == max(1, round(sampling.SAMPLE_SECONDS / step_seconds))


def test_k_is_a_multiple_of_the_workload_s_period():
    clock = Clock()
    assert sampling.steps_per_sample(ScriptedNet(clock, 130e-6), 10, clock) % 10 == 0


def test_a_disturbed_try_does_not_shrink_k():
    clock = Clock()
    net = ScriptedNet(clock, lambda number: 0.04 if number == 0 else 50e-6)
    assert sampling.steps_per_sample(net, 1, clock) == 100


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
    assert sampling.steps_per_sample(ScriptedNet(clock, 0.1), 4, clock) == 4


def test_the_first_step_is_timed_apart_from_the_building_of_the_net():
    clock = Clock()

    def build():
        clock.now += 3.0
        return ScriptedNet(clock, lambda number: 9.0 if number == 0 else 1e-3)

    net, setup_seconds = sampling.start_net(build, clock)
    assert (setup_seconds, sampling.first_step(net, clock)) == (3.0, 9.0)


def test_a_net_that_settles_is_steady_and_one_that_never_does_is_not():
    clock = Clock()
    settling = ScriptedNet(clock, lambda number: 1e-3 * (1 + 2 / (1 + number / 20)))
    creeping = ScriptedNet(clock, lambda number: 1e-3 * 1.002**number)
    assert sampling.warm_up(settling, 5, clock)
    assert not sampling.warm_up(creeping, 5, clock)


def test_a_net_is_steady_as_soon_as_two_windows_of_slices_agree():
    clock = Clock()
    net = ScriptedNet(clock, sampling.WARM_SLICE_SECONDS)
    assert sampling.warm_up(net, 1, clock)
    assert net.steps == 2 * sampling.WARM_WINDOW


def test_a_net_that_turns_faster_during_its_warm_up_is_warmed_up_past_that():
    clock = Clock()
    net = ScriptedNet(clock, lambda number: 1e-3 if number < 150 else 0.5e-3)
    assert sampling.warm_up(net, 20, clock)
    assert net.steps >= 150 + 20 * sampling.WARM_WINDOW


def test_one_disturbed_slice_keeps_no_net_from_being_steady():
    clock = Clock()
    net = ScriptedNet(clock, lambda number: 1.0 if number == 60 else 1e-3)
    assert sampling.warm_up(net, 20, clock)


def test_an_idle_wait_is_the_usual_one_and_not_the_slowest():
    clock = Clock()
    net = ScriptedNet(clock, 1e-3)
    waits = iter([3e-5, 1.0, *[2e-5] * sampling.IDLE_WAITS])
    net.wait = lambda: setattr(clock, "now", clock.now + next(waits))
    assert sampling.idle_wait_seconds(net, clock) == pytest.approx(2e-5)


def test_phases_are_timed_each_without_what_an_idle_wait_costs():
    clock = Clock()
    net = ScriptedNet(clock, 1e-3, wait_seconds=2e-5)
    wait_seconds = sampling.idle_wait_seconds(net, clock)
    found = sampling.time_phases(net, False, 0.02, wait_seconds, clock)
    assert list(found) == ["forward", "backward", "update"]
    assert found["backward"] == pytest.approx([1e-3] * len(found["backward"]))


def test_a_sample_of_phases_is_the_mean_over_its_steps():
    clock = Clock()
    net = ScriptedNet(clock, lambda call: 1e-3 * (1 + call // 3 % 4))  # three calls a step, four kinds of step
    found = sampling.time_phases(net, False, 0.0, 0.0, clock, steps=4)
    assert found == {phase: pytest.approx([2.5e-3]) for phase in ("forward", "backward", "update")}


def test_phases_far_longer_than_the_step_end_soon_after_their_time_and_at_a_whole_period():
    clock = Clock()
    net = ScriptedNet(clock, 0.1)
    found = sampling.time_phases(net, False, 0.0, 0.0, clock, steps=50_000, period=4)
    assert found["forward"] == pytest.approx([0.1])
    assert net.steps % (3 * 4) == 0 and clock.now < 2 * sampling.PHASES_SECONDS + 12 * 0.1


def test_phases_that_repeat_those_before_them_are_named_so_and_left_as_they_are():
    clock = Clock()
    net = ScriptedNet(clock, lambda call: 1e-3 * (1 + call % 3))
    found = sampling.time_phases(net, True, 0.0, 0.0, clock)
    assert found == {
        "forward": pytest.approx([1e-3]),
        "forward+backward": pytest.approx([2e-3]),
        "forward+backward+update": pytest.approx([3e-3]),
    }


def test_a_net_without_phases_has_none():
    class OnlySteps:
        pass

    assert sampling.time_phases(OnlySteps(), False, 0.02, 0.0, Clock()) == {}


def ramping(clock, slow, fast, seconds):
    """The length of a step on a device that raises its clock under load, for so long."""
    return lambda number: fast + (slow - fast) * max(0.0, 1 - clock.now / seconds)


def test_a_lead_in_of_no_time_is_one_sample():
    clock = Clock()
    net = ScriptedNet(clock, ramping(clock, 3e-4, 1e-4, 0.1))
    sampling.lead_in(net, 50, 0.0, clock)
    assert net.steps == 50


def test_a_lead_in_ends_once_the_device_has_raised_its_clock():
    clock = Clock()
    net = ScriptedNet(clock, ramping(clock, 3e-4, 1e-4, 0.1))
    samples = sampling.lead_in(net, 50, sampling.LEAD_SECONDS, clock)
    assert 0.1 < clock.now < sampling.LEAD_SECONDS
    assert samples[-1] == pytest.approx(1e-4)


def test_a_steady_device_needs_two_windows_and_a_long_step_is_one():
    clock = Clock()
    assert (
        len(sampling.lead_in(ScriptedNet(clock, 1e-4), 50, sampling.LEAD_SECONDS, clock)) == 2 * sampling.LEAD_SAMPLES
    )
    assert len(sampling.lead_in(ScriptedNet(clock, 1.0), 1, sampling.LEAD_SECONDS, clock)) == 1


def test_a_lead_in_that_never_settles_is_bounded():
    clock = Clock()
    net = ScriptedNet(clock, lambda number: 1e-4 * 1.001**number)
    sampling.lead_in(net, 50, sampling.LEAD_SECONDS, clock)
    assert sampling.LEAD_SECONDS <= clock.now < 2 * sampling.LEAD_SECONDS


def test_a_process_is_quiet_once_it_stops_burning_cpu():
    burnt = iter([0.0, 0.024, 0.024, 0.036, 0.036, 0.0361])
    slept = []
    assert sampling.quieten(lambda: next(burnt), slept.append)
    assert len(slept) == 3
    spinning = iter(range(1000))
    assert not sampling.quieten(lambda: next(spinning), lambda seconds: None)


@pytest.mark.parametrize("share", [0.01, 0.3])
def test_a_planted_slowdown_makes_every_sample_longer_by_its_share(share):
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
