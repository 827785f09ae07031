"""The kinds of rungs that a ladder has: which change each one is, in the order in which the ladder takes them."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from bench.records.cell import Cell
from bench.workloads.dtypes import REDUCED
from reports.analysis.execution import compiled


@dataclass(frozen=True)
class RungKind:
    """A kind of change; `leads(here, to, top)` says whether it may lead from one cell to the other.

    `top` is the device that the ladder ends on. A rung that is `chosen` is taken only where it makes the step faster;
    the others belong to the ladder at any price.
    """

    title: str
    leads: Callable[[Cell, Cell, str], bool]
    chosen: bool = False


def to_single_precision(here: Cell, to: Cell, top: str) -> bool:
    return to == replace(here, dtype="float32")


def to_the_pinned_allocator(here: Cell, to: Cell, top: str) -> bool:
    return to == replace(here, allocator="pinned")


def to_other_threads(here: Cell, to: Cell, top: str) -> bool:
    return to == replace(here, threads=to.threads)


def to_a_framework(here: Cell, to: Cell, top: str) -> bool:
    return usual(to, here.dtype) and not to.on_gpu and not compiled(to)


def to_the_gpu(here: Cell, to: Cell, top: str) -> bool:
    return usual(to, here.dtype) and to.device == top and not compiled(to)


def to_a_compiler(here: Cell, to: Cell, top: str) -> bool:
    return usual(to, here.dtype) and to.device == top and compiled(to)


def to_reduced_precision(here: Cell, to: Cell, top: str) -> bool:
    return to.allocator == "pinned" and to.dtype in REDUCED and to.device == top


def usual(to: Cell, dtype: str) -> bool:
    """Whether a cell has the usual allocator, and this dtype, which is not a reduced one."""
    return to.allocator == "pinned" and to.dtype == dtype and dtype not in REDUCED


KINDS = (
    RungKind("Single precision", to_single_precision),
    RungKind("Allocator", to_the_pinned_allocator),
    RungKind("Threads", to_other_threads, chosen=True),
    RungKind("Framework", to_a_framework, chosen=True),
    RungKind("GPU", to_the_gpu),
    RungKind("Compiled or graph", to_a_compiler, chosen=True),
    RungKind("Reduced precision", to_reduced_precision, chosen=True),
)
