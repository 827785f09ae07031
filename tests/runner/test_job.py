"""What a run is going to do, and what it is forecast to take."""

from dataclasses import replace

import pytest

from bench.nets.net_file import discover
from bench.nets.selection import with_references
from bench.records.cell import Cell
from bench.records.settings import Settings
from bench.runner import choice, costs
from bench.runner.choice import (
    DEFAULT_NETS,
    SWEEP_NETS,
    Choice,
    checked_only,
    too_long_here,
    wanted_cells,
    with_baselines,
)
from bench.runner.fit import fitting
from bench.runner.job import new_run
from bench.workloads.size import SWEEP, TUTORIAL, Size

NETS = discover()
LARGE = Size(4096, 1000, 6400, 10)
GPU_ALONE = {"cupy_manual", "torch_tensor:fed", "torch_cuda_graph", "triton_fused"}


@pytest.fixture(autouse=True)
def a_known_processor(monkeypatch):
    monkeypatch.setattr(costs, "cpu_flops_per_second", lambda: 100e9)


def a_job(*sizes: Size, seconds: float = 190.0):
    cells = with_references(Cell("torch_tensor", size=size) for size in sizes)
    return new_run(cells, Settings(budget_seconds=seconds))


def job_of(choice: Choice) -> list[Cell]:
    """The nets' cells, without the floors."""
    return [cell for cell in with_baselines(wanted_cells(choice, NETS), choice, NETS) if not cell.is_lower_bound]


def outcomes(job):
    return {record.cell.size: record.outcome for record in job.records.values()}


def test_the_default_job_holds_each_step_from_the_tutorial_s_numpy_in_one_batch():
    cells = set(job_of(Choice(devices=("cpu",))))
    numpy = Cell("numpy_manual")
    tutorial = replace(numpy, dtype="float64", allocator="system")
    assert {tutorial, replace(numpy, allocator="system"), numpy, replace(numpy, threads="1")} <= cells
    assert {cell.label for cell in cells if cell.size == TUTORIAL} >= set(DEFAULT_NETS) - GPU_ALONE
    assert {cell.label for cell in cells if cell.size != TUTORIAL} == set(SWEEP_NETS) - GPU_ALONE


@pytest.mark.parametrize(
    ("processors", "quick", "left_out"), [(2, False, 1), (2, True, 1), (16, False, 0), (16, True, 1)]
)
def test_torch_s_compiler_takes_part_where_the_default_job_has_the_time(processors, quick, left_out, monkeypatch):
    monkeypatch.setattr(choice, "PROCESSORS", processors)
    cells = wanted_cells(Choice(devices=("cpu",)), NETS)
    assert "torch_compile" in {cell.net for cell in cells}
    assert len(too_long_here(cells, Choice(), quick)) == left_out
    assert not too_long_here(cells, Choice(nets=("torch_compile",)), quick)


def test_on_a_gpu_the_default_job_also_has_what_runs_there_alone():
    cells = [cell for cell in job_of(Choice(devices=("cpu", "cuda"))) if cell.device == "cuda"]
    assert {cell.label for cell in cells if cell.size == TUTORIAL} >= GPU_ALONE
    assert {cell.label for cell in cells if cell.size != TUTORIAL} >= {"triton_fused", "torch_inplace"}


def test_a_workload_s_job_holds_the_nets_that_were_made_for_it_alone():
    many_steps = {cell.net for cell in job_of(Choice(workloads=("many_steps",), devices=("cpu",)))}
    assert many_steps >= {"numpy_loop", "jax_scan", "tensorflow_loop", "keras_steps_per_execution"}
    assert "torch_tensor" not in many_steps
    assert "torch_dynamic" in {cell.net for cell in job_of(Choice(workloads=("dynamic",), devices=("cpu",)))}
    assert "jax_scan" not in {cell.net for cell in job_of(Choice())}


def test_a_job_of_named_nets_is_those_and_the_tutorial_s_numpy():
    cells = job_of(Choice(nets=("torch_tensor",), devices=("cpu",)))
    tutorial = Cell("numpy_manual", dtype="float64", allocator="system")
    assert set(cells) == {Cell("torch_tensor"), Cell("numpy_manual"), tutorial}


def test_a_sweep_goes_from_the_tutorial_s_size_to_steps_of_100_gflop():
    assert SWEEP[0] == TUTORIAL
    assert len({(size.batch, size.hidden) for size in SWEEP}) == 16
    assert 90e9 < max(size.flops_per_step for size in SWEEP) < 120e9
    cells = job_of(Choice(sizes=SWEEP, devices=("cpu",)))
    assert {cell.size for cell in cells} == set(SWEEP)


def test_a_size_that_does_not_fit_the_budget_is_skipped_with_the_estimate():
    job = fitting(a_job(TUTORIAL, LARGE))
    assert outcomes(job) == {TUTORIAL: "pending", LARGE: "skipped"}
    reason = job.records[Cell("torch_tensor", size=LARGE).id].reason
    assert "for 5 restarts" in reason
    needed = float(reason.rpartition("--seconds ")[2].partition(" ")[0])
    assert outcomes(fitting(a_job(TUTORIAL, LARGE, seconds=needed + 1)))[LARGE] == "pending"


def test_a_small_budget_reaches_far_and_leaves_out_what_is_between():
    sizes = [TUTORIAL, *(replace(LARGE, hidden=hidden) for hidden in (100, 1600, 4800)), LARGE]
    taken = set()
    for seconds in range(0, 4000, 50):
        found = outcomes(fitting(a_job(*sizes, seconds=seconds)))
        taken.add("".join("x" if found[size] == "pending" else "." for size in sizes))
    assert {"x....", "xx...", "xxxxx"} <= taken
    assert any(found.endswith("x") and "." in found for found in taken), taken


def test_where_one_other_size_fits_alone_it_is_the_largest_that_does():
    sizes = (TUTORIAL, Size(64, 1000, 400, 10), Size(256, 1000, 400, 10))
    found = [outcomes(fitting(a_job(*sizes, seconds=seconds))) for seconds in range(0, 400, 5)]
    chosen = [tuple(taken[size] == "pending" for size in sizes[1:]) for taken in found]
    assert chosen[0] == (False, False) and chosen[-1] == (True, True)
    assert chosen.count((False, True)) >= chosen.count((True, False)) > 0 or (True, False) not in chosen


def test_floors_away_from_the_tutorial_s_size_are_forecast_to_take_less_than_nets():
    nets, floors = ([Cell(name, size=size) for size in (TUTORIAL, LARGE)] for name in ("torch_tensor", "torch_floors"))
    (net, large_net), (floor, large_floor) = (
        [costs.restart_seconds((cell,), Settings()) for cell in cells] for cells in (nets, floors)
    )
    assert floor == net and large_floor < large_net


def test_a_reference_that_another_batch_needs_is_not_skipped():
    nets = ("torch_tensor", "torch_nn")
    cells = with_references(Cell(net, size=size) for size in (TUTORIAL, LARGE) for net in nets)
    seen = set()
    for seconds in range(0, 4000, 50):
        job = fitting(new_run(cells, Settings(budget_seconds=seconds, workers=2)))
        found = {cell.net: job.records[cell.id].outcome for cell in cells if cell.size == LARGE}
        assert "pending" not in map(found.get, nets) or found["numpy_manual"] == "pending"
        seen.add(tuple(map(found.get, nets)))
    assert ("pending", "skipped") in seen


def test_a_size_that_alone_was_asked_for_is_never_skipped_for_its_time():
    assert outcomes(fitting(a_job(LARGE))) == {LARGE: "pending"}


def test_a_size_that_the_memory_has_no_room_for_is_skipped_with_the_estimate():
    vast = Size(10**6, 1000, 10**6, 10)
    job = fitting(a_job(vast))
    assert outcomes(job) == {vast: "skipped"}
    assert "GiB are free: choose a smaller --size" in job.records[Cell("torch_tensor", size=vast).id].reason


def test_what_is_forecast_grows_with_the_work():
    small, large = (costs.restart_seconds((Cell("torch_tensor", size=size),), Settings()) for size in (TUTORIAL, LARGE))
    assert small < large
    double = costs.step_seconds(Cell("numpy_manual", dtype="float64", size=LARGE))
    assert double == pytest.approx(2 * costs.step_seconds(Cell("numpy_manual", size=LARGE)), rel=0.01)


def test_a_dry_run_shows_the_cells_and_the_time_and_writes_nothing(fiftyx, tmp_path):
    done = fiftyx("run", "torch_tensor", "--device", "cpu", "--dry-run", "--out", tmp_path / "run.json")
    assert done.returncode == 0
    assert "pending  torch_tensor-two_layer-64x1000x100x10-float32-cpu" in done.stdout
    assert "cells: about 0:" in done.stdout and "to time 5 of them" in done.stdout
    assert not (tmp_path / "run.json").exists()


def test_the_default_job_also_checks_what_decides_the_statements_that_need_no_times():
    besides = checked_only(Choice(devices=("cpu",)), NETS)
    run = new_run(wanted_cells(Choice(devices=("cpu",)), NETS), Settings(), besides)
    assert {record.cell.workload for record in run.records.values() if record.outcome == "unchecked"} == {
        "dynamic",
        "linear_regression",
        "linear_regression_1e-2",
    }
    assert not checked_only(Choice(nets=("torch_nn",)), NETS)


def test_a_dry_run_says_once_for_all_cells_alike_why_they_are_left_out(fiftyx):
    lines = fiftyx("run", "torch_tensor", "--device", "cpu", "--size", "sweep", "--dry-run").stdout.splitlines()
    skipped = [line for line in lines if line.startswith("skipped")]
    reasons = [line.partition(": ")[2] for line in skipped]
    assert skipped and len(reasons) == len(set(reasons))
    assert any(" more: needs about " in line for line in skipped)
