"""Speedup against size, recomputed from the rounds of made-up sweeps."""

import math
import re
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq, curve_fit
from scipy.stats import t as student

from bench.records.run import Run
from bench.workloads.size import TUTORIAL, Size
from reports.analysis.crossing import Crossing, Point
from reports.analysis.fastest import Pick
from reports.analysis.scaling import Series, grid, scaling
from tests.helpers.recorded import a_run, on_both, swept, timed

CPU, GPU = (50e-6, 1e11), (60e-6, 2e13)
RESTARTS = range(8)


def fair(run: Run) -> Series:
    found = scaling(run)
    assert found is not None
    assert (found.series[0].label, found.series[0].baseline) == ("fastest GPU net", "fastest CPU net")
    return found.series[0]


def crossing(series: Series, level: float) -> Crossing:
    return next(found for found in series.crossings if found.level == level)


def logs(pick: Pick, restart: int) -> Any:
    return np.log([seconds for key, seconds in pick.steps.items() if key.restart == restart])


def log_speedups(point: Point, restart: int) -> Any:
    return logs(point.pair.baseline, restart) - logs(point.pair.chosen, restart)


def model(work: Any, log_latency: float, log_rate: float) -> Any:
    return np.log(np.exp(log_latency) + work / np.exp(log_rate))


def log_speedup_of_fits(series: Series, restarts: Any, work: Any) -> Any:
    """The log speedup at some sizes by a fit of my own to the means over some restarts."""
    flops = [point.flops for point in series.points]
    slow = [np.mean([np.median(logs(p.pair.baseline, r)) for r in restarts]) for p in series.points]
    speedup = [np.mean([np.median(log_speedups(p, r)) for r in restarts]) for p in series.points]
    fits = [
        curve_fit(model, flops, values, p0=np.log(start))[0]
        for values, start in ((slow, CPU), (np.subtract(slow, speedup), GPU))
    ]
    return model(np.array(work), *fits[0]) - model(np.array(work), *fits[1])


def worst_miss(series: Series) -> float:
    expected = log_speedup_of_fits(series, RESTARTS, [point.flops for point in series.points])
    measured = [np.mean([np.median(log_speedups(point, restart)) for restart in RESTARTS]) for point in series.points]
    return float(np.exp(np.abs(measured - expected).max()))


def test_points_are_the_speedups_of_each_size_from_the_smallest_up() -> None:
    series = fair(swept(CPU, GPU))
    flops = [point.flops for point in series.points]
    assert flops == sorted(flops) and flops[0] == TUTORIAL.flops_per_step == 2 * (2 * 6_400_000 + 3 * 64_000)
    for point in series.points:
        assert (point.pair.chosen.cell.device, point.pair.baseline.label) == ("cuda", "torch_tensor")
        found = [np.median(log_speedups(point, restart)) for restart in RESTARTS]
        margin = student.ppf(0.975, 7) * np.std(found, ddof=1) / math.sqrt(8)
        ends = [math.exp(np.mean(found) + sign * margin) for sign in (0, -1, 1)]
        assert [point.speedup.value, point.speedup.low, point.speedup.high] == pytest.approx(ends)


def test_every_baseline_has_a_series() -> None:
    found = scaling(swept(CPU, GPU))
    assert found is not None
    assert [(series.label, series.baseline) for series in found.series] == [
        ("fastest GPU net", "fastest CPU net"),
        ("fastest GPU net", "NumPy in float32"),
    ]


def test_the_crossing_is_that_of_two_latencies_and_rates_fitted_to_the_points() -> None:
    series = fair(swept(CPU, GPU))
    ends = np.log([series.points[0].flops, series.points[-1].flops])
    place = brentq(lambda at: log_speedup_of_fits(series, RESTARTS, math.exp(at)) - math.log(50), *ends)
    found = crossing(series, 50.0).flops
    assert found is not None and found.value == pytest.approx(math.exp(place), rel=1e-4)
    true = (50 * GPU[0] - CPU[0]) / (1 / CPU[1] - 50 / GPU[1])
    assert found.low < true < found.high


def test_the_band_is_student_s_over_one_fit_a_restart_times_the_worst_miss() -> None:
    series = fair(swept(CPU, GPU, noise=0.03, bend=1.1))
    work, low, high = np.array(series.band).T
    alone = np.array([log_speedup_of_fits(series, [restart], work) for restart in RESTARTS])
    margin = student.ppf(0.975, 7) * alone.std(axis=0, ddof=1) / math.sqrt(8) + math.log(worst_miss(series))
    value = log_speedup_of_fits(series, RESTARTS, work)
    assert np.log(low) == pytest.approx(value - margin, abs=1e-3)
    assert np.log(high) == pytest.approx(value + margin, abs=1e-3)
    assert np.log([speedup for _, speedup in series.curve]) == pytest.approx(value, abs=1e-3)


def test_the_interval_of_a_crossing_ends_where_the_band_leaves_the_level() -> None:
    series = fair(swept(CPU, GPU, noise=0.03))
    found = crossing(series, 50.0).flops
    work, low, high = np.array(series.band).T
    assert found is not None
    assert np.interp(math.log(found.low), np.log(work), np.log(high)) == pytest.approx(math.log(50), abs=1e-2)
    assert np.interp(math.log(found.high), np.log(work), np.log(low)) == pytest.approx(math.log(50), abs=1e-2)


def test_a_crossing_lies_between_the_sizes_whose_intervals_decide() -> None:
    series = fair(swept(CPU, GPU))
    found = crossing(series, 50.0)
    below, above = found.below, found.above
    assert below and above and below.flops < above.flops
    assert below.speedup.high is not None and below.speedup.high < 50
    for point in series.points:
        assert point.speedup.low is not None
        assert (point.flops >= above.flops) == (point.speedup.low >= 50)
    assert f"at least 50x from {above.size} up, below it at {below.size}" in found.note
    assert "at least 1x at every size" in crossing(series, 1.0).note


def test_a_crossing_beyond_the_sizes_measured_is_called_an_extrapolation() -> None:
    series = fair(swept(CPU, (20e-3, 1e13)))
    found, largest = crossing(series, 50.0), series.points[-1].flops
    assert found.above is None and found.flops is not None
    assert found.flops.value > largest and found.flops.low < 2e11 < found.flops.high
    assert (
        "below 50x at every size measured" in found.note and "an extrapolation beyond the sizes measured" in found.note
    )
    assert max(work for work, _ in series.curve) == pytest.approx(found.flops.value)


def test_a_level_that_the_model_never_reaches_has_no_crossing() -> None:
    found = crossing(fair(swept(CPU, (60e-6, 3e12))), 50.0)
    assert found.flops is None and re.search("the model stays below 50x, towards (29|30)", found.note)


def test_a_speedup_that_falls_with_size_says_that_larger_sizes_are_below() -> None:
    found = crossing(fair(swept((10e-3, 1e13), (50e-6, 1e12))), 50.0)
    assert found.flops is not None and "larger sizes are below it" in found.note


def test_a_crossing_may_be_bounded_on_one_side_only() -> None:
    found = crossing(fair(swept(CPU, (60e-6, 5.1e12), noise=0.05)), 50.0)
    assert found.flops is not None and found.flops.low > 0 and found.flops.high == math.inf


def test_a_model_that_does_not_fit_says_so_and_has_a_wider_interval() -> None:
    straight, bent = (fair(swept(CPU, GPU, bend=bend)) for bend in (1.0, 3.0))
    for series, fits in ((straight, True), (bent, False)):
        found = crossing(series, 50.0)
        assert series.miss == pytest.approx(worst_miss(series), rel=1e-3)
        assert ("does not fit" in found.note) != fits and f"{series.miss:.3g}x" in found.note
    narrow, wide = crossing(straight, 50.0).flops, crossing(bent, 50.0).flops
    assert narrow and wide and wide.high / wide.low > narrow.high / narrow.low


def test_two_sizes_have_points_and_no_model() -> None:
    big = Size(4096, 1000, 6400, 10)
    run = a_run(
        timed("torch_tensor", 200),
        timed("torch_tensor", 20, device="cuda"),
        timed("torch_tensor", 2e6, size=big),
        timed("torch_tensor", 1e4, size=big, device="cuda"),
        gpus=1,
    )
    series = fair(run)
    assert len(series.points) == 2 and series.curve == series.band == () and series.miss is None
    found = crossing(series, 50.0)
    assert found.flops is None and found.above is series.points[1] and "needs 3 sizes" in found.note


def test_a_single_restart_bounds_nothing() -> None:
    found = crossing(fair(swept(CPU, GPU, restarts=1)), 50.0)
    assert found.flops is not None and (found.flops.low, found.flops.high) == (0.0, math.inf)
    assert found.below is found.above is None


def test_one_size_has_no_scaling_and_no_grid() -> None:
    assert scaling(on_both(30.0)) is None and grid(on_both(30.0)) is None and scaling(a_run()) is None


def test_the_grid_holds_the_fairest_comparison_at_each_batch_and_hidden_width() -> None:
    run = swept(CPU, GPU)
    found, series = grid(run), fair(run)
    assert found is not None and found.label == "fastest GPU net over fastest CPU net"
    assert (found.batches, found.hiddens) == ((64, 512, 4096), (100, 800, 6400))
    assert found.speedup == {(point.size.batch, point.size.hidden): point.speedup for point in series.points}


def test_without_a_gpu_the_fastest_net_is_set_against_numpy() -> None:
    run = swept(CPU, GPU)
    cpus = [record for record in run.records.values() if not record.cell.on_gpu]
    found = scaling(a_run(*cpus))
    assert found is not None
    assert [(series.label, series.baseline) for series in found.series] == [("fastest CPU net", "NumPy in float32")]
    assert all(point.speedup.value == pytest.approx(2, rel=0.1) for point in found.series[0].points)
