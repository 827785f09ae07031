"""A run's charts. Each is drawn twice, for wide and for narrow pages, so that its text never shrinks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup
from matplotlib.figure import Figure

from reports import phase_chart, phrases, speedup_chart, svg
from reports.canvas import NARROW, WIDE, Layout
from reports.rows import Row, competing, questions
from reports.units import factor, factor_span, seconds

Draw = Callable[[Sequence[Row], Layout], Figure]


@dataclass(frozen=True)
class Chart:
    """What the cells on it compete on, the drawing for either width of the page, and what is on it."""

    caption: str
    wide: Markup
    narrow: Markup
    rows: tuple[Row, ...]

    @classmethod
    def of(cls, name: str, title: str, caption: str, told: str, draw: Draw, rows: Sequence[Row]) -> "Chart":
        """`told` is the chart for those who cannot see it; `name` must be unique in the page."""
        wide = svg.inline(draw(rows, WIDE), f"{name}-wide", f"{title}: {caption}", told)
        narrow = svg.inline(draw(rows, NARROW), f"{name}-narrow", f"{title}: {caption}", told)
        return cls(caption, wide, narrow, tuple(rows))

    @property
    def derived(self) -> bool:
        return any(row.record.derived for row in self.rows)

    @property
    def provisional(self) -> bool:
        return any(row.speedup is not None and row.speedup.provisional for row in self.rows)


def speedups(rows: Sequence[Row]) -> list[Chart]:
    """One chart for each question and dtype in which something ran beside NumPy."""
    charts: list[Chart] = []
    for question in questions(rows):
        competitors = [row for row in competing(rows, question) if row.speedup and not row.is_reference]
        for dtype in dict.fromkeys(row.record.cell.dtype for row in competitors):
            shown = [row for row in competitors if row.record.cell.dtype == dtype]
            told = "; ".join(told_speedup(row) for row in shown)
            caption = f"{phrases.work(question)} in {dtype}, {phrases.threads(question.threads)}"
            name = f"speedup{len(charts)}"
            charts.append(Chart.of(name, "Speedup over NumPy", caption, told, speedup_chart.draw, shown))
    return charts


def phases(rows: Sequence[Row]) -> list[Chart]:
    """One chart for each question, all dtypes in it."""
    charts: list[Chart] = []
    for question in questions(rows):
        shown = [row for row in competing(rows, question) if row.phases]
        if shown:
            told = "; ".join(told_phases(row) for row in shown)
            caption = f"{phrases.work(question)}, {phrases.threads(question.threads)}"
            name = f"phases{len(charts)}"
            charts.append(Chart.of(name, "Time of one training step", caption, told, phase_chart.draw, shown))
    return charts


def told_speedup(row: Row) -> str:
    assert row.speedup is not None
    return f"{row.label} on the {row.device} {factor(row.speedup.value)}, {factor_span(row.speedup)}"


def told_phases(row: Row) -> str:
    assert row.time is not None
    found = ", ".join(f"{phase} {seconds(estimate.value)}" for phase, estimate in row.phases.items())
    derived = ", derived" if row.record.derived else ""
    return f"{phase_chart.name(row)} step {seconds(row.time.value)} of {found}{derived}"
