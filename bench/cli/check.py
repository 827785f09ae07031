"""`fiftyx check`: does every net agree with float64 NumPy?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import click

from bench.cli.console import console, say
from bench.cli.exit_status import exit_status
from bench.cli.options import chosen_by, selection
from bench.nets.net_file import NetFile, discover, find
from bench.nets.selection import with_references
from bench.records.cell import Cell
from bench.records.settings import Settings
from bench.runner.choice import Choice
from bench.runner.job import new_run
from bench.runner.progress import shown
from bench.runner.runner import Runner
from bench.workloads.catalogue import WORKLOADS
from bench.workloads.dtypes import DTYPES


@click.command("check")
@selection()
def command(**options: Any) -> int:
    """Check that NETs agree with float64 NumPy; time nothing.

    NETs are checked in every workload and dtype that they offer, on the devices that are here. Without NETs: every
    net in two_layer and basics, in float32.
    """
    nets, choice = discover(options.pop("nets")), chosen_by(options)
    if choice.nets:
        choice = replace(choice, workloads=choice.workloads or tuple(WORKLOADS), dtypes=choice.dtypes or DTYPES)
    wanted = choice.cells(nets, tuple(WORKLOADS), ("two_layer", "basics"))
    job = new_run(with_references(wanted), Settings())
    with shown(console, 0.0) as progress:
        job = Runner(job, nets, lambda state: None, progress).check()
    for line in not_tried(choice, wanted, nets):
        say(line)
    return exit_status(job, wanted, "pending")


def not_tried(choice: Choice, wanted: Sequence[Cell], nets: Mapping[str, NetFile]) -> Iterator[str]:
    """Of each net that was named, the devices, workloads and dtypes that it offers and that were not asked for."""
    for name in choice.nets:
        net, variant = find(nets, name)
        cells = [cell for cell in wanted if (cell.net, cell.variant) == (net.name, variant)]
        offered = (net.devices_of(variant), net.workloads, net.dtypes)
        tried = ({cell.device for cell in cells}, {cell.workload for cell in cells}, {cell.dtype for cell in cells})
        left = [each for names, seen in zip(offered, tried, strict=True) for each in names if each not in seen]
        if left:
            yield f"not tried of {name}: {', '.join(left)}"
