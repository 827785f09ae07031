"""Which sizes fit into a run's budget and the machine's memory."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import psutil

from bench.records.cell import Cell
from bench.records.record import Record
from bench.records.run import Run
from bench.records.settings import Settings
from bench.runner.costs import LOAD_SECONDS, memory_bytes, restart_seconds
from bench.runner.groups import BenchmarkGroup, WorkerSet, worker_sets
from bench.stats.estimate import FIRM_RESTARTS

# Of what the smallest size leaves of the budget, one other size may take this part; where only one fits, all of it.
MOST_SHARE = 0.75
# What is advised leaves room for another estimate on the next start.
SPARE = 1.2


def fitting(run: Run) -> Run:
    """The run without the sizes whose restarts would overrun its budget, or that the memory has no room for.

    Those cells are skipped with the estimate, unless another group needs them too.
    """
    pending = [record.cell for record in run.records.values() if record.outcome == "pending"]
    spent_seconds, kept, reasons = 0.0, set[Cell](), dict[Cell, str]()
    for worker_set in worker_sets(pending, run.settings.workers):
        fit = Fit.of(worker_set, run.settings, spent_seconds)
        spent_seconds = fit.spent_seconds
        kept |= {cell for group in worker_set if group not in fit.left_out for cell in group}
        reasons |= {cell: reason for group, reason in fit.left_out.items() for cell in group}
    for cell in reasons.keys() - kept:
        run = run.with_record(Record(cell, "skipped", reasons[cell]))
    return run


@dataclass(frozen=True)
class Fit:
    """Which of a worker set's sizes fit: the seconds spent with those that do, and why the others are left out."""

    spent_seconds: float
    left_out: dict[BenchmarkGroup, str]

    @classmethod
    def of(cls, worker_set: WorkerSet, settings: Settings, spent_seconds: float) -> "Fit":
        """Shares the rest of the budget among the sizes.

        The smallest size is never left out for its time. The others are tried in an order that spans the range, so
        that a small budget still reaches far; those that would take most of the budget alone are tried last.
        """
        first, *others = worker_set
        restarts = min(FIRM_RESTARTS, settings.most_restarts)
        seconds = {group: restarts * restart_seconds(group, settings) for group in worker_set}
        spent = spent_seconds + restarts * LOAD_SECONDS * len(first)
        most = most_for_one(settings.budget_seconds - spent - seconds[first], [seconds[group] for group in others])
        modest = [group for group in others if seconds[group] <= most]
        free, left_out = psutil.virtual_memory().available, {}
        for group in [*spanning([first, *modest]), *(group for group in others if group not in modest)]:
            held = sum(map(memory_bytes, group))
            fits = group in modest and spent + seconds[group] <= settings.budget_seconds
            if held > free:
                left_out[group] = too_large(held, free)
            elif group is first or fits:
                spent += seconds[group]
            else:
                advised = SPARE * (spent + seconds[group] / (1 if group in modest else MOST_SHARE))
                left_out[group] = too_long(seconds[group], restarts, settings.budget_seconds, advised)
        return cls(spent, left_out)


def most_for_one(left_seconds: float, others: Sequence[float]) -> float:
    """What one size other than the first may take of the seconds that are left."""
    cheapest = min(others, default=0.0)
    return max(cheapest, left_seconds if left_seconds < 2 * cheapest else MOST_SHARE * left_seconds)


def spanning(groups: Sequence[BenchmarkGroup]) -> list[BenchmarkGroup]:
    """The first, the last, the one between, and those between these, and so on."""
    order = list(dict.fromkeys([0, len(groups) - 1]))
    while len(order) < len(groups):
        order += [(low + high) // 2 for low, high in pairwise(sorted(order)) if high - low > 1]
    return [groups[place] for place in order]


def too_large(held: float, free: float) -> str:
    return f"needs about {gib(held)} where {gib(free)} are free: choose a smaller --size or fewer nets"


def too_long(seconds: float, restarts: int, budget_seconds: float, advised_seconds: float) -> str:
    return (
        f"needs about {seconds:.0f} s for {restarts} restarts, too much beside the others in {budget_seconds:.0f} s: "
        f"give --seconds {math.ceil(advised_seconds)} or more"
    )


def gib(count: float) -> str:
    return f"{count / 2**30:.1f} GiB"
