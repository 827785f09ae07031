"""Where a series changes its level: found where it does, silent where it does not, whatever the noise."""

import sys

import numpy as np
import pytest

from bench.errors import UserError
from bench.stats import changepoint
from bench.stats.changepoint import LEAST_RUNS, best_split, chance, changes_of_level
from tests.helpers.histories import KINDS, noise

ruptures = pytest.importorskip("ruptures")


def series(kind: str, count: int, seed: int) -> np.ndarray:
    return noise(kind, count, 1, np.random.default_rng(seed))[:, 0]


@pytest.mark.parametrize("kind", KINDS)
def test_noise_without_a_change_is_rarely_called_one(kind):
    """A chance of 1 in 100 should come up twice in these 200 series."""
    chances = [chance(series(kind, count, seed), 399) for seed in range(100) for count in (60, 200)]
    assert np.mean(np.array(chances) <= 0.01) <= 0.03


@pytest.mark.parametrize("kind", KINDS)
def test_a_clear_step_is_found_where_it_is(kind):
    found = 0
    for seed in range(20):
        values = series(kind, 120, seed)
        values[80:] += 5.0
        found += any(abs(at - 80) <= 1 for at in changes_of_level(values))
    assert found >= 19


def test_a_step_is_found_within_a_few_runs_of_a_long_history():
    values = series("independent", 300, 1)
    values[-5:] += 5.0
    assert changes_of_level(values) == [295]
    assert chance(values, 9999) <= 0.001


def test_two_changes_that_hide_each_other_are_both_found():
    values = series("independent", 240, 2)
    values[180:200] += 6.0
    assert changes_of_level(values) == [180, 200]


def test_an_outlier_with_runs_after_it_is_no_change_of_level():
    for place in range(3, 57, 5):
        values = series("independent", 60, place)
        values[place] += 100.0
        assert not changes_of_level(values)


def test_outliers_do_not_hide_a_step():
    values = series("independent", 120, 4)
    values[[7, 50, 61]] += 50.0
    values[100:] += 5.0
    assert changes_of_level(values) == [100]


def test_a_short_series_is_not_split():
    values = np.zeros(LEAST_RUNS - 1)
    values[10:] = 9.0
    assert not changes_of_level(values)
    assert changes_of_level(np.append(values, [9.0])) == [10]


def test_values_that_are_all_alike_do_not_change():
    assert not changes_of_level(np.full(80, 0.25))


def test_the_same_series_always_has_the_same_answer():
    values = series("correlated", 90, 5)
    assert chance(values, 999) == chance(values, 999)


def test_a_permutation_is_searched_as_ruptures_searches():
    for seed in range(20):
        values = series("independent", 64, seed)
        expected = ruptures.KernelCPD(kernel="linear", min_size=1).fit(values).predict(n_bkps=1)[0]
        assert best_split(values.reshape(1, 8, 8))[0][0] == expected


def test_what_a_split_saves_and_leaves_is_its_f():
    values = np.array([1.0, 2.0, 1.5, 1.0, 4.0, 5.0, 4.5, 5.5])
    left, right = values[:4], values[4:]
    saved = (
        ((values - values.mean()) ** 2).sum() - ((left - left.mean()) ** 2).sum() - ((right - right.mean()) ** 2).sum()
    )
    remains = np.concatenate([left - left.mean(), right - right.mean()]).reshape(4, 2).sum(axis=1)
    place, clear = best_split(values.reshape(1, 4, 2))
    assert place[0] == 4
    assert clear[0] == pytest.approx(saved / ((remains**2).sum() / 2 / (4 - 2)))


def test_noise_is_recognised_after_few_permutations(monkeypatch):
    searched = []

    def counting(blocks):
        searched.append(len(blocks))
        return best_split(blocks)

    monkeypatch.setattr(changepoint, "best_split", counting)
    for seed in range(10):
        chance(series("independent", 100, seed), 20_000)
    assert sum(searched) < 10 * 2_000


def test_a_trend_without_ruptures_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "ruptures", None)
    with pytest.raises(UserError, match="pip install ruptures"):
        changes_of_level(np.repeat([0.0, 9.0], 40))
