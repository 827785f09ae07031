"""The ladder, recomputed from the rounds of a made-up run."""

import math
from dataclasses import replace

import numpy as np
import pytest
from recorded import a_run, on_both, on_cpu, timed
from scipy.stats import t as student

from bench.record import Record, Run
from reports.ladder import ladder

RESTARTS = 8
KINDS = (
    "single precision",
    "allocator",
    "threads",
    "framework",
    "GPU",
    "compiled or graph",
    "reduced precision",
)


def every_rung(noise: float = 0.02) -> Run:
    """NumPy under each setting, two eager frameworks on both devices, a graph and TF32."""

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
        record("jax_grad", 150),
        record("torch_tensor", 120, device="cuda"),
        record("torch_inplace", 100, device="cuda"),
        record("torch_cuda_graph", 20, device="cuda"),
        record("torch_tensor", 15, device="cuda", dtype="tf32"),
        gpus=1,
    )


def recomputed(run: Run, slower: Record, faster: Record, first: Record) -> tuple[float, float, float]:
    """Mean and t interval over the timing restarts (every other one) of the difference of medians over rounds."""
    logs = []
    for restart in range(0, RESTARTS, 2):
        keys = [key for key in first.seconds["step"] if key.restart == restart]
        heights = [
            np.median([math.log(first.seconds["step"][key] / record.seconds["step"][key]) for key in keys])
            for record in (slower, faster)
        ]
        logs.append(heights[1] - heights[0])
    mean, error = np.mean(logs), np.std(logs, ddof=1) / math.sqrt(len(logs))
    margin = student.ppf(0.975, len(logs) - 1) * error
    return math.exp(mean), math.exp(mean - margin), math.exp(mean + margin)


def test_each_rung_s_factor_is_that_of_the_rounds() -> None:
    run = every_rung()
    found = ladder(run)
    assert found is not None and tuple(rung.kind for rung in found.rungs) == KINDS
    first = found.rungs[0].slower
    for rung in found.rungs:
        factor = rung.factor
        assert (factor.value, factor.low, factor.high) == pytest.approx(
            recomputed(run, rung.slower, rung.faster, first)
        )
        assert factor.restarts == RESTARTS / 2
    whole = found.whole
    ends = recomputed(run, first, found.rungs[-1].faster, first)
    assert (whole.value, whole.low, whole.high) == pytest.approx(ends)


def test_each_rung_begins_where_the_last_one_ends_and_they_multiply_to_the_whole() -> None:
    for run in (every_rung(0.2), on_both(30.0), a_run(*on_cpu())):
        found = ladder(run)
        assert found is not None
        for lower, upper in zip(found.rungs, found.rungs[1:], strict=False):
            assert lower.faster is upper.slower
        assert found.product == pytest.approx(found.whole.value, rel=1e-12)


def test_a_rung_says_what_changes() -> None:
    found = ladder(every_rung())
    assert found is not None
    assert [rung.label for rung in found.rungs] == [
        "float64 → float32",
        "allocator system → pinned",
        "threads all → 1",
        "numpy_manual → torch_inplace, threads 1 → all",
        "CPU → GPU",
        "torch_inplace → torch_cuda_graph",
        "torch_cuda_graph → torch_tensor, float32 → tf32",
    ]


def test_the_ratio_of_the_whole_is_the_speedup_over_the_tutorial_s_numpy() -> None:
    run = on_both(30.0, restarts=3)
    found = ladder(run)
    assert found is not None
    last, first = found.rungs[-1].faster, found.rungs[0].slower
    assert (first.cell.net, first.cell.dtype, last.cell.label) == ("numpy_manual", "float64", "cupy_manual")
    assert found.whole == run.speedup(last, first)


def test_what_was_not_measured_is_left_out() -> None:
    found = ladder(on_both(30.0))
    assert found is not None and [rung.kind for rung in found.rungs] == ["single precision", "framework", "GPU"]


def test_a_gpu_that_is_slower_stays_on_the_ladder_and_a_slower_compiler_does_not() -> None:
    run = a_run(
        *on_cpu(8), timed("torch_tensor", 400, 8, device="cuda"), timed("jax_grad", 500, 8, device="cuda"), gpus=1
    )
    found = ladder(run)
    assert found is not None
    assert [rung.kind for rung in found.rungs] == ["single precision", "framework", "GPU"]
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


def test_a_rung_is_chosen_on_other_restarts_than_it_is_timed_on() -> None:
    steady, lucky = timed("torch_tensor", 200, 8, noise=0), timed("torch_inplace", 202, 8, noise=0)
    step = {key: value * (0.5 if key.restart % 2 == 0 else 1.0) for key, value in lucky.seconds["step"].items()}
    found = ladder(a_run(*on_cpu(8)[:2], steady, replace(lucky, seconds={"step": step})))
    assert found is not None and found.rungs[-1].faster.cell.net == "torch_tensor"
