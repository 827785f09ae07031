"""Files damaged in every way at hand: each is refused in one line, or whatever reads it works."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.cli import trend_format
from bench.errors import UserError
from bench.files import dataframe, history_reader, run_files
from bench.records.history import Past
from bench.records.run import Run
from bench.regression import compare, trend
from reports import page
from reports.article import articles_of
from reports.export.formats import FORMATS
from reports.trend.page import render
from tests.helpers.mutations import mutated
from tests.helpers.whole_runs import texts

TEXTS = texts()
# Of so many mutations each; together they are 10,000.
BATCH, BATCHES, IN_SHORT = 250, 40, 2
PAGES_BATCH, PAGES_IN_SHORT = 5, 1


def batches(count: int, in_short: int) -> list[object]:
    """Numbers of batches, all but the first few of which are slow."""
    return [pytest.param(number, marks=[pytest.mark.slow] * (number >= in_short)) for number in range(count)]


def damaged(seed: int, path: Path) -> Path:
    path.write_bytes(mutated(TEXTS[seed % len(TEXTS)], seed))
    return path


def read(path: Path) -> tuple[Run | None, Past | None]:
    """What both readers make of a file; each that refuses it does so in one line that names it."""
    answers: list[Run | Past | None] = []
    for reader in (run_files.load, history_reader.read):
        try:
            answers.append(reader(path))
        except UserError as error:
            assert str(path) in str(error) and ": " in str(error) and "\n" not in str(error)
            answers.append(None)
    return tuple(answers)


def accepted(seeds: Iterator[int], path: Path) -> Iterator[tuple[Run, Past]]:
    """The damaged runs that are read all the same."""
    for seed in seeds:
        run, past = read(damaged(seed, path))
        if run is not None:
            assert past is not None, "a history refuses no file that is a run"
            yield run, past


@pytest.mark.parametrize("batch", batches(BATCHES, IN_SHORT))
def test_a_damaged_file_is_refused_in_one_line_or_every_reader_and_format_works(batch, tmp_path):
    seeds = iter(range(batch * BATCH, (batch + 1) * BATCH))
    count = 0
    for run, _ in accepted(seeds, tmp_path / "20260102T030405Z-damaged.json"):
        dataframe.frame([run])
        for text in FORMATS.values():
            assert text([run])
        count += 1
    assert 0 < count < BATCH


@pytest.mark.parametrize("batch", batches(12, PAGES_IN_SHORT))
def test_a_damaged_file_that_is_read_gives_a_page_a_comparison_and_a_trend(batch, tmp_path):
    path = tmp_path / "damaged.json"
    path.write_text(TEXTS[0])
    whole, before = run_files.load(path), history_reader.read(path)
    pairs = accepted(iter(random.Random(batch).sample(range(10**9), 1000)), path)
    for _, (run, past) in zip(range(PAGES_BATCH), pairs, strict=False):
        assert page.render(articles_of([(run, path)]))
        compare.compare(whole, run, across_machines=True)
        history = trend.judged([before, past, past, past])
        assert render(history)
        for form in trend_format.FORMATS:
            assert trend_format.render(history, form)
