"""The exit status of a run."""

from collections.abc import Iterable

from bench.records.cell import Cell
from bench.records.record import Outcome
from bench.records.run import Run


def exit_status(job: Run, wanted: Iterable[Cell], good: Outcome) -> int:
    """1 where any cell is wrong or failed, 3 where none of those wanted came to the good outcome, else 0."""
    if {record.outcome for record in job.records.values()} & {"wrong", "failed"}:
        return 1
    return 0 if good in {job.records[cell.id].outcome for cell in wanted} else 3
