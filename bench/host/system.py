"""What lies between the processor and a net: hypervisor, C library, huge pages, CPU governor, NumPy's BLAS."""

import os
import re
import subprocess
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from typing import Any

from bench.host.processor import CPUINFO, CPUS, fields, flags

HUGE_PAGES = Path("/sys/kernel/mm/transparent_hugepage/enabled")


def system_facts(usable: Collection[int]) -> dict[str, str]:
    """`hypervisor`, `libc`, `huge_pages`, `governor` and `blas`; what the system does not tell is absent."""
    facts = {
        "hypervisor": hypervisor(),
        "libc": libc(),
        "huge_pages": huge_pages(),
        "governor": governor(usable),
        "blas": blas(),
    }
    return {name: fact for name, fact in facts.items() if fact}


def lscpu() -> str:
    """The answer of the command; empty where there is none."""
    try:
        variables = {**os.environ, "LC_ALL": "C"}
        return subprocess.run(["lscpu"], capture_output=True, text=True, timeout=5, env=variables).stdout
    except (OSError, subprocess.SubprocessError):
        return ""


def hypervisor(cpuinfo: Path = CPUINFO, lscpu: Callable[[], str] = lscpu) -> str:
    """`KVM`; `unnamed` where there is one without a name, `none` where an x86 processor has none, else empty."""
    if named := re.search(r"^Hypervisor vendor: *(\S.*)", lscpu(), re.MULTILINE):
        return named[1].strip()
    told = fields(cpuinfo)
    if "hypervisor" in flags(told):
        return "unnamed"
    return "none" if "flags" in told else ""  # of x86 alone, where each hypervisor sets its flag


def libc() -> str:
    """`glibc 2.36`; empty where the C library does not name itself."""
    with suppress(AttributeError, OSError, ValueError):
        return os.confstr("CS_GNU_LIBC_VERSION") or ""
    return ""


def huge_pages(path: Path = HUGE_PAGES) -> str:
    """When Linux uses transparent huge pages: `always`, `madvise` or `never`; empty elsewhere."""
    with suppress(OSError):
        chosen = re.search(r"\[(\w+)\]", path.read_text())
        return chosen[1] if chosen else ""
    return ""


def governor(usable: Collection[int], cpus: Path = CPUS) -> str:
    """What chooses the clock of the usable CPUs, such as `performance`; empty where Linux does not."""
    chosen = set()
    for number in usable:
        with suppress(OSError):
            chosen.add((cpus / f"cpu{number}" / "cpufreq" / "scaling_governor").read_text().strip())
    return " and ".join(sorted(chosen))


def loaded_libraries() -> list[dict[str, Any]]:
    """The libraries with thread pools that this process has loaded, NumPy's among them."""
    import numpy  # noqa: F401  its BLAS is what is asked about
    from threadpoolctl import threadpool_info

    return list(threadpool_info())


def blas(loaded: Callable[[], list[dict[str, Any]]] = loaded_libraries) -> str:
    """NumPy's BLAS, its version and the processor whose kernels it has chosen: `openblas 0.3.31 Haswell`.

    Empty where it does not tell, or where others are loaded from which it cannot be told apart.
    """
    libraries = [library for library in loaded() if library.get("user_api") == "blas"]
    own = [library for library in libraries if "numpy" in str(library.get("filepath", ""))] or libraries
    if len(own) != 1:
        return ""
    facts = (own[0].get(name) for name in ("internal_api", "version", "architecture"))
    return " ".join(str(fact) for fact in facts if fact)
