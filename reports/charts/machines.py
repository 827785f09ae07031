"""Machines side by side: the ratio that each one's verdict rests on."""

from collections.abc import Sequence
from typing import Protocol

from bench.records.run import Run

from reports.charts.drawing import dot_chart
from reports.claims.claim import Claim
from reports.wording import phrases
from reports.charts.drawing.chart import Chart
from reports.charts.drawing.dots import Dot, Line
from reports.wording.units import factor, factor_span, flops



class RunView(Protocol):
    """What the chart shows of a run: its machine's name, and its verdict on statement 1."""

    @property
    def name(self) -> str: ...
    @property
    def run(self) -> Run: ...
    @property
    def claim(self) -> Claim: ...


LINES = (Line(1.0, "its fastest CPU cell"), Line(50.0, "50x"))


def chart(parts: Sequence[RunView]) -> Chart | None:
    """One dot a machine that could test the statement; None where none could, and of a single run."""
    names = [part.name for part in parts]
    dots = [dot for part in parts if (dot := dot_of(part, names.count(part.name) > 1))]
    if not dots or len(parts) < 2:
        return None
    return dot_chart.chart(
        "machines",
        "The fastest GPU cell against the fastest CPU cell of the same machine",
        "Every machine's own ratio, at a step of so many operations; no number of one is compared with one of another",
        dots,
        LINES,
        logarithmic=True,
    )


def dot_of(part: RunView, dated: bool) -> Dot | None:
    """`dated` tells two runs of one machine apart."""
    ratio = part.claim.ratio
    if ratio is None or part.claim.verdict == "cannot be tested here":
        return None
    when = part.run.started[:16].replace("T", " ")
    label = ", ".join([*phrases.gpus(part.run)[:1], when]) if dated else part.name
    work = f", {flops(part.claim.size.flops_per_step)}" if part.claim.size else ""
    return Dot.of(label, "", "cuda", ratio, factor(ratio.value), f"{factor_span(ratio)}{work}")
