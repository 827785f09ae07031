"""A cell: one net on one workload at one size, dtype, device, thread and allocator setting."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from bench.workloads.problem import REDUCED, TUTORIAL, WORKLOADS, Size

DEVICES = ("cpu", "cuda", "mps", "xpu")
ALLOCATORS = ("pinned", "system")
REFERENCE = "numpy_manual"


class Question(NamedTuple):
    """What cells compete on: a work and the settings it is done under."""

    workload: str
    size: Size
    threads: str
    allocator: str


@dataclass(frozen=True)
class Cell:
    """The coordinates of one measurement.

    `threads` is "all" (the framework's own default) or a number; `allocator` is "pinned" (the same settings for
    all) or "system" (as the C library comes).
    """

    net: str
    variant: str = ""
    workload: str = "two_layer"
    size: Size = TUTORIAL
    dtype: str = "float32"
    device: str = "cpu"
    threads: str = "all"
    allocator: str = "pinned"

    @property
    def label(self) -> str:
        """The net, with its variant if it is not the plain one: `net` or `net:variant`."""
        return f"{self.net}:{self.variant}" if self.variant else self.net

    @property
    def id(self) -> str:
        """All coordinates in one word, unique within a run."""
        return f"{self.label}-{self.conditions}"

    @property
    def conditions(self) -> str:
        """All coordinates but the net."""
        threads = "" if self.threads == "all" else f"-{self.threads}threads"
        allocator = "" if self.allocator == "pinned" else f"-{self.allocator}"
        return f"{self.workload}-{self.size}-{self.dtype}-{self.device}{threads}{allocator}"

    @property
    def work(self) -> tuple[str, Size]:
        """Cells are measured side by side, and their ratios taken, where this agrees."""
        return self.workload, self.size

    @property
    def process(self) -> "Cell":
        """The cell without its size: cells for which this is the same may take turns in one worker."""
        return replace(self, size=TUTORIAL)

    @property
    def question(self) -> Question:
        """Cells compete in one table where this agrees: the same work under the same settings."""
        return Question(self.workload, self.size, self.threads, self.allocator)

    @property
    def is_floor(self) -> bool:
        """Whether it measures what limits the nets, instead of a net."""
        return is_floors(self.net)

    def grounds(self, other: "Cell") -> bool:
        """Whether its floors are those of the other cell, a net's: the same question, dtype and device."""
        mine, theirs = (self.question, self.dtype, self.device), (other.question, other.dtype, other.device)
        return self.is_floor and not other.is_floor and mine == theirs

    @property
    def is_reference(self) -> bool:
        """Whether it is the NumPy cell that others are compared with."""
        return self.timed and self == self.reference

    @property
    def timed(self) -> bool:
        """Whether it is ever timed; the others are only checked, and have no reference net."""
        return WORKLOADS[self.workload].timed

    @property
    def reference(self) -> "Cell":
        """The NumPy cell that this one's speedup is relative to: same work, settings and dtype, on the CPU.

        NumPy has no reduced precision; float32 stands for it.
        """
        dtype = "float32" if self.dtype in REDUCED else self.dtype
        return replace(self, net=REFERENCE, variant="", device="cpu", dtype=dtype)


def is_floors(net: str) -> bool:
    """Whether a net's file holds a framework's floors (what no net of it can beat) instead of a net."""
    return net.endswith("_floors")
