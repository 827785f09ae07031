"""A net that is warm and ready to be timed, slice by slice."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from bench.agreement.tolerances import tolerances
from bench.host.device import Device, Events
from bench.host.devices import DEVICES
from bench.host.frameworks import events
from bench.host.nvml import GpuWatch
from bench.records.record import DEVICE, LATENCY, LOSS_READ, LOWER_BOUNDS, PHASES, SIZED_LOWER_BOUNDS
from bench.timing import energy
from bench.timing.counters import Counters
from bench.timing.device_time import time_on_device
from bench.timing.energy import Energy
from bench.timing.idle import idle_wait_seconds
from bench.timing.phases import time_phases
from bench.timing.sampling import (
    GPU_SAMPLE_SECONDS,
    SAMPLE_SECONDS,
    Timed,
    first_step,
    read,
    slowed,
    start_net,
    steps_per_sample,
    time_steps,
    waited,
)
from bench.timing.validity import require_training, require_waiting
from bench.timing.warmup import (
    GPU_REWARM_SECONDS,
    GPU_WINDOW,
    LONG_SAMPLE_SECONDS,
    REWARM_SECONDS,
    REWARM_SHARE,
    rewarm,
    warm_up,
)
from bench.worker.loaded_net import LoadedNet
from bench.worker.protocol import Prepare, Slice, TakeSlice

# Times something for about so many seconds; every sample is made longer by a share.
Timing = Callable[[float, float], Mapping[str, list[float]]]


@dataclass(frozen=True)
class PreparedNet:
    """A warm net, or the lower bounds of a framework.

    `timings` maps what a slice may time to what does so; `usual` is the call that warms the net up again, of which
    a sample has `steps` and takes about `sample_seconds`. `energy` is what a step takes of it, where that was measured.
    """

    loaded: LoadedNet
    net: Any
    timings: Mapping[str, Timing]
    usual: Any
    steps: int
    sample_seconds: float
    setup_seconds: float
    first_step_seconds: float
    steady: bool
    wait_seconds: float
    energy: Energy | None = None

    @classmethod
    def of_net(cls, loaded: LoadedNet, request: Prepare) -> "PreparedNet":
        """Builds a net and warms it up. Raises CellEnded (wrong) where a suspect's wait does not wait."""
        period, device, whole = loaded.workload.period, device_of(loaded), not request.step_only
        net, setup_seconds = start_net(loaded.make)
        first_step_seconds = first_step(net)
        if request.suspect:
            require_waiting(net, period)
        steady = warm_up(net, request.steps or period)
        steps = request.steps or steps_per_sample(net, period, sample_seconds(device))
        wait_seconds = idle_wait_seconds(net)
        timings: dict[str, Timing] = {"step": partial(timed, "step", net, steps)}
        if whole and steps > period:  # else a sample is one step, or one period, already
            timings[LATENCY] = partial(timed, LATENCY, waited(net), steps)
            timings[LOSS_READ] = partial(timed, LOSS_READ, read(net), steps)
        if whole and hasattr(net, "forward"):
            timings[PHASES] = lambda seconds, _: time_phases(
                net, loaded.request.cumulative, seconds, wait_seconds, steps=steps, period=period
            )
        if whole and (marks := events(loaded.request.framework, device.name)):
            timings[DEVICE] = lambda seconds, _: on_device(net, marks, steps, period, seconds)
        once = [timing(0.0, 0.0) for timing in timings.values()]  # what is compiled at first use is so here
        step_seconds = once[0]["step"][0]
        used = energy.measure(net, steps, GpuWatch().joules) if request.metered and device.has_nvml else None
        return cls(
            loaded=loaded,
            net=net,
            timings=timings,
            usual=net,
            steps=steps,
            sample_seconds=steps * step_seconds,
            setup_seconds=setup_seconds,
            first_step_seconds=first_step_seconds,
            steady=steady,
            wait_seconds=wait_seconds,
            energy=used,
        )

    @classmethod
    def of_lower_bounds(cls, loaded: LoadedNet, later_size: bool) -> "PreparedNet":
        """Each lower bound is timed as if it were a net's step; at later sizes only those that depend on them."""
        net, setup_seconds = start_net(loaded.make)
        calls = {
            name: Timed(getattr(net, name), net.wait)
            for name in (SIZED_LOWER_BOUNDS if later_size else LOWER_BOUNDS)
            if hasattr(net, name)
        }
        first_seconds = sum(first_step(call) for call in calls.values())
        seconds = sample_seconds(device_of(loaded))
        steps = {name: steps_per_sample(call, 1, seconds) for name, call in calls.items()}
        settled = [warm_up(call, steps[name]) for name, call in calls.items()]
        timings: dict[str, Timing] = {name: partial(timed, name, call, steps[name]) for name, call in calls.items()}
        usual = "products" if "products" in calls else next(iter(calls))
        return cls(
            loaded=loaded,
            net=net,
            timings=timings,
            usual=calls[usual],
            steps=steps[usual],
            sample_seconds=steps[usual] * timings[usual](0.0, 0.0)[usual][0],
            setup_seconds=setup_seconds,
            first_step_seconds=first_seconds,
            steady=all(settled),
            wait_seconds=idle_wait_seconds(net),
        )

    @property
    def work(self) -> Mapping[str, float]:
        """What one call of a lower bound computes or moves."""
        return self.net.work if self.loaded.has_lower_bounds else {}

    def take_slice(self, request: TakeSlice) -> Slice:
        """Untimed steps to warm up again, then samples of what is asked for."""
        untimed_seconds = self._rewarm()
        before = Counters.now()
        samples: dict[str, list[float]] = {}
        for name in request.things:
            samples |= self.timings[name](request.seconds, request.slowdown)
        grown = Counters.now().since(before)
        return Slice({name: statistics.median(values) for name, values in samples.items()}, untimed_seconds, grown)

    def validate(self) -> None:
        """Raises CellEnded (wrong) where the net no longer does what was checked."""
        checked = tolerances(self.loaded.problem).steps
        require_training(self.net, self.loaded.make, checked, self.loaded.workload.period)

    def _rewarm(self) -> float:
        """Seconds that it took."""
        began = time.perf_counter()
        period = self.loaded.workload.period
        if device_of(self.loaded).is_gpu:
            rewarm(self.usual, self.steps, GPU_REWARM_SECONDS, GPU_WINDOW)
        elif self.sample_seconds < LONG_SAMPLE_SECONDS:
            rewarm(self.usual, period * max(1, round(REWARM_SHARE * self.steps / period)), REWARM_SECONDS)
        return time.perf_counter() - began


def timed(name: str, call: Any, steps: int, seconds: float, slowdown: float) -> dict[str, list[float]]:
    """Samples of a call under a name."""
    return {name: time_steps(slowed(call, slowdown) if slowdown else call, steps, seconds)}


def on_device(net: Any, marks: Events, steps: int, period: int, seconds: float) -> dict[str, list[float]]:
    """Samples of device time; nothing where there were none."""
    samples = time_on_device(net, marks, steps, period, seconds)
    return {DEVICE: samples} if samples else {}


def sample_seconds(device: Device) -> float:
    return GPU_SAMPLE_SECONDS if device.is_gpu else SAMPLE_SECONDS


def device_of(loaded: LoadedNet) -> Device:
    return DEVICES[loaded.request.device]
