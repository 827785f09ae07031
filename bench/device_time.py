"""Device time: between two marks in the device's queue, with so many steps behind one another in between.

The host's clock says how long a step takes; this says how much of it the device was at work. Steps that the device
finishes faster than the host can launch them would leave gaps in its queue, and the marks would measure the host
again: so the device is held up until the steps are in the queue.
"""

import time
from collections.abc import Callable
from itertools import repeat
from typing import Any, NamedTuple

from bench.timing import SAMPLE_SECONDS, Clock

# A queue takes about a thousand launches before it blocks the host, and a step is up to fifty.
QUEUED_STEPS = 10
# As long as launching the steps may take, twice over.
MARGIN = 2
# A GPU's clock: a faster one is within the margin, a slower one holds the device up for longer.
CYCLES_PER_SECOND = 2e9
HOLD = """
extern "C" __global__ void hold(long long cycles) {
    long long began = clock64();
    while (clock64() - began < cycles) {}
}
"""


class Events(NamedTuple):
    """What a framework does with its device's queue.

    `mark()` puts an event there, `happened(event)` says whether the device has come so far, `milliseconds(first, last)`
    passed between two that have happened, and `hold(cycles)` keeps the device from what is queued later for so many
    of its cycles.
    """

    mark: Callable[[], Any]
    happened: Callable[[Any], bool]
    milliseconds: Callable[[Any, Any], float]
    hold: Callable[[int], Any]


def torch_events(torch: Any) -> Events:
    """PyTorch's, on its current stream."""

    def mark() -> Any:
        event = torch.cuda.Event(enable_timing=True)
        event.record()
        return event

    return Events(
        mark,
        lambda event: bool(event.query()),
        lambda first, last: float(first.elapsed_time(last)),
        torch.cuda._sleep,
    )


def cupy_events(cupy: Any) -> Events:
    """CuPy's, on its current stream."""
    kernel = cupy.RawKernel(HOLD, "hold")

    def mark() -> Any:
        event = cupy.cuda.Event()
        event.record()
        return event

    return Events(
        mark,
        lambda event: bool(event.done),
        cupy.cuda.get_elapsed_time,
        lambda cycles: kernel((1,), (1,), (cycles,)),
    )


def time_on_device(
    net: Any, events: Events, steps: int, period: int, seconds: float, clock: Clock = time.perf_counter
) -> list[float]:
    """Seconds of device time per step, in samples taken for about `seconds`.

    None of a sample in which the device went on before all steps were in its queue, as it must for a net that waits for
    it within a step: between its marks would lie the host's time too.
    `steps` are those of a sample of the host's clock, of which a few are enough here: whole periods.
    """
    queued = min(steps, -(-QUEUED_STEPS // period) * period)
    cycles = int(MARGIN * SAMPLE_SECONDS * queued / steps * CYCLES_PER_SECOND)
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
        if not late:
            samples.append(events.milliseconds(first, last) * 1e-3 / queued)
        if clock() >= end:
            return samples
