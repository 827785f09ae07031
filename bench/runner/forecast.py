"""What a run will take, estimated before it starts: seconds, and bytes of memory."""

import math
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import psutil

from bench.records.cell import Cell
from bench.records.record import TO_CHECK, Record
from bench.records.run import Run, Settings
from bench.runner.check_stage import CHECKERS
from bench.runner.groups import BenchmarkGroup as Batch
from bench.runner.groups import WorkerSet as Group
from bench.runner.groups import worker_sets as groups
from bench.runner.progress import clock, endings
from bench.runner.runner import LONG_VISIT_SECONDS
from bench.stats.estimate import FIRM_RESTARTS
from bench.workloads.catalogue import WORKLOADS
from bench.workloads.size import TUTORIAL

# Beyond the matrix products: calls, small kernels, waits.
OVERHEAD_SECONDS = 0.5e-3
# Nets reach this part of the processor's best rate, and float64 half of float32's.
REACHED = 0.5
# Any GPU that is worth the question multiplies float32 matrices at this rate (a guess: nothing is started to find out).
GPU_FLOPS_PER_SECOND = 10e12
LOAD_SECONDS, PREPARE_SECONDS = 1.3 / min(8, os.cpu_count() or 1), 0.5
# What a GPU adds: its context and first kernels where a net is checked, energy and compilation where it is prepared,
# the lead-in and device time of a visit.
GPU_CHECK_SECONDS, GPU_PREPARE_SECONDS, GPU_VISIT_SECONDS = 3.0, 0.7, 0.1
# Steps that calibration, warm-up and one visit take at least; slices that a visit adds up to, and waiting for quiet.
PREPARING_STEPS, VISIT_STEPS, VISIT_SLICES, QUIET_SECONDS = 10, 3, 1.9, 0.04
# Away from the tutorial's size agreement takes a few steps.
CHECKED_STEPS = 4
# Of what the smallest size leaves of the budget, one other size may take this part; where only one fits, all of it.
MOST_SHARE = 0.75
# Of floors at another size than a group's first, which is mostly the tutorial's: the slices of a visit, and the part of
# a net's preparation.
PRODUCTS_SLICES, PRODUCTS_PREPARATION = 0.3, 0.6
# What is advised leaves room for another estimate on the next start.
SPARE = 1.2
# How many arrays of each shape a net holds at once.
COPIES = 6


@cache
def cpu_flops_per_second(width: int = 768) -> float:
    """The rate of a float32 matrix product on this processor, all cores."""
    matrix = np.ones((width, width), "float32")
    seconds = []
    for _ in range(4):
        began = time.perf_counter()
        matrix @ matrix
        seconds.append(time.perf_counter() - began)
    return 2 * width**3 / min(seconds)


def step_seconds(cell: Cell) -> float:
    """One training step, roughly."""
    rate = cpu_flops_per_second() if cell.device == "cpu" else GPU_FLOPS_PER_SECOND
    halved = 0.5 if cell.dtype == "float64" else 1.0
    return OVERHEAD_SECONDS + cell.size.flops_per_step / (rate * halved * REACHED)


def check_seconds(cell: Cell) -> float:
    """Agreement with the reference, both trained by phases and by steps."""
    if cell.is_lower_bound or not cell.timed:
        return LOAD_SECONDS
    workload = WORKLOADS[cell.workload]
    steps = 2 * (workload.steps if cell.size in (TUTORIAL, workload.size) else CHECKED_STEPS)
    training = steps * (step_seconds(cell) + step_seconds(replace(cell.reference, dtype="float64")))
    return LOAD_SECONDS + on_gpu(cell, GPU_CHECK_SECONDS) + training


def visit_seconds(cell: Cell, settings: Settings) -> float:
    """One visit of one round."""
    visited = PRODUCTS_SLICES if products_alone(cell) else VISIT_SLICES
    slices = max(visited * settings.slice_seconds, VISIT_STEPS * step_seconds(cell))
    return QUIET_SECONDS + on_gpu(cell, GPU_VISIT_SECONDS) + slices


def restart_seconds(batch: Iterable[Cell], settings: Settings, later: bool = False) -> float:
    """One restart of a batch whose workers are loaded already, of a group's first size or of a later one."""
    batch = tuple(batch)
    visit = sum(visit_seconds(cell, settings) for cell in batch)
    fewer = later or visit > LONG_VISIT_SECONDS * len(batch)
    rounds = settings.least_rounds if fewer else settings.rounds
    return rounds * visit + sum(map(prepare_seconds, batch))


def prepare_seconds(cell: Cell) -> float:
    """Building a net, its first step, warming it up."""
    once = PREPARE_SECONDS + on_gpu(cell, GPU_PREPARE_SECONDS)
    return (PRODUCTS_PREPARATION if products_alone(cell) else 1.0) * once + PREPARING_STEPS * step_seconds(cell)


def products_alone(cell: Cell) -> bool:
    """Whether of a file's floors only those are timed that depend on the size."""
    return cell.is_lower_bound and cell.size != TUTORIAL


def on_gpu(cell: Cell, seconds: float) -> float:
    return 0.0 if cell.device == "cpu" else seconds


def memory_bytes(cell: Cell) -> int:
    """What the cell's worker holds beyond its framework: its arrays, and float64 copies of them while it is checked."""
    size, width = cell.size, 8
    numbers = size.batch * (size.d_in + size.d_out + 2 * size.hidden) + size.hidden * (size.d_in + size.d_out)
    return COPIES * width * numbers


def fitted(run: Run) -> Run:
    """The run without the sizes whose restarts would overrun its budget, or that the memory has no room for.

    Those cells are skipped with the estimate, unless another batch needs them too.
    """
    pending = [record.cell for record in run.records.values() if record.outcome == "pending"]
    spent, kept, reasons = 0.0, set[Cell](), dict[Cell, str]()
    for group in groups(pending, run.settings.workers):
        spent, left_out = shared(group, run.settings, spent)
        kept |= {cell for batch in group if batch not in left_out for cell in batch}
        reasons |= {cell: reason for batch, reason in left_out.items() for cell in batch}
    for cell in reasons.keys() - kept:
        run = run.with_record(Record(cell, "skipped", reasons[cell]))
    return run


def shared(group: Group, settings: Settings, spent: float) -> tuple[float, dict[Batch, str]]:
    """Shares what is left of the budget among a group's sizes: what is spent then, and why some are left out.

    The smallest size is never left out for its time; the others are tried in an order that spans the range, so that a
    small budget still reaches far.
    """
    first, free, restarts = group[0], psutil.virtual_memory().available, min(FIRM_RESTARTS, settings.most_restarts)
    spent += restarts * LOAD_SECONDS * len(first)
    seconds = {batch: restarts * restart_seconds(batch, settings, batch is not first) for batch in group}
    left = settings.budget_seconds - spent - seconds[first]
    cheapest = min((seconds[batch] for batch in group[1:]), default=0.0)
    most = max(cheapest, left if left < 2 * cheapest else MOST_SHARE * left)
    modest = [batch for batch in group[1:] if seconds[batch] <= most]
    reasons = {}
    for batch in [*spanning((first, *modest)), *(batch for batch in group[1:] if batch not in modest)]:
        needed, held = seconds[batch], sum(map(memory_bytes, batch))
        if held > free:
            reasons[batch] = (
                f"needs about {gib(held)} where {gib(free)} are free: choose a smaller --size or fewer nets"
            )
        elif batch is not first and (batch not in modest or spent + needed > settings.budget_seconds):
            more = spent + needed / (1 if batch in modest else MOST_SHARE)
            reasons[batch] = (
                f"needs about {needed:.0f} s for {restarts} restarts, too much beside the others in "
                f"{settings.budget_seconds:.0f} s: give --seconds {math.ceil(SPARE * more)} or more"
            )
        else:
            spent += needed
    return spent, reasons


def spanning(group: Group) -> list[Batch]:
    """The first, the last, the one between, and those between these, and so on."""
    order = list(dict.fromkeys([0, len(group) - 1]))
    while len(order) < len(group):
        order += [(low + high) // 2 for low, high in pairwise(sorted(order)) if high - low > 1]
    return [group[place] for place in order]


def expected_seconds(run: Run) -> tuple[float, float]:
    """Seconds of checking, and of timing at most, that the cells of the run will take."""
    pending = [record.cell for record in run.records.values() if record.outcome == "pending"]
    to_check = (record.cell for record in run.records.values() if record.outcome in TO_CHECK)
    checking = sum(check_seconds(cell) for cell in to_check) / CHECKERS
    once = sum(
        restart_seconds(batch, run.settings, batch is not group[0])
        for group in groups(pending, run.settings.workers)
        for batch in group
    )
    loading = LOAD_SECONDS * len({cell.worker_key for cell in pending})
    return checking, min(
        max(run.settings.budget_seconds, once + loading), run.settings.most_restarts * (once + loading)
    )


def foretold(run: Run) -> Iterator[str]:
    """Lines that say what the run would do: its cells, and how long they would take."""
    to_check = [record for record in run.records.values() if record.outcome in TO_CHECK]
    for record in to_check:
        yield f"{'pending' if record.outcome == 'pending' else 'check':8} {record.cell.id}"
    yield from endings(run.records.values())
    checking, timing = expected_seconds(run)
    timed = sum(record.outcome == "pending" for record in to_check)
    yield (
        f"{len(to_check)} cells: about {clock(checking)} to check them, "
        f"then at most {clock(timing)} to time {timed} of them"
    )


def gib(count: float) -> str:
    return f"{count / 2**30:.1f} GiB"
