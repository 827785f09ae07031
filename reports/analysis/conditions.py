"""The conditions that a cell was measured under, as a card of terms and what they were."""

import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from bench.records.cell import Cell
from bench.records.health import Health
from bench.records.record import LATENCY, Record
from bench.records.run import Run
from reports.analysis.kinds import fed
from reports.analysis.rows import Row, median
from reports.wording import phrases
from reports.wording.units import factor, factor_span, joules, quantity, seconds, seconds_span, share, share_span

DTYPES = {
    "float64": "float64 throughout",
    "float32": "float32 throughout; TF32 and other reduced products are off",
    "tf32": "float32, with products of numbers rounded to TF32 (10 bits after the point)",
    "bfloat16": "float32 parameters, with products of numbers rounded to bfloat16 (7 bits after the point)",
}
ALLOCATORS = {
    "pinned": "pinned: freed memory is kept, by the same settings for all",
    "system": "as the C library comes",
}
# What crosses between the host's arrays and the framework's at every step, beside the wait.
COPIES = {
    "tensorflow_static_graph:resident": "none of x and y; the loss is fetched at every step",
    "tensorflow_static_graph": "x and y fed and the loss fetched at every step, as the tutorial does",
    "keras_model": "none of x and y; the loss is read at every step by train_on_batch",
}
FED = "x and y copied from the host at every step"
NO_COPIES = "none: x, y and the parameters stay where the net computes"
# Which packages belong to the nets whose names begin so.
PACKAGES = {
    "tensorflow": ("tensorflow", "keras"),
    "keras": ("keras", "tensorflow", "jax", "torch"),
    "triton": ("triton", "torch"),
}


@dataclass(frozen=True)
class Card:
    """One timed cell's conditions, each a term and its value in words. `place` numbers the cards of a page."""

    place: int
    row: Row
    left_out: int
    conditions: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, run: Run, row: Row, place: int) -> "Card":
        """The row must have a time."""
        record = row.record
        found = {
            "Precision": DTYPES.get(record.cell.dtype, record.cell.dtype),
            "Threads": threads(record),
            "Allocator": ALLOCATORS.get(record.cell.allocator, record.cell.allocator),
            "Waiting": waiting(record),
            "Host copies": copies(record.cell),
            "Phases": phases(run, record),
            "Warm-up": warm_up(record),
            "First step": first_step(record),
            "Evidence": evidence(run, row),
            "Left out": left_out(run, record),
            "A slice": a_slice(record),
            "GPU": gpu(record),
            "Device time": device_time(row),
            "Energy": energy(row),
            "Memory": memory(row),
            "Versions": versions(run, record),
            "Thread pools": ", ".join(map(str, record.runtime.get("thread_pools", ()))),
            "Source": str(record.runtime.get("source", "")),
        }
        rounds = record.seconds["step"]
        left_out_rounds = len(rounds) - len(run.counted(rounds))
        return cls(place, row, left_out_rounds, tuple((term, value) for term, value in found.items() if value))


def copies(cell: Cell) -> str:
    if fed(cell):
        return FED
    return next((told for label, told in COPIES.items() if cell.label.startswith(label)), NO_COPIES)


def threads(record: Record) -> str:
    """What was asked for, and how many processors the worker really kept busy."""
    asked = phrases.threads(record.cell.threads)
    used = median(health.own_cores for health in record.health.values() if health.own_cores is not None)
    allowed = record.runtime.get("processors")
    room = f" of {allowed}" if allowed else ""
    return asked + (f"; {used:.3g}{room} cores kept busy" if used is not None else "")


def waiting(record: Record) -> str:
    """How many steps a wait is shared by, and what an idle one costs."""
    steps = sorted({start.steps for start in record.starts})
    if not steps:
        return ""
    count = " to ".join(str(each) for each in dict.fromkeys((steps[0], steps[-1])))
    wait = median(start.wait_seconds for start in record.starts)
    shared = "after every step" if count == "1" else f"{count} steps, then one wait"
    alone = "; one after every step for the latency" if LATENCY in record.seconds else ""
    return f"{shared}{alone}" + (f"; an idle wait takes {seconds(wait)}" if wait is not None else "")


def phases(run: Run, record: Record) -> str:
    """Whether the framework is given the step in parts or whole, and what fusing them gains."""
    if not record.phases:
        return "only the whole step, fused or not"
    how = "fused: timed as longer and longer parts, whose differences are shown" if record.derived else "timed apart"
    gain = run.fusion_gain(record)
    return how + (f"; their sum is {factor(gain.value)} the whole step ({factor_span(gain)})" if gain else "")


def warm_up(record: Record) -> str:
    unsteady = sum(not start.steady for start in record.starts)
    return f"not steady in {unsteady} of {len(record.starts)} restarts" if unsteady else "steady"


def first_step(record: Record) -> str:
    """Building the net, and its first step with cold and with filled caches."""
    cold = median(start.first_step_seconds for start in record.starts if start.cold)
    warm = median(start.first_step_seconds for start in record.starts if not start.cold)
    setup = median(start.setup_seconds for start in record.starts)
    told = ((cold, "with cold caches"), (warm, "with filled ones"), (setup, "to build the net before it"))
    return ", ".join(f"{seconds(value)} {words}" for value, words in told if value is not None)


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
    told = [*listed(gone)]
    if kept:
        told.append(f"counted although disturbed, for want of clean ones: {', '.join(listed(kept))}")
    recorded = any(health.own_cores is not None for health in record.health.values())
    return "; ".join(told) or (
        "no round was disturbed" if recorded else "nothing; what disturbed a round was not recorded"
    )


def listed(labels: Counter[str]) -> Iterator[str]:
    for label, count in labels.most_common():
        yield f"{label} ({count} {'round' if count == 1 else 'rounds'})"


def a_slice(record: Record) -> str:
    """What happened to the worker itself in the median slice."""
    health = tuple(record.health.values())
    if not health:
        return ""
    faults, switches = (
        statistics.median(getattr(each, name) for each in health) for name in ("minor_faults", "involuntary_switches")
    )
    return f"{faults:g} minor page faults, {switches:g} involuntary context switches"


def gpu(record: Record) -> str:
    clock = median(of_health(record.health.values(), lambda health: health.gpu_mhz))
    heat = median(of_health(record.health.values(), lambda health: health.gpu_celsius))
    power = median(of_health(record.health.values(), lambda health: health.gpu_watts))
    told = ((clock, "MHz"), (heat, "°C"), (power, "W"))
    return ", ".join(f"{value:.0f} {unit}" for value, unit in told if value is not None)


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


def of_health(found: Iterable[Health], read: Callable[[Health], float | None]) -> Iterator[float]:
    for health in found:
        value = read(health)
        if value is not None:
            yield value


def memory(row: Row) -> str:
    """Peaks."""
    told = ((row.memory_bytes, "in the worker beyond its imports"), (row.device_bytes, "on the device"))
    return ", ".join(f"{quantity(value, 'B')} {words}" for value, words in told if value is not None)


def versions(run: Run, record: Record) -> str:
    """The packages of the cell's framework, and NumPy's."""
    framework = record.cell.net.partition("_")[0]
    prefixes = ("numpy", *PACKAGES.get(framework, (framework,)))
    packages = run.machine.get("packages", {})
    named = [f"{name} {version}" for name, version in packages.items() if str(name).startswith(prefixes)]
    return ", ".join([*named, f"Python {run.machine.get('python', '?')}"])
