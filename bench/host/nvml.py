"""What NVML says of an NVIDIA GPU while it is measured: clocks, temperature, power, throttling, other processes."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

# NVML's bits for why a clock is held down (nvml.h, nvmlClocksEventReason*). An idle GPU, and clocks that somebody
# has set, are no throttling.
REASONS = {
    0x4: "power cap",
    0x8: "hardware slowdown",
    0x20: "thermal slowdown",
    0x40: "hardware thermal slowdown",
    0x80: "power brake",
}


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


@dataclass(frozen=True)
class GpuReading:
    """One look at a GPU; None for what it does not tell."""

    mhz: int | None = None
    celsius: int | None = None
    throttled: tuple[str, ...] = ()
    processes: int = 0
    watts: float | None = None


def reasons(bits: int) -> tuple[str, ...]:
    """The names of the set bits that mean throttling."""
    return tuple(name for bit, name in REASONS.items() if bits & bit)


def visible_index(environment: Mapping[str, str]) -> int | str:
    """Which GPU the frameworks call the first: an index, or a UUID where CUDA_VISIBLE_DEVICES names one."""
    first = environment.get("CUDA_VISIBLE_DEVICES", "").split(",")[0].strip()
    return first if first.startswith("GPU-") else int(first) if first.isdecimal() else 0


def thousandth(count: int | None) -> float | None:
    """NVML counts power and energy in thousandths."""
    return None if count is None else count / 1000


class GpuWatch:
    """Looks at the GPU that the frameworks use; every reading is empty where NVML or the GPU is missing."""

    def __init__(self) -> None:
        self._nvml: Any = None
        try:
            import pynvml
        except ImportError:
            return
        try:
            pynvml.nvmlInit()
            index = visible_index(os.environ)
            by_name = pynvml.nvmlDeviceGetHandleByUUID if isinstance(index, str) else pynvml.nvmlDeviceGetHandleByIndex
            self._handle = by_name(index)
            self._nvml = pynvml
        except pynvml.NVMLError:
            pass

    def read(self) -> GpuReading:
        """The GPU as it is now."""
        nvml = self._nvml
        if nvml is None:
            return GpuReading()
        bits = self._ask("CurrentClocksThrottleReasons")
        return GpuReading(
            self._ask("ClockInfo", nvml.NVML_CLOCK_SM),
            self._ask("Temperature", nvml.NVML_TEMPERATURE_GPU),
            reasons(bits or 0),
            len(self._ask("ComputeRunningProcesses") or ()),
            thousandth(self._ask("PowerUsage")),
        )

    def joules(self) -> float | None:
        """What the GPU has used since its driver was loaded; None where it does not count."""
        return thousandth(self._ask("TotalEnergyConsumption"))

    def _ask(self, question: str, *more: Any) -> Any:
        """NVML's answer; None where it, its Python package or the GPU has none."""
        if self._nvml is None:
            return None
        try:
            return getattr(self._nvml, f"nvmlDeviceGet{question}")(self._handle, *more)
        except (AttributeError, self._nvml.NVMLError):
            return None
