"""Runs for tests of the report: made up, as their names say, and never to be taken for results."""

import math
import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bench.records.agreement import Agreement, Deviation
from bench.records.cell import Cell
from bench.records.health import Health
from bench.records.record import CUMULATIVE_PHASES, LOSS_READ, SEPARATE_PHASES, Record, Round
from bench.records.record import Start as Began
from bench.records.run import Run
from bench.records.settings import Settings
from bench.workloads.size import Size

MACHINE: Mapping[str, Any] = {
    "cpu": {"brand_raw": "Made-up CPU", "count": 4},
    "cores": 4,
    "memory_gib": 16,
    "gpus": [],
    "system": "Linux 6.0",
    "python": "3.12.1",
    "packages": {"numpy": "2.4.6", "torch": "2.13.0"},
    "name": "made-up",
    "fingerprint": "0123456789ab",
}
GPU = {"name": "Made-up GPU", "driver": "600.1", "memory_gib": "24"}
COMMIT: Mapping[str, Any] = {"id": "0123456789abcdef", "dirty": True}


def a_run(*records: Record, gpus: int = 0, **changes: Any) -> Run:
    """A finished run of the records."""
    machine = {**MACHINE, "gpus": [GPU] * gpus}
    settings = Settings(rounds=4)
    found = {record.cell.id: record for record in records}
    return replace(Run(machine, COMMIT, "2026-01-02T03:04:05+00:00", settings, found, finished=True), **changes)


def timed(
    net: str, microseconds: float, restarts: int = 5, noise: float = 0.01, cumulative: bool = False, **cell: Any
) -> Record:
    """A measured record whose restarts scatter by `noise` and whose rounds share the machine's drift.

    Its phases are 40%, 40% and 20% of the step.
    """
    where = Cell(net, **cell)
    own, drifts = random.Random(where.id), random.Random("the machine")
    rounds: dict[Round, float] = {}
    for restart in range(restarts):
        luck = own.gauss(0, noise)
        for turn in range(4):
            drift = drifts.gauss(0, 0.1)
            rounds[Round(restart, turn)] = microseconds * 1e-6 * math.exp(luck + drift + own.gauss(0, noise / 4))
    names, shares = (CUMULATIVE_PHASES, (0.4, 0.8, 1.0)) if cumulative else (SEPARATE_PHASES, (0.4, 0.4, 0.2))
    seconds = {"step": rounds}
    for phase, share in zip(names, shares, strict=True):
        seconds[phase] = {key: value * share for key, value in rounds.items()}
    starts = tuple(Began(restart, 2e-3, 0.04 + restart * 1e-3, 7, 1e-7, True) for restart in range(restarts))
    health = {key: Health(3, 120) for key in rounds}
    runtime = {"thread_pools": ["openblas x4"], "framework": net.partition("_")[0], "keeps_freed_memory": True}
    return Record(where, "measured", "", agreed(), starts, seconds, health, runtime)


def agreed(error: float = 2e-7) -> Agreement:
    return Agreement((Deviation("gradient", "w1", 1, error, 1e-4), Deviation("loss", "loss", 1, 1e-9, 1e-5)), 500)


def ended(net: str, outcome: Any, reason: str, **cell: Any) -> Record:
    """A record that was not measured."""
    return Record(Cell(net, **cell), outcome, reason, agreed(0.3) if outcome == "wrong" else None)


def on_cpu(restarts: int = 5) -> tuple[Record, ...]:
    """NumPy in both dtypes, one net as fast, one slower with derived phases."""
    return (
        timed("numpy_manual", 300, restarts),
        timed("numpy_manual", 900, restarts, dtype="float64"),
        timed("torch_tensor", 200, restarts),
        timed("tensorflow_static_graph", 600, restarts, cumulative=True),
    )


def on_both(gpu_microseconds: float, restarts: int = 6, noise: float = 0.01) -> Run:
    """The same, and two GPU cells of which CuPy's is the faster; the best CPU cell takes 200 µs."""
    gpu = (
        timed("cupy_manual", gpu_microseconds, restarts, noise, device="cuda"),
        timed("torch_tensor", 2 * gpu_microseconds, restarts, noise, device="cuda"),
    )
    return a_run(*on_cpu(restarts), *gpu, gpus=1)


def with_loss_read(record: Record, factor: float, noise: float = 0.01) -> Record:
    """The same, and a step whose loss is read takes about `factor` times as long as one whose loss is not."""
    draw = random.Random(f"{record.cell.id} read")
    luck = {start.restart: math.exp(draw.gauss(0, noise)) for start in record.starts}
    read = {key: value * factor * luck[key.restart] for key, value in record.seconds["step"].items()}
    return replace(record, seconds={**record.seconds, LOSS_READ: read})


def with_starts(record: Record, cold: float, warm: float | None = None, noise: float = 0.02) -> Record:
    """The same, with set-up and first steps of about these seconds: cold in every fourth restart, or in all."""
    draw = random.Random(f"{record.cell.id} starts")
    starts = []
    for start in record.starts:
        is_cold = warm is None or start.restart % 4 == 0
        seconds = (cold if is_cold or warm is None else warm) * math.exp(draw.gauss(0, noise))
        starts.append(replace(start, setup_seconds=seconds / 4, first_step_seconds=seconds * 3 / 4, cold=is_cold))
    return replace(record, starts=tuple(starts))


def with_deviations(record: Record, *found: Deviation, **changes: Any) -> Record:
    """The same, with these comparisons instead of its own."""
    return replace(record, agreement=Agreement(found, 500, **changes))


def swept(
    cpu: tuple[float, float], gpu: tuple[float, float], restarts: int = 8, noise: float = 0.01, bend: float = 1.0
) -> Run:
    """NumPy, torch on a CPU and torch on a GPU at nine sizes; each device has a latency in s and a rate in FLOP/s.

    At the middle size the GPU takes `bend` times as long as its latency and rate say.
    """
    records = []
    for batch in (64, 512, 4096):
        for hidden in (100, 800, 6400):
            size = Size(batch, 1000, hidden, 10)
            at_cpu, at_gpu = (1e6 * (latency + size.flops_per_step / rate) for latency, rate in (cpu, gpu))
            records += [
                timed("numpy_manual", 2 * at_cpu, restarts, noise, size=size),
                timed("torch_tensor", at_cpu, restarts, noise, size=size),
                timed(
                    "torch_tensor",
                    at_gpu * (bend if (batch, hidden) == (512, 800) else 1.0),
                    restarts,
                    noise,
                    size=size,
                    device="cuda",
                ),
            ]
    return a_run(*records, gpus=1)
