"""The pytest door: `pytest --benchmark-only` runs the same engine and replays its samples.

Every phase of every cell of `implementations/` (and of `--nets` folders) is an item. When the first
selected one starts, the engine measures all the selected cells together, interleaved; each item then hands
its cell's rounds to pytest-benchmark, whose table, JSON, storage and compare work as ever.

`--benchmark-max-time` is seconds of slices per cell, `--benchmark-min-rounds` the rounds of a restart,
`--benchmark-precision` ours; `--benchmark-disable` takes one real step per cell.
"""

import tempfile
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bench.errors import UserError
from bench.files import benchmark_entries, run_json
from bench.host.devices import present_devices
from bench.host.machine import machine
from bench.nets.availability import obstacle
from bench.nets.net_file import IMPLEMENTATIONS, NetFile, discover
from bench.nets.selection import select, with_references
from bench.records.cell import Cell, is_floors
from bench.records.record import CUMULATIVE_PHASES, DEVICE, LATENCY, LOSS_READ, SEPARATE_PHASES, CellEnded
from bench.records.run import Run, Settings
from bench.runner.job import planned
from bench.runner.progress import DAY_SECONDS, Progress
from bench.runner.runner import Conductor
from bench.worker.process import WorkerProcess
from bench.workloads.problem import DTYPES, TIMED, TUTORIAL

MEANINGLESS = ("timer", "warmup", "cprofile", "disable-gc", "calibration-precision", "min-time", "confidence")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("benchmark").addoption(
        "--nets",
        action="append",
        type=Path,
        default=[],
        metavar="DIR",
        help="A folder with nets of yours; write it with =, or pytest takes an outside folder for its root.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Turns `--benchmark-only` to the nets. Raises UsageError where a request cannot be met."""
    if not _benchmarking(config):
        return
    if config.getoption("dist", "no") != "no" or hasattr(config, "workerinput"):
        raise pytest.UsageError("benchmarks in several processes disturb each other: leave out -n and --dist")
    for option in MEANINGLESS:
        if any(str(word).startswith(f"--benchmark-{option}") for word in config.invocation_params.args):
            warnings.warn(f"--benchmark-{option} has no meaning here: the engine times the nets", stacklevel=1)
    try:
        door = Door(config)
    except UserError as error:
        raise pytest.UsageError(str(error)) from error
    config.pluginmanager.register(door, "fiftyx-door")
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args = [str(IMPLEMENTATIONS), *map(str, config.getoption("nets"))]


def _benchmarking(config: pytest.Config) -> bool:
    """Plain pytest times nothing, with pytest-benchmark or without (`-p no:benchmark`)."""
    return bool(config.getoption("benchmark_only", False) or config.getoption("benchmark_disable", False))


class Door:
    """Collects the items, measures the selected cells once, and answers for each of them."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self.nets = discover(config.getoption("nets"))
        self.dry = bool(config.getoption("benchmark_disable"))
        self._cells: tuple[Cell, ...] = ()
        self._run: Run | None = None

    @pytest.hookimpl
    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        net = self.nets.get(file_path.stem)
        if net is None or is_floors(net.name) or net.path != file_path.resolve():
            return None
        found: NetCollector = NetCollector.from_parent(parent, path=file_path)
        found.door, found.net = self, net
        return found

    @pytest.hookimpl
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._cells = tuple(item.stash[CELL] for item in session.items if CELL in item.stash)

    @property
    def run(self) -> Run:
        """The measured run; the first to ask has it measured."""
        if self._run is None:
            capture = self._config.pluginmanager.getplugin("capturemanager")
            job = planned(with_references(self._cells), settings(self._config))
            with capture.global_and_fixture_disabled():
                progress = Progress(Console(), job.settings.budget_seconds)
                self._run = Conductor(job, self.nets, lambda state: None, progress).conduct()
        return self._run

    def step_once(self, cell: Cell) -> None:
        """One real step in a worker, for `--benchmark-disable`."""
        net = self.nets[cell.net]
        if end := obstacle(cell, net):
            report(end.outcome, end.reason)
        with tempfile.TemporaryDirectory(prefix="fiftyx-", ignore_cleanup_errors=True) as folder:
            worker = WorkerProcess(cell, net, Path(folder) / "worker")
            try:
                worker.send("once")
                worker.loaded(Settings().timeout_seconds)
                worker.receive(Settings().timeout_seconds)
            except CellEnded as end:
                report(end.outcome, end.reason)
            finally:
                worker.kill()

    @pytest.hookimpl(optionalhook=True)
    def pytest_benchmark_update_machine_info(self, machine_info: dict[str, Any]) -> None:
        machine_info |= machine()

    @pytest.hookimpl(optionalhook=True)
    def pytest_benchmark_update_json(self, output_json: dict[str, Any]) -> None:
        """With this the file of `--benchmark-json` is a run that `fiftyx report` reads."""
        if self._run is not None:
            whole = run_json.to_json(self._run)
            output_json["fiftyx"] = whole["fiftyx"]
            # The NumPy cells that joined as references are no items, but speedups need their rounds.
            shown = {entry["fullname"] for entry in output_json["benchmarks"]}
            output_json["benchmarks"] += [entry for entry in whole["benchmarks"] if entry["fullname"] not in shown]


CELL = pytest.StashKey[Cell]()


class NetCollector(pytest.File):
    """A net's file as a collector of its cells' phases."""

    door: Door
    net: NetFile

    def collect(self) -> Iterator[pytest.Item]:
        for cell in self._cells():
            for phase in ("step",) if self.door.dry else phases(self.net, cell):
                timer = Replay()
                name = f"{phase}[{':'.join(filter(None, [cell.variant, cell.conditions]))}]"
                item = pytest.Function.from_parent(self, name=name, callobj=self._test(cell, phase, timer))
                item.add_marker(pytest.mark.benchmark(timer=timer, group=benchmark_entries.group(cell, phase)))
                # A cell that came to nothing has nothing for the fixture to replay.
                item.add_marker(pytest.mark.filterwarnings("ignore:Benchmark fixture was not used"))
                item.stash[CELL] = cell
                yield item

    def _cells(self) -> Iterable[Cell]:
        if not self.net.defect and not set(self.net.workloads) & set(TIMED):
            return ()
        names = [f"{self.net.name}:{variant}" for variant in self.net.variants]
        return select(self.door.nets, names, TIMED, (TUTORIAL,), DTYPES, present_devices(), "all", fallback=True)

    def _test(self, cell: Cell, phase: str, timer: "Replay") -> Any:
        def test(benchmark: Any) -> None:
            if self.door.dry:
                benchmark(self.door.step_once, cell)
                return
            record = self.door.run.records[cell.id]
            if record.outcome != "measured":
                report(record.outcome, record.reason)
            if phase not in record.seconds:
                pytest.skip(f"{cell.label} has no {phase} of its own")
            benchmark.name, benchmark.fullname = benchmark_entries.names(cell, phase)
            benchmark.param = cell.id
            benchmark.extra_info.update(benchmark_entries.extra_info(record, phase))
            timer.load(record.seconds[phase].values())
            benchmark.pedantic(lambda: None, rounds=len(record.seconds[phase]))

        return test


def phases(net: NetFile, cell: Cell) -> tuple[str, ...]:
    on_device = (DEVICE,) if cell.device == "cuda" else ()
    return ("step", LATENCY, LOSS_READ, *on_device, *(CUMULATIVE_PHASES if net.cumulative else SEPARATE_PHASES))


def report(outcome: str, reason: str) -> None:
    """A cell that was not measured: skipped, or a failure without a traceback through this file."""
    if outcome == "skipped":
        pytest.skip(reason)
    pytest.fail(f"{outcome}: {reason}", pytrace=False)


def settings(config: pytest.Config) -> Settings:
    """The engine's settings for pytest-benchmark's options."""
    rounds = int(config.getoption("benchmark_min_rounds"))
    precision = config.getoption("benchmark_precision", None)
    visit_seconds = 1.9 * Settings().slice_seconds  # of steps, phases, latency and reading the loss
    restarts = max(1, round(float(config.getoption("benchmark_max_time")) / (rounds * visit_seconds)))
    return Settings(
        least_restarts=min(Settings().least_restarts, restarts),
        most_restarts=restarts,
        rounds=rounds,
        precision=float(precision) if precision else 0.0,
        budget_seconds=2 * DAY_SECONDS,  # the restarts are counted already
    )


class Replay:
    """A timer that gives pedantic() the recorded samples: it reads its timer twice a round."""

    __name__ = "fiftyx_replay"

    def __init__(self) -> None:
        self._readings: Iterator[float] = iter(())

    def load(self, samples: Iterable[float]) -> None:
        self._readings = iter([reading for seconds in samples for reading in (0.0, seconds)])

    def __call__(self) -> float:
        return next(self._readings)
