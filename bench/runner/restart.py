"""One restart: a fresh set of workers, which take the groups of a worker set one after the other."""

import random
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path

from bench.host.nvml import GpuWatch
from bench.records.cell import Cell, WorkerKey
from bench.records.record import Start
from bench.runner.groups import BenchmarkGroup, WorkerSet
from bench.runner.recorder import Recorder
from bench.runner.rounds import Rounds
from bench.runner.schedule import restarts
from bench.witness.watch import Watch
from bench.worker.pool import WorkerPool
from bench.worker.process import WorkerProcess
from bench.worker.protocol import Prepare, Validate
from bench.worker.threads import require_threads

# One restart in this number begins with cold caches, the first one among them; the others find what it has compiled.
COLD_EVERY = 4


class Restart:
    """Workers of one restart. A worker that fails leaves; the others go on.

    `caches` is a folder that outlives the restart; `validated` are the cells that need not be validated again.
    """

    def __init__(
        self,
        recorder: Recorder,
        pool: WorkerPool,
        caches: Path,
        draw: random.Random,
        watch: Watch,
        gpu: GpuWatch,
        validated: set[Cell],
    ) -> None:
        starts = (start for record in recorder.run.records.values() for start in record.starts)
        self._number = 1 + max((start.restart for start in starts), default=-1)
        self._recorder = recorder
        self._pool = pool
        self._caches = caches
        self._random = draw
        self._watch = watch
        self._gpu = gpu
        self._validated = validated
        self._workers: dict[WorkerKey, WorkerProcess] = {}
        self._cold: set[WorkerKey] = set()
        self._offers: dict[Cell, tuple[str, ...]] = {}

    def measure(self, groups: WorkerSet) -> None:
        """Opens the workers, and prepares, times and validates them for each group in turn."""
        self._open(cell for group in reversed(groups) for cell in group if self._recorder.record(cell).alive)
        on_gpu = sum(worker.cell.runs_on.has_nvml for worker in self._workers.values())
        settings, taken = self._recorder.run.settings, 0
        for group in groups:
            present = self._prepare(group)
            label = f"restart {restarts(self._recorder.run, group) + 1}, size {group[0].size}"
            rounds = Rounds(self._recorder, self._random, self._watch, self._gpu, on_gpu, present, self._offers)
            taken += rounds.take(self._number, taken, label, settings.visit_seconds / len(groups))
            self._recorder.save()
            self._validate(present)
            keys = {worker.cell.worker_key for worker in present}
            for key, worker in tuple(self._workers.items()):
                if worker.cell in group and key not in keys:
                    del self._workers[key]

    def _open(self, cells: Iterable[Cell]) -> None:
        """A worker for each key, which loads the last of its cells."""
        with self._recorder.spending("loading"):
            for key, cell in {cell.worker_key: cell for cell in cells}.items():
                self._workers[key] = self._pool.open(cell, caches=self._caches_of(key))
            for key, worker in tuple(self._workers.items()):
                if not self._recorder.survives(worker, self._loaded):
                    del self._workers[key]

    def _caches_of(self, key: WorkerKey) -> Path:
        """The caches of the worker's last cold start, or a fresh folder."""
        records = (record for record in self._recorder.run.records.values() if record.cell.worker_key == key)
        past = len({start.restart for record in records for start in record.starts})
        folder = self._caches / f"{'+'.join(key)}-{past // COLD_EVERY}"
        if not folder.exists():
            self._cold.add(key)
        folder.mkdir(exist_ok=True)
        return folder

    def _prepare(self, group: BenchmarkGroup) -> list[WorkerProcess]:
        """The workers that are ready to be timed."""
        present = []
        with self._recorder.spending("preparing"):
            for cell in group:
                worker = self._workers.get(cell.worker_key)
                if worker is None or not self._recorder.record(cell).alive:
                    continue
                if worker.cell != cell:
                    self._pool.load(worker, cell)
                    if not self._recorder.survives(worker, self._loaded):
                        continue
                present.append(worker)
            return [worker for worker in present if self._recorder.survives(worker, self._prepared)]

    def _validate(self, present: list[WorkerProcess]) -> None:
        """Once for every cell: the net that has been timed must still be the one that was checked."""
        with self._recorder.spending("preparing"):
            for worker in tuple(present):
                if worker.cell in self._validated or worker.cell.is_lower_bound:
                    continue
                self._validated.add(worker.cell)
                if not self._recorder.survives(worker, self._still_trains):
                    present.remove(worker)

    def _loaded(self, worker: WorkerProcess) -> None:
        self._recorder.loaded(worker)
        worker.stop()
        require_threads(worker.cell.threads, self._recorder.record(worker.cell).runtime)

    def _still_trains(self, worker: WorkerProcess) -> None:
        worker.ask(Validate(), self._recorder.run.settings.timeout_seconds)
        worker.stop()

    def _prepared(self, worker: WorkerProcess) -> None:
        self._recorder.progress.advance(f"starting {worker.cell.label}")
        record, cold = self._recorder.record(worker.cell), worker.cell.worker_key in self._cold
        # A step's energy takes over half a second to measure
        steps = record.starts[0].steps if record.starts and not worker.cell.is_lower_bound else None
        request = Prepare(suspect=not record.starts, metered=cold, steps=steps)
        fields = asdict(worker.ask(request, self._recorder.run.settings.timeout_seconds))
        worker.stop()
        work, self._offers[worker.cell] = fields.pop("work"), fields.pop("offers")
        start = Start(self._number, **fields, cold=cold)
        self._recorder.keep(replace(record, starts=(*record.starts, start), work=work))
