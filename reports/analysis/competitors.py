"""Who competes: the timed cells of one question in one dtype, whose data are on the device."""

from collections.abc import Iterable

from bench.records.cell import Cell, TableKey
from bench.records.record import Record
from bench.records.run import Run
from bench.workloads.size import TUTORIAL
from reports.analysis.kinds import fed

Contest = list[Record]


def timed(run: Run) -> list[Record]:
    """The records of nets that have a time and compete: what is fed at every step has more to do than the others."""
    measured = [record for record in run.records.values() if record.outcome == "measured" and not fed(record.cell)]
    return [record for record in measured if run.time(record)]


def contests(run: Run) -> list[Contest]:
    """The timed cells of each question, in float32 where that was measured; the most telling question first.

    A question with a GPU cell goes before one without, then the plainer one.
    """
    records = timed(run)
    records = [record for record in records if record.cell.dtype == "float32"] or records
    asked: dict[TableKey, Contest] = {}
    for record in records:
        if record.cell.dtype == records[0].cell.dtype:
            asked.setdefault(record.cell.table_key, []).append(record)
    return sorted(asked.values(), key=lambda contest: (not on_gpu(contest), *oddity(contest[0].cell)))


def over_sizes(run: Run) -> list[Contest]:
    """The most telling question at each size it was asked at, the smallest first.

    The work of a step is known for the two-layer nets; of other workloads it is one size alone.
    """
    found = contests(run)
    if found and not found[0][0].cell.workload.startswith("two_layer"):
        return found[:1]
    alike = [contest for contest in found if settings(contest) == settings(found[0])]
    return sorted(alike, key=lambda contest: (contest[0].cell.size.flops_per_step, contest[0].cell.size))


def settings(contest: Contest) -> tuple[object, ...]:
    """What its cells have in common besides the size, and whether a GPU takes part."""
    return contest[0].cell.table_key._replace(size=TUTORIAL), bool(on_gpu(contest))


def on_cpu(records: Iterable[Record]) -> Contest:
    return [record for record in records if record.cell.device == "cpu"]


def on_gpu(records: Iterable[Record]) -> Contest:
    """Those on a GPU, whoever made it: no machine is known to have two kinds that frameworks compute on."""
    return [record for record in records if record.cell.device != "cpu"]


def plainest(records: Iterable[Record]) -> Record | None:
    """The record that says most to a reader of the tutorial; None where there are none."""
    return min(records, key=lambda record: oddity(record.cell), default=None)


def oddity(cell: Cell) -> tuple[object, ...]:
    """Sorts cells: the tutorial's own net and size, the frameworks' own threads, float32 and the CPU go first."""
    plain = cell.workload == "two_layer", cell.size == TUTORIAL, cell.threads == "all", cell.allocator == "pinned"
    return *(not truth for truth in plain), cell.dtype != "float32", cell.device, cell.size.flops_per_step, cell.id
