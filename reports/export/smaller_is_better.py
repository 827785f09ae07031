"""Runs as github-action-benchmark's `customSmallerIsBetter` reads them: a list of names with one number each.

Its reader for pytest-benchmark takes a run file as it is, but shows steps per second, the mean of all rounds, and every
phase. This is the time of a step, as the run itself estimates it.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from bench.records.run import Run
from bench.stats.estimate import Estimate


def to_json(runs: Sequence[Run]) -> str:
    """An entry for each measured net: its name and the microseconds of a step, with the 95% interval as `range`.

    Of several runs each name begins with its machine, so that no two series become one.
    """
    found = [entry for run in runs for entry in entries(run, f"{run.machine['name']}: " if len(runs) > 1 else "")]
    return json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def entries(run: Run, prefix: str) -> Iterator[dict[str, Any]]:
    timed = [(record, run.time(record)) for record in run.records.values() if record.outcome == "measured"]
    for record, took in timed:
        if took:
            yield {
                "name": f"{prefix}{record.cell.id}",
                "unit": "us/step",
                "value": took.value * 1e6,
                "range": span(took),
                "extra": f"restarts: {took.restarts}\nmachine: {run.machine['name']} ({run.machine['fingerprint']})",
            }


def span(took: Estimate) -> str:
    """The interval in words; a single restart has none."""
    if took.low is None or took.high is None:
        return "no interval"
    return f"{took.low * 1e6:.4g} to {took.high * 1e6:.4g}"
