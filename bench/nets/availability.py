"""Which cells can run on this machine, judged without starting anything."""

from bench.host.devices import absent
from bench.host.frameworks import missing
from bench.nets.net_file import NetFile
from bench.records.cell import Cell
from bench.records.record import CellEnded


def obstacle(cell: Cell, net: NetFile) -> CellEnded | None:
    """Why a cell cannot run on this machine, judged without starting it."""
    if net.defect:
        return CellEnded("failed", net.defect)
    if reason := missing(net.imports):
        return CellEnded("skipped", reason)
    if reason := absent(cell.device):
        return CellEnded("skipped", reason)
    return None
