"""A cell: one net on one workload at one size, dtype, device, thread and allocator setting."""

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from bench.errors import UserError, unknown
from bench.netfile import REFERENCE, NetFile, find, is_floors
from bench.problem import DTYPES, REDUCED, TUTORIAL, WORKLOADS, Size

DEVICES = ("cpu", "cuda")
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
    def question(self) -> Question:
        """Cells compete in one table where this agrees: the same work under the same settings."""
        return Question(self.workload, self.size, self.threads, self.allocator)

    @property
    def is_floor(self) -> bool:
        """Whether it measures what limits the nets, instead of a net."""
        return is_floors(self.net)

    def grounds(self, other: "Cell") -> bool:
        """Whether its floors are those of the other cell: the same question, dtype and device."""
        mine, theirs = (self.question, self.dtype, self.device), (other.question, other.dtype, other.device)
        return self.is_floor and mine == theirs

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
    """TensorFloat-32 is a mode of NVIDIA's GPUs."""
    return dtype != "tf32" or device == "cuda"


def select(
    nets: Mapping[str, NetFile],
    names: Sequence[str] = (),
    workloads: Collection[str] = ("two_layer",),
    sizes: Sequence[Size] = (TUTORIAL,),
    dtypes: Sequence[str] = ("float32",),
    devices: Sequence[str] = ("cpu",),
    threads: str = "all",
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
        chosen_nets = [(net, variant) for net in nets.values() for variant in net.variants]
    cells = [
        Cell(net.name, variant, workload, size, dtype, device, threads)
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
        raise UserError(
            f"no selected net offers {'/'.join(workloads)} in {'/'.join(dtypes)} on {'/'.join(devices)}{needs}: "
            "see `fiftyx list` for what each net offers"
        )
    return tuple(dict.fromkeys(cells))


def with_references(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    """The cells, and before them the NumPy cells that their speedups need."""
    cells = tuple(cells)
    return tuple(dict.fromkeys([*(cell.reference for cell in cells if cell.timed), *cells]))


def batches(cells: Sequence[Cell], workers: int) -> list[tuple[Cell, ...]]:
    """Splits cells into groups that are measured side by side, at most `workers` of them at a time.

    Only cells that do the same work share a batch, and each batch holds the references of its cells.
    """
    works: dict[object, list[Cell]] = {}
    for cell in cells:
        works.setdefault(cell.work, []).append(cell)
    result = []
    for asked in works.values():
        references = tuple(dict.fromkeys(cell.reference for cell in asked))
        others = [cell for cell in asked if cell not in references]
        room = max(1, workers - len(references))
        chunks = [others[start : start + room] for start in range(0, len(others), room)] or [[]]
        result += [(*references, *chunk) for chunk in chunks]
    return result
