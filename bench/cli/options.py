"""The options of the command that choose cells."""

from pathlib import Path
from typing import Any

import click

from bench.host.devices import DEVICES
from bench.runner.choice import Choice
from bench.workloads.catalogue import WORKLOADS
from bench.workloads.dtypes import DTYPES
from bench.workloads.size import parse_sizes


def selection(command: Any, threads: str = "all") -> Any:
    """The options that choose cells, alike for every command that takes them but for the usual `threads`."""
    options = [
        click.argument("net", nargs=-1),
        click.option("--workload", multiple=True, help=f"{', '.join(WORKLOADS)}; may be repeated."),
        click.option("--size", multiple=True, help="tutorial, N,D_in,H,D_out, or sweep: a grid; may be repeated."),
        click.option("--dtype", multiple=True, help=f"{', '.join(DTYPES)}; may be repeated."),
        click.option("--device", multiple=True, help=f"{', '.join(DEVICES)} or all; without it those that are there."),
        click.option(
            "--threads",
            default=threads,
            show_default=True,
            help="1, another number, or all: each framework's own default.",
        ),
        click.option(
            "--allocator", default="pinned", help="pinned: the same for all; system: the C library's own way."
        ),
        click.option("--all", "everything", is_flag=True, help="Every workload, dtype and device of every net."),
        click.option("--nets", multiple=True, type=click.Path(path_type=Path), help="A folder with nets of yours."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def chosen_by(options: dict[str, Any]) -> Choice:
    """What the options of `selection` ask for."""
    return Choice(
        options["net"],
        options["workload"],
        parse_sizes(options["size"]),
        options["dtype"],
        options["device"],
        options["threads"],
        options["allocator"],
        options["everything"],
    )
