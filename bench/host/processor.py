"""The processor: its generation, instruction sets, caches and cores, as the system tells them."""

import os
import platform
import re
from collections.abc import Collection, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import psutil

CPUINFO, CPUS = Path("/proc/cpuinfo"), Path("/sys/devices/system/cpu")
# The instruction sets that libraries choose their kernels by.
VECTORS = re.compile(r"sse4[._]2|avx[\w.]*|fma4?|f16c|amx\w*|neon|asimd\w*|sve\w*|sme(?!p)\w*|bf16|i8mm")
CACHE_SUFFIXES = {"Data": "d", "Instruction": "i", "Unified": ""}


def usable_cpus() -> list[int]:
    """The numbers of the logical CPUs that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def processor(usable: Collection[int], cpuinfo: Path = CPUINFO, cpus: Path = CPUS) -> dict[str, Any]:
    """`brand_raw` and `count`, and `family`, `model`, `stepping`, `instruction_sets`, `caches` and those of `topology`.

    What the system does not tell is absent. Caches are those of the first usable CPU.
    """
    told = fields(cpuinfo)
    facts: dict[str, Any] = {"brand_raw": told.get("model name") or name_elsewhere(), "count": len(usable)}
    for key, field in {"family": "cpu family", "model": "model", "stepping": "stepping"}.items():
        if told.get(field, "").isdecimal():
            facts[key] = int(told[field])
    if sets := sorted(filter(VECTORS.fullmatch, flags(told))):
        facts["instruction_sets"] = sets
    if found := caches(cpus / f"cpu{min(usable)}" / "cache"):
        facts["caches"] = found
    return facts | topology(usable, cpus)


def fields(cpuinfo: Path = CPUINFO) -> dict[str, str]:
    """What Linux tells of the first CPU, by field; empty elsewhere."""
    with suppress(OSError):
        lines = cpuinfo.read_text().partition("\n\n")[0].splitlines()
        return {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return {}


def flags(told: Mapping[str, str]) -> list[str]:
    """`flags` on x86, `Features` on Arm."""
    return (told.get("flags") or told.get("Features", "")).split()


@cache
def name_elsewhere() -> str:
    """The processor's own name where Linux's list of CPUs has none, or its architecture."""
    try:
        from cpuinfo import get_cpu_info

        return str(get_cpu_info().get("brand_raw") or platform.machine())
    except ImportError:
        return platform.machine()


def caches(folder: Path) -> dict[str, str]:
    """`{"L1d": "32 KiB", "L3": "32 MiB shared by 8 CPUs"}`, of one CPU; empty where it is not told."""
    found = {}
    for index in sorted(folder.glob("index*")):
        with suppress(OSError, KeyError, ValueError):
            level, kind, size = ((index / name).read_text().strip() for name in ("level", "type", "size"))
            kib, shared = int(size.removesuffix("K")), len(listed(index / "shared_cpu_list"))
            amount = f"{kib // 1024} MiB" if kib % 1024 == 0 else f"{kib} KiB"
            found[f"L{level}{CACHE_SUFFIXES[kind]}"] = f"{amount} shared by {shared} CPUs" if shared > 1 else amount
    return found


def topology(usable: Collection[int], cpus: Path = CPUS) -> dict[str, int]:
    """`physical_cores`, whose threads are the usable CPUs, and `threads_per_core`; empty where it is not told.

    A virtual machine tells what its hypervisor shows it.
    """
    cores = {siblings(number, cpus) for number in usable}
    if all(cores):
        return {"physical_cores": len(cores), "threads_per_core": max(map(len, cores))}
    physical, logical = psutil.cpu_count(logical=False), psutil.cpu_count()
    if cpus.is_dir() or not physical or not logical or logical % physical:
        return {}
    return {"physical_cores": physical, "threads_per_core": logical // physical}


def siblings(number: int, cpus: Path = CPUS) -> frozenset[int]:
    """The hardware threads of a CPU's core, itself among them; empty where the system does not tell."""
    with suppress(OSError):
        return listed(cpus / f"cpu{number}" / "topology" / "thread_siblings_list")
    return frozenset()


def listed(path: Path) -> frozenset[int]:
    """The numbers of a list of Linux: `0-3,8`. Raises OSError where there is none."""
    ranges = re.findall(r"(\d+)(?:-(\d+))?", path.read_text())
    return frozenset(number for first, last in ranges for number in range(int(first), int(last or first) + 1))
