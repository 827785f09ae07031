"""What waiting costs when there is nothing to wait for."""

import statistics
import time
from typing import Any

from bench.timing.sampling import Clock

IDLE_WAITS = 20


def idle_wait_seconds(net: Any, clock: Clock = time.perf_counter) -> float:
    """What a wait costs when there is nothing to wait for, reading the clock included."""
    net.wait()
    costs = []
    for _ in range(IDLE_WAITS):
        began = clock()
        net.wait()
        costs.append(clock() - began)
    return statistics.median(costs)
