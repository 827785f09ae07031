"""Every net's cell of a run as one flat entry, for the formats that have a row for each."""

from collections.abc import Iterator
from typing import Any

from bench.records.record import DEVICE, LATENCY, LOSS_READ, SEPARATE_PHASES
from bench.records.run import Run
from reports.analysis.rows import Row, rows_of

COORDINATES = ("net", "variant", "workload", "size", "dtype", "device", "threads", "allocator")
ESTIMATES = (
    *(f"{time}_seconds" for time in ("step", LATENCY, LOSS_READ, *SEPARATE_PHASES, DEVICE)),
    *("speedup", "over_float64", "over_products", "device_share"),
)


def cells(run: Run) -> Iterator[dict[str, Any]]:
    """Coordinates, outcome and numbers; times in seconds per step, memory in bytes, None where not measured."""
    for row in rows_of(run):
        cell = row.record.cell
        rounds = row.record.seconds.get("step", {})
        counted = run.counted(rounds)
        yield {
            "machine": run.machine["name"],
            "fingerprint": run.machine["fingerprint"],
            "started": run.started,
            "cell": cell.id,
            **{name: str(getattr(cell, name)) for name in COORDINATES},
            "outcome": row.record.outcome,
            "reason": row.record.reason,
            **estimates(row),
            "first_step_seconds": row.first_step_seconds,
            "memory_bytes": row.memory_bytes,
            "device_bytes": row.device_bytes,
            "joules_per_step": row.joules,
            "watts": row.watts,
            "restarts": row.time.restarts if row.time else 0,
            "rounds": len(counted),
            "rounds_left_out": len(rounds) - len(counted),
        }


def estimates(row: Row) -> dict[str, float | None]:
    """Each estimate and the ends of its interval."""
    phases = (row.phases.get(phase) for phase in SEPARATE_PHASES)
    times = row.time, row.latency, row.loss_read, *phases, row.device_time
    ratios = row.speedup, row.over_float64, row.multiple, row.busy
    numbers: dict[str, float | None] = {}
    for name, estimate in zip(ESTIMATES, (*times, *ratios), strict=True):
        ends = (estimate.value, estimate.low, estimate.high) if estimate else (None, None, None)
        numbers |= dict(zip((name, f"{name}_low", f"{name}_high"), ends, strict=True))
    return numbers
