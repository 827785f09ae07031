"""The command's answers as tables: the offers of every net, and the times of a run."""

from collections.abc import Iterable, Iterator

from rich.table import Table
from rich.text import Text

from bench.catalog import Offer
from bench.record import Run
from bench.stats import Estimate


def of_offers(offers: Iterable[Offer]) -> Table:
    """A line for every variant: on which devices it can run here, and what it offers."""
    table = Table(box=None, pad_edge=False)
    for heading in ("net", "here", "devices", "dtypes", "workloads"):
        table.add_column(heading, no_wrap=heading == "net")
    for offer in offers:
        here = " ".join(offer.here) or "no"
        words = (" ".join(names) for names in (offer.obstacles, offer.dtypes, offer.workloads))
        table.add_row(*map(Text, (offer.label, here, *words)))
    return table


def of_times(job: Run) -> Iterator[Table]:
    """A table for each question (work, size, threads): the measured cells, fastest first, with speedups over NumPy."""
    measured = [record for record in job.records.values() if record.outcome == "measured"]
    timed = [(record, took) for record in measured if (took := job.time(record))]
    for question in dict.fromkeys(record.cell.question for record, _ in timed):
        workload, size, threads, allocator = question
        table = Table(
            title=f"{workload}, size {size}, threads: {threads}, allocator: {allocator}",
            box=None,
            pad_edge=False,
            title_justify="left",
        )
        for heading in ("net", "dtype", "device", "step", "over NumPy", "95% interval", "first step"):
            table.add_column(
                heading, no_wrap=True, justify="left" if heading in ("net", "dtype", "device") else "right"
            )
        rows = [pair for pair in timed if pair[0].cell.question == question]
        for record, took in sorted(rows, key=lambda pair: pair[1].value):
            speedup = None if record.cell == record.cell.reference else job.speedup(record)
            table.add_row(
                *(Text(record.cell.label), record.cell.dtype, record.cell.device, f"{took.value * 1e6:.1f} us"),
                f"{speedup.value:.2f}x" if speedup else "",
                interval_text(speedup),
                f"{record.starts[0].first_step_seconds * 1e3:.1f} ms",
            )
        yield table


def interval_text(found: Estimate | None) -> str:
    """`0.95 to 0.99`, with a question mark where it is provisional; nothing where there is none."""
    if found is None or found.low is None or found.high is None:
        return ""
    return f"{found.low:.2f} to {found.high:.2f}" + ("?" if found.provisional else "")
