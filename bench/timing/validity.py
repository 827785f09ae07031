"""Whether the steps that are timed do the work that was checked: all of it before the wait ends, and ever again."""

import statistics
import time
from collections.abc import Callable
from itertools import repeat
from typing import Any

import numpy as np

from bench.timing.sampling import SAMPLE_SECONDS, Clock, time_steps

# A net that leaves out this share of its work, or has it still under way after its wait, is not what it claims.
MISSING = 0.3
LATENESS_TRIES = 5
LATENESS_SECONDS, LEAST_TRIES = 1.0, 3  # three, so that a single stall is not the median
# One that clears the net is enough: on a busy machine either of two equal nets may look half as slow as the other.
SHORTFALL_TRIES, REST_SECONDS = 8, 0.25
SHORTFALL_SECONDS, SHORTFALL_STEPS, SAMPLES, LEAST_SAMPLES = 0.5, 160, 8, 3


def late(net: Any, period: int) -> str:
    """That the net does not wait for its work, in words; nothing where it does."""
    share = lateness(net, period)
    return f"wait() returned with {share:.0%} of the work still under way" if share > MISSING else ""


def astray(
    net: Any, make_net: Callable[[], Any], steps: int, period: int, sleep: Callable[[float], None] = time.sleep
) -> str:
    """What a net that has been timed no longer does, in words; nothing where it trains on as a fresh one does.

    `steps` is for how many the net was checked.
    """
    for name, array in net.parameters().items():
        if not np.all(np.isfinite(array)):
            return f"{name} is not finite after the timed steps"
    share = 0.0
    for _ in range(SHORTFALL_TRIES):
        try:
            share = shortfall(net, make_net(), steps, period)
        except Exception:  # there may be no room for a second net beside the first
            return ""
        if share <= MISSING:
            return ""
        sleep(REST_SECONDS)
    return f"after the timed steps one takes {share:.0%} less time than each of the {steps} steps that were checked"


def lateness(
    net: Any, period: int, clock: Clock = time.perf_counter, sleep: Callable[[float], None] = time.sleep
) -> float:
    """The share of the work that was still under way after `wait()`; about 0 for a net that waits.

    The parameters are read right after the wait, and again when another step's have had time enough: what
    the first read took longer was spent waiting for the work. (Reading the same arrays twice would not do,
    since a framework may keep the host's copy.) Steps are counted by the whole time, the read included,
    since a net that does not wait seems to take none.
    """
    steps = period
    shares: list[float] = []
    first = clock()
    while len(shares) < LATENESS_TRIES and (len(shares) < LEAST_TRIES or clock() - first < LATENESS_SECONDS):
        began = clock()
        for _ in repeat(None, steps):
            net.step()
        net.wait()
        waited = clock()
        net.parameters()
        read = clock()
        if read - began < SAMPLE_SECONDS:
            steps *= 2
            continue
        for _ in repeat(None, period):
            net.step()
        net.wait()
        sleep(read - began)
        idle = clock()
        net.parameters()
        shares.append(((read - waited) - (clock() - idle)) / (read - began))
    return statistics.median(shares)


def shortfall(net: Any, fresh: Any, steps: int, period: int, clock: Clock = time.perf_counter) -> float:
    """The share of a fresh net's step that the net's own no longer takes; about 0 where both do the same work.

    The fresh net is timed over some of its first `steps` steps and not one more, since those alone were checked; then
    the other. They do not take turns, since what a framework has recorded of one would be recorded anew. Where `steps`
    are a single period nothing can be told.
    """
    many = period * max(1, min(steps, SHORTFALL_STEPS) // SAMPLES // period)
    samples = min(SAMPLES, steps // many)
    if samples < LEAST_SAMPLES:
        return 0.0
    expected = fastest(fresh, many, samples, clock)
    return 1 - fastest(net, many, samples, clock) / expected


def fastest(net: Any, steps: int, samples: int, clock: Clock) -> float:
    """Seconds a step of the fastest sample but the first, which may compile: a disturbance only makes one slower."""
    time_steps(net, steps, 0.0, clock)
    found: list[float] = []
    end = clock() + SHORTFALL_SECONDS
    while len(found) < samples - 1 and (len(found) < LEAST_SAMPLES - 1 or clock() < end):
        found += time_steps(net, steps, 0.0, clock)
    return min(found)
