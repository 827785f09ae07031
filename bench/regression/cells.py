"""Which cells a duel or a calibration measures."""

from collections.abc import Mapping
from dataclasses import replace

from bench.nets.availability import obstacle
from bench.nets.net_file import NetFile
from bench.records.cell import Cell
from bench.runner.choice import Choice, default_nets
from bench.workloads.catalogue import TIMED


def compared_cells(choice: Choice, nets: Mapping[str, NetFile]) -> tuple[Cell, ...]:
    """The timed cells asked for, without lower bounds; where no net is named, the default nets that can run here.

    Raises UserError where a name is unknown or nothing is left.
    """
    if choice.nets or choice.everything:
        cells = choice.cells(nets, TIMED, ("two_layer",))
    else:
        cells = replace(choice, nets=default_nets(nets)).cells(nets, TIMED, ("two_layer",))
        cells = tuple(cell for cell in cells if obstacle(cell, nets[cell.net]) is None)
    return tuple(cell for cell in cells if not cell.is_lower_bound)
