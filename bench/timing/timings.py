"""What a slice may time of a net, by name."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from bench.host.device import Events
from bench.records.record import DEVICE, LATENCY, LOSS_READ, PHASES
from bench.timing.device_time import time_on_device
from bench.timing.phases import time_phases
from bench.timing.sampling import read, slowed, time_steps, waited

# Times something for about so many seconds; every sample is made longer by a share. Seconds by phase.
Timing = Callable[[float, float], Mapping[str, list[float]]]


def timings_of(
    net: Any, steps: int, period: int, wait_seconds: float, cumulative: bool, marks: Events | None
) -> dict[str, Timing]:
    """The step and all else that a net offers; `marks` puts events into its device's queue."""
    timings: dict[str, Timing] = {"step": partial(timed, "step", net, steps)}
    if steps > period:  # else a sample is one step, or one period, already
        timings[LATENCY] = partial(timed, LATENCY, waited(net), steps)
        timings[LOSS_READ] = partial(timed, LOSS_READ, read(net), steps)
    if hasattr(net, "forward"):
        timings[PHASES] = lambda seconds, _: time_phases(
            net, cumulative, seconds, wait_seconds, steps=steps, period=period
        )
    if marks:
        timings[DEVICE] = lambda seconds, _: on_device(net, marks, steps, period, seconds)
    return timings


def timed(name: str, call: Any, steps: int, seconds: float, slowdown: float) -> dict[str, list[float]]:
    """Samples of a call under a name."""
    return {name: time_steps(slowed(call, slowdown) if slowdown else call, steps, seconds)}


def on_device(net: Any, marks: Events, steps: int, period: int, seconds: float) -> dict[str, list[float]]:
    """Samples of device time; nothing where there were none."""
    samples = time_on_device(net, marks, steps, period, seconds)
    return {DEVICE: samples} if samples else {}
