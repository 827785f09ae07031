"""What a cell will take, estimated before it starts: seconds of each part of a run, and bytes of memory."""

import os
import time
from dataclasses import replace
from functools import cache

import numpy as np

from bench.records.cell import Cell
from bench.records.settings import Settings
from bench.runner.groups import BenchmarkGroup
from bench.timing.sampling import SAMPLE_SECONDS
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
# the re-warm-up and device time of a slice.
GPU_CHECK_SECONDS, GPU_PREPARE_SECONDS, GPU_SLICE_SECONDS = 3.0, 0.7, 0.1
# Steps that calibration, warm-up and one slice take at least.
PREPARING_STEPS, SLICE_STEPS = 10, 3
# The witness, and waking a worker; warming up again, and two samples.
WITNESS_SECONDS, SAMPLES_SECONDS = 0.002, 4 * SAMPLE_SECONDS
# Away from the tutorial's size agreement takes a few steps.
CHECKED_STEPS = 4
# Lower bounds at another size than a worker set's first, which is mostly the tutorial's, take this part of a net's
# preparation.
PRODUCTS_PREPARATION = 0.6
# How many arrays of each shape a net holds at once.
COPIES, BYTES = 6, 8


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
    """One `step()`, roughly."""
    rate = GPU_FLOPS_PER_SECOND if cell.on_gpu else cpu_flops_per_second()
    halved = 0.5 if cell.dtype == "float64" else 1.0
    once = OVERHEAD_SECONDS + cell.size.flops_per_step / (rate * halved * REACHED)
    return WORKLOADS[cell.workload].steps_per_call * once


def check_seconds(cell: Cell) -> float:
    """Agreement with the reference, both trained by phases and by steps."""
    if cell.is_lower_bound or not cell.timed:
        return LOAD_SECONDS
    workload = WORKLOADS[cell.workload]
    steps = 2 * (workload.steps if cell.size in (TUTORIAL, workload.size) else CHECKED_STEPS)
    training = steps * (step_seconds(cell) + step_seconds(replace(cell.reference, dtype="float64")))
    return LOAD_SECONDS + GPU_CHECK_SECONDS * cell.on_gpu + training


def prepare_seconds(cell: Cell) -> float:
    """Building a net, its first step, warming it up."""
    once = PREPARE_SECONDS + GPU_PREPARE_SECONDS * cell.on_gpu
    return (PRODUCTS_PREPARATION if products_alone(cell) else 1.0) * once + PREPARING_STEPS * step_seconds(cell)


def slice_seconds(cell: Cell) -> float:
    """One slice of one round, on a machine that is quiet."""
    timed = max(SAMPLES_SECONDS, SLICE_STEPS * step_seconds(cell))
    return WITNESS_SECONDS + GPU_SLICE_SECONDS * cell.on_gpu + timed


def restart_seconds(group: BenchmarkGroup, settings: Settings) -> float:
    """One restart of a group alone whose workers are loaded already, on a machine that is quiet."""
    round_seconds = sum(map(slice_seconds, group))
    least_seconds = min(settings.least_rounds * round_seconds, 2 * settings.visit_seconds)
    rounds_seconds = min(settings.rounds * round_seconds, max(round_seconds, least_seconds, settings.visit_seconds))
    return rounds_seconds + sum(map(prepare_seconds, group))


def products_alone(cell: Cell) -> bool:
    """Whether of a file's lower bounds only those are timed that depend on the size."""
    return cell.is_lower_bound and cell.size != TUTORIAL


def memory_bytes(cell: Cell) -> int:
    """What the cell's worker holds beyond its framework: its arrays, and float64 copies of them while it is checked."""
    size = cell.size
    numbers = size.batch * (size.d_in + size.d_out + 2 * size.hidden) + size.hidden * (size.d_in + size.d_out)
    return COPIES * BYTES * numbers
