"""A run as its document, and back."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from typing import Any

from msgspec import structs

from bench.files.benchmark_entries import BenchmarkEntry, benchmark_entries, by_round
from bench.files.cell_schema import AgreementFields, CellEntry, RecoveryFields
from bench.files.damage import Damage, within
from bench.files.health_table import health
from bench.files.run_schema import FORMAT, RunDocument
from bench.files.witness_schema import witness_to_json
from bench.records.agreement import Agreement, Deviation
from bench.records.health import Health
from bench.records.line import Line, Recovery
from bench.records.record import CUMULATIVE_PHASES, LOWER_BOUNDS, SEPARATE_PHASES, Record, Round, Start
from bench.records.run import Run
from bench.records.settings import Settings
from bench.records.spent import Spent

HEALTH_COLUMNS = tuple(field.name for field in fields(Health))
# Seconds by phase and round.
Samples = Mapping[str, Mapping[Round, float]]


def to_json(run: Run) -> dict[str, Any]:
    """The document of a run. Raises ValueError where a time is not finite."""
    return origin(run) | {
        "benchmarks": [entry for record in run.records.values() for entry in benchmark_entries(record)],
        "version": "5.3.1",
        "fiftyx": {
            "format": FORMAT,
            "finished": run.finished,
            "settings": asdict(run.settings),
            "spent": asdict(run.spent),
            "witness": witness_to_json(run.witness),
            "cells": [_cell_to_json(record) for record in run.records.values()],
        },
    }


def origin(run: Run) -> dict[str, Any]:
    """When and where it was measured, and of which revision."""
    return {"machine_info": dict(run.machine), "commit_info": dict(run.commit), "datetime": run.started}


def _cell_to_json(record: Record) -> dict[str, Any]:
    """All of a record but the seconds, which `benchmarks[]` holds."""
    return {
        "id": record.cell.id,
        "cell": asdict(record.cell),
        "outcome": record.outcome,
        "reason": record.reason,
        "agreement": record.agreement and _agreement_to_json(record.agreement),
        "starts": [asdict(start) for start in record.starts],
        "health": {
            "columns": HEALTH_COLUMNS,
            "rows": [
                [*key, *(getattr(health, name) for name in HEALTH_COLUMNS)] for key, health in record.health.items()
            ],
        },
        "runtime": dict(record.runtime),
        "work": dict(record.work),
        "pilot": dict(record.pilot),
        # A cell that failed after some rounds is no benchmark, but what it has measured is kept.
        "seconds": {}
        if record.outcome == "measured"
        else {phase: [[*key, value] for key, value in rounds.items()] for phase, rounds in record.seconds.items()},
    }


def _agreement_to_json(agreement: Agreement) -> dict[str, Any]:
    return {
        "steps": agreement.steps,
        "deviations": [
            [
                # JSON knows no NaN: null stands for an error that is not a number.
                *(each.what, each.array, each.step, each.error if math.isfinite(each.error) else None),
                *([each.limit, each.least] if each.least else [each.limit]),
            ]
            for each in agreement.deviations
        ],
        "conventions": list(agreement.conventions),
        **({"recovery": asdict(agreement.recovery)} if agreement.recovery else {}),
    }


def from_document(document: RunDocument) -> Run:
    """The run of a document. Raises Damage where parts of it contradict each other."""
    own = document.fiftyx
    measured = _measured(own.cells, document.benchmarks)
    records: dict[str, Record] = {}
    for place, entry in enumerate(own.cells):
        with within(f"fiftyx.cells[{place}]"):
            if entry.id in records:
                raise Damage("id is that of an earlier cell")
            records[entry.id] = _record(entry, measured.get(entry.id))
    with within("fiftyx.witness"):
        witness = own.witness.witness
    return Run(
        machine=document.machine_info,
        commit=document.commit_info,
        started=document.datetime,
        settings=Settings(**structs.asdict(own.settings)),
        records=records,
        finished=own.finished,
        spent=Spent(**structs.asdict(own.spent)),
        witness=witness,
    )


def _measured(cells: Iterable[CellEntry], entries: Iterable[BenchmarkEntry]) -> dict[str, Samples]:
    """The samples of every measured cell, by its id. Raises Damage."""
    samples: dict[str, dict[str, Mapping[Round, float]]] = {cell.id: {} for cell in cells if cell.outcome == "measured"}
    for place, entry in enumerate(entries):
        info = entry.extra_info
        with within(f"benchmarks[{place}]"):
            if info.cell not in samples:
                raise Damage(f"extra_info.cell is {info.cell!r}, which is no measured cell of this run")
            if info.phase in samples[info.cell]:
                raise Damage("extra_info.phase is that of an earlier entry of the cell")
            samples[info.cell][info.phase] = entry.samples
    return dict(samples)


def _record(entry: CellEntry, measured: Samples | None) -> Record:
    """The record of an entry, with its samples if it was measured. Raises Damage."""
    if measured is not None:
        _require_complete(entry, measured)
    return Record(
        cell=entry.cell.cell,
        outcome=entry.outcome,
        reason=entry.reason,
        agreement=_agreement(entry.agreement) if entry.agreement else None,
        starts=tuple(Start(**structs.asdict(start)) for start in entry.starts),
        seconds={phase: by_round(phase, rows) for phase, rows in entry.seconds.items()}
        if measured is None
        else measured,
        health=health(entry.health),
        runtime=entry.whole_runtime,
        work=entry.work,
        pilot=entry.pilot,
    )


def _require_complete(entry: CellEntry, measured: Samples) -> None:
    """Raises Damage where a measured net has no step, a framework no lower bound, or some round lacks a phase."""
    wanted = LOWER_BOUNDS if entry.cell.cell.is_lower_bound else ("step",)
    if not measured.keys() & wanted:
        raise Damage(f"outcome is measured, but benchmarks has no {' or '.join(wanted)} of it")
    phases = [phase for phase in measured if phase in SEPARATE_PHASES or phase in CUMULATIVE_PHASES]
    whole = set(phases) in (set(), set(SEPARATE_PHASES), set(CUMULATIVE_PHASES))
    if not whole or any(measured[phase].keys() != measured[phases[0]].keys() for phase in phases):
        raise Damage(f"outcome is measured, but not all phases in every round: {', '.join(phases)}")


def _agreement(checked: AgreementFields) -> Agreement:
    deviations = (
        Deviation(row.what, row.array, row.step, math.nan if row.error is None else row.error, row.limit, row.least)
        for row in checked.deviations
    )
    line = _recovery(checked.recovery) if checked.recovery else None
    return Agreement(tuple(deviations), checked.steps, line, checked.conventions)


def _recovery(lines: RecoveryFields) -> Recovery:
    return Recovery(**{name: Line(**structs.asdict(line)) for name, line in structs.asdict(lines).items()})
