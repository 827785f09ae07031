"""Validity checks: the steps that are timed do the work that was checked, all of it before the wait ends."""

import statistics
import time
from collections.abc import Callable
from itertools import repeat
from typing import Any

import numpy as np

from bench.records.record import CellEnded
from bench.timing.sampling import Clock, time_steps

# A net that has more than this share of its work still under way after its wait is not what it claims. A busy machine
# may disturb any one look, and rarely most of them: looks are taken until those on one side of the limit lead by so
# many. If one in five is disturbed, an honest net is accused once in a thousand times.
UNDER_WAY = 0.1
LEAD_TO_ACQUIT, LEAD_TO_ACCUSE, MOST_LOOKS, REST_SECONDS = 3, 5, 25, 0.1
LATENESS_SAMPLE_SECONDS = 0.005
# Work left out later than any values are compared shows in the duration alone, which tells no less than this: beside a
# fresh net, whose caches are cold, up to half of the looks on a busy machine see honest nets a tenth shorter. One look
# that clears the net is enough.
LEFT_OUT = 0.3
SHORTFALL_TRIES, SHORTFALL_REST_SECONDS = 8, 0.25
SHORTFALL_SECONDS, SHORTFALL_STEPS, SAMPLES, LEAST_SAMPLES = 0.5, 160, 8, 3
# How frameworks, the CUDA libraries and the C++ library name it, in lower case and without blanks and underscores.
OUT_OF_MEMORY = ("outofmemory", "resourceexhausted", "allocfailed", "badalloc", "allocatememory")


def require_waiting(net: Any, period: int) -> None:
    """Raises CellEnded (wrong) where the net's wait returns before its work is done."""
    steps = steps_to_read(net, period)
    if share := late_share(lambda: lateness(net, steps, period)):
        raise CellEnded("wrong", f"wait() returned with {share:.0%} of the work still under way")


def require_finite(net: Any) -> None:
    """Raises CellEnded (wrong) where a parameter of a net that has been timed is not finite."""
    for name, array in net.parameters().items():
        if not np.all(np.isfinite(array)):
            raise CellEnded("wrong", f"{name} is not finite after the timed steps")


def require_equal_work(
    net: Any, make_net: Callable[[], Any], steps: int, period: int, sleep: Callable[[float], None] = time.sleep
) -> None:
    """Raises CellEnded (wrong) where steps of a net that has been timed are far shorter than a fresh one's.

    `steps` is for how many the net was checked.
    """
    share = 0.0
    for _ in range(SHORTFALL_TRIES):
        share = shortfall(net, make_net(), steps, period)
        if share <= LEFT_OUT:
            return
        sleep(SHORTFALL_REST_SECONDS)
    raise CellEnded("wrong", f"steps are {share:.0%} shorter than a fresh net's: it may have stopped training")


def late_share(look: Callable[[], float], sleep: Callable[[float], None] = time.sleep) -> float:
    """The median of looks at the share under way, where most see more than UNDER_WAY; else 0.

    Where neither side leads after MOST_LOOKS, nothing is concluded.
    """
    shares: list[float] = []
    lead = 0
    while -LEAD_TO_ACQUIT < lead < LEAD_TO_ACCUSE and len(shares) < MOST_LOOKS:
        shares.append(look())
        if shares[-1] > UNDER_WAY:
            lead += 1
            sleep(REST_SECONDS)  # for what disturbed it to pass
        else:
            lead -= 1
    return statistics.median(shares) if lead == LEAD_TO_ACCUSE else 0.0


def out_of_memory(error: Exception) -> bool:
    """Whether a framework says that the memory is too small; each has an error, or words, of its own for it."""
    words = f"{type(error).__name__} {error}".lower().replace(" ", "").replace("_", "")
    return isinstance(error, MemoryError) or any(sign in words for sign in OUT_OF_MEMORY)


def steps_to_read(net: Any, period: int, clock: Clock = time.perf_counter) -> int:
    """As many steps as take LATENESS_SAMPLE_SECONDS, a multiple of the period.

    They are counted by the whole time, reading the parameters included: a net that does not wait seems to take none.
    """
    steps = period
    while True:
        began = clock()
        for _ in repeat(None, steps):
            net.step()
        net.wait()
        net.parameters()
        if clock() - began >= LATENESS_SAMPLE_SECONDS:
            return steps
        steps *= 2


def lateness(
    net: Any, steps: int, period: int, clock: Clock = time.perf_counter, sleep: Callable[[float], None] = time.sleep
) -> float:
    """The share of the work of `steps` that was still under way after `wait()`; about 0 for a net that waits.

    The parameters are read right after the wait, and again when another step's have had time enough: what
    the first read took longer was spent waiting for the work. (Reading the same arrays twice would not do,
    since a framework may keep the host's copy.)
    """
    began = clock()
    for _ in repeat(None, steps):
        net.step()
    net.wait()
    waited = clock()
    net.parameters()
    read = clock()
    for _ in repeat(None, period):
        net.step()
    net.wait()
    sleep(read - began)
    idle = clock()
    net.parameters()
    return ((read - waited) - (clock() - idle)) / (read - began)


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
