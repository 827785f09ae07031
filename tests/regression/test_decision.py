"""The verdicts of a duel: each cell by the pairs it has, with what the verdict rests on."""

import math

import numpy as np
import pytest

from bench.regression.decision import Pairs, verdicts
from bench.stats.duel_test import LEAST_PAIRS

MARGIN = 0.02


@pytest.fixture
def judged():
    """One cell of each kind."""
    random = np.random.default_rng(1)
    quiet = random.normal(0, 0.003, (4, 20))
    cells = {
        "slow": Pairs(quiet[0] + 0.1, quiet[1]),
        "first stage": Pairs(quiet[2][:10], quiet[3][:10]),
        "noisy": Pairs(40 * quiet[2], 40 * quiet[3]),
        "shifted": Pairs(quiet[2] + 0.1, quiet[3] + 0.1),
        "cut short": Pairs((0.3, 0.3), (0.0, 0.0)),
        "never": Pairs(),
    }
    return {verdict.cell: verdict for verdict in verdicts(cells, MARGIN)}


def test_each_cell_is_judged_on_the_pairs_it_has(judged):
    assert [(verdict.cell, verdict.outcome, verdict.pairs) for verdict in judged.values()] == [
        ("slow", "slower", 20),
        ("first stage", "same", 10),
        ("noisy", "inconclusive", 20),
        ("shifted", "contaminated", 20),
        ("cut short", "inconclusive", 2),
        ("never", "inconclusive", 0),
    ]


def test_a_verdict_has_the_intervals_of_the_ratio_and_of_the_control(judged):
    slow = judged["slow"]
    assert slow.ratio.low < math.exp(0.1) < slow.ratio.high
    assert slow.control.low < 1 < slow.control.high


def test_a_cell_that_could_not_be_judged_says_why(judged):
    assert judged["noisy"].reason.startswith(f"the interval is {judged['noisy'].ratio.precision:.1%}")
    assert f"{judged['shifted'].control.value - 1:+.1%}" in judged["shifted"].reason
    assert judged["cut short"].reason == f"2 pairs, where {LEAST_PAIRS} are needed"


def test_a_slowdown_that_stands_in_spite_of_its_control_says_so():
    noise = np.random.default_rng(2).normal(0, 0.003, (2, 20))
    (verdict,) = verdicts({"alone": Pairs(noise[0] + 0.2, noise[1] + 0.05)}, MARGIN)
    assert verdict.outcome == "slower"
    assert f"the base differed from itself by {verdict.control.value - 1:+.1%}" in verdict.reason


@pytest.mark.parametrize(("change", "outcome"), [(0.1, "slower"), (-0.1, "faster"), (0.0, "same")])
def test_pairs_without_any_spread_are_judged_by_their_mean(change, outcome):
    (verdict,) = verdicts({"alone": Pairs([change] * 10, [0.0] * 10)}, MARGIN)
    assert verdict.outcome == outcome
