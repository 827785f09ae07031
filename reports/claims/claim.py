"""A verdict with the answer that explains it. Intervals decide, never point estimates."""

from dataclasses import dataclass
from typing import Literal

from bench.stats.estimate import Estimate, side
from bench.workloads.size import Size
from reports.wording.units import factor_span

Verdict = Literal["holds", "does not hold", "holds from", "undecided", "cannot be tested here"]


@dataclass(frozen=True)
class Claim:
    """A verdict, the answer that explains it, and the conditions it was measured under; neither ends in a full stop.

    `ratio` is the estimate that the answer rests on, where there is one; `size` that of its work, where it is of one
    cell over another.
    """

    verdict: Verdict
    answer: str
    conditions: str = ""
    ratio: Estimate | None = None
    size: Size | None = None

    @property
    def sentence(self) -> str:
        """Answer and conditions in one."""
        return f"{self.answer}, {self.conditions}." if self.conditions else f"{self.answer}."


def at_least(estimate: Estimate, level: float) -> Verdict:
    """The verdict on a statement that a quantity reaches a level."""
    decided = side(estimate, level)
    return "undecided" if decided is None else "holds" if decided else "does not hold"


def interval(ratio: Estimate) -> str:
    """The interval of a ratio in parentheses, with a blank before it; nothing where there is none."""
    return "" if ratio.low is None else f" (95% interval {factor_span(ratio)})"


def undecided_because(estimate: Estimate, level: float) -> str:
    """Why the interval does not decide about the level."""
    return "a single restart has no interval" if estimate.low is None else f"the interval includes {level:.3g}"
