"""The command's answers as tables: the offers of every net, and the times of a run."""

from collections.abc import Iterable, Iterator

from rich.console import JustifyMethod
from rich.table import Table
from rich.text import Text

from bench.nets.listing import Offer
from bench.records.run import Run
from bench.regression.false_alarms import PLANTED, Calibration
from bench.runner.progress import clock
from bench.stats.estimate import Estimate
from bench.workloads.size import Size

COLUMNS: dict[str, JustifyMethod] = {
    "net": "left",
    "dtype": "left",
    "device": "left",
    "threads": "left",
    "step": "right",
    "over NumPy": "right",
    "95% interval": "right",
    "over its products": "right",
    "first step": "right",
}
# No framework multiplies so much faster than the fastest of those here
BELOW_FLOOR = 0.5
# Where a device's own time was measured
BUSY: dict[str, JustifyMethod] = {"device busy": "right"}


def of_offers(offers: Iterable[Offer]) -> Table:
    """A line for every variant: on which devices it can run here, and what it offers."""
    table = Table(box=None, pad_edge=False)
    for heading in ("net", "here", "devices", "dtypes", "workloads"):
        table.add_column(heading, no_wrap=heading == "net", overflow="fold")
    for offer in offers:
        here = " ".join(offer.here) or "no"
        words = (" ".join(names) for names in (offer.obstacles, offer.dtypes, offer.workloads))
        table.add_row(*map(Text, (offer.label, here, *words)))
    return table


def of_times(job: Run) -> Iterator[Table]:
    """A table for each work (workload and size): the measured cells, fastest first, with speedups over NumPy."""
    nets = [record for record in job.records.values() if not record.cell.is_lower_bound]
    timed = [(record, took) for record in nets if record.outcome == "measured" and (took := job.time(record))]
    for work in dict.fromkeys(record.cell.work for record, _ in timed):
        workload, size = work
        table = Table(title=f"{workload}, size {size}", box=None, pad_edge=False, title_justify="left")
        rows = [pair for pair in timed if pair[0].cell.work == work]
        shares = {record.cell: share for record, _ in rows if (share := job.device_share(record))}
        for heading, justify in (COLUMNS | (BUSY if shares else {})).items():
            table.add_column(heading, no_wrap=True, justify=justify)
        for record, took in sorted(rows, key=lambda pair: pair[1].value):
            speedup = None if record.cell.is_reference else job.speedup(record)
            multiple = job.over_lower_bound(record)
            settings = [record.cell.threads, *(["system"] if record.cell.allocator == "system" else [])]
            table.add_row(
                *map(Text, (record.cell.label, record.cell.dtype, record.cell.device, " ".join(settings))),
                f"{took.value * 1e6:.1f} us",
                f"{speedup.value:.2f}x" if speedup else "",
                interval_text(speedup),
                f"{multiple.value:.2f}x" if multiple else "",
                f"{record.starts[0].first_step_seconds * 1e3:.1f} ms",
                *([f"{shares[record.cell].value:.0%}" if record.cell in shares else ""] if shares else []),
            )
        yield table


def remarks(job: Run) -> Iterator[str]:
    """What else there is to say of a run's times: what never settled, what was disturbed, where the time went."""
    unsteady = [r.cell.label for r in job.records.values() if any(not start.steady for start in r.starts)]
    if unsteady:
        yield f"still showed a trend when some warm-up ended: {', '.join(dict.fromkeys(unsteady))}"
    for record in job.records.values():
        over = job.over_lower_bound(record) if record.outcome == "measured" else None
        if over and (over.high or over.value) < BELOW_FLOOR:
            yield f"{record.cell.label} takes {over.value:.2g} times as long as its products: does it still train?"
    keys = {key for record in job.records.values() for key in record.health}
    disturbed = [key for key in keys if job.disturbed(key)]
    if disturbed:
        labels = dict.fromkeys(label for key in sorted(disturbed) for label in job.disturbed(key))
        yield f"{len(disturbed)} of {len(keys)} rounds were disturbed and repeated or left in: {', '.join(labels)}"
    fed: dict[Size, float] = {}
    for record in job.records.values():
        if took := job.time(record, "transfer"):
            fed[record.cell.size] = min(took.value, fed.get(record.cell.size, took.value))
    if fed:
        least = ", ".join(f"{seconds * 1e6:.1f} us at {size}" for size, seconds in sorted(fed.items()))
        yield f"bringing x and y to the device takes at least {least}"
    spent = job.spent
    after_loading = clock(spent.preparing_seconds + spent.visiting_seconds)
    yield (
        f"time: {clock(spent.checking_seconds)} checking, {clock(spent.loading_seconds)} starting processes, "
        f"then {after_loading}, of which {spent.timed_share:.0%} inside timed slices"
    )


def interval_text(found: Estimate | None) -> str:
    """`0.95 to 0.99`, with a question mark where it is provisional; nothing where there is none."""
    if found is None or found.low is None or found.high is None:
        return ""
    return f"{found.low:.2f} to {found.high:.2f}" + ("?" if found.provisional else "")


def of_calibration(found: Calibration) -> Table:
    """A line for every margin and number of pairs: how often it would cry wolf, and what it would find."""
    table = Table(box=None, pad_edge=False)
    headings = (
        "margin",
        "pairs a look",
        "false alarms live",
        "resampled",
        *(f"finds {share:.0%}" for share in PLANTED),
    )
    for heading in headings:
        table.add_column(heading, no_wrap=True, justify="right")
    for alarms in found.alarms:
        power = found.found(alarms.margin, alarms.pairs)
        table.add_row(
            f"{alarms.margin:.0%}",
            str(alarms.pairs),
            f"{alarms.live_alarms} of {alarms.live} (at most {alarms.live_bound:.0%})" if alarms.live else "",
            f"{alarms.resampled_rate:.2%} (at most {alarms.resampled_bound:.2%})",
            *(f"{power[share]:.1%}" if share in power else "" for share in PLANTED),
        )
    return table


def calibration_remarks(found: Calibration) -> Iterator[str]:
    """What the table rests on."""
    live = found.live
    yield (
        f"{len(live)} live pairs of {len(live.same)} cells. Live duels share no pair; the resampled ones draw from "
        "these pairs, so that none among thousands proves no more than the live pairs do."
    )
    for disturbance in live.disturbances:
        yield f"disturbed: {disturbance}"
    for share in live.shares:
        seen = [f"{took.value - 1:.2%}" for cell in live.slowed if (took := live.measured(cell, share))]
        yield f"a slowdown of {share:.0%}, planted, was measured as {', '.join(seen)}"
