"""After how many steps compiling has paid off, recomputed from starts and rounds."""

import math

import numpy as np
import pytest
from scipy.stats import t as student

from bench.records.record import Record
from bench.records.run import Run
from reports.analysis.break_even import BreakEven, break_evens
from tests.helpers.recorded import a_run, timed, with_starts

RESTARTS = 8


def a_pair(compiled: float, eager: float = 300, noise: float = 0.01) -> Run:
    """torch_compile, which needs 2 s cold and 0.5 s warm, beside torch_autograd, which needs 10 ms."""
    fast = with_starts(timed("torch_compile", compiled, RESTARTS, noise), 2.0, 0.5)
    return a_run(fast, with_starts(timed("torch_autograd", eager, RESTARTS, noise), 0.01))


def only(run: Run) -> BreakEven:
    (found,) = break_evens(run)
    return found


def interval(values: list[float]) -> tuple[float, float, float]:
    margin = student.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / math.sqrt(len(values))
    return float(np.mean(values)), float(np.mean(values) - margin), float(np.mean(values) + margin)


def up_front(record: Record, cold: bool) -> dict[int, float]:
    return {s.restart: s.setup_seconds + s.first_step_seconds for s in record.starts if s.cold == cold}


@pytest.mark.parametrize("cold", [True, False])
def test_the_steps_are_the_extra_seconds_over_those_saved_a_step(cold: bool) -> None:
    found = only(a_pair(200))
    mine, theirs = up_front(found.record, cold), up_front(found.eager, True)
    assert sorted(mine) == ([0, 4] if cold else [1, 2, 3, 5, 6, 7])
    steps = [record.seconds["step"] for record in (found.eager, found.record)]
    saved = [
        float(np.median([steps[0][key] - steps[1][key] for key in steps[0] if key.restart == restart]))
        for restart in range(RESTARTS)
    ]
    (cost, least_cost, most_cost) = interval([mine[restart] - theirs[restart] for restart in mine])
    (gain, least_gain, most_gain) = interval(saved)
    expected = (1 + cost / gain, max(0, least_cost) / most_gain + 1, 1 + most_cost / least_gain)
    assert (found.steps if cold else found.warm_steps) == pytest.approx(expected)
    assert (found.cold_seconds if cold else found.warm_seconds) == pytest.approx(np.mean(list(mine.values())))
    assert (found.saved_seconds.value, found.saved_seconds.low) == pytest.approx((gain, least_gain))


@pytest.mark.parametrize(("compiled", "noise", "bounded"), [(200, 0.01, True), (299, 0.02, False), (400, 0.01, None)])
def test_a_compiled_step_that_saves_nothing_never_pays_and_one_that_may_has_no_bound(
    compiled: float, noise: float, bounded: bool | None
) -> None:
    found = only(a_pair(compiled, noise=noise))
    low, high = found.saved_seconds.low, found.saved_seconds.high
    assert low is not None and high is not None
    assert (low > 0, high < 0) == (bool(bounded), bounded is None)
    if bounded is None:
        assert found.steps is found.warm_steps is None
    else:
        assert found.steps and found.warm_steps and math.isfinite(found.warm_steps.high) == bounded


def test_a_net_that_needs_no_longer_to_start_has_caught_up_by_its_first_step() -> None:
    quick = with_starts(timed("torch_cuda_graph", 30, device="cuda"), 0.1)
    slow = with_starts(timed("torch_autograd", 300, device="cuda"), 0.5)
    assert only(a_run(quick, slow, gpus=1)).steps == (1.0, 1.0, 1.0)


def test_a_single_cold_start_has_a_value_and_no_bounds() -> None:
    fast = with_starts(timed("torch_compile", 200, 3), 2.0, 0.5)
    found = only(a_run(fast, with_starts(timed("torch_autograd", 300, 3), 0.01)))
    assert found.steps is not None and found.steps[1:] == (1.0, math.inf)
    assert found.steps.value == pytest.approx(1 + 2.0 / 1e-4, rel=0.2)


def test_each_compiled_net_is_set_against_the_eager_one_that_takes_the_same_step() -> None:
    nets = {
        "torch_compile": "torch_autograd",
        "tensorflow_function": "tensorflow_eager",
        "tensorflow_static_graph": "tensorflow_eager",
    }
    dynamic = nets | {"torch_compile": "torch_dynamic"}
    for workload, expected in (("two_layer", nets), ("dynamic", dynamic)):
        names = {*expected, *expected.values(), "jax_grad", "numpy_manual", "torch_tensor"}
        run = a_run(*(timed(name, 300, workload=workload) for name in sorted(names)))
        assert {found.label: found.eager.cell.label for found in break_evens(run)} == expected


def test_a_net_without_its_eager_counterpart_beside_it_is_left_out() -> None:
    on_cpu, on_gpu = timed("torch_compile", 200), timed("torch_autograd", 300, device="cuda")
    assert break_evens(a_run(on_cpu, on_gpu, gpus=1)) == ()
