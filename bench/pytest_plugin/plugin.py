"""The hooks of pytest: `pytest --benchmark-only` runs the same engine and replays its samples.

Every phase of every cell of `implementations/` (and of `--nets` folders) is an item. When the first
selected one starts, the engine measures all the selected cells together, interleaved; each item then hands
its cell's rounds to pytest-benchmark, whose table, JSON, storage and compare work as ever.

`--benchmark-max-time` is seconds of slices per cell, `--benchmark-min-rounds` the least rounds of a restart,
`--benchmark-precision` ours; `--benchmark-disable` takes one real step per cell.
"""

import warnings
from pathlib import Path
from typing import Any

import pytest

from bench.errors import UserError
from bench.files import run_json
from bench.host.machine import machine
from bench.nets.net_file import IMPLEMENTATIONS
from bench.pytest_plugin.items import CELL, NetCollector
from bench.pytest_plugin.measurement import Measurement
from bench.records.cell import holds_lower_bounds

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
        plugin = Benchmarks(Measurement(config))
    except UserError as error:
        raise pytest.UsageError(str(error)) from error
    config.pluginmanager.register(plugin, "fiftyx-benchmarks")
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args = [str(IMPLEMENTATIONS), *map(str, config.getoption("nets"))]


def _benchmarking(config: pytest.Config) -> bool:
    """Plain pytest times nothing, with pytest-benchmark or without (`-p no:benchmark`)."""
    return bool(config.getoption("benchmark_only", False) or config.getoption("benchmark_disable", False))


class Benchmarks:
    """The hooks that are called only where nets are benchmarked."""

    def __init__(self, measurement: Measurement) -> None:
        self._measurement = measurement

    @pytest.hookimpl
    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        net = self._measurement.nets.get(file_path.stem)
        if net is None or holds_lower_bounds(net.name) or net.path != file_path.resolve():
            return None
        collector: NetCollector = NetCollector.from_parent(parent, path=file_path)
        collector.measurement, collector.net = self._measurement, net
        return collector

    @pytest.hookimpl
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._measurement.cells = tuple(item.stash[CELL] for item in session.items if CELL in item.stash)

    @pytest.hookimpl(optionalhook=True)
    def pytest_benchmark_update_machine_info(self, machine_info: dict[str, Any]) -> None:
        machine_info |= machine()

    @pytest.hookimpl(optionalhook=True)
    def pytest_benchmark_update_json(self, output_json: dict[str, Any]) -> None:
        """With this the file of `--benchmark-json` is a run that `fiftyx report` reads."""
        if self._measurement.measured is not None:
            whole = run_json.to_json(self._measurement.measured)
            output_json["fiftyx"] = whole["fiftyx"]
            # The NumPy cells that joined as references are no items, but speedups need their rounds.
            shown = {entry["fullname"] for entry in output_json["benchmarks"]}
            output_json["benchmarks"] += [entry for entry in whole["benchmarks"] if entry["fullname"] not in shown]
