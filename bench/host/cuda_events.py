"""Marks in the queue of an NVIDIA GPU, as the frameworks offer them."""

from collections.abc import Callable
from typing import Any, NamedTuple

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
