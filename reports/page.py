"""The page: one HTML file that needs no network and, but for sorting, filtering and downloads, no scripts."""

import base64
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from bench.files.atomic import write_whole
from bench.records import processor_words
from bench.records.record import SEPARATE_PHASES
from bench.records.run import Run
from bench.records.witness import SLOW
from reports.article import Article, articles_of
from reports.charting import break_even, machines, scaling
from reports.charting.drawing.chart import Chart
from reports.wording import origin, phrases, units

FOLDER = Path(__file__).resolve().parent
PICTURES = Path("charts")


def write(runs: Sequence[tuple[Run, Path]], out: Path, beside: Sequence[Run] = ()) -> None:
    """Writes the page of the runs, each with the file it was read from, and the charts as PNG and PDF beside it.

    `beside` are further runs, to set these against where hardware and packages are the same. The pictures of a run lie
    in `charts/<machine>/<run>/`, those that compare runs in `charts/`. Raises UserError where a place cannot be
    written.
    """
    articles, folder = articles_of(runs, beside), out.parent / PICTURES
    write_whole(render(articles), out)
    for article in articles:
        article.save_pictures(folder)
    if chart := machines_chart(articles):
        chart.save(folder, f"fiftyx · {len(articles)} runs")


def render(articles: Sequence[Article]) -> str:
    """The page's HTML: machines side by side and never mixed.

    Everything that comes from a run is escaped: a name with markup is shown, not obeyed.
    """
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["slow"] = SLOW
    environment.filters |= {
        "seconds": units.seconds,
        "round_seconds": units.round_seconds,
        "seconds_span": units.seconds_span,
        "factor": units.factor,
        "factor_span": units.factor_span,
        "quantity": units.quantity,
        "crossing": scaling.crossing,
        "steps": break_even.count,
        "steps_span": break_even.count_span,
        "code": code,
    }
    script, style = (Markup((FOLDER / name).read_text(encoding="utf-8")) for name in ("page.js", "page.css"))
    return environment.get_template("page.html").render(
        articles=articles,
        several=len(articles) > 1,
        machines=machines_chart(articles),
        pictures=PICTURES,
        phase_names=SEPARATE_PHASES,
        phrases=phrases,
        processor_words=processor_words,
        units=units,
        origin=origin,
        script=script,
        style=style,
        # The browser runs this very script and no other, whatever a net's name tries.
        script_hash=base64.b64encode(hashlib.sha256(f"\n{script}".encode()).digest()).decode(),
    )


def machines_chart(articles: Sequence[Article]) -> Chart | None:
    """The chart that compares the machines' verdicts."""
    return machines.chart([machines.Entry(article.view.run, article.view.claim) for article in articles])


def code(text: str) -> Markup:
    """The text, escaped, with its parts between backticks set as code: answers name commands so."""
    return Markup(re.sub("`([^`]*)`", r"<code>\1</code>", str(escape(text))))
