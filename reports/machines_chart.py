"""Machines side by side: the ratio that each one's verdict rests on."""

from collections.abc import Sequence

from reports import dot_chart, phrases
from reports.chart import Chart
from reports.dots import Dot, Line
from reports.part import Part
from reports.units import factor, factor_span, flops

LINES = (Line(1.0, "its fastest CPU cell"), Line(50.0, "50x"))


def chart(parts: Sequence[Part]) -> Chart | None:
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


def dot_of(part: Part, dated: bool) -> Dot | None:
    """`dated` tells two runs of one machine apart."""
    ratio = part.claim.ratio
    if ratio is None or part.claim.verdict == "cannot be tested here":
        return None
    when = part.run.started[:16].replace("T", " ")
    label = ", ".join([*phrases.gpus(part.run)[:1], when]) if dated else part.name
    work = f", {flops(part.claim.size.flops_per_step)}" if part.claim.size else ""
    return Dot.of(label, "", "cuda", ratio, factor(ratio.value), f"{factor_span(ratio)}{work}")
