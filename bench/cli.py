"""The `fiftyx` command. The only place that prints errors and exits.

Exit status: 0 fine; 1 the answer is bad (a net is wrong or failed); 2 the request was bad; 3 could not
tell (nothing of what was asked could be measured or checked); 130 interrupted; 141 nobody reads the output.
"""

import json
import sys
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from bench import __version__, catalog, store, tables
from bench.cell import DEVICES, Cell, select
from bench.conductor import Conductor
from bench.errors import UserError
from bench.machine import present_devices
from bench.netfile import NetFile, discover
from bench.plan import QUICK, default_nets, planned, resumed, with_tutorial_baseline
from bench.problem import DTYPES, TIMED, WORKLOADS, Size
from bench.progress import shown
from bench.record import Outcome, Run, Settings

# A pipe has no width of its own; a table's lines must be neither cut nor folded there.
console = Console() if sys.stdout and sys.stdout.isatty() else Console(width=1000)

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
    default: Sequence[str] = (),
    usual: Sequence[str] = ("two_layer",),
    known: Collection[str] = TIMED,
) -> tuple[Cell, ...]:
    """The chosen cells; by default in float32 at the tutorial size on the devices that are there.

    `default` names the nets, `usual` the workloads of a request that names none; `known` are all that may be asked for.
    """
    for name in WORKLOADS.keys() & set(workload) - set(known):
        raise UserError(f"{name} is only checked, not timed: use `fiftyx check --workload {name}`")
    return select(
        nets,
        net or (() if everything else default),
        workload or (known if everything else usual),
        tuple(Size.parse(text) for text in size or ("tutorial",)),
        dtype or (DTYPES if everything else ("float32",)),
        DEVICES if "all" in device else device or (DEVICES if everything else present_devices()),
        threads,
        fallback=not (device or everything),
    )


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="fiftyx")
def fiftyx() -> None:
    """Trains the two-layer net of "Learning PyTorch with Examples" in every framework, proves that all
    compute the same, and times them side by side."""


@fiftyx.command()
@selection
@click.option("--quick", is_flag=True, help="Three restarts of few rounds: under a minute, provisional intervals.")
@click.option("--seconds", type=click.FloatRange(1, 1e6), help="Budget for the timing.  [default: 160]")
@click.option("--precision", type=click.FloatRange(0, 1), help="Stop at this half-width.  [default: 0.02]")
@click.option("--out", type=click.Path(path_type=Path), help="The run file.  [default: results/<machine>/<time>.json]")
@click.option("--resume", is_flag=True, help="Go on with the run in --out, or with the newest one.")
def run(
    quick: bool, seconds: float | None, precision: float | None, out: Path | None, resume: bool, **chosen: Any
) -> int:
    """Check, then time NETs (a telling few, if none is named), and write a run file."""
    nets = discover(chosen.pop("nets"))
    asked: Sequence[Cell]
    if resume:
        if quick or chosen.pop("threads") != "all" or any(chosen.values()):
            raise UserError("--resume takes the cells from the file: leave out what else chooses cells or --quick")
        path = out or store.newest()
        job = resumed(path, nets)
        asked = [record.cell for record in job.records.values()]
    else:
        asked = cells_of(nets, **chosen, default=default_nets(nets))
        job = planned(asked if chosen["dtype"] else with_tutorial_baseline(asked), QUICK if quick else Settings())
        path = out or store.new_path(job)
        if path.is_file():
            raise UserError(f"{path} is there already: add --resume to go on with it, or choose another --out")
    settings = replace(job.settings, budget_seconds=seconds or job.settings.budget_seconds)
    settings = replace(settings, precision=settings.precision if precision is None else precision)
    job = replace(job, settings=settings)
    store.save(job, path)
    try:
        with shown(console, job.settings.budget_seconds) as progress:
            job = Conductor(job, nets, lambda state: store.save(state, path), progress).conduct()
    except KeyboardInterrupt:
        text = f"interrupted; what was measured is in {path}; `fiftyx run --resume --out {path}` goes on"
        console.print(text, highlight=False, markup=False, soft_wrap=True)
        return 130
    for table in tables.of_times(job):
        console.print(table)
    console.print(f"run: {path}", highlight=False, markup=False, soft_wrap=True)
    return judged(job, asked, "measured")


@fiftyx.command()
@selection
def check(**chosen: Any) -> int:
    """Compare NETs (all of them, if none is named) with float64 NumPy, and time nothing."""
    nets = discover(chosen.pop("nets"))
    asked = cells_of(nets, **chosen, usual=("two_layer", "basics"), known=WORKLOADS)
    job = planned(asked, Settings())
    with shown(console, 0.0) as progress:
        job = Conductor(job, nets, lambda state: None, progress).check()
    return judged(job, asked, "pending")


@fiftyx.command("list")
@click.option("--nets", multiple=True, type=click.Path(path_type=Path), help="A folder with nets of yours.")
@click.option("--json", "for_machines", is_flag=True, help="The same as JSON, with sizes and obstacles.")
def list_(nets: Sequence[Path], for_machines: bool) -> int:
    """Show every net, what it offers, and whether it can run here."""
    found = discover(nets)
    if for_machines:
        click.echo(json.dumps(catalog.to_json(found), indent=2))
        return 0
    offers = catalog.offers(found)
    console.print(tables.of_offers(offers))
    for reason, labels in catalog.absences(offers).items():
        console.print(f"not here: {', '.join(labels)}: {reason}", highlight=False, markup=False, soft_wrap=True)
    return 0


@fiftyx.command()
@click.argument("result", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "kind",
    type=click.Choice(["html", "csv", "markdown", "json"]),
    default="html",
    help="The page, or its numbers.",
)
@click.option("--out", type=click.Path(path_type=Path), help=f"The file to write.  [default: {PAGE}, or print it]")
def report(result: Sequence[Path], kind: str, out: Path | None) -> int:
    """Write the page of RESULTs (without any: of each machine's newest run under results/) and print the verdicts.

    Machines stand side by side and are never mixed. The other formats are printed: csv has a row for each cell with
    its intervals, markdown the verdicts and times, json both. A RESULT that cannot be read is one line on standard
    error; the others are reported all the same, and the exit status is 2.
    """
    from reports import export, page
    from reports.claims import fifty_times

    runs = []
    paths = dict.fromkeys(result or store.newest_of_each())
    for path in paths:
        try:
            runs.append((store.load(path), path))
        except UserError as error:
            print(f"fiftyx: {error}", file=sys.stderr)
    if runs and kind == "html":
        page.write(runs, out or PAGE)
        for job, _ in runs:
            console.print(fifty_times(job).sentence, highlight=False, markup=False, soft_wrap=True)
        console.print(f"page: {(out or PAGE).resolve().as_uri()}", highlight=False, markup=False, soft_wrap=True)
    elif runs:
        text = export.FORMATS[kind]([job for job, _ in runs])
        store.write_whole(text, out) if out else click.echo(text, nl=False)
    return 0 if len(runs) == len(paths) else 2


def judged(job: Run, asked: Sequence[Cell], good: Outcome) -> int:
    """The exit status: 1 where a cell is wrong or failed, 3 where none of those asked for came out well."""
    if {record.outcome for record in job.records.values()} & {"wrong", "failed"}:
        return 1
    return 0 if good in {job.records[cell.id].outcome for cell in asked} else 3


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command and exits; a mistake of the user's is one line on standard error and status 2."""
    try:
        status = fiftyx.main(arguments, prog_name="fiftyx", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        status = 2
    except (UserError, click.ClickException) as error:
        message = error.format_message() if isinstance(error, click.ClickException) else str(error)
        print(f"fiftyx: {message}", file=sys.stderr)
        status = 2
    except (KeyboardInterrupt, click.Abort):
        status = 130
    except SystemExit:
        status = 141  # rich and click leave so when whoever read our output has gone
    except OSError as error:
        print(f"fiftyx: {error}: make room or mend the permissions, then try again", file=sys.stderr)
        status = 2
    sys.exit(status)
