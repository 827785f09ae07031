"""Two recorded runs, cell by cell: what can be concluded although they were not measured side by side.

A cell's values in a run are the logarithms of its seconds over its reference net's, taken round by round, one for each
restart: a machine that is slower in one run cancels out of most of that. What is left differs from run to run by more
than the restarts of either show, since all restarts of a run share its environment and its hour. So the interval of
the ratio is the one that another pair of runs would give (bench/stats/between_runs.py), and a cell is slower where
Student's t with that error rejects that it is slower by the margin at most, with Holm's correction over all cells: at
most one comparison of equal code in a hundred calls a cell slower (tests/benchmarks/compare_power.py).

The reference net's own time is the control. Where it moved by more than MOVED, the machine is another than in the runs
that the error is known from: a cell is then slower only by more than the margin and that movement together, and is
else contaminated.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from bench.errors import UserError
from bench.host.fingerprint import differences
from bench.records.cell import Cell
from bench.records.record import Record
from bench.records.run import Run
from bench.records.verdict import Outcome, Verdict
from bench.stats.between_runs import another_pair
from bench.stats.estimate import Estimate
from bench.stats.holm import ERROR, adjusted
from bench.stats.restarts import log_ratios, round_medians
from bench.stats.welch import Welch

# With a smaller one hardly any cell of equal code could be called the same: the interval alone is 10% to either side.
# And with this one false alarms stay below 1% even where all nets scatter as the worst recorded one does.
MARGIN = 0.20
# Between recorded runs whose speedups differed no more than usual the reference net moved by up to 8%.
MOVED = 0.10


@dataclass(frozen=True)
class Comparable:
    """One cell in both runs: its time over the reference net's, head over base, with Welch's t over restarts.

    `control` is the reference net's own ratio, None across machines.
    """

    cell: str
    restarts: Welch
    control: Estimate | None

    @property
    def runs(self) -> Welch:
        """The same with the error of another pair of runs."""
        return another_pair(self.restarts)

    @property
    def moved(self) -> float:
        """How far the reference net moved either way, as a logarithm; 0 where that is usual."""
        moved = abs(math.log(self.control.value)) if self.control else 0.0
        return moved if moved > math.log1p(MOVED) else 0.0

    def limit(self, margin: float) -> float:
        """The margin, widened by an unusual movement of the reference net, as a logarithm."""
        return math.log1p(margin) + self.moved


@dataclass(frozen=True)
class Incomparable:
    """One cell of both runs that cannot be compared."""

    cell: str
    reason: str
    control: Estimate | None = None


@dataclass(frozen=True)
class Comparison:
    """The cells of two runs, and the relative change that is ignored."""

    cells: tuple[Comparable | Incomparable, ...]
    margin: float

    @cached_property
    def tested(self) -> list[Comparable]:
        return [cell for cell in self.cells if isinstance(cell, Comparable)]

    @property
    def verdicts(self) -> list[Verdict]:
        """The verdict on every cell."""
        tests = [(cell.cell, cell.runs, cell.limit(self.margin)) for cell in self.tested]
        slower = significant({cell: welch.chance_of_at_most(limit) for cell, welch, limit in tests})
        faster = significant({cell: welch.opposite.chance_of_at_most(limit) for cell, welch, limit in tests})
        return [
            verdict(one, self.margin, one.cell in slower, one.cell in faster)
            if isinstance(one, Comparable)
            else Verdict(one.cell, "not comparable", None, one.reason, control=one.control, margin=self.margin)
            for one in self.cells
        ]


def compare(base: Run, head: Run, margin: float = MARGIN, across_machines: bool = False) -> Comparison:
    """Every timed cell that both runs have, without lower bounds and reference nets.

    Raises UserError where machine or software differ, unless `across_machines`.
    """
    if not across_machines and base.machine["fingerprint"] != head.machine["fingerprint"]:
        changed = "; ".join(differences(base.machine, head.machine)) or "other fingerprints"
        remedy = "add --across-machines to compare them all the same"
        raise UserError(f"the runs were made under different conditions ({changed}): {remedy}")
    return Comparison(tuple(common_cells(base, head, across_machines)), margin)


def common_cells(base: Run, head: Run, across_machines: bool) -> Iterator[Comparable | Incomparable]:
    """The cells of both runs; across machines without a control."""
    for name, in_base in base.records.items():
        in_head = head.records.get(name)
        if in_head is None or in_base.cell.is_lower_bound or in_base.cell.is_reference:
            continue
        if in_base.outcome == in_head.outcome == "checked":  # nobody asked for its time
            continue
        if unmeasured := [*not_measured("base", in_base), *not_measured("head", in_head)]:
            yield Incomparable(name, ", ".join(unmeasured))
            continue
        control = None if across_machines else reference_ratio(base, head, in_base.cell)
        values = over_reference(base, in_base), over_reference(head, in_head)
        if welch := Welch.of(*values):
            yield Comparable(name, welch, control)
        elif all(values):
            yield Incomparable(name, "a single restart has no scatter to judge by", control)
        else:
            yield Incomparable(name, "one of the runs has no rounds of it beside its reference net", control)


def not_measured(side: str, record: Record) -> Iterator[str]:
    """`failed in head (out of memory)`; nothing of a record that was measured."""
    if record.outcome != "measured":
        yield f"{record.outcome} in {side}" + (f" ({record.reason})" if record.reason else "")


def reference_ratio(base: Run, head: Run, cell: Cell) -> Estimate | None:
    """Head over base of the seconds of the cell's reference net; None where a run has no two restarts of it."""
    in_base, in_head = base.record(cell.reference), head.record(cell.reference)
    welch = Welch.of(times(base, in_base), times(head, in_head)) if in_base and in_head else None
    return welch.ratio if welch else None


def times(run: Run, record: Record) -> list[float]:
    """The seconds of a step, as logarithms, one for each restart."""
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
    """The outcome of the tests on a cell, and why where it is not decided."""
    ratio, limit = cell.runs.ratio, cell.limit(margin)
    low, high = ratio.low or 0.0, ratio.high or math.inf
    outcome: Outcome = "inconclusive"
    reason = ""
    if slower:
        outcome = "slower"
    elif cell.moved:
        outcome, reason = "contaminated", f"the reference net moved by more than {MOVED:.0%}: the machine changed"
    elif faster:
        outcome = "faster"
    elif math.exp(-limit) < low and high < math.exp(limit):
        outcome = "same"
    elif cell.restarts.chance_of_at_most(limit) <= ERROR:
        reason = "by its restarts alone it would be slower, but runs of equal code differ as much"
    else:
        reason = "the interval reaches across the margin"
    return Verdict(cell.cell, outcome, ratio, reason, control=cell.control, margin=math.expm1(limit))
