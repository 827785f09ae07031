"""Validity checks: the steps that are timed do the work that was checked, all of it before the wait ends."""

import statistics
import time
from collections.abc import Callable
from itertools import repeat
from typing import Any

import numpy as np

from bench.records.record import CellEnded
from bench.timing.sampling import Clock, time_steps

# A net that leaves out this share of its work, or has it still under way after its wait, is not what it claims.
MISSING = 0.3
LATENESS_TRIES, LATENESS_SAMPLE_SECONDS = 5, 0.005
LATENESS_SECONDS, LEAST_TRIES = 1.0, 3  # three, so that a single stall is not the median
# One that clears the net is enough: on a busy machine either of two equal nets may look half as slow as the other.
SHORTFALL_TRIES, REST_SECONDS = 8, 0.25
SHORTFALL_SECONDS, SHORTFALL_STEPS, SAMPLES, LEAST_SAMPLES = 0.5, 160, 8, 3
# How frameworks, the CUDA libraries and the C++ library name it, in lower case and without blanks and underscores.
OUT_OF_MEMORY = ("outofmemory", "resourceexhausted", "allocfailed", "badalloc", "allocatememory")


def require_waiting(net: Any, period: int) -> None:
    """Raises CellEnded (wrong) where the net's wait returns before its work is done."""
    share = lateness(net, period)
    if share > MISSING:
        raise CellEnded("wrong", f"wait() returned with {share:.0%} of the work still under way")


def require_training(
    net: Any, make_net: Callable[[], Any], steps: int, period: int, sleep: Callable[[float], None] = time.sleep
) -> None:
    """Raises CellEnded (wrong) where a net that has been timed does not train on as a fresh one does.

    `steps` is for how many the net was checked. Where the memory has no room for a second net, nothing is concluded.
    """
    for name, array in net.parameters().items():
        if not np.all(np.isfinite(array)):
            raise CellEnded("wrong", f"{name} is not finite after the timed steps")
    share = 0.0
    for _ in range(SHORTFALL_TRIES):
        try:
            share = shortfall(net, make_net(), steps, period)
        except Exception as error:
            if out_of_memory(error):
                return
            raise
        if share <= MISSING:
            return
        sleep(REST_SECONDS)
    raise CellEnded("wrong", f"steps are {share:.0%} shorter than a fresh net's: it may have stopped training")


def out_of_memory(error: Exception) -> bool:
    """Whether a framework says that the memory is too small; each has an error, or words, of its own for it."""
    words = f"{type(error).__name__} {error}".lower().replace(" ", "").replace("_", "")
    return isinstance(error, MemoryError) or any(sign in words for sign in OUT_OF_MEMORY)


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
        if read - began < LATENESS_SAMPLE_SECONDS:
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
    are a single period there is nothing to compare.
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
    samples_seconds: list[float] = []
    end = clock() + SHORTFALL_SECONDS
    while len(samples_seconds) < samples - 1 and (len(samples_seconds) < LEAST_SAMPLES - 1 or clock() < end):
        samples_seconds += time_steps(net, steps, 0.0, clock)
    return min(samples_seconds)
