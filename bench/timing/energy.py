"""Energy per step, by a counter that moves only now and then: so it is measured from one move to another."""

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from bench.timing.sampling import Clock, time_steps

# NVML's counter moves every 20 to 100 ms and is looked at every few: over this long that is off by about 1%.
ENERGY_SECONDS = 0.5
# A look takes the host a while, in which the GPU idles: so there are few.
LOOK_SECONDS = 0.01
# A counter that has not moved for so long does not count.
STUCK_SECONDS = 0.5


class Energy(NamedTuple):
    """What one step takes, in joules, and the mean power meanwhile."""

    joules_per_step: float
    watts: float


def measure(
    net: Any, steps: int, read_joules: Callable[[], float | None], clock: Clock = time.perf_counter
) -> Energy | None:
    """The energy of a net's steps, `steps` to a sample; None where the counter does not count."""
    seen, taken, moved = read_joules(), 0, clock()
    first: tuple[float, float, int] | None = None
    while seen is not None and clock() - moved <= STUCK_SECONDS:
        taken += steps * len(time_steps(net, steps, LOOK_SECONDS, clock))
        now, joules = clock(), read_joules()
        if joules is None or joules <= seen:
            continue
        seen, moved = joules, now
        first = first or (now, joules, taken)
        spent = now - first[0]
        if spent >= ENERGY_SECONDS:
            used = joules - first[1]
            return Energy(used / (taken - first[2]), used / spent)
    return None
