"""The `fiftyx` command. The only place that prints errors and exits.

Exit status: 0 fine; 1 the answer is bad (a net is wrong or failed); 2 the request was bad; 3 could not
tell (nothing was measured or checked); 130 interrupted.
"""

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from bench import __version__, store
from bench.cell import DEVICES, Cell, select, with_references
from bench.conductor import Conductor
from bench.environment import ROOT
from bench.errors import UserError
from bench.framework import missing
from bench.machine import commit, gpus, machine
from bench.netfile import REFERENCE, NetFile, discover
from bench.problem import DTYPES, WORKLOADS, Size
from bench.progress import shown
from bench.record import Record, Run, Settings

console = Console()

QUICK = Settings(least_restarts=3, most_restarts=3, rounds=6, budget_seconds=25.0)
PAGE = Path("reports/index.html")


def selection(command: Any) -> Any:
    """The options that choose cells, alike for every command that takes them."""
    options = [
        click.argument("net", nargs=-1),
        click.option("--workload", multiple=True, help=f"{', '.join(WORKLOADS)}; may be repeated."),
        click.option("--size", multiple=True, help="tutorial, or N,D_in,H,D_out; may be repeated."),
        click.option("--dtype", multiple=True, help=f"{', '.join(DTYPES)}; may be repeated."),
        click.option("--device", multiple=True, help="cpu, cuda or all; without it all that is there."),
        click.option("--threads", default="all", help="1, another number, or all: each framework's own default."),
        click.option("--all", "everything", is_flag=True, help="Every workload, dtype and device of every net."),
        click.option("--nets", multiple=True, type=click.Path(path_type=Path), help="A folder with nets of yours."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def cells_of(
    nets: dict[str, NetFile],
    net: Sequence[str],
    workload: Sequence[str],
    size: Sequence[str],
    dtype: Sequence[str],
    device: Sequence[str],
    threads: str,
    everything: bool,
) -> tuple[Cell, ...]:
    """The chosen cells, NumPy's among them; without --dtype float32, and NumPy in the tutorial's float64 too."""
    present = DEVICES if gpus() else ("cpu",)
    devices = DEVICES if "all" in device or everything else tuple(device) or present
    sizes = tuple(Size.parse(text) for text in size or ("tutorial",))
    workloads = WORKLOADS if everything else tuple(workload) or ("two_layer",)
    dtypes = DTYPES if everything else tuple(dtype) or ("float32",)
    cells = with_references(select(nets, net, workloads, sizes, dtypes, devices, threads))
    if not dtype and not everything:
        cells += tuple(replace(cell, dtype="float64") for cell in cells if cell.net == REFERENCE)
    return tuple(dict.fromkeys(cells))


def new_run(cells: Sequence[Cell], settings: Settings) -> Run:
    records = {cell.id: Record(cell, "pending") for cell in cells}
    return Run(machine(), commit(ROOT), datetime.now(UTC).isoformat(timespec="seconds"), settings, records)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="fiftyx")
def fiftyx() -> None:
    """Trains the two-layer net of "Learning PyTorch with Examples" in every framework, proves that all
    compute the same, and times them side by side."""


@fiftyx.command()
@selection
@click.option("--quick", is_flag=True, help="Three restarts of few rounds: under a minute, provisional intervals.")
@click.option("--seconds", type=click.FloatRange(min=1), help="Budget for the timing.  [default: 120]")
@click.option("--precision", type=click.FloatRange(min=0), help="Stop at this half-width.  [default: 0.02]")
@click.option("--out", type=click.Path(path_type=Path), help="The run file.  [default: results/<machine>/<time>.json]")
@click.option("--resume", is_flag=True, help="Go on with the run in --out, or with the newest one.")
def run(
    quick: bool, seconds: float | None, precision: float | None, out: Path | None, resume: bool, **chosen: Any
) -> int:
    """Check, then time NETs (all of them, if none is named), and write a run file."""
    nets = discover(chosen.pop("nets"))
    if resume:
        path = out or store.newest()
        job = resumed(path, nets)
    else:
        settings = QUICK if quick else Settings()
        settings = replace(settings, budget_seconds=seconds or settings.budget_seconds)
        settings = replace(settings, precision=settings.precision if precision is None else precision)
        job = new_run(cells_of(nets, **chosen), settings)
        path = out or store.new_path(job)
    store.save(job, path)
    try:
        with shown(console, job.settings.budget_seconds) as progress:
            job = Conductor(job, nets, lambda state: store.save(state, path), progress).conduct()
    except KeyboardInterrupt:
        console.print(f"interrupted; what was measured is in {path}; `fiftyx run --resume --out {path}` goes on")
        return 130
    print_times(job)
    console.print(f"run: {path}", highlight=False, soft_wrap=True)
    return judged(job, "measured")


def resumed(path: Path, nets: dict[str, NetFile]) -> Run:
    """The unfinished run of a file. Raises UserError where it cannot go on here and now."""
    job = store.load(path)
    if job.finished:
        raise UserError(f"{path} is finished: leave out --resume to measure anew")
    if job.machine["fingerprint"] != machine()["fingerprint"]:
        raise UserError(f"{path} was measured on another machine or other packages: leave out --resume")
    gone = sorted({record.cell.net for record in job.records.values()} - nets.keys())
    if gone:
        raise UserError(f"{path} times {', '.join(gone)}, which is not here: add its folder with --nets")
    return job


@fiftyx.command()
@selection
def check(**chosen: Any) -> int:
    """Compare NETs (all of them, if none is named) with float64 NumPy, and time nothing."""
    nets = discover(chosen.pop("nets"))
    job = new_run(cells_of(nets, **chosen), Settings())
    with shown(console, 0.0) as progress:
        job = Conductor(job, nets, lambda state: None, progress).check()
    return judged(job, "pending")


@fiftyx.command("list")
@click.option("--nets", multiple=True, type=click.Path(path_type=Path), help="A folder with nets of yours.")
def list_(nets: Sequence[Path]) -> int:
    """Show every net, what it offers, and whether it can run here."""
    table = Table("net", "workloads", "dtypes", "devices", "here", box=None, pad_edge=False)
    for net in discover(nets).values():
        if net.defect:
            here = f"no: {net.defect}"
        else:
            here = missing(net.imports) or ("no NVIDIA GPU" if net.devices == ("cuda",) and not gpus() else "yes")
        for variant in net.variants:
            name = f"{net.name}:{variant}" if variant else net.name
            table.add_row(name, " ".join(net.workloads), " ".join(net.dtypes), " ".join(net.devices), here)
    console.print(table)
    return 0


@fiftyx.command()
@click.argument("result", required=False, type=click.Path(path_type=Path))
@click.option("--out", default=PAGE, show_default=True, type=click.Path(path_type=Path), help="The page to write.")
def report(result: Path | None, out: Path) -> int:
    """Write the page of a run (RESULT, or the newest under results/) and print its verdict."""
    from reports.claims import fifty_times
    from reports.page import write

    path = result or store.newest()
    job = store.load(path)
    write(job, out, source=path)
    console.print(fifty_times(job).sentence, highlight=False, markup=False, soft_wrap=True)
    console.print(f"page: {out.resolve().as_uri()}", highlight=False, soft_wrap=True)
    return 0


def print_times(job: Run) -> None:
    """The measured cells, fastest first within each question, with speedups over NumPy."""
    table = Table("cell", "step", "over NumPy", "interval", "first step", box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    measured = [record for record in job.records.values() if record.outcome == "measured"]
    times = {record.cell: job.time(record) for record in measured}
    for record in sorted(measured, key=lambda r: (r.cell.question, getattr(times[r.cell], "value", 0.0))):
        took, speedup = times[record.cell], job.speedup(record)
        if took is None:
            continue
        ratio = f"{speedup.value:.2f}x" if speedup else ""
        interval = f"{speedup.low:.2f} to {speedup.high:.2f}" if speedup and speedup.low and speedup.high else ""
        mark = "?" if speedup and speedup.provisional else ""
        first = f"{record.starts[0].first_step_seconds * 1e3:.1f} ms" if record.starts else ""
        table.add_row(record.cell.id, f"{took.value * 1e6:.1f} us", ratio, interval + mark, first)
    console.print(table)


def judged(job: Run, good: str) -> int:
    """The exit status: 1 where a cell is wrong or failed, 3 where none came out well."""
    outcomes = {record.outcome for record in job.records.values()}
    if outcomes & {"wrong", "failed"}:
        return 1
    return 0 if good in outcomes else 3


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command and exits; a mistake of the user's is one line on standard error and status 2."""
    try:
        status = fiftyx.main(arguments, prog_name="fiftyx", standalone_mode=False)
    except (UserError, click.ClickException) as error:
        message = error.format_message() if isinstance(error, click.ClickException) else str(error)
        print(f"fiftyx: {message}", file=sys.stderr)
        status = 2
    except (KeyboardInterrupt, click.Abort):
        status = 130
    sys.exit(status)
