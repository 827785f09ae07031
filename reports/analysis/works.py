"""What charts are drawn for: everything that did the same work, under whatever settings."""

from collections.abc import Sequence
from typing import NamedTuple

from bench.workloads.size import TUTORIAL, Size
from reports.analysis.rows import Row
from reports.wording import phrases


class Work(NamedTuple):
    """A workload at a size: cells that share it are measured side by side, and stand on one chart."""

    workload: str
    size: Size

    def __str__(self) -> str:
        """`two_layer at 64x1000x100x10 (the tutorial's size)`."""
        return phrases.work(self.workload, self.size)


def timed(rows: Sequence[Row], work: Work) -> list[Row]:
    """The timed rows of one work."""
    return [row for row in rows if row.record.cell.work == work and row.time is not None]


def featured(rows: Sequence[Row], greatest: bool = True) -> list[Work]:
    """The works that charts are drawn for: of each workload the tutorial's size, or the least, and then the `greatest`.

    Skipped works are left out. A sweep has its own chart; one for every size of it would bury the page.
    """
    by_workload: dict[str, list[Work]] = {}
    ran = (row for row in rows if row.time or row.record.agreement)
    for work in dict.fromkeys(Work(*row.record.cell.work) for row in ran):
        by_workload.setdefault(work.workload, []).append(work)
    chosen = []
    for works in by_workload.values():
        works.sort(key=lambda work: (work.size != TUTORIAL, work.size.flops_per_step))
        chosen += [works[0], *(works[1:][-1:] if greatest else ())]
    return chosen
