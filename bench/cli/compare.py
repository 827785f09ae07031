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
@click.option("--across-machines", is_flag=True, help="Compare runs of different machines or packages all the same.")
@click.option("--format", "form", default="text", show_default=True, type=click.Choice(FORMATS))
def command(base: Path, head: Path, margin: float, across_machines: bool, form: Format) -> int:
    """Compare two recorded runs, BASE and HEAD: each net's time over its reference net's.

    Two runs of equal code differ by several percent, however many restarts they have. So with the default margin a
    cell that became about 40% slower is called slower in 80% of comparisons, of 12 cells one that became about 50%
    slower; with --margin 0.03 it is 20% and 30%, but equal cells are then inconclusive. `fiftyx duel` measures both
    sides at the same time and sees much smaller changes.
    """
    runs = load(base), load(head)
    comparison = compare(*runs, margin, across_machines)
    verdicts = comparison.verdicts
    note = terms(*runs, comparison, across_machines) if verdicts else "They share no cell but the reference nets."
    answer = render(verdicts, form, f"{head} against {base}, not interleaved", note)
    click.echo(answer)
    if form == "markdown":
        summarise(answer)
    return exit_status(verdicts)
