"""A duel: base and head measured live, pair by pair, until every cell can be judged."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bench.records.cell import Cell
from bench.records.verdict import Outcome, Verdict
from bench.regression import decision
from bench.regression.decision import Pairs
from bench.regression.ended import Ended, SideEnded
from bench.regression.paired_measurement import BASE, CONTROL, HEAD, LivePair, Side
from bench.regression.side_check import check_side
from bench.runner.budget import Budget
from bench.runner.progress import Progress
from bench.stats.duel_test import LEAST_PAIRS, STAGES, pair_value
from bench.witness.watch import watching
from bench.worker.pool import temporary_caches

FORMAT = 1
# More pairs in a stage take longer than a duel is worth.
MOST_PAIRS = 20
# Fresh environments with the same packages differed by 5% and 8%, steadily (tests/benchmarks/README.md).
INTERPRETER_MARGIN = 0.1


@dataclass(frozen=True)
class Terms:
    """The relative change that a duel ignores, its pairs in each stage, and seconds for all pairs together."""

    margin: float = 0.02
    pairs: int = 10
    budget_seconds: float = 1e6


@dataclass(frozen=True)
class DuelResult:
    """What a duel measured: the pairs of every cell, and why some cells ended; the verdicts follow from these."""

    base: Side
    head: Side
    terms: Terms
    pairs: Mapping[Cell, Pairs]
    ended: Mapping[Cell, Ended]
    cut_short: bool
    disturbances: tuple[str, ...]

    @property
    def verdicts(self) -> list[Verdict]:
        """On every cell, by the pairs there are."""
        compared = {cell.id: pairs for cell, pairs in self.pairs.items() if cell not in self.ended}
        judged = {verdict.cell: verdict for verdict in decision.verdicts(compared, self.terms.margin)}
        return [self._of_ended(cell) if cell in self.ended else judged[cell.id] for cell in self.pairs]

    def _of_ended(self, cell: Cell) -> Verdict:
        """A head that computes something else is no accident of the comparison: it is wrong."""
        ended = self.ended[cell]
        wrong = ended.side == self.head.label and ended.outcome == "wrong"
        outcome: Outcome = "wrong" if wrong else "not comparable"
        return Verdict(cell.id, outcome, None, str(ended), margin=self.terms.margin)

    def to_json(self) -> dict[str, Any]:
        """The duel with every pair, so that it can be judged by another rule."""
        return {
            "fiftyx_duel": FORMAT,
            "base": self.base.label,
            "base_packages": dict(self.base.packages),
            "margin": self.terms.margin,
            "pairs_per_look": self.terms.pairs,
            "cut_short": self.cut_short,
            "disturbances": self.disturbances,
            "cells": [
                asdict(verdict) | {"log_ratios": pairs.values, "control_log_ratios": pairs.control}
                for verdict, pairs in zip(self.verdicts, self.pairs.values(), strict=True)
            ],
        }


class Duel:
    """Measures base against head; `fight` may be called once."""

    def __init__(self, base: Side, head: Side, cells: Iterable[Cell], terms: Terms, progress: Progress) -> None:
        self._base, self._head, self._terms = base, head, terms
        self._pairs = {cell: Pairs() for cell in cells}
        self._ended: dict[Cell, Ended] = {}
        self._cut_short = False
        self._progress = progress

    def fight(self) -> DuelResult:
        """Checks both sides, then takes the pairs."""
        for side in (self._head, self._base):
            self._ended |= check_side(side, self._remaining(), self._progress)
        self._progress.stage("duel", 0)
        with watching() as watch, temporary_caches() as caches:
            live, budget = LivePair(self._base, self._head, caches, watch), Budget(self._terms.budget_seconds)
            self._take_stages(live, budget, self._remaining())
            before = dict(self._pairs)
            self._take_stages(live, budget, self._contaminated())
            # What was measured anew stands only where there was time for enough of it
            self._pairs = {
                cell: pairs if len(pairs.values) >= LEAST_PAIRS else before[cell] for cell, pairs in self._pairs.items()
            }
        return DuelResult(
            base=self._base,
            head=self._head,
            terms=self._terms,
            pairs=self._pairs,
            ended=self._ended,
            cut_short=self._cut_short,
            disturbances=live.disturbances,
        )

    def _remaining(self) -> list[Cell]:
        return [cell for cell in self._pairs if cell not in self._ended]

    def _contaminated(self) -> list[Cell]:
        """The cells whose control differed too much, without their pairs: each is measured anew, once."""
        judged = decision.verdicts({cell.id: self._pairs[cell] for cell in self._remaining()}, self._terms.margin)
        ids = {verdict.cell for verdict in judged if verdict.outcome == "contaminated"}
        again = [cell for cell in self._remaining() if cell.id in ids] if not self._cut_short else []
        self._pairs |= {cell: Pairs() for cell in again}
        return again

    def _take_stages(self, live: LivePair, budget: Budget, undecided: Sequence[Cell]) -> None:
        """The cells take turns, so that all have as many pairs when the budget ends."""
        turns_left = STAGES * self._terms.pairs
        for stage in range(1, STAGES + 1):
            if stage > 1:
                undecided = [
                    cell for cell in undecided if decision.needs_second_stage(self._pairs[cell], self._terms.margin)
                ]
            for number in range(1, self._terms.pairs + 1):
                if not undecided:
                    return
                if not budget.room_for_another():
                    self._cut_short = True
                    return
                self._progress.left(min(budget.left, budget.longest * turns_left or math.inf))
                with budget.unit():
                    for cell in undecided:
                        self._progress.advance(f"stage {stage}, pair {number} of {self._terms.pairs}, {cell.label}")
                        self._take_pair(live, cell)
                undecided = [cell for cell in undecided if cell not in self._ended]
                turns_left -= 1

    def _take_pair(self, live: LivePair, cell: Cell) -> None:
        earlier = self._pairs[cell]
        try:
            seconds = live.measure(cell, suspect=not earlier.values)
        except SideEnded as end:
            self._ended[cell] = end.ended
            return
        self._pairs[cell] = Pairs(
            (*earlier.values, pair_value(seconds[HEAD], seconds[BASE])),
            (*earlier.control, pair_value(seconds[CONTROL], seconds[BASE])),
        )
