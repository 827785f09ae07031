"""The same speedups in other runs of one machine: beside each other, and never those of another machine."""

from dataclasses import replace
from pathlib import Path

from bench.files import run_files
from bench.records.run import Run
from reports import page
from reports.analysis.repeats import MOST_RUNS, Repeats
from reports.article import articles_of
from reports.run_view import views_of
from tests.helpers.page_reader import Page
from tests.helpers.recorded import a_run, timed

EARLIER = "2026-01-01T00:00:00+00:00"


def run_of(microseconds: float, started: str = "2026-01-02T03:04:05+00:00", **machine: str) -> Run:
    """NumPy at 300 us, and a net; every restart alike but for a tremor."""
    run = a_run(timed("numpy_manual", 300), timed("torch_tensor", microseconds))
    return replace(run, started=started, machine={**run.machine, **machine})


def repeats(run: Run, *beside: Run) -> Repeats | None:
    [view] = views_of([(run, Path("results/made-up/run.json"))], beside)
    return view.repeats


def started(run: Run, *beside: Run) -> list[str]:
    """The beginnings of the runs that a run is set beside."""
    found = repeats(run, *beside)
    return list(found.started) if found else []


def test_another_run_of_the_machine_stands_beside_with_its_difference() -> None:
    runs = [(run_of(200), Path("results/made-up/run.json"))]
    text = Page(page.render(articles_of(runs, [run_of(220, EARLIER)]))).text()
    assert "Their values differ by up to 10.0%" in text and "2026-01-01 00:00" in text


def test_only_finished_runs_of_the_same_nets_in_the_same_way_are_repetitions() -> None:
    before = run_of(220, EARLIER)
    changed = replace(before.records["torch_tensor-two_layer-64x1000x100x10-float32-cpu"], runtime={"source": "new"})
    for other in (
        replace(before, finished=False),
        replace(before, settings=replace(before.settings, rounds=3)),
        before.with_record(changed),
    ):
        assert repeats(run_of(200), other) is None


def test_a_run_that_is_named_twice_and_the_run_itself_are_no_repetitions() -> None:
    before = run_of(220, EARLIER)
    assert started(run_of(200), before, before, run_of(200)) == [EARLIER]


def test_the_newest_runs_of_this_environment_are_shown_though_others_are_newer() -> None:
    others = [run_of(220, f"2026-01-01T00:{minute:02}:00+00:00") for minute in range(8)]
    elsewhere = [replace(other, machine={**other.machine, "fingerprint": "another"}) for other in others]
    newest_first = [other.started for other in reversed(others)]
    assert started(run_of(200), *elsewhere, *others) == newest_first[:MOST_RUNS]


def test_a_run_of_other_hardware_or_packages_is_no_repetition() -> None:
    assert repeats(run_of(200), run_of(220, EARLIER, fingerprint="another")) is None
    assert repeats(run_of(200)) is None


def test_a_cell_that_no_other_run_has_is_left_out() -> None:
    alone = run_of(220, EARLIER)
    alone = replace(alone, records={key: value for key, value in alone.records.items() if "numpy" in key})
    assert repeats(run_of(200), alone) is None


def test_the_command_finds_the_other_runs_of_the_folder_and_passes_over_what_is_none(fiftyx, tmp_path: Path) -> None:
    newest, older = tmp_path / "20260102T030405Z-abc.json", tmp_path / "20260101T000000Z-abc.json"
    run_files.save(run_of(200), newest)
    run_files.save(run_of(220, EARLIER), older)
    (tmp_path / "20251231T000000Z-abc.json").write_text("torn")
    (tmp_path / "calibration.json").write_text("{}")
    answer = fiftyx("report", newest, "--out", tmp_path / "page" / "index.html")
    assert answer.returncode == 0 and not answer.stderr
    text = Page((tmp_path / "page" / "index.html").read_text(encoding="utf-8")).text()
    assert "From run to run" in text and "2026-01-01 00:00" in text
