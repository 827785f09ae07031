"""What waiting costs, and waiting until a process rests."""

import statistics
import time
from collections.abc import Callable
from typing import Any

from bench.timing.sampling import Clock

IDLE_WAITS = 20
IDLE_LOOK_SECONDS = 0.012
IDLE_LOOKS = 40


def idle_wait_seconds(net: Any, clock: Clock = time.perf_counter) -> float:
    """What a wait costs when there is nothing to wait for, reading the clock included."""
    net.wait()
    costs = []
    for _ in range(IDLE_WAITS):
        began = clock()
        net.wait()
        costs.append(clock() - began)
    return statistics.median(costs)


def wait_until_idle(cpu_clock: Clock = time.process_time, sleep: Callable[[float], None] = time.sleep) -> bool:
    """Waits until this process burns no CPU; False if it still does after IDLE_LOOKS looks.

    OpenBLAS threads spin for about 90 ms after their last call and would double the time of the next
    worker's slice. A look is longer than a kernel tick (4 ms, 10 at most), since the time that another
    thread has used so far is only booked at ticks.
    """
    for _ in range(IDLE_LOOKS):
        before = cpu_clock()
        sleep(IDLE_LOOK_SECONDS)
        if cpu_clock() - before < IDLE_LOOK_SECONDS / 10:
            return True
    return False
