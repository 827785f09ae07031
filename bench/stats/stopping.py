"""When to stop measuring."""

from collections.abc import Iterable

from bench.stats.estimate import Estimate

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
