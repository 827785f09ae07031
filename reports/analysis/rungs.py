"""The way from the tutorial's NumPy to a cell: one change after the other, in the order that the ladder takes them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from bench.records.cell import Cell
from bench.workloads.dtypes import storage
from reports.analysis.lineage import EXECUTED, WRITTEN, Link, lineage

PRECISION, ALLOCATOR, THREADS, DEVICE, REDUCED = "precision", "allocator", "threads", "device", "reduced precision"
# On a CPU a number of threads is sought for the fastest nets alone, so it comes last. Where a GPU takes over, the CPU
# first gets the number that is best for it, or the rung to the GPU would hold what the threads cost.
ON_CPU = (PRECISION, ALLOCATOR, *WRITTEN, *EXECUTED, REDUCED, THREADS)
ON_GPU = (PRECISION, ALLOCATOR, *WRITTEN, THREADS, DEVICE, *EXECUTED, REDUCED)


class Waypoint(NamedTuple):
    """A cell on the way, what it changes against the one before, and where that stands in the ladder's order.

    Later ones have later places: what is out of order, or comes twice, shares the first part with the one before.
    """

    cell: Cell
    changes: tuple[str, ...]
    place: tuple[int, int]


def way(foot: Cell, goal: Cell, tuned: Callable[[Cell], Cell]) -> Iterator[Waypoint]:
    """The cells from the foot to the goal, without the foot; `tuned` gives a CPU cell its best number of threads."""
    order, before, place = ON_GPU if goal.on_gpu else ON_CPU, foot, (-1, 0)
    for cell, changes in links(foot, goal, tuned):
        if cell != before:
            rank = order.index(changes[0])
            place = (rank, 0) if rank > place[0] else (place[0], place[1] + 1)
            yield Waypoint(cell, changes, place)
        before = cell


def links(foot: Cell, goal: Cell, tuned: Callable[[Cell], Cell]) -> Iterator[Link]:
    """The same, with changes that change nothing here."""
    nets = lineage(goal)
    written = [link for link in nets if not set(link.changes) <= set(EXECUTED)]
    here = replace(foot, dtype=storage(goal.dtype))
    yield Link(here, (PRECISION,))
    here = replace(here, allocator=goal.allocator)
    yield Link(here, (ALLOCATOR,))
    for link in written:
        here = replace(here, net=link.cell.net, variant=link.cell.variant)
        yield Link(here, link.changes)
    if goal.on_gpu:
        yield Link(tuned(here), (THREADS,))
        here = replace(here, device=goal.device, threads=goal.threads)
        yield Link(here, (DEVICE,))
    for link in nets[len(written) :]:
        here = replace(here, net=link.cell.net, variant=link.cell.variant)
        yield Link(here, link.changes)
    yield Link(replace(here, dtype=goal.dtype), (REDUCED,))
    yield Link(goal, (THREADS,))


def title(changes: tuple[str, ...]) -> str:
    """`Framework, line for line, and in place`."""
    *others, last = dict.fromkeys(changes)
    words = f"{', '.join(others)}, and {last}" if others else last
    return words[0].upper() + words[1:]
