"""Keeps the run as it grows, and saves it after every unit of work."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from bench.records.cell import Cell
from bench.records.record import CellEnded, Record, Round
from bench.records.run import Run
from bench.records.witness import WitnessedRound
from bench.runner.progress import Progress
from bench.worker.process import WorkerProcess

# No more work than this is lost where the run is killed.
SAVE_SECONDS = 1.0


class Recorder:
    """Holds the run; `save` is given it when there is something new to keep."""

    def __init__(self, run: Run, save: Callable[[Run], None], progress: Progress) -> None:
        self.run = run
        self.progress = progress
        self._save = save
        self._saved_at = 0.0

    def record(self, cell: Cell) -> Record:
        return self.run.records[cell.id]

    def keep(self, record: Record) -> None:
        self.run = self.run.with_record(record)

    def end(self, cell: Cell, end: CellEnded) -> None:
        """The cell has come to an outcome other than measured."""
        self.keep(replace(self.record(cell), outcome=end.outcome, reason=end.reason))
        self.progress.tell(self.record(cell))
        self.save()

    def survives(self, worker: WorkerProcess, action: Callable[[WorkerProcess], None]) -> bool:
        """Whether the action left the worker's cell in the run; if not, its outcome is recorded."""
        try:
            action(worker)
        except CellEnded as end:
            worker.kill()
            self.end(worker.cell, end)
            return False
        return True

    def loaded(self, worker: WorkerProcess) -> None:
        """Keeps what the worker's frameworks say of their threads. Raises CellEnded."""
        runtime = worker.loaded(self.run.settings.timeout_seconds)
        self.keep(replace(self.record(worker.cell), runtime=runtime))

    def witnessed(self, key: Round, said: WitnessedRound) -> None:
        """Keeps what the witness said of a round."""
        witness = self.run.witness
        self.run = replace(self.run, witness=replace(witness, rounds={**witness.rounds, key: said}))

    def save(self) -> None:
        self._save(self.run)
        self._saved_at = time.monotonic()

    def save_now_and_then(self) -> None:
        """After a round: writing the file takes longer than a short round does."""
        if time.monotonic() - self._saved_at >= SAVE_SECONDS:
            self.save()

    def finish(self) -> None:
        self.run = replace(self.run, finished=True)
        self.save()

    @contextmanager
    def spending(self, kind: str) -> Iterator[None]:
        """Books the wall time of a block under `<kind>_seconds`."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.spend(kind, time.monotonic() - began)

    def spend(self, kind: str, seconds: float) -> None:
        self.run = replace(self.run, spent=self.run.spent.plus(**{f"{kind}_seconds": seconds}))
