"""The rounds of one group in one restart: each takes a short slice of all its workers in a fresh random order.

Many short slices beat few long ones, since a neighbour makes a machine slow for 10 ms to seconds at a time. A round
times the step and one thing more, the same for every worker, in a random order.
"""

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from bench.host.nvml import GpuReading, GpuWatch
from bench.records.cell import Cell
from bench.records.health import Health
from bench.records.record import DEVICE, LATENCY, LOSS_READ, PHASES, CellEnded, Round
from bench.records.witness import WitnessedRound
from bench.runner.recorder import Recorder
from bench.timing.counters import Counters
from bench.witness.slices import take_slice
from bench.witness.watch import Watch, Witnessed
from bench.worker.process import WorkerProcess
from bench.worker.protocol import TakeSlice
from bench.worker.threads import require_threads

# What a round times beside the step; each once in every so many rounds.
BESIDE = (PHASES, LATENCY, LOSS_READ, DEVICE)


class Rounds:
    """Takes and records the rounds of workers that are ready; `offers` names what each of their cells can time.

    `on_gpu` workers use the GPU that is watched. A worker that fails is taken off.
    """

    def __init__(
        self,
        recorder: Recorder,
        draw: random.Random,
        watch: Watch,
        gpu: GpuWatch,
        on_gpu: int,
        workers: list[WorkerProcess],
        offers: Mapping[Cell, Sequence[str]],
    ) -> None:
        self._recorder = recorder
        self._random = draw
        self._watch = watch
        self._gpu = gpu
        self._on_gpu = on_gpu
        self._workers = workers
        self._offers = offers
        self._grown: dict[WorkerProcess, Counters] = {}
        self._readings: dict[WorkerProcess, GpuReading] = {}

    def take(self, restart: int, first: int, label: str, most_seconds: float) -> int:
        """The rounds of a restart, numbered from `first` on; returns how many.

        As many as are wanted in which the machine was fast; for `most_seconds` where these are enough for the restart
        to count, else for twice as long; and at least one for each thing that is timed beside the step.
        """
        settings = self._recorder.run.settings
        kinds = self._kinds()
        began, taken, fast, besides = time.monotonic(), 0, 0, self._shuffled(kinds)
        while self._workers and fast < settings.rounds:
            enough = fast >= settings.least_rounds
            if taken >= max(1, len(kinds)) and time.monotonic() - began > most_seconds * (1 if enough else 2):
                break
            key = Round(restart, first + taken)
            self._recorder.progress.advance(f"{label}, round {taken + 1}")
            with self._recorder.spending("visiting"):
                self._take(key, next(besides))
            taken += 1
            fast += not self._recorder.run.disturbed(key)
            self._recorder.save_now_and_then()
        for worker in tuple(self._workers):
            if not self._recorder.survives(worker, partial(self._keep_health, Round(restart, first))):
                self._workers.remove(worker)
        return taken

    def _kinds(self) -> list[str]:
        """What rounds may time beside the step."""
        offered = {name for worker in self._workers for name in self._offers[worker.cell]}
        return [kind for kind in BESIDE if kind in offered]

    def _shuffled(self, kinds: Sequence[str]) -> Iterator[str]:
        """What each round times beside the step, "" where there is nothing."""
        while True:
            yield from self._random.sample(kinds, len(kinds)) or [""]

    def _take(self, key: Round, beside: str) -> None:
        """One round, and what the witness says of it."""
        watch = self._watch
        readings, slow, waited, worked = (
            watch.readings,
            watch.slow_readings,
            watch.waiting_seconds,
            watch.working_seconds,
        )
        said: list[Witnessed] = []
        disturbances: dict[str, None] = {}
        for worker in self._random.sample(self._workers, len(self._workers)):
            try:
                # A round in which the machine was slow once is lost, so the rest need not wait.
                said.append(self._slice(key, worker, beside, patient=all(each.fast for each in said)))
            except CellEnded as end:
                worker.kill()
                self._workers.remove(worker)
                self._recorder.end(worker.cell, end)
            else:
                disturbances |= dict.fromkeys(self._on_its_gpu(worker))
        self._recorder.spend("waiting", watch.waiting_seconds - waited)
        self._recorder.spend("witness", watch.working_seconds - worked)
        if said:
            readings, slow = watch.readings - readings, watch.slow_readings - slow
            self._recorder.witnessed(key, WitnessedRound(*max(said), readings, slow, tuple(disturbances)))

    def _slice(self, key: Round, worker: WorkerProcess, beside: str, patient: bool) -> Witnessed:
        """Takes a slice and records it. Raises CellEnded."""
        settings = self._recorder.run.settings
        request = TakeSlice(self._things(worker.cell, beside), settings.slice_seconds)
        patience_seconds = settings.patience_seconds if patient else 0.0
        answer, said = take_slice(self._watch, worker, request, settings.timeout_seconds, patience_seconds)
        self._recorder.spend("untimed", answer.untimed_seconds)
        self._recorder.spend("timed", answer.counters.clock_seconds)
        record = self._recorder.record(worker.cell)
        seconds = {phase: {**record.seconds.get(phase, {}), key: value} for phase, value in answer.seconds.items()}
        self._recorder.keep(replace(record, outcome="measured", seconds={**record.seconds, **seconds}))
        earlier = self._grown.get(worker)
        self._grown[worker] = earlier.plus(answer.counters) if earlier else answer.counters
        return said

    def _things(self, cell: Cell, beside: str) -> tuple[str, ...]:
        """What a slice of a cell times, in random order: the step, or of lower bounds the products, and one more."""
        usual, *others = self._offers[cell]
        if cell.is_lower_bound:
            things = [name for name in (usual, self._random.choice(others) if others else "") if name]
        else:
            things = [usual, *([beside] if beside in others else [])]
        return tuple(self._random.sample(things, len(things)))

    def _on_its_gpu(self, worker: WorkerProcess) -> tuple[str, ...]:
        """What disturbed a slice on the GPU."""
        if not worker.cell.runs_on.has_nvml:
            return ()
        reading = self._readings[worker] = self._gpu.read()
        return self._with_gpu(Health(0, 0), reading).disturbances

    def _keep_health(self, key: Round, worker: WorkerProcess) -> None:
        """Of all slices of a restart together: the kernel's ticks are too coarse for one. Raises CellEnded."""
        record = self._recorder.record(worker.cell)
        health = self._with_gpu(self._grown[worker].health, self._readings.get(worker, GpuReading()))
        self._recorder.keep(replace(record, health={**record.health, key: health}))
        require_threads(worker.cell.threads, record.runtime, health)

    def _with_gpu(self, health: Health, reading: GpuReading) -> Health:
        return replace(
            health,
            gpu_mhz=reading.mhz,
            gpu_celsius=reading.celsius,
            gpu_throttled=reading.throttled,
            gpu_others=max(0, reading.processes - self._on_gpu),
            gpu_watts=reading.watts,
        )
