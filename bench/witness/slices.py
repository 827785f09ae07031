"""A worker's slice, taken while the machine is fast and every other worker stands still."""

from bench.records.cell import Cell
from bench.witness.watch import Watch, Witnessed
from bench.worker.process import WorkerProcess
from bench.worker.protocol import Slice, TakeSlice


def take_slice(
    watch: Watch, worker: WorkerProcess, request: TakeSlice, timeout_seconds: float, patience_seconds: float
) -> tuple[Slice, Witnessed]:
    """The slice, and what the witness says of it; see Watch.measure. Raises CellEnded."""

    def act() -> Slice:
        answer = worker.ask(request, timeout_seconds)
        worker.stop()
        return answer

    return watch.measure(act, places(worker.cell, watch), patience_seconds)


def places(cell: Cell, watch: Watch) -> range:
    """The witness's processors that a cell's threads may use, by their places among all."""
    return range(watch.processors if cell.threads == "all" else min(int(cell.threads), watch.processors))
