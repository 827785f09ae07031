"""Duels as users call them: two folders of nets, revisions, interpreters; and what becomes of bad ones."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from bench.nets.net_file import IMPLEMENTATIONS
from bench.records.cell import Cell
from bench.regression.decision import Pairs
from bench.regression.duel import DuelResult, Terms
from bench.regression.ended import Ended
from bench.regression.paired_measurement import Side
from tests.conftest import NET
from tests.helpers.checkouts import write_sleeping

SMALL = ("--size", "8,16,4,2")
QUICK = (*SMALL, "--pairs", "5")


def lines(answer) -> dict[str, str]:
    """Each net's line of the answer."""
    outcomes = ("wrong", "slower", "faster", "same", "inconclusive", "contaminated", "not comparable")
    rows = [line for line in answer.stdout.splitlines() if line.startswith(outcomes)]
    return {line.partition("-two_layer")[0].split()[-1]: line for line in rows}


@pytest.mark.slow
def test_a_net_that_became_slower_is_found_and_its_neighbours_are_judged_as_if_it_were_alone(
    fiftyx, repository, tmp_path
):
    nets, out = sorted(path.stem for path in repository.glob("*.py")), tmp_path / "duel.json"

    answer = fiftyx("duel", *nets, "--nets", repository, "--base", "main", "--margin", 0.1, *QUICK, "--out", out)

    assert answer.returncode == 1, answer.stdout + answer.stderr
    rows = lines(answer)
    assert rows["slowed"].startswith("slower")
    assert rows["untouched"].startswith(("same", "inconclusive"))
    assert rows["now_rests"].startswith("wrong")
    assert all(rows[name].startswith("not comparable") for name in ("newcomer", "once_broken", "once_wrong"))
    assert "head: wrong: " in rows["now_rests"]
    assert "base main: no net newcomer" in rows["newcomer"]
    assert "base main: main:nets/once_broken.py" in rows["once_broken"]
    assert "base main: wrong: " in rows["once_wrong"] and "w1" in rows["once_wrong"]

    cells = {cell["cell"].partition("-")[0]: cell for cell in json.loads(out.read_text())["cells"]}
    assert sorted(cells) == nets
    assert len(cells["slowed"]["log_ratios"]) == len(cells["slowed"]["control_log_ratios"]) == cells["slowed"]["pairs"]
    assert cells["slowed"]["pairs"] == 10  # no cell is called slower before the second stage
    assert 1.1 < cells["slowed"]["ratio"]["low"] < cells["slowed"]["ratio"]["high"] < 1.5
    assert cells["newcomer"]["log_ratios"] == []


@pytest.mark.parametrize(
    ("ended", "outcome"),
    [
        (Ended("head", "wrong", "gradient of w1 is off"), "wrong"),
        (Ended("base main", "wrong", "gradient of w1 is off"), "not comparable"),
        (Ended("head", "failed", "head: wrong"), "not comparable"),
        (Ended("head", "absent", "no net mine"), "not comparable"),
    ],
)
def test_a_cell_is_wrong_where_the_head_s_net_is_and_nowhere_else(ended, outcome):
    cell = Cell("mine")
    sides = Side("base main", {}), Side("head", {})
    (verdict,) = DuelResult(*sides, Terms(), {cell: Pairs()}, {cell: ended}, False, ()).verdicts
    assert verdict.outcome == outcome
    assert verdict.reason == str(ended)


@pytest.mark.slow
def test_a_tree_against_itself_is_never_slower(fiftyx, tmp_path):
    head = write_sleeping(tmp_path / "nets", "idle").parent
    answer = fiftyx("duel", "idle", "--nets", head, "--base-tree", head, "--margin", 0.1, *QUICK)
    assert answer.returncode in (0, 3)
    assert lines(answer)["idle"].startswith(("same", "inconclusive"))


def test_a_base_checkout_lends_its_nets_with_their_siblings_but_not_its_engine(fiftyx, tmp_path):
    base = tmp_path / "checkout"
    shutil.copytree(IMPLEMENTATIONS, base / "implementations")
    (base / "bench").mkdir()
    (base / "bench" / "__init__.py").write_text("raise SystemExit('the base has no say in how it is measured')")
    numpy_manual = base / "implementations" / "two_layer" / "numpy_manual.py"
    numpy_manual.write_text(numpy_manual.read_text().replace("= 2.0 * (self.y_pred", "= 1.0 * (self.y_pred", 1))
    head = tmp_path / "nets"
    head.mkdir()
    (head / "child.py").write_text(NET.format(body="    pass"))
    shutil.copy(head / "child.py", base / "implementations" / "two_layer")

    answer = fiftyx("duel", "child", "numpy_manual", "--nets", head, "--base-tree", base, *QUICK)

    assert answer.returncode == 3
    for line in lines(answer).values():  # the reference is the head's, or the base would agree with itself
        assert line.startswith("not comparable")
        assert f"base {base}: wrong: gradient of w" in line


def test_a_duel_that_could_compare_nothing_exits_with_3(fiftyx, tmp_path):
    head = write_sleeping(tmp_path / "nets", "idle").parent
    (tmp_path / "empty").mkdir()
    answer = fiftyx("duel", "idle", "--nets", head, "--base-tree", tmp_path / "empty", *QUICK, "--format", "json")
    assert answer.returncode == 3
    (verdict,) = json.loads(answer.stdout)["verdicts"]  # and nothing but the verdicts
    assert verdict["outcome"] == "not comparable"


@pytest.mark.slow
def test_a_budget_that_ends_early_is_said_and_judged_on_what_there_is(fiftyx, tmp_path):
    head = write_sleeping(tmp_path / "nets", "idle").parent
    answer = fiftyx("duel", "idle", "--nets", head, "--base-tree", head, *QUICK, "--seconds", 1)
    assert answer.returncode == 3
    assert "pairs, where 5 are needed" in lines(answer)["idle"]
    assert "The budget of 1 s" in answer.stdout


@pytest.mark.slow
def test_an_interpreter_without_the_framework_is_not_comparable_and_the_rest_is_judged(fiftyx, tmp_path):
    head = tmp_path / "nets"
    write_sleeping(head, "idle")
    framed = write_sleeping(head, "framed")
    framed.write_text(framed.read_text().replace("import numpy\n", "import numpy\nimport sqlite3\n"))
    python, out = interpreter(tmp_path, "import sys; sys.modules['sqlite3'] = None"), tmp_path / "duel.json"
    (tmp_path / "keras-0.1.dist-info").mkdir()
    (tmp_path / "keras-0.1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: keras\nVersion: 0.1\n")

    words = ("--nets", head, "--base-python", python, "--margin", 0.5, "--out", out)
    answer = fiftyx("duel", "framed", "idle", *words, *QUICK)

    assert answer.returncode in (0, 3), answer.stdout + answer.stderr
    rows = lines(answer)
    assert f"base {python}: skipped: sqlite3" in rows["framed"]
    assert rows["idle"].startswith(("same", "inconclusive"))
    assert "From base to head: keras 0.1 -> " in answer.stdout
    recorded = json.loads(out.read_text())
    assert recorded["base_packages"].items() >= (recorded["machine_info"]["packages"] | {"keras": "0.1"}).items()


def interpreter(folder: Path, at_start: str) -> Path:
    """This Python under another path, which does something first."""
    (folder / "sitecustomize.py").write_text(at_start)
    path = folder / "python"
    path.write_text(f'#!/bin/sh\nPYTHONPATH="{folder}:$PYTHONPATH" exec {sys.executable} "$@"\n')
    path.chmod(0o755)
    return path


def test_a_variable_is_set_for_the_base_alone(fiftyx, tmp_path):
    head = tmp_path / "nets"
    head.mkdir()
    body = "    def wait(self):\n        assert 'ONLY_BASE' not in os.environ"
    (head / "bare.py").write_text(NET.format(body=body))
    answer = fiftyx("duel", "bare", "--nets", head, "--base-env", "ONLY_BASE=1", *QUICK)
    assert answer.returncode == 3
    assert "base ONLY_BASE=1: failed: AssertionError" in lines(answer)["bare"]
