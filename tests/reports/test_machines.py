"""Several runs on one page: side by side, never mixed."""

from dataclasses import replace
from pathlib import Path

from bench.records.run import Run
from reports import page
from reports.charting import machines
from reports.claims.s1_fifty_times import fifty_times
from tests.helpers.page_reader import SOURCE, Page, html
from tests.helpers.recorded import a_run, on_both, on_cpu, timed


def elsewhere(run: Run) -> Run:
    """The same run as if of another machine, a day later."""
    machine = {**run.machine, "name": "another", "cpu": {"brand_raw": "Another CPU"}}
    return replace(run, machine=machine, started="2026-01-03T03:04:05+00:00")


def entries(*runs: Run) -> list[machines.Entry]:
    return [machines.Entry(run, fifty_times(run)) for run in runs]


def test_machines_stand_side_by_side_and_are_never_mixed() -> None:
    here, there = a_run(*on_cpu()), elsewhere(on_both(30.0))
    found = Page(html(here, there))
    assert [len(table) - 1 for table in found.tables] == [len(there.records), len(here.records)]
    assert {"phases", "made-up-phases", "statement-9", "made-up-statement-9"} <= set(found.ids())
    assert len(found.ids()) == len(set(found.ids()))
    assert {link[1:] for link in found.links() if link.startswith("#")} <= set(found.ids())


def test_two_runs_of_one_machine_keep_their_sections_apart() -> None:
    first, second = a_run(*on_cpu()), a_run(*on_cpu(3), started="2026-01-03T03:04:05+00:00")
    found = Page(html(first, second, first))
    assert len(found.ids()) == len(set(found.ids()))
    assert [identifier for identifier in found.ids() if identifier.endswith("verdict")] == [
        "verdict",
        "made-up-2-verdict",
        "made-up-3-verdict",
    ]


def test_what_a_gpu_is_worth_is_drawn_for_every_machine_that_has_one() -> None:
    first, second = on_both(30.0), elsewhere(on_both(10.0))
    drawn = machines.chart(entries(first, second, a_run(*on_cpu())))
    assert drawn is not None and "Another CPU" in drawn.description
    assert drawn.description.count("CPU (4 CPUs) with Made-up GPU") == 2
    assert drawn.description.count(", 26 MFLOP") == 2  # each at its own size


def test_two_runs_of_one_machine_are_named_by_their_start() -> None:
    first = on_both(30.0)
    drawn = machines.chart(entries(first, replace(first, started="2026-01-04T03:04:05+00:00")))
    assert drawn is not None
    for day in (2, 4):
        assert f"Made-up GPU, 2026-01-0{day} 03:04" in drawn.description


def test_a_single_machine_has_nothing_to_stand_beside() -> None:
    assert machines.chart(entries(on_both(30.0))) is None


def test_pictures_of_each_run_lie_in_a_folder_of_their_own(tmp_path: Path) -> None:
    alone = a_run(timed("numpy_manual", 300))
    page.write([(alone, Path("a.json")), (alone, Path("b.json")), (elsewhere(alone), SOURCE)], tmp_path / "index.html")
    folders = {path.parent.relative_to(tmp_path / "charts").as_posix() for path in tmp_path.rglob("*.png")}
    assert folders == {"made-up/a", "made-up/b", "another/run"}
