"""What a comparison with the reference found, as frozen data."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bench.records.line import Recovery


@dataclass(frozen=True)
class Deviation:
    """One comparison with the reference: what was compared, of which array, after which step.

    An error below `least` is as wrong as one above `limit`: nothing that claims a coarse precision is so exact.
    """

    what: str
    array: str
    step: int
    error: float
    limit: float
    least: float = 0.0

    @property
    def passes(self) -> bool:
        return self.least <= self.error <= self.limit  # False for NaN

    @property
    def subject(self) -> str:
        """`gradient of w1`; a loss is of nothing else."""
        return self.what if self.array == "loss" else f"{self.what} of {self.array}"

    @property
    def when(self) -> str:
        """` at step 3`; nothing where no steps are taken."""
        return f" at step {self.step}" if self.step else ""

    def __str__(self) -> str:
        if math.isnan(self.error):
            number = "is not finite"
        elif self.error < self.least:
            number = f"is off by only {self.error:.1e} (at least {self.least:.0e} is expected)"
        else:
            number = f"is off by {self.error:.1e} (limit {self.limit:.0e})"
        return f"{self.subject} {number}{self.when}"


@dataclass(frozen=True)
class Agreement:
    """All comparisons of one cell with float64 NumPy over a number of steps; of linear regression, the line too.

    `conventions` tells what differs from NumPy and yet is no error.
    """

    deviations: tuple[Deviation, ...]
    steps: int
    recovery: Recovery | None = None
    conventions: tuple[str, ...] = ()

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> "Agreement":
        """What a worker's reply says."""
        lines = answer["recovery"]
        return cls(
            tuple(Deviation(**deviation) for deviation in answer["deviations"]),
            answer["steps"],
            lines and Recovery.from_json(lines),
            tuple(answer["conventions"]),
        )

    @property
    def first_wrong(self) -> Deviation | None:
        return next((deviation for deviation in self.deviations if not deviation.passes), None)

    @property
    def worst(self) -> Deviation:
        return worst(self.deviations)


def worst(deviations: Iterable[Deviation]) -> Deviation:
    """The comparison that comes nearest to its limit, or exceeds it most; NaN and too exact exceed everything."""
    return max(deviations, key=lambda each: each.error / each.limit if each.error >= each.least else math.inf)
