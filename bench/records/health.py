"""What happened to a restart's slices, judged by what came from outside the net."""

from dataclasses import dataclass

# For files from before the witness. Kernel ticks are 10 ms, so of their slices of 100 ms these are two ticks of two
# cores, or three of one.
STEAL_LIMIT = 0.1
OTHERS_LIMIT = 0.3
# Ticks miss or double what many cores do in bursts, by so much of it: that is nobody else's.
OTHERS_ERROR = 0.15


@dataclass(frozen=True)
class Health:
    """What happened during all slices of a restart; in files from before the witness, to one slice.

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
