"""A cell: one net on one workload at one size, dtype, device, thread and allocator setting."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from bench.host.device import Device
from bench.host.devices import DEVICES
from bench.workloads.catalogue import WORKLOADS
from bench.workloads.dtypes import storage
from bench.workloads.size import TUTORIAL, Size

ALLOCATORS = ("pinned", "system")


class TableKey(NamedTuple):
    """What cells that compete in one table have in common: the work, and the settings it is done under."""

    workload: str
    size: Size
    threads: str
    allocator: str


class WorkerKey(NamedTuple):
    """What cells that may take turns in one worker have in common: everything but the size."""

    net: str
    variant: str
    workload: str
    dtype: str
    device: str
    threads: str
    allocator: str

    @property
    def reference(self) -> "WorkerKey":
        """The worker of the NumPy cells that this one's are compared with."""
        return WorkerKey(
            WORKLOADS[self.workload].reference, "", self.workload, storage(self.dtype), "cpu", *self.settings
        )

    @property
    def settings(self) -> tuple[str, str]:
        return self.threads, self.allocator

    @property
    def has_lower_bounds(self) -> bool:
        return holds_lower_bounds(self.net)

    def bounds(self, other: "WorkerKey") -> bool:
        """Whether its lower bounds are those of the other's nets: the same but for the net."""
        return self.has_lower_bounds and not other.has_lower_bounds and self[2:] == other[2:]


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
    def runs_on(self) -> Device:
        """All that is known of its device."""
        return DEVICES[self.device]

    @property
    def on_gpu(self) -> bool:
        return self.runs_on.is_gpu

    @property
    def work(self) -> tuple[str, Size]:
        """Cells are measured side by side, and their ratios taken, where this agrees."""
        return self.workload, self.size

    @property
    def worker_key(self) -> WorkerKey:
        return WorkerKey(self.net, self.variant, self.workload, self.dtype, self.device, self.threads, self.allocator)

    @property
    def table_key(self) -> TableKey:
        return TableKey(self.workload, self.size, self.threads, self.allocator)

    @property
    def is_lower_bound(self) -> bool:
        """Whether it measures a framework's yardsticks, such as its matrix products alone, instead of a net."""
        return holds_lower_bounds(self.net)

    def bounds(self, other: "Cell") -> bool:
        """Whether its lower bounds are those of the other cell, a net's."""
        return self.size == other.size and self.worker_key.bounds(other.worker_key)

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
        net = WORKLOADS[self.workload].reference
        return replace(self, net=net, variant="", device="cpu", dtype=storage(self.dtype))


def holds_lower_bounds(net: str) -> bool:
    """Whether a net's file holds its framework's yardsticks, such as the matrix products alone, instead of a net."""
    return net.endswith("_floors")
