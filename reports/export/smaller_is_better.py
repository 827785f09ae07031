"""Runs as github-action-benchmark's `customSmallerIsBetter` reads them: a list of names with one number each.

Its reader for pytest-benchmark accepts a run file too, but shows steps per second, the mean of all rounds, and every
phase. This is the time of a step, as the run itself estimates it.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from bench.records.run import Run
from bench.stats.rounding import significant


def to_json(runs: Sequence[Run]) -> str:
    """An entry for each measured net: its name and the microseconds of a step, with the 95% interval as `range`.

    Of several runs each name begins with its machine, so that no two series become one.
    """
    listed = [entry for run in runs for entry in entries(run, f"{run.machine['name']}: " if len(runs) > 1 else "")]
    return json.dumps(listed, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def entries(run: Run, prefix: str) -> Iterator[dict[str, Any]]:
    timed = ((record, run.time(record)) for record in run.records.values() if record.outcome == "measured")
    for record, time in timed:
        if time:
            yield {
                "name": f"{prefix}{record.cell.id}",
                "unit": "us/step",
                "value": time.value * 1e6,
                "range": time.span(microseconds),
                "extra": f"restarts: {time.restarts}\nmachine: {run.machine['name']} ({run.machine['fingerprint']})",
            }


def microseconds(seconds: float, way: str) -> str:
    return f"{significant(seconds, 4, way) * 1e6:.4g}"
