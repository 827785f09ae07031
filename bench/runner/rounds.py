"""The rounds of one group in one restart: each takes a slice of all its workers in a fresh random order."""

import random
import time
from dataclasses import replace
from functools import partial

from bench.host.nvml import GpuReading, GpuWatch
from bench.records.health import Health
from bench.records.record import Round
from bench.runner.recorder import Recorder
from bench.worker.process import WorkerProcess
from bench.worker.protocol import TakeSlice
from bench.worker.threads import require_threads

# Rounds are as few as a restart needs to count where a slice takes longer than this on average, and at the sizes after
# the first: what an interval rests on lies between restarts.
LONG_SLICE_SECONDS = 0.5


class Rounds:
    """Takes rounds of workers' slices and records them; `on_gpu` workers use the GPU that is watched."""

    def __init__(self, recorder: Recorder, draw: random.Random, gpu: GpuWatch, on_gpu: int) -> None:
        self._recorder = recorder
        self._random = draw
        self._gpu = gpu
        self._on_gpu = on_gpu

    def take(self, workers: list[WorkerProcess], restart: int, first: int, label: str) -> int:
        """The rounds of a restart, numbered from `first` on; returns how many. A worker that fails is taken off.

        A disturbed round is repeated whole, half as many times as there are rounds at most.
        """
        settings = self._recorder.run.settings
        rounds = settings.least_rounds if first else settings.rounds
        clean = taken = 0
        while workers and clean < rounds and taken < rounds + rounds // 2:
            key = Round(restart, first + taken)
            self._recorder.progress.advance(f"{label}, round {taken + 1}")
            began = time.monotonic()
            with self._recorder.spending("visiting"):
                for worker in self._random.sample(workers, len(workers)):
                    if not self._recorder.survives(worker, partial(self._slice, key)):
                        workers.remove(worker)
            if time.monotonic() - began > LONG_SLICE_SECONDS * len(workers):
                rounds = settings.least_rounds
            taken += 1
            clean += not self._recorder.run.disturbed(key)
            self._recorder.save()
        return taken

    def _slice(self, key: Round, worker: WorkerProcess) -> None:
        settings = self._recorder.run.settings
        answer = worker.ask(TakeSlice(settings.slice_seconds), settings.timeout_seconds)
        self._recorder.spend("timed", answer.timed_seconds)
        record = self._recorder.record(worker.cell)
        seconds = {phase: {**record.seconds.get(phase, {}), key: value} for phase, value in answer.seconds.items()}
        health = {**record.health, key: self._with_gpu(answer.health, worker)}
        self._recorder.keep(replace(record, outcome="measured", seconds=seconds, health=health))
        require_threads(worker.cell.threads, record.runtime, health[key])

    def _with_gpu(self, health: Health, worker: WorkerProcess) -> Health:
        """With what the GPU says, for a cell that ran on one that NVML reads."""
        reading = self._gpu.read() if worker.cell.runs_on.has_nvml else GpuReading()
        return replace(
            health,
            gpu_mhz=reading.mhz,
            gpu_celsius=reading.celsius,
            gpu_throttled=reading.throttled,
            gpu_others=max(0, reading.processes - self._on_gpu),
            gpu_watts=reading.watts,
        )
