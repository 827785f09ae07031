"""After how many steps a compiled net has paid for its set-up, against the net that takes the same step eagerly."""

import math
import statistics
from collections.abc import Mapping
from dataclasses import dataclass

from bench.records.record import Record
from bench.records.run import Run, less
from bench.stats.estimate import Estimate, interval, mean_estimate, side
from reports.analysis.competitors import oddity, timed
from reports.analysis.lineage import eager_counterpart
from reports.wording.span import Span


@dataclass(frozen=True)
class BreakEven:
    """A compiled cell beside its eager one.

    `cold_seconds` is its mean set-up and first step with empty caches, `warm_seconds` with those that an earlier worker
    has filled. `saved_seconds` is how much shorter its later steps are than the eager net's. `steps` and `warm_steps`
    count the steps, the first included, after which both have taken equally long: None where the compiled step saves
    nothing, infinite where it may save nothing.
    """

    label: str
    record: Record
    eager: Record
    cold_seconds: float
    warm_seconds: float | None
    saved_seconds: Estimate
    steps: Span | None
    warm_steps: Span | None = None


def break_evens(run: Run) -> tuple[BreakEven, ...]:
    """Every compiled cell that was timed beside its eager counterpart, the plainest first."""
    points = []
    for record in sorted(timed(run), key=lambda record: oddity(record.cell)):
        cell = eager_counterpart(record.cell)
        eager = run.record(cell) if cell else None
        saved = saved_seconds(run, record, eager) if eager else None
        cold = up_front(record, cold=True)
        if not (eager and saved and cold):
            continue
        warm, plain = up_front(record, cold=False), up_front(eager)
        points.append(
            BreakEven(
                record.cell.label,
                record,
                eager,
                statistics.mean(cold.values()),
                statistics.mean(warm.values()) if warm else None,
                saved,
                steps_to_save(extra(cold, plain), saved),
                steps_to_save(extra(warm, plain), saved),
            )
        )
    return tuple(points)


def saved_seconds(run: Run, record: Record, eager: Record) -> Estimate | None:
    """Seconds that the compiled step is shorter by, round by round; None where the two share no round."""
    saved = less(eager.seconds.get("step", {}), record.seconds["step"])
    return mean_estimate(run.counted(saved))


def up_front(record: Record, cold: bool | None = None) -> dict[int, float]:
    """Seconds of set-up and first step by restart, of the cold or the warm starts, or of all."""
    starts = [start for start in record.starts if cold is None or start.cold == cold]
    return {start.restart: start.setup_seconds + start.first_step_seconds for start in starts}


def extra(compiled: Mapping[int, float], eager: Mapping[int, float]) -> Estimate | None:
    """Seconds that the compiled net takes longer before its second step, over the restarts of both."""
    return interval([compiled[restart] - eager[restart] for restart in compiled if restart in eager])


def steps_to_save(cost: Estimate | None, saved: Estimate) -> Span | None:
    """1 + cost / saved, from the least cost over the most saved to the most cost over the least saved.

    Such an interval holds the ratio at least as often as each of the two holds its own. None where nothing is saved.
    """
    if cost is None or side(saved, 0.0) is False:
        return None
    (least_cost, most_cost), (least_saved, most_saved) = ends(cost), ends(saved)
    return Span(steps(cost.value, saved.value), steps(least_cost, most_saved), steps(most_cost, least_saved))


def ends(estimate: Estimate) -> tuple[float, float]:
    """Those of the interval; without one, the quantity might be anything."""
    if estimate.low is None or estimate.high is None:
        return -math.inf, math.inf
    return estimate.low, estimate.high


def steps(cost: float, saved: float) -> float:
    """The first step and those that pay for the cost; infinite where they save nothing."""
    return 1 + max(0.0, cost) / saved if saved > 0 else math.inf
