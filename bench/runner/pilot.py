"""The pilot: with how many threads the fastest CPU nets are fastest. What it times is thrown away."""

import math
import random
import statistics
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from bench.nets.net_file import NetFile
from bench.nets.selection import with_lower_bounds, with_references
from bench.records.cell import Cell, WorkerKey
from bench.records.record import CellEnded, Record
from bench.records.run import Run
from bench.runner.recorder import Recorder
from bench.witness.slices import take_slice
from bench.witness.watch import Watch
from bench.worker.pool import WorkerPool
from bench.worker.process import WorkerProcess
from bench.worker.protocol import Prepare, TakeSlice
from bench.worker.threads import require_threads

# A net that takes this many times as long as the fastest, each with its framework's own threads, does not contend.
CONTENDS = 2.0
# Another number of threads must save this share of a step, or chance would choose it.
GAIN = 0.05
ROUNDS = 7
# Within this part of the budget the pilot may begin with another net or size.
SHARE = 0.15
OWN = Cell.threads


def numbers(processors: int) -> tuple[str, ...]:
    """The numbers of threads that are tried beside a framework's own: 1, 2, 4, and half of the processors."""
    return tuple(str(number) for number in sorted({1, 2, 4, processors // 2}) if 0 < number < processors)


class Pilot:
    """Tries the CPU nets of a run that has had a restart, the fastest first, while its part of the budget lasts.

    Where a net is faster with another number of threads than its framework's own, the run gets the cell with that
    number, its reference and its lower bounds, to be checked and timed like any other.
    """

    def __init__(
        self, recorder: Recorder, nets: Mapping[str, NetFile], watch: Watch, caches: Path, draw: random.Random
    ) -> None:
        self._recorder = recorder
        self._nets = nets
        self._watch = watch
        self._caches = caches
        self._random = draw
        self._end = time.monotonic() + SHARE * recorder.run.settings.budget_seconds

    def tune(self) -> None:
        """Notes in the records what was found, and adds cells."""
        with self._recorder.spending("piloting"):
            for cells in contenders(self._recorder.run):
                if time.monotonic() < self._end:
                    self._try(cells)
        better = [cell for record in self._recorder.run.records.values() if (cell := best(record)) != record.cell]
        for cell in with_lower_bounds(with_references(better), self._nets) if better else ():
            if cell.id not in self._recorder.run.records:
                self._recorder.keep(Record(cell, "pending"))

    def _try(self, cells: tuple[Cell, ...]) -> None:
        """One net with each number of threads, at its sizes in turn."""
        with WorkerPool(self._nets) as pool:
            workers = {
                threads: pool.open(replace(cells[0], threads=threads), caches=self._caches_of(cells[0], threads))
                for threads in (OWN, *numbers(self._watch.processors))
            }
            for cell in cells:
                self._recorder.progress.advance(f"numbers of threads, {cell.label}")
                for threads, worker in tuple(workers.items()):
                    if worker.cell.size != cell.size:
                        pool.load(worker, replace(cell, threads=threads))
                    if not self._is_ready(worker):
                        del workers[threads]
                with suppress(CellEnded):  # the rounds that count will say of what
                    self._recorder.keep(replace(self._recorder.record(cell), pilot=self._least_seconds(workers)))
                if time.monotonic() >= self._end:
                    return

    def _caches_of(self, cell: Cell, threads: str) -> Path:
        folder = self._caches / f"pilot-{'+'.join(cell.worker_key)}-{threads}"
        folder.mkdir()
        return folder

    def _is_ready(self, worker: WorkerProcess) -> bool:
        """Whether the net is warm, and its framework keeps to the number."""
        timeout_seconds = self._recorder.run.settings.timeout_seconds
        try:
            require_threads(worker.cell.threads, worker.loaded(timeout_seconds))
            worker.ask(Prepare(suspect=False, step_only=True), timeout_seconds)
        except CellEnded:
            worker.kill()
            return False
        worker.stop()
        return True

    def _least_seconds(self, workers: Mapping[str, WorkerProcess]) -> dict[str, float]:
        """Seconds per step by number of threads, the least of a few slices: a disturbance only makes one longer.

        Raises CellEnded.
        """
        settings = self._recorder.run.settings
        request = TakeSlice(("step",), settings.slice_seconds)
        least = dict.fromkeys(workers, math.inf)
        for done in range(ROUNDS):
            if done and time.monotonic() >= self._end:
                break
            for threads in self._random.sample(list(workers), len(workers)):
                answer, _ = take_slice(self._watch, workers[threads], request, settings.timeout_seconds, 0.0)
                least[threads] = min(least[threads], answer.seconds["step"])
        return least


def contenders(run: Run) -> list[tuple[Cell, ...]]:
    """The CPU cells that may be fastest, those of one worker together, the smallest size first; fast nets come first.

    Judged by the restarts so far, whether or not their rounds count; at a size that has had none all may be.
    """
    contests: dict[tuple[object, ...], dict[Cell, float]] = {}
    for record in run.records.values():
        cell, rounds = record.cell, record.seconds.get("step", {})
        if record.alive and cell.threads == OWN and not (cell.on_gpu or cell.is_lower_bound):
            seconds = statistics.median(rounds.values()) if rounds else 0.0
            contests.setdefault((*cell.work, cell.dtype, cell.allocator), {})[cell] = seconds
    families: dict[WorkerKey, dict[Cell, float]] = {}
    for contest in contests.values():
        if all(cell.is_reference for cell in contest):
            continue
        fastest = min(contest.values())
        for cell, seconds in contest.items():
            if seconds <= CONTENDS * fastest:
                families.setdefault(cell.worker_key, {})[cell] = seconds / fastest if fastest else math.inf
    ranked = sorted(families.values(), key=lambda family: min(family.values()))
    return [tuple(sorted(family, key=lambda cell: cell.size.flops_per_step)) for family in ranked]


def best(record: Record) -> Cell:
    """The cell with the number of threads that the pilot found fastest; the record's own where it found none."""
    fastest = min(record.pilot, key=record.pilot.__getitem__, default=OWN)
    own_seconds = record.pilot.get(OWN, 0.0)
    gains = record.pilot.get(fastest, math.inf) <= (1 - GAIN) * own_seconds
    return replace(record.cell, threads=fastest) if gains else record.cell
