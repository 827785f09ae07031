"""A history read from its files: the numbers of the runs, and the rest of them when some are no runs."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.errors import UserError
from bench.files import history_reader, run_files
from bench.files.history_reader import WORTH_PROCESSES, read, read_all
from bench.files.run_json import to_json
from bench.records.health import Health
from bench.records.run import Run
from tests.helpers import histories
from tests.helpers.committed import committed_runs
from tests.helpers.recorded import a_run, ended, timed

DISTURBANCES = (
    {"stolen_cores": 0.5},
    {"others_cores": 0.9},
    {"quiet": False},
    {"gpu_throttled": ("thermal",)},
    {"gpu_others": 1},
)


def disturbed(run: Run, trouble: dict, rounds: int) -> Run:
    """The run with that trouble in the first rounds of each restart, whose times are three times as long."""
    for record in run.records.values():
        if record.outcome != "measured":
            continue
        health = {
            key: Health(3, 120, **trouble) if key.round < rounds and not record.cell.is_reference else found
            for key, found in record.health.items()
        }
        steps = {key: seconds * (3 if key.round < rounds else 1) for key, seconds in record.seconds["step"].items()}
        run = run.with_record(replace(record, health=health, seconds={**record.seconds, "step": steps}))
    return run


def a_mixed_run() -> Run:
    return a_run(
        timed("numpy_manual", 300),
        timed("numpy_manual", 900, dtype="float64"),
        timed("torch_tensor", 200),
        timed("torch_tensor", 500, dtype="float64"),
        timed("torch_tensor", 150, dtype="bfloat16"),
        timed("jax_grad", 250, restarts=3),
        ended("torch_compile", "failed", "no compiler"),
        timed("alone", 250, threads="1"),
    )


def save(run: Run, path: Path) -> Path:
    run_files.save(run, path)
    return path


def agrees(path: Path) -> bool:
    """Whether what is read of a file is what the run itself says; there is something to compare."""
    past, run = read(path), run_files.load(path)
    expected = {
        cell: 1 / speedup.value
        for cell, record in run.records.items()
        if record.outcome == "measured" and not record.cell.is_reference and (speedup := run.speedup(record))
    }
    assert expected
    assert {cell: run.records[cell].cell.reference.id for cell in expected} == {
        cell: reference for cell, (_, reference) in past.ratios.items()
    }
    return {cell: ratio for cell, (ratio, _) in past.ratios.items()} == pytest.approx(expected)


def test_what_is_read_of_a_run_is_what_the_run_says(tmp_path):
    path = save(a_mixed_run(), tmp_path / "run.json")
    assert agrees(path)
    past, run = read(path), run_files.load(path)
    assert (past.started, past.commit) == (run.started, run.commit["id"])
    assert past.conditions == (run.machine["name"], run.machine["fingerprint"])
    assert past.seconds.keys() == {cell for cell, record in run.records.items() if record.cell.is_reference}
    for cell, seconds in past.seconds.items():
        assert seconds == pytest.approx(run.time(run.records[cell]).value, rel=0.01)


@pytest.mark.parametrize("trouble", DISTURBANCES, ids=lambda trouble: next(iter(trouble)))
@pytest.mark.parametrize("rounds", [1, 3])
def test_rounds_that_do_not_count_in_a_run_do_not_count_here(trouble, rounds, tmp_path):
    assert agrees(save(disturbed(a_mixed_run(), trouble, rounds), tmp_path / "run.json"))


def test_a_run_that_the_engine_wrote_is_read_as_it_is(write_net, conduct, tmp_path):
    assert agrees(save(conduct(write_net("good", "pass"), "good"), tmp_path / "run.json"))


@pytest.mark.parametrize("path", committed_runs(), ids=str)
def test_recorded_runs_are_read_old_ones_too(path):
    assert agrees(path)


def test_a_file_with_other_spacing_is_read_alike(tmp_path):
    path = tmp_path / "run.json"
    path.write_text(json.dumps(to_json(a_mixed_run()), indent=2))
    assert agrees(path)


def test_a_name_that_looks_like_the_format_deceives_nobody(tmp_path):
    evil = 'x","phase": "step","data":[1,2],"fiftyx":{"extra_info'
    path = save(a_run(timed("numpy_manual", 300), timed(evil, 200)), tmp_path / "run.json")
    assert agrees(path)


def test_every_truncation_of_a_run_is_refused(tmp_path):
    whole = save(a_mixed_run(), tmp_path / "run.json").read_bytes()
    for length in [*range(0, len(whole), len(whole) // 50), len(whole) - 1]:
        (tmp_path / "cut.json").write_bytes(whole[:length])
        with pytest.raises(UserError, match=r"cut.json is empty|is cut short|is not JSON"):
            read(tmp_path / "cut.json")


def test_files_that_are_no_runs_are_left_out_with_the_reason_and_others_ignored(tmp_path):
    save(a_mixed_run(), tmp_path / "machine" / "20260101T000000Z-a.json")
    save(replace(a_mixed_run(), started="2025-01-02T03:04:05+00:00"), tmp_path / "machine" / "any-name.json")
    (tmp_path / "20260102T000000Z-b.json").write_text("")
    (tmp_path / "cut.json").write_text('{"machine_info": {')
    (tmp_path / "notes.json").write_text('{"nothing": "of ours"}')
    (tmp_path / "calibration.txt").write_text("no JSON")
    (tmp_path / "calibration-20260101T000000Z-a.json").write_text('{"machine_info": {}, "fiftyx_calibration": 1}')
    runs, left_out = read_all(tmp_path)
    assert [run.started for run in runs] == ["2025-01-02T03:04:05+00:00", "2026-01-02T03:04:05+00:00"]
    assert sorted(reason.partition("tmp")[0] != "" for reason in left_out) == [True, True]
    assert any("20260102T000000Z-b.json is empty" in reason for reason in left_out)
    assert any("cut.json is cut short" in reason for reason in left_out)


def test_a_folder_without_a_run_is_refused(tmp_path):
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(UserError, match="no run under"):
            read_all(folder)
    (tmp_path / "20260102T000000Z-b.json").write_text("[")
    with pytest.raises(UserError, match=r"no run under .* that can be read \(.*20260102T000000Z-b.json is not JSON"):
        read_all(tmp_path)


def test_many_runs_are_read_by_several_processes_and_in_order(tmp_path):
    count = WORTH_PROCESSES + 10
    text = (save(a_mixed_run(), tmp_path / "one.json")).read_text()
    for number in range(count - 1):
        later = text.replace("2026-01-02T03", histories.day(number + 2)[:13])
        (tmp_path / f"{count - number}.json").write_text(later)
    runs, left_out = read_all(tmp_path)
    assert len(runs) == count and not left_out
    assert [run.started for run in runs] == sorted(run.started for run in runs)


def test_a_good_file_is_not_read_as_a_whole_run(tmp_path, monkeypatch):
    """Reading it whole takes several times as long, and a history may have a thousand."""
    path = save(a_mixed_run(), tmp_path / "run.json")
    monkeypatch.setattr(run_files, "load", lambda path: pytest.fail("read as a whole run"))
    assert np.isfinite([ratio for ratio, _ in history_reader.read(path).ratios.values()]).all()
