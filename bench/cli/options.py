"""Options that several commands share: those that choose cells, and those of comparisons."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from bench.host.devices import DEVICES
from bench.records.cell import Cell
from bench.runner.choice import Choice
from bench.workloads.catalogue import WORKLOADS
from bench.workloads.dtypes import DTYPES
from bench.workloads.size import parse_sizes

Decorator = Callable[[Any], Any]

FILE = click.Path(path_type=Path)
SECONDS = click.FloatRange(1, 1e6)
MARGIN_HELP = "Ignore relative changes smaller than this."


def nets_option() -> Decorator:
    """Folders with nets that do not come with this project."""
    return click.option("--nets", multiple=True, type=FILE, help="A folder with your own nets; may be repeated.")


def selection(threads: str = Cell.threads, threads_help: str = "") -> Decorator:
    """The options that choose cells: the same for every command but for `--threads`."""
    options = [
        click.argument("net", nargs=-1),
        click.option("--workload", multiple=True, help=f"{', '.join(WORKLOADS)}; may be repeated."),
        click.option(
            "--size", multiple=True, help="tutorial, N,D_in,H,D_out, or sweep (a grid of sizes); may be repeated."
        ),
        click.option("--dtype", multiple=True, help=f"{', '.join(DTYPES)}; may be repeated."),
        click.option(
            "--device",
            multiple=True,
            help=f"{', '.join(DEVICES)} or all; may be repeated. Default: every device found.",
        ),
        click.option(
            "--threads",
            default=threads,
            show_default=True,
            help=f"1, another number, or all: each framework's own default{threads_help}.",
        ),
        click.option(
            "--allocator",
            default=Cell.allocator,
            show_default=True,
            help="pinned: the same settings for every net; system: the C library's own.",
        ),
        click.option("--all", "everything", is_flag=True, help="Every workload, dtype and device of every net."),
        nets_option(),
    ]

    def decorate(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def chosen_by(options: dict[str, Any]) -> Choice:
    """The choice that the options of `selection` make."""
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
