"""Runs the cells: decides what can run, has it checked, times it in interleaved rounds, restarts, and records."""

import math
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from bench.host.nvml import GpuReading, GpuWatch
from bench.nets.availability import obstacle
from bench.nets.net_file import NetFile
from bench.records.cell import Cell, WorkerKey
from bench.records.health import Health
from bench.records.record import TO_CHECK, CellEnded, Round, Start
from bench.records.run import Run
from bench.runner.check_stage import check
from bench.runner.groups import BenchmarkGroup as Batch
from bench.runner.groups import WorkerSet as Group
from bench.runner.groups import worker_sets as groups
from bench.runner.progress import Progress
from bench.runner.recorder import Ledger
from bench.stats import stopping
from bench.stats.restarts import medians
from bench.worker.pool import Workshop
from bench.worker.process import WorkerProcess
from bench.worker.threads import overshoot

# Fewer workers share a batch where there is not this much free memory for each.
WORKER_BYTES = 1 << 30
# One restart in so many begins with cold caches, the first one among them; the others find what it has compiled.
COLD_EVERY = 4
# Rounds are as few as a restart needs to count where a visit takes longer than this on average, and at the sizes after
# the first: what an interval rests on lies between restarts.
LONG_VISIT_SECONDS = 0.5


class Conductor:
    """Brings every pending record of a run to its outcome; `save` is given the run after every round."""

    def __init__(self, run: Run, nets: Mapping[str, NetFile], save: Callable[[Run], None], progress: Progress) -> None:
        self._ledger = Ledger(run, save, progress)
        self._nets = nets
        self._progress = progress
        self._random = random.Random(run.started)
        self._gpu = GpuWatch()
        self._cold: dict[WorkerKey, bool] = {}
        self._precise_looks: Counter[Batch] = Counter()
        self._on_gpu = 0
        self._scrutinised: set[Cell] = set()

    @property
    def run(self) -> Run:
        """The run as it stands."""
        return self._ledger.run

    def conduct(self) -> Run:
        """Checks, then times; returns the finished run."""
        self.check()
        self.time()
        self._ledger.finish()
        return self.run

    def check(self) -> Run:
        """Agreement for every cell that waits for it; what cannot run is skipped."""
        self._ledger.run = without_obstacles(self.run, self._nets)
        self._progress.left_out(self.run.records.values())
        self._ledger.save()
        check(self._ledger, self._nets)
        return self.run

    def time(self) -> None:
        """Restarts of every group in turn, until each is precise enough or the budget is spent.

        Every group gets one restart, whatever the budget.
        """
        settings = self.run.settings
        room = int(psutil.virtual_memory().available // WORKER_BYTES)
        cells = [record.cell for record in self.run.records.values() if self._ledger.alive(record.cell)]
        plan = groups(cells, max(2, min(settings.workers, room)))
        self._progress.stage("timing", 0)
        began, going_on = time.monotonic(), True
        took: dict[Group, float] = {}  # a group's latest restart
        with tempfile.TemporaryDirectory(prefix="fiftyx-caches-", ignore_cleanup_errors=True) as caches:
            while going_on:
                going_on = False
                for group in plan:
                    spent = time.monotonic() - began
                    late = spent + took.get(group, 0.0) > settings.budget_seconds
                    wanting = tuple(batch for batch in group if not self._enough(batch))
                    if late:
                        wanting = tuple(batch for batch in wanting if not self.restarts(batch))
                    if not wanting:
                        continue
                    longest = max(took.values(), default=0.0)
                    left = min(settings.budget_seconds - spent, self._most_left(plan, longest))
                    self._progress.left(max(longest, left))
                    self._restart(wanting, Path(caches))
                    took[group], going_on = time.monotonic() - began - spent, True

    def _most_left(self, plan: Sequence[Group], restart_seconds: float) -> float:
        """Seconds until every group has had all its restarts; infinite before the first is known."""
        restarts = sum(self.run.settings.most_restarts - min(map(self.restarts, group)) for group in plan)
        return restarts * restart_seconds if restart_seconds else math.inf

    def restarts(self, batch: Batch) -> int:
        """How many whole restarts all the cells of a batch that are still in the run have in common."""
        seen = [
            set(medians(((key.restart, 0.0) for key in rounds), self.run.settings.least_rounds))
            for cell in batch
            if self._ledger.alive(cell)
            for rounds in [next(iter(self._ledger.record(cell).seconds.values()), {})]
        ]
        return len(set.intersection(*seen)) if seen else 0

    def _enough(self, batch: Batch) -> bool:
        gone, settings = not any(self._ledger.alive(cell) for cell in batch), self.run.settings
        return gone or stopping.enough(
            self._precise_looks[batch], self.restarts(batch), settings.least_restarts, settings.most_restarts
        )

    def _look(self, batch: Batch) -> None:
        """Whether the intervals are precise after this restart too."""
        records = [self._ledger.record(cell) for cell in batch if self._ledger.alive(cell) and not cell.is_lower_bound]
        precise = stopping.precise(map(self.run.speedup, records), self.run.settings.precision)
        self._precise_looks[batch] = self._precise_looks[batch] + 1 if precise else 0

    def _restart(self, group: Group, caches: Path) -> None:
        """A fresh set of workers and their rounds. A worker that fails leaves; the others go on."""
        number = 1 + max((start.restart for record in self.run.records.values() for start in record.starts), default=-1)
        firsts = {cell.worker_key: cell for batch in reversed(group) for cell in batch if self._ledger.alive(cell)}
        with Workshop(self._nets) as workshop:
            with self._ledger.spending("loading"):
                workers = {process: self._open(workshop, cell, caches) for process, cell in firsts.items()}
                for process, worker in tuple(workers.items()):
                    if not self._ledger.survives(worker, self._loaded):
                        del workers[process]
            self._on_gpu = sum(worker.cell.device == "cuda" for worker in workers.values())
            turns = 0
            for batch in group:
                turns += self._rounds(workshop, batch, workers, number, turns)
                self._look(batch)

    def _open(self, workshop: Workshop, cell: Cell, caches: Path) -> WorkerProcess:
        """A worker for the cell; its caches are those of its last cold start, or a fresh folder."""
        records = (record for record in self.run.records.values() if record.cell.worker_key == cell.worker_key)
        past = len({start.restart for record in records for start in record.starts})
        folder = caches / f"{cell.worker_key}-{past // COLD_EVERY}"
        self._cold[cell.worker_key] = not folder.exists()
        folder.mkdir(exist_ok=True)
        return workshop.open(cell, caches=folder)

    def _rounds(
        self, workshop: Workshop, batch: Batch, workers: dict[WorkerKey, WorkerProcess], number: int, turn: int
    ) -> int:
        """Prepares the workers for the batch and takes its rounds, numbered from `turn` on; returns how many."""
        present = [
            workers[cell.worker_key] for cell in batch if cell.worker_key in workers and self._ledger.alive(cell)
        ]
        with self._ledger.spending("preparing"):
            for cell in batch:
                worker = workers.get(cell.worker_key)
                if worker in present and worker.cell != cell:
                    workshop.load(worker, cell)
                    self._check_in(worker, self._loaded, present)
            for worker in tuple(present):
                self._check_in(worker, partial(self._started, number), present)
        clean = taken = 0
        settings = self.run.settings
        rounds = settings.least_rounds if turn else settings.rounds
        # A disturbed round is repeated whole, half as many times as there are rounds at most
        while present and clean < rounds and taken < rounds + rounds // 2:
            key = Round(number, turn + taken)
            self._progress.advance(f"restart {self.restarts(batch) + 1}, size {batch[0].size}, round {taken + 1}")
            began = time.monotonic()
            with self._ledger.spending("visiting"):
                for worker in self._random.sample(present, len(present)):
                    self._check_in(worker, partial(self._visited, key), present)
            if time.monotonic() - began > LONG_VISIT_SECONDS * len(present):
                rounds = settings.least_rounds
            taken += 1
            clean += not self.run.disturbed(key)
            self._ledger.save()
        with self._ledger.spending("preparing"):
            for worker in tuple(present):
                self._check_in(worker, self._scrutinise, present)
        for process in [
            process for process, worker in workers.items() if worker.cell in batch and worker not in present
        ]:
            del workers[process]
        return taken

    def _check_in(
        self, worker: WorkerProcess, action: Callable[[WorkerProcess], None], present: list[WorkerProcess]
    ) -> None:
        """Has the worker act, and takes it off the list if that ends its cell."""
        if not self._ledger.survives(worker, action):
            present.remove(worker)

    def _loaded(self, worker: WorkerProcess) -> None:
        self._ledger.loaded(worker)
        self._hold_to_threads(worker)

    def _hold_to_threads(self, worker: WorkerProcess, health: Health | None = None) -> None:
        if reason := overshoot(worker.cell.threads, self._ledger.record(worker.cell).runtime, health):
            raise CellEnded("failed", reason)

    def _started(self, number: int, worker: WorkerProcess) -> None:
        self._progress.advance(f"starting {worker.cell.label}")
        record, cold = self._ledger.record(worker.cell), self._cold[worker.cell.worker_key]
        # A step's energy takes over half a second to measure
        answer = self._ask(worker, "start", suspect=not record.starts, metered=cold)
        start = Start(number, **answer["start"], cold=cold)
        self._ledger.keep(replace(record, starts=(*record.starts, start), work=answer.get("work", {})))

    def _visited(self, key: Round, worker: WorkerProcess) -> None:
        answer = self._ask(worker, "slice", seconds=self.run.settings.slice_seconds)
        self._ledger.spend("timed", answer["timed_seconds"])
        record = self._ledger.record(worker.cell)
        seconds = {phase: {**record.seconds.get(phase, {}), key: value} for phase, value in answer["seconds"].items()}
        health = self._watched(Health(**answer["health"]), worker)
        self._ledger.keep(replace(record, outcome="measured", seconds=seconds, health={**record.health, key: health}))
        self._hold_to_threads(worker, health)

    def _scrutinise(self, worker: WorkerProcess) -> None:
        """Once for every cell: whether the net that has been timed is still the one that was checked."""
        if worker.cell not in self._scrutinised and not worker.cell.is_lower_bound:
            self._scrutinised.add(worker.cell)
            self._ask(worker, "scrutinise")

    def _watched(self, health: Health, worker: WorkerProcess) -> Health:
        """With what the GPU says, for a cell that ran on it."""
        seen = self._gpu.read() if worker.cell.device == "cuda" else GpuReading()
        return replace(
            health,
            gpu_mhz=seen.mhz,
            gpu_celsius=seen.celsius,
            gpu_throttled=seen.throttled,
            gpu_others=max(0, seen.processes - self._on_gpu),
            gpu_watts=seen.watts,
        )

    def _ask(self, worker: WorkerProcess, ask: str, **arguments: Any) -> Any:
        return worker.ask(ask, self.run.settings.timeout_seconds, **arguments)


def without_obstacles(run: Run, nets: Mapping[str, NetFile]) -> Run:
    """The run with an outcome for every cell that is to run and cannot run here."""
    for record in run.records.values():
        end = obstacle(record.cell, nets[record.cell.net]) if record.outcome in TO_CHECK else None
        if end is not None:
            run = run.with_record(replace(record, outcome=end.outcome, reason=end.reason))
    return run
