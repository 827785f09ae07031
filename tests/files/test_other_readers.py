"""What other programs read of a run file, field by field, on one that the engine has written.

github-action-benchmark's `pytest` tool, Bencher's `python_pytest` adapter and pytest-benchmark's own `compare` are
described here by the fields that they take and the types that they want, as their sources have it.
"""

import json
import math
import subprocess
import sys
from decimal import Decimal

import pytest

from bench.files import run_files
from bench.files.benchmark_entries import benchmark_entries
from reports.export.formats import FORMATS
from tests.helpers.recorded import MACHINE, a_run, ended, timed


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """A run file of two cells, written by `fiftyx run`."""
    path = tmp_path_factory.mktemp("run") / "run.json"
    words = ["run", "numpy_manual", "--size", "8,16,4,2", "--quick", "--seconds", "1", "--out", str(path)]
    subprocess.run([sys.executable, "-m", "bench", *words], check=True, capture_output=True, timeout=120)
    return path


@pytest.fixture
def written(path):
    return json.loads(path.read_text(), parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))


def number(value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def test_github_action_benchmark_finds_the_fields_of_its_pytest_tool(written):
    """It takes `fullname`, `stats.ops` as the value, `stats.stddev` as the range, `stats.mean` and `stats.rounds`."""
    assert written["benchmarks"]
    for bench in written["benchmarks"]:
        stats = bench["stats"]
        assert isinstance(bench["fullname"], str) and bench["fullname"]
        assert all(number(stats[name]) for name in ("ops", "stddev", "mean", "rounds"))
        assert stats["ops"] == pytest.approx(1 / stats["mean"])
        assert isinstance(stats["rounds"], int) and stats["rounds"] > 0
    names = [bench["fullname"] for bench in written["benchmarks"]]
    assert len(set(names)) == len(names), "it keeps one history for each name"


def test_bencher_finds_the_fields_of_its_adapter(written):
    """It wants both infos as objects, names of at most 1024 bytes, and decimals for mean, stddev, median and iqr."""
    assert isinstance(written["machine_info"], dict) and isinstance(written["commit_info"], dict)
    for bench in written["benchmarks"]:
        assert 0 < len(bench["fullname"].encode()) <= 1024
        for name in ("mean", "stddev", "median", "iqr"):
            assert number(bench["stats"][name])
            # Its decimals have 96 bits and 28 places after the point.
            assert abs(Decimal(repr(bench["stats"][name]))) < Decimal(2) ** 96


def test_pytest_benchmark_compares_two_run_files_and_finds_every_column(path, written):
    """Its `compare` reads names, params, group, options and these stats, and `machine_info` and `commit_info`."""
    for bench in written["benchmarks"]:
        assert {"group", "name", "fullname", "params", "param", "extra_info", "options", "stats"} <= bench.keys()
        assert isinstance(bench["param"], str)
        columns = ("min", "max", "mean", "stddev", "median", "iqr", "outliers", "ops", "rounds", "iterations")
        assert set(columns) <= bench["stats"].keys()
    other = path.with_name("0002_other.json")
    other.write_text(path.read_text())
    command = [sys.executable, "-m", "pytest_benchmark", "compare", str(path), str(other), "--csv=table.csv"]
    answer = subprocess.run(command, capture_output=True, text=True, cwd=path.parent, timeout=120, check=True)
    for bench in written["benchmarks"]:
        assert answer.stdout.count(bench["name"]) >= 2
    header, *rows = (path.parent / "table.csv").read_text().splitlines()
    assert header.startswith("name,") and len(rows) == 2 * len(written["benchmarks"])


def test_the_parts_that_other_readers_ignore_are_under_one_key_of_ours(written):
    theirs = {"machine_info", "commit_info", "benchmarks", "datetime", "version"}
    assert written.keys() == theirs | {"fiftyx"}


def test_custom_smaller_is_better_is_a_list_of_names_units_and_values(path):
    run = run_files.load(path)
    answer = subprocess.run(
        [sys.executable, "-m", "bench", "report", str(path), "--format", "smaller-is-better"],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found = json.loads(answer.stdout)
    measured = {cell for cell, record in run.records.items() if record.outcome == "measured" and run.time(record)}
    assert {entry["name"] for entry in found} == measured
    for entry in found:
        assert entry.keys() == {"name", "unit", "value", "range", "extra"}
        assert all(isinstance(entry[key], str) for key in ("name", "unit", "range", "extra"))
        assert entry["unit"] == "us/step"
        assert entry["value"] == pytest.approx(run.time(run.records[entry["name"]]).value * 1e6)


def test_custom_smaller_is_better_has_no_entry_for_what_was_not_measured_and_no_interval_for_one_restart():
    run = a_run(timed("numpy_manual", 300, restarts=1), ended("torch_tensor", "failed", "broken"))
    (entry,) = json.loads(FORMATS["smaller-is-better"]([run]))
    assert entry["range"] == "no interval"
    assert entry["value"] == pytest.approx(run.time(next(iter(run.records.values()))).value * 1e6)


def test_custom_smaller_is_better_keeps_the_series_of_two_machines_apart():
    runs = [a_run(timed("numpy_manual", 300), machine={**MACHINE, "name": name}) for name in ("one", "other")]
    names = [entry["name"] for entry in json.loads(FORMATS["smaller-is-better"](runs))]
    assert len(set(names)) == 2 and all(name.endswith(next(iter(runs[0].records))) for name in names)


def test_a_long_name_still_fits_bencher():
    record = timed("net_" + "x" * 200, 300, workload="linear_regression_full_batch", threads="16", allocator="system")
    assert all(len(bench["fullname"].encode()) <= 1024 for bench in benchmark_entries(record))
