"""The kinds of devices, and which of them this machine has. A new kind is one entry."""

import platform
from collections.abc import Mapping
from ctypes import util
from functools import cache
from pathlib import Path

from bench.host.cuda import CUDA
from bench.host.device import Device
from bench.workloads.dtypes import DTYPES

INTEL = "0x8086"  # its number among the makers of PCI devices
find_library = cache(util.find_library)  # it runs other programs


def has_apple_gpu() -> bool:
    return (platform.system(), platform.machine()) == ("Darwin", "arm64")


def has_intel_gpu(cards: Path = Path("/sys/class/drm")) -> bool:
    """Whether Linux knows one, and the loader of the driver that frameworks compute with is installed."""
    makers = {path.read_text().strip() for path in cards.glob("renderD*/device/vendor")}
    return INTEL in makers and find_library("ze_loader") is not None


# TensorFloat-32 is a mode of NVIDIA's GPUs alone.
CPU = Device("cpu", "CPU", dtypes=tuple(dtype for dtype in DTYPES if dtype != "tf32"))
MPS = Device(
    "mps",
    "mps GPU",
    "Apple GPU",
    has_apple_gpu,
    "macOS on Apple silicon, and Python built for it",
    "update macOS",
    dtypes=("float32", "bfloat16"),
    seen_by={"torch": lambda torch: bool(torch.backends.mps.is_available())},
    wake={"torch": lambda torch: (torch.zeros(1, device="mps"), torch.mps.synchronize())},
)
XPU = Device(
    "xpu",
    "xpu GPU",
    "Intel GPU",
    has_intel_gpu,
    "one and its Level Zero driver (sycl-ls shows both)",
    "check the driver with sycl-ls",
    dtypes=CPU.dtypes,
    seen_by={"torch": lambda torch: bool(torch.xpu.is_available())},
    wake={"torch": lambda torch: (torch.zeros(1, device="xpu"), torch.xpu.synchronize())},
    install={"torch": "pip install torch --index-url https://download.pytorch.org/whl/xpu"},
)
DEVICES: Mapping[str, Device] = {device.name: device for device in (CPU, CUDA, MPS, XPU)}


def present_devices() -> tuple[str, ...]:
    """The devices that this machine has, whatever the frameworks make of them."""
    return tuple(name for name, device in DEVICES.items() if device.present())


def all_devices() -> tuple[str, ...]:
    """Those present, and those that are missed."""
    return tuple(name for name, device in DEVICES.items() if device.missed or device.present())


def absent(name: str) -> str | None:
    """Why this machine has no such device, with the remedy; None where it has."""
    device = DEVICES[name]
    return None if device.present() else f"no {device.maker} here: needs {device.needs}"
