"""Samples of forward, backward and update."""

import time
from typing import Any

from bench.records.record import CUMULATIVE_PHASES, SEPARATE_PHASES
from bench.timing.sampling import Clock

# A sample of phases ends so long after its time, at the next whole period.
OVERTIME_SECONDS = 1.0


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
    phases take far longer than the step. Empty for a net that has no phases. A cumulative net's phases repeat those
    before them and are named so: the difference is left to the reader of the record.
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
            if stopped > end + OVERTIME_SECONDS and taken % period == 0:
                break
        for name in names:
            samples[name].append(spent[name] / taken)
        if stopped >= end:
            return samples
