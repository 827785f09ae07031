"""Runs the cells: has them checked, times them restart by restart, and records what comes out."""

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import psutil

from bench.host.nvml import GpuWatch
from bench.nets.availability import obstacle
from bench.nets.net_file import NetFile
from bench.records.cell import Cell
from bench.records.record import TO_CHECK
from bench.records.run import Run
from bench.runner.budget import Budget
from bench.runner.check_stage import check
from bench.runner.groups import WorkerSet, worker_sets
from bench.runner.pilot import Pilot
from bench.runner.progress import Progress
from bench.runner.recorder import Recorder
from bench.runner.restart import Restart
from bench.runner.schedule import Schedule
from bench.witness.watch import Watch, watching
from bench.worker.pool import WorkerPool, temporary_caches

# Fewer workers share a set where there is not this much free memory for each.
WORKER_BYTES = 1 << 30
# Where the witness is slow in more of its readings, few rounds will count.
BUSY_SHARE = 0.8


class Runner:
    """Brings every pending record of a run to its outcome; `save` is given the run after every round."""

    def __init__(self, run: Run, nets: Mapping[str, NetFile], save: Callable[[Run], None], progress: Progress) -> None:
        self._recorder = Recorder(run, save, progress)
        self._nets = nets
        self._random = random.Random(run.started)
        self._gpu = GpuWatch()
        self._validated: set[Cell] = set()

    def check_and_time(self) -> Run:
        """The finished run."""
        self.check()
        self._time()
        self._recorder.finish()
        return self._recorder.run

    def check(self) -> Run:
        """Agreement for every cell that waits for it; what cannot run is skipped."""
        self._recorder.run = without_obstacles(self._recorder.run, self._nets)
        self._recorder.progress.left_out(self._recorder.run.records.values())
        self._recorder.save()
        check(self._recorder, self._nets)
        return self._recorder.run

    def _time(self) -> None:
        """Restarts of every worker set in turn, until none wants another; after the first ones the pilot."""
        budget = Budget(self._recorder.run.settings.budget_seconds)
        self._recorder.progress.stage("timing", 0)
        with watching() as watch, temporary_caches() as caches:
            schedule = self._schedule()
            while self._restarts(schedule, budget, watch, caches):
                run = self._recorder.run
                if run.settings.tune_threads and not run.spent.piloting_seconds:
                    Pilot(self._recorder, self._nets, watch, caches, self._random).tune()
                    if self._recorder.run.records.keys() != run.records.keys():
                        check(self._recorder, self._nets)
                        self._recorder.progress.stage("timing", 0)
                        schedule = self._schedule()

    def _schedule(self) -> Schedule:
        run = self._recorder.run
        room = int(psutil.virtual_memory().available // WORKER_BYTES)
        cells = [record.cell for record in run.records.values() if record.alive]
        return Schedule(worker_sets(cells, max(2, min(run.settings.workers, room))), run.settings)

    def _restarts(self, schedule: Schedule, budget: Budget, watch: Watch, caches: Path) -> bool:
        """One restart of every worker set that wants another; whether there was any."""
        any_made = False
        for worker_set in schedule.sets:
            spent_seconds = budget.spent
            groups = schedule.wanting(self._recorder.run, worker_set, spent_seconds)
            if not groups:
                continue
            any_made = True
            self._recorder.progress.left(schedule.most_left(self._recorder.run, spent_seconds))
            self._restart(groups, watch, caches)
            schedule.restarted(self._recorder.run, groups, budget.spent - spent_seconds)
            if (slow_share := self._recorder.run.witness.slow_share) > BUSY_SHARE:
                self._recorder.progress.busy(slow_share)
        return any_made

    def _restart(self, groups: WorkerSet, watch: Watch, caches: Path) -> None:
        with WorkerPool(self._nets) as pool:
            Restart(self._recorder, pool, caches, self._random, watch, self._gpu, self._validated).measure(groups)


def without_obstacles(run: Run, nets: Mapping[str, NetFile]) -> Run:
    """The run with an outcome for every cell that is to run and cannot run here."""
    for record in run.records.values():
        end = obstacle(record.cell, nets[record.cell.net]) if record.outcome in TO_CHECK else None
        if end is not None:
            run = run.with_record(replace(record, outcome=end.outcome, reason=end.reason))
    return run
