"""What a page says of one run: its statements, its analysis and its rows, each computed once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bench.records.cell import Cell
from bench.records.record import SEPARATE_PHASES, Record
from bench.records.run import Run
from bench.workloads.size import Size
from reports.analysis.abstractions import Cost, abstractions
from reports.analysis.break_even import BreakEven, break_evens
from reports.analysis.conditions.card import Card
from reports.analysis.ladder import Ladder, ladder
from reports.analysis.lower_bounds import LOWER_BOUNDS, LowerBound
from reports.analysis.repeats import Repeats, alike
from reports.analysis.rows import Row, rows_of
from reports.analysis.scaling import Grid, Scaling, grid, scaling
from reports.claims.claim import Claim
from reports.claims.fastest_here import fastest_here
from reports.claims.s1_fifty_times import fifty_times
from reports.claims.statements import Statement, statements
from reports.wording import phrases
from reports.wording.slug import slug

OPTIONAL_COLUMNS = (
    *("latency", "loss_read", "over_float64", "multiple", "device_time", "joules"),
    *("memory_bytes", "device_bytes"),
)

# The outcome and the reason of a measured cell of which no restart counts.
BUSY = "not known yet", "the machine was busy: measure again later, or for longer with --seconds"


@dataclass(frozen=True)
class RunView:
    """A run, the file it was read from, and `prefix`, which sets its addresses on the page apart from another run's.

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
    def fastest_here(self) -> str:
        return fastest_here(self.run)

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
        """The cells without a time, by outcome and reason."""
        cells: dict[tuple[str, str], list[Cell]] = {}
        for row in self.rows:
            record = row.record
            if record.reason:
                cells.setdefault((record.outcome, record.reason), []).append(record.cell)
            elif record.outcome == "measured" and not row.time:
                cells.setdefault(BUSY, []).append(record.cell)
        return cells

    @cached_property
    def cards(self) -> list[Card]:
        return [Card.of(self.run, row, place) for place, row in enumerate(self.timed, 1)]

    @cached_property
    def lower_bounds(self) -> list[Record]:
        """The records that measured some."""
        return [record for record in self.run.records.values() if record.cell.is_lower_bound and record.seconds]

    @property
    def kinds_of_lower_bounds(self) -> list[LowerBound]:
        """The kinds that some record measured."""
        return [kind for kind in LOWER_BOUNDS if any(kind.name in record.seconds for record in self.lower_bounds)]

    @cached_property
    def works(self) -> set[tuple[str, Size]]:
        return {row.record.cell.work for row in self.rows}

    def apart(self, row: Row) -> str:
        """What sets a row apart from others of its net, dtype and device: its work and its settings."""
        cell = row.record.cell
        work = [f"{cell.workload} {cell.size}"] if len(self.works) > 1 else []
        return ", ".join(work + phrases.settings(cell))

    @property
    def columns(self) -> Mapping[str, bool]:
        """Which columns of the table some cell has a number for."""
        quantities = {name: any(getattr(row, name) is not None for row in self.timed) for name in OPTIONAL_COLUMNS}
        return quantities | {phase: any(phase in row.phases for row in self.timed) for phase in SEPARATE_PHASES}


def views_of(runs: Sequence[tuple[Run, Path]], beside: Sequence[Run] = ()) -> list[RunView]:
    """A view of each run, those with a GPU first, then the newest.

    `beside` are further runs, to set these against where hardware and packages are the same. The sections of the first
    run keep the addresses that they have on a page of their own.
    """
    ordered = sorted(runs, key=lambda pair: (bool(phrases.gpus(pair[0])), pair[0].started), reverse=True)
    names = [slug(run.machine["name"]) or "machine" for run, _ in ordered]
    views = []
    for place, (run, source) in enumerate(ordered):
        earlier = names[:place].count(names[place])
        prefix = f"{names[place]}-{f'{earlier + 1}-' * bool(earlier)}" if place else ""
        others = alike(run, [*(other for other, _ in ordered), *beside])
        views.append(RunView(run, source, prefix, 2 + (len(ordered) > 1), others))
    return views
