"""What a run would do and how long it would take, said before it starts."""

from collections.abc import Iterator

from bench.records.record import TO_CHECK
from bench.records.run import Run
from bench.runner.check_stage import CHECKERS
from bench.runner.costs import LOAD_SECONDS, check_seconds, restart_seconds
from bench.runner.groups import worker_sets
from bench.runner.progress import clock, endings


def expected_seconds(run: Run) -> tuple[float, float]:
    """Seconds of checking, and of timing at most, that the cells of the run will take."""
    pending = [record.cell for record in run.records.values() if record.outcome == "pending"]
    to_check = (record.cell for record in run.records.values() if record.outcome in TO_CHECK)
    checking = sum(check_seconds(cell) for cell in to_check) / CHECKERS
    once = LOAD_SECONDS * len({cell.worker_key for cell in pending})
    for worker_set in worker_sets(pending, run.settings.workers):
        once += sum(restart_seconds(group, run.settings) for group in worker_set)
    return checking, min(max(run.settings.budget_seconds, once), run.settings.most_restarts * once)


def forecast(run: Run) -> Iterator[str]:
    """Lines that say what the run would do: its cells, and how long they would take."""
    to_check = [record for record in run.records.values() if record.outcome in TO_CHECK]
    for record in to_check:
        yield f"{'pending' if record.outcome == 'pending' else 'check':8} {record.cell.id}"
    yield from endings(run.records.values())
    checking, timing = expected_seconds(run)
    timed = sum(record.outcome == "pending" for record in to_check)
    yield (
        f"{len(to_check)} cells: about {clock(checking)} to check them, "
        f"then at most {clock(timing)} to time {timed} of them"
    )
