"""The entries of `benchmarks[]`, one for each timed phase of a measured cell, as pytest-benchmark writes them."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np
from msgspec import Raw, Struct
from msgspec.json import Decoder

from bench.files.damage import Damage, within
from bench.files.quantities import Count, Difference, Seconds
from bench.records.cell import Cell
from bench.records.record import CUMULATIVE_PHASES, SEPARATE_PHASES, Record, Round

ROUNDS = Decoder(list[tuple[Count, Count]])
TIMES, DIFFERENCES = Decoder(list[Seconds]), Decoder(list[Difference])
TIME_ROWS, DIFFERENCE_ROWS = Decoder(list[tuple[Count, Count, Seconds]]), Decoder(list[tuple[Count, Count, Difference]])


class EntryInfo(Struct, frozen=True):
    """Which cell and phase an entry is of, and the restart and round of each of its samples."""

    cell: str
    phase: str
    rounds: Raw


class EntryStats(Struct, frozen=True):
    """The samples, in seconds."""

    data: Raw


class BenchmarkEntry(Struct, frozen=True):
    """What is read of an entry; the rest is for pytest-benchmark's own readers."""

    extra_info: EntryInfo
    stats: EntryStats

    @property
    def samples(self) -> dict[Round, float]:
        """Seconds by round. Raises Damage."""
        with within("extra_info.rounds"):
            rounds = _rounds(bytes(self.extra_info.rounds))
        with within("stats.data"):
            seconds = (DIFFERENCES if _is_difference(self.extra_info.phase) else TIMES).decode(self.stats.data)
        if not len(set(rounds)) == len(rounds) == len(seconds) > 0:
            raise Damage(f"stats.data has {len(seconds)} times for {len(set(rounds))} rounds")
        return dict(zip(rounds, seconds, strict=True))


@lru_cache(64)  # cells that are measured side by side share their rounds
def _rounds(text: bytes) -> tuple[Round, ...]:
    return tuple(map(Round._make, ROUNDS.decode(text)))


def by_round(phase: str, rows: Raw) -> dict[Round, float]:
    """The same from rows of restart, round and seconds. Raises Damage."""
    with within(f"seconds[{phase!r}]"):
        rows_read = (DIFFERENCE_ROWS if _is_difference(phase) else TIME_ROWS).decode(rows)
    samples = {Round(restart, number): seconds for restart, number, seconds in rows_read}
    if len(samples) < len(rows_read):
        raise Damage(f"seconds[{phase!r}] has a round twice")
    return samples


def _is_difference(phase: str) -> bool:
    """Whether it is a time less the cost of an idle wait, which may come out negative."""
    return phase in SEPARATE_PHASES or phase in CUMULATIVE_PHASES


def benchmark_entries(record: Record) -> Iterable[dict[str, Any]]:
    """One pytest-benchmark entry for each timed phase of a measured cell."""
    if record.outcome != "measured":
        return
    for phase, rounds in record.seconds.items():
        seconds = list(rounds.values())
        name, fullname = names(record.cell, phase)
        yield {
            "group": group(record.cell, phase),
            "name": name,
            "fullname": fullname,
            "params": None,
            "param": record.cell.id,
            "extra_info": extra_info(record, phase),
            "options": {
                "disable_gc": False,
                "timer": "perf_counter",
                "min_rounds": 1,
                "max_time": 0.0,
                "min_time": 0.0,
                "warmup": True,
            },
            "stats": statistics(seconds),
        }


def names(cell: Cell, phase: str) -> tuple[str, str]:
    """The entry's name and full name, which the pytest plugin uses too, so that files of both compare."""
    return f"{phase}[{cell.id}]", f"{cell.label}::{phase}[{cell.conditions}]"


def group(cell: Cell, phase: str) -> str:
    """The entries of one table: one phase of one workload, size, threads and allocator, on any device, in any dtype."""
    threads = "" if cell.threads == "all" else f" {cell.threads} threads"
    allocator = "" if cell.allocator == "pinned" else f" {cell.allocator} allocator"
    return f"{cell.workload} {cell.size}{threads}{allocator}: {phase}"


def extra_info(record: Record, phase: str) -> dict[str, Any]:
    """The coordinates of one entry, and which restart and round each of its samples came from."""
    cell = record.cell
    return {
        "cell": cell.id,
        "phase": phase,
        "net": cell.net,
        "variant": cell.variant,
        "workload": cell.workload,
        "size": str(cell.size),
        "dtype": cell.dtype,
        "device": cell.device,
        "threads": cell.threads,
        "allocator": cell.allocator,
        "rounds": [list(key) for key in record.seconds[phase]],
    }


def statistics(seconds: list[float]) -> dict[str, Any]:
    """pytest-benchmark's statistics of the rounds, and the rounds themselves in `data`."""
    data = np.array(seconds)
    low, median, high = (float(value) for value in np.percentile(data, [25, 50, 75]))
    mean, deviation = float(data.mean()), float(data.std(ddof=1)) if len(data) > 1 else 0.0
    fence_low, fence_high = low - 1.5 * (high - low), high + 1.5 * (high - low)
    mild = int(np.sum((data < fence_low) | (data > fence_high)))
    far = int(np.sum(np.abs(data - mean) > deviation))
    return {
        "min": float(data.min()),
        "max": float(data.max()),
        "mean": mean,
        "stddev": deviation,
        "rounds": len(data),
        "median": median,
        "iqr": high - low,
        "q1": low,
        "q3": high,
        "iqr_outliers": mild,
        "stddev_outliers": far,
        "outliers": f"{far};{mild}",
        "ld15iqr": float(data[data >= fence_low].min()),
        "hd15iqr": float(data[data <= fence_high].max()),
        "ops": 1 / mean if abs(mean) > 1e-300 else 0.0,  # of a phase that takes no longer than a wait, or infinite
        "total": float(data.sum()),
        "data": seconds,
        "iterations": 1,
    }
