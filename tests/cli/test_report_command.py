"""`fiftyx report`: which runs it takes, what it writes and prints, and how it ends."""

import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bench.errors import UserError
from bench.files import run_files
from reports.claims.s1_fifty_times import fifty_times
from reports.export.formats import FORMATS
from tests.helpers.page_reader import Page
from tests.helpers.recorded import a_run, on_both, on_cpu, timed

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    run_files.save(a_run(*on_cpu()), tmp_path / "run.json")
    return tmp_path / "run.json"


def test_the_command_writes_the_page_and_prints_the_verdict(fiftyx: Command, saved: Path, tmp_path: Path) -> None:
    out = tmp_path / "pages" / "index.html"
    answer = fiftyx("report", saved, "--out", out)
    assert answer.returncode == 0, answer.stderr
    assert fifty_times(run_files.load(saved)).sentence in answer.stdout and out.resolve().as_uri() in answer.stdout
    assert "run.json" in Page(out.read_text(encoding="utf-8")).text()
    assert list((tmp_path / "pages" / "charts" / "made-up" / "run").glob("*.pdf"))


def test_an_unwritable_out_is_one_line_and_status_2(fiftyx: Command, saved: Path) -> None:
    for words in ((), ("--format", "csv")):
        answer = fiftyx("report", saved, *words, "--out", saved / "index.html")
        assert answer.returncode == 2 and answer.stdout == ""
        assert len(answer.stderr.splitlines()) == 1 and "--out" in answer.stderr


def test_several_runs_stand_on_one_page_and_one_that_cannot_be_read_is_one_line(
    fiftyx: Command, saved: Path, tmp_path: Path
) -> None:
    there = on_both(30.0)
    run_files.save(replace(there, machine={**there.machine, "name": "another"}), tmp_path / "there.json")
    (tmp_path / "torn.json").write_text(saved.read_text()[:1000])
    out = tmp_path / "index.html"
    answer = fiftyx("report", saved, tmp_path / "torn.json", tmp_path / "there.json", saved, "--out", out)
    assert answer.returncode == 2
    assert answer.stderr.startswith(f"fiftyx: {tmp_path / 'torn.json'} is cut short")
    assert len(answer.stderr.splitlines()) == 1
    assert len(Page(out.read_text(encoding="utf-8")).tables) == 2
    assert answer.stdout.count("The 50x statement cannot be tested here") == 1 and "is not 50x as fast" in answer.stdout


def test_where_no_run_can_be_read_nothing_is_written(fiftyx: Command, tmp_path: Path) -> None:
    answer = fiftyx("report", tmp_path / "none.json", "--out", tmp_path / "index.html")
    assert answer.returncode == 2 and len(answer.stderr.splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_other_formats_are_printed_or_written(fiftyx: Command, saved: Path, tmp_path: Path) -> None:
    runs = [run_files.load(saved)]
    for kind, write in FORMATS.items():
        printed = fiftyx("report", saved, "--format", kind)
        assert printed.returncode == 0 and printed.stdout == write(runs)
    assert fiftyx("report", saved, "--format", "json", "--out", tmp_path / "out.json").stdout == ""
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert fiftyx("report", saved, "--format", "xml").returncode == 2


def test_without_a_result_each_machine_s_newest_run_is_taken(tmp_path: Path) -> None:
    for name in ("a/20260101T000000Z-x", "a/20260301T000000Z-y", "b/20260201T000000Z-z"):
        run_files.save(a_run(timed("numpy_manual", 300)), tmp_path / f"{name}.json")
    (tmp_path / "a" / "notes.json").write_text("{}")
    found = sorted(path.name[:8] for path in run_files.newest_of_each(tmp_path))
    assert found == ["20260201", "20260301"]
    assert run_files.newest(tmp_path).name.startswith("20260301")
    with pytest.raises(UserError, match="no run under"):
        run_files.newest_of_each(tmp_path / "a" / "nothing")
