"""A live pair, with real workers and a machine that is never slow."""

import random

import pytest

from bench.nets.net_file import discover
from bench.records.cell import Cell
from bench.regression.ended import SideEnded
from bench.regression.paired_measurement import LivePair, Pace, Side
from bench.witness.watch import watching
from tests.conftest import SMALL
from tests.helpers.checkouts import RESTS, write_net, write_sleeping


def test_a_head_that_soon_does_nothing_does_not_set_the_steps_of_a_sample(tmp_path, monkeypatch):
    monkeypatch.setattr(random.Random, "sample", lambda self, arms, count: sorted(arms, reverse=True))
    write_sleeping(tmp_path / "base", "mine")
    write_net(tmp_path / "head", "mine", RESTS)
    base, head = (Side(label, discover([tmp_path / label])) for label in ("base", "head"))
    (tmp_path / "caches").mkdir()

    with watching() as watch, pytest.raises(SideEnded) as raised:
        pair = LivePair(base, head, tmp_path / "caches", watch, Pace(timeout_seconds=20.0, most_seconds=1.0))
        pair.measure(Cell("mine", size=SMALL, threads="1"), suspect=True)

    assert (raised.value.ended.side, raised.value.ended.outcome) == ("head", "wrong")
