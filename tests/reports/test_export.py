"""A run as tables: the tidy frame, CSV, Markdown and JSON."""

import csv
import io
import json
from dataclasses import replace

import pytest

from bench.files import dataframe
from bench.files.dataframe import frame
from bench.records.record import Round
from reports.claims.s1_fifty_times import fifty_times
from reports.export.csv_format import COLUMNS, to_csv
from reports.export.json_format import to_json
from reports.export.markdown_format import to_markdown
from tests.helpers.recorded import a_run, ended, on_both, on_cpu, timed
from tests.helpers.recorded_page import everything

EVIL = "=cmd|' /C calc'!A0"


def rows_of(text: str) -> dict[str, dict[str, str]]:
    return {row["cell"]: row for row in csv.DictReader(io.StringIO(text))}


def test_the_frame_has_a_row_for_every_round_of_every_phase_of_every_machine() -> None:
    here = everything()
    there = replace(a_run(*on_cpu()), machine={**here.machine, "name": "another", "fingerprint": "other"})
    found = frame([here, there])
    assert tuple(found.columns) == dataframe.COLUMNS
    rounds = sum(len(seconds) for run in (here, there) for r in run.records.values() for seconds in r.seconds.values())
    assert len(found) == rounds
    assert set(found.machine) == {"made-up", "another"}
    assert set(found.phase) >= {"step", "latency", "device", "products", "transfer"}
    keys = ["fingerprint", "started", "cell", "phase", "restart", "round"]
    assert not found.duplicated(keys).any()


def test_a_row_of_the_frame_is_the_round_of_the_run() -> None:
    run = everything()
    found = frame([run]).set_index(["cell", "phase", "restart", "round"])
    cell = "torch_cuda_graph-two_layer-64x1000x100x10-float32-cuda"
    clean, disturbed = found.loc[(cell, "latency", 3, 2)], found.loc[(cell, "latency", 2, 1)]
    assert clean.seconds == run.records[cell].seconds["latency"][Round(3, 2)]
    coordinates = clean[["net", "device", "dtype", "size"]].tolist()
    assert coordinates == ["torch_cuda_graph", "cuda", "float32", "64x1000x100x10"]
    assert (clean.batch, clean.d_in, clean.hidden, clean.d_out) == (64, 1000, 100, 10)
    assert clean.counted and clean.disturbed == ""
    assert not disturbed.counted and disturbed.disturbed == "time stolen by other virtual machines"


def test_the_frame_of_nothing_has_its_columns() -> None:
    assert tuple(frame([]).columns) == dataframe.COLUMNS and frame([a_run()]).empty


def test_csv_has_every_cell_with_its_estimates_and_intervals() -> None:
    run = everything()
    found = rows_of(to_csv([run]))
    assert found.keys() == {cell for cell, record in run.records.items() if not record.cell.is_lower_bound}
    for name, row in found.items():
        record = run.records[name]
        assert row["outcome"] == record.outcome and row["reason"] == record.reason
        time, speedup = run.time(record), run.speedup(record)
        device = run.time(record, "device")
        assert bool(row["device_seconds"]) == bool(row["device_share_high"]) == (device is not None)
        assert bool(row["joules_per_step"]) == bool(row["watts"]) == (record.cell.device == "cuda" and bool(time))
        if device:
            assert float(row["device_seconds"]) == pytest.approx(device.value)
            assert float(row["device_share"]) == pytest.approx(0.25)
            assert float(row["joules_per_step"]) == record.starts[0].joules_per_step
        assert bool(row["step_seconds"]) == (time is not None) and bool(row["speedup_low"]) == (speedup is not None)
        if time and speedup:
            assert float(row["step_seconds"]) == pytest.approx(time.value)
            assert float(row["step_seconds_high"]) == pytest.approx(time.high)
            assert float(row["speedup"]) == pytest.approx(speedup.value)
            assert (row["restarts"], row["rounds"], row["rounds_left_out"]) == ("6", "23", "1")


def test_a_negative_phase_stays_a_number_and_a_formula_becomes_a_text() -> None:
    fused = timed("jax_fused", 200, cumulative=True)
    last = "forward+backward+update"
    shorter = {key: value / 2 for key, value in fused.seconds[last].items()}
    failed = ended("bad", "failed", EVIL)
    run = a_run(*on_cpu(), replace(fused, seconds={**fused.seconds, last: shorter}), failed)
    run = replace(run, machine={**run.machine, "name": "@machine"})
    found = rows_of(to_csv([run]))
    assert float(found["jax_fused-two_layer-64x1000x100x10-float32-cpu"]["update_seconds"]) < 0
    assert found[failed.cell.id]["reason"] == f"'{EVIL}" and found[failed.cell.id]["machine"] == "'@machine"


def test_json_has_the_verdicts_and_the_same_cells() -> None:
    run = on_both(30.0)
    [found] = json.loads(to_json([run]))
    assert found["fifty_times"]["verdict"] == fifty_times(run).verdict and len(found["statements"]) == 9
    cells = {cell["cell"]: cell for cell in found["cells"]}
    assert cells.keys() == run.records.keys()
    for name, row in rows_of(to_csv([run])).items():
        assert cells[name]["step_seconds"] == float(row["step_seconds"])
        assert cells[name]["latency_seconds"] is None and row["latency_seconds"] == ""


def test_markdown_has_the_verdicts_and_the_times_and_shows_markup_as_text() -> None:
    odd = timed("a|net<b>*_", 150)
    text = to_markdown([a_run(*on_cpu(), odd), on_both(30.0)])
    assert text.count("\n## ") == 1 and text.startswith("## Made-up CPU (4 CPUs)\n")
    assert "| `a\\|net<b>*_-two_layer-64x1000x100x10-float32-cpu` | " in text
    for line in text.splitlines():
        if line.startswith("|"):
            assert line.replace("\\|", "").count("|") in (5, 6)
    assert "| 9 | " in text and "µs" in text


def test_every_format_of_an_empty_run_is_empty_but_whole() -> None:
    assert to_csv([a_run()]) == ",".join(COLUMNS) + "\n"
    assert json.loads(to_json([a_run()]))[0]["cells"] == []
    assert "Nothing was measured" in to_markdown([a_run()])
