"""Untimed steps: until a net is warm, and until it is warm again after it has rested."""

import math
import statistics
import time
from typing import Any

from bench.timing.sampling import Clock, time_steps

WARM_SLICE_SECONDS = 0.01
WARM_WINDOW = 5
WARM_TREND = 0.02
WARM_SLICES = 50
WARM_SECONDS = 5.0
# After a rest a worker's caches are cold: for a few ms its steps are up to 1.3 times slower.
REWARM_SHARE, REWARM_SECONDS = 0.5, 0.02
# A GPU that has idled raises its clock only under load.
GPU_WINDOW, GPU_REWARM_SECONDS = 3, 0.2
# A sample as long as this is hardly slower for cold caches.
LONG_SAMPLE_SECONDS = 0.05


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
            if trend(slices, window) <= WARM_TREND * math.sqrt(WARM_WINDOW / window):
                return True
            if spent > WARM_SECONDS:
                return False
    return False


def rewarm(net: Any, steps: int, seconds: float, window: int = 1, clock: Clock = time.perf_counter) -> list[float]:
    """Samples to throw away, until they no longer get faster, for at most `seconds`.

    They no longer do where the median of the last `window` is at most WARM_TREND below that of as many before them.
    """
    samples: list[float] = []
    end = clock() + seconds
    while True:
        samples += time_steps(net, steps, 0.0, clock)
        if clock() >= end:
            return samples
        if len(samples) >= 2 * window:
            latest, earlier = samples[-window:], samples[-2 * window : -window]
            if statistics.median(latest) >= (1 - WARM_TREND) * statistics.median(earlier):
                return samples


def trend(values: list[float], window: int) -> float:
    """By what share the median of the last `window` values differs from that of as many before them."""
    return abs(statistics.median(values[-window:]) / statistics.median(values[-2 * window : -window]) - 1)
