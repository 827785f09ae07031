"""What disturbed a slice: read before and after it, judged by what came from outside the net."""

import resource
import time
from dataclasses import dataclass
from typing import NamedTuple

# Kernel ticks are 10 ms, so of a slice of 100 ms these are two ticks of two cores, or three of one.
STEAL_LIMIT = 0.1
OTHERS_LIMIT = 0.3
# Ticks miss or double what many cores do in bursts, by so much of it: that is nobody else's.
OTHERS_ERROR = 0.15


class Reading(NamedTuple):
    """Counters that only grow: seconds of the clock, of this process and of all processors; events of this process."""

    clock_seconds: float
    own_seconds: float
    busy_seconds: float
    stolen_seconds: float
    involuntary_switches: int
    minor_faults: int

    @classmethod
    def now(cls) -> "Reading":
        import psutil  # a worker reads it, the report does not

        all_processors, own = psutil.cpu_times(), resource.getrusage(resource.RUSAGE_SELF)
        busy = sum(getattr(all_processors, name, 0.0) for name in ("user", "nice", "system", "irq", "softirq"))
        stolen = getattr(all_processors, "steal", 0.0)
        own_seconds = own.ru_utime + own.ru_stime
        return cls(time.perf_counter(), own_seconds, busy, stolen, own.ru_nivcsw, own.ru_minflt)


@dataclass(frozen=True)
class Health:
    """One slice: what happened to it, and whether its worker was quiet again before the next one's.

    `stolen_cores` is how many processors' time the hypervisor gave to other machines, `others_cores` how many
    other processes of this machine kept busy, `own_cores` how many the worker itself did. On a GPU: the clock of
    its multiprocessors, its temperature, the reasons why its clock was held down, how many other processes used it, and
    its power.
    """

    involuntary_switches: int
    minor_faults: int
    quiet: bool = True
    stolen_cores: float = 0.0
    others_cores: float = 0.0
    own_cores: float | None = None
    gpu_mhz: int | None = None
    gpu_celsius: int | None = None
    gpu_throttled: tuple[str, ...] = ()
    gpu_others: int = 0
    gpu_watts: float | None = None

    @classmethod
    def between(cls, before: Reading, after: Reading, quiet: bool) -> "Health":
        """What the counters say of the time between two readings."""
        wall = after.clock_seconds - before.clock_seconds
        own = after.own_seconds - before.own_seconds
        return cls(
            after.involuntary_switches - before.involuntary_switches,
            after.minor_faults - before.minor_faults,
            quiet,
            round((after.stolen_seconds - before.stolen_seconds) / wall, 3),
            round(max(0.0, after.busy_seconds - before.busy_seconds - own) / wall, 3),
            round(own / wall, 3),
        )

    @property
    def disturbances(self) -> tuple[str, ...]:
        """What came from outside, in words; what a net does to itself (faults, switches, power) is its own."""
        return disturbances(
            self.quiet, self.stolen_cores, self.others_cores, self.own_cores, self.gpu_throttled, self.gpu_others
        )


def disturbances(
    quiet: bool = True,
    stolen_cores: float = 0.0,
    others_cores: float = 0.0,
    own_cores: float | None = None,
    gpu_throttled: tuple[str, ...] = (),
    gpu_others: int = 0,
) -> tuple[str, ...]:
    """What disturbed a slice from outside, in words, by those of its health that tell."""
    signs = {
        "time stolen by other virtual machines": stolen_cores > STEAL_LIMIT,
        "other processes busy": others_cores > max(OTHERS_LIMIT, OTHERS_ERROR * (own_cores or 0.0)),
        "a worker still busy after its slice": not quiet,
        "GPU slowed down": bool(set(gpu_throttled) - {"power cap"}),
        "other processes on the GPU": gpu_others > 0,
    }
    return tuple(label for label, disturbed in signs.items() if disturbed)
