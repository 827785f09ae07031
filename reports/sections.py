"""The sections of a run's page, in order. A new section is one entry here and one template."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from reports.charting import (
    abstractions,
    agreement,
    break_even,
    distribution,
    grid,
    ladder,
    lower_bounds,
    memory,
    phases,
    scaling,
    speedups,
)
from reports.charting.drawing.chart import Chart
from reports.run_view import RunView

T = TypeVar("T")


@dataclass(frozen=True)
class Section:
    """One section: `templates/sections/<id>.html` is what stands below its title.

    `id` is its address, `short` its name in the navigation ("": none); one that is `deeper` belongs to the one before
    it, one that is `landscape` is printed so. Where a run lacks what the section `needs` for its charts, the page names
    the `command` that measures it. `has` says whether a run has anything else to show here.
    """

    id: str
    title: str
    short: str = ""
    charts: Callable[[RunView], Sequence[Chart]] = lambda view: ()
    needs: str = ""
    command: str = ""
    has: Callable[[RunView], object] | None = None
    deeper: int = 0
    landscape: bool = False

    @property
    def template(self) -> str:
        return f"sections/{self.id}.html"

    def shown(self, view: RunView, charts: Sequence[Chart]) -> bool:
        """By what it `has`; without such a rule, unless it lacks its charts."""
        return bool(self.has(view)) if self.has else bool(charts) or not self.needs


def one(chart: Callable[[T], Chart], analysis: T | None) -> Sequence[Chart]:
    """The chart of an analysis; none of an empty one."""
    return [chart(analysis)] if analysis else []


SECTIONS = (
    Section("statements", "The tutorial\u2019s nine statements", "Nine statements"),
    Section(
        "scaling",
        "Speedup against size",
        "Size",
        charts=lambda view: one(scaling.chart, view.scaling),
        needs="several sizes",
        command="fiftyx run --size sweep",
    ),
    Section(
        "grid",
        "Speedup over batch and hidden width",
        charts=lambda view: one(grid.chart, view.grid),
        needs="several of both",
        command="fiftyx run --size sweep",
        deeper=1,
    ),
    Section(
        "speedups",
        "Speedups over NumPy",
        "Speedups",
        charts=lambda view: speedups.charts(view.rows),
        needs="a net beside NumPy",
        command="fiftyx run",
    ),
    Section(
        "ladder",
        "The ladder",
        "Ladder",
        charts=lambda view: one(ladder.chart, view.ladder),
        needs="NumPy in float64 and float32, and another net beside them",
        command="fiftyx run",
    ),
    Section(
        "phases",
        "Phases of a step",
        "Phases",
        charts=lambda view: phases.charts(view.rows),
        needs="a net that offers them",
        command="fiftyx run torch_autograd",
    ),
    Section(
        "abstractions",
        "Cost of each abstraction",
        "Abstractions",
        charts=lambda view: one(abstractions.chart, view.abstractions),
        needs="one framework's ways side by side",
        command="fiftyx run torch_tensor torch_autograd torch_custom_function torch_nn torch_optim torch_module",
    ),
    Section(
        "break-even",
        "Break-even of compilation",
        "Break-even",
        charts=lambda view: one(break_even.chart, view.break_evens),
        needs="a compiled net beside its eager one",
        command="fiftyx run torch_autograd torch_compile",
    ),
    Section(
        "floors",
        "Beside the matrix products alone",
        "Products alone",
        charts=lambda view: lower_bounds.charts(view.rows),
        needs="yardsticks beside the cells, as newer runs have them",
        command="fiftyx run",
    ),
    Section(
        "distribution",
        "Every round",
        "Rounds",
        charts=lambda view: distribution.charts(view.run, view.rows),
        needs="a timed cell",
        command="fiftyx run",
    ),
    Section("repeats", "From run to run", has=lambda view: view.repeats, deeper=1),
    Section(
        "agreement",
        "Agreement with float64 NumPy",
        "Agreement",
        charts=lambda view: agreement.charts(view.rows),
        has=lambda view: view.rows,
        needs="a net that can run",
        command="fiftyx run",
    ),
    Section(
        "memory",
        "Memory",
        "Memory",
        charts=lambda view: memory.charts(view.rows),
        needs="peaks, as newer runs record them",
        command="fiftyx run",
    ),
    Section("method", "How it was measured"),
    Section("conditions", "Conditions of every timed cell", "Conditions", has=lambda view: view.cards, deeper=1),
    Section("machine", "The machine", "Machine"),
    Section("numbers", "Every number", "Every number", landscape=True),
    Section("raw", "Raw data", "Raw data"),
)
