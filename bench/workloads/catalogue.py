"""Every workload, found by existing: each file under `definitions/` gives its own in WORKLOADS."""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from bench.workloads import definitions
from bench.workloads.workload import Workload


def discovered() -> dict[str, Workload]:
    """The workloads of all files by name, in the order of their lessons."""
    modules = [import_module(f"{definitions.__name__}.{each.name}") for each in iter_modules(definitions.__path__)]
    workloads = [workload for module in modules for workload in module.WORKLOADS]
    return {workload.name: workload for workload in sorted(workloads, key=lambda workload: workload.lesson)}


WORKLOADS: Mapping[str, Workload] = discovered()
TIMED = tuple(name for name, workload in WORKLOADS.items() if workload.timed)
