"""What a calibration concludes from live pairs whose truth is known, and that the command takes some."""

import io
import json
import math
import re
from itertools import cycle, islice

import numpy as np
import pytest
from rich.console import Console

from bench.cli import calibrate
from bench.regression import false_alarms
from bench.regression.equal_pairs import SLOWDOWNS, EqualPairs
from bench.regression.false_alarms import Calibration, alarms, power, upper_bound

CELLS = ("numpy", "torch", "jax")


@pytest.fixture(autouse=True)
def fewer_duels(monkeypatch):
    """Enough for these tests, in less time."""
    monkeypatch.setattr(false_alarms, "DUELS", 1000)


def live_pairs(spread=0.016, bias=0.0, count=150) -> EqualPairs:
    """Pairs with this standard deviation, whose sides are equal but for a bias of their log ratio."""
    random = np.random.default_rng(5)
    slowdowns = tuple(islice(cycle(SLOWDOWNS), count))

    def drawn(shift=0.0):
        return {cell: tuple(random.normal(shift, spread, count)) for cell in CELLS}

    same = drawn(bias)
    slowed = {
        cell: tuple(value + math.log1p(share) for value, share in zip(values, slowdowns, strict=True))
        for cell, values in same.items()
    }
    return EqualPairs(slowdowns, same, drawn(), slowed)


def test_a_quiet_machine_raises_no_false_alarm_and_shows_a_slowdown_well_above_the_margin():
    live = live_pairs()
    rate = alarms(live, 0.02, 20)
    assert rate.live_alarms == rate.resampled_alarms == 0
    assert min(power(live, 0.02, 20, 0.05).detected.values()) >= 0.95
    assert min(power(live, 0.01, 20, 0.03).detected.values()) >= 0.95
    assert max(power(live, 0.05, 20, 0.03).detected.values()) <= 0.01  # it is within the margin


def test_a_machine_that_favours_one_side_alarms_live_and_resampled():
    rate = alarms(live_pairs(bias=0.05), 0.02, 10)
    assert rate.live == rate.live_alarms == 7
    assert rate.live_bound == 1
    assert rate.resampled_alarms > 0.99 * rate.resampled


def test_live_duels_share_no_pair_and_end_after_one_stage_where_that_is_enough():
    assert alarms(live_pairs(spread=0.004), 0.02, 10).live == 15
    assert alarms(live_pairs(spread=0.2), 0.02, 10).live == 7
    assert alarms(live_pairs(count=10), 0.02, 10).live <= 1


@pytest.mark.parametrize(("alarms", "duels", "bound"), [(0, 300, 0.00994), (1, 20, 0.2161), (3, 3, 1.0), (0, 0, 1.0)])
def test_the_bound_on_a_rate_is_clopper_and_pearson_s(alarms, duels, bound):
    assert upper_bound(alarms, duels) == pytest.approx(bound, rel=1e-3)


def test_the_table_states_a_bound_from_live_duels_rounded_up_and_resampled_alarms_as_a_count():
    calibration = Calibration.of(live_pairs(count=200))
    screen = Console(width=200, file=io.StringIO())
    screen.print(calibrate.table(calibration))
    alarms = next(each for each in calibration.alarms if (each.margin, each.pairs) == (0.03, 20))
    (line,) = (line for line in screen.file.getvalue().splitlines() if re.match(r" +3% +20 ", line))
    bound = 1 - 0.05 ** (1 / alarms.live)
    assert f"0 of {alarms.live} (at most {math.ceil(100 * bound)}%)" in line
    assert "0 of 1,000" in line
    assert "0.00%" not in line
    assert "bound nothing" in next(calibrate.remarks(calibration))


def test_a_slowdown_that_too_few_pairs_have_is_not_judged():
    calibration = Calibration.of(live_pairs(count=20))
    assert calibration.live.frequent_slowdowns == ()
    assert calibration.powers == ()
    assert {one.pairs for one in calibration.alarms} == {10, 20}


def test_an_injected_slowdown_is_measured_against_the_same_worker_without_it():
    live = live_pairs(spread=0.1)
    assert live.measured_slowdown("numpy", 0.05).value == pytest.approx(1.05)
    assert live.measured_slowdown("numpy", 0.07) is None


def test_a_calibration_can_be_computed_anew_from_the_live_pairs_in_its_file():
    written = json.loads(json.dumps(Calibration.of(live_pairs(count=30)).to_json()))
    live = written["live"]
    read = EqualPairs(live["planted"], live["same"], live["control"], live["slowed"], live["disturbances"])
    assert Calibration.of(read).to_json()["alarms"] == written["alarms"]
    assert Calibration.of(read).to_json()["powers"] == written["powers"]


def test_a_calibration_s_file_has_these_keys():
    written = Calibration.of(live_pairs(count=30)).to_json()
    assert list(written) == ["fiftyx_calibration", "live", "alarms", "powers"]
    assert list(written["live"]) == ["planted", "same", "control", "slowed", "disturbances"]
    assert list(written["powers"][0]) == ["margin", "pairs", "planted", "found"]
    rates = ["live", "live_alarms", "live_bound", "resampled", "resampled_alarms"]
    assert list(written["alarms"][0]) == ["margin", "pairs", *rates]


def test_the_command_measures_pairs_and_says_when_they_are_too_few_to_tell(fiftyx, tmp_path):
    path = tmp_path / "calibration.json"
    answer = fiftyx("calibrate", "numpy_manual", "--size", "8,16,4,2", "--seconds", 4, "--out", path)
    assert answer.returncode == 3, answer.stdout + answer.stderr
    live = json.loads(path.read_text())["live"]
    (cell,) = live["same"]
    assert cell.startswith("numpy_manual-two_layer-8x16x4x2")
    pairs = len(live["planted"])
    assert pairs >= 1
    assert [len(live[kind][cell]) for kind in ("same", "control", "slowed")] == [pairs] * 3
    assert f"{pairs} live pairs" in answer.stdout
    assert f"calibration: {path}" in answer.stdout
