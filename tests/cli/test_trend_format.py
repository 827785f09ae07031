"""The trend as text, Markdown and JSON: what each form says, and that names stay names."""

import json
from dataclasses import replace

import numpy as np
import pytest

from bench.cli.trend_format import FORMATS, HEADINGS, render
from bench.records.history import LOOK_ERROR, LOOKS, YEARLY_ERROR
from bench.regression.trend import judged
from bench.stats.changepoint import LEAST_RUNS
from tests.helpers.histories import MACHINE, RUNS, SERIES, UPDATED, day, history, name, quiet, stepped

pytest.importorskip("ruptures")


def test_text_names_the_cell_the_change_and_the_run_it_began_with():
    first, line, *_ = render(judged(history(stepped(0.08, 12, series=3))), "text").splitlines()
    assert first == f"1 slower, of {SERIES} series in {RUNS} runs of 1 machine."
    assert line.split()[:2] == ["slower", name(3)]
    assert f"since {day(RUNS - 12)[:10]} ({RUNS - 12:012x})" in line
    assert "12 runs" in line and MACHINE["name"] in line


def test_json_has_every_series_with_its_changes_and_the_status():
    logs = stepped(0.08, 12, series=3)
    document = json.loads(render(judged(history(logs), ("x.json is empty",)), "json"))
    assert document["status"] == 1
    assert document["runs"] == RUNS
    assert document["left_out"] == ["x.json is empty"]
    assert [series["cell"] for series in document["series"]] == [name(number) for number in range(SERIES)]
    (change,) = document["series"][3]["changes"]
    assert change["news"] and not change["provisional"] and not change["shared"]
    assert change["commit"] == f"{RUNS - 12:012x}"
    assert change["chance"] <= LOOK_ERROR


@pytest.mark.parametrize("form", FORMATS)
def test_every_form_names_a_changed_cell_an_event_and_a_file_that_was_left_out(form):
    logs = quiet(runs=110)
    logs[-15:, 0] += np.log1p(0.1)
    runs = history(logs, lambda number: MACHINE if number < 50 else UPDATED)
    answer = render(judged(runs, ("results/x.json is empty",)), form)
    assert name(0) in answer
    assert "torch 2.13.0 -" in answer and "2.14.0" in answer
    assert "results/x.json is empty" in answer


def test_markup_in_a_name_does_not_break_a_table():
    evil = "<img src=x>|`a`|@team\n\x1b[31m-two_layer-64x1000x100x10-float32-cpu"
    runs = [
        replace(run, ratios={cell if cell != name(0) else evil: found for cell, found in run.ratios.items()})
        for run in history(stepped(0.1, 12))
    ]
    trend = judged(runs)
    assert len(render(trend, "text").splitlines()) == 3
    assert "\x1b" not in render(trend, "text")
    row = next(line for line in render(trend, "markdown").splitlines() if "slower" in line and line.startswith("|"))
    assert row.replace(r"\|", "").count("|") == len(HEADINGS) + 1
    assert json.loads(render(trend, "json"))["series"][0]["cell"] == evil


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_the_rate_of_false_alarms_is_stated_for_a_year_of_nightly_looks(form):
    assert "at most 5% of years" in render(judged(history(quiet())), form)
    assert LOOKS * LOOK_ERROR == pytest.approx(YEARLY_ERROR) == 0.05


def test_text_says_how_many_series_are_too_short():
    answer = render(judged(history(quiet(runs=LEAST_RUNS - 1))), "text")
    assert f"{SERIES} series of fewer than {LEAST_RUNS} runs" in answer
