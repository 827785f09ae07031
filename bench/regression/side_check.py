"""Which cells cannot be measured on a side: those it lacks, those that cannot start, those that are wrong."""

from collections.abc import Sequence

from bench.nets.availability import obstacle
from bench.records.cell import Cell
from bench.records.settings import Settings
from bench.regression.ended import Ended
from bench.regression.paired_measurement import Side
from bench.runner.check_stage import check
from bench.runner.job import new_run
from bench.runner.progress import Progress
from bench.runner.recorder import Recorder
from bench.worker.launch import HERE


def check_side(side: Side, cells: Sequence[Cell], progress: Progress) -> dict[Cell, Ended]:
    """The cells that the side cannot measure, and why; the others agree with the reference."""
    progress.whose = f"{side.label}: "
    ended = {cell: Ended(side.label, "absent", reason) for cell in cells if (reason := absence(side, cell))}
    present = [cell for cell in cells if cell not in ended]
    recorder = Recorder(new_run(present, Settings()), lambda run: None, progress)
    check(recorder, side.nets, side.launch)
    for record in recorder.run.records.values():
        if record.outcome != "pending":
            ended[record.cell] = Ended(side.label, record.outcome, record.reason)
    return ended


def absence(side: Side, cell: Cell) -> str | None:
    """Why the side has nothing to start for the cell, judged without starting anything; None where it has."""
    net = side.nets.get(cell.net)
    if net is None:
        return f"no net {cell.net}"
    if net.defect:
        return net.defect
    offered = cell.variant in net.variants and net.offers(cell.variant, cell.workload, cell.dtype)
    if not offered or cell.device not in net.devices_of(cell.variant):
        return f"{cell.label} does not offer {cell.workload} in {cell.dtype} on {cell.device}"
    # What another interpreter lacks is reported by its worker
    end = obstacle(cell, net) if side.launch.python == HERE.python else None
    return end.reason if end else None
