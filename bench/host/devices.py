"""A device besides the CPU: what it is called, whether this machine has it, and what it takes to use it."""

import platform
from collections.abc import Callable
from ctypes import util
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bench.host.frameworks import FRAMEWORKS, sees
from bench.host.machine import gpus

INTEL = "0x8086"  # its number among the makers of PCI devices
find_library = cache(util.find_library)  # it runs other programs


@dataclass(frozen=True)
class Device:
    """`needs` is what it takes besides a framework; `check` is what to do where the framework does not see it."""

    name: str
    present: Callable[[], bool]
    needs: str
    check: str


def has_nvidia_gpu() -> bool:
    return bool(gpus())


def has_apple_gpu() -> bool:
    return (platform.system(), platform.machine()) == ("Darwin", "arm64")


def has_intel_gpu(cards: Path = Path("/sys/class/drm")) -> bool:
    """Whether Linux knows one, and the loader of the driver that frameworks compute with is installed."""
    makers = {path.read_text().strip() for path in cards.glob("renderD*/device/vendor")}
    return INTEL in makers and find_library("ze_loader") is not None


ACCELERATORS = {
    "cuda": Device(
        "NVIDIA GPU",
        has_nvidia_gpu,
        "one and its driver (nvidia-smi shows both)",
        "check the driver with nvidia-smi",
    ),
    "mps": Device(
        "Apple GPU",
        has_apple_gpu,
        "macOS on Apple silicon, and Python built for it",
        "update macOS",
    ),
    "xpu": Device(
        "Intel GPU",
        has_intel_gpu,
        "one and its Level Zero driver (sycl-ls shows both)",
        "check the driver with sycl-ls",
    ),
}


def present_devices() -> tuple[str, ...]:
    """The devices that this machine has, whatever the frameworks make of them."""
    return ("cpu", *(name for name, device in ACCELERATORS.items() if device.present()))


def all_devices() -> tuple[str, ...]:
    """Those present, and NVIDIA's also where it is missing: what it would take is told of that one alone."""
    return tuple(name for name in ("cpu", *ACCELERATORS) if name == "cuda" or name in present_devices())


def absent(name: str) -> str | None:
    """Why this machine has no such device, with the remedy; None where it has."""
    if name in present_devices():
        return None
    return f"no {ACCELERATORS[name].name} here: needs {ACCELERATORS[name].needs}"


def refused(framework: str, name: str) -> str | None:
    """Why a framework cannot use a device that is there, with the remedy; imports the framework."""
    if name == "cpu" or sees(framework, name):
        return None
    device, known = ACCELERATORS[name], FRAMEWORKS[framework]
    remedy = known.install_for.get(name, known.install)
    return f"this build of {framework} sees no {device.name}: {remedy}, and {device.check}"
