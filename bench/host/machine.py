"""What a run was measured on: hardware, software, and a fingerprint of both."""

import hashlib
import json
import os
import platform
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import psutil

from bench.host.frameworks import versions
from bench.host.nvml import gpus

# Changes of these change the times, so runs that differ in any are never mixed.
FINGERPRINTED = ("cpu", "cores", "memory_gib", "gpus", "system", "python", "packages")


@cache
def cpu_name() -> str:
    """The processor's own name, or its architecture where it has none."""
    try:
        from cpuinfo import get_cpu_info

        return str(get_cpu_info().get("brand_raw") or platform.machine())
    except ImportError:
        return platform.machine()


def machine() -> dict[str, Any]:
    """The machine as a run file's `machine_info`; `name` is a folder name and says nothing of its owner."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    facts = {
        "cpu": cpu_name(),
        "cores": cores,
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "gpus": [dict(gpu) for gpu in gpus()],
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "packages": versions(bool(gpus())),
    }
    facts["name"] = slug(facts)
    facts["fingerprint"] = fingerprint(facts)
    # What pytest-benchmark's own readers look for.
    facts |= {
        "node": facts["name"],
        "processor": platform.processor(),
        "machine": platform.machine(),
        "python_compiler": platform.python_compiler(),
        "python_implementation": platform.python_implementation(),
        "python_implementation_version": platform.python_version(),
        "python_version": platform.python_version(),
        "python_build": list(platform.python_build()),
        "release": platform.release(),
        "cpu_brand": facts["cpu"],
    }
    facts["cpu"] = {"brand_raw": facts["cpu"], "count": cores}
    return facts


def fingerprint(facts: Mapping[str, Any]) -> str:
    """Twelve hexadecimal digits that change with anything a time depends on, hardware or software."""
    relevant = json.dumps({key: facts[key] for key in FINGERPRINTED}, sort_keys=True)
    return hashlib.sha256(relevant.encode()).hexdigest()[:12]


def differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[str, ...]:
    """What differs between two run files' `machine_info` of all that a fingerprint covers: `torch 2.12.0 -> 2.13.0`."""
    changes = []
    for name in FINGERPRINTED:
        before, after = one.get(name), other.get(name)
        if before == after:
            continue
        if name == "packages":
            before, after = dict(before or {}), dict(after or {})
            changes += [
                f"{package} {before.get(package, 'absent')} -> {after.get(package, 'absent')}"
                for package in sorted(before.keys() | after.keys())
                if before.get(package) != after.get(package)
            ]
        else:
            changes.append(f"{name.replace('_', ' ')} {worded(before)} -> {worded(after)}")
    return tuple(changes)


def worded(fact: Any) -> str:
    """One fact of `machine_info` in a few words."""
    if isinstance(fact, Mapping):
        return " ".join(map(str, fact.values()))
    return " + ".join(map(worded, fact)) or "none" if isinstance(fact, list) else str(fact)


def slug(facts: Mapping[str, Any]) -> str:
    """The hardware in one word, such as `amd-epyc-2-cores` or `intel-xeon-16-cores-nvidia-h200`."""
    words = re.sub(r"\(R\)|\(TM\)|CPU|Processor|@.*", " ", str(facts["cpu"]))
    parts = [words, f"{facts['cores']} cores", *(gpu["name"] for gpu in facts["gpus"])]
    return re.sub(r"[^a-z0-9]+", "-", " ".join(parts).lower()).strip("-")
