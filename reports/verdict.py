"""A verdict with the answer that explains it. Intervals decide, never point estimates."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bench.problem import Size
from bench.stats import Estimate
from reports.units import factor_span

Verdict = Literal["holds", "does not hold", "holds from", "undecided", "cannot be tested here"]


@dataclass(frozen=True)
class Claim:
    """A verdict, the answer that explains it, and the conditions it was found under; neither ends in a full stop.

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


def side(found: Estimate, level: float) -> bool | None:
    """On which side of the level the whole interval lies; None where it includes the level, or is none."""
    if found.low is None or found.high is None or found.low < level <= found.high:
        return None
    return found.low >= level


def at_least(found: Estimate, level: float) -> Verdict:
    """The verdict on a statement that something is at least so large."""
    decided = side(found, level)
    return "undecided" if decided is None else "holds" if decided else "does not hold"


def at_most(found: Estimate, level: float) -> Verdict:
    """The verdict on a statement that something is at most so large."""
    decided = side(found, level)
    return "undecided" if decided is None else "does not hold" if decided else "holds"


def reached(found: Sequence[Estimate], level: float) -> tuple[int | None, int | None]:
    """The last place whose interval lies wholly below the level, and the first from which on all lie wholly above."""
    sides = [side(each, level) for each in found]
    below = max((place for place, decided in enumerate(sides) if decided is False), default=None)
    above = min((place for place in range(len(sides)) if all(sides[place:])), default=None)
    return below, above


def interval(found: Estimate) -> str:
    """The interval of a ratio in parentheses, with a blank before it; nothing where there is none."""
    return "" if found.low is None else f" (95% interval {factor_span(found)})"


def open_because(found: Estimate, level: float) -> str:
    """Why the interval does not decide about the level."""
    return "a single restart has no interval" if found.low is None else f"the interval includes {level:.3g}"
