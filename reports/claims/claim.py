"""A verdict with the answer that explains it.

Intervals decide, never point estimates; and of a ratio the interval of what another run would say, since a verdict is
about the machine and not about one run.
"""

from dataclasses import dataclass
from typing import Literal

from bench.stats.between_runs import another_run
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


def decided(ratio: Estimate, level: float) -> bool | None:
    """On which side of a level another run's ratio would lie; None where undecided. See stats.estimate.side."""
    return side(another_run(ratio), level)


def at_least(ratio: Estimate, level: float) -> Verdict:
    """The verdict on a statement that a ratio reaches a level."""
    reaches = decided(ratio, level)
    return "undecided" if reaches is None else "holds" if reaches else "does not hold"


def own_interval(ratio: Estimate) -> str:
    """This run's interval in parentheses, with a blank before it; nothing where there is none.

    For a ratio within one net, in which runs differ less than in one between nets.
    """
    return "" if ratio.low is None else f" (95% interval {factor_span(ratio)})"


def interval(ratio: Estimate) -> str:
    """The same with the interval of another run."""
    own = own_interval(ratio)
    return own and f"{own[:-1]}; another run {factor_span(another_run(ratio))})"


def undecided_because(estimate: Estimate, level: float) -> str:
    """Why the interval does not decide about the level."""
    if estimate.low is None:
        return "a single restart has no interval"
    whose = "the interval" if side(estimate, level) is None else "the interval of another run"
    return f"{whose} includes {level:.3g}"
