"""How the decision rule does on this machine: live pairs of equal sides, some of them with a planted slowdown."""

import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from bench.records.cell import Cell
from bench.regression import decision
from bench.regression.decision import LEAST_PAIRS
from bench.regression.paired_measurement import BASE, CONTROL, HEAD, VISITS, LivePair, Side, Visit
from bench.runner.progress import Progress
from bench.stats.estimate import Estimate, log_interval

Array = Any

FORMAT = 1
PLANTED = (0.01, 0.02, 0.03, 0.05, 0.1)
MARGINS = (0.01, 0.02, 0.03, 0.05)
PAIRS = (10, 20)
# Resampled duels for every rate; for its bound, so many of so many resampled sets of live pairs.
DUELS = 10_000
BOUND_SETS, BOUND_DUELS = 200, 1000
SEED = 6


@dataclass(frozen=True)
class LivePairs:
    """Log ratios of every cell, pair by pair: head to base, though they are equal; base again to base; head with
    the pair's slowdown to base. `planted` is that slowdown, a share of the step; `disturbances` what else was going
    on, in words."""

    planted: tuple[float, ...] = ()
    same: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    control: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    slowed: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    disturbances: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.planted)

    @property
    def values(self) -> Array:
        """Shape (cells, pairs)."""
        return np.array(list(self.same.values()))

    @property
    def control_values(self) -> Array:
        return np.array(list(self.control.values()))

    def measured(self, cell: str, share: float) -> Estimate | None:
        """By how much a planted slowdown came out slower than the same worker without it."""
        pairs = zip(self.planted, self.slowed[cell], self.same[cell], strict=True)
        return log_interval([slowed - same for planted, slowed, same in pairs if planted == share])

    @property
    def shares(self) -> tuple[float, ...]:
        """The slowdowns that enough pairs have."""
        return tuple(share for share in PLANTED if self.planted.count(share) >= LEAST_PAIRS)


@dataclass(frozen=True)
class Alarms:
    """How often equal sides are called slower, by a margin and with so many pairs a look: the share of duels in
    which any cell is.

    `live` duels share no pair. The resampled ones draw whole pairs, all cells of them together, so they rest on no
    more evidence than there are live pairs: the bound on their rate resamples those. Both bounds are one-sided, 95%.
    """

    margin: float
    pairs: int
    live: int
    live_alarms: int
    live_bound: float
    resampled: int
    resampled_alarms: int
    resampled_bound: float

    @property
    def resampled_rate(self) -> float:
        return self.resampled_alarms / self.resampled


@dataclass(frozen=True)
class Power:
    """The share of resampled duels in which the one cell that was slowed down is called slower, for each cell."""

    margin: float
    pairs: int
    planted: float
    found: Mapping[str, float]


def measure(
    side: Side, cells: Iterable[Cell], budget_seconds: float, save: Callable[[LivePairs], None], progress: Progress
) -> LivePairs:
    """Pairs until the budget is spent, each a fresh set of workers for every cell; the slowdowns take turns.

    Raises CellEnded where a net fails.
    """
    cells, live = tuple(cells), LivePairs()
    began, longest = time.monotonic(), 0.0
    progress.stage("calibrating", 0)
    with tempfile.TemporaryDirectory(prefix="fiftyx-caches-", ignore_cleanup_errors=True) as caches:
        pair = LivePair(side, side, Path(caches))
        while cells and (spent := time.monotonic() - began) + longest <= budget_seconds:
            progress.left(budget_seconds - spent)
            share = PLANTED[len(live) % len(PLANTED)]
            found = {}
            for cell in cells:
                progress.advance(f"pair {len(live) + 1}, {cell.label}")
                found[cell.id] = pair.measure(cell, (*VISITS, Visit("head", share)), suspect=not len(live))
            live = replace(with_pair(live, share, found), disturbances=pair.disturbances)
            save(live)
            longest = max(longest, time.monotonic() - began - spent)
    return live


def with_pair(live: LivePairs, share: float, found: Mapping[str, Mapping[Visit, list[float]]]) -> LivePairs:
    """The live pairs and one more."""

    def grown(series: Mapping[str, tuple[float, ...]], visit: Visit) -> dict[str, tuple[float, ...]]:
        values = {cell: decision.paired(seconds[visit], seconds[BASE]) for cell, seconds in found.items()}
        return {cell: (*series.get(cell, ()), value) for cell, value in values.items()}

    return LivePairs(
        (*live.planted, share),
        grown(live.same, HEAD),
        grown(live.control, CONTROL),
        grown(live.slowed, Visit("head", share)),
    )


def alarms(live: LivePairs, margin: float, pairs: int) -> Alarms:
    """The rate of false alarms, from the pairs of equal sides."""
    random = np.random.default_rng(SEED)
    told = live_duels(live, margin, pairs)
    count = len(live)
    resampled = duelled(live, random.integers(count, size=(DUELS, 2 * pairs)), margin)
    rates = []
    for _ in range(BOUND_SETS):
        chosen = random.integers(count, size=count)
        drawn = chosen[random.integers(count, size=(BOUND_DUELS, 2 * pairs))]
        rates.append(float(duelled(live, drawn, margin).mean()))
    return Alarms(
        margin,
        pairs,
        len(told),
        sum(told),
        upper_bound(sum(told), len(told)),
        len(resampled),
        int(resampled.sum()),
        float(np.quantile(rates, 0.95)),
    )


def duelled(live: LivePairs, drawn: Array, margin: float) -> Array:
    """Which duels alarm; `drawn` are the numbers of their pairs, shape (duels, pairs of both looks)."""
    values, control = (np.moveaxis(array[:, drawn], 0, 1) for array in (live.values, live.control_values))
    return (decision.duelled(values, control, margin) == "slower").any(axis=-1)


def live_duels(live: LivePairs, margin: float, pairs: int) -> list[bool]:
    """Which duels alarm that are fought with the live pairs in their order, each with pairs of its own."""
    told, begin = [], 0
    while begin + pairs <= len(live):
        here = slice(begin, begin + pairs)
        first = decision.look(live.values[:, here], live.control_values[:, here], margin)
        both = np.arange(begin, begin + 2 * pairs)
        if decision.settled(first).all():
            told.append(False)
            begin += pairs
        elif both[-1] < len(live):
            told.append(bool(duelled(live, both[None], margin)[0]))
            begin += 2 * pairs
        else:
            break
    return told


def upper_bound(alarms: int, duels: int) -> float:
    """Clopper and Pearson's bound on a rate, about 3 / duels where there was no alarm."""
    from scipy.special import betaincinv  # here, since it takes long to import

    return float(betaincinv(alarms + 1, duels - alarms, 0.95)) if duels > alarms else 1.0


def power(live: LivePairs, margin: float, pairs: int, share: float) -> Power:
    """How often a planted slowdown is found: one cell of a duel has it, the others are equal."""
    random = np.random.default_rng(SEED)
    with_share = np.flatnonzero(np.array(live.planted) == share)
    found = {}
    for number, cell in enumerate(live.same):
        drawn = random.choice(with_share, (DUELS // len(live.same), 2 * pairs))
        values, control = (np.moveaxis(array[:, drawn], 0, 1) for array in (live.values, live.control_values))
        values[:, number] = np.array(live.slowed[cell])[drawn]
        found[cell] = float((decision.duelled(values, control, margin)[:, number] == "slower").mean())
    return Power(margin, pairs, share, found)


@dataclass(frozen=True)
class Calibration:
    """What the live pairs say of the rule, for every margin and number of pairs per look."""

    live: LivePairs
    alarms: tuple[Alarms, ...] = ()
    powers: tuple[Power, ...] = ()

    @classmethod
    def of(cls, live: LivePairs) -> "Calibration":
        settings = [(margin, pairs) for margin in MARGINS for pairs in PAIRS if pairs <= len(live)]
        return cls(
            live,
            tuple(alarms(live, margin, pairs) for margin, pairs in settings),
            tuple(power(live, margin, pairs, share) for margin, pairs in settings for share in live.shares),
        )

    def found(self, margin: float, pairs: int) -> dict[float, float]:
        """The power curve: the share of each planted slowdown that is found, of the cell that shows it least."""
        settings = margin, pairs
        return {one.planted: min(one.found.values()) for one in self.powers if (one.margin, one.pairs) == settings}

    def to_json(self) -> dict[str, Any]:
        """All of it; the live pairs suffice to compute the rest anew."""
        return {"fiftyx_calibration": FORMAT} | asdict(self)
