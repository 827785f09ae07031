"""Runs the cells: decides what can run, checks it, times it in interleaved rounds, restarts, and records."""

import math
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from bench.cell import Cell, batches
from bench.framework import missing
from bench.health import Health
from bench.machine import gpus
from bench.netfile import NetFile
from bench.process import CellEnded, WorkerProcess
from bench.progress import Progress
from bench.record import Agreement, Record, Round, Run, Start
from bench.stats import by_restart

# Nothing is timed while agreement is checked, so several workers share the cores. Were each to take them
# all, their threads would spin against each other's and a check take ten times as long.
CORES = os.cpu_count() or 1
CHECKERS = max(2, CORES // 4)
CHECKER_THREADS = str(max(1, CORES // CHECKERS))
# Fewer workers share a batch where there is not this much free memory for each.
WORKER_BYTES = 3 << 29


class Conductor:
    """Brings every pending record of a run to its outcome; `save` is given the run after every round."""

    def __init__(self, run: Run, nets: Mapping[str, NetFile], save: Callable[[Run], None], progress: Progress) -> None:
        self.run = run
        self._nets = nets
        self._save = save
        self._progress = progress
        self._random = random.Random(run.started)

    def conduct(self) -> Run:
        """Checks, then times; returns the finished run."""
        self.check()
        self.time()
        self.run = replace(self.run, finished=True)
        self._save(self.run)
        return self.run

    def check(self) -> Run:
        """Agreement for every pending cell, each in a worker of its own; what cannot run is skipped."""
        pending = [record.cell for record in self.run.records.values() if record.outcome == "pending"]
        waiting = [cell for cell in pending if self._can_run(cell)]
        waiting = [cell for cell in waiting if self.run.records[cell.id].agreement is None]
        self._progress.stage("checking", len(waiting))
        with self._workshop() as open_worker:
            running: list[WorkerProcess] = []
            while waiting or running:
                while waiting and len(running) < CHECKERS:
                    cell = waiting.pop(0)
                    threads = CHECKER_THREADS if cell.threads == "all" else min(CHECKER_THREADS, cell.threads, key=int)
                    running.append(open_worker(cell, threads))
                    running[-1].send("agree")
                worker = running.pop(0)
                self._progress.advance(worker.cell.label)
                self._survives(worker, self._agreed)
                worker.kill()
        return self.run

    def time(self) -> None:
        """Restarts of every batch in turn, until each is precise enough or the budget is spent.

        Every batch gets one restart, whatever the budget.
        """
        settings = self.run.settings
        room = int(psutil.virtual_memory().available // WORKER_BYTES)
        cells = [record.cell for record in self.run.records.values() if self._alive(record.cell)]
        plan = batches(cells, max(2, min(settings.workers, room)))
        self._progress.stage("timing", 0)
        began, longest, going_on = time.monotonic(), 0.0, True
        while going_on:
            going_on = False
            for batch in plan:
                spent = time.monotonic() - began
                late = spent + longest > settings.budget_seconds
                if self._enough(batch) or (late and self.restarts(batch)):
                    continue
                self._progress.left(max(longest, min(settings.budget_seconds - spent, self._most_left(plan, longest))))
                self._restart(batch)
                longest, going_on = max(longest, time.monotonic() - began - spent), True

    def _most_left(self, plan: Sequence[Sequence[Cell]], restart_seconds: float) -> float:
        """Seconds until every batch has had all its restarts; infinite before the first is known."""
        restarts = sum(self.run.settings.most_restarts - self.restarts(batch) for batch in plan)
        return restarts * restart_seconds if restart_seconds else math.inf

    def restarts(self, batch: Sequence[Cell]) -> int:
        """How many whole restarts all the cells of a batch that are still in the run have in common."""
        seen = [
            set(by_restart(((key.restart, 0.0) for key in rounds), self.run.settings.least_rounds))
            for rounds in (self.run.records[cell.id].seconds.get("step", {}) for cell in batch if self._alive(cell))
        ]
        return len(set.intersection(*seen)) if seen else 0

    def _enough(self, batch: Sequence[Cell]) -> bool:
        alive = [self.run.records[cell.id] for cell in batch if self._alive(cell)]
        restarts, settings = self.restarts(batch), self.run.settings
        if not alive or restarts >= settings.most_restarts:
            return True
        speedups = [self.run.speedup(record) for record in alive if record.cell != record.cell.reference]
        precise = all(found is not None and found.precision <= settings.precision for found in speedups)
        return restarts >= settings.least_restarts and precise

    def _restart(self, batch: Sequence[Cell]) -> None:
        """A fresh set of workers and their rounds. A worker that fails leaves; the others go on."""
        number = 1 + max((start.restart for record in self.run.records.values() for start in record.starts), default=-1)
        with self._workshop() as open_worker:
            workers = [open_worker(cell) for cell in batch if self._alive(cell)]
            workers = [worker for worker in workers if self._survives(worker, self._loaded)]
            workers = [worker for worker in workers if self._survives(worker, partial(self._started, number))]
            for turn in range(self.run.settings.rounds if workers else 0):
                key = Round(number, turn)
                self._progress.advance(f"restart {self.restarts(batch)}, round {turn + 1}")
                for worker in self._random.sample(workers, len(workers)):
                    if not self._survives(worker, partial(self._visited, key)):
                        workers.remove(worker)
                self._save(self.run)

    def _survives(self, worker: WorkerProcess, action: Callable[[WorkerProcess], None]) -> bool:
        """Whether the action left the worker's cell in the run; if not, its outcome is recorded."""
        try:
            action(worker)
        except CellEnded as end:
            worker.kill()
            self._end(worker.cell, end)
            return False
        return True

    def _agreed(self, worker: WorkerProcess) -> None:
        self._loaded(worker)
        agreement = Agreement.of(self._answer(worker))
        self._keep(replace(self.run.records[worker.cell.id], agreement=agreement))
        if agreement.first_wrong:
            raise CellEnded("wrong", str(agreement.first_wrong))
        self._progress.tell(self.run.records[worker.cell.id])

    def _loaded(self, worker: WorkerProcess) -> None:
        runtime = worker.loaded(self.run.settings.timeout_seconds)
        self._keep(replace(self.run.records[worker.cell.id], runtime=runtime))

    def _started(self, number: int, worker: WorkerProcess) -> None:
        self._progress.advance(f"starting {worker.cell.label}")
        worker.send("start")
        answer = self._answer(worker)
        if "late" in answer:
            raise CellEnded("wrong", f"wait() returned with {answer['late']:.0%} of the work still under way")
        record = self.run.records[worker.cell.id]
        self._keep(replace(record, starts=(*record.starts, Start(number, **answer["start"]))))

    def _visited(self, key: Round, worker: WorkerProcess) -> None:
        worker.send("slice", seconds=self.run.settings.slice_seconds)
        answer = self._answer(worker)
        record = self.run.records[worker.cell.id]
        seconds = {phase: {**record.seconds.get(phase, {}), key: value} for phase, value in answer["seconds"].items()}
        health = {**record.health, key: Health(**answer["health"])}
        self._keep(replace(record, outcome="measured", seconds=seconds, health=health))

    def _answer(self, worker: WorkerProcess) -> Any:
        return worker.receive(self.run.settings.timeout_seconds)

    def _can_run(self, cell: Cell) -> bool:
        end = obstacle(cell, self._nets[cell.net])
        if end is not None:
            self._end(cell, end)
        return end is None

    def _alive(self, cell: Cell) -> bool:
        return self.run.records[cell.id].outcome in ("pending", "measured")

    def _keep(self, record: Record) -> None:
        self.run = self.run.with_record(record)

    def _end(self, cell: Cell, end: CellEnded) -> None:
        self._keep(replace(self.run.records[cell.id], outcome=end.outcome, reason=end.reason))
        self._progress.tell(self.run.records[cell.id])
        self._save(self.run)

    @contextmanager
    def _workshop(self) -> Iterator[Callable[..., WorkerProcess]]:
        """Opens workers in a temporary folder; on leaving, however that comes about, none is left."""
        opened: list[WorkerProcess] = []
        with tempfile.TemporaryDirectory(prefix="fiftyx-", ignore_cleanup_errors=True) as folder:

            def open_worker(cell: Cell, threads: str | None = None) -> WorkerProcess:
                place = Path(folder) / str(len(opened))
                opened.append(WorkerProcess(cell, self._nets[cell.net], place, threads))
                return opened[-1]

            try:
                yield open_worker
            finally:
                for worker in opened:
                    worker.kill()


def obstacle(cell: Cell, net: NetFile) -> CellEnded | None:
    """Why a cell cannot run on this machine, as far as can be told without starting it."""
    if net.defect:
        return CellEnded("failed", net.defect)
    if reason := missing(net.imports):
        return CellEnded("skipped", reason)
    if cell.device == "cuda" and not gpus():
        return CellEnded("skipped", "no NVIDIA GPU here: needs one and its driver (nvidia-smi shows both)")
    return None
