"""`fiftyx check`: does every net agree with float64 NumPy?"""

from typing import Any

import click

from bench.cli.console import console
from bench.cli.exit_status import exit_status
from bench.cli.options import chosen_by, selection
from bench.nets.net_file import discover
from bench.nets.selection import with_references
from bench.records.settings import Settings
from bench.runner.job import new_run
from bench.runner.progress import shown
from bench.runner.runner import Runner
from bench.workloads.catalogue import WORKLOADS


@click.command("check")
@selection()
def command(**options: Any) -> int:
    """Check that NETs agree with float64 NumPy; time nothing. Without NETs: every net."""
    nets = discover(options.pop("nets"))
    wanted = chosen_by(options).cells(nets, tuple(WORKLOADS), ("two_layer", "basics"))
    job = new_run(with_references(wanted), Settings())
    with shown(console, 0.0) as progress:
        job = Runner(job, nets, lambda state: None, progress).check()
    return exit_status(job, wanted, "pending")
