"""What the harness knows of each framework: how to install it, tame it, set its precision and what it does on a device.

A framework that is not listed here works too; it gets no settings and its own errors speak for it.
"""

import importlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any, TypeVar

from bench.host.device import Events
from bench.host.devices import DEVICES
from bench.workloads.dtypes import DTYPES

T = TypeVar("T")


def torch_precision(dtype: str) -> dict[str, str]:
    return {"TORCH_ALLOW_TF32_CUBLAS_OVERRIDE": "1" if dtype == "tf32" else "0"}


def jax_precision(dtype: str) -> dict[str, str]:
    """On an NVIDIA GPU JAX multiplies float32 matrices in TF32 by default."""
    # "tensorfloat32" only allows it: of XLA's kernels, cuBLAS's use it and Triton's do not
    products = {"tf32": "TF32_TF32_F32", "bfloat16": "bfloat16"}.get(dtype, "highest")
    return {"JAX_ENABLE_X64": "1" if dtype == "float64" else "0", "JAX_DEFAULT_MATMUL_PRECISION": products}


def cupy_precision(dtype: str) -> dict[str, str]:
    return {"CUPY_TF32": "1" if dtype == "tf32" else "0"}


@dataclass(frozen=True)
class Framework:
    """`install` is the remedy where it is missing; `packages` are the distributions whose versions matter, and
    `gpu_packages` those that matter to its GPU cells alone.

    `precision` gives the environment variables that make the products as precise as a dtype claims (TensorFlow has
    none: its nets say it in code). One that computes by another framework names its `backend`, given its module. What
    it knows of a device is said with the device.
    """

    install: str
    packages: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    gpu_packages: tuple[str, ...] = ()
    precision: Callable[[str], Mapping[str, str]] = lambda dtype: {}
    backend: Callable[[Any], str] | None = None


FRAMEWORKS: dict[str, Framework] = {
    "numpy": Framework("pip install numpy", ("numpy",)),
    "torch": Framework("pip install torch", ("torch",), gpu_packages=("triton",), precision=torch_precision),
    "tensorflow": Framework(
        "pip install tensorflow",
        ("tensorflow", "tensorflow-cpu"),
        {"TF_CPP_MIN_LOG_LEVEL": "2", "TF_FORCE_GPU_ALLOW_GROWTH": "true"},
    ),
    "keras": Framework(
        "pip install keras tensorflow",
        ("keras",),
        {"TF_CPP_MIN_LOG_LEVEL": "2", "TF_FORCE_GPU_ALLOW_GROWTH": "true", "XLA_PYTHON_CLIENT_PREALLOCATE": "false"},
        precision=lambda dtype: torch_precision(dtype) | jax_precision(dtype),
        backend=lambda keras: str(keras.backend.backend()),
    ),
    "jax": Framework(
        "pip install jax", ("jax", "jaxlib"), {"XLA_PYTHON_CLIENT_PREALLOCATE": "false"}, precision=jax_precision
    ),
    "cupy": Framework("pip install cupy-cuda13x", ("cupy-cuda13x", "cupy-cuda12x", "cupy"), precision=cupy_precision),
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


def computing(name: str) -> tuple[str, Any]:
    """The framework that does the work of this one, itself or its backend, and its module, which is imported."""
    module = importlib.import_module(name)
    known = FRAMEWORKS.get(name)
    return computing(known.backend(module)) if known and known.backend else (name, module)


def sees(framework: str, device: str) -> bool:
    """Whether a framework can use a GPU; imports it. One that is not listed is believed to, and so is its backend."""
    name, module = computing(framework) if framework in FRAMEWORKS else (framework, None)
    if name not in FRAMEWORKS:
        return True
    return name in DEVICES[device].seen_by and DEVICES[device].seen_by[name](module)


def refused(framework: str, device: str) -> str | None:
    """Why a framework cannot use a device that is there, with the remedy; imports the framework."""
    if not DEVICES[device].is_gpu or sees(framework, device):
        return None
    remedy = DEVICES[device].install.get(framework, FRAMEWORKS[framework].install)
    return f"this build of {framework} sees no {DEVICES[device].maker}: {remedy}, and {DEVICES[device].check}"


def allocated_bytes(framework: str, device: str) -> int | None:
    """The peak of what an imported framework has allocated on a device; None where it does not tell."""
    return of_device(DEVICES[device].allocated_bytes, framework)


def wake(framework: str, device: str) -> bool:
    """Starts a GPU with one tiny operation, so that no net's set-up holds its start; whether the device is awake.

    A CPU always is; a GPU is not where this project knows no such operation of the framework.
    """
    if not DEVICES[device].is_gpu:
        return True
    name, module = computing(framework) if framework in FRAMEWORKS else (framework, None)
    start = DEVICES[device].wake.get(name)
    if start:
        start(module)
    return start is not None


def events(framework: str, device: str) -> Events | None:
    """How an imported framework marks moments of a device's queue; None where it does not offer it."""
    return of_device(DEVICES[device].events, framework)


def of_device(by_framework: Mapping[str, Callable[[Any], T]], framework: str) -> T | None:
    """What a device's entry for a framework, or its backend, gives; without any entry nothing is imported."""
    if not by_framework or framework not in FRAMEWORKS:
        return None
    name, module = computing(framework)
    return by_framework[name](module) if name in by_framework else None


def versions(gpus: bool) -> dict[str, str]:
    """Installed versions of every package that matters here, with GPUs or without; imports none."""
    installed = {}
    for package in packages(gpus):
        with suppress(PackageNotFoundError):
            installed[package] = version(package)
    return installed


def packages(gpus: bool) -> list[str]:
    """The distributions of all frameworks whose versions matter, with GPUs or without."""
    return [name for known in FRAMEWORKS.values() for name in known.packages + known.gpu_packages * gpus]
