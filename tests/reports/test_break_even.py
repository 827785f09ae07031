"""After how many steps compiling has paid off, recomputed from starts and rounds."""

import math
from dataclasses import replace

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


def overheads(record: Record, cold: bool) -> dict[int, float]:
    """Set-up and early steps, less as many of the restart's steps."""
    steps = {
        restart: float(np.median([value for key, value in record.seconds["step"].items() if key.restart == restart]))
        for restart in range(RESTARTS)
    }
    return {
        s.restart: s.setup_seconds + (s.early_seconds or s.first_step_seconds) - s.early_steps * steps[s.restart]
        for s in record.starts
        if s.cold == cold
    }


def with_early(record: Record, count: int, seconds: float) -> Record:
    """The same, whose first `count` steps took so many seconds more than the very first one."""
    starts = [replace(s, early_steps=count, early_seconds=s.first_step_seconds + seconds) for s in record.starts]
    return replace(record, starts=tuple(starts))


@pytest.mark.parametrize("cold", [True, False])
def test_the_steps_are_the_extra_seconds_over_those_saved_a_step(cold: bool) -> None:
    found = only(a_pair(200))
    mine, theirs = overheads(found.record, cold), overheads(found.eager, True)
    assert sorted(mine) == ([0, 4] if cold else [1, 2, 3, 5, 6, 7])
    steps = [record.seconds["step"] for record in (found.eager, found.record)]
    saved = [
        float(np.median([steps[0][key] - steps[1][key] for key in steps[0] if key.restart == restart]))
        for restart in range(RESTARTS)
    ]
    (cost, least_cost, most_cost) = interval([mine[restart] - theirs[restart] for restart in mine])
    (gain, least_gain, most_gain) = interval(saved)
    start = found.cold if cold else found.warm
    assert start is not None
    assert start.steps == pytest.approx((cost / gain, least_cost / most_gain, most_cost / least_gain))
    assert start.extra_seconds.value == pytest.approx(cost)
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
        assert found.warm and found.cold.steps is found.warm.steps is None
    else:
        assert found.warm and found.warm.steps and math.isfinite(found.warm.steps.high) == bounded


def test_a_net_that_needs_no_longer_to_start_has_caught_up_by_its_first_step() -> None:
    quick = with_starts(timed("torch_cuda_graph", 30, device="cuda"), 0.1)
    slow = with_starts(timed("torch_autograd", 300, device="cuda"), 0.5)
    found = only(a_run(quick, slow, gpus=1))
    assert found.cold.steps == (1.0, 1.0, 1.0) and found.pays_at_once


def test_what_a_start_costs_adds_up_over_the_early_steps() -> None:
    # 20 steps take 4 ms and 6 ms; the compiled net's took 0.3 s more than its first, the eager one's 10 ms more
    fast = with_early(with_starts(timed("torch_compile", 200, RESTARTS), 2.0), 20, 0.3)
    slow = with_early(with_starts(timed("torch_autograd", 300, RESTARTS), 0.01), 20, 0.01)
    found = only(a_run(fast, slow))
    assert found.early_steps == 20 and found.cold.steps is not None
    assert found.cold.extra_seconds.value == pytest.approx((2.3 - 0.004) - (0.02 - 0.006), rel=0.03)
    mine, theirs = overheads(found.record, True), overheads(found.eager, True)
    cost = np.mean([mine[restart] - theirs[restart] for restart in mine])
    assert found.cold.steps.value == pytest.approx(cost / found.saved_seconds.value)


def test_no_break_even_lies_before_the_end_of_the_early_steps() -> None:
    fast = with_early(with_starts(timed("torch_compile", 200, RESTARTS), 0.011), 20, 0.0038)
    slow = with_early(with_starts(timed("torch_autograd", 300, RESTARTS), 0.01), 20, 0.0057)
    found = only(a_run(fast, slow))
    assert found.cold.steps is not None and found.cold.steps.value == 20 and found.pays_at_once


def test_only_a_device_that_was_awake_is_no_part_of_what_a_start_costs() -> None:
    def of(awake: object) -> BreakEven:
        nets = (with_starts(timed(net, 200, device="cuda"), 0.1) for net in ("torch_cuda_graph", "torch_autograd"))
        return only(a_run(*(replace(each, runtime={**each.runtime, **awake}) for each in nets), gpus=1))

    assert of({"awake": True}).awake and not of({"awake": False}).awake and not of({}).awake
    assert only(a_pair(200)).awake


def test_a_single_cold_start_has_a_value_and_no_bounds() -> None:
    fast = with_starts(timed("torch_compile", 200, 3), 2.0, 0.5)
    found = only(a_run(fast, with_starts(timed("torch_autograd", 300, 3), 0.01)))
    steps = found.cold.steps
    assert steps is not None and steps[1:] == (1.0, math.inf)
    assert steps.value == pytest.approx(2.0 / 1e-4, rel=0.2)


def test_each_compiled_net_is_set_against_the_eager_one_that_takes_the_same_step() -> None:
    nets = {
        "torch_compile": "torch_autograd",
        "tensorflow_function": "tensorflow_eager",
    }
    dynamic = nets | {"torch_compile": "torch_dynamic"}
    for workload, expected in (("two_layer", nets), ("dynamic", dynamic)):
        names = {*expected, *expected.values(), "jax_grad", "numpy_manual", "torch_tensor", "keras_model"}
        run = a_run(*(timed(name, 300, workload=workload) for name in sorted(names)))
        assert {found.record.cell.label: found.eager.cell.label for found in break_evens(run)} == expected


def test_what_is_fed_is_set_against_what_is_fed_and_what_is_resident_against_what_is() -> None:
    def net(label: str) -> Record:
        name, _, variant = label.partition(":")
        return timed(name, 300, variant=variant, device="cuda")

    static, eager = "tensorflow_static_graph", "tensorflow_eager"
    labels = [static, f"{static}:resident", eager, f"{eager}:fed", "tensorflow_function:fed"]
    labels += ["torch_tensor", "torch_inplace", "torch_cuda_graph:tensor", "torch_cuda_graph:inplace"]
    run = a_run(*map(net, labels), gpus=1)
    assert {found.record.cell.label: found.eager.cell.label for found in break_evens(run)} == {
        static: f"{eager}:fed",
        f"{static}:resident": eager,
        "tensorflow_function:fed": f"{eager}:fed",
        "torch_cuda_graph:tensor": "torch_tensor",
        "torch_cuda_graph:inplace": "torch_inplace",
    }
    assert break_evens(a_run(net(static), net(eager), gpus=1)) == ()


def test_a_net_without_its_eager_counterpart_beside_it_is_left_out() -> None:
    on_cpu, on_gpu = timed("torch_compile", 200), timed("torch_autograd", 300, device="cuda")
    assert break_evens(a_run(on_cpu, on_gpu, gpus=1)) == ()
