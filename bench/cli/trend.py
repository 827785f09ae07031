"""`fiftyx trend`: what changed over many recorded runs."""

from pathlib import Path

import click

from bench.cli.options import FILE, MARGIN_HELP
from bench.cli.trend_format import FORMATS, Format, render
from bench.files.history_reader import read_all
from bench.files.run_files import RESULTS
from bench.markdown import summarise
from bench.regression.trend import MARGIN, judged

PAGE = Path("reports/trend.html")


@click.command("trend")
@click.argument("folder", default=RESULTS, type=FILE)
@click.option("--margin", default=MARGIN, show_default=True, type=click.FloatRange(0, 1), help=MARGIN_HELP)
@click.option("--format", "form", default="text", show_default=True, type=click.Choice(FORMATS))
@click.option("--out", default=PAGE, show_default=True, type=FILE, help="The page to write.")
def command(folder: Path, margin: float, form: Format, out: Path) -> int:
    """Report what changed over the runs under FOLDER, and write the page of their history."""
    from reports.trend import page  # here, since its charts take long to import and the help needs none

    trend = judged(*read_all(folder), margin=margin)
    page.write(trend, out)
    answer = render(trend, form)
    click.echo(answer)
    if form == "text":
        click.echo(f"page: {out.resolve().as_uri()}")
    if form == "markdown":
        summarise(answer)
    return trend.status
