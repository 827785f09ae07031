"""The commands that look back: `fiftyx compare` and `fiftyx trend`."""

from pathlib import Path

import click

from bench.cli import trend_format, verdict_format
from bench.files import run_files
from bench.files.history_reader import read_all
from bench.markdown import summarise
from bench.records.verdict import exit_status
from bench.regression import compare, trend

PAGE = Path("reports/trend.html")
MARGIN_HELP = "A change so small counts as none."


@click.command("compare")
@click.argument("base", type=click.Path(path_type=Path))
@click.argument("head", type=click.Path(path_type=Path))
@click.option("--margin", default=compare.MARGIN, show_default=True, type=click.FloatRange(0, 1), help=MARGIN_HELP)
@click.option("--across-machines", is_flag=True, help="Compare ratios to the reference net only.")
@click.option("--format", "form", default="text", show_default=True, type=click.Choice(verdict_format.FORMATS))
def compare_(base: Path, head: Path, margin: float, across_machines: bool, form: verdict_format.Format) -> int:
    """Compare two recorded runs, BASE and HEAD. `fiftyx duel` measures both side by side and sees much more."""
    one, other = run_files.load(base), run_files.load(head)
    verdicts = compare.compare(one, other, margin, across_machines)
    note = compare.terms(one, other, verdicts, across_machines) if verdicts else "The runs have no cell in common."
    answer = verdict_format.render(verdicts, form, f"{head} against {base}, not interleaved", note)
    click.echo(answer)
    if form == "markdown":
        summarise(answer)
    return exit_status(verdicts)


@click.command("trend")
@click.argument("folder", default=run_files.RESULTS, type=click.Path(path_type=Path))
@click.option("--margin", default=trend.MARGIN, show_default=True, type=click.FloatRange(0, 1), help=MARGIN_HELP)
@click.option("--format", "form", default="text", show_default=True, type=click.Choice(trend_format.FORMATS))
@click.option("--out", default=PAGE, show_default=True, type=click.Path(path_type=Path), help="The page to write.")
def trend_(folder: Path, margin: float, form: trend_format.Format, out: Path) -> int:
    """Tell what changed over the runs under FOLDER, and write the page of their history."""
    from reports.trend.page import write

    found = trend.judged(*read_all(folder), margin=margin)
    write(found, out)
    answer = trend_format.render(found, form)
    click.echo(answer)
    if form == "text":
        click.echo(f"page: {out.resolve().as_uri()}")
    if form == "markdown":
        summarise(answer)
    return found.status
