"""Whether a worker keeps to the threads it was given."""

from collections.abc import Mapping
from typing import Any

from bench.records.health import Health

# CPU time is booked at kernel ticks, so a slice may seem to use a little more than it does.
TICK_TOLERANCE = 0.3


def overshoot(threads: str, runtime: Mapping[str, Any], health: Health | None = None) -> str | None:
    """Why the worker has not kept to `threads`, by its loaded pools or by what it used; None where it has."""
    if threads == "all":
        return None
    asked = f"--threads {threads} was asked for"
    if runtime["widest_pool"] > int(threads):
        return f"a thread pool has {runtime['widest_pool']} threads where {asked}: {', '.join(runtime['thread_pools'])}"
    if health and health.own_cores is not None and health.own_cores > int(threads) + TICK_TOLERANCE:
        return f"its threads kept {health.own_cores:.1f} processors busy where {asked}"
    return None
