"""Runs as CSV: a row for every cell."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from bench.records.run import Run
from reports.export.cells import COORDINATES, ESTIMATES, cells

COLUMNS = (
    *("machine", "fingerprint", "started", "cell", *COORDINATES, "outcome", "reason"),
    *(f"{name}{end}" for name in ESTIMATES for end in ("", "_low", "_high")),
    *("first_step_seconds", "memory_bytes", "device_bytes", "joules_per_step", "watts"),
    *("restarts", "rounds", "rounds_left_out"),
)


def to_csv(runs: Sequence[Run]) -> str:
    """A row for every cell of every run: coordinates, outcome, and each estimate with its 95% interval.

    Times are in seconds per step and memory in bytes, and `device_share` is the device's time over the step's; fields
    that were not measured are empty. Texts that a spreadsheet would take for a formula begin with an apostrophe.
    """
    lines = io.StringIO()
    writer = csv.DictWriter(lines, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for run in runs:
        writer.writerows({name: harmless(value) for name, value in row.items()} for row in cells(run))
    return lines.getvalue()


def harmless(value: Any) -> Any:
    """A text that a spreadsheet shows as a text: one that would be a formula begins with an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
