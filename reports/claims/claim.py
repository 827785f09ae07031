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
class Judged:
    """One ratio and the verdict on it, where a claim gives several side by side; `over` names the baseline."""

    over: str
    verdict: Verdict
    ratio: Estimate
    since: str = ""

    @property
    def words(self) -> str:
        """The verdict in full: `holds from 64x1000x6400x10 up`."""
        return in_full(self.verdict, self.since)


@dataclass(frozen=True)
class Claim:
    """A verdict, the answer that explains it, and the conditions it was measured under; neither ends in a full stop.

    `ratio` is the estimate that the answer rests on, where there is one; `size` that of its work, where it is of one
    cell over another; `since` what it "holds from": `step 312`. Where the statement allows several answers they
    are all in `judged`, and the verdict is that of the strictest, the last.
    """

    verdict: Verdict
    answer: str
    conditions: str = ""
    ratio: Estimate | None = None
    size: Size | None = None
    since: str = ""
    judged: tuple[Judged, ...] = ()

    @property
    def words(self) -> str:
        """The verdict in full: `holds from step 312 up`; of several answers each."""
        own = in_full(self.verdict, self.since)
        return "; ".join(f"{each.words} {each.over}" for each in self.judged) or own

    @property
    def sentence(self) -> str:
        """Answer and conditions in one."""
        return f"{self.answer}, {self.conditions}." if self.conditions else f"{self.answer}."


def in_full(verdict: Verdict, since: str) -> str:
    return f"{verdict} {since} up" if since else verdict


def decided(ratio: Estimate, level: float) -> bool | None:
    """On which side of a level another run's ratio would lie; None where undecided. See stats.estimate.side."""
    return side(another_run(ratio), level)


def at_least(ratio: Estimate, level: float) -> Verdict:
    """The verdict on a statement that a ratio reaches a level."""
    reaches = decided(ratio, level)
    return "undecided" if reaches is None else "holds" if reaches else "does not hold"


def interval(ratio: Estimate) -> str:
    """This run's interval and another run's in parentheses, with a blank before them; nothing where there is none."""
    if ratio.low is None:
        return ""
    return f" (95% interval {factor_span(ratio)}; another run {factor_span(another_run(ratio))})"


def undecided_because(estimate: Estimate, level: float) -> str:
    """Why the interval does not decide about the level."""
    if estimate.low is None:
        return "a single restart has no interval"
    whose = "the interval" if side(estimate, level) is None else "the interval of another run"
    return f"{whose} includes {level:.3g}"
