"""The fastest cell: chosen by each half of the restarts, timed on the other, flattered by neither."""

import math
import random
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import t as student

from bench.records.cell import Cell
from bench.records.record import Record, Round
from bench.records.run import Run
from bench.records.settings import Settings
from reports.analysis.comparisons import TUTORIALS_NUMPY, Comparison, comparisons
from reports.analysis.competitors import all_competitors
from reports.analysis.fastest import Pair
from reports.claims.s1_fifty_times import fifty_times
from tests.helpers.recorded import a_run, timed

EQUALS, NOISE = 8, 0.02


def tossed(draw: random.Random, net: str, restarts: int) -> Record:
    """A cell whose true time is 1 s and whose restarts have one round each."""
    rounds = {Round(restart, 0): math.exp(draw.gauss(0, NOISE)) for restart in range(restarts)}
    return Record(Cell(net), "measured", seconds={"step": rounds})


def logs(record: Record) -> list[float]:
    return [math.log(seconds) for seconds in record.seconds["step"].values()]


@pytest.mark.parametrize("restarts", [6, 9])
def test_the_fastest_of_equals_is_not_flattered_and_its_interval_covers_the_truth(restarts: int) -> None:
    draw, estimates, flattered, covered = random.Random(f"{restarts} restarts"), [], [], []
    for _ in range(500):
        baseline, *equals = (tossed(draw, f"net{place}", restarts) for place in range(1 + EQUALS))
        records = {record.cell.id: record for record in (baseline, *equals)}
        run = Run({}, {}, "", Settings(rounds=1), records)
        pair = Pair.fastest(run, equals, [baseline])
        assert pair is not None and pair.ratio.low is not None and pair.ratio.high is not None
        estimates.append(math.log(pair.ratio.value))
        covered.append(pair.ratio.low <= 1 <= pair.ratio.high)
        flattered.append(np.mean(logs(baseline)) - min(np.mean(logs(record)) for record in equals))
    assert abs(np.mean(estimates)) < NOISE / 10
    assert np.mean(flattered) > NOISE * 0.4
    assert np.mean(covered) >= 0.93


def halved(net: str, even: float, odd: float) -> Record:
    """A cell with these microseconds in the even restarts, and in the odd ones, of nine."""
    record = timed(net, 1, 9)
    step = {key: value * (odd if key.restart % 2 else even) for key, value in record.seconds["step"].items()}
    return replace(record, seconds={"step": step})


def medians(slower: Record, faster: Record, restarts: range) -> list[float]:
    """The median log ratio of each restart."""
    slow, fast = slower.seconds["step"], faster.seconds["step"]
    return [
        float(np.median([math.log(slow[key] / fast[key]) for key in fast if key.restart == restart]))
        for restart in restarts
    ]


def assert_ratio(pair: Pair, values: list[float], widening: float) -> None:
    mean, count = np.mean(values), len(values)
    margin = widening * student.ppf(0.975, count - 1) * np.std(values, ddof=1) / math.sqrt(count)
    ratio = pair.ratio
    expected = [math.exp(mean), math.exp(mean - margin), math.exp(mean + margin)]
    assert [ratio.value, ratio.low, ratio.high] == pytest.approx(expected) and ratio.restarts == count


def test_a_cell_that_both_halves_choose_is_timed_on_all_restarts() -> None:
    baseline, best = timed("numpy_manual", 300, 9), halved("torch_inplace", 100, 150)
    run = a_run(baseline, best, timed("torch_tensor", 200, 9))
    pair = Pair.fastest(run, [best, timed("torch_tensor", 200, 9)], [baseline])
    assert pair is not None and pair.chosen.label == "torch_inplace"
    assert_ratio(pair, medians(baseline, best, range(9)), widening=1)


def test_where_the_halves_differ_each_restart_counts_for_the_cell_that_the_other_half_chose() -> None:
    baseline = timed("numpy_manual", 300, 9)
    # Each is lucky in one half, and so chosen by it: timed there, both would take 100 µs
    evens, odds = halved("torch_inplace", 100, 200), halved("torch_tensor", 200, 100)
    run = a_run(baseline, evens, odds)
    pair = Pair.fastest(run, [evens, odds], [baseline])
    assert pair is not None and pair.ratio.value == pytest.approx(1.5, rel=0.02)
    values = medians(baseline, odds, range(0, 9, 2)) + medians(baseline, evens, range(1, 9, 2))
    assert_ratio(pair, values, widening=math.sqrt(2))
    claim = fifty_times(run)
    assert claim.ratio == pair.ratio
    assert "the fastest two-layer net is torch_tensor or torch_inplace, which runs 1.5" in claim.sentence
    assert (
        "the two halves of 9 restarts chose differently, and each choice is timed on the other half" in claim.sentence
    )


def test_where_the_halves_differ_over_the_baseline_that_is_crossed_too() -> None:
    best, evens, odds = timed("torch_inplace", 50, 9), halved("numpy_manual", 100, 200), halved("jax_grad", 200, 100)
    pair = Pair.fastest(a_run(best, evens, odds), [best], [evens, odds])
    assert pair is not None and (pair.chosen.label, pair.baseline.label) == (
        "torch_inplace",
        "jax_grad or numpy_manual",
    )
    values = medians(odds, best, range(0, 9, 2)) + medians(evens, best, range(1, 9, 2))
    assert_ratio(pair, values, widening=math.sqrt(2))


# The tutorial's own baseline


SYSTEM, PINNED = (timed("numpy_manual", 900, dtype="float64", allocator=name) for name in ("system", "pinned"))
NETS = timed("numpy_manual", 300), timed("torch_tensor", 200)


def of_the_tutorial(run: Run) -> Comparison | None:
    found = comparisons(run, all_competitors(run)[0])
    return next((each for each in found if each.baseline == TUTORIALS_NUMPY), None)


@pytest.mark.parametrize("gpu", [(), (timed("torch_tensor", 20, device="cuda"),)], ids=["CPU", "GPU"])
def test_the_tutorial_s_numpy_is_float64_with_the_system_s_allocator(gpu: tuple[Record, ...]) -> None:
    for tutorials, expected in (((PINNED, SYSTEM), SYSTEM), ((SYSTEM,), SYSTEM), ((PINNED,), PINNED)):
        run = a_run(*NETS, *gpu, *tutorials, gpus=len(gpu))
        found = of_the_tutorial(run)
        assert found is not None and found.pair.baseline.choices == (expected, expected)
        best = (*NETS, *gpu)[-1]
        ratio = run.speedup(best, expected)
        assert ratio is not None
        assert f"Over the tutorial's NumPy (float64): {ratio.value:.3g}x" in fifty_times(run).sentence


def test_a_baseline_of_the_tutorial_that_shared_no_round_is_none() -> None:
    later = {key._replace(restart=key.restart + 100): value for key, value in SYSTEM.seconds["step"].items()}
    apart = replace(SYSTEM, seconds={"step": later})
    found = of_the_tutorial(a_run(*NETS, apart, PINNED))
    assert found is not None and found.pair.baseline.choices == (PINNED, PINNED)
    assert of_the_tutorial(a_run(*NETS, apart)) is None


def test_one_that_was_measured_under_other_threads_is_none() -> None:
    assert of_the_tutorial(a_run(*NETS, timed("numpy_manual", 900, dtype="float64", threads="1"))) is None
