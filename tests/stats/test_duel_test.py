"""The decision rule on noise whose truth is known."""

import math

import numpy as np
import pytest

from bench.regression.decision import LEAST_PAIRS, Pairs, duelled, paired, verdicts
from bench.stats.holm import ERROR, adjusted

MARGIN, FAMILIES, CELLS = 0.02, 2000, 10
# Between workers, so that pairs have a standard deviation of 1.6%.
SPREAD = 0.016 / math.sqrt(2)


def normal(random, shape):
    return random.normal(0, SPREAD, shape)


def heavy_tailed(random, shape):
    """Student's t with two degrees of freedom, whose variance is infinite."""
    return SPREAD * random.standard_t(2, shape)


def bimodal(random, shape):
    """Three workers in ten are 5% slower all their life."""
    return random.normal(0, SPREAD / 2, shape) + 0.05 * (random.random(shape) < 0.3)


def far_bimodal(random, shape):
    """One worker in ten takes twice the time."""
    return random.normal(0, SPREAD / 2, shape) + math.log(2) * (random.random(shape) < 0.1)


def autocorrelated(random, shape):
    """A worker's time remembers its predecessor's, 0.7 of it."""
    values = random.normal(0, SPREAD, shape)
    for pair in range(1, shape[-1]):
        values[..., pair] = 0.7 * values[..., pair - 1] + math.sqrt(1 - 0.7**2) * values[..., pair]
    return values


NOISES = [normal, heavy_tailed, bimodal, far_bimodal, autocorrelated]


def told(noise, change=0.0, pairs=10, margin=MARGIN, base_noise=None):
    """The outcomes of many duels of ten cells, whose base and head are equal but for the change."""
    random = np.random.default_rng(20)
    shape = (FAMILIES, CELLS, 2 * pairs)
    head, control = noise(random, shape), noise(random, shape)
    base = (base_noise or noise)(random, shape)
    return duelled(head + math.log1p(change) - base, control - base, margin)


@pytest.mark.parametrize("pairs", [LEAST_PAIRS, 10, 20])
@pytest.mark.parametrize("noise", NOISES)
def test_an_unchanged_net_turns_a_duel_of_ten_cells_red_once_in_a_hundred_times_at_most(noise, pairs):
    assert (told(noise, pairs=pairs) == "slower").any(axis=-1).mean() <= ERROR


@pytest.mark.parametrize("noise", [normal, heavy_tailed, bimodal])
def test_so_it_is_where_every_cell_is_slower_by_the_very_margin(noise):
    red = (told(noise, change=MARGIN) == "slower").any(axis=-1).sum()
    assert red <= FAMILIES * ERROR + 3 * math.sqrt(FAMILIES * ERROR)  # three standard deviations


@pytest.mark.parametrize(("change", "margin"), [(0.05, 0.02), (0.03, 0.01)])
def test_a_slowdown_above_the_margin_is_found_in_95_of_100_cells_by_twenty_pairs_in_all(change, margin):
    assert (told(normal, change, margin=margin) == "slower").mean() >= 0.95


def test_a_speed_up_is_found_likewise_and_claimed_as_rarely():
    assert (told(normal, 1 / 1.05 - 1) == "faster").mean() >= 0.95
    assert (told(normal) == "faster").any(axis=-1).mean() <= ERROR


def test_an_unchanged_net_on_a_quiet_machine_is_the_same_and_on_a_noisy_one_inconclusive():
    assert (told(normal) == "same").mean() >= 0.99
    noisy = told(lambda random, shape: 8 * normal(random, shape))
    assert (noisy == "inconclusive").mean() >= 0.95
    assert (noisy == "same").mean() <= 0.01


def test_a_base_that_differs_from_itself_contaminates_and_ordinary_noise_does_not():
    def luckier(random, shape):
        return normal(random, shape) - 0.05

    found = told(normal, base_noise=luckier)
    assert (found == "contaminated").mean() >= 0.95
    assert (found == "slower").mean() <= 0.01
    for noise in (normal, heavy_tailed, bimodal):
        assert (told(noise) == "contaminated").mean() <= 0.01


def test_a_machine_that_halves_its_speed_midway_moves_no_pair():
    random, rounds = np.random.default_rng(3), 8
    workers = np.exp(normal(random, (FAMILIES * CELLS, 20, 3, 1)))
    slices = np.exp(random.normal(0, 0.005, (FAMILIES * CELLS, 20, 3, rounds)))
    slices[:, 8:] *= 2
    slices[:, 7, :, rounds // 2 + 1 :] *= 2
    slices[:, 7, 1, rounds // 2] *= 2  # it happens within a round, before the visit to the head
    base, head, control = np.moveaxis(workers * slices, 2, 0)
    values, controls = (np.median(np.log(seconds / base), axis=-1) for seconds in (head, control))
    found = duelled(values.reshape(-1, CELLS, 20), controls.reshape(-1, CELLS, 20), MARGIN)
    assert (found == "same").mean() >= 0.99


def test_the_value_of_a_pair_is_the_median_over_rounds_so_a_disturbed_round_does_not_move_it():
    assert paired([1.1, 1.1, 1.1, 9.0, 1.1], [1.0, 1.0, 1.0, 1.0, 1.0]) == pytest.approx(math.log(1.1))


def test_holm_s_correction_rejects_step_by_step():
    # 0.002 and 0.003 pass 0.01 / 4 and 0.01 / 3, 0.006 fails 0.01 / 2, so 0.007 fails too, though below 0.01
    assert (adjusted([0.007, 0.003, 0.002, 0.006]) <= ERROR).tolist() == [False, True, True, False]


def test_each_cell_is_judged_on_the_pairs_it_has_with_what_it_rests_on():
    random = np.random.default_rng(1)
    quiet = random.normal(0, 0.003, (4, 20))
    found = verdicts(
        {
            "slow": Pairs(quiet[0] + 0.1, quiet[1]),
            "first look": Pairs(quiet[2][:10], quiet[3][:10]),
            "noisy": Pairs(40 * quiet[2], 40 * quiet[3]),
            "shifted": Pairs(quiet[2] + 0.1, quiet[3] + 0.1),
            "cut short": Pairs((0.3, 0.3), (0.0, 0.0)),
            "never": Pairs(),
        },
        MARGIN,
    )
    assert [(verdict.cell, verdict.outcome, verdict.pairs) for verdict in found] == [
        ("slow", "slower", 20),
        ("first look", "same", 10),
        ("noisy", "inconclusive", 20),
        ("shifted", "contaminated", 20),
        ("cut short", "inconclusive", 2),
        ("never", "inconclusive", 0),
    ]
    slow, _, noisy, shifted, cut_short, _ = found
    assert slow.ratio.low < math.exp(0.1) < slow.ratio.high
    assert slow.control.low < 1 < slow.control.high
    assert "take more pairs or a wider margin" in noisy.reason
    assert "differed from itself by +10" in shifted.reason
    assert cut_short.reason == f"2 pairs, where {LEAST_PAIRS} are needed"


def test_pairs_without_any_spread_are_judged_by_their_mean():
    assert told_alone([0.1] * 10) == "slower"
    assert told_alone([0.0] * 10) == "same"


def told_alone(values):
    (verdict,) = verdicts({"alone": Pairs(values, [0.0] * len(values))}, MARGIN)
    return verdict.outcome
