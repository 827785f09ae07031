"""The ladder, recomputed from the rounds of a made-up run."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import t as student

from bench.records.record import Record
from bench.records.run import Run
from reports.analysis.ladder import Ladder, ladder
from tests.helpers.recorded import a_run, on_both, on_cpu, timed

RESTARTS = 8


def every_rung(noise: float = 0.02) -> Run:
    """NumPy under each setting, torch line for line and in place on both devices, a graph of each, and TF32."""

    def record(net: str, microseconds: float, **cell: str) -> Record:
        return timed(net, microseconds, RESTARTS, noise, **cell)

    return a_run(
        record("numpy_manual", 1500, dtype="float64", allocator="system"),
        record("numpy_manual", 900, dtype="float64"),
        record("numpy_manual", 800, allocator="system"),
        record("numpy_manual", 500),
        record("numpy_manual", 400, threads="1"),
        record("torch_tensor", 250),
        record("torch_inplace", 200),
        record("torch_inplace", 160, threads="2"),
        record("jax_grad", 150),
        record("torch_tensor", 120, device="cuda"),
        record("torch_inplace", 100, device="cuda"),
        record("torch_cuda_graph", 25, device="cuda"),
        record("torch_cuda_graph", 20, variant="inplace", device="cuda"),
        record("torch_cuda_graph", 15, variant="inplace", device="cuda", dtype="tf32"),
        gpus=1,
    )


def kinds(found: Ladder) -> list[str]:
    return [rung.title for rung in found.rungs]


def height(restart: int, first: Record, slower: Record, faster: Record) -> float:
    """The difference of medians over a restart's rounds."""
    keys = [key for key in first.seconds["step"] if key.restart == restart]
    low, high = (
        np.median([math.log(first.seconds["step"][key] / record.seconds["step"][key]) for key in keys])
        for record in (slower, faster)
    )
    return float(high - low)


def recomputed(slower: Record, faster: Record, first: Record) -> tuple[float, float, float]:
    """Mean and t interval over the restarts."""
    logs = [height(restart, first, slower, faster) for restart in range(RESTARTS)]
    mean, error = np.mean(logs), np.std(logs, ddof=1) / math.sqrt(len(logs))
    margin = student.ppf(0.975, len(logs) - 1) * error
    return math.exp(mean), math.exp(mean - margin), math.exp(mean + margin)


def test_each_rung_s_factor_is_that_of_the_rounds() -> None:
    run = every_rung()
    found = ladder(run)
    assert found is not None and len(found.rungs) == 8
    first = found.rungs[0].slower
    for rung in found.rungs:
        factor = rung.factor
        assert (factor.value, factor.low, factor.high) == pytest.approx(recomputed(rung.slower, rung.faster, first))
        assert factor.restarts == RESTARTS
    whole = found.whole
    ends = recomputed(first, found.rungs[-1].faster, first)
    assert (whole.value, whole.low, whole.high) == pytest.approx(ends)


def test_each_rung_begins_where_the_last_one_ends_and_they_multiply_to_the_whole() -> None:
    for run in (every_rung(0.2), on_both(30.0), a_run(*on_cpu())):
        found = ladder(run)
        assert found is not None
        for lower, upper in zip(found.rungs, found.rungs[1:], strict=False):
            assert lower.faster is upper.slower
        assert found.product == pytest.approx(found.whole.value, rel=1e-12)


def test_each_rung_changes_one_thing_and_says_which() -> None:
    found = ladder(every_rung())
    assert found is not None
    assert [(rung.title, rung.label) for rung in found.rungs] == [
        ("Precision", "float64 → float32"),
        ("Allocator", "allocator system → pinned"),
        ("Framework, line for line", "numpy_manual → torch_tensor"),
        ("In place", "torch_tensor → torch_inplace"),
        ("Threads", "threads all → 2"),
        ("Device", "CPU → GPU, threads 2 → all"),
        ("Graph", "torch_inplace → torch_cuda_graph:inplace"),
        ("Reduced precision", "float32 → tf32"),
    ]


def test_a_rung_that_changes_several_things_at_once_names_them() -> None:
    lacking = ("torch_tensor", "torch_inplace-two_layer-64x1000x100x10-float32-cuda")
    run = every_rung()
    found = ladder(replace(run, records={id: r for id, r in run.records.items() if not id.startswith(lacking)}))
    assert found is not None
    assert [rung.title for rung in found.rungs[2:5]] == [
        "Framework, line for line, and in place",
        "Threads",
        "Device, and graph",
    ]
    assert found.product == pytest.approx(found.whole.value, rel=1e-12)


def titles(*records: Record) -> list[str]:
    found = ladder(a_run(timed("numpy_manual", 900, 8, dtype="float64"), timed("numpy_manual", 500, 8), *records))
    assert found is not None
    assert found.rungs[-1].faster.cell == records[-1].cell
    assert found.product == pytest.approx(found.whole.value, rel=1e-12)
    return kinds(found)


def test_the_fastest_net_of_a_cpu_is_reached_through_the_nets_that_it_is_but_for_one_change() -> None:
    in_place, tensor = timed("numpy_inplace", 200, 8), timed("torch_tensor", 300, 8)
    compiled = timed("torch_compile", 100, 8), timed("torch_compile", 90, 8, threads="2")
    assert titles(in_place) == ["Precision", "In place"]
    assert titles(tensor, timed("torch_autograd", 400, 8), *compiled) == [
        *("Precision", "Framework, line for line", "Autograd", "Compiler", "Threads")
    ]
    # Nothing of JAX lies between: it brings autograd and its compiler with it
    assert titles(tensor, timed("jax_grad", 100, 8)) == ["Precision", "Framework, autograd, and compiler"]
    # A graph that is traced first and then compiled, where torch compiles first and then records
    traced = timed("tensorflow_function", 200, 8), timed("tensorflow_function", 100, 8, variant="xla")
    assert titles(timed("tensorflow_eager", 400, 8), *traced) == [
        *("Precision", "Framework, and autograd", "Graph", "Compiler")
    ]
    resident = timed("tensorflow_static_graph", 90, 8, variant="resident")
    assert titles(timed("tensorflow_eager", 400, 8), resident, timed("tensorflow_static_graph", 80, 8)) == [
        *("Precision", "Framework, and autograd", "Graph", "Fed from the host")
    ]


def test_a_net_that_nobody_has_declared_is_on_the_ladder_as_another_net() -> None:
    gpu = timed("mine", 20, 8, device="cuda")
    assert titles(timed("torch_tensor", 300, 8), timed("mine", 100, 8)) == ["Precision", "Another net"]
    assert titles(timed("torch_tensor", 300, 8), gpu) == ["Precision", "Another net, and device"]
    assert titles(timed("mine", 100, 8), gpu) == ["Precision", "Another net", "Device"]


def test_the_ratio_of_the_whole_is_the_speedup_over_the_tutorial_s_numpy() -> None:
    run = on_both(30.0, restarts=3)
    found = ladder(run)
    assert found is not None
    last, first = found.rungs[-1].faster, found.rungs[0].slower
    assert (first.cell.net, first.cell.dtype, last.cell.label) == ("numpy_manual", "float64", "cupy_manual")
    assert found.whole == run.speedup(last, first)


def test_what_was_not_measured_is_left_out() -> None:
    found = ladder(on_both(30.0))
    assert found is not None and kinds(found) == ["Precision", "Framework, line for line, and device"]


def test_a_gpu_that_is_slower_stays_on_the_ladder_and_a_slower_compiler_does_not() -> None:
    run = a_run(
        *on_cpu(8), timed("torch_tensor", 400, 8, device="cuda"), timed("jax_grad", 500, 8, device="cuda"), gpus=1
    )
    found = ladder(run)
    assert found is not None
    assert kinds(found) == ["Precision", "Framework, line for line", "Device"]
    assert found.rungs[-1].factor.value == pytest.approx(0.5, rel=0.05)


def test_a_run_with_fewer_than_two_rungs_has_no_ladder() -> None:
    for records in ((), on_cpu()[:2], (timed("torch_tensor", 200),)):
        assert ladder(a_run(*records)) is None


def test_only_cells_that_shared_their_restarts_with_the_fastest_are_on_it() -> None:
    # As fast as can be, but in another batch than the GPU's
    elsewhere = timed("torch_inplace", 50)
    later = {key._replace(restart=key.restart + 100): value for key, value in elsewhere.seconds["step"].items()}
    run = on_both(30.0)
    found = ladder(run.with_record(replace(elsewhere, seconds={"step": later})))
    assert found == ladder(run)


def test_each_half_of_the_restarts_climbs_by_the_other_s_choices() -> None:
    steady, lucky = timed("torch_tensor", 200, 8, noise=0), timed("torch_inplace", 210, 8, noise=0)
    step = {key: value * (1.0 if key.restart % 2 else 0.5) for key, value in lucky.seconds["step"].items()}
    double, single = on_cpu(8)[1::-1]
    run = a_run(double, single, steady, replace(lucky, seconds={"step": step}))
    found = ladder(run)
    assert found is not None
    rung = found.rungs[-1]
    assert rung.label == "torch_tensor → torch_inplace"  # which the other half does not take
    # The even restarts chose torch_inplace, by luck, so it is timed on the odd ones
    chosen = [steady if restart % 2 == 0 else lucky for restart in range(8)]
    for estimate, slower in ((rung.factor, steady), (found.whole, double)):
        logs = [height(restart, double, slower, chosen[restart]) for restart in range(8)]
        margin = math.sqrt(2) * student.ppf(0.975, 7) * np.std(logs, ddof=1) / math.sqrt(8)
        ends = [math.exp(np.mean(logs) + sign * margin) for sign in (0, -1, 1)]
        assert [estimate.value, estimate.low, estimate.high] == pytest.approx(ends)
    assert found.product == pytest.approx(found.whole.value, rel=1e-12)
