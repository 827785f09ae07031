"""A trend as text, Markdown and JSON."""

import json
from collections.abc import Iterator
from typing import Any, Literal

from bench import markdown
from bench.cli.verdict_format import percent, printable
from bench.records.history import YEARLY_ERROR, Change, Series, Trend, counted
from bench.stats.changepoint import LEAST_RUNS

Format = Literal["text", "markdown", "json"]
FORMATS: tuple[Format, ...] = ("text", "markdown", "json")
# How many events are listed; the page has all.
LATEST = 10
FALSE_ALARMS = (
    f"False alarms: looked at every night, at most {YEARLY_ERROR:.0%} of years in which nothing changes have confirmed"
    " news (7% in simulations of noise with heavy tails)."
)
HEADINGS = ("Cell", "Change", ">Level", "Since", ">Runs", "Machine")


def render(trend: Trend, form: Format) -> str:
    """The trend in one of FORMATS."""
    return {"text": text, "markdown": as_markdown, "json": as_json}[form](trend)


def text(trend: Trend) -> str:
    """For a terminal: the sentence, a line for each change that is news, the latest events, what was left out."""
    rows = [(change.kind, printable(series.cell), *figures(trend, series, change)) for series, change in trend.news]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return "\n".join([trend.headline, *lines, *map(printable, remarks(trend))])


def as_markdown(trend: Trend) -> str:
    """For the summary of a job: the sentence, a table of the news, the remarks folded."""
    rows = []
    for series, change in trend.news:
        cells = map(markdown.prose, figures(trend, series, change))
        rows.append((markdown.code(series.cell), change.kind, *cells))
    parts = [f"**{trend.headline}**"]
    if rows:
        parts.append(markdown.table(HEADINGS, rows))
    if notes := [f"- {markdown.prose(line)}" for line in remarks(trend)]:
        parts.append(markdown.folded("How sure, the machines, and what was left out", "\n".join(notes)))
    return "\n\n".join(parts)


def figures(trend: Trend, series: Series, change: Change) -> tuple[str, str, str, str]:
    """The size of a change, its first run, how many runs it has lasted, and where."""
    first = trend.runs[series.runs[change.at]]
    since = f"since {first.started[:10]} ({first.commit[:12]})"
    return percent(change.ratio), since, counted(change.runs, "run"), series.conditions[0]


def remarks(trend: Trend) -> Iterator[str]:
    """The rate of false alarms; the latest events, the oldest first; short series; and files that were left out."""
    yield FALSE_ALARMS
    for event in trend.events[-LATEST:]:
        yield f"{trend.runs[event.run].started[:10]} {trend.runs[event.run].machine['name']}: {trend.summary(event)}"
    if short := sum(series.too_short for series in trend.series):
        yield f"{short:,} series of fewer than {LEAST_RUNS} runs: not judged"
    yield from (f"left out: {reason}" for reason in trend.left_out)


def as_json(trend: Trend) -> str:
    """Every series with its changes, every event, and the exit status."""
    document = {
        "status": trend.status,
        "headline": trend.headline,
        "margin": trend.margin,
        "yearly_error": YEARLY_ERROR,
        "runs": len(trend.runs),
        "series": [series_json(trend, series) for series in trend.series],
        "events": [
            {**where(trend, event.run), "what": event.what, "moved": dict(event.moved)} for event in trend.events
        ],
        "left_out": list(trend.left_out),
    }
    return json.dumps(document, indent=2, allow_nan=False)


def series_json(trend: Trend, series: Series) -> dict[str, Any]:
    name, fingerprint = series.conditions
    return {
        "cell": series.cell,
        "reference": series.reference,
        "machine": name,
        "fingerprint": fingerprint,
        "runs": len(series.runs),
        "judged": not series.too_short,
        "latest_ratio": series.ratios[-1],
        "changes": [
            {
                **where(trend, series.runs[change.at]),
                "ratio": change.ratio,
                "runs": change.runs,
                "news": change.certain,
                "provisional": change.provisional,
                "shared": change.shared,
                "chance": change.chance,
            }
            for change in series.changes
        ],
    }


def where(trend: Trend, run: int) -> dict[str, str]:
    """Which run it was."""
    past = trend.runs[run]
    return {"started": past.started, "commit": past.commit, "path": past.path, "machine": past.machine["name"]}
