"""The commands that look back: `fiftyx compare` and `fiftyx trend`."""

from pathlib import Path

import click

from bench import store
from bench.compare import MARGIN, compare, terms
from bench.markdown import summarise
from bench.verdict import exit_status
from bench.verdict_format import FORMATS, Format, render


@click.command("compare")
@click.argument("base", type=click.Path(path_type=Path))
@click.argument("head", type=click.Path(path_type=Path))
@click.option("--margin", default=MARGIN, show_default=True, type=click.FloatRange(0, 1), help="A change that is none.")
@click.option("--across-machines", is_flag=True, help="Compare ratios to the reference net only.")
@click.option("--format", "form", default="text", show_default=True, type=click.Choice(FORMATS))
def compare_(base: Path, head: Path, margin: float, across_machines: bool, form: Format) -> int:
    """Compare two recorded runs, BASE and HEAD. `fiftyx duel` measures both side by side and sees much more."""
    one, other = store.load(base), store.load(head)
    verdicts = compare(one, other, margin, across_machines)
    note = terms(one, other, verdicts, across_machines) if verdicts else "The runs have no cell in common."
    answer = render(verdicts, form, f"{head} against {base}, not interleaved", note)
    click.echo(answer)
    if form == "markdown":
        summarise(answer)
    return exit_status(verdicts)
