"""The page: one HTML file that needs no network and, but for sorting, filtering and downloads, no scripts."""

import base64
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from bench.files.atomic import write_whole
from bench.records.record import SEPARATE_PHASES
from bench.records.run import Run
from reports.charts import break_even as break_even_chart
from reports.charts import machines as machines_chart
from reports.charts import scaling as scaling_chart
from reports.run_view import Part, parts_of
from reports.wording import origin, phrases, units

FOLDER = Path(__file__).resolve().parent
PICTURES = Path("charts")


def write(runs: Sequence[tuple[Run, Path]], out: Path, beside: Sequence[Run] = ()) -> None:
    """Writes the page of the runs, each with the file it was read from, and the charts as PNG and PDF beside it.

    `beside` are further runs, to set these against where hardware and packages are the same. The pictures of a run lie
    in `charts/<machine>/<run>/`, what compares runs in `charts/`. Raises UserError where a place cannot be written.
    """
    parts, folder = parts_of(runs, beside), out.parent / PICTURES
    write_whole(render(parts), out)
    for part in parts:
        part.save_pictures(folder)
    if machines := machines_chart.chart(parts):
        machines.save(folder, f"fiftyx · {len(parts)} runs")


def render(parts: Sequence[Part]) -> str:
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
    environment.filters |= {
        "seconds": units.seconds,
        "round_seconds": units.round_seconds,
        "seconds_span": units.seconds_span,
        "factor": units.factor,
        "factor_span": units.factor_span,
        "quantity": units.quantity,
        "crossing": scaling_chart.crossing,
        "steps": break_even_chart.count,
        "steps_span": break_even_chart.count_span,
        "code": code,
    }
    script, style = (Markup((FOLDER / name).read_text(encoding="utf-8")) for name in ("page.js", "page.css"))
    return environment.get_template("page.html").render(
        parts=parts,
        machines=machines_chart.chart(parts),
        pictures=PICTURES,
        phase_names=SEPARATE_PHASES,
        phrases=phrases,
        units=units,
        origin=origin,
        script=script,
        style=style,
        # The browser runs this very script and no other, whatever a net's name tries.
        script_hash=base64.b64encode(hashlib.sha256(f"\n{script}".encode()).digest()).decode(),
    )


def code(text: str) -> Markup:
    """The text, escaped, with what stands between backticks set as code: answers name commands so."""
    return Markup(re.sub("`([^`]*)`", r"<code>\1</code>", str(escape(text))))
