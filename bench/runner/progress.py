"""What the user sees while a run goes on: a live line on a terminal, plain lines elsewhere."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Bar

from bench.records.record import Record

# Import, 500 steps and the reference; only used to forecast the time left.
CHECK_SECONDS = 3.0
# A longer budget is no budget.
DAY_SECONDS = 86400.0


def verdict(record: Record) -> str:
    """One cell's agreement or outcome in one line."""
    if record.outcome in ("skipped", "wrong", "failed"):
        return f"{record.outcome:8} {record.cell.id}: {record.reason}"
    assert record.agreement is not None
    worst = record.agreement.worst
    return f"agrees   {record.cell.id}: {worst.error:.1e} (limit {worst.limit:.0e}), {worst.subject}{worst.when}"


def remarks(record: Record) -> list[str]:
    """What else the comparison found that is worth a line."""
    if record.agreement is None:
        return []
    recovery = record.agreement.recovery
    return [*([str(recovery)] if recovery else []), *record.agreement.conventions]


def endings(records: Iterable[Record]) -> Iterator[str]:
    """Cells that will not run, those with one reason in one line."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for record in records:
        if record.outcome in ("skipped", "failed"):
            reasons.setdefault((record.outcome, record.reason), []).append(record.cell.id)
    for (outcome, reason), cells in reasons.items():
        more = f" and {len(cells) - 1} more" if len(cells) > 1 else ""
        yield f"{outcome:8} {cells[0]}{more}: {reason}"


class Progress:
    """Plain lines: each cell's verdict, and each restart once. `timing_seconds` is the budget that follows.

    `whose` names the side where there are two.
    """

    whose = ""

    def __init__(self, console: Console, timing_seconds: float) -> None:
        self._console = console
        self._stage = ""
        self._timing_seconds = timing_seconds
        self._end = time.monotonic() + timing_seconds

    def stage(self, name: str, cells: int) -> None:
        """A stage begins: checking that number of cells, or timing."""
        self._stage = name
        self._end = time.monotonic() + CHECK_SECONDS * cells + self._timing_seconds

    def advance(self, what: str) -> None:
        """Something else is being done now."""

    def left(self, seconds: float) -> None:
        """At most so much time is left."""
        self._end = time.monotonic() + seconds
        left = f", at most {clock(seconds)} left" if seconds < DAY_SECONDS else ""
        self._console.print(f"{self._stage}{left}", highlight=False)

    def busy(self, slow_share: float) -> None:
        """The witness was slow in this part of its readings so far."""
        line = f"the machine is busy, slow in {slow_share:.0%} of the witness's readings: little will be known"
        self._console.print(line, highlight=False, soft_wrap=True)

    def left_out(self, records: Iterable[Record]) -> None:
        """Cells that will not run."""
        for line in endings(records):
            self._console.print(line, highlight=False, markup=False, soft_wrap=True)

    def tell(self, record: Record) -> None:
        """A cell was found to agree, or came to an outcome."""
        for line in (verdict(record), *(f"{'':9}{remark}" for remark in remarks(record))):
            self._console.print(f"{self.whose}{line}", highlight=False, markup=False, soft_wrap=True)


class LiveProgress(Progress):
    """The same on a terminal, above a live line that says what goes on and how much time is left."""

    def __init__(self, console: Console, timing_seconds: float, bar: Bar) -> None:
        super().__init__(console, timing_seconds)
        self._bar = bar
        self._began = time.monotonic()
        self._task = bar.add_task("starting", left="", total=None)

    def advance(self, what: str) -> None:
        now = time.monotonic()
        self._bar.update(
            self._task,
            description=f"{self._stage}: {what}",
            completed=now - self._began,
            total=max(self._end, now) - self._began,
            left=f"at most {clock(max(0.0, self._end - now))} left",
        )
        self._bar.refresh()

    def left(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds


@contextmanager
def shown(console: Console, timing_seconds: float) -> Iterator[Progress]:
    """The progress that suits the console: live on a terminal, lines elsewhere."""
    if not console.is_terminal:
        yield Progress(console, timing_seconds)
        return
    columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[left]}")
    # Drawn anew between slices only: a thread that redraws would take a core from the net being timed.
    with Bar(*columns, console=console, transient=True, auto_refresh=False) as bar:
        yield LiveProgress(console, timing_seconds, bar)


def clock(seconds: float) -> str:
    """Minutes and seconds: `2:05`."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
