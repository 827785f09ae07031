"""The `fiftyx` command. The only place that prints errors and exits.

Exit status: 0 fine; 1 the answer is bad (a net is wrong or failed, or slower than its base); 2 the request was
bad; 3 could not tell (nothing of what was asked could be measured, checked or compared); 130 interrupted; 141 nobody
reads the output.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from bench import __version__
from bench.cli import history as cli_history
from bench.cli import tables
from bench.cli.console import console, say
from bench.cli.duel import calibrate, duel
from bench.cli.options import chosen_by, selection
from bench.errors import UserError
from bench.files import run_files
from bench.files.atomic import write_whole
from bench.host.machine import machine
from bench.nets import listing
from bench.nets.net_file import discover
from bench.nets.selection import with_references
from bench.records.cell import Cell
from bench.records.record import Outcome
from bench.records.run import Run, Settings
from bench.runner.forecast import fitted, foretold
from bench.runner.job import QUICK, Choice, asked, grounded, planned, proofs, resumed
from bench.runner.progress import Progress, shown
from bench.runner.runner import Conductor, without_obstacles
from bench.workloads.problem import WORKLOADS

PAGE = Path("reports/index.html")
# So many other runs of a folder are looked through for repetitions.
LOOKED_THROUGH = 20


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="fiftyx")
def fiftyx() -> None:
    """Trains the two-layer net of "Learning PyTorch with Examples" in every framework, proves that all
    compute the same, and times them side by side."""


@fiftyx.command()
@selection
@click.option("--quick", is_flag=True, help="Three restarts of few rounds: under a minute, provisional intervals.")
@click.option("--seconds", type=click.FloatRange(1, 1e6), help="Budget for the timing.  [default: 215]")
@click.option("--precision", type=click.FloatRange(0, 1), help="Stop at this half-width.  [default: 0.02]")
@click.option("--out", type=click.Path(path_type=Path), help="The run file.  [default: results/<machine>/<time>.json]")
@click.option("--resume", is_flag=True, help="Go on with the run in --out, or with the newest one.")
@click.option("--dry-run", is_flag=True, help="Show the cells and the time they would take, and measure nothing.")
def run(
    quick: bool,
    seconds: float | None,
    precision: float | None,
    out: Path | None,
    resume: bool,
    dry_run: bool,
    **options: Any,
) -> int:
    """Check, then time NETs (a telling few, if none is named), and write a run file."""
    nets, choice = discover(options.pop("nets")), chosen_by(options)
    wanted: Sequence[Cell]
    if resume:
        if quick or choice != Choice():
            raise UserError("--resume takes the cells from the file: leave out what else chooses cells or --quick")
        path = out or run_files.newest()
        job = resumed(path, nets)
        wanted = [record.cell for record in job.records.values()]
    else:
        wanted = asked(choice, nets)
        besides = () if quick else proofs(choice, nets)
        job = planned(grounded(wanted, choice, nets), QUICK if quick else Settings(), besides)
        path = out or run_files.new_path(job)
        if path.is_file() and not dry_run:
            raise UserError(f"{path} is there already: add --resume to go on with it, or choose another --out")
    settings = replace(job.settings, budget_seconds=seconds or job.settings.budget_seconds)
    settings = replace(settings, precision=settings.precision if precision is None else precision)
    job = replace(job, settings=settings)
    if not resume:
        job = fitted(without_obstacles(job, nets))
        if not any(job.records[cell.id].outcome == "pending" for cell in wanted):
            Progress(console, 0.0).left_out(job.records.values())
            return judged(job, wanted, "measured")
    if dry_run:
        for line in foretold(job):
            say(line)
        return 0
    run_files.save(job, path)
    try:
        with shown(console, job.settings.budget_seconds) as progress:
            job = Conductor(job, nets, lambda state: run_files.save(state, path), progress).conduct()
    except KeyboardInterrupt:
        say(f"interrupted; what was measured is in {path}; `fiftyx run --resume --out {path}` goes on")
        return 130
    for table in tables.of_times(job):
        console.print(table)
    for line in tables.remarks(job):
        say(line)
    say(f"run: {path}")
    return judged(job, wanted, "measured")


@fiftyx.command()
@selection
def check(**options: Any) -> int:
    """Compare NETs (all of them, if none is named) with float64 NumPy, and time nothing."""
    nets = discover(options.pop("nets"))
    wanted = chosen_by(options).cells(nets, tuple(WORKLOADS), ("two_layer", "basics"))
    job = planned(with_references(wanted), Settings())
    with shown(console, 0.0) as progress:
        job = Conductor(job, nets, lambda state: None, progress).check()
    return judged(job, wanted, "pending")


@fiftyx.command("list")
@click.option("--nets", multiple=True, type=click.Path(path_type=Path), help="A folder with nets of yours.")
@click.option("--json", "for_machines", is_flag=True, help="The same as JSON, with sizes and obstacles.")
def list_(nets: Sequence[Path], for_machines: bool) -> int:
    """Show every net, what it offers, and whether it can run here."""
    found = discover(nets)
    if for_machines:
        click.echo(json.dumps(listing.to_json(found), indent=2))
        return 0
    offers = listing.offers(found)
    console.print(tables.of_offers(offer for offer in offers if not offer.is_floors))
    floors = ", ".join(offer.label for offer in offers if offer.is_floors)
    console.print(f"floors, measured beside the nets: {floors}", highlight=False, markup=False, soft_wrap=True)
    for reason, labels in listing.absences(offers).items():
        say(f"not here: {', '.join(labels)}: {reason}")
    return 0


@fiftyx.command()
@click.argument("result", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "kind",
    type=click.Choice(["html", "csv", "markdown", "json", "smaller-is-better"]),
    default="html",
    help="The page, or its numbers.",
)
@click.option("--out", type=click.Path(path_type=Path), help=f"The file to write.  [default: {PAGE}, or print it]")
def report(result: Sequence[Path], kind: str, out: Path | None) -> int:
    """Write the page of RESULTs (without any: of each machine's newest run under results/) and print the verdicts.

    Machines stand side by side and are never mixed. The other formats are printed: csv has a row for each cell with
    its intervals, markdown the verdicts and times, json both, and smaller-is-better is what
    github-action-benchmark reads under that name. A RESULT that cannot be read is one line on standard
    error; the others are reported all the same, and the exit status is 2.
    """
    from reports import page
    from reports.claims.s1_fifty_times import fifty_times
    from reports.export import tables

    runs = []
    paths = dict.fromkeys(result or run_files.newest_of_each())
    for path in paths:
        try:
            runs.append((run_files.load(path), path))
        except UserError as error:
            print(f"fiftyx: {error}", file=sys.stderr)
    beside = {other for _, path in runs for other in run_files.newest_beside(path, LOOKED_THROUGH)}
    if not result:  # this machine first
        runs.sort(key=lambda run: run[0].machine["name"] != machine()["name"])
    if runs and kind == "html":
        page.write(runs, out or PAGE, list(run_files.readable(sorted(beside))))
        for job, _ in runs:
            say(fifty_times(job).sentence)
        say(f"page: {(out or PAGE).resolve().as_uri()}")
    elif runs:
        text = tables.FORMATS[kind]([job for job, _ in runs])
        write_whole(text, out) if out else click.echo(text, nl=False)
    return 0 if len(runs) == len(paths) else 2


fiftyx.add_command(cli_history.compare_)
fiftyx.add_command(cli_history.trend_)
fiftyx.add_command(duel)
fiftyx.add_command(calibrate)


def judged(job: Run, wanted: Sequence[Cell], good: Outcome) -> int:
    """The exit status: 1 where a cell is wrong or failed, 3 where none of those wanted came out well."""
    if {record.outcome for record in job.records.values()} & {"wrong", "failed"}:
        return 1
    return 0 if good in {job.records[cell.id].outcome for cell in wanted} else 3


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
