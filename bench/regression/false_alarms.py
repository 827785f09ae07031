"""How far to trust a duel on this machine: its false alarms, and the slowdowns that it detects."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from bench.regression.duel import MOST_PAIRS, Terms
from bench.regression.equal_pairs import EqualPairs
from bench.stats.duel_test import STAGES, Stage, duel_outcomes

Array = Any

FORMAT = 1
# The duels that are judged: every margin with every number of pairs in a stage.
MARGINS = (0.01, 0.02, 0.03, 0.05)
PAIRS = (Terms.pairs, MOST_PAIRS)
# Resampled duels for every rate.
DUELS = 10_000
SEED = 6


@dataclass(frozen=True)
class Alarms:
    """How often equal sides are called slower, with a margin and a number of pairs in each stage: the share of duels
    that call any cell slower.

    `live` duels share no pair, and the bound on the rate (one-sided, 95%) is theirs alone. The resampled ones draw
    whole pairs, all cells of them together, so they rest on no more evidence than there are live pairs.
    """

    margin: float
    pairs: int
    live: int
    live_alarms: int
    live_bound: float
    resampled: int
    resampled_alarms: int


@dataclass(frozen=True)
class Power:
    """Of each cell, the share of resampled duels that call it slower when it alone has the injected slowdown."""

    margin: float
    pairs: int
    slowdown: float
    detected: Mapping[str, float]

    def to_json(self) -> dict[str, Any]:
        return {"margin": self.margin, "pairs": self.pairs, "planted": self.slowdown, "found": self.detected}


@dataclass(frozen=True)
class Calibration:
    """What the live pairs show of the duel's test, for every margin and number of pairs in a stage."""

    live: EqualPairs
    alarms: tuple[Alarms, ...] = ()
    powers: tuple[Power, ...] = ()

    @classmethod
    def of(cls, live: EqualPairs) -> "Calibration":
        duels = [(margin, pairs) for margin in MARGINS for pairs in PAIRS if pairs <= len(live)]
        return cls(
            live,
            tuple(alarms(live, margin, pairs) for margin, pairs in duels),
            tuple(power(live, margin, pairs, share) for margin, pairs in duels for share in live.frequent_slowdowns),
        )

    def least_detected(self, margin: float, pairs: int) -> dict[float, float]:
        """The power curve: the share of each injected slowdown that is detected, of the cell that shows it least."""
        curve = (one for one in self.powers if (one.margin, one.pairs) == (margin, pairs))
        return {one.slowdown: min(one.detected.values()) for one in curve}

    def to_json(self) -> dict[str, Any]:
        """All of it; the rest can be computed anew from the live pairs."""
        return {
            "fiftyx_calibration": FORMAT,
            "live": self.live.to_json(),
            "alarms": [asdict(one) for one in self.alarms],
            "powers": [one.to_json() for one in self.powers],
        }


def alarms(live: EqualPairs, margin: float, pairs: int) -> Alarms:
    """The rate of false alarms."""
    in_order = alarms_in_order(live, margin, pairs)
    drawn = np.random.default_rng(SEED).integers(len(live), size=(DUELS, STAGES * pairs))
    resampled = alarms_of(live, drawn, margin)
    return Alarms(
        margin=margin,
        pairs=pairs,
        live=len(in_order),
        live_alarms=sum(in_order),
        live_bound=upper_bound(sum(in_order), len(in_order)),
        resampled=len(resampled),
        resampled_alarms=int(resampled.sum()),
    )


def alarms_of(live: EqualPairs, drawn: Array, margin: float) -> Array:
    """Which duels alarm; `drawn` are the numbers of their pairs, shape (duels, pairs of both stages)."""
    values, control = (np.moveaxis(array[:, drawn], 0, 1) for array in (live.values, live.control_values))
    return (duel_outcomes(values, control, margin) == "slower").any(axis=-1)


def alarms_in_order(live: EqualPairs, margin: float, pairs: int) -> list[bool]:
    """Which duels alarm that take the live pairs in their order, each duel pairs of its own."""
    alarmed, begin = [], 0
    while begin + pairs <= len(live):
        stage = slice(begin, begin + pairs)
        first = Stage.of(live.values[:, stage], live.control_values[:, stage], margin)
        both = np.arange(begin, begin + STAGES * pairs)
        if first.settled.all():
            alarmed.append(False)
            begin += pairs
        elif both[-1] < len(live):
            alarmed.append(bool(alarms_of(live, both[None], margin)[0]))
            begin += STAGES * pairs
        else:
            break
    return alarmed


def upper_bound(alarms: int, duels: int) -> float:
    """Clopper and Pearson's bound on a rate, about 3 / duels where there was no alarm."""
    from scipy.special import betaincinv  # here, since it takes long to import

    return float(betaincinv(alarms + 1, duels - alarms, 0.95)) if duels > alarms else 1.0


def power(live: EqualPairs, margin: float, pairs: int, share: float) -> Power:
    """How often an injected slowdown is detected: one cell of a duel has it, the others are equal."""
    random = np.random.default_rng(SEED)
    with_share = np.flatnonzero(np.array(live.slowdowns) == share)
    detected = {}
    for number, cell in enumerate(live.same):
        drawn = random.choice(with_share, (DUELS // len(live.same), STAGES * pairs))
        values, control = (np.moveaxis(array[:, drawn], 0, 1) for array in (live.values, live.control_values))
        values[:, number] = np.array(live.slowed[cell])[drawn]
        detected[cell] = float((duel_outcomes(values, control, margin)[:, number] == "slower").mean())
    return Power(margin, pairs, share, detected)
