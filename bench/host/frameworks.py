"""What the harness knows of each framework: how to install it, tame it, set its precision and ask it for a GPU.

A framework that is not listed here works too; it gets no settings and its own errors speak for it.
"""

import importlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any

from bench.host.cuda_events import Events, cupy_events, torch_events
from bench.workloads.problem import DTYPES


def torch_precision(dtype: str) -> dict[str, str]:
    return {"TORCH_ALLOW_TF32_CUBLAS_OVERRIDE": "1" if dtype == "tf32" else "0"}


def jax_precision(dtype: str) -> dict[str, str]:
    """On an NVIDIA GPU JAX multiplies float32 matrices in TF32 unless told otherwise."""
    # "tensorfloat32" only allows it: of XLA's kernels, cuBLAS's use it and Triton's do not
    products = {"tf32": "TF32_TF32_F32", "bfloat16": "bfloat16"}.get(dtype, "highest")
    return {"JAX_ENABLE_X64": "1" if dtype == "float64" else "0", "JAX_DEFAULT_MATMUL_PRECISION": products}


def cupy_precision(dtype: str) -> dict[str, str]:
    return {"CUPY_TF32": "1" if dtype == "tf32" else "0"}


def torch_sees(torch: Any, device: str) -> bool:
    module = {"cuda": torch.cuda, "mps": torch.backends.mps, "xpu": torch.xpu}[device]
    return bool(module.is_available())


@dataclass(frozen=True)
class Framework:
    """`install` is the remedy where it is missing; `packages` are the distributions whose versions matter, and
    `gpu_packages` those that matter to its GPU cells alone.

    `precision` gives the variables that make a dtype what it claims to be, as far as variables can (TensorFlow has
    none: its nets say it in code). `sees` (whether it can use a device besides the CPU), `device_bytes` (the peak of
    what it has allocated on an NVIDIA GPU) and `events` (of that GPU's queue) take the imported module; `install_for`
    is the remedy where it sees none.
    """

    install: str
    install_for: Mapping[str, str]
    packages: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    gpu_packages: tuple[str, ...] = ()
    precision: Callable[[str], Mapping[str, str]] = lambda dtype: {}
    sees: Callable[[Any, str], bool] = lambda module, device: False
    device_bytes: Callable[[Any], int | None] = lambda module: None
    events: Callable[[Any], Events | None] = lambda module: None


FRAMEWORKS: dict[str, Framework] = {
    "numpy": Framework("pip install numpy", {"cuda": "pip install cupy-cuda13x"}, ("numpy",)),
    "torch": Framework(
        "pip install torch",
        {
            "cuda": "pip install torch from an index with CUDA builds",
            "xpu": "pip install torch --index-url https://download.pytorch.org/whl/xpu",
        },
        ("torch",),
        gpu_packages=("triton",),
        precision=torch_precision,
        sees=torch_sees,
        device_bytes=lambda torch: int(torch.cuda.max_memory_reserved()),
        events=torch_events,
    ),
    "tensorflow": Framework(
        "pip install tensorflow",
        {"cuda": 'pip install "tensorflow[and-cuda]"'},
        ("tensorflow", "tensorflow-cpu"),
        {"TF_CPP_MIN_LOG_LEVEL": "2", "TF_FORCE_GPU_ALLOW_GROWTH": "true"},
        sees=lambda tensorflow, device: device == "cuda" and bool(tensorflow.config.list_physical_devices("GPU")),
        device_bytes=lambda tensorflow: int(tensorflow.config.experimental.get_memory_info("GPU:0")["peak"]),
    ),
    "keras": Framework(
        "pip install keras tensorflow",
        {"cuda": 'pip install keras "tensorflow[and-cuda]"'},
        ("keras",),
        {"TF_CPP_MIN_LOG_LEVEL": "2", "TF_FORCE_GPU_ALLOW_GROWTH": "true", "XLA_PYTHON_CLIENT_PREALLOCATE": "false"},
        precision=lambda dtype: torch_precision(dtype) | jax_precision(dtype),
        sees=lambda keras, device: sees(keras.backend.backend(), device),
        device_bytes=lambda keras: device_bytes(keras.backend.backend()),
        events=lambda keras: events(keras.backend.backend()),
    ),
    "jax": Framework(
        "pip install jax",
        {"cuda": 'pip install "jax[cuda13]"'},
        ("jax", "jaxlib"),
        {"XLA_PYTHON_CLIENT_PREALLOCATE": "false"},
        precision=jax_precision,
        sees=lambda jax, device: device == "cuda" and any(found.platform == "gpu" for found in jax.devices()),
        device_bytes=lambda jax: (jax.devices("gpu")[0].memory_stats() or {}).get("peak_bytes_in_use"),
    ),
    "cupy": Framework(
        "pip install cupy-cuda13x",
        {},
        ("cupy-cuda13x", "cupy-cuda12x", "cupy"),
        precision=cupy_precision,
        sees=lambda cupy, device: device == "cuda" and bool(cupy.cuda.is_available()),
        device_bytes=lambda cupy: int(cupy.get_default_memory_pool().total_bytes()),
        events=cupy_events,
    ),
}

# What may set the precision in the caller's shell, where it would falsify what a cell claims: the frameworks' own
# variables, and those that NVIDIA's libraries and oneDNN obey in all of them.
PRECISION_VARIABLES = frozenset(
    name for known in FRAMEWORKS.values() for dtype in DTYPES for name in known.precision(dtype)
) | {"NVIDIA_TF32_OVERRIDE", "ONEDNN_DEFAULT_FPMATH_MODE"}


def missing(modules: tuple[str, ...]) -> str | None:
    """Why these modules cannot be imported, with the remedy; None where they can."""
    for module in modules:
        if find_spec(module) is None:
            known = FRAMEWORKS.get(module)
            return f"{module} is not installed: {known.install if known else f'pip install {module}'}"
    return None


def sees(name: str, device: str) -> bool:
    """Whether a framework can use a device besides the CPU; imports it. One that is not listed is taken at its word."""
    known = FRAMEWORKS.get(name)
    return known is None or known.sees(importlib.import_module(name), device)


def device_bytes(name: str) -> int | None:
    """The peak of what an imported framework has allocated on the GPU; None where it does not tell."""
    known = FRAMEWORKS.get(name)
    return known.device_bytes(importlib.import_module(name)) if known else None


def events(name: str) -> Events | None:
    """How an imported framework marks moments of the GPU's queue; None where it does not offer it."""
    known = FRAMEWORKS.get(name)
    return known.events(importlib.import_module(name)) if known else None


def versions(gpus: bool) -> dict[str, str]:
    """Installed versions of every package that matters here, with GPUs or without; imports none."""
    found = {}
    for package in packages(gpus):
        with suppress(PackageNotFoundError):
            found[package] = version(package)
    return found


def packages(gpus: bool) -> list[str]:
    """The distributions of all frameworks whose versions matter, with GPUs or without."""
    return [name for known in FRAMEWORKS.values() for name in known.packages + known.gpu_packages * gpus]
