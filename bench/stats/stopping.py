"""When to stop measuring."""

import math
from collections.abc import Iterable

from bench.stats.estimate import FIRM_RESTARTS, Estimate

# A rule that stopped at the first precise look would stop at lucky ones.
PRECISE_LOOKS = 5


def precise(speedups: Iterable[Estimate | None], precision: float) -> bool:
    """Whether every speedup's half-width is within `precision` (relative); False for one that is missing."""
    return all(speedup is not None and speedup.precision <= precision for speedup in speedups)


def enough(precise_looks: int, restarts: int, least_restarts: int, most_restarts: int) -> bool:
    """Whether to stop: after `least_restarts` once PRECISE_LOOKS in a row were precise, or at the most.

    There is a look after every restart.
    """
    if restarts >= most_restarts:
        return True
    return restarts >= least_restarts and precise_looks >= PRECISE_LOOKS


def seconds_until_precise(budget_seconds: float, estimate: Estimate, precision: float) -> int:
    """About how long a run takes to know what an estimate knows within `precision`, to two digits, rounded up.

    `budget_seconds` are those that the estimate took. An interval narrows with the root of the number of restarts.
    """
    restarts = max(1, estimate.restarts)
    wider = estimate.precision / precision if precision and math.isfinite(estimate.precision) else 1.0
    needed = max(FIRM_RESTARTS, restarts * max(1.0, wider) ** 2)
    seconds = budget_seconds * needed / restarts
    unit = 10.0 ** max(0, math.floor(math.log10(max(1.0, seconds))) - 1)
    return int(math.ceil(round(seconds / unit, 6)) * unit)
