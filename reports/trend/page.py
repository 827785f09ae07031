"""The page of a history: what changed, what happened to the machines, and every series as a small chart."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bench.files.atomic import write_whole
from bench.records.history import YEARLY_ERROR, Series, Trend
from reports.charting.drawing.palette import colour
from reports.trend.history_chart import Drawing, Level
from reports.wording.units import digits, seconds

FOLDER = Path(__file__).resolve().parent
STYLE = FOLDER.parent / "page.css"


@dataclass(frozen=True)
class History:
    """One cell on one machine: its quantity now and from least to most, its chart with the dates, and its news."""

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
    shown = list(machines(trend))
    return environment.get_template("template.html").render(
        trend=trend,
        yearly_error=YEARLY_ERROR,
        machines=shown,
        anchors={(machine.name, history.cell): history.anchor for machine in shown for history in machine.histories},
        style=Markup(STYLE.read_text(encoding="utf-8")),
    )


def machines(trend: Trend) -> Iterator[Machine]:
    """Every machine of the history, in the order of its first run; cells with news come first."""
    for number, name in enumerate(dict.fromkeys(run.machine["name"] for run in trend.runs)):
        axis = Axis.of(trend, name)
        cells: dict[str, list[Series]] = {}
        for each in trend.series:
            if each.conditions[0] == name:
                cells.setdefault(each.cell, []).append(each)
        histories = [
            axis.of_cell(series, f"machine{number}-cell{place}") for place, series in enumerate(cells.values())
        ]
        nets = dict.fromkeys(net for run in axis.places for net in trend.runs[run].seconds)
        references = [axis.of_reference(net, f"machine{number}-net{place}") for place, net in enumerate(nets)]
        ordered = sorted(histories, key=lambda history: not history.news)
        yield Machine(name, len(axis.places), tuple(references), tuple(ordered))


@dataclass(frozen=True)
class Axis:
    """The runs of one machine in a row: each one's place by its number in the history, and where conditions changed."""

    trend: Trend
    places: Mapping[int, int]
    breaks: tuple[int, ...]

    @classmethod
    def of(cls, trend: Trend, name: str) -> "Axis":
        own = (number for number, run in enumerate(trend.runs) if run.machine["name"] == name)
        places = {run: place for place, run in enumerate(own)}
        return cls(trend, places, tuple(places[event.run] for event in trend.events if event.run in places))

    def of_cell(self, series: Sequence[Series], anchor: str) -> History:
        """A cell's time over its reference net's, through all conditions of the machine."""
        ratios = sorted((run, ratio) for each in series for run, ratio in zip(each.runs, each.ratios, strict=True))
        return self.history(series[0].cell, anchor, ratios, digits, series)

    def of_reference(self, cell: str, anchor: str) -> History:
        """A reference net's own time."""
        runs = self.trend.runs
        times = [(run, runs[run].seconds[cell]) for run in self.places if cell in runs[run].seconds]
        return self.history(cell, anchor, times, seconds, ())

    def history(
        self,
        cell: str,
        anchor: str,
        values: Sequence[tuple[int, float]],
        in_words: Callable[[float], str],
        series: Sequence[Series],
    ) -> History:
        """From (run, value), in order, and the series that they belong to."""
        changes = [(each.runs[change.at], change) for each in series for change in each.changes if change.certain]
        news = tuple(f"{change.kind} since {self.day(run)}: {change.ratio - 1:+.1%}" for run, change in changes)
        plain = [value for _, value in values]
        now, span = in_words(plain[-1]), f"{in_words(min(plain))} to {in_words(max(plain))}"
        first, last = self.day(values[0][0]), self.day(values[-1][0])
        drawing = Drawing(
            [(self.places[run], value) for run, value in values],
            len(self.places),
            colour(self.framework(cell)),
            [level for each in series for level in self.levels(each)],
            self.breaks,
            [self.places[run] for run, _ in changes],
        )
        description = f"{len(values)} runs from {first} to {last}, {span}; {'; '.join(news) or 'no news'}; now {now}"
        return History(anchor, cell, now, span, first, last, news, drawing.svg(anchor, cell, description))

    def levels(self, series: Series) -> Iterator[Level]:
        """The stretches of a series between its changes, with the median of each."""
        for start, end in pairwise([0, *(change.at for change in series.changes), len(series.runs)]):
            first, last = self.places[series.runs[start]], self.places[series.runs[end - 1]]
            yield Level(first, last, float(np.median(series.ratios[start:end])))

    def framework(self, cell: str) -> str:
        """That of a cell's net in its newest run; "" where none is recorded."""
        runs = (self.trend.runs[run] for run in reversed(self.places))
        return next((run.frameworks[cell] for run in runs if cell in run.frameworks), "")

    def day(self, run: int) -> str:
        return self.trend.runs[run].started[:10]
