"""`fiftyx run`: checks nets, times them, and writes a run file."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from bench.cli.console import console, say
from bench.cli.exit_status import exit_status
from bench.cli.options import FILE, SECONDS, chosen_by, selection
from bench.cli.run_text import remarks, speedup_bars, times_table
from bench.errors import UserError
from bench.files import run_files
from bench.nets.net_file import NetFile, discover
from bench.records.cell import Cell
from bench.records.record import Record
from bench.records.run import Run
from bench.records.settings import Settings
from bench.records.witness import Witness
from bench.runner.choice import Choice, checked_only, too_long_here, wanted_cells, with_baselines
from bench.runner.fit import fitting
from bench.runner.forecast import forecast
from bench.runner.job import QUICK, new_run, resumed
from bench.runner.progress import Progress, shown
from bench.runner.runner import Runner, without_obstacles

# The default of `--threads`
TUNED = "tuned"


@click.command("run")
@selection(TUNED, f"; {TUNED}: besides, where a pilot finds a faster number, with that")
@click.option("--quick", is_flag=True, help="Three restarts of few rounds: under a minute, provisional intervals.")
@click.option("--seconds", type=SECONDS, help=f"Time budget for the timing.  [default: {Settings().budget_seconds:g}]")
@click.option(
    "--precision",
    type=click.FloatRange(0, 1),
    help="Stop once every speedup's interval has at most this relative half-width."
    f"  [default: {Settings().precision:g}]",
)
@click.option("--out", type=FILE, help="The run file.  [default: results/<machine>/<time>.json]")
@click.option("--resume", is_flag=True, help="Continue the run in --out, or the newest run.")
@click.option("--dry-run", is_flag=True, help="Show the cells and the time they would take; measure nothing.")
def command(
    quick: bool,
    seconds: float | None,
    precision: float | None,
    out: Path | None,
    resume: bool,
    dry_run: bool,
    **options: Any,
) -> int:
    """Check NETs, time them, and write a run file. Without NETs: the default nets."""
    tuned = options["threads"] == TUNED
    nets, choice = discover(options.pop("nets")), chosen_by(options | ({"threads": Cell.threads} if tuned else {}))
    wanted: Sequence[Cell]
    if resume:
        if quick or choice != Choice():
            raise UserError(
                "--resume takes the cells from the run file: leave out --quick and options that choose cells"
            )
        path = out or run_files.newest()
        job = with_limits(resumed(path, nets), seconds, precision)
        wanted = [record.cell for record in job.records.values()]
    else:
        wanted = wanted_cells(choice, nets)
        job = with_limits(new_job(wanted, choice, nets, quick), seconds, precision)
        job = replace(job, settings=replace(job.settings, tune_threads=tuned and not quick))
        path = out or run_files.new_path(job)
        if path.is_file() and not dry_run:
            raise UserError(f"{path} already exists: add --resume to continue it, or choose another --out")
        job = fitting(without_obstacles(job, nets))
        if not any(job.records[cell.id].outcome == "pending" for cell in wanted):
            Progress(console, 0.0).left_out(job.records.values())
            return exit_status(job, wanted, "measured")
    if dry_run:
        for line in forecast(job):
            say(line)
        return 0
    return measure(job, nets, wanted, path)


def new_job(wanted: Sequence[Cell], choice: Choice, nets: Mapping[str, NetFile], quick: bool) -> Run:
    """The cells with their baselines and yardsticks; the default job also checks what some statements rest on."""
    cells, settings = with_baselines(wanted, choice, nets), QUICK if quick else Settings()
    job = new_run(cells, settings, () if quick else checked_only(choice, nets))
    for cell, reason in too_long_here(cells, choice, quick).items():
        job = job.with_record(Record(cell, "skipped", reason))
    return replace(job, witness=Witness(known_seconds=run_files.fastest_witness(job)))


def with_limits(job: Run, seconds: float | None, precision: float | None) -> Run:
    """With another budget and precision, where these are given."""
    settings = job.settings
    if seconds is not None:
        settings = replace(settings, budget_seconds=seconds)
    if precision is not None:
        settings = replace(settings, precision=precision)
    return replace(job, settings=settings)


def measure(job: Run, nets: Mapping[str, NetFile], wanted: Sequence[Cell], path: Path) -> int:
    """Runs the job, saves it after every round, and prints its times; returns the exit status."""
    run_files.save(job, path)
    try:
        with shown(console, job.settings.budget_seconds) as progress:
            job = Runner(job, nets, lambda state: run_files.save(state, path), progress).check_and_time()
    except KeyboardInterrupt:
        say(f"interrupted: {path} holds what was measured; `fiftyx run --resume --out {path}` continues")
        return 130
    from reports.claims.fastest_here import fastest_here  # here, since the help needs no report

    say(f"{fastest_here(job)}.")
    for title, lines in times_table.lines_of(job).items():
        console.print(times_table.table(title, lines, console.width), crop=False)
        for line in speedup_bars.bars(lines, console.width):
            say(line)
    for line in remarks.remarks(job):
        say(line)
    say(f"run: {path}")
    say(f"next: `fiftyx report{'' if path.is_relative_to(run_files.RESULTS) else f' {path}'}` writes its page")
    return exit_status(job, wanted, "measured")
