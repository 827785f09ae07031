"""`fiftyx compare`: two recorded runs."""

from pathlib import Path

import click

from bench.cli.options import FILE, MARGIN_HELP
from bench.cli.verdict_format import FORMATS, Format, render
from bench.files.run_files import load
from bench.markdown import summarise
from bench.records.verdict import exit_status
from bench.regression.compare import MARGIN, compare
from bench.regression.comparison_terms import terms


@click.command("compare")
@click.argument("base", type=FILE)
@click.argument("head", type=FILE)
@click.option("--margin", default=MARGIN, show_default=True, type=click.FloatRange(0, 1), help=MARGIN_HELP)
@click.option("--across-machines", is_flag=True, help="Compare ratios to the reference net only.")
@click.option("--format", "form", default="text", show_default=True, type=click.Choice(FORMATS))
def command(base: Path, head: Path, margin: float, across_machines: bool, form: Format) -> int:
    """Compare two recorded runs, BASE and HEAD. `fiftyx duel` measures both side by side and sees much smaller
    changes."""
    runs = load(base), load(head)
    verdicts = compare(*runs, margin, across_machines)
    note = terms(*runs, verdicts, across_machines) if verdicts else "The runs have no cell in common."
    answer = render(verdicts, form, f"{head} against {base}, not interleaved", note)
    click.echo(answer)
    if form == "markdown":
        summarise(answer)
    return exit_status(verdicts)
