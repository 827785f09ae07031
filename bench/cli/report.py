"""`fiftyx report`: the page of recorded runs, or their numbers."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from bench.cli.console import say
from bench.cli.options import FILE
from bench.errors import UserError
from bench.files import run_files
from bench.files.atomic import write_whole
from bench.host.machine import machine

PAGE = Path("reports/index.html")
# For repetitions, this many other runs of a run's folder are read.
REPEATS = 20


@click.command("report")
@click.argument("result", nargs=-1, type=FILE)
@click.option(
    "--format",
    "form",
    type=click.Choice(["html", "csv", "markdown", "json", "smaller-is-better"]),
    default="html",
    help="The page, or its numbers.",
)
@click.option("--out", type=FILE, help=f"The file to write.  [default: {PAGE}, or print it]")
def command(result: Sequence[Path], form: str, out: Path | None) -> int:
    """Write the page of RESULTs and print the verdicts. Without RESULTs: each machine's newest run under results/.

    Machines stand side by side and are never mixed. The other formats are printed: csv has a row for each cell with
    its intervals, markdown the verdicts and times, json both, and smaller-is-better is the format that
    github-action-benchmark reads under that name. A RESULT that cannot be read is one line on standard error; the
    others are reported all the same, and the exit status is 2.
    """
    from reports import page  # here, since its charts take long to import and the help needs none
    from reports.claims.fastest_here import fastest_here
    from reports.claims.s1_fifty_times import fifty_times
    from reports.export.formats import FORMATS

    runs = []
    paths = dict.fromkeys(result or run_files.newest_of_each())
    for path in paths:
        try:
            runs.append((run_files.load(path), path))
        except UserError as error:
            print(f"fiftyx: {error}", file=sys.stderr)
    if not result:  # this machine first
        runs.sort(key=lambda run: run[0].machine["name"] != machine()["name"])
    if runs and form == "html":
        others = {other for _, path in runs for other in run_files.newest_beside(path, REPEATS)}
        page.write(runs, out or PAGE, list(run_files.readable(sorted(others))))
        for run, _ in runs:
            say(f"{fastest_here(run)}.")
            say(fifty_times(run).sentence)
        say(f"page: {(out or PAGE).resolve().as_uri()}")
    elif runs:
        text = FORMATS[form]([run for run, _ in runs])
        write_whole(text, out) if out else click.echo(text, nl=False)
    return 0 if len(runs) == len(paths) else 2
