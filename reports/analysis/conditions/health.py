"""What happened to a cell while it was timed: rounds left out and why, the GPU's state, energy, memory."""

import statistics
from collections import Counter
from collections.abc import Callable, Iterator

from bench.records.health import Health
from bench.records.record import Record
from bench.records.run import Run
from reports.analysis.rows import Row, median
from reports.wording.units import joules, quantity, seconds, seconds_span, share, share_span


def evidence(run: Run, row: Row) -> str:
    assert row.time is not None
    rounds = row.record.seconds["step"]
    counted = len(run.counted(rounds))
    provisional = ", provisional" if row.time.provisional else ""
    return f"{row.time.restarts} restarts{provisional}, {counted} of {len(rounds)} rounds counted"


def left_out(run: Run, record: Record) -> str:
    """Why rounds were left out or, where too few were clean, what disturbed those that count."""
    rounds = record.seconds["step"]
    counted = run.counted(rounds)
    gone = Counter(label for key in rounds.keys() - counted.keys() for label in run.disturbed(key))
    kept = Counter(label for key in counted for label in run.disturbed(key))
    clauses = [*with_counts(gone)]
    if kept:
        clauses.append(f"counted although disturbed, for want of clean ones: {', '.join(with_counts(kept))}")
    if run.witness.rounds:
        clauses.append(f"the witness was slow in {run.witness.slow_share:.0%} of its readings")
    recorded = any(health.own_cores is not None for health in record.health.values())
    return "; ".join(clauses) or (
        "no round was disturbed" if recorded else "nothing; disturbances of rounds were not recorded"
    )


def with_counts(labels: Counter[str]) -> Iterator[str]:
    for label, count in labels.most_common():
        yield f"{label} ({count} {'round' if count == 1 else 'rounds'})"


def a_slice(record: Record) -> str:
    """What happened to the worker itself in the median slice."""
    if not record.health:
        return ""
    restarts = Counter(key.restart for key in record.health)
    slices = Counter(key.restart for key in record.seconds.get("step", {}))
    faults, switches = (
        # Newer files have the slices of a restart together
        statistics.median(
            getattr(each, name) / (slices[key.restart] / restarts[key.restart] or 1)
            for key, each in record.health.items()
        )
        for name in ("minor_faults", "involuntary_switches")
    )
    return f"{faults:.3g} minor page faults, {switches:.3g} involuntary context switches"


def gpu(record: Record) -> str:
    """The median clock, temperature and power."""
    medians = (
        (median_of(record, lambda health: health.gpu_mhz), "MHz"),
        (median_of(record, lambda health: health.gpu_celsius), "°C"),
        (median_of(record, lambda health: health.gpu_watts), "W"),
    )
    return ", ".join(f"{value:.0f} {unit}" for value, unit in medians if value is not None)


def median_of(record: Record, read: Callable[[Health], float | None]) -> float | None:
    return median(read(health) for health in record.health.values())


def device_time(row: Row) -> str:
    """How long a step keeps the device at work, and how much of the step that is."""
    if not row.device_time or not row.busy:
        return ""
    taken = f"{seconds(row.device_time.value)} a step by its own clock ({seconds_span(row.device_time)})"
    return f"{taken}, {share(row.busy.value)} of the host's ({share_span(row.busy)})"


def energy(row: Row) -> str:
    if row.joules is None or row.watts is None:
        return ""
    starts = sum(start.joules_per_step is not None for start in row.record.starts)
    mean = f"mean over {starts} cold {'start' if starts == 1 else 'starts'}"
    return f"{joules(row.joules)} a step, {row.watts:.0f} W meanwhile, of the whole GPU; {mean}"


def memory(row: Row) -> str:
    """Peaks."""
    peaks = ((row.memory_bytes, "in the worker beyond its imports"), (row.device_bytes, "on the device"))
    return ", ".join(f"{quantity(value, 'B')} {words}" for value, words in peaks if value is not None)
