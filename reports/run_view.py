"""Everything that a page shows of one run."""

import base64
import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bench.records.cell import Cell
from bench.records.record import SEPARATE_PHASES, Record
from bench.records.run import Run
from bench.workloads.size import Size
from reports.analysis.abstractions import Cost, abstractions
from reports.analysis.breakeven import BreakEven, break_evens
from reports.analysis.conditions import Card
from reports.analysis.floors import LOWER_BOUNDS, Floor
from reports.analysis.ladder import Ladder, ladder
from reports.analysis.repeats import Repeats, alike
from reports.analysis.rows import Row, rows_of
from reports.analysis.scaling import Grid, Scaling, grid, scaling
from reports.charts import abstractions as abstraction_chart
from reports.charts import agreement as agreement_chart
from reports.charts import break_even as break_even_chart
from reports.charts import distribution as distribution_chart
from reports.charts import floors as floor_chart
from reports.charts import grid as grid_chart
from reports.charts import ladder as ladder_chart
from reports.charts import memory as memory_chart
from reports.charts import phases as phase_chart
from reports.charts import scaling as scaling_chart
from reports.charts import speedups as speedup_chart
from reports.charts.drawing.chart import Chart, distinct, slug
from reports.claims.s1_fifty_times import Claim, fifty_times
from reports.claims.statements import Statement, statements
from reports.sections import NEEDS
from reports.wording import phrases

# A page stays small enough to be sent: a raw run that is larger than this when compressed is only named.
RAW_BYTES = 1_000_000
OPTIONAL_COLUMNS = (
    *("latency", "loss_read", "over_float64", "multiple", "device_time", "joules"),
    *("memory_bytes", "device_bytes"),
)


@dataclass(frozen=True)
class Part:
    """A run, the file it was read from, and `prefix`, which tells its sections on the page from another run's.

    `level` is that of its sections' headings; `others` are runs of the same hardware and packages.
    """

    run: Run
    source: Path
    prefix: str = ""
    level: int = 2
    others: Sequence[Run] = ()

    @property
    def name(self) -> str:
        return phrases.machine(self.run)

    @cached_property
    def claim(self) -> Claim:
        return fifty_times(self.run)

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        return statements(self.run)

    @cached_property
    def scaling(self) -> Scaling | None:
        return scaling(self.run)

    @cached_property
    def grid(self) -> Grid | None:
        return grid(self.run)

    @cached_property
    def ladder(self) -> Ladder | None:
        return ladder(self.run)

    @cached_property
    def abstractions(self) -> Sequence[Cost]:
        return abstractions(self.run)

    @cached_property
    def break_evens(self) -> Sequence[BreakEven]:
        return break_evens(self.run)

    @cached_property
    def rows(self) -> list[Row]:
        return rows_of(self.run)

    @cached_property
    def timed(self) -> list[Row]:
        return [row for row in self.rows if row.time]

    @cached_property
    def repeats(self) -> Repeats | None:
        return Repeats.of(self.run, self.timed, self.others)

    @property
    def unmeasured(self) -> Mapping[tuple[str, str], Sequence[Cell]]:
        """The cells that ended otherwise, by outcome and reason."""
        found: dict[tuple[str, str], list[Cell]] = {}
        for record in (row.record for row in self.rows if row.record.reason):
            found.setdefault((record.outcome, record.reason), []).append(record.cell)
        return found

    @cached_property
    def cards(self) -> list[Card]:
        return [Card.of(self.run, row, place) for place, row in enumerate(self.timed, 1)]

    @cached_property
    def floors(self) -> list[Record]:
        return [record for record in self.run.records.values() if record.cell.is_lower_bound and record.seconds]

    @property
    def floors_shown(self) -> list[Floor]:
        """The kinds of floors that some of them measured."""
        return [floor for floor in LOWER_BOUNDS if any(floor.name in record.seconds for record in self.floors)]

    @cached_property
    def charts(self) -> Mapping[str, Sequence[Chart]]:
        """The charts of every section; sections without one have an empty list."""
        sections: dict[str, list[Chart]] = {
            "scaling": [scaling_chart.chart(self.scaling)] if self.scaling else [],
            "grid": [grid_chart.chart(self.grid)] if self.grid else [],
            "speedups": speedup_chart.charts(self.rows),
            "ladder": [ladder_chart.chart(self.ladder)] if self.ladder else [],
            "phases": phase_chart.charts(self.rows),
            "abstractions": [abstraction_chart.chart(self.abstractions)] if self.abstractions else [],
            "break-even": [break_even_chart.chart(self.break_evens)] if self.break_evens else [],
            "floors": floor_chart.charts(self.rows),
            "distribution": distribution_chart.charts(self.run, self.rows),
            "agreement": agreement_chart.charts(self.rows),
            "memory": memory_chart.charts(self.rows),
        }
        named = distinct(chart for charts in sections.values() for chart in charts)
        return {section: [next(named) for _ in charts] for section, charts in sections.items()}

    @cached_property
    def works(self) -> set[tuple[str, Size]]:
        return {row.record.cell.work for row in self.rows}

    def apart(self, row: Row) -> str:
        """What a row did and how, as far as its net's name, dtype and device do not tell it from the others."""
        cell = row.record.cell
        work = [f"{cell.workload} {cell.size}"] if len(self.works) > 1 else []
        return ", ".join(work + phrases.settings(cell))

    @property
    def columns(self) -> Mapping[str, bool]:
        """Which columns of the table some cell has a number for."""
        found = {name: any(getattr(row, name) is not None for row in self.timed) for name in OPTIONAL_COLUMNS}
        return found | {phase: any(phase in row.phases for row in self.timed) for phase in SEPARATE_PHASES}

    @property
    def file(self) -> str:
        """What a download of this run is called."""
        return slug("fiftyx", self.run.machine["name"], self.source.stem)

    @property
    def place(self) -> Path:
        """The file as it is named on a page that may be passed on: whose folder it lay in is nobody's business."""
        return Path(self.source.name) if self.source.is_absolute() else self.source

    @property
    def absent(self) -> list[tuple[str, str, str, str]]:
        """The sections that this run has nothing for: address, title, what they need and what would supply it."""
        return [(section, *NEEDS[section]) for section, charts in self.charts.items() if not charts]

    @cached_property
    def pictures(self) -> Path:
        """The folder of this run's pictures, below that of all: told apart as the run files are."""
        return Path(slug(self.run.machine["name"]) or "machine", slug(self.source.stem) or "run")

    @cached_property
    def raw(self) -> str | None:
        """The run file itself as the address of a download; None where there is none, or it is too large."""
        if not self.source.is_file():
            return None
        compressed = gzip.compress(self.source.read_bytes(), mtime=0)
        fits = len(compressed) <= RAW_BYTES
        return f"data:application/gzip;base64,{base64.b64encode(compressed).decode()}" if fits else None

    def save_pictures(self, folder: Path) -> None:
        """Every chart as PNG and PDF. Raises UserError where the folder cannot be written."""
        for charts in self.charts.values():
            for chart in charts:
                chart.save(folder / self.pictures, f"fiftyx · {self.name} · {self.run.started}")


def parts_of(runs: Sequence[tuple[Run, Path]], beside: Sequence[Run] = ()) -> list[Part]:
    """A part for each run, those that can put a GPU to the test first, then the newest.

    `beside` are runs to set them against where hardware and packages are the same. The sections of the first keep the
    addresses that they have on a page of their own.
    """
    ordered = sorted(runs, key=lambda pair: (bool(phrases.gpus(pair[0])), pair[0].started), reverse=True)
    names = [slug(run.machine["name"]) or "machine" for run, _ in ordered]
    parts = []
    for place, (run, source) in enumerate(ordered):
        earlier = names[:place].count(names[place])
        prefix = f"{names[place]}-{f'{earlier + 1}-' * bool(earlier)}" if place else ""
        others = alike(run, [*(other for other, _ in ordered), *beside])
        parts.append(Part(run, source, prefix, 2 + (len(ordered) > 1), others))
    return parts
