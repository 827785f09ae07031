"""The ladder, recomputed from the rounds of a made-up run."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import t as student

from bench.records.record import Record
from bench.records.run import Run
from reports.analysis.ladder import Ladder, ladder
from reports.analysis.rungs import KINDS
from tests.helpers.recorded import a_run, on_both, on_cpu, timed

RESTARTS = 8


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


def kinds(found: Ladder) -> list[str]:
    return [rung.kind.title for rung in found.rungs]


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
    assert found is not None and [rung.kind for rung in found.rungs] == list(KINDS)
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
    assert found is not None and kinds(found) == ["Single precision", "Framework", "GPU"]


def test_a_gpu_that_is_slower_stays_on_the_ladder_and_a_slower_compiler_does_not() -> None:
    run = a_run(
        *on_cpu(8), timed("torch_tensor", 400, 8, device="cuda"), timed("jax_grad", 500, 8, device="cuda"), gpus=1
    )
    found = ladder(run)
    assert found is not None
    assert kinds(found) == ["Single precision", "Framework", "GPU"]
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
    assert rung.label == "numpy_manual → torch_tensor or numpy_manual → torch_inplace"
    # The even restarts chose torch_inplace, by luck, so it is timed on the odd ones
    chosen = [steady if restart % 2 == 0 else lucky for restart in range(8)]
    for estimate, slower in ((rung.factor, single), (found.whole, double)):
        logs = [height(restart, double, slower, chosen[restart]) for restart in range(8)]
        margin = math.sqrt(2) * student.ppf(0.975, 7) * np.std(logs, ddof=1) / math.sqrt(8)
        ends = [math.exp(np.mean(logs) + sign * margin) for sign in (0, -1, 1)]
        assert [estimate.value, estimate.low, estimate.high] == pytest.approx(ends)
    assert found.product == pytest.approx(found.whole.value, rel=1e-12)


def test_a_half_that_does_not_take_a_rung_stays_where_it_is() -> None:
    alone = timed("numpy_manual", 300, 8, threads="1")
    step = {key: value * (2.0 if key.restart % 2 else 0.8) for key, value in alone.seconds["step"].items()}
    found = ladder(a_run(*on_cpu(8)[:2], replace(alone, seconds={"step": step}), timed("torch_tensor", 200, 8)))
    assert found is not None and kinds(found) == [
        "Single precision",
        "Threads",
        "Framework",
    ]
    # On the odd restarts, which the even ones chose for, one thread takes twice as long
    assert found.rungs[1].label == "threads all → 1"
    assert found.rungs[1].factor.value == pytest.approx(math.sqrt(1 / 2), rel=0.02)
    assert "or numpy_manual → torch_tensor" in found.rungs[2].label
