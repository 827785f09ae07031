"""Live pairs of equal sides, in which one slice of every round has an injected slowdown."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from bench.records.cell import Cell
from bench.regression.paired_measurement import BASE, CONTROL, HEAD, SLICES, ArmSlice, LivePair, Side
from bench.runner.budget import Budget
from bench.runner.progress import Progress
from bench.stats.duel_test import LEAST_PAIRS, pair_value
from bench.stats.estimate import Estimate, log_interval
from bench.witness.watch import watching
from bench.worker.pool import temporary_caches

Array = Any

# Shares of a step by which a worker is slowed down, in turn from pair to pair.
SLOWDOWNS = (0.01, 0.02, 0.03, 0.05, 0.1)


@dataclass(frozen=True)
class EqualPairs:
    """Log ratios of every cell, pair by pair.

    `same` is head to base, though they are equal; `control` base again to base; `slowed` head with the pair's injected
    slowdown to base. `slowdowns` are these, as shares of the step; `disturbances` says what disturbed the machine.
    """

    slowdowns: tuple[float, ...] = ()
    same: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    control: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    slowed: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    disturbances: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.slowdowns)

    @property
    def values(self) -> Array:
        """Head to base, shape (cells, pairs)."""
        return np.array(list(self.same.values()))

    @property
    def control_values(self) -> Array:
        """Base again to base, shape (cells, pairs)."""
        return np.array(list(self.control.values()))

    @property
    def frequent_slowdowns(self) -> tuple[float, ...]:
        """The slowdowns that enough pairs have."""
        return tuple(share for share in SLOWDOWNS if self.slowdowns.count(share) >= LEAST_PAIRS)

    def measured_slowdown(self, cell: str, share: float) -> Estimate | None:
        """The time of a slowed worker over the same worker's without the slowdown; None where no pair has it."""
        pairs = zip(self.slowdowns, self.slowed[cell], self.same[cell], strict=True)
        return log_interval([slowed - same for injected, slowed, same in pairs if injected == share])

    def with_pair(self, share: float, seconds: Mapping[str, Mapping[ArmSlice, list[float]]]) -> "EqualPairs":
        """One pair more: of every cell the seconds per step of each slice, round by round."""
        return replace(
            self,
            slowdowns=(*self.slowdowns, share),
            same=extended(self.same, seconds, HEAD),
            control=extended(self.control, seconds, CONTROL),
            slowed=extended(self.slowed, seconds, ArmSlice("head", share)),
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "planted": self.slowdowns,
            "same": self.same,
            "control": self.control,
            "slowed": self.slowed,
            "disturbances": self.disturbances,
        }


def extended(
    series: Mapping[str, tuple[float, ...]], seconds: Mapping[str, Mapping[ArmSlice, list[float]]], each: ArmSlice
) -> dict[str, tuple[float, ...]]:
    """The log ratios of every cell, with that of this slice to the base's appended."""
    return {cell: (*series.get(cell, ()), pair_value(of[each], of[BASE])) for cell, of in seconds.items()}


def measure(
    side: Side, cells: Iterable[Cell], budget_seconds: float, save: Callable[[EqualPairs], None], progress: Progress
) -> EqualPairs:
    """Pairs until the budget is spent, each a fresh set of workers for every cell; the slowdowns take turns.

    Raises SideEnded where a net fails.
    """
    cells, pairs, budget = tuple(cells), EqualPairs(), Budget(budget_seconds)
    progress.stage("calibrating", 0)
    with watching() as watch, temporary_caches() as caches:
        live = LivePair(side, side, caches, watch)
        while cells and budget.room_for_another():
            progress.left(budget.left)
            share = SLOWDOWNS[len(pairs) % len(SLOWDOWNS)]
            seconds = {}
            with budget.unit():
                for cell in cells:
                    progress.advance(f"pair {len(pairs) + 1}, {cell.label}")
                    seconds[cell.id] = live.measure(cell, (*SLICES, ArmSlice("head", share)), suspect=not len(pairs))
                pairs = replace(pairs.with_pair(share, seconds), disturbances=live.disturbances)
                save(pairs)
    return pairs
