"""The trend of a history: what is news, what is not, and what is put down to the machine."""

import math
from dataclasses import replace

import numpy as np
import pytest

from bench.records.history import CONFIRMED_RUNS, LOOK_ERROR, LOOKS, Change, Trend
from bench.regression import trend as trend_module
from bench.regression.trend import MARGIN, NEWS_RUNS, judged
from bench.stats.changepoint import LEAST_RUNS, chance
from bench.stats.holm import ERROR
from tests.helpers.histories import (
    KINDS,
    MACHINE,
    REFERENCE,
    RUNS,
    SCATTER,
    SERIES,
    UPDATED,
    history,
    name,
    quiet,
    stepped,
)

pytest.importorskip("ruptures")

OTHER = {**MACHINE, "fingerprint": "aaaaaaaaaaaa", "name": "another"}


def slower(trend: Trend) -> set[str]:
    return {series.cell for series, _ in trend.slower}


@pytest.mark.parametrize("kind", KINDS)
def test_a_step_of_5_percent_is_found_in_noisy_histories_and_nothing_else_is(kind):
    """The scatter is 1.2% from run to run; the step has lasted for 15 of 60 runs."""
    found = [
        slower(judged(history(stepped(0.05, 15, series=seed % SERIES, seed=seed, kind=kind)))) for seed in range(30)
    ]
    hits = sum(name(seed % SERIES) in cells for seed, cells in enumerate(found))
    others = sum(bool(cells - {name(seed % SERIES)}) for seed, cells in enumerate(found))
    assert hits >= (18 if kind == "correlated" else 25)
    assert others == 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("runs", [LEAST_RUNS, 60, 150])
def test_noise_without_a_step_is_not_news(kind, runs):
    """At 2% from run to run, of 30 histories with 8 series each; a provisional change is a hint, and may be noise."""
    news = [judged(history(quiet(seed, kind, runs) * 0.02 / SCATTER)).news for seed in range(30)]
    assert not any(not change.provisional for found in news for _, change in found)
    assert sum(map(bool, news)) <= 2


def test_a_history_looked_at_night_after_night_stays_quiet():
    runs = history(quiet(7, "correlated", 150))
    assert not any(judged(runs[:night]).slower for night in range(LEAST_RUNS, 150, 3))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["independent", "correlated"])
def test_a_year_of_nightly_looks_at_noise_has_no_confirmed_news(kind):
    runs = history(quiet(11, kind, LEAST_RUNS + LOOKS))
    nights = (judged(runs[:night], margin=0.0) for night in range(LEAST_RUNS, LEAST_RUNS + LOOKS + 1))
    assert not any(not change.provisional for trend in nights for _, change in trend.news)


@pytest.mark.parametrize("runs", [LEAST_RUNS, 365])
def test_a_confirmed_change_is_news_by_the_level_of_a_year_and_a_provisional_one_by_that_of_a_look(runs):
    between = math.sqrt(LOOK_ERROR * ERROR)
    for lasted, chance_of_noise, certain in (
        (CONFIRMED_RUNS, between, False),
        (CONFIRMED_RUNS, LOOK_ERROR, True),
        (CONFIRMED_RUNS - 1, between, True),
        (CONFIRMED_RUNS - 1, 2 * ERROR, False),
    ):
        assert Change(runs - lasted, 1.1, lasted, chance=chance_of_noise).certain == certain


def test_a_step_is_reported_with_its_size_its_first_run_and_how_long_it_has_lasted():
    trend = judged(history(stepped(0.08, 12, series=3)))
    ((series, change),) = trend.news
    assert (series.cell, change.runs, change.at) == (name(3), 12, RUNS - 12)
    assert change.ratio == pytest.approx(1.08, rel=0.01)
    assert change.kind == "slower"
    assert trend.status == 1


def test_a_change_for_the_better_is_news_and_no_failure():
    trend = judged(history(stepped(-0.08, 12)))
    assert [change.kind for _, change in trend.news] == ["faster"]
    assert trend.status == 0


def test_a_change_smaller_than_the_margin_is_not_reported():
    logs = quiet() / 10
    logs[-20:, 0] += np.log1p(0.02)
    assert not judged(history(logs)).news
    assert slower(judged(history(logs), margin=0.01)) == {name(0)}
    assert MARGIN == 0.03


def test_a_change_is_provisional_until_four_more_runs_confirm_it():
    logs = quiet(runs=300)
    logs[-CONFIRMED_RUNS:, 0] += np.log1p(0.3)
    for night, kind in ((296, "provisionally slower"), (299, "provisionally slower"), (300, "slower")):
        trend = judged(history(logs[:night]))
        assert [change.kind for _, change in trend.news] == [kind]
        assert trend.status == (1 if kind == "slower" else 0)


def test_a_confirmed_change_is_still_news_when_a_provisional_one_follows():
    logs = quiet(runs=150)
    logs[-15:, 0] += np.log1p(0.1)
    logs[-1:, 0] += np.log1p(0.5)
    assert [change.kind for _, change in judged(history(logs)).news] == ["slower", "provisionally slower"]


def test_an_old_change_is_history_and_not_news():
    logs = quiet(runs=RUNS + NEWS_RUNS)
    logs[40:, 0] += np.log1p(0.2)
    trend = judged(history(logs))
    assert not trend.news
    assert [change.at for change in trend.series[0].changes] == [40]


def test_what_most_series_do_together_is_put_down_to_the_machine():
    logs = quiet()
    logs[-15:] += np.log1p(0.1)
    trend = judged(history(logs))
    assert not trend.news
    assert trend.status == 0
    (event,) = trend.events
    assert event.run == RUNS - 15
    assert f"most of {SERIES} series beside {REFERENCE} moved together" in event.what
    assert len(event.moved) == SERIES
    assert all(factor == pytest.approx(1.1, rel=0.03) for factor in event.moved.values())


def test_one_series_that_moves_against_the_others_is_a_change_of_its_own():
    logs = quiet()
    logs[-20:] -= np.log1p(0.1)
    logs[-20:, 2] += 2 * np.log1p(0.1)
    assert slower(judged(history(logs))) == {name(2)}


def test_two_series_are_too_few_to_speak_of_most():
    logs = quiet(series=2)
    logs[-15:] += np.log1p(0.1)
    assert slower(judged(history(logs))) == {name(0), name(1)}


def test_a_new_fingerprint_is_an_event_and_what_comes_with_it_is_no_regression():
    logs = quiet(runs=100)
    logs[50:, 0] += np.log1p(0.2)
    trend = judged(history(logs, lambda number: MACHINE if number < 50 else UPDATED))
    assert not trend.news
    (event,) = trend.events
    assert event.run == 50
    assert event.what == "new conditions: torch 2.13.0 -> 2.14.0"
    assert event.moved[name(0)] == pytest.approx(1.2, rel=0.03)
    assert "1 of 8 series moved by more than 3%" in trend.summary(event)


def test_a_regression_after_a_new_fingerprint_is_found_under_it():
    logs = quiet(runs=110)
    logs[-15:, 0] += np.log1p(0.1)
    trend = judged(history(logs, lambda number: MACHINE if number < 50 else UPDATED))
    ((series, change),) = trend.news
    assert series.conditions == (UPDATED["name"], UPDATED["fingerprint"])
    assert change.runs == 15


def test_fingerprints_that_alternate_are_kept_apart_and_reported_once():
    logs = quiet(runs=120)
    logs[::2] += np.log1p(0.5)
    trend = judged(history(logs, lambda number: (UPDATED, MACHINE)[number % 2]))
    assert not trend.news
    assert len(trend.events) == 1
    assert len(trend.series) == 2 * SERIES


def test_runs_of_two_machines_are_never_mixed():
    logs = quiet(runs=120)
    logs[1::2] += np.log1p(1.0)
    logs[-30::2, 0] += np.log1p(0.1)
    trend = judged(history(logs, lambda number: (MACHINE, OTHER)[number % 2]))
    assert {series.conditions[0] for series, _ in trend.news} == {MACHINE["name"]}
    assert not trend.events
    assert {len(series.runs) for series in trend.series} == {60}


def test_a_net_that_some_runs_lack_has_a_series_of_the_others():
    runs = history(stepped(0.1, 12))
    gaps = [
        replace(run, ratios={cell: found for cell, found in run.ratios.items() if cell != name(0) or number % 3})
        for number, run in enumerate(runs)
    ]
    trend = judged(gaps)
    assert slower(trend) == {name(0)}
    assert len(trend.series[-1].runs) == 40 or len(trend.series[0].runs) == 40


@pytest.mark.parametrize("runs", [1, LEAST_RUNS - 1])
def test_a_short_history_is_not_judged_and_says_so(runs):
    trend = judged(history(quiet(runs=runs)))
    assert trend.status == 3
    assert not trend.news
    assert f"no cell has {LEAST_RUNS}" in trend.headline
    assert all(series.too_short for series in trend.series)


def test_only_what_may_be_news_is_judged_by_thousands_of_permutations(monkeypatch):
    asked = []

    def counting(values, permutations):
        asked.append(permutations)
        return chance(values, permutations)

    monkeypatch.setattr(trend_module, "chance", counting)
    judged(history(stepped(0.1, 12)))
    assert len(asked) == 1
    assert asked[0] >= SERIES / LOOK_ERROR
