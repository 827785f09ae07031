"""A cell whose control differed is measured once more, with scripted pairs."""

import pytest

from bench.records.cell import Cell
from bench.regression import duel
from bench.regression.duel import Duel, Terms
from bench.regression.paired_measurement import BASE, CONTROL, HEAD, Side
from tests.conftest import Silent

CELL, PAIRS = Cell("numpy_manual"), 5


@pytest.fixture
def fight(monkeypatch):
    """Fights a duel in which the base differs from itself by 10% in so many pairs; the verdict and all pairs taken."""

    def run(contaminated: int):
        class Scripted:
            disturbances = ()
            taken = 0

            def __init__(self, *told):
                pass

            def measure(self, cell, suspect):
                Scripted.taken += 1
                jitter = 1 + 0.001 * (Scripted.taken % 3)
                control = 1.1 if Scripted.taken <= contaminated else 1.0
                return {BASE: [1.0], HEAD: [jitter], CONTROL: [control * jitter]}

        monkeypatch.setattr(duel, "LivePair", Scripted)
        monkeypatch.setattr(duel, "check_side", lambda *side: {})
        side = Side("head", {})
        (verdict,) = Duel(side, side, [CELL], Terms(pairs=PAIRS), Silent()).fight().verdicts
        return verdict, Scripted.taken

    return run


def test_a_contaminated_cell_is_measured_anew_and_judged_on_fresh_pairs_alone(fight):
    verdict, taken = fight(contaminated=2 * PAIRS)
    assert (verdict.outcome, verdict.pairs, taken) == ("same", PAIRS, 3 * PAIRS)


def test_it_is_measured_anew_but_once(fight):
    verdict, taken = fight(contaminated=100)
    assert (verdict.outcome, verdict.pairs, taken) == ("contaminated", 2 * PAIRS, 4 * PAIRS)


def test_a_cell_that_was_not_contaminated_keeps_its_pairs(fight):
    verdict, taken = fight(contaminated=0)
    assert (verdict.outcome, verdict.pairs, taken) == ("same", PAIRS, PAIRS)
