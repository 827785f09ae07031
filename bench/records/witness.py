"""What the witness said of the machine, round by round, as frozen data.

The witness is fixed work that no net owns, timed between the slices on the same processors (see bench/witness).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from bench.records.record import Round

# In its fast state the witness scatters by 3%; the slow one begins at 1.15 (tests/benchmarks/README.md).
SLOW = 1.08
# By how much the fast state itself may lie above that of earlier runs: a processor's clock varies by less.
SLOWER_THAN_EVER = 1.25


@dataclass(frozen=True)
class WitnessedRound:
    """What the witness said of a round.

    `slowness` is its slowest reading beside a slice that was kept, over the fast state as it was known then,
    `fast_seconds`; of the `readings` during the round `slow` were slow. `disturbances` are in words.
    """

    slowness: float
    fast_seconds: float
    readings: int
    slow: int
    disturbances: tuple[str, ...] = ()


@dataclass(frozen=True)
class Witness:
    """Every round's, and the fast state of earlier runs on this machine in seconds, where there were any."""

    rounds: Mapping[Round, WitnessedRound] = field(default_factory=dict)
    known_seconds: float | None = None

    @cached_property
    def fast_seconds(self) -> float | None:
        """The fast state of this run, as it was known in the end; None before the first round."""
        return min((each.fast_seconds for each in self.rounds.values()), default=None)

    @property
    def slow_share(self) -> float:
        """The part of all readings that were slow."""
        readings = sum(each.readings for each in self.rounds.values())
        return sum(each.slow for each in self.rounds.values()) / readings if readings else 0.0

    @cached_property
    def never_fast(self) -> bool:
        """Whether even the fast state of this run is far slower than that of earlier ones."""
        fast = self.fast_seconds
        return fast is not None and self.known_seconds is not None and fast > SLOWER_THAN_EVER * self.known_seconds

    @property
    def disturbances(self) -> dict[Round, tuple[str, ...]]:
        """Of every disturbed round, in words."""
        return {key: said for key in self.rounds if (said := self.disturbed(key))}

    def disturbed(self, key: Round) -> tuple[str, ...]:
        """What disturbed a round, in words; a fast state that was learnt later judges earlier rounds too."""
        each, fast = self.rounds[key], self.fast_seconds
        assert fast is not None
        slow = self.never_fast or each.slowness * each.fast_seconds > SLOW * fast
        return (*(("the machine was busy",) if slow else ()), *each.disturbances)
