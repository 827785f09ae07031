"""A cell: one net on one workload at one size, dtype, device, thread and allocator setting."""

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from bench.errors import UserError, unknown
from bench.netfile import REFERENCE, NetFile, find, is_floors
from bench.problem import DTYPES, REDUCED, TUTORIAL, WORKLOADS, Size

DEVICES = ("cpu", "cuda", "mps", "xpu")
ALLOCATORS = ("pinned", "system")


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


def exists(dtype: str, device: str) -> bool:
    """TensorFloat-32 is a mode of NVIDIA's GPUs, and Apple's know no float64."""
    return (dtype != "tf32" or device == "cuda") and (dtype != "float64" or device != "mps")


def select(
    nets: Mapping[str, NetFile],
    names: Sequence[str] = (),
    workloads: Collection[str] = ("two_layer",),
    sizes: Sequence[Size] = (TUTORIAL,),
    dtypes: Sequence[str] = ("float32",),
    devices: Sequence[str] = ("cpu",),
    threads: str = "all",
    allocator: str = "pinned",
    fallback: bool = False,
) -> tuple[Cell, ...]:
    """Every combination that some selected net offers; no names means every net with every variant.

    With `fallback`, a net that offers none of the devices (in this dtype) is taken on its own first one, so that it is
    reported as skipped instead of being left out silently. Raises UserError for an unknown name, and where
    nothing is left.
    """
    for kind, chosen, known in (
        ("workload", workloads, WORKLOADS),
        ("dtype", dtypes, DTYPES),
        ("device", devices, DEVICES),
        ("allocator", [allocator], ALLOCATORS),
    ):
        for name in chosen:
            if name not in known:
                raise unknown(kind, name, known)
    if threads != "all" and not (threads.isdecimal() and 0 < int(threads) <= (os.cpu_count() or 1)):
        choices = f"all nor from 1 to {os.cpu_count()}"
        raise UserError(f"--threads {threads!r} is neither {choices}: give 1, another such number, or all")
    if names:
        chosen_nets = [find(nets, name) for name in names]
    else:
        known_nets = (net for net in nets.values() if not is_floors(net.name))
        chosen_nets = [(net, variant) for net in known_nets for variant in net.variants]
    cells = [
        Cell(net.name, variant, workload, size, dtype, device, threads, allocator)
        for workload in workloads
        for size in WORKLOADS[workload].sizes(sizes)
        for dtype in dtypes
        for net, variant in chosen_nets
        for offered in [[device for device in net.devices_of(variant) if exists(dtype, device)]]
        for device in ([d for d in devices if d in offered] or (offered[:1] if fallback else ()))
        if net.defect or net.offers(variant, workload, dtype)
    ]
    if not cells:
        needs = ", and tf32 needs an NVIDIA GPU" * ("tf32" in dtypes)
        needs += ", and Apple's GPUs (mps) know no float64" * ("float64" in dtypes and "mps" in devices)
        raise UserError(
            f"no selected net offers {'/'.join(workloads)} in {'/'.join(dtypes)} on {'/'.join(devices)}{needs}: "
            "see `fiftyx list` for what each net offers"
        )
    return tuple(dict.fromkeys(cells))


def with_references(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    """The cells, and before them the NumPy cells that their speedups need."""
    cells = tuple(cells)
    return tuple(dict.fromkeys([*(cell.reference for cell in cells if cell.timed), *cells]))


def with_floors(cells: Iterable[Cell], nets: Mapping[str, NetFile]) -> tuple[Cell, ...]:
    """The cells, and behind them the floors that ground them, where their files offer the same.

    NumPy's cells, to which the others are compared, get none of their own.
    """
    cells = tuple(cells)
    floors = [
        replace(cell, net=file.name, variant="")
        for cell in [cell for cell in cells if not cell.is_reference] or cells
        for file in nets.values()
        if is_floors(file.name)
        and file.framework in _grounds_of(cell, nets[cell.net])
        and file.offers("", cell.workload, cell.dtype)
        and cell.device in file.devices_of("")
    ]
    return tuple(dict.fromkeys([*cells, *floors]))


def _grounds_of(cell: Cell, net: NetFile) -> set[str]:
    """Whose floors limit a cell: its framework's (of Keras, the one that its variant names), on a CPU NumPy's too."""
    return {net.framework, cell.variant} | ({"numpy"} if cell.device == "cpu" else set())
