"""Machines side by side: the ratio that each one's verdict rests on."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.records.run import Run
from reports.charting.drawing import dot_chart
from reports.charting.drawing.chart import Chart
from reports.charting.drawing.dots import Dot, Line
from reports.charting.lines import FIFTY_LINE
from reports.claims.claim import Claim
from reports.wording import phrases
from reports.wording.levels import EQUAL
from reports.wording.units import factor, factor_span, flops

LINES = (Line(EQUAL, "its fastest CPU cell"), FIFTY_LINE)


@dataclass(frozen=True)
class Entry:
    """A run with its answer to statement 1."""

    run: Run
    claim: Claim

    @property
    def machine(self) -> str:
        return phrases.machine(self.run)


def chart(entries: Sequence[Entry]) -> Chart | None:
    """One dot a machine that could test the statement; None where none could, and of a single run."""
    machines = [entry.machine for entry in entries]
    dots = [dot for entry in entries if (dot := dot_of(entry, machines.count(entry.machine) > 1))]
    if not dots or len(entries) < 2:
        return None
    return dot_chart.chart(
        "machines",
        "The fastest GPU cell against the fastest CPU cell of the same machine",
        "Every machine's own ratio, with the floating-point operations of its step; machines are not compared",
        dots,
        LINES,
        logarithmic=True,
    )


def dot_of(entry: Entry, dated: bool) -> Dot | None:
    """`dated` tells two runs of one machine apart. The dots are grey: each ratio may be of two frameworks."""
    ratio, size = entry.claim.ratio, entry.claim.size
    if ratio is None or entry.claim.verdict == "cannot be tested here":
        return None
    when = entry.run.started[:16].replace("T", " ")
    label = ", ".join([*phrases.gpus(entry.run)[:1], when]) if dated else entry.machine
    work = f", {flops(size.flops_per_step)}" if size else ""
    return Dot.of(label, "", True, ratio, factor(ratio.value), f"{factor_span(ratio)}{work}")
