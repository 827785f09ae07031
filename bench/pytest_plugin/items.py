"""What pytest collects: an item for each phase of each cell of a net's file."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from bench.files import benchmark_entries
from bench.host.devices import present_devices
from bench.nets.net_file import NetFile
from bench.nets.selection import select
from bench.pytest_plugin.measurement import Measurement
from bench.pytest_plugin.replay import Replay
from bench.records.cell import Cell
from bench.records.record import CUMULATIVE_PHASES, DEVICE, LATENCY, LOSS_READ, SEPARATE_PHASES, CellEnded
from bench.workloads.catalogue import TIMED
from bench.workloads.dtypes import DTYPES
from bench.workloads.size import TUTORIAL

CELL = pytest.StashKey[Cell]()


class NetCollector(pytest.File):
    """A net's file as a collector of its cells' phases."""

    measurement: Measurement
    net: NetFile

    def collect(self) -> Iterator[pytest.Item]:
        for cell in self._cells():
            for phase in ("step",) if self.measurement.dry else phases(self.net, cell):
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
        return select(self.measurement.nets, names, TIMED, (TUTORIAL,), DTYPES, present_devices(), fallback=True)

    def _test(self, cell: Cell, phase: str, timer: Replay) -> Any:
        def test(benchmark: Any) -> None:
            if self.measurement.dry:
                try:
                    benchmark(self.measurement.step_once, cell)
                except CellEnded as end:
                    report(end.outcome, end.reason)
                return
            record = self.measurement.run.records[cell.id]
            if record.outcome != "measured":
                report(record.outcome, record.reason)
            if phase not in record.seconds:
                pytest.skip(f"{cell.label} has no {phase} of its own, or too few rounds for one")
            benchmark.name, benchmark.fullname = benchmark_entries.names(cell, phase)
            benchmark.param = cell.id
            benchmark.extra_info.update(benchmark_entries.extra_info(record, phase))
            timer.load(record.seconds[phase].values())
            benchmark.pedantic(lambda: None, rounds=len(record.seconds[phase]))

        return test


def phases(net: NetFile, cell: Cell) -> tuple[str, ...]:
    on_device = (DEVICE,) if cell.runs_on.events else ()
    return ("step", LATENCY, LOSS_READ, *on_device, *(CUMULATIVE_PHASES if net.cumulative else SEPARATE_PHASES))


def report(outcome: str, reason: str) -> None:
    """A cell that was not measured: skipped, or a failure without a traceback through this file."""
    if outcome == "skipped":
        pytest.skip(reason)
    pytest.fail(f"{outcome}: {reason}", pytrace=False)
