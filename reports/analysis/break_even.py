"""After how many steps a compiled net has paid for its set-up, against the net that takes the same step eagerly."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bench.records.record import Record, Start
from bench.records.run import Run, less
from bench.stats.estimate import Estimate, interval, mean_estimate, side
from bench.stats.restarts import round_medians
from reports.analysis.competitors import oddity, with_time
from reports.analysis.lineage import eager_counterpart
from reports.wording.span import Span


@dataclass(frozen=True)
class Cost:
    """What the compiled net's start costs, and after how many steps that is paid.

    `extra_seconds` is by how much its start takes longer than the eager net's; see overheads. `steps` counts the steps,
    the first included, after which both have taken equally long: None where the compiled step saves nothing, infinite
    where it may save nothing.
    """

    extra_seconds: Estimate
    steps: Span | None

    def is_less(self, other: "Cost") -> bool:
        """Whether the extra seconds are known to be fewer: their intervals lie apart."""
        high, low = self.extra_seconds.high, other.extra_seconds.low
        return high is not None and low is not None and high < low


@dataclass(frozen=True)
class BreakEven:
    """A compiled cell beside its eager one; both are fed at every step, or neither is.

    `cold` is with empty caches, `warm` with those that an earlier worker has filled. `saved_seconds` is how much
    shorter its later steps are than the eager net's. The first `early_steps` are part of the start: no break-even is
    before their end. Where the device was not `awake`, starting it is part of both nets' set-up.
    """

    record: Record
    eager: Record
    saved_seconds: Estimate
    cold: Cost
    warm: Cost | None = None
    early_steps: int = 1
    awake: bool = True

    @property
    def pays_at_once(self) -> bool:
        """Whether the start is paid for by its own end."""
        return self.cold.steps is not None and self.cold.steps.value <= self.early_steps


def break_evens(run: Run) -> tuple[BreakEven, ...]:
    """Every compiled cell that was timed beside its eager counterpart, the plainest first."""
    found = (of_pair(run, record) for record in sorted(with_time(run), key=lambda record: oddity(record.cell)))
    return tuple(point for point in found if point)


def of_pair(run: Run, record: Record) -> BreakEven | None:
    """A compiled cell and its counterpart; None where that was not timed beside it."""
    cell = eager_counterpart(record.cell)
    eager = run.record(cell) if cell else None
    saved = saved_seconds(run, record, eager) if eager else None
    if eager is None or saved is None:
        return None
    early = max((start.early_steps for start in (*record.starts, *eager.starts)), default=1)
    plain = overheads(run, eager, eager.starts)
    cold, warm = (
        cost(overheads(run, record, [start for start in record.starts if start.cold == state]), plain, saved, early)
        for state in (True, False)
    )
    awake = all(each.runtime.get("awake", not each.cell.on_gpu) for each in (record, eager))
    return BreakEven(record, eager, saved, cold, warm, early, awake) if cold else None


def saved_seconds(run: Run, record: Record, eager: Record) -> Estimate | None:
    """Seconds that the compiled step is shorter by, round by round; None where the two share no round."""
    saved = less(eager.seconds.get("step", {}), record.seconds["step"])
    return mean_estimate(run.counted(saved))


def overheads(run: Run, record: Record, starts: Iterable[Start]) -> dict[int, float]:
    """By restart the seconds of set-up and early steps, less as many later steps: what the start alone costs."""
    step = round_medians(run.counted(record.seconds["step"]))
    return {
        start.restart: start.setup_seconds
        + (start.first_step_seconds if start.early_seconds is None else start.early_seconds)
        - start.early_steps * step[start.restart]
        for start in starts
        if start.restart in step
    }


def cost(compiled: Mapping[int, float], eager: Mapping[int, float], saved: Estimate, early_steps: int) -> Cost | None:
    """The cost over the restarts that both have; None where there are none."""
    extra = interval([compiled[restart] - eager[restart] for restart in compiled if restart in eager])
    return None if extra is None else Cost(extra, steps_to_save(extra, saved, early_steps))


def steps_to_save(extra: Estimate, saved: Estimate, early_steps: int) -> Span | None:
    """extra / saved, from the least extra over the most saved to the most extra over the least saved.

    Such an interval holds the ratio at least as often as each of the two holds its own. None where nothing is saved.
    """
    if side(saved, 0.0) is False:
        return None
    (least, most), (least_saved, most_saved) = ends(extra), ends(saved)
    pairs = (extra.value, saved.value), (least, most_saved), (most, least_saved)
    return Span(*(max(early_steps, seconds / gain) if gain > 0 else math.inf for seconds, gain in pairs))


def ends(estimate: Estimate) -> tuple[float, float]:
    """Those of the interval; without one, the quantity might be anything."""
    if estimate.low is None or estimate.high is None:
        return -math.inf, math.inf
    return estimate.low, estimate.high
