"""Which groups want another restart, decided from the run as it stands; nothing is measured here."""

import math
from collections import Counter
from collections.abc import Sequence

from bench.records.run import Run, Settings
from bench.runner.groups import BenchmarkGroup, WorkerSet
from bench.stats import stopping


class Schedule:
    """Worker sets take turns at restarts until each of their groups is known precisely enough, or the budget is spent.

    Every group gets one restart, whatever the budget.
    """

    def __init__(self, sets: Sequence[WorkerSet], settings: Settings) -> None:
        self.sets = sets
        self._settings = settings
        self._latest_seconds: dict[WorkerSet, float] = {}
        self._precise_looks: Counter[BenchmarkGroup] = Counter()

    def wanting(self, run: Run, worker_set: WorkerSet, spent_seconds: float) -> WorkerSet:
        """The groups of a set that its next restart shall measure; none where it is done."""
        groups = tuple(group for group in worker_set if not self.is_done(run, group))
        if spent_seconds + self._latest_seconds.get(worker_set, 0.0) > self._settings.budget_seconds:
            groups = tuple(group for group in groups if not attempts(run, group))
        return groups

    def is_done(self, run: Run, group: BenchmarkGroup) -> bool:
        """Whether nothing of the group is left to measure, or it has been measured enough."""
        if not any(run.records[cell.id].alive for cell in group):
            return True
        least, most = self._settings.least_restarts, self._settings.most_restarts
        if attempts(run, group) >= most:
            return True
        return stopping.enough(self._precise_looks[group], restarts(run, group), least, most)

    def restarted(self, run: Run, worker_set: WorkerSet, groups: WorkerSet, seconds: float) -> None:
        """Notes what a restart took, and whether the intervals are precise after it too."""
        self._latest_seconds[worker_set] = seconds
        for group in groups:
            records = [run.records[cell.id] for cell in group if not cell.is_lower_bound]
            speedups = (run.speedup(record) for record in records if record.alive)
            precise = stopping.precise(speedups, self._settings.precision)
            self._precise_looks[group] = self._precise_looks[group] + 1 if precise else 0

    def most_left(self, run: Run, spent_seconds: float) -> float:
        """The most seconds that are left: of the budget, or until all restarts are made; one restart at least."""
        longest = max(self._latest_seconds.values(), default=0.0)
        missing = sum(
            self._settings.most_restarts - min(attempts(run, group) for group in worker_set) for worker_set in self.sets
        )
        until_all = missing * longest if longest else math.inf
        return max(longest, min(self._settings.budget_seconds - spent_seconds, until_all))


def restarts(run: Run, group: BenchmarkGroup) -> int:
    """How many restarts that count all the cells of a group that are still in the run have in common."""
    seen = []
    for cell in group:
        if run.records[cell.id].alive:
            rounds = next(iter(run.records[cell.id].seconds.values()), {})
            seen.append({key.restart for key in run.counted(rounds)})
    return len(set.intersection(*seen)) if seen else 0


def attempts(run: Run, group: BenchmarkGroup) -> int:
    """How many restarts a group has had, those in a slow machine included."""
    return min((len(run.records[cell.id].starts) for cell in group if run.records[cell.id].alive), default=0)
