"""Which groups want another restart, decided from the run as it stands; nothing is measured here."""

import math
from collections import Counter
from collections.abc import Sequence

from bench.records.cell import Cell
from bench.records.run import Run
from bench.records.settings import Settings
from bench.runner.groups import BenchmarkGroup, WorkerSet
from bench.stats import stopping
from bench.stats.estimate import FIRM_RESTARTS

# The first size of a set, which is the tutorial's wherever that is timed, has this part of the budget for itself, and
# less where there are many sizes.
FIRST_SHARE = 0.7


class Schedule:
    """Worker sets take turns at restarts until each cell is known precisely enough, or the budget is spent.

    A set's first size comes first. What is known precisely leaves, so that a cell that is noisier by nature gets more
    restarts. Every cell gets one restart, whatever the budget.
    """

    def __init__(self, sets: Sequence[WorkerSet], settings: Settings) -> None:
        self.sets = sets
        self._settings = settings
        self._latest_seconds: dict[tuple[object, ...], float] = {}
        self._precise_looks: Counter[Cell] = Counter()
        self._looked_at: dict[Cell, int] = {}

    def wanting(self, run: Run, worker_set: WorkerSet, spent_seconds: float) -> WorkerSet:
        """The cells, by group, that a set's next restart shall measure; none where it is done."""
        first, *others = worker_set
        unsettled = {group: kept for group in worker_set if (kept := self.unsettled(run, group))}
        if not unsettled:
            return ()
        share = min(FIRST_SHARE, 2 / len(worker_set))
        firm_first = spent_seconds < share * self._settings.budget_seconds or not others
        later = tuple(unsettled[group] for group in others if group in unsettled)
        chosen = (unsettled[first],) if first in unsettled and (firm_first or not later) else later
        if spent_seconds + self._latest_seconds.get(sizes(chosen), 0.0) <= self._settings.budget_seconds:
            return chosen
        return tuple(kept for group, kept in unsettled.items() if any_untried(run, group))

    def unsettled(self, run: Run, group: BenchmarkGroup) -> BenchmarkGroup:
        """The cells of a group that want another restart, and what they are compared with."""
        alive = [cell for cell in group if run.records[cell.id].alive]
        if attempts(run, group) >= self._settings.most_restarts and not any_untried(run, group):
            return ()
        if restarts(run, group) < min(FIRM_RESTARTS, self._settings.least_restarts):
            return tuple(alive)
        own = [cell for cell in alive if not (cell.is_lower_bound or cell.is_reference)]
        wanted = [cell for cell in own or alive if not self._is_settled(run, cell)]
        return tuple(cell for cell in alive if wanted and (cell in wanted or cell.is_reference))

    def _is_settled(self, run: Run, cell: Cell) -> bool:
        least, most = self._settings.least_restarts, self._settings.most_restarts
        return stopping.enough(self._precise_looks[cell], restarts(run, (cell,)), least, most)

    def restarted(self, run: Run, groups: WorkerSet, seconds: float) -> None:
        """Notes what a restart took, and whether the intervals are precise after it too."""
        self._latest_seconds[sizes(groups)] = seconds
        for cell in (cell for group in groups for cell in group):
            record, counted = run.records[cell.id], restarts(run, (cell,))
            if counted == self._looked_at.get(cell):
                continue  # the machine was busy: there is nothing new to look at
            self._looked_at[cell] = counted
            speedup = run.speedup(record) if not cell.is_lower_bound and record.alive else None
            precise = stopping.precise([speedup], self._settings.precision)
            self._precise_looks[cell] = self._precise_looks[cell] + 1 if precise else 0

    def most_left(self, run: Run, spent_seconds: float) -> float:
        """The most seconds that are left: of the budget, or until all restarts are made; one restart at least."""
        longest = max(self._latest_seconds.values(), default=0.0)
        missing = sum(
            self._settings.most_restarts - min(attempts(run, group) for group in worker_set) for worker_set in self.sets
        )
        until_all = missing * longest if longest else math.inf
        return max(longest, min(self._settings.budget_seconds - spent_seconds, until_all))


def sizes(groups: WorkerSet) -> tuple[object, ...]:
    """What restarts that take about as long have in common."""
    return tuple((group[0].work, len(group)) for group in groups)


def restarts(run: Run, group: BenchmarkGroup) -> int:
    """How many restarts that count all the cells of a group that are still in the run have in common."""
    seen = []
    for cell in group:
        if run.records[cell.id].alive:
            quantities = run.records[cell.id].seconds.values()
            seen.append({key.restart for rounds in quantities for key in run.counted(rounds)})
    return len(set.intersection(*seen)) if seen else 0


def any_untried(run: Run, group: BenchmarkGroup) -> bool:
    """Whether a cell has had no restart yet: at first none has, and later those that the pilot has added."""
    return any(run.records[cell.id].alive and not run.records[cell.id].starts for cell in group)


def attempts(run: Run, group: BenchmarkGroup) -> int:
    """How many restarts a group has had, those in a slow machine included, by the cells that are in no other set."""
    own = [cell for cell in group if not (cell.is_reference or cell.is_lower_bound)] or group
    return max((len(run.records[cell.id].starts) for cell in own if run.records[cell.id].alive), default=0)
