"""The threads of a worker: confining it to those it was given, and whether it keeps to them."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from bench.records.health import Health
from bench.records.record import CellEnded
from bench.worker.processors import ALLOWED

# CPU time is booked at kernel ticks, so a slice may seem to use a little more than it does.
TICK_TOLERANCE = 0.3
# The threads of this process.
TASKS = Path("/proc/self/task")


def confine(threads: str, loading: bool = False) -> None:
    """Some frameworks (JAX on a CPU) heed no thread variable, only which processors they may use.

    Those are the same for every worker that is timed; while they load they spread, so that several do so at once.
    """
    if threads == "all" or not hasattr(os, "sched_setaffinity"):
        return
    count = int(threads)
    first = os.getpid() % (len(ALLOWED) - count + 1) if loading else 0
    for task in TASKS.iterdir() if TASKS.is_dir() else (Path("0"),):
        with suppress(ProcessLookupError):  # it has ended since
            os.sched_setaffinity(int(task.name), ALLOWED[first : first + count])


def thread_pools() -> dict[str, Any]:
    """The thread pools that are really loaded, and the processors this process may use."""
    from threadpoolctl import threadpool_info

    pools = threadpool_info()
    names = [
        f"{pool['internal_api']} {pool.get('version') or ''}".strip() + f" x{pool['num_threads']}" for pool in pools
    ]
    widest = max((int(pool["num_threads"]) for pool in pools), default=0)
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return {"thread_pools": sorted(set(names)), "widest_pool": widest, "processors": processors}


def require_threads(threads: str, runtime: Mapping[str, Any], health: Health | None = None) -> None:
    """Raises CellEnded (failed) where a worker has not kept to `threads`, by its loaded pools or by what it used."""
    if threads == "all":
        return
    asked = f"--threads {threads} was asked for"
    if runtime["widest_pool"] > int(threads):
        pools = ", ".join(runtime["thread_pools"])
        raise CellEnded("failed", f"a thread pool has {runtime['widest_pool']} threads where {asked}: {pools}")
    if health and health.own_cores is not None and health.own_cores > int(threads) + TICK_TOLERANCE:
        raise CellEnded("failed", f"its threads kept {health.own_cores:.1f} processors busy where {asked}")
