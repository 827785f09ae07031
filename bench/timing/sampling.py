"""How a worker times its net: first step, warm-up, slices of whole steps, slices of phases.

Every function takes the clock, so that tests can script it. Seconds throughout.
"""

import math
import statistics
import time
from collections.abc import Callable
from itertools import repeat
from typing import Any, NamedTuple

from bench.records.record import CUMULATIVE_PHASES, SEPARATE_PHASES

Clock = Callable[[], float]

# A sample is long against the clock (50 ns) and against one wait (up to 20 us on a GPU).
SAMPLE_SECONDS = 0.005
CALIBRATION_TRIES = 3
# No disturbance of another step takes as long.
LONG_STEPS_SECONDS = 0.2
WARM_SLICE_SECONDS = 0.01
WARM_WINDOW = 5
WARM_TREND = 0.02
WARM_SLICES = 50
WARM_SECONDS = 5.0
IDLE_WAITS = 20
LEAD_SAMPLES, LEAD_SECONDS = 3, 0.2
# A sample of phases ends so long after its time, at the next whole period.
PHASES_SECONDS = 1.0
QUIET_LOOK_SECONDS = 0.012
QUIET_LOOKS = 40


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


def steps_per_sample(net: Any, period: int, clock: Clock = time.perf_counter) -> int:
    """k: as many steps as SAMPLE_SECONDS hold, a multiple of the workload's period.

    Judged by the fastest of a few tries, since a disturbance only ever makes a try slower; a step that is
    far longer than a sample needs but one.
    """
    steps = period
    while True:
        took = steps * time_steps(net, steps, 0.0, clock)[0]
        if took < LONG_STEPS_SECONDS:
            tries = (steps * time_steps(net, steps, 0.0, clock)[0] for _ in range(CALIBRATION_TRIES - 1))
            took = min(took, *tries)
        if took >= SAMPLE_SECONDS / 4:
            return period * max(1, round(SAMPLE_SECONDS / took * steps / period))
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


def warm_up(net: Any, steps: int, clock: Clock = time.perf_counter) -> bool:
    """Runs slices until they show no trend; False if they still do after WARM_SLICES or WARM_SECONDS.

    No trend: the median of the last window of slices is within WARM_TREND of the window before it. Where a
    slice is one long step the windows are shorter, and what their medians may differ by is wider accordingly.
    """
    slices: list[float] = []
    began, window = clock(), WARM_WINDOW
    while len(slices) < WARM_SLICES:
        slices.append(statistics.median(time_steps(net, steps, WARM_SLICE_SECONDS, clock)))
        spent = clock() - began
        if spent > WARM_SECONDS / 5:
            window = 2
        if len(slices) >= 2 * window:
            before = statistics.median(slices[-2 * window : -window])
            trend = abs(statistics.median(slices[-window:]) / before - 1)
            if trend <= WARM_TREND * math.sqrt(WARM_WINDOW / window):
                return True
            if spent > WARM_SECONDS:
                return False
    return False


def lead_in(net: Any, steps: int, seconds: float, clock: Clock = time.perf_counter) -> list[float]:
    """Samples to throw away: one to fill the caches, more until they show no trend, for at most `seconds`.

    A GPU that has idled raises its clock only under load. No trend: the median of the last LEAD_SAMPLES is within
    WARM_TREND of that of as many before them.
    """
    samples: list[float] = []
    end = clock() + seconds
    while True:
        samples += time_steps(net, steps, 0.0, clock)
        if clock() >= end:
            return samples
        if len(samples) >= 2 * LEAD_SAMPLES:
            before = statistics.median(samples[-2 * LEAD_SAMPLES : -LEAD_SAMPLES])
            if abs(statistics.median(samples[-LEAD_SAMPLES:]) / before - 1) <= WARM_TREND:
                return samples


def idle_wait_seconds(net: Any, clock: Clock = time.perf_counter) -> float:
    """What a wait costs when there is nothing to wait for, reading the clock included."""
    net.wait()
    costs = []
    for _ in range(IDLE_WAITS):
        began = clock()
        net.wait()
        costs.append(clock() - began)
    return statistics.median(costs)


def time_phases(
    net: Any,
    cumulative: bool,
    seconds: float,
    wait_seconds: float,
    clock: Clock = time.perf_counter,
    steps: int = 1,
    period: int = 1,
) -> dict[str, list[float]]:
    """Seconds of each phase, with a wait after each, less what an idle wait costs; for about `seconds`.

    A sample is the mean over as many steps as a sample of whole steps, so that the two add up; over fewer where the
    phases take far longer than the step. Empty for a net
    that has no phases. A cumulative net's phases repeat those before them and are named so: the difference is
    left to the reader of the record.
    """
    if not hasattr(net, "forward"):
        return {}
    names = CUMULATIVE_PHASES if cumulative else SEPARATE_PHASES
    samples: dict[str, list[float]] = {name: [] for name in names}
    calls = list(zip(names, (net.forward, net.backward, net.update), strict=True))
    wait = net.wait
    end = clock() + seconds
    while True:
        spent = dict.fromkeys(names, 0.0)
        for taken in range(1, steps + 1):
            for name, phase in calls:
                began = clock()
                phase()
                wait()
                stopped = clock()
                spent[name] += stopped - began - wait_seconds
            if stopped > end + PHASES_SECONDS and taken % period == 0:
                break
        for name in names:
            samples[name].append(spent[name] / taken)
        if stopped >= end:
            return samples


def quieten(cpu_clock: Clock = time.process_time, sleep: Callable[[float], None] = time.sleep) -> bool:
    """Waits until this process burns no CPU; False if it still does after QUIET_LOOKS looks.

    OpenBLAS threads spin for about 90 ms after their last call and would double the time of the next
    worker's slice. A look is longer than a kernel tick (4 ms, 10 at most), since the time that another
    thread has used so far is only booked at ticks.
    """
    for _ in range(QUIET_LOOKS):
        before = cpu_clock()
        sleep(QUIET_LOOK_SECONDS)
        if cpu_clock() - before < QUIET_LOOK_SECONDS / 10:
            return True
    return False
