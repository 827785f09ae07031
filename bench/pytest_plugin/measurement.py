"""The run behind the items: measured once, for all of them together."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.console import Console

from bench.nets.availability import obstacle
from bench.nets.net_file import discover
from bench.nets.selection import with_references
from bench.records.cell import Cell
from bench.records.run import Run
from bench.records.settings import Settings
from bench.runner.costs import SAMPLES_SECONDS
from bench.runner.job import new_run
from bench.runner.progress import DAY_SECONDS, Progress
from bench.runner.runner import Runner
from bench.worker.process import WorkerProcess
from bench.worker.protocol import StepOnce

# The rounds of a restart take at most so many times the seconds that a cell is to be timed for, all cells together.
MOST_VISITS = 10


class Measurement:
    """The nets that there are, and the run of the selected `cells`. With `dry` nothing is timed."""

    def __init__(self, config: pytest.Config) -> None:
        """Raises UserError where a folder of nets cannot be read."""
        self._config = config
        self.nets = discover(config.getoption("nets"))
        self.dry = bool(config.getoption("benchmark_disable"))
        self.cells: Sequence[Cell] = ()
        self.measured: Run | None = None

    @property
    def run(self) -> Run:
        """The measured run; the first to ask has it measured."""
        if self.measured is None:
            capture = self._config.pluginmanager.getplugin("capturemanager")
            job = new_run(with_references(self.cells), settings(self._config))
            with capture.global_and_fixture_disabled():
                progress = Progress(Console(), job.settings.budget_seconds)
                self.measured = Runner(job, self.nets, lambda state: None, progress).check_and_time()
        return self.measured

    def step_once(self, cell: Cell) -> None:
        """One real step in a worker, for `--benchmark-disable`. Raises CellEnded where there is none."""
        net, timeout_seconds = self.nets[cell.net], Settings().timeout_seconds
        if end := obstacle(cell, net):
            raise end
        with tempfile.TemporaryDirectory(prefix="fiftyx-", ignore_cleanup_errors=True) as folder:
            worker = WorkerProcess(cell, net, Path(folder) / "worker")
            try:
                worker.loaded(timeout_seconds)
                worker.ask(StepOnce(), timeout_seconds)
            finally:
                worker.kill()


def settings(config: pytest.Config) -> Settings:
    """The engine's settings for pytest-benchmark's options."""
    seconds = float(config.getoption("benchmark_max_time"))
    rounds = int(config.getoption("benchmark_min_rounds"))
    rounds = max(rounds, min(Settings().rounds, round(seconds / SAMPLES_SECONDS)))
    precision = config.getoption("benchmark_precision", None)
    restarts = max(1, round(seconds / (rounds * SAMPLES_SECONDS)))
    return Settings(
        least_restarts=min(Settings().least_restarts, restarts),
        most_restarts=restarts,
        rounds=rounds,
        precision=float(precision) if precision else 0.0,
        budget_seconds=2 * DAY_SECONDS,  # the restarts are counted already
        most_visit_seconds=max(1.0, MOST_VISITS * seconds),
    )
