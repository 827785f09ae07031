"""How a worker times its net: first step, warm-up, slices of whole steps, slices of phases.

Every function takes the clock, so that tests can script it. Seconds throughout.
"""

import math
import statistics
import time
from collections.abc import Callable
from itertools import repeat
from typing import Any

from bench.record import CUMULATIVE_PHASES, SEPARATE_PHASES

Clock = Callable[[], float]

# A sample is long against the clock (50 ns) and against one wait (up to 20 us on a GPU).
SAMPLE_SECONDS = 0.005
WARM_SLICE_SECONDS = 0.02
WARM_WINDOW = 5
WARM_TREND = 0.02
WARM_SLICES = 50
IDLE_WAITS = 20


def start_net(make_net: Callable[[], Any], clock: Clock = time.perf_counter) -> tuple[Any, float, float]:
    """The net, the seconds to build it and the seconds of its first step (compile, allocate, autotune)."""
    began = clock()
    net = make_net()
    net.wait()
    built = clock()
    net.step()
    net.wait()
    return net, built - began, clock() - built


def steps_per_sample(net: Any, period: int, clock: Clock = time.perf_counter) -> int:
    """k: as many steps as SAMPLE_SECONDS hold, a multiple of the workload's period."""
    steps = period
    while True:
        began = clock()
        for _ in range(steps):
            net.step()
        net.wait()
        took = clock() - began
        if took >= SAMPLE_SECONDS / 2 or steps > 1 << 20:
            return period * max(1, math.ceil(SAMPLE_SECONDS / took * steps / period)) if took > 0 else steps
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
    """Runs slices until they show no trend; False if they still do after WARM_SLICES.

    No trend: the median of the last window of slices is within WARM_TREND of the window before it.
    """
    slices: list[float] = []
    for _ in range(WARM_SLICES):
        slices.append(statistics.median(time_steps(net, steps, WARM_SLICE_SECONDS, clock)))
        if len(slices) >= 2 * WARM_WINDOW:
            before = statistics.median(slices[-2 * WARM_WINDOW : -WARM_WINDOW])
            if abs(statistics.median(slices[-WARM_WINDOW:]) / before - 1) <= WARM_TREND:
                return True
    return False


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
    net: Any, cumulative: bool, seconds: float, wait_seconds: float, clock: Clock = time.perf_counter, period: int = 1
) -> dict[str, list[float]]:
    """Seconds of each phase, with a wait after each, less what an idle wait costs; for about `seconds`.

    A sample is the mean over one period of the workload, since its steps need not cost the same. Empty for
    a net that has no phases. A cumulative net's phases repeat those before them and are named so: the
    difference is left to the reader of the record.
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
        for _ in repeat(None, period):
            for name, phase in calls:
                began = clock()
                phase()
                wait()
                stopped = clock()
                spent[name] += stopped - began - wait_seconds
        for name in names:
            samples[name].append(spent[name] / period)
        if stopped >= end:
            return samples


def lateness(net: Any, steps: int, clock: Clock = time.perf_counter) -> float:
    """How much work was still under way after `wait()`, as a share of a sample; about 0 for a net that waits.

    A parameter is read back right after the wait and once more when nothing can be pending: what the
    first read took longer was spent waiting for the work.
    """
    shares = []
    for _ in range(WARM_WINDOW):
        began = clock()
        for _ in repeat(None, steps):
            net.step()
        net.wait()
        waited = clock()
        net.parameters()
        read = clock()
        net.parameters()
        shares.append(((read - waited) - (clock() - read)) / max(waited - began, 1e-9))
    return statistics.median(shares)


def quieten(
    cpu_clock: Clock = time.process_time, sleep: Callable[[float], None] = time.sleep, limit: int = 100
) -> bool:
    """Waits until this process burns no CPU; False if it still does after `limit` looks of 2 ms.

    OpenBLAS threads spin for about 90 ms after their last call and would slow the next worker's slice.
    """
    for _ in range(limit):
        before = cpu_clock()
        sleep(0.002)
        if cpu_clock() - before < 0.0004:
            return True
    return False
