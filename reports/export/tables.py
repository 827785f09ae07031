"""A report without a page: what its tables say in the forms that other programs read."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from bench.records.record import DEVICE, LATENCY, LOSS_READ, SEPARATE_PHASES
from bench.records.run import Run
from reports.analysis.rows import Row, rows_of
from reports.claims.s1_fifty_times import fifty_times
from reports.claims.statements import statements
from reports.export.smaller_is_better import to_json as smaller_is_better
from reports.wording import phrases
from reports.wording.units import factor, factor_span, seconds, seconds_span

COORDINATES = ("net", "variant", "workload", "size", "dtype", "device", "threads", "allocator")
ESTIMATES = (
    *(f"{time}_seconds" for time in ("step", LATENCY, LOSS_READ, *SEPARATE_PHASES, DEVICE)),
    *("speedup", "over_float64", "over_products", "device_share"),
)
COLUMNS = (
    *("machine", "fingerprint", "started", "cell", *COORDINATES, "outcome", "reason"),
    *(f"{name}{end}" for name in ESTIMATES for end in ("", "_low", "_high")),
    *("first_step_seconds", "memory_bytes", "device_bytes", "joules_per_step", "watts"),
    *("restarts", "rounds", "rounds_left_out"),
)


def to_csv(runs: Sequence[Run]) -> str:
    """A row for every cell of every run: coordinates, outcome, and each estimate with its 95% interval.

    Times are in seconds per step and memory in bytes, and `device_share` is the device's time over the step's; what
    was not measured is empty. Texts that a spreadsheet would take for a formula begin with an apostrophe.
    """
    lines = io.StringIO()
    writer = csv.DictWriter(lines, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for run in runs:
        writer.writerows({name: harmless(value) for name, value in row.items()} for row in cells(run))
    return lines.getvalue()


def to_json(runs: Sequence[Run]) -> str:
    """For every run its machine, the verdicts, and the same cells as in CSV; what was not measured is null."""
    documents = [
        {
            "machine": phrases.machine(run),
            "fingerprint": run.machine["fingerprint"],
            "started": run.started,
            "fifty_times": asdict(fifty_times(run)),
            "statements": [asdict(statement) for statement in statements(run)],
            "cells": list(cells(run)),
        }
        for run in runs
    ]
    return json.dumps(documents, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def to_markdown(runs: Sequence[Run]) -> str:
    """For every run the verdicts, and a table of its timed cells, to be pasted where Markdown is read."""
    return "\n".join(line for run in runs for line in sections(run))


FORMATS: Mapping[str, Callable[[Sequence[Run]], str]] = {
    "csv": to_csv,
    "markdown": to_markdown,
    "json": to_json,
    "smaller-is-better": smaller_is_better,
}


def cells(run: Run) -> Iterator[dict[str, Any]]:
    """Every net's cell with its numbers, one flat entry each."""
    for row in rows_of(run):
        cell = row.record.cell
        counted = run.counted(row.record.seconds.get("step", {}))
        yield {
            "machine": run.machine["name"],
            "fingerprint": run.machine["fingerprint"],
            "started": run.started,
            "cell": cell.id,
            **{name: str(getattr(cell, name)) for name in COORDINATES},
            "outcome": row.record.outcome,
            "reason": row.record.reason,
            **estimates(row),
            "first_step_seconds": row.first_step_seconds,
            "memory_bytes": row.memory_bytes,
            "device_bytes": row.device_bytes,
            "joules_per_step": row.joules,
            "watts": row.watts,
            "restarts": row.time.restarts if row.time else 0,
            "rounds": len(counted),
            "rounds_left_out": len(row.record.seconds.get("step", {})) - len(counted),
        }


def estimates(row: Row) -> dict[str, float | None]:
    """Each estimate and the ends of its interval."""
    phases = (row.phases.get(phase) for phase in SEPARATE_PHASES)
    times = row.time, row.latency, row.loss_read, *phases, row.device_time
    ratios = row.speedup, row.over_float64, row.multiple, row.busy
    numbers: dict[str, float | None] = {}
    for name, found in zip(ESTIMATES, (*times, *ratios), strict=True):
        ends = (found.value, found.low, found.high) if found else (None, None, None)
        numbers |= dict(zip((name, f"{name}_low", f"{name}_high"), ends, strict=True))
    return numbers


def sections(run: Run) -> Iterator[str]:
    """The lines of one run in Markdown."""
    yield f"## {escaped(phrases.machine(run))}\n"
    yield f"{escaped(fifty_times(run).sentence)}\n"
    yield from table(
        ("#", "statement", "verdict", "answer"),
        ((str(found.number), found.text, found.verdict, found.answer) for found in statements(run)),
    )
    timed = [row for row in rows_of(run) if row.time]
    yield from table(
        ("cell", "step", "95% interval", "over NumPy", "95% interval"),
        (
            (
                row.record.cell.id,
                seconds(row.time.value),
                seconds_span(row.time),
                factor(row.speedup.value) if row.speedup else "",
                factor_span(row.speedup) if row.speedup else "",
            )
            for row in timed
            if row.time
        ),
    )


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A Markdown table and an empty line."""
    yield f"| {' | '.join(headings)} |"
    yield f"|{'---|' * len(headings)}"
    for row in rows:
        yield f"| {' | '.join(map(escaped, row))} |"
    yield ""


def escaped(text: str) -> str:
    """Without what Markdown or the HTML in it would take for markup."""
    plain = " ".join(text.split()).replace("\\", "\\\\")
    for mark in "|*_`[]<>#":
        plain = plain.replace(mark, f"\\{mark}")
    return plain.replace("&", "&amp;")


def harmless(value: Any) -> Any:
    """A text as a spreadsheet may have it: one that would be a formula begins with an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
