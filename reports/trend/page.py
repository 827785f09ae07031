"""The page of a history: what changed, what happened to the machines, and every series as a small chart."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bench.files.atomic import write_whole
from bench.records.history import Series, Trend
from reports.charts.drawing.palette import colour
from reports.trend.history_chart import Drawing, Level
from reports.wording.units import digits, seconds

FOLDER = Path(__file__).resolve().parent
STYLE = FOLDER.parent / "page.css"


@dataclass(frozen=True)
class History:
    """One cell on one machine: its quantity now and from least to most, its chart with the dates, and what is news."""

    anchor: str
    cell: str
    now: str
    span: str
    first: str
    last: str
    news: tuple[str, ...]
    chart: Markup


@dataclass(frozen=True)
class Machine:
    """A machine by its name, its number of runs, and the histories of its reference nets and of all other cells."""

    name: str
    runs: int
    references: tuple[History, ...]
    histories: tuple[History, ...]


def write(trend: Trend, out: Path) -> None:
    """Writes the page. Raises UserError where `out` cannot be written."""
    write_whole(render(trend), out)


def render(trend: Trend) -> str:
    """The page's HTML; it needs neither network nor scripts. Everything that comes from runs is escaped."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found = list(machines(trend))
    return environment.get_template("template.html").render(
        trend=trend,
        machines=found,
        anchors={(machine.name, one.cell): one.anchor for machine in found for one in machine.histories},
        style=Markup(STYLE.read_text(encoding="utf-8")),
    )


def machines(trend: Trend) -> Iterator[Machine]:
    """Every machine of the history, in the order of its first run; cells with news come first."""
    for number, name in enumerate(dict.fromkeys(run.machine["name"] for run in trend.runs)):
        axis = Axis.of(trend, name)
        cells: dict[str, list[Series]] = {}
        for series in trend.series:
            if series.conditions[0] == name:
                cells.setdefault(series.cell, []).append(series)
        histories = [axis.of_cell(parts, f"machine{number}-cell{place}") for place, parts in enumerate(cells.values())]
        nets = dict.fromkeys(net for run in axis.places for net in trend.runs[run].seconds)
        references = [axis.of_reference(net, f"machine{number}-net{place}") for place, net in enumerate(nets)]
        ordered = sorted(histories, key=lambda one: not one.news)
        yield Machine(name, len(axis.places), tuple(references), tuple(ordered))


@dataclass(frozen=True)
class Axis:
    """The runs of one machine in a row: each one's place by its number in the history, and where conditions changed."""

    trend: Trend
    places: Mapping[int, int]
    breaks: tuple[int, ...]

    @classmethod
    def of(cls, trend: Trend, name: str) -> "Axis":
        mine = (number for number, run in enumerate(trend.runs) if run.machine["name"] == name)
        places = {run: place for place, run in enumerate(mine)}
        return cls(trend, places, tuple(places[event.run] for event in trend.events if event.run in places))

    def of_cell(self, parts: Sequence[Series], anchor: str) -> History:
        """A cell's time over its reference net's, through all conditions of the machine."""
        values = sorted((run, ratio) for part in parts for run, ratio in zip(part.runs, part.ratios, strict=True))
        return self.history(parts[0].cell, anchor, values, digits, parts)

    def of_reference(self, cell: str, anchor: str) -> History:
        """A reference net's own time."""
        runs = self.trend.runs
        values = [(run, runs[run].seconds[cell]) for run in self.places if cell in runs[run].seconds]
        return self.history(cell, anchor, values, seconds, ())

    def history(
        self,
        cell: str,
        anchor: str,
        values: Sequence[tuple[int, float]],
        worded: Callable[[float], str],
        parts: Sequence[Series],
    ) -> History:
        news = [(part.runs[change.at], change) for part in parts for change in part.changes if change.certain]
        told = tuple(f"{change.kind} since {self.day(run)}: {change.ratio - 1:+.1%}" for run, change in news)
        found = [value for _, value in values]
        now, span = worded(found[-1]), f"{worded(min(found))} to {worded(max(found))}"
        first, last = self.day(values[0][0]), self.day(values[-1][0])
        drawing = Drawing(
            [(self.places[run], value) for run, value in values],
            len(self.places),
            colour(cell),
            [level for part in parts for level in self.levels(part)],
            self.breaks,
            [self.places[run] for run, _ in news],
        )
        aloud = f"{len(values)} runs from {first} to {last}, {span}; {'; '.join(told) or 'no news'}; now {now}"
        return History(anchor, cell, now, span, first, last, told, drawing.svg(anchor, cell, aloud))

    def levels(self, part: Series) -> Iterator[Level]:
        """The stretches of a series between its changes, with the median of each."""
        for start, end in pairwise([0, *(change.at for change in part.changes), len(part.runs)]):
            first, last = self.places[part.runs[start]], self.places[part.runs[end - 1]]
            yield Level(first, last, float(np.median(part.ratios[start:end])))

    def day(self, run: int) -> str:
        return self.trend.runs[run].started[:10]
