"""The JSON document of a run: pytest-benchmark's format with what is ours beside it.

`benchmarks[]` holds one entry for every timed phase of every measured cell, as any reader of that format
expects; the top-level key `fiftyx` holds the rest (cells that were not measured, agreement, starts,
health, settings). Seconds throughout.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

import numpy as np

from bench.records.agreement import Agreement, Deviation
from bench.records.cell import Cell
from bench.records.health import Health
from bench.records.line import Recovery
from bench.records.record import Record, Round, Start
from bench.records.run import Run, Settings, Spent
from bench.workloads.size import Size

FORMAT = 1
HEALTH_COLUMNS = tuple(field.name for field in fields(Health))


def to_json(run: Run) -> dict[str, Any]:
    """The document of a run. Raises ValueError where a time is not finite."""
    return origin(run) | {
        "benchmarks": [entry for record in run.records.values() for entry in benchmarks(record)],
        "version": "5.3.1",
        "fiftyx": {
            "format": FORMAT,
            "finished": run.finished,
            "settings": asdict(run.settings),
            "spent": asdict(run.spent),
            "cells": [_cell_to_json(record) for record in run.records.values()],
        },
    }


def origin(run: Run) -> dict[str, Any]:
    """When, where and of which revision."""
    return {"machine_info": dict(run.machine), "commit_info": dict(run.commit), "datetime": run.started}


def benchmarks(record: Record) -> Iterable[dict[str, Any]]:
    """One pytest-benchmark entry for each timed phase of a measured cell."""
    if record.outcome != "measured":
        return
    for phase, rounds in record.seconds.items():
        seconds = list(rounds.values())
        name, fullname = names(record.cell, phase)
        yield {
            "group": group(record.cell, phase),
            "name": name,
            "fullname": fullname,
            "params": None,
            "param": record.cell.id,
            "extra_info": extra_info(record, phase),
            "options": {
                "disable_gc": False,
                "timer": "perf_counter",
                "min_rounds": 1,
                "max_time": 0.0,
                "min_time": 0.0,
                "warmup": True,
            },
            "stats": statistics(seconds),
        }


def names(cell: Cell, phase: str) -> tuple[str, str]:
    """The entry's name and full name, the same through both doors, so that their files compare."""
    return f"{phase}[{cell.id}]", f"{cell.label}::{phase}[{cell.conditions}]"


def group(cell: Cell, phase: str) -> str:
    """What may stand in one table: one phase of one question on any device, in any dtype."""
    threads = "" if cell.threads == "all" else f" {cell.threads} threads"
    allocator = "" if cell.allocator == "pinned" else f" {cell.allocator} allocator"
    return f"{cell.workload} {cell.size}{threads}{allocator}: {phase}"


def extra_info(record: Record, phase: str) -> dict[str, Any]:
    """The coordinates of one entry, and which restart and round each of its samples came from."""
    cell = record.cell
    return {
        "cell": cell.id,
        "phase": phase,
        "net": cell.net,
        "variant": cell.variant,
        "workload": cell.workload,
        "size": str(cell.size),
        "dtype": cell.dtype,
        "device": cell.device,
        "threads": cell.threads,
        "allocator": cell.allocator,
        "rounds": [list(key) for key in record.seconds[phase]],
    }


def statistics(seconds: list[float]) -> dict[str, Any]:
    """pytest-benchmark's figures over the rounds, and the rounds themselves in `data`."""
    data = np.array(seconds)
    low, median, high = (float(value) for value in np.percentile(data, [25, 50, 75]))
    mean, deviation = float(data.mean()), float(data.std(ddof=1)) if len(data) > 1 else 0.0
    fence_low, fence_high = low - 1.5 * (high - low), high + 1.5 * (high - low)
    mild = int(np.sum((data < fence_low) | (data > fence_high)))
    far = int(np.sum(np.abs(data - mean) > deviation))
    return {
        "min": float(data.min()),
        "max": float(data.max()),
        "mean": mean,
        "stddev": deviation,
        "rounds": len(data),
        "median": median,
        "iqr": high - low,
        "q1": low,
        "q3": high,
        "iqr_outliers": mild,
        "stddev_outliers": far,
        "outliers": f"{far};{mild}",
        "ld15iqr": float(data[data >= fence_low].min()),
        "hd15iqr": float(data[data <= fence_high].max()),
        "ops": 1 / mean if mean else 0.0,
        "total": float(data.sum()),
        "data": seconds,
        "iterations": 1,
    }


def _cell_to_json(record: Record) -> dict[str, Any]:
    """What is ours of one record: all but the seconds, which `benchmarks[]` holds."""
    agreement = record.agreement
    return {
        "id": record.cell.id,
        "cell": asdict(record.cell),
        "outcome": record.outcome,
        "reason": record.reason,
        "agreement": agreement
        and {
            "steps": agreement.steps,
            # JSON knows no NaN: null stands for an error that is not a number.
            "deviations": [
                [
                    *(found.what, found.array, found.step, found.error if np.isfinite(found.error) else None),
                    *([found.limit, found.least] if found.least else [found.limit]),
                ]
                for found in agreement.deviations
            ],
            "conventions": list(agreement.conventions),
            **({"recovery": asdict(agreement.recovery)} if agreement.recovery else {}),
        },
        "starts": [asdict(start) for start in record.starts],
        "health": {
            "columns": HEALTH_COLUMNS,
            "rows": [
                [*key, *(getattr(health, name) for name in HEALTH_COLUMNS)] for key, health in record.health.items()
            ],
        },
        "runtime": dict(record.runtime),
        "work": dict(record.work),
        # A cell that failed after some rounds is no benchmark, but what it has measured is kept.
        "seconds": {}
        if record.outcome == "measured"
        else {phase: [[*key, value] for key, value in rounds.items()] for phase, rounds in record.seconds.items()},
    }


def from_json(document: Mapping[str, Any]) -> Run:
    """The run of a document. Raises KeyError, TypeError, ValueError or AttributeError where it is not one."""
    ours = document["fiftyx"]
    if not {"name", "fingerprint", "cpu"} <= document["machine_info"].keys() or "id" not in document["commit_info"]:
        raise ValueError("the machine or the commit is missing")
    seconds: dict[str, dict[str, dict[Round, float]]] = {}
    for entry in document["benchmarks"]:
        info = entry["extra_info"]
        rounds = (Round(*key) for key in info["rounds"])
        samples = dict(zip(rounds, map(float, entry["stats"]["data"]), strict=True))
        seconds.setdefault(info["cell"], {})[info["phase"]] = samples
    records = [_record(entry, seconds.get(entry["id"], {})) for entry in ours["cells"]]
    return Run(
        machine=document["machine_info"],
        commit=document["commit_info"],
        started=document["datetime"],
        settings=Settings(**ours["settings"]),
        records={record.cell.id: record for record in records},
        finished=bool(ours["finished"]),
        spent=Spent(**ours.get("spent", {})),
    )


def _record(entry: Mapping[str, Any], seconds: Mapping[str, Mapping[Round, float]]) -> Record:
    checked = entry["agreement"]
    kept = {
        phase: {Round(restart, number): value for restart, number, value in rounds}
        for phase, rounds in entry.get("seconds", {}).items()
    }
    return Record(
        cell=Cell(**{**entry["cell"], "size": Size(**entry["cell"]["size"])}),
        outcome=entry["outcome"],
        reason=entry["reason"],
        agreement=checked
        and Agreement(
            tuple(
                Deviation(what, array, step, float("nan") if error is None else float(error), *limits)
                for what, array, step, error, *limits in checked["deviations"]
            ),
            checked["steps"],
            # Only linear regression has a line, and older files have neither.
            Recovery.from_json(checked["recovery"]) if "recovery" in checked else None,
            tuple(checked.get("conventions", ())),
        ),
        starts=tuple(Start(**start) for start in entry["starts"]),
        seconds=seconds or kept,
        health=_health(entry["health"]),
        runtime=entry["runtime"],
        work=entry.get("work", {}),
    )


def health_table(table: Any) -> tuple[Sequence[str], list[Any]]:
    """The columns of a cell's health after restart and round, and its rows."""
    if isinstance(table, list):  # the first files had a list of rows, and these columns
        return ("involuntary_switches", "minor_faults", "quiet"), table
    return table["columns"], table["rows"]


def _health(table: Any) -> dict[Round, Health]:
    columns, rows = health_table(table)
    found = {}
    for restart, number, *values in rows:
        named = dict(zip(columns, values, strict=False))
        named["gpu_throttled"] = tuple(named.get("gpu_throttled", ()))
        found[Round(restart, number)] = Health(**named)
    return found
