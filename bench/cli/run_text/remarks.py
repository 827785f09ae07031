"""What is said under a run's times: what was disturbed or looks too fast, what is precise, where the time went."""

from collections.abc import Iterator

from bench.records.processor_words import cpus_and_cores, processor
from bench.records.run import Run
from bench.runner.progress import clock
from bench.stats.estimate import FIRM_RESTARTS
from bench.workloads.size import Size

# No framework multiplies matrices this much faster than the fastest of those here
TOO_FAST = 0.5


def remarks(job: Run) -> Iterator[str]:
    """Lines under the tables: what never settled, what looks too fast, what was disturbed, where the time went."""
    if unsteady := [r.cell.label for r in job.records.values() if any(not start.steady for start in r.starts)]:
        yield f"still showed a trend when some warm-up ended: {', '.join(dict.fromkeys(unsteady))}"
    measured = [record for record in job.records.values() if record.outcome == "measured"]
    unheeded = [r.cell.label for r in measured if r.cell.allocator == "pinned" and r.keeps_freed_memory is False]
    if unheeded:
        yield f"allocator not pinned, its settings were not heeded: {', '.join(dict.fromkeys(unheeded))}"
    for record in job.records.values():
        over = job.over_lower_bound(record) if record.outcome == "measured" else None
        if over and (over.high or over.value) < TOO_FAST:
            took = f"{over.value:.2g} times as long as the matrix products alone"
            yield f"{record.cell.label} takes {took}: does it still train?"
    yield f"machine: {processor(job.machine)}, {cpus_and_cores(job.machine)}"
    yield from disturbances(job)
    yield from ending(job)
    yield from transfers(job)
    spent = job.spent
    pilot = f"{clock(spent.piloting_seconds)} trying numbers of threads, " if spent.piloting_seconds else ""
    yield (
        f"time: {clock(spent.checking_seconds)} checking, {pilot}{clock(spent.loading_seconds)} starting processes, "
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
