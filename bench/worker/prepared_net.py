"""A net that is warm and ready to be timed, slice by slice."""

import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from bench.agreement.tolerances import tolerances
from bench.host.device import Device
from bench.host.devices import DEVICES
from bench.host.frameworks import events
from bench.host.nvml import GpuWatch
from bench.records.record import LOWER_BOUNDS, SIZED_LOWER_BOUNDS
from bench.timing import energy
from bench.timing.counters import Counters
from bench.timing.energy import Energy
from bench.timing.idle import idle_wait_seconds
from bench.timing.sampling import (
    GPU_SAMPLE_SECONDS,
    SAMPLE_SECONDS,
    Timed,
    first_step,
    next_steps,
    start_net,
    steps_per_sample,
    time_steps,
)
from bench.timing.timings import Timing, timed, timings_of
from bench.timing.validity import out_of_memory, require_equal_work, require_finite, require_waiting
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


@dataclass(frozen=True)
class PreparedNet:
    """A warm net, or the lower bounds of a framework.

    `timings` maps what a slice may time to what does so; `usual` is the call that warms the net up again, of which
    a sample has `steps`, where it `rewarms` at all. `early_seconds` are those of the first `early_steps`, the very
    first included. `energy` is what a step takes of it, where that was measured.
    """

    loaded: LoadedNet
    net: Any
    timings: Mapping[str, Timing]
    usual: Any
    steps: int
    rewarms: bool
    setup_seconds: float
    first_step_seconds: float
    early_steps: int
    early_seconds: float
    steady: bool
    wait_seconds: float
    energy: Energy | None = None

    @classmethod
    def of_net(cls, loaded: LoadedNet, request: Prepare) -> "PreparedNet":
        """Builds a net and warms it up. Raises CellEnded (wrong) where a suspect's wait does not wait."""
        period, device = loaded.workload.period, device_of(loaded)
        net, setup_seconds = start_net(loaded.make)
        first_step_seconds = first_step(net)
        later_steps, later_seconds = next_steps(net)
        if request.suspect:
            require_waiting(net, period)
        steady = warm_up(net, request.steps or period)
        steps = request.steps or steps_per_sample(net, period, sample_seconds(device))
        wait_seconds = idle_wait_seconds(net)
        timings = (
            {"step": partial(timed, "step", net, steps)}
            if request.step_only
            else timings_of(
                net,
                steps,
                period,
                wait_seconds,
                loaded.request.cumulative,
                events(loaded.request.framework, device.name),
            )
        )
        for timing in timings.values():
            timing(0.0, 0.0)  # what is compiled at first use is so here
        used = energy.measure(net, steps, GpuWatch().joules) if request.metered and device.has_nvml else None
        return cls(
            loaded=loaded,
            net=net,
            timings=timings,
            usual=net,
            steps=steps,
            rewarms=sample_takes(net, steps) < LONG_SAMPLE_SECONDS,
            setup_seconds=setup_seconds,
            first_step_seconds=first_step_seconds,
            early_steps=1 + later_steps,
            early_seconds=first_step_seconds + later_seconds,
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
        # What warms up again, and is timed in every slice, comes first
        usual = "products" if "products" in calls else next(iter(calls))
        calls = {usual: calls[usual], **calls}
        first_seconds = sum(first_step(call) for call in calls.values())
        seconds = sample_seconds(device_of(loaded))
        steps = {name: steps_per_sample(call, 1, seconds) for name, call in calls.items()}
        settled = [warm_up(call, steps[name]) for name, call in calls.items()]
        timings: dict[str, Timing] = {name: partial(timed, name, call, steps[name]) for name, call in calls.items()}
        return cls(
            loaded=loaded,
            net=net,
            timings=timings,
            usual=calls[usual],
            steps=steps[usual],
            rewarms=sample_takes(calls[usual], steps[usual]) < LONG_SAMPLE_SECONDS,
            setup_seconds=setup_seconds,
            first_step_seconds=first_seconds,
            early_steps=1,
            early_seconds=first_seconds,
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
        """Raises CellEnded (wrong) where the net no longer does what was checked, or a fresh one does not here.

        Where the memory has no room for a second net, nothing is concluded.
        """
        require_finite(self.net)
        try:
            self.loaded.recheck()
            checked = tolerances(self.loaded.problem).steps
            require_equal_work(self.net, self.loaded.make, checked, self.loaded.workload.period)
        except Exception as error:
            if not out_of_memory(error):
                raise

    def _rewarm(self) -> float:
        """Seconds that it took."""
        began = time.perf_counter()
        period = self.loaded.workload.period
        if device_of(self.loaded).is_gpu:
            rewarm(self.usual, self.steps, GPU_REWARM_SECONDS, GPU_WINDOW)
        elif self.rewarms:
            rewarm(self.usual, period * max(1, round(REWARM_SHARE * self.steps / period)), REWARM_SECONDS)
        return time.perf_counter() - began


def sample_takes(call: Any, steps: int) -> float:
    """Seconds of a sample, the fastest of a few: a disturbance only makes one longer."""
    return steps * min(time_steps(call, steps, 0.0)[0] for _ in range(3))


def sample_seconds(device: Device) -> float:
    return GPU_SAMPLE_SECONDS if device.is_gpu else SAMPLE_SECONDS


def device_of(loaded: LoadedNet) -> Device:
    return DEVICES[loaded.request.device]
