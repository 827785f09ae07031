"""Counters of the system around slices: what they grew by says what happened meanwhile."""

import resource
import time
from typing import NamedTuple

import psutil

from bench.records.health import Health


class Counters(NamedTuple):
    """Counters that only grow: seconds of the clock, of this process and of all processors; events of this process."""

    clock_seconds: float
    own_seconds: float
    busy_seconds: float
    stolen_seconds: float
    involuntary_switches: float
    minor_faults: float

    @classmethod
    def now(cls) -> "Counters":
        all_processors, own = psutil.cpu_times(), resource.getrusage(resource.RUSAGE_SELF)
        busy = sum(getattr(all_processors, name, 0.0) for name in ("user", "nice", "system", "irq", "softirq"))
        stolen = getattr(all_processors, "steal", 0.0)
        own_seconds = own.ru_utime + own.ru_stime
        return cls(time.perf_counter(), own_seconds, busy, stolen, own.ru_nivcsw, own.ru_minflt)

    def since(self, before: "Counters") -> "Counters":
        """What they grew by."""
        return Counters(*(after - earlier for after, earlier in zip(self, before, strict=True)))

    def plus(self, more: "Counters") -> "Counters":
        """The growth of two slices together."""
        return Counters(*(first + second for first, second in zip(self, more, strict=True)))

    @property
    def health(self) -> Health:
        """What happened while they grew by so much; kernel ticks are too coarse for a single slice."""
        wall = self.clock_seconds
        return Health(
            int(self.involuntary_switches),
            int(self.minor_faults),
            stolen_cores=round(self.stolen_seconds / wall, 3),
            others_cores=round(max(0.0, self.busy_seconds - self.own_seconds) / wall, 3),
            own_cores=round(self.own_seconds / wall, 3),
        )
