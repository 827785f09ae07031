"""The page of a run: one HTML file that needs no network and, but for sorting, no scripts."""

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bench.record import SEPARATE_PHASES, Run
from bench.store import write_whole
from reports import charts, phrases, units
from reports.claims import fifty_times
from reports.rows import rows_of

FOLDER = Path(__file__).resolve().parent


def write(run: Run, out: Path, source: Path) -> None:
    """Writes the page of `run`, which was read from `source`. Raises UserError where `out` cannot be written."""
    write_whole(render(run, source), out)


def render(run: Run, source: Path) -> str:
    """The page's HTML. Everything that comes from the run is escaped: a name with markup is shown, not obeyed."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
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
        "threads": phrases.threads,
    }
    script, style = (Markup((FOLDER / name).read_text(encoding="utf-8")) for name in ("page.js", "page.css"))
    rows = rows_of(run)
    return environment.get_template("template.html").render(
        run=run,
        source=source,
        claim=fifty_times(run),
        rows=rows,
        timed=[row for row in rows if row.time],
        speedups=charts.speedups(rows),
        phases=charts.phases(rows),
        phase_names=SEPARATE_PHASES,
        packages=", ".join(f"{name} {version}" for name, version in run.machine.get("packages", {}).items()),
        thread_pools=", ".join(sorted({pool for row in rows for pool in row.record.runtime.get("thread_pools", [])})),
        phrases=phrases,
        script=script,
        style=style,
        # The browser runs this very script and no other, whatever a net's name tries.
        script_hash=base64.b64encode(hashlib.sha256(f"\n{script}".encode()).digest()).decode(),
    )
