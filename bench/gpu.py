"""What NVML says of an NVIDIA GPU while it is measured: clocks, temperature, throttling, other processes."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True)
class GpuReading:
    """One look at a GPU; None for what it does not tell."""

    mhz: int | None = None
    celsius: int | None = None
    throttled: tuple[str, ...] = ()
    processes: int = 0


def reasons(bits: int) -> tuple[str, ...]:
    """The names of the set bits that mean throttling."""
    return tuple(name for bit, name in REASONS.items() if bits & bit)


def visible_index(environment: Mapping[str, str]) -> int | str:
    """Which GPU the frameworks call the first: an index, or a UUID where CUDA_VISIBLE_DEVICES names one."""
    first = environment.get("CUDA_VISIBLE_DEVICES", "").split(",")[0].strip()
    return first if first.startswith("GPU-") else int(first) if first.isdecimal() else 0


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
        bits = self._ask(nvml.nvmlDeviceGetCurrentClocksThrottleReasons)
        return GpuReading(
            self._ask(nvml.nvmlDeviceGetClockInfo, nvml.NVML_CLOCK_SM),
            self._ask(nvml.nvmlDeviceGetTemperature, nvml.NVML_TEMPERATURE_GPU),
            reasons(bits or 0),
            len(self._ask(nvml.nvmlDeviceGetComputeRunningProcesses) or ()),
        )

    def _ask(self, question: Any, *more: Any) -> Any:
        try:
            return question(self._handle, *more)
        except self._nvml.NVMLError:
            return None
