"""A run as github-action-benchmark's `customSmallerIsBetter` reads it: a list of names with one number each.

Its reader for pytest-benchmark takes a run file as it is, but shows steps per second, the mean of all rounds, and every
phase. This is the time of a step, as the run itself estimates it.
"""

from typing import Any

from bench.record import Run
from bench.stats import Estimate


def entries(run: Run) -> list[dict[str, Any]]:
    """An entry for each measured net: its name and the microseconds of a step, with the 95% interval as `range`."""
    timed = [(record, run.time(record)) for record in run.records.values() if record.outcome == "measured"]
    return [
        {
            "name": record.cell.id,
            "unit": "us/step",
            "value": took.value * 1e6,
            "range": span(took),
            "extra": f"restarts: {took.restarts}\nmachine: {run.machine['name']} ({run.machine['fingerprint']})",
        }
        for record, took in timed
        if took
    ]


def span(took: Estimate) -> str:
    """The interval in words; a single restart has none."""
    if took.low is None or took.high is None:
        return "no interval"
    return f"{took.low * 1e6:.4g} to {took.high * 1e6:.4g}"
