"""Two recorded runs, cell by cell: what can be concluded although they were not measured side by side.

A cell's values in a run are the logarithms of its seconds, one for each restart. Welch's t over the restarts of both
runs gives the interval of the ratio and the chance that it is within the margin; Holm's correction over all cells
bounds the false alarms that the scatter of restarts can raise. What it cannot know is how much the machine changed
between the runs, which all restarts of a run share. So the reference net, which should stand still, is the control:
every margin is widened by as much as it moved, and where it moved by more than the margin no cell is judged.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from bench.errors import UserError
from bench.host.fingerprint import differences
from bench.records.cell import Cell
from bench.records.record import Record
from bench.records.run import Run
from bench.records.verdict import Outcome, Verdict
from bench.stats.estimate import Estimate
from bench.stats.holm import ERROR, adjusted
from bench.stats.restarts import log_ratios, round_medians
from bench.stats.welch import Welch

# Unchanged code differed by a standard deviation of 4 to 6% between workers measured one after the other,
# which no scatter of restarts within a run shows: the margin is twice that.
MARGIN = 0.10
# The logarithms of the seconds or ratios that are compared, one for each restart.
Values = Callable[[Run, Record], list[float]]


@dataclass(frozen=True)
class Comparable:
    """One cell in both runs, with Welch's t of head over base; `control` is the reference net's ratio."""

    cell: str
    welch: Welch
    control: Estimate | None

    @property
    def moved(self) -> float:
        """How far the reference net moved either way, as a logarithm."""
        return abs(math.log(self.control.value)) if self.control else 0.0

    def limit(self, margin: float) -> float:
        """The margin, widened by as much as the reference net moved, as a logarithm."""
        return math.log1p(margin) + self.moved


@dataclass(frozen=True)
class Incomparable:
    """One cell of both runs that cannot be compared."""

    cell: str
    reason: str
    control: Estimate | None = None


def compare(base: Run, head: Run, margin: float = MARGIN, across_machines: bool = False) -> list[Verdict]:
    """The verdict on every cell that both runs have; across machines, on its time over the reference net's.

    Raises UserError where machine or software differ, unless `across_machines`.
    """
    if not across_machines and base.machine["fingerprint"] != head.machine["fingerprint"]:
        changed = "; ".join(differences(base.machine, head.machine)) or "other fingerprints"
        remedy = "add --across-machines to compare ratios to the reference net only"
        raise UserError(f"the runs were made under different conditions ({changed}): {remedy}")
    cells = list(common_cells(base, head, over_reference if across_machines else times))
    tested = [one for one in cells if isinstance(one, Comparable)]
    slower = significant({one.cell: one.welch.chance_of_at_most(one.limit(margin)) for one in tested})
    faster = significant({one.cell: one.welch.opposite.chance_of_at_most(one.limit(margin)) for one in tested})
    return [
        verdict(one, margin, one.cell in slower, one.cell in faster)
        if isinstance(one, Comparable)
        else Verdict(one.cell, "not comparable", None, one.reason, control=one.control, margin=margin)
        for one in cells
    ]


def common_cells(base: Run, head: Run, values: Values) -> Iterator[Comparable | Incomparable]:
    """The timed cells of both runs, without lower bounds; where ratios are compared, without the reference nets too."""
    for name, in_base in base.records.items():
        in_head = head.records.get(name)
        is_compared_with = values is over_reference and in_base.cell.is_reference
        if in_head is None or in_base.cell.is_lower_bound or is_compared_with:
            continue
        if in_base.outcome == in_head.outcome == "checked":  # nobody asked for its time
            continue
        if unmeasured := [*not_measured("base", in_base), *not_measured("head", in_head)]:
            yield Incomparable(name, ", ".join(unmeasured))
            continue
        control = reference_ratio(base, head, in_base.cell) if values is times else None
        welch = Welch.of(values(base, in_base), values(head, in_head))
        if welch:
            yield Comparable(name, welch, control)
        else:
            yield Incomparable(name, "a single restart has no scatter to judge by", control)


def not_measured(side: str, record: Record) -> Iterator[str]:
    """`failed in head (out of memory)`; nothing of a record that was measured."""
    if record.outcome != "measured":
        yield f"{record.outcome} in {side}" + (f" ({record.reason})" if record.reason else "")


def reference_ratio(base: Run, head: Run, cell: Cell) -> Estimate | None:
    """Head over base of the cell's reference net; None where a run has no two restarts of it."""
    in_base, in_head = base.record(cell.reference), head.record(cell.reference)
    welch = Welch.of(times(base, in_base), times(head, in_head)) if in_base and in_head else None
    return welch.ratio if welch else None


def times(run: Run, record: Record) -> list[float]:
    """The seconds of a step, as logarithms."""
    seconds = round_medians(run.counted(record.seconds.get("step", {})))
    return [math.log(median) for median in seconds.values()]


def over_reference(run: Run, record: Record) -> list[float]:
    """The seconds of a step over those of the reference net, as logarithms, taken round by round."""
    reference = run.record(record.cell.reference)
    rounds = run.counted(record.seconds.get("step", {}))
    reference_rounds = reference.seconds.get("step", {}) if reference else {}
    return list(log_ratios(rounds, reference_rounds).values())


def significant(p_values: Mapping[str, float]) -> set[str]:
    """The cells whose p value is small enough for one of this many tests (Holm)."""
    corrected = adjusted(list(p_values.values()))
    return {cell for cell, p_value in zip(p_values, corrected, strict=True) if p_value <= ERROR}


def verdict(cell: Comparable, margin: float, slower: bool, faster: bool) -> Verdict:
    """The outcome of the tests on a cell, unless its control has moved."""
    ratio, limit = cell.welch.ratio, cell.limit(margin)
    low, high = ratio.low or 0.0, ratio.high or math.inf
    outcome: Outcome = "inconclusive"
    reason = ""
    if cell.moved > math.log1p(margin):
        outcome, reason = "contaminated", "the reference net moved by more than the margin: the machine changed"
    elif slower or faster:
        outcome = "slower" if slower else "faster"
    elif math.exp(-limit) < low and high < math.exp(limit):
        outcome = "same"
    else:
        reason = "the interval reaches across the margin"
    return Verdict(cell.cell, outcome, ratio, reason, control=cell.control, margin=math.expm1(limit))
