"""The page of a history and the command that writes it."""

import functools
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from bench.errors import UserError
from bench.files import run_files
from bench.records.history import Trend
from bench.regression.trend import judged
from bench.stats.changepoint import LEAST_RUNS
from reports.charting.drawing.palette import colour
from reports.trend import page
from tests.helpers.histories import MACHINE, day, history, name, noise
from tests.helpers.recorded import a_run, timed

pytest.importorskip("ruptures")

EVIL = "<img src=x onerror=alert(1)>"
UPDATED = {**MACHINE, "fingerprint": "ba9876543210", "packages": {"numpy": "2.4.6", "torch": EVIL}}


class Page(HTMLParser):
    """The tags of a page with their attributes, and all its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.texts.append(data)

    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


@functools.cache
def a_trend(runs: int = 110) -> Trend:
    """Two fingerprints, a slowdown under the second, and markup wherever a file can hold some."""
    logs = 0.01 * noise("independent", runs, 6, np.random.default_rng(1))
    logs[-12:, 0] += np.log1p(0.1)
    nights = history(logs, lambda number: MACHINE if number < 50 else UPDATED)
    nights = [
        replace(
            run, commit=EVIL, ratios={EVIL if cell == name(1) else cell: found for cell, found in run.ratios.items()}
        )
        for run in nights
    ]
    return judged(nights, (f"{EVIL}.json is empty",))


def test_the_page_shows_the_change_the_event_every_series_and_what_was_left_out():
    trend = a_trend()
    text = Page(page.render(trend)).text()
    assert trend.headline in text
    assert text.count(name(0)) >= 2 and "slower since" in text
    assert "torch 2.13.0 ->" in text
    assert f"{EVIL}.json is empty" in text
    for series in trend.series:
        assert series.cell in text


def test_markup_in_names_is_shown_and_not_obeyed():
    found = Page(page.render(a_trend()))
    assert not {tag for tag, _ in found.tags} & {"img", "script"}
    assert EVIL in found.text()


def test_the_page_fetches_nothing_and_runs_nothing():
    text = page.render(a_trend())
    found = Page(text)
    assert not {tag for tag, _ in found.tags} & {"link", "iframe", "object", "embed", "base", "script"}
    for _, attributes in found.tags:
        assert not attributes.keys() & {"src", "srcset", "action", "onload", "onclick"}
        assert attributes.get("href", "#").startswith("#")
    assert not re.search(r"https?://|@import|url\(", text)
    assert "default-src 'none'" in text and "script-src" not in text


def test_every_id_is_used_once_and_every_link_leads_somewhere():
    found = Page(page.render(a_trend()))
    ids = [attributes["id"] for _, attributes in found.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {attributes["href"][1:] for tag, attributes in found.tags if tag == "a"} <= set(ids)


def test_every_chart_is_named_and_described_for_those_who_cannot_see_it():
    text = page.render(a_trend())
    drawings = re.findall(r"<svg[^>]*>.*?</svg>", text, re.DOTALL)
    assert len(drawings) == 6 + 1
    for drawing in drawings:
        labels = re.search(r'aria-labelledby="([^"]+)"', drawing)
        assert 'role="img"' in drawing and all(f'id="{label}"' in drawing for label in labels[1].split())
    assert f"110 runs from {day(0)[:10]} to {day(109)[:10]}" in text


def test_a_chart_has_the_colour_of_its_net_s_framework():
    tones = re.findall(r'class="dots" stroke="([^"]*)"', page.render(a_trend()))
    assert tones[-1] == colour("numpy") and {colour("torch")} <= set(tones[:-1])


def test_a_dot_is_drawn_for_every_run_within_the_chart():
    text = page.render(a_trend())
    for dots in re.findall(r'class="dots"[^>]* d="([^"]*)"', text):
        points = re.findall(r"M([\d.]+) ([\d.]+)h0", dots)
        assert len(points) == 110
        assert all(0 <= float(x) <= 1000 and 0 <= float(y) <= 100 for x, y in points)


@pytest.mark.parametrize("runs", [1, 2, LEAST_RUNS])
def test_a_short_history_has_a_page(runs):
    assert f"of {LEAST_RUNS}" in page.render(a_trend(runs)) or "Nothing" in page.render(a_trend(runs))


def test_one_history_always_has_the_same_page():
    assert page.render(a_trend()) == page.render(a_trend())


def test_a_place_that_cannot_be_written_is_one_line_with_a_remedy(tmp_path):
    with pytest.raises(UserError, match=r"^cannot write .+--out$"):
        page.write(a_trend(), tmp_path)


# The command


def write_history(folder: Path, runs: int, step: float) -> None:
    """Run files of two cells, a night each; in the last 12 one of them is slower."""
    luck = np.random.default_rng(2)
    for night in range(runs):
        factor = np.exp(luck.normal(0, 0.01)) * (1 + step if night >= runs - 12 else 1)
        run = a_run(timed("numpy_manual", 300), timed("torch_tensor", 200 * factor), started=day(night))
        run_files.save(run, run_files.new_path(run, folder))


def test_the_command_finds_a_slowdown_among_files_writes_the_page_and_exits_with_1(fiftyx, tmp_path):
    write_history(tmp_path / "results", 50, step=0.1)
    (tmp_path / "results" / "20260101T000000Z-cut.json").write_text('{"machine_info": ')
    answer = fiftyx("trend", cwd=tmp_path)
    assert answer.returncode == 1, answer.stderr
    first, second, rate, third, last = answer.stdout.splitlines()
    assert first == "1 slower, of 1 series in 50 runs of 1 machine."
    assert "torch_tensor" in second
    assert "at most 5% of years" in rate
    assert "left out" in third and "cut short" in third
    assert last == f"page: {(tmp_path / 'reports' / 'trend.html').as_uri()}"
    page = (tmp_path / "reports" / "trend.html").read_text()
    assert "slower since" in page
    assert "at most 5% have confirmed news" in page


def test_any_folder_and_any_form_will_do(fiftyx, tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    write_history(tmp_path / "nights", 40, step=0.0)
    answer = fiftyx("trend", tmp_path / "nights", "--format", "json", "--out", tmp_path / "t.html")
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout)["runs"] == 40
    answer = fiftyx("trend", tmp_path / "nights", "--format", "markdown", "--out", tmp_path / "t.html")
    assert (tmp_path / "summary.md").read_text() == answer.stdout


def test_too_short_a_history_exits_with_3_and_none_at_all_with_2(fiftyx, tmp_path):
    write_history(tmp_path / "nights", 3, step=0.0)
    answer = fiftyx("trend", tmp_path / "nights", "--out", tmp_path / "t.html")
    assert (answer.returncode, answer.stderr) == (3, "")
    answer = fiftyx("trend", tmp_path / "nowhere", "--out", tmp_path / "t.html")
    assert (answer.returncode, answer.stdout) == (2, "")
    (line,) = answer.stderr.splitlines()
    assert "no run under" in line and "fiftyx run" in line
