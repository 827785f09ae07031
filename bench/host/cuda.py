"""NVIDIA's GPUs, and how each framework uses them."""

from typing import Any

from bench.host.device import Device, Events
from bench.host.nvml import gpus

HOLD = """
extern "C" __global__ void hold(long long cycles) {
    long long began = clock64();
    while (clock64() - began < cycles) {}
}
"""


def torch_events(torch: Any) -> Events:
    """PyTorch's, on its current stream."""

    def mark() -> Any:
        event = torch.cuda.Event(enable_timing=True)
        event.record()
        return event

    return Events(
        mark,
        lambda event: bool(event.query()),
        lambda first, last: float(first.elapsed_time(last)),
        torch.cuda._sleep,
    )


def cupy_events(cupy: Any) -> Events:
    """CuPy's, on its current stream."""
    kernel = cupy.RawKernel(HOLD, "hold")

    def mark() -> Any:
        event = cupy.cuda.Event()
        event.record()
        return event

    return Events(
        mark,
        lambda event: bool(event.done),
        cupy.cuda.get_elapsed_time,
        lambda cycles: kernel((1,), (1,), (cycles,)),
    )


def wake_torch(torch: Any) -> None:
    torch.zeros(1, device="cuda")
    torch.cuda.synchronize()


def wake_tensorflow(tensorflow: Any) -> None:
    """A net that has switched eager execution off needs a session for it."""
    with tensorflow.device("/GPU:0"):
        if tensorflow.executing_eagerly():
            (tensorflow.constant(1.0) + 1.0).numpy()
            return
    with tensorflow.Graph().as_default(), tensorflow.device("/GPU:0"), tensorflow.compat.v1.Session() as session:
        session.run(tensorflow.constant(1.0) + 1.0)


def wake_jax(jax: Any) -> None:
    jax.block_until_ready(jax.device_put(1.0, jax.devices("gpu")[0]))


def wake_cupy(cupy: Any) -> None:
    cupy.zeros(1)
    cupy.cuda.Device().synchronize()


CUDA = Device(
    "cuda",
    "GPU",
    "NVIDIA GPU",
    lambda: bool(gpus()),
    "one and its driver (nvidia-smi shows both)",
    "check the driver with nvidia-smi",
    has_nvml=True,
    missed=True,
    seen_by={
        "torch": lambda torch: bool(torch.cuda.is_available()),
        "tensorflow": lambda tensorflow: bool(tensorflow.config.list_physical_devices("GPU")),
        "jax": lambda jax: any(device.platform == "gpu" for device in jax.devices()),
        "cupy": lambda cupy: bool(cupy.cuda.is_available()),
    },
    install={
        "numpy": "pip install cupy-cuda13x",
        "torch": "pip install torch from an index with CUDA builds",
        "tensorflow": 'pip install "tensorflow[and-cuda]"',
        "keras": 'pip install keras "tensorflow[and-cuda]"',
        "jax": 'pip install "jax[cuda13]"',
    },
    wake={"torch": wake_torch, "tensorflow": wake_tensorflow, "jax": wake_jax, "cupy": wake_cupy},
    allocated_bytes={
        "torch": lambda torch: int(torch.cuda.max_memory_reserved()),
        "tensorflow": lambda tensorflow: int(tensorflow.config.experimental.get_memory_info("GPU:0")["peak"]),
        "jax": lambda jax: (jax.devices("gpu")[0].memory_stats() or {}).get("peak_bytes_in_use"),
        "cupy": lambda cupy: int(cupy.get_default_memory_pool().total_bytes()),
    },
    events={"torch": torch_events, "cupy": cupy_events},
)
