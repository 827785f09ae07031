"""The pilot, on nets whose best number of threads is known since they sleep by it."""

import math
import os
from dataclasses import replace

import pytest

from bench.files import run_files
from bench.records.cell import Cell
from bench.runner import pilot
from bench.runner.pilot import contenders, numbers
from reports.analysis.competitors import all_competitors
from tests.conftest import BRIEF, SMALL
from tests.helpers.recorded import a_run, timed

TUNED = replace(BRIEF, tune_threads=True, budget_seconds=60.0)
SLEEPS = "def step(self):\n    time.sleep({alone} if 'OMP_NUM_THREADS' in os.environ else {together})\n"
SLEEPS += "    return super().step()"


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one processor leaves no number of threads to choose")
def test_a_net_gets_a_cell_with_the_number_of_threads_with_which_it_is_faster(
    write_net, conduct, tmp_path, monkeypatch
):
    monkeypatch.setattr(pilot, "CONTENDS", math.inf)  # NumPy's step is far shorter than one that sleeps
    folder = write_net("alone", SLEEPS.format(alone=0.002, together=0.003))
    write_net("together", SLEEPS.format(alone=0.003, together=0.002))
    run = conduct(folder, "alone", "together", settings=TUNED)

    alone, together = (Cell(net, size=SMALL) for net in ("alone", "together"))
    tuned = [record for record in run.records.values() if record.cell.threads != "all"]
    assert "together" not in {record.cell.net for record in tuned}
    (best,) = [record for record in tuned if record.cell.net == "alone"]
    assert best.outcome == "measured" and best.agreement
    assert run.record(alone).pilot[best.cell.threads] == min(run.record(alone).pilot.values())
    assert run.record(together).pilot["all"] == min(run.record(together).pilot.values())
    assert run.spent.piloting_seconds > 0

    # One baseline for all, and one contest
    assert run.reference(best.cell).cell == run.reference(alone).cell
    assert run.time(best).value < run.time(run.record(alone)).value
    (competitors,) = all_competitors(run)
    assert {best.cell, alone, together} <= {record.cell for record in competitors}

    run_files.save(run, tmp_path / "run.json")
    assert run_files.load(tmp_path / "run.json") == run


def test_without_the_setting_every_net_keeps_its_own_number(write_net, conduct):
    run = conduct(write_net("alone", SLEEPS.format(alone=0.002, together=0.003)), "alone")
    assert {record.cell.threads for record in run.records.values()} == {"all"}
    assert not any(record.pilot for record in run.records.values())


def test_the_numbers_tried_are_one_two_four_and_half_of_the_processors():
    assert [numbers(processors) for processors in (1, 2, 4, 16)] == [(), ("1",), ("1", "2"), ("1", "2", "4", "8")]


def test_the_fastest_nets_contend_the_fastest_first_and_numpy_for_its_own_sake_does_not():
    run = a_run(
        timed("numpy_manual", 400),
        timed("torch_inplace", 300),
        timed("tensorflow_eager", 700),
        timed("jax_grad", 30, device="cuda"),
        timed("torch_floors", 100),
        timed("numpy_manual", 500, dtype="float64", allocator="system"),
        timed("numpy_manual", 350, threads="1"),
    )
    assert [[cell.id for cell in cells] for cells in contenders(run)] == [
        [Cell("torch_inplace").id],
        [Cell("numpy_manual").id],
    ]
