"""A machine's processor in words, from its `machine_info`."""

from collections.abc import Mapping
from typing import Any

Machine = Mapping[str, Any]


def processor(machine: Machine) -> str:
    """The processor's own name."""
    cpu = machine.get("cpu")
    name = cpu.get("brand_raw") if isinstance(cpu, Mapping) else cpu
    return str(name or "unknown processor")


def cpus(machine: Machine) -> str:
    """How many CPUs a run could use, by their right name: `4 cores`, `16 virtual CPUs`.

    Cores only where each has one thread and no hypervisor; `4 CPUs` where that is not known, as in older files.
    """
    count, hypervisor = machine.get("cores", "?"), machine.get("hypervisor")
    cores, threads = topology(machine)
    if hypervisor == "none" and cores == count and threads == 1:
        return counted(count, "core")
    return counted(count, "virtual CPU" if hypervisor and hypervisor != "none" else "CPU")


def cpus_and_cores(machine: Machine) -> str:
    """`16 virtual CPUs (8 cores, 2 threads each)`, or `3 CPUs (2 cores)` where not all threads could be used."""
    cores, threads = topology(machine)
    if not cores or not threads or threads == 1:
        return cpus(machine)
    each = f", {threads} threads each" if cores * threads == machine.get("cores") else ""
    return f"{cpus(machine)} ({counted(cores, 'core')}{each})"


def topology(machine: Machine) -> tuple[int | None, int | None]:
    """Physical cores and threads of each; None for what the system did not tell."""
    cpu = machine.get("cpu")
    facts = cpu if isinstance(cpu, Mapping) else {}
    return facts.get("physical_cores"), facts.get("threads_per_core")


def counted(number: object, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
