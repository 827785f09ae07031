"""Two recorded runs, cell by cell: what can be told although they were not measured side by side.

A cell's values in a run are the logarithms of its seconds, one for each restart. Welch's t over the restarts of both
runs gives the interval of the ratio and the chance that it is within the margin; Holm's correction over all cells
bounds the false alarms that the scatter of restarts can raise. What it cannot know is how much the machine changed
between the runs, which all restarts of a run share. So the reference net, which should stand still, is the control:
as far as it moved every margin is widened, and where it moved by more than the margin nothing is told.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bench.errors import UserError
from bench.host.machine import differences
from bench.records.cell import Cell
from bench.records.record import Record
from bench.records.run import Run
from bench.records.verdict import Outcome, Verdict
from bench.stats.estimate import Estimate
from bench.stats.holm import ERROR, adjusted
from bench.stats.restarts import medians
from bench.stats.welch import Welch

# Unchanged code differed by a standard deviation of 4 to 6% between workers measured one after the other,
# which no scatter of restarts within a run shows: the margin is twice that.
MARGIN = 0.10
# The logarithms of what is compared, one for each restart.
Values = Callable[[Run, Record], list[float]]


@dataclass(frozen=True)
class Pair:
    """One cell in both runs; there is no `welch` where `reason` says why it cannot be compared."""

    cell: str
    welch: Welch | None
    control: Estimate | None = None
    reason: str = ""

    @property
    def moved(self) -> float:
        """How far the reference net moved either way, as a logarithm."""
        return abs(math.log(self.control.value)) if self.control else 0.0


def compare(base: Run, head: Run, margin: float = MARGIN, across_machines: bool = False) -> list[Verdict]:
    """The verdict on every cell that both runs have; across machines, on its time over the reference net's.

    Raises UserError where machine or software differ, unless that is what is asked for.
    """
    if not across_machines and base.machine["fingerprint"] != head.machine["fingerprint"]:
        what = "; ".join(differences(base.machine, head.machine)) or "other fingerprints"
        remedy = "add --across-machines to compare ratios to the reference net only"
        raise UserError(f"the runs were made under different conditions ({what}): {remedy}")
    found = list(pairs(base, head, over_reference if across_machines else times))
    limits = [math.log1p(margin) + pair.moved for pair in found]
    tests = [(pair.welch, limit) for pair, limit in zip(found, limits, strict=True) if pair.welch]
    slower = iter(adjusted([welch.chance_of_at_most(limit) for welch, limit in tests]) <= ERROR)
    faster = iter(adjusted([welch.opposite.chance_of_at_most(limit) for welch, limit in tests]) <= ERROR)
    return [
        verdict(pair, margin, limit, next(slower), next(faster)) if pair.welch else untold(pair, margin)
        for pair, limit in zip(found, limits, strict=True)
    ]


def pairs(base: Run, head: Run, values: Values) -> Iterator[Pair]:
    """The cells that both runs have, but for floors; where ratios are compared, but for the reference nets too."""
    for name, one in base.records.items():
        other = head.records.get(name)
        if other is None or one.cell.is_lower_bound or (values is over_reference and one.cell.is_reference):
            continue
        if one.outcome == other.outcome == "checked":  # nobody wanted its time
            continue
        absent = [
            f"{record.outcome} in {side}" + (f" ({record.reason})" if record.reason else "")
            for side, record in (("base", one), ("head", other))
            if record.outcome != "measured"
        ]
        if absent:
            yield Pair(name, None, reason=", ".join(absent))
            continue
        welch = Welch.of(values(base, one), values(head, other))
        beside = standing_still(base, head, one.cell) if values is times else None
        yield Pair(name, welch, beside, "" if welch else "a single restart tells no scatter")


def standing_still(base: Run, head: Run, cell: Cell) -> Estimate | None:
    """The same for the cell's reference net."""
    one, other = base.record(cell.reference), head.record(cell.reference)
    welch = Welch.of(times(base, one), times(head, other)) if one and other else None
    return welch.ratio if welch else None


def times(run: Run, record: Record) -> list[float]:
    """The seconds of a step, as logarithms."""
    rounds = run.counted(record.seconds.get("step", {}))
    seconds = medians(((key.restart, value) for key, value in rounds.items()), run.settings.least_rounds)
    return [math.log(value) for value in seconds.values()]


def over_reference(run: Run, record: Record) -> list[float]:
    """The seconds of a step over those of the reference net, as logarithms, taken round by round."""
    reference = run.record(record.cell.reference)
    rounds = run.counted(record.seconds.get("step", {}))
    beside = reference.seconds.get("step", {}) if reference else {}
    logs = ((key.restart, math.log(value / beside[key])) for key, value in rounds.items() if key in beside)
    return list(medians(logs, run.settings.least_rounds).values())


def verdict(pair: Pair, margin: float, limit: float, slower: bool, faster: bool) -> Verdict:
    """What the tests say of a cell, unless its control has moved."""
    assert pair.welch
    ratio = pair.welch.ratio
    low, high = ratio.low or 0.0, ratio.high or math.inf
    outcome: Outcome = "inconclusive"
    reason = ""
    if pair.moved > math.log1p(margin):
        outcome, reason = "contaminated", "the reference net moved by more than the margin: the machine changed"
    elif slower or faster:
        outcome = "slower" if slower else "faster"
    elif math.exp(-limit) < low and high < math.exp(limit):
        outcome = "same"
    else:
        reason = "the interval reaches across the margin"
    return Verdict(pair.cell, outcome, ratio, reason, control=pair.control, margin=math.expm1(limit))


def untold(pair: Pair, margin: float) -> Verdict:
    return Verdict(pair.cell, "not comparable", None, pair.reason, control=pair.control, margin=margin)


def terms(base: Run, head: Run, verdicts: Sequence[Verdict], across_machines: bool) -> str:
    """What a comparison of recorded runs is worth: how much weaker than a duel, by what these two runs show."""
    parts = [f"Not interleaved: the base began at {base.started}, the head at {head.started}."]
    unfinished = [side for side, run in (("base", base), ("head", head)) if not run.finished]
    if unfinished:
        parts.append(f"Unfinished: {' and '.join(unfinished)}.")
    controls = [verdict.control for verdict in verdicts if verdict.control]
    if across_machines:
        parts.append("Times are taken over the reference net of their own run, which may suit one machine better.")
    elif controls:
        most = max(controls, key=lambda control: abs(math.log(control.value)))
        parts.append(
            f"The reference net, which should stand still, moved by {most.value - 1:+.1%} between them: "
            "a change of that size is no news here, and every margin is wider by it."
        )
    apart, together = (scatter((base, head), values) for values in (times, over_reference))
    if apart and together:
        parts.append(
            f"Within a run, times scatter by {apart:.1%} from restart to restart, but ratios taken round by round by "
            f"{together:.1%}: `fiftyx duel` judges by the latter, and the hours between two runs do not enter into it."
        )
    return " ".join(parts)


def scatter(runs: Sequence[Run], values: Values) -> float | None:
    """The standard deviation over restarts of what is compared: the median over the cells of the runs."""
    found = [
        float(np.std(logs, ddof=1))
        for run in runs
        for record in run.records.values()
        if record.outcome == "measured"
        and not record.cell.is_lower_bound
        and not record.cell.is_reference
        and len(logs := values(run, record)) > 1
    ]
    return float(np.median(found)) if found else None
