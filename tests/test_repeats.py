"""The same speedups in other runs of one machine: beside each other, and never those of another machine."""

from dataclasses import replace
from pathlib import Path

from page_reader import Page
from recorded import a_run, timed

from bench import store
from bench.run import Run
from reports import page
from reports.part import parts_of


def run_of(microseconds: float, started: str = "2026-01-02T03:04:05+00:00", **machine: str) -> Run:
    """NumPy at 300 us, and a net; every restart alike but for a tremor."""
    run = a_run(timed("numpy_manual", 300), timed("torch_tensor", microseconds))
    return replace(run, started=started, machine={**run.machine, **machine})


def shown(run: Run, *beside: Run) -> str:
    return Page(page.render(parts_of([(run, Path("results/made-up/run.json"))], beside))).text()


def test_another_run_of_the_machine_stands_beside_and_intervals_apart_are_told() -> None:
    text = " ".join(shown(run_of(200), run_of(220, "2026-01-01T00:00:00+00:00")).split())
    assert "Their values differ by up to 10.0%, and 1 of 1 cells have two intervals with nothing in common" in text
    assert "2026-01-01 00:00" in text and "intervals apart" in text


def test_runs_that_agree_are_not_said_to_be_apart() -> None:
    text = shown(run_of(200), run_of(200, "2026-01-01T00:00:00+00:00"))
    assert "differ by up to 0%; of every cell the intervals have something in common" in " ".join(text.split())
    assert "nothing in common" not in text


def test_a_run_of_other_hardware_or_packages_is_no_repetition() -> None:
    other = run_of(220, "2026-01-01T00:00:00+00:00", fingerprint="another")
    assert "From run to run" not in shown(run_of(200), other)
    assert "From run to run" not in shown(run_of(200))


def test_a_cell_that_no_other_run_has_is_left_out() -> None:
    alone = run_of(220, "2026-01-01T00:00:00+00:00")
    alone = replace(alone, records={key: value for key, value in alone.records.items() if "numpy" in key})
    assert "From run to run" not in shown(run_of(200), alone)


def test_the_command_finds_the_other_runs_of_the_folder_and_passes_over_what_is_none(fiftyx, tmp_path: Path) -> None:
    newest, older = tmp_path / "20260102T030405Z-abc.json", tmp_path / "20260101T000000Z-abc.json"
    store.save(run_of(200), newest)
    store.save(run_of(220, "2026-01-01T00:00:00+00:00"), older)
    (tmp_path / "20251231T000000Z-abc.json").write_text("torn")
    (tmp_path / "calibration.json").write_text("{}")
    answer = fiftyx("report", newest, "--out", tmp_path / "page" / "index.html")
    assert answer.returncode == 0 and not answer.stderr
    text = Page((tmp_path / "page" / "index.html").read_text(encoding="utf-8")).text()
    assert "From run to run" in text and "2026-01-01 00:00" in text
