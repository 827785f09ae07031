"""How a net's steps become samples: first step, steps of a sample, samples of whole steps.

Every function takes the clock, so that tests can script it. Seconds throughout.
"""

import time
from collections.abc import Callable
from itertools import repeat
from typing import Any, NamedTuple

Clock = Callable[[], float]

# A sample is long against the clock (50 ns), and short against the moments in which a machine is fast.
SAMPLE_SECONDS = 0.0025
# On a GPU it is long against one wait too (up to 20 us).
GPU_SAMPLE_SECONDS = 0.005
CALIBRATION_TRIES = 3
# What a framework puts off (tracing again, tuning, filling its pools) is done within so many steps; of longer steps
# fewer are taken, since beside them it is little.
EARLY_STEPS, EARLY_SECONDS = 20, 0.5
# No disturbance of another step takes as long.
LONG_STEPS_SECONDS = 0.2


class Timed(NamedTuple):
    """Any call and the wait for its work, to be timed as a net's steps are."""

    step: Callable[[], Any]
    wait: Callable[[], Any]


def waited(net: Any) -> Timed:
    """The net's step with a wait after each: its latency."""

    def step_and_wait() -> None:
        net.step()
        net.wait()

    return Timed(step_and_wait, net.wait)


def read(net: Any) -> Timed:
    """The net's step with its loss read to the host each time, as the tutorial prints it."""
    return Timed(lambda: float(net.step()), net.wait)


def slowed(net: Any, share: float, clock: Clock = time.perf_counter) -> Timed:
    """The net with every sample made longer by a share of itself, by spinning: a slowdown of known size."""
    last = clock()

    def wait_and_spin() -> None:
        nonlocal last
        net.wait()
        now = clock()
        end = now + share * (now - last)
        while now < end:
            now = clock()
        last = now

    return Timed(net.step, wait_and_spin)


def start_net(make_net: Callable[[], Any], clock: Clock = time.perf_counter) -> tuple[Any, float]:
    """The net and the seconds to build it."""
    began = clock()
    net = make_net()
    net.wait()
    return net, clock() - began


def first_step(net: Any, clock: Clock = time.perf_counter) -> float:
    """Seconds of a net's first step (compile, allocate, autotune)."""
    began = clock()
    net.step()
    net.wait()
    return clock() - began


def next_steps(net: Any, clock: Clock = time.perf_counter) -> tuple[int, float]:
    """How many steps follow the first one, until there are EARLY_STEPS or EARLY_SECONDS are over, and their seconds.

    They are waited for after one, two, four steps and so on, since what is only queued does not show how long it takes.
    """
    taken, batch, began = 0, 1, clock()
    while taken < EARLY_STEPS - 1 and clock() - began < EARLY_SECONDS:
        batch = min(batch, EARLY_STEPS - 1 - taken)
        for _ in repeat(None, batch):
            net.step()
        net.wait()
        taken, batch = taken + batch, 2 * batch
    return taken, clock() - began


def steps_per_sample(net: Any, period: int, seconds: float = SAMPLE_SECONDS, clock: Clock = time.perf_counter) -> int:
    """k: as many steps as a sample's `seconds` hold, a multiple of the workload's period.

    Judged by the fastest of a few tries, since a disturbance only ever makes a try slower; a step that is
    far longer than a sample needs but one.
    """
    steps = period
    while True:
        took = steps * time_steps(net, steps, 0.0, clock)[0]
        if took < LONG_STEPS_SECONDS:
            tries = (steps * time_steps(net, steps, 0.0, clock)[0] for _ in range(CALIBRATION_TRIES - 1))
            took = min(took, *tries)
        if took >= seconds / 4:
            return period * max(1, round(seconds / took * steps / period))
        steps *= 2


def time_steps(net: Any, steps: int, seconds: float, clock: Clock = time.perf_counter) -> list[float]:
    """Seconds per step of samples of `steps` steps and one wait, for about `seconds`, at least one sample."""
    step, wait = net.step, net.wait
    samples = []
    wait()
    end = clock() + seconds
    while True:
        began = clock()
        for _ in repeat(None, steps):
            step()
        wait()
        stopped = clock()
        samples.append((stopped - began) / steps)
        if stopped >= end:
            return samples
