"""What a run was measured on: hardware, software, and a fingerprint of both."""

import hashlib
import json
import os
import platform
import re
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import psutil

from bench.host.frameworks import versions

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


@cache
def gpus() -> tuple[Mapping[str, str], ...]:
    """Name, driver and memory of each NVIDIA GPU; empty where there is no driver to ask."""
    try:
        import pynvml
    except ImportError:
        return _gpus_by_command()
    try:
        pynvml.nvmlInit()
        driver = pynvml.nvmlSystemGetDriverVersion()
        handles = [pynvml.nvmlDeviceGetHandleByIndex(index) for index in range(pynvml.nvmlDeviceGetCount())]
        return tuple(
            {
                "name": str(pynvml.nvmlDeviceGetName(handle)),
                "driver": str(driver),
                "memory_gib": f"{pynvml.nvmlDeviceGetMemoryInfo(handle).total / 2**30:.0f}",
            }
            for handle in handles
        )
    except pynvml.NVMLError:
        return ()


def _gpus_by_command() -> tuple[Mapping[str, str], ...]:
    """The same from nvidia-smi, for machines without nvidia-ml-py."""
    query = ["nvidia-smi", "--query-gpu=name,driver_version,memory.total", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(query, capture_output=True, text=True, timeout=20, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return ()
    return parsed_gpus(answer)


def parsed_gpus(answer: str) -> tuple[Mapping[str, str], ...]:
    """The lines of nvidia-smi; a memory that it does not tell is "?"."""
    rows = [line.split(", ") for line in answer.strip().splitlines()]
    return tuple(
        {"name": row[0], "driver": row[1], "memory_gib": f"{int(row[2]) / 1024:.0f}" if row[2].isdecimal() else "?"}
        for row in rows
        if len(row) == 3
    )


def machine() -> dict[str, Any]:
    """The machine as a run file's `machine_info`; `name` is a folder name and says nothing of its owner."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    found = {
        "cpu": cpu_name(),
        "cores": cores,
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "gpus": [dict(gpu) for gpu in gpus()],
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "packages": versions(bool(gpus())),
    }
    found["name"] = slug(found)
    found["fingerprint"] = fingerprint(found)
    # What pytest-benchmark's own readers look for.
    found |= {
        "node": found["name"],
        "processor": platform.processor(),
        "machine": platform.machine(),
        "python_compiler": platform.python_compiler(),
        "python_implementation": platform.python_implementation(),
        "python_implementation_version": platform.python_version(),
        "python_version": platform.python_version(),
        "python_build": list(platform.python_build()),
        "release": platform.release(),
        "cpu_brand": found["cpu"],
    }
    found["cpu"] = {"brand_raw": found["cpu"], "count": cores}
    return found


def fingerprint(found: Mapping[str, Any]) -> str:
    """Twelve hexadecimal digits that change with anything a time depends on, hardware or software."""
    relevant = json.dumps({key: found[key] for key in FINGERPRINTED}, sort_keys=True)
    return hashlib.sha256(relevant.encode()).hexdigest()[:12]


def differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[str, ...]:
    """What differs between two run files' `machine_info` of all that a fingerprint covers: `torch 2.12.0 -> 2.13.0`."""
    found = []
    for name in FINGERPRINTED:
        before, after = one.get(name), other.get(name)
        if before == after:
            continue
        if name == "packages":
            before, after = dict(before or {}), dict(after or {})
            found += [
                f"{package} {before.get(package, 'absent')} -> {after.get(package, 'absent')}"
                for package in sorted(before.keys() | after.keys())
                if before.get(package) != after.get(package)
            ]
        else:
            found.append(f"{name.replace('_', ' ')} {worded(before)} -> {worded(after)}")
    return tuple(found)


def worded(fact: Any) -> str:
    """One fact of `machine_info` in a few words."""
    if isinstance(fact, Mapping):
        return " ".join(map(str, fact.values()))
    return " + ".join(map(worded, fact)) or "none" if isinstance(fact, list) else str(fact)


def slug(found: Mapping[str, Any]) -> str:
    """The hardware in one word, such as `amd-epyc-2-cores` or `intel-xeon-16-cores-nvidia-h200`."""
    words = re.sub(r"\(R\)|\(TM\)|CPU|Processor|@.*", " ", str(found["cpu"]))
    parts = [words, f"{found['cores']} cores", *(gpu["name"] for gpu in found["gpus"])]
    return re.sub(r"[^a-z0-9]+", "-", " ".join(parts).lower()).strip("-")


def commit(folder: Path) -> dict[str, Any]:
    """The checked-out revision as a run file's `commit_info`; id `unversioned` outside a git checkout."""

    def git(*words: str) -> str:
        return subprocess.run(
            ["git", "-C", str(folder), *words], capture_output=True, text=True, check=True, timeout=20
        ).stdout.strip()

    try:
        if Path(git("rev-parse", "--show-toplevel")).resolve() != folder.resolve():
            raise OSError("the checkout is somebody else's")
        return {
            "id": git("rev-parse", "HEAD"),
            "time": git("show", "-s", "--format=%cI", "HEAD"),
            "author_time": git("show", "-s", "--format=%aI", "HEAD"),
            "dirty": bool(git("status", "--porcelain", "--untracked-files=no")),
            "branch": git("rev-parse", "--abbrev-ref", "HEAD"),
            "project": "fiftyx",
        }
    except (OSError, subprocess.SubprocessError):
        now = datetime.now(UTC).isoformat()
        return {
            "id": "unversioned",
            "time": now,
            "author_time": now,
            "dirty": False,
            "branch": "(unknown)",
            "project": "fiftyx",
        }
