import json
import os
import re
import subprocess
import sys
from dataclasses import replace

import pytest

from bench.errors import UserError
from bench.files import run_files, run_json
from bench.records.agreement import Agreement, Deviation
from bench.records.record import DEVICE


@pytest.fixture
def run(write_net, conduct):
    run = conduct(write_net("good", "pass"), "good")
    for record in run.records.values():
        run = run.with_record(replace(record, runtime={"framework": "numpy"} | record.runtime))
    return run


def test_a_run_comes_back_from_its_file_as_it_was(run, tmp_path):
    path = tmp_path / "run.json"
    run_files.save(run, path)
    assert run_files.load(path) == run


def test_an_error_that_is_not_a_number_survives_in_valid_json(run, tmp_path):
    record = next(iter(run.records.values()))
    broken = Agreement((Deviation("gradient", "w1", 1, float("nan"), 1e-4),), 1)
    run_files.save(run.with_record(replace(record, outcome="wrong", agreement=broken)), tmp_path / "run.json")
    text = (tmp_path / "run.json").read_text()
    json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    loaded = run_files.load(tmp_path / "run.json").records[record.cell.id].agreement
    assert not loaded.first_wrong.passes


def test_a_least_error_survives_and_an_agreement_without_one_is_written_as_ever(run, tmp_path):
    record = next(iter(run.records.values()))
    found = Agreement((Deviation("loss", "loss", 1, 0.0, 1e-5), Deviation("direction", "w2", 1, 1e-3, 2e-3, 1e-5)), 3)
    changed = run.with_record(replace(record, agreement=found))
    run_files.save(changed, tmp_path / "run.json")
    assert run_files.load(tmp_path / "run.json") == changed
    (cell,) = [cell for cell in run_json.to_json(changed)["fiftyx"]["cells"] if cell["id"] == record.cell.id]
    assert [len(entry) for entry in cell["agreement"]["deviations"]] == [5, 6]


def test_what_a_gpu_tells_survives_and_a_file_from_before_it_was_asked_loads(run, tmp_path):
    record = next(iter(run.records.values()))
    told = replace(
        record,
        starts=tuple(replace(start, joules_per_step=4.2e-3, watts=210.0) for start in record.starts),
        seconds={**record.seconds, DEVICE: {key: value / 2 for key, value in record.seconds["step"].items()}},
        health={key: replace(health, gpu_watts=312.5) for key, health in record.health.items()},
    )
    run_files.save(run.with_record(told), tmp_path / "run.json")
    assert run_files.load(tmp_path / "run.json").records[record.cell.id] == told

    old = run_json.to_json(run)
    for cell in old["fiftyx"]["cells"]:
        place = cell["health"]["columns"].index("gpu_watts")
        cell["health"]["columns"] = [name for name in cell["health"]["columns"] if name != "gpu_watts"]
        cell["health"]["rows"] = [[*row[: place + 2], *row[place + 3 :]] for row in cell["health"]["rows"]]
        for start in cell["starts"]:
            del start["joules_per_step"], start["watts"]
    (tmp_path / "old.json").write_text(json.dumps(old))
    assert run_files.load(tmp_path / "old.json") == run


def test_a_saved_run_leaves_no_temporary_file(run, tmp_path):
    run_files.save(run, tmp_path / "deep" / "run.json")
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["run.json"]


def test_a_run_is_named_by_its_machine_its_time_in_utc_and_its_commit(run):
    path = run_files.new_path(replace(run, started="2026-02-03T04:05:06+00:00", commit={"id": "0123456789abcdef"}))
    assert path.parts[0] == "results"
    assert path.parts[1] == run.machine["name"]
    assert path.name == "20260203T040506Z-0123456789ab.json"


def test_a_machine_s_name_tells_its_hardware_and_not_its_owner(run):
    assert re.fullmatch(r"[a-z0-9-]+-\d+-cores[a-z0-9-]*", run.machine["name"])
    assert os.uname().nodename not in json.dumps(run_json.to_json(run))


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("", "is empty"),
        ("  \n", "is empty"),
        ('{"machine_info": {"a": ', "is cut short"),
        ("not json", "is not JSON"),
        ("[1, 2]", "is not a fiftyx run"),
        ('{"benchmarks": []}', "is not a fiftyx run"),
        ('{"fiftyx": {"format": 99}}', "has format 99"),
        ('{"fiftyx": {"format": 1}}', "is damaged"),
    ],
)
def test_a_file_that_is_no_run_is_refused_with_its_name_the_fact_and_a_remedy(text, fact, tmp_path):
    path = tmp_path / "run.json"
    path.write_text(text)
    with pytest.raises(UserError) as refusal:
        run_files.load(path)
    assert str(path) in str(refusal.value)
    assert fact in str(refusal.value)
    assert ": " in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_every_truncation_of_a_run_is_refused_or_never_seen(run, tmp_path):
    run_files.save(run, tmp_path / "run.json")
    whole = (tmp_path / "run.json").read_bytes()
    for length in range(0, len(whole), max(1, len(whole) // 60)):
        (tmp_path / "cut.json").write_bytes(whole[:length])
        with pytest.raises(UserError, match=r"is empty|is cut short|is not JSON"):
            run_files.load(tmp_path / "cut.json")


def test_each_entry_has_the_fields_that_other_readers_of_the_format_read(run):
    saved = run_json.to_json(run)
    assert {"machine_info", "commit_info", "benchmarks", "datetime", "version"} <= saved.keys()
    for entry in saved["benchmarks"]:
        assert len(entry["fullname"].encode()) <= 1024
        stats = entry["stats"]
        assert all(isinstance(stats[name], float) for name in ("mean", "stddev", "median", "iqr", "ops"))
        assert stats["rounds"] == len(stats["data"]) == len(entry["extra_info"]["rounds"])
        assert stats["min"] <= stats["q1"] <= stats["median"] <= stats["q3"] <= stats["max"]
    names = [entry["fullname"] for entry in saved["benchmarks"]]
    assert len(set(names)) == len(names)


def test_pytest_benchmark_s_own_compare_reads_two_runs(run, tmp_path):
    paths = [tmp_path / "0001_base.json", tmp_path / "0002_head.json"]
    for path in paths:
        run_files.save(run, path)
    command = [sys.executable, "-m", "pytest_benchmark", "compare", *map(str, paths)]
    answer = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=120)
    assert answer.returncode == 0, answer.stderr
    for record in run.records.values():
        assert answer.stdout.count(f"step[{record.cell.id}]") >= 2
