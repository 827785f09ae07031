"""A net that is warm and ready to be timed, slice by slice."""

import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from bench.agreement.tolerances import tolerances
from bench.host.device import Device, Events
from bench.host.devices import DEVICES
from bench.host.frameworks import events
from bench.host.nvml import GpuWatch
from bench.records.record import DEVICE, LATENCY, LOSS_READ, LOWER_BOUNDS, SIZED_LOWER_BOUNDS
from bench.timing import energy
from bench.timing.counters import Counters
from bench.timing.device_time import time_on_device
from bench.timing.energy import Energy
from bench.timing.idle import idle_wait_seconds, wait_until_idle
from bench.timing.phases import time_phases
from bench.timing.sampling import Timed, first_step, read, slowed, start_net, steps_per_sample, time_steps, waited
from bench.timing.shares import DEVICE_SHARE, LATENCY_SHARE, LOWER_BOUND_SHARE, PHASES_SHARE
from bench.timing.validity import require_training, require_waiting
from bench.timing.warmup import REWARM_SECONDS, rewarm, warm_up
from bench.worker.loaded_net import LoadedNet
from bench.worker.protocol import Prepare, Slice


class TimedCall(NamedTuple):
    """Something a slice times: the call, the steps of a sample, and its share of the slice's seconds."""

    call: Any
    steps: int
    share: float


@dataclass(frozen=True)
class PreparedNet:
    """A warm net, or the lower bounds of a framework. `timed` maps what is timed in every slice to its call.

    Slices are `whole` where they hold more than steps: phases, and the device's own clock, where `marks` puts events
    into its queue. `energy` is what a step takes of it, where that was measured.
    """

    loaded: LoadedNet
    net: Any
    timed: Mapping[str, TimedCall]
    setup_seconds: float
    first_step_seconds: float
    steady: bool
    wait_seconds: float
    whole: bool = False
    marks: Events | None = None
    energy: Energy | None = None

    @classmethod
    def of_net(cls, loaded: LoadedNet, request: Prepare) -> "PreparedNet":
        """Builds a net and warms it up. Raises CellEnded (wrong) where a suspect's wait does not wait."""
        period, device, whole = loaded.workload.period, device_of(loaded), not request.step_only
        net, setup_seconds = start_net(loaded.make)
        first_step_seconds = first_step(net)
        if request.suspect:
            require_waiting(net, period)
        steps = steps_per_sample(net, period)
        steady = warm_up(net, steps)
        wait_seconds = idle_wait_seconds(net)
        timed = {"step": TimedCall(net, steps, 1.0)}
        if whole:
            time_phases(net, loaded.request.cumulative, 0.0, wait_seconds, steps=steps, period=period)
        if whole and steps > period:  # else a sample is one step, or one period, already
            timed[LATENCY] = TimedCall(waited(net), steps, LATENCY_SHARE)
            timed[LOSS_READ] = TimedCall(read(net), steps, LATENCY_SHARE)
        marks = events(loaded.request.framework, device.name) if whole else None
        if marks:
            time_on_device(net, marks, steps, period, 0.0)
        used = energy.measure(net, steps, GpuWatch().joules) if request.metered and device.has_nvml else None
        return cls(loaded, net, timed, setup_seconds, first_step_seconds, steady, wait_seconds, whole, marks, used)

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
        timed = {name: TimedCall(call, steps_per_sample(call, 1), LOWER_BOUND_SHARE) for name, call in calls.items()}
        settled = [warm_up(each.call, each.steps) for each in timed.values()]
        return cls(loaded, net, timed, setup_seconds, first_seconds, all(settled), idle_wait_seconds(net))

    @property
    def steps(self) -> int:
        """The steps of a sample; each lower bound has its own."""
        return self.timed["step"].steps if "step" in self.timed else 1

    @property
    def work(self) -> Mapping[str, float]:
        """What one call of a lower bound computes or moves."""
        return self.net.work if self.loaded.has_lower_bounds else {}

    def take_slice(self, seconds: float, slowdown: float) -> Slice:
        """Untimed samples to warm up again, then samples of all there is to time."""
        first = self.timed.get("products") or next(iter(self.timed.values()))
        rewarm(first.call, first.steps, REWARM_SECONDS if device_of(self.loaded).is_gpu else 0.0)
        before = Counters.now()
        samples = {
            name: time_steps(slowed(each.call, slowdown) if slowdown else each.call, each.steps, each.share * seconds)
            for name, each in self.timed.items()
        }
        if self.whole:
            samples |= self._phases(PHASES_SHARE * seconds)
            samples |= self._on_device(DEVICE_SHARE * seconds)
        after = Counters.now()
        medians = {name: statistics.median(values) for name, values in samples.items()}
        return Slice(medians, after.clock_seconds - before.clock_seconds, before.until(after, wait_until_idle()))

    def validate(self) -> None:
        """Raises CellEnded (wrong) where the net no longer does what was checked."""
        checked = tolerances(self.loaded.problem).steps
        require_training(self.net, self.loaded.make, checked, self.loaded.workload.period)
        wait_until_idle()

    def _phases(self, seconds: float) -> dict[str, list[float]]:
        return time_phases(
            self.net,
            self.loaded.request.cumulative,
            seconds,
            self.wait_seconds,
            steps=self.steps,
            period=self.loaded.workload.period,
        )

    def _on_device(self, seconds: float) -> dict[str, list[float]]:
        if self.marks is None:
            return {}
        samples = time_on_device(self.net, self.marks, self.steps, self.loaded.workload.period, seconds)
        return {DEVICE: samples} if samples else {}


def device_of(loaded: LoadedNet) -> Device:
    return DEVICES[loaded.request.device]
