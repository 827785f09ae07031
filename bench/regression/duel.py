"""A duel: base and head measured live, pair by pair, until the decision rule can tell every cell."""

import math
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.nets.availability import obstacle
from bench.records.cell import Cell
from bench.records.record import CellEnded
from bench.records.run import Settings
from bench.records.verdict import Outcome, Verdict
from bench.regression import decision
from bench.regression.decision import Pairs
from bench.regression.paired_measurement import BASE, CONTROL, HEAD, LivePair, Side
from bench.runner.check_stage import check
from bench.runner.job import new_run
from bench.runner.progress import Progress
from bench.runner.recorder import Recorder
from bench.worker.launch import HERE

FORMAT = 1
LOOKS = 2


@dataclass(frozen=True)
class Terms:
    """What a duel may take: pairs of each look, and seconds of measuring in all."""

    margin: float
    pairs: int
    budget_seconds: float


class Duel:
    """Base against head: `pairs` holds what was measured of each cell, `reasons` why one cannot be compared."""

    def __init__(self, base: Side, head: Side, cells: Iterable[Cell], terms: Terms, progress: Progress) -> None:
        self.base, self.head, self.terms = base, head, terms
        self.pairs = {cell: Pairs() for cell in cells}
        self.reasons: dict[Cell, str] = {}
        self.cut_short = False
        self.disturbances: tuple[str, ...] = ()
        self._progress = progress

    def fight(self) -> list[Verdict]:
        """Checks both sides, takes the pairs, and judges."""
        for side in (self.head, self.base):
            self.reasons |= defects(side, self._fit(), self._progress)
        self._progress.stage("duel", 0)
        with tempfile.TemporaryDirectory(prefix="fiftyx-caches-", ignore_cleanup_errors=True) as caches:
            live = LivePair(self.base, self.head, Path(caches))
            self._measure(live)
        self.disturbances = live.disturbances
        return self.verdicts()

    def verdicts(self) -> list[Verdict]:
        """On every cell, by the pairs there are."""
        margin = self.terms.margin
        judged = decision.verdicts({cell.id: self.pairs[cell] for cell in self._fit()}, margin)
        told = {verdict.cell: verdict for verdict in judged}
        return [
            told.get(cell.id) or Verdict(cell.id, self._end(cell), None, self.reasons[cell], margin=margin)
            for cell in self.pairs
        ]

    def _end(self, cell: Cell) -> Outcome:
        """Of a cell that could not be judged: a head that computes something else is no mishap of the comparison."""
        return "wrong" if self.reasons[cell].startswith(f"{self.head.label}: wrong") else "not comparable"

    def to_json(self) -> dict[str, Any]:
        """The duel with every pair, for whoever wants to judge by another rule."""
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
                for verdict, pairs in zip(self.verdicts(), self.pairs.values(), strict=True)
            ],
        }

    def _fit(self) -> list[Cell]:
        return [cell for cell in self.pairs if cell not in self.reasons]

    def _measure(self, live: LivePair) -> None:
        """The looks. The cells take turns, so that all have as many pairs when the budget ends."""
        began, longest, left = time.monotonic(), 0.0, LOOKS * self.terms.pairs
        wanting = self._fit()
        for look in range(LOOKS):
            if look:
                wanting = [cell for cell in wanting if decision.wants_more(self.pairs[cell], self.terms.margin)]
            for number in range(self.terms.pairs):
                spent = time.monotonic() - began
                if not wanting:
                    return
                if spent + longest > self.terms.budget_seconds:
                    self.cut_short = True
                    return
                self._progress.left(min(self.terms.budget_seconds - spent, longest * left or math.inf))
                for cell in wanting:
                    self._progress.advance(f"look {look + 1}, pair {number + 1} of {self.terms.pairs}, {cell.label}")
                    self._pair(live, cell)
                wanting = [cell for cell in wanting if cell not in self.reasons]
                longest, left = max(longest, time.monotonic() - began - spent), left - 1

    def _pair(self, live: LivePair, cell: Cell) -> None:
        seen = self.pairs[cell]
        try:
            seconds = live.measure(cell, suspect=not seen.values)
        except CellEnded as end:
            self.reasons[cell] = end.reason
            return
        self.pairs[cell] = Pairs(
            (*seen.values, decision.paired(seconds[HEAD], seconds[BASE])),
            (*seen.control, decision.paired(seconds[CONTROL], seconds[BASE])),
        )


def defects(side: Side, cells: Sequence[Cell], progress: Progress) -> dict[Cell, str]:
    """Why some of the cells cannot be measured on this side: not there, not to be started here, or wrong."""
    progress.whose = f"{side.label}: "
    found = {cell: reason for cell in cells if (reason := absence(side, cell))}
    recorder = Recorder(new_run([cell for cell in cells if cell not in found], Settings()), lambda run: None, progress)
    check(recorder, side.nets, side.launch)
    ended = (record for record in recorder.run.records.values() if record.outcome != "pending")
    found |= {record.cell: f"{record.outcome}: {record.reason}" for record in ended}
    return {cell: f"{side.label}: {reason}" for cell, reason in found.items()}


def absence(side: Side, cell: Cell) -> str | None:
    """Why a side has nothing to start for the cell, as far as can be told without starting it."""
    net = side.nets.get(cell.net)
    if net is None:
        return f"no net {cell.net}"
    if net.defect:
        return net.defect
    offered = cell.variant in net.variants and net.offers(cell.variant, cell.workload, cell.dtype)
    if not offered or cell.device not in net.devices_of(cell.variant):
        return f"{cell.label} does not offer {cell.workload} in {cell.dtype} on {cell.device}"
    # What another interpreter lacks, its worker says
    end = obstacle(cell, net) if side.launch.python == HERE.python else None
    return end.reason if end else None
