"""What a run was measured on: hardware, software, and a fingerprint of both."""

import platform
import re
from collections.abc import Mapping
from typing import Any

import psutil

from bench.host.fingerprint import fingerprint
from bench.host.frameworks import versions
from bench.host.nvml import gpus
from bench.host.processor import processor, usable_cpus
from bench.host.system import system_facts


def machine() -> dict[str, Any]:
    """The machine as a run file's `machine_info`; `name` is a folder name and says nothing of its owner.

    `cores` counts the logical CPUs that this process may use.
    """
    usable = usable_cpus()
    facts: dict[str, Any] = {
        "cpu": processor(usable),
        "cores": len(usable),
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "gpus": [dict(gpu) for gpu in gpus()],
        **system_facts(usable),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "packages": versions(bool(gpus())),
    }
    facts["name"] = slug(facts)
    facts["fingerprint"] = fingerprint(facts)
    # What pytest-benchmark's own readers look for.
    return facts | {
        "node": facts["name"],
        "processor": platform.processor(),
        "machine": platform.machine(),
        "python_compiler": platform.python_compiler(),
        "python_implementation": platform.python_implementation(),
        "python_implementation_version": platform.python_version(),
        "python_version": platform.python_version(),
        "python_build": list(platform.python_build()),
        "release": platform.release(),
        "cpu_brand": facts["cpu"]["brand_raw"],
    }


def slug(facts: Mapping[str, Any]) -> str:
    """The hardware in one word, such as `amd-epyc-2-cores` or `intel-xeon-16-cores-nvidia-h200`."""
    words = re.sub(r"\(R\)|\(TM\)|CPU|Processor|@.*", " ", str(facts["cpu"]["brand_raw"]))
    parts = [words, f"{facts['cores']} cores", *(gpu["name"] for gpu in facts["gpus"])]
    return re.sub(r"[^a-z0-9]+", "-", " ".join(parts).lower()).strip("-")
