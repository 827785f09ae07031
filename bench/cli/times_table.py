"""The times of a run as tables, and the remarks that belong to them."""

from collections.abc import Iterator

from rich.console import JustifyMethod
from rich.table import Table
from rich.text import Text

from bench.records.record import Record
from bench.records.run import Run
from bench.runner.progress import clock
from bench.stats.estimate import FIRM_RESTARTS, Estimate
from bench.stats.rounding import rounded
from bench.workloads.size import Size

COLUMNS: dict[str, JustifyMethod] = {
    "net": "left",
    "dtype": "left",
    "device": "left",
    "threads": "left",
    "step": "right",
    "over NumPy": "right",
    "95% interval": "right",
    "over its products": "right",
    "first step": "right",
}
# One column more, where a device's own time was measured
BUSY: dict[str, JustifyMethod] = {"device busy": "right"}
# No framework multiplies matrices this much faster than the fastest of those here
TOO_FAST = 0.5


def tables(job: Run) -> Iterator[Table]:
    """A table for each work (workload and size): the measured cells, fastest first, with speedups over NumPy."""
    nets = [record for record in job.records.values() if not record.cell.is_lower_bound]
    timed = [(record, took) for record in nets if record.outcome == "measured" and (took := job.time(record))]
    for work in dict.fromkeys(record.cell.work for record, _ in timed):
        workload, size = work
        of_work = sorted((pair for pair in timed if pair[0].cell.work == work), key=lambda pair: pair[1].value)
        any_busy = any(job.device_share(record) for record, _ in of_work)
        table = Table(title=f"{workload}, size {size}", box=None, pad_edge=False, title_justify="left")
        for heading, justify in (COLUMNS | (BUSY if any_busy else {})).items():
            table.add_column(heading, no_wrap=True, justify=justify)
        for record, took in of_work:
            busy = job.device_share(record) if any_busy else None
            table.add_row(*row(job, record, took), *([f"{busy.value:.0%}" if busy else ""] if any_busy else []))
        yield table


def row(job: Run, record: Record, took: Estimate) -> tuple[Text | str, ...]:
    """A cell's line, without the column for a busy device."""
    cell = record.cell
    speedup = None if cell.is_reference else job.speedup(record)
    multiple = job.over_lower_bound(record)
    threads = f"{cell.threads} system" if cell.allocator == "system" else cell.threads
    return (
        *map(Text, (cell.label, cell.dtype, cell.device, threads)),
        f"{took.value * 1e6:.1f} us",
        f"{speedup.value:.2f}x" if speedup else "",
        interval_text(speedup),
        f"{multiple.value:.2f}x" if multiple else "",
        f"{record.starts[0].first_step_seconds * 1e3:.1f} ms",
    )


def interval_text(speedup: Estimate | None) -> str:
    """`0.95 to 0.99`, with a question mark where it is provisional; nothing where there is none."""
    span = speedup.span(two_places, missing="") if speedup else ""
    return f"{span}?" if speedup and span and speedup.provisional else span


def two_places(ratio: float, way: str) -> str:
    return f"{rounded(ratio, 2, way):.2f}"


def remarks(job: Run) -> Iterator[str]:
    """Lines under the tables: what never settled, what looks too fast, what was disturbed, where the time went."""
    if unsteady := [r.cell.label for r in job.records.values() if any(not start.steady for start in r.starts)]:
        yield f"still showed a trend when some warm-up ended: {', '.join(dict.fromkeys(unsteady))}"
    for record in job.records.values():
        over = job.over_lower_bound(record) if record.outcome == "measured" else None
        if over and (over.high or over.value) < TOO_FAST:
            yield f"{record.cell.label} takes {over.value:.2g} times as long as its products: does it still train?"
    yield from disturbances(job)
    yield from ending(job)
    yield from transfers(job)
    spent = job.spent
    yield (
        f"time: {clock(spent.checking_seconds)} checking, {clock(spent.loading_seconds)} starting processes, "
        f"{clock(spent.preparing_seconds)} on first steps and warm-up, {clock(spent.visiting_seconds)} on rounds: "
        f"{spent.timed_share:.0%} of these in samples and witness, {clock(spent.untimed_seconds)} warming up again, "
        f"{clock(spent.waiting_seconds)} waiting for a fast machine"
    )


def ending(job: Run) -> Iterator[str]:
    """How many of the speedups are known as precisely as they were to be, and what would help the others."""
    own, firm, precision = job.compared, job.firm, f"within {job.settings.precision:.1%}"
    if own and len(firm) == len(own):
        yield f"precise: each of {len(own)} speedups is known {precision} on {FIRM_RESTARTS} restarts or more"
    elif own:
        longer = any(len(record.starts) < job.settings.most_restarts for record in own)
        more = f"give --seconds more than {job.settings.budget_seconds:g}" if longer else "it had all its restarts"
        known = f"{len(firm)} of {len(own)} speedups are known {precision} on {FIRM_RESTARTS} restarts or more"
        yield f"not precise: {known}; {more}"


def disturbances(job: Run) -> Iterator[str]:
    """How many rounds do not count and why, and what could not be known for that."""
    keys = set(job.witness.rounds)
    if disturbed := [key for key in keys if job.disturbed(key)]:
        labels = dict.fromkeys(label for key in sorted(disturbed) for label in job.disturbed(key))
        slow = f"the witness was slow in {job.witness.slow_share:.0%} of its readings"
        yield f"{len(disturbed)} of {len(keys)} rounds do not count: {', '.join(labels)} ({slow})"
    measured = [record for record in job.records.values() if record.outcome == "measured"]
    remedy = "measure again later, or for longer with --seconds"
    busy = [r.cell.label for r in measured if not any(job.counted(rounds) for rounds in r.seconds.values())]
    if busy:
        yield f"not known yet, the machine was busy: {', '.join(dict.fromkeys(busy))}; {remedy}"
    wide = [r.cell.label for r in measured if (speedup := job.speedup(r)) and speedup.is_wide]
    if wide:
        yield f"not known yet, restarts differ too much: {', '.join(dict.fromkeys(wide))}; {remedy}"


def transfers(job: Run) -> Iterator[str]:
    """The least time that bringing x and y to the device takes, at each size."""
    least: dict[Size, float] = {}
    for record in job.records.values():
        if took := job.time(record, "transfer"):
            size = record.cell.size
            least[size] = min(took.value, least.get(size, took.value))
    if least:
        times = ", ".join(f"{seconds * 1e6:.1f} us at {size}" for size, seconds in sorted(least.items()))
        yield f"bringing x and y to the device takes at least {times}"
