"""Who competes: the timed cells of one work, allocator and dtype, at any number of threads, with data on the device."""

from collections.abc import Iterable

from bench.records.cell import Cell
from bench.records.record import Record
from bench.records.run import Run
from bench.workloads.size import TUTORIAL
from reports.analysis.execution import fed

Competitors = list[Record]


def timed(run: Run) -> list[Record]:
    """The records of nets that have a time and compete: a net that is fed at every step has more to do than others."""
    return [record for record in with_time(run) if not fed(record.cell)]


def with_time(run: Run) -> list[Record]:
    """All records of nets that have a time."""
    return [record for record in run.records.values() if record.outcome == "measured" and run.time(record)]


def all_competitors(run: Run) -> list[Competitors]:
    """The competitors of each table, in float32 where that was measured: with a GPU cell first, then the plainest.

    A table begins with its plainest record.
    """
    records = timed(run)
    records = [record for record in records if record.cell.dtype == "float32"] or records
    tables: dict[tuple[object, ...], Competitors] = {}
    for record in sorted(records, key=lambda record: record.cell.threads != Cell.threads):
        if record.cell.dtype == records[0].cell.dtype:
            tables.setdefault((*record.cell.work, record.cell.allocator), []).append(record)
    return sorted(tables.values(), key=lambda table: (not on_gpu(table), *oddity(table[0].cell)))


def over_sizes(run: Run) -> list[Competitors]:
    """The first table's competitors at each size that was measured under its settings, the smallest size first.

    The work of a step is known for the two-layer nets; of other workloads it is one size alone.
    """
    tables = all_competitors(run)
    if tables and not tables[0][0].cell.workload.startswith("two_layer"):
        return tables[:1]
    alike = [table for table in tables if settings(table) == settings(tables[0])]
    return sorted(alike, key=lambda table: (table[0].cell.size.flops_per_step, table[0].cell.size))


def settings(competitors: Competitors) -> tuple[object, ...]:
    """What they have in common apart from the size, and whether a GPU takes part."""
    cell = competitors[0].cell
    return cell.workload, cell.allocator, bool(on_gpu(competitors))


def with_one_setting(competitors: Competitors) -> Competitors:
    """Those that have the first one's number of threads."""
    return [record for record in competitors if record.cell.threads == competitors[0].cell.threads]


def on_cpu(records: Iterable[Record]) -> Competitors:
    return [record for record in records if not record.cell.on_gpu]


def on_gpu(records: Iterable[Record]) -> Competitors:
    """Those on a GPU, whoever made it: no machine is known to have two kinds that frameworks compute on."""
    return [record for record in records if record.cell.on_gpu]


def plainest(records: Iterable[Record]) -> Record | None:
    """The record nearest to the tutorial's own; None where there are none."""
    return min(records, key=lambda record: oddity(record.cell), default=None)


def oddity(cell: Cell) -> tuple[object, ...]:
    """Sorts cells: the tutorial's own net and size, the frameworks' own threads, float32 and the CPU go first."""
    plain = cell.workload == "two_layer", cell.size == TUTORIAL, cell.threads == "all", cell.allocator == "pinned"
    return *(not truth for truth in plain), cell.dtype != "float32", cell.device, cell.size.flops_per_step, cell.id
