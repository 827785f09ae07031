"""Counters of the system around a slice: what they grew by says what disturbed it."""

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
    involuntary_switches: int
    minor_faults: int

    @classmethod
    def now(cls) -> "Counters":
        all_processors, own = psutil.cpu_times(), resource.getrusage(resource.RUSAGE_SELF)
        busy = sum(getattr(all_processors, name, 0.0) for name in ("user", "nice", "system", "irq", "softirq"))
        stolen = getattr(all_processors, "steal", 0.0)
        own_seconds = own.ru_utime + own.ru_stime
        return cls(time.perf_counter(), own_seconds, busy, stolen, own.ru_nivcsw, own.ru_minflt)

    def until(self, after: "Counters", quiet: bool) -> Health:
        """What happened since; `quiet` says whether the worker rested again when the slice had ended."""
        wall = after.clock_seconds - self.clock_seconds
        own = after.own_seconds - self.own_seconds
        return Health(
            after.involuntary_switches - self.involuntary_switches,
            after.minor_faults - self.minor_faults,
            quiet,
            round((after.stolen_seconds - self.stolen_seconds) / wall, 3),
            round(max(0.0, after.busy_seconds - self.busy_seconds - own) / wall, 3),
            round(own / wall, 3),
        )
