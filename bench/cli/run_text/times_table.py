"""The times of a run as tables that fit the terminal. Names may fold; a number never does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.console import JustifyMethod
from rich.table import Table
from rich.text import Text

from bench.records.cell import Cell
from bench.records.record import Record
from bench.records.run import Run
from bench.stats.estimate import Estimate
from bench.stats.rounding import rounded
from bench.workloads.catalogue import WORKLOADS

# Between two columns.
GAP = 2
# A name folds rather than become narrower than this.
LEAST_NAME = 16


@dataclass(frozen=True)
class Line:
    """A measured cell of a run and its time."""

    run: Run
    record: Record
    took: Estimate

    @property
    def net(self) -> str:
        return self.record.cell.label

    @property
    def named(self) -> str:
        """The net with its unusual settings, where they have no columns of their own."""
        cell = self.record.cell
        unusual = [cell.dtype] * (cell.dtype != Cell.dtype) + [cell.device] * (cell.device != Cell.device)
        unusual += [f"{cell.threads} thread{'s' * (cell.threads != '1')}"] * (cell.threads != Cell.threads)
        return " ".join([self.net, *unusual, *["system"] * (cell.allocator != Cell.allocator)])

    @property
    def threads(self) -> str:
        cell = self.record.cell
        return f"{cell.threads} system" if cell.allocator == "system" else cell.threads

    @property
    def speedup(self) -> Estimate | None:
        return None if self.record.cell.is_reference else self.run.speedup(self.record)

    @property
    def interval(self) -> str:
        return interval_text(self.speedup)

    @property
    def multiple(self) -> str:
        over = self.run.over_lower_bound(self.record)
        return f"{over.value:.2f}x" if over else ""

    @property
    def busy(self) -> str:
        share = self.run.device_share(self.record)
        return f"{share.value:.0%}" if share else ""


def interval_text(speedup: Estimate | None) -> str:
    """`0.95 to 0.99`, with a question mark where it is provisional; nothing where there is none."""
    span = speedup.span(two_places, missing="") if speedup else ""
    return f"{span}?" if speedup and span and speedup.provisional else span


def two_places(ratio: float, way: str) -> str:
    return f"{rounded(ratio, 2, way):.2f}"


Column = Callable[[Line], str]
SETTINGS: dict[str, Column] = {
    "dtype": lambda line: line.record.cell.dtype,
    "device": lambda line: line.record.cell.device,
    "threads": lambda line: line.threads,
}
TIMES: dict[str, Column] = {
    "step": lambda line: f"{line.took.value * 1e6:.1f} us",
    "over NumPy": lambda line: f"{line.speedup.value:.2f}x" if line.speedup else "",
    "95% interval": lambda line: line.interval,
}
FURTHER: dict[str, Column] = {
    "over products": lambda line: line.multiple,
    "first step": lambda line: f"{line.record.starts[0].first_step_seconds * 1e3:.1f} ms",
    "device busy": lambda line: line.busy,
}
NET: dict[str, Column] = {"net": lambda line: line.net}
# From the widest to the narrowest; in the last a net's name holds its settings.
LAYOUTS: tuple[dict[str, Column], ...] = (
    NET | SETTINGS | TIMES | FURTHER,
    NET | SETTINGS | TIMES | {"over products": FURTHER["over products"]},
    NET | SETTINGS | TIMES,
    {"net": lambda line: line.named} | TIMES,
)


def lines_of(job: Run) -> dict[str, list[Line]]:
    """The measured cells of each work (workload and size), fastest first, by its title."""
    nets = [record for record in job.records.values() if not record.cell.is_lower_bound]
    timed = [Line(job, record, took) for record in nets if record.outcome == "measured" and (took := job.time(record))]
    titled: dict[str, list[Line]] = {}
    for line in sorted(timed, key=lambda line: (line.record.cell.size, line.took.value)):
        workload, size = line.record.cell.work
        steps = WORKLOADS[workload].steps_per_call
        titled.setdefault(f"{workload}, size {size}" + f", {steps} steps a call" * (steps > 1), []).append(line)
    return titled


def table(title: str, lines: Sequence[Line], width: int) -> Table:
    """The cells with their speedups over NumPy, in the widest layout that fits into `width` characters.

    Less important columns are left out first; where even the narrowest does not fit, names fold.
    """
    laid_out = [{heading: column(lines, each) for heading, each in layout.items()} for layout in LAYOUTS]
    laid_out = [{heading: cells for heading, cells in each.items() if any(cells)} for each in laid_out]
    columns = next((each for each in laid_out if natural_width(each) <= width), laid_out[-1])
    beside = natural_width({heading: cells for heading, cells in columns.items() if heading != "net"})
    name = min(natural_width({"net": columns["net"]}), max(LEAST_NAME, width - beside - GAP))
    # Where even that is too wide for the terminal, it wraps lines, and nothing is cut
    shown = Table(title=title, box=None, pad_edge=False, title_justify="left", width=name + GAP + beside)
    for heading, cells in columns.items():
        justify: JustifyMethod = "left" if heading in NET | SETTINGS else "right"
        least = max(map(len, (heading, *cells)))
        if heading == "net":
            shown.add_column(heading, justify=justify, overflow="fold", width=name)
        else:
            shown.add_column(heading, justify=justify, no_wrap=True, min_width=least)
    for row in zip(*columns.values(), strict=True):
        shown.add_row(*map(Text, row))
    return shown


def column(lines: Sequence[Line], shown: Column) -> list[str]:
    return [shown(line) for line in lines]


def natural_width(columns: dict[str, list[str]]) -> int:
    """Characters of the columns side by side, with a gap after each but the last."""
    return sum(max(map(len, (heading, *cells))) + GAP for heading, cells in columns.items()) - GAP
