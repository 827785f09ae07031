"""The verdicts of a duel: each cell's outcome by the duel's test, with what it rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.records.verdict import Outcome, Verdict
from bench.stats.duel_test import LEAST_PAIRS, Stage
from bench.stats.estimate import log_interval


@dataclass(frozen=True)
class Pairs:
    """The pairs of one cell: log(head / base) of each, and log(base again / base)."""

    values: Sequence[float] = ()
    control: Sequence[float] = ()

    def stage(self, margin: float) -> Stage:
        """What the test says of the cell alone; two pairs at least."""
        return Stage.of(self.values, self.control, margin)


def needs_second_stage(pairs: Pairs, margin: float) -> bool:
    """Whether the pairs of its first stage leave a cell undecided."""
    return not pairs.stage(margin).settled


def verdicts(cells: Mapping[str, Pairs], margin: float) -> list[Verdict]:
    """The verdict on every cell of a duel, each judged on all the pairs it has."""
    enough = {cell: pairs.stage(margin) for cell, pairs in cells.items() if len(pairs.values) >= LEAST_PAIRS}
    judged = Stage.together(list(enough.values())).outcomes.tolist() if enough else []
    outcomes: dict[str, Outcome] = dict(zip(enough, judged, strict=True))
    return [verdict(cell, pairs, outcomes.get(cell), margin) for cell, pairs in cells.items()]


def verdict(cell: str, pairs: Pairs, outcome: Outcome | None, margin: float) -> Verdict:
    """One cell's outcome with what it rests on; None where there were too few pairs for any."""
    ratio, control = log_interval(pairs.values), log_interval(pairs.control)
    reason = ""
    if outcome is None:
        outcome, reason = "inconclusive", f"{len(pairs.values)} pairs, where {LEAST_PAIRS} are needed"
    elif outcome == "inconclusive" and ratio:
        reason = f"the interval is {ratio.precision:.1%} to either side: take more pairs or a wider margin"
    elif outcome == "slower" and control and pairs.stage(margin).contaminated:
        reason = f"though the base differed from itself by {control.value - 1:+.1%}: slower than both by more than that"
    elif outcome == "contaminated" and control:
        reason = f"the base differed from itself by {control.value - 1:+.1%}: measure on a quieter machine"
    return Verdict(cell, outcome, ratio, reason, len(pairs.values), control, margin)
