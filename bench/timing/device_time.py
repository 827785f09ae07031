"""Device time: between two marks in the device's queue, with several steps between them.

The host's clock says how long a step takes; this says how much of it the device was at work. Steps that the device
finishes faster than the host can launch them would leave gaps in its queue, and the marks would measure the host
again: so the device is held up until the steps are in the queue.
"""

import time
from itertools import repeat
from typing import Any

from bench.host.device import Events
from bench.timing.sampling import GPU_SAMPLE_SECONDS, Clock

# A queue takes about a thousand launches before it blocks the host, and a step is up to fifty.
QUEUED_STEPS = 10
# As long as launching the steps may take, twice over.
MARGIN = 2
# A GPU's clock: a faster one is within the margin, a slower one holds the device up for longer.
CYCLES_PER_SECOND = 2e9


def time_on_device(
    net: Any, events: Events, steps: int, period: int, seconds: float, clock: Clock = time.perf_counter
) -> list[float]:
    """Seconds of device time per step, in samples taken for about `seconds`.

    None of a sample in which the device went on before all steps were in its queue, as it must for a net that waits for
    it within a step: between its marks would lie the host's time too. Nor of one that was too short for the device's
    clock to move.
    `steps` are those of a sample of the host's clock, of which a few are enough here: whole periods.
    """
    queued = min(steps, -(-QUEUED_STEPS // period) * period)
    cycles = int(MARGIN * GPU_SAMPLE_SECONDS * queued / steps * CYCLES_PER_SECOND)
    samples = []
    end = clock() + seconds
    while True:
        events.hold(cycles)
        first = events.mark()
        for _ in repeat(None, queued):
            net.step()
        last = events.mark()
        late = events.happened(first)
        net.wait()
        took = events.milliseconds(first, last) * 1e-3 / queued
        if not late and took > 0:
            samples.append(took)
        if clock() >= end:
            return samples
