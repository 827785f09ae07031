"""What NVML says, from one that is made up, and what is made of its absence."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench.host import nvml as nvml_module
from bench.host.cuda import CUDA
from bench.host.frameworks import FRAMEWORKS
from bench.host.nvml import GpuReading, GpuWatch, reasons, visible_index
from bench.nets.net_file import NetFile
from bench.records.cell import Cell
from bench.worker.environment import worker_environment

ANSWERS = {
    "ClockInfo": 1755,
    "Temperature": 41,
    "CurrentClocksThrottleReasons": 0x4 | 0x20 | 0x1,
    "ComputeRunningProcesses": ["a process", "another"],
    "PowerUsage": 312_500,
    "TotalEnergyConsumption": 81_234_567,
    "Name": "Made-up GPU",
    "MemoryInfo": SimpleNamespace(total=139 << 30),
}


class NVMLError(Exception):
    pass


def nvml(initialises=True, **answers):
    """A pynvml of one GPU that has only these calls; an answer that is an exception is raised."""

    def ask(answer):
        def call(*arguments):
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call

    calls = {f"nvmlDeviceGet{name}": ask(answer) for name, answer in answers.items()}
    return SimpleNamespace(
        **calls,
        NVMLError=NVMLError,
        NVML_CLOCK_SM=1,
        NVML_TEMPERATURE_GPU=0,
        nvmlInit=ask(None if initialises else NVMLError("no driver")),
        nvmlDeviceGetHandleByIndex=lambda index: ("handle", index),
        nvmlDeviceGetHandleByUUID=lambda uuid: ("handle", uuid),
        nvmlDeviceGetCount=lambda: 1,
        nvmlSystemGetDriverVersion=lambda: "600.12",
    )


@pytest.fixture
def installed(monkeypatch):
    """Puts a made-up NVML in the place of the real one; None is one that is not installed."""

    def put(module):
        monkeypatch.setitem(sys.modules, "pynvml", module)

    return put


def test_a_gpu_is_read_in_megahertz_degrees_watts_and_joules(installed):
    installed(nvml(**ANSWERS))
    watch = GpuWatch()
    assert watch.read() == GpuReading(1755, 41, ("power cap", "thermal slowdown"), 2, 312.5)
    assert watch.joules() == pytest.approx(81234.567)


def test_the_gpu_that_cuda_shows_first_is_read(installed, monkeypatch):
    module = nvml(**ANSWERS)
    module.nvmlDeviceGetTemperature = lambda handle, sensor: handle
    installed(module)
    for variable, gpu in (("3,1", 3), ("GPU-8f3a", "GPU-8f3a"), ("", 0)):
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", variable)
        assert GpuWatch().read().celsius == ("handle", gpu)


@pytest.mark.parametrize("absent", [None, nvml(initialises=False)], ids=["no package", "no driver"])
def test_without_nvml_every_reading_is_empty(installed, absent):
    installed(absent)
    watch = GpuWatch()
    assert watch.read() == GpuReading() and watch.joules() is None


@pytest.mark.parametrize(
    "unsupported", [{}, dict.fromkeys(ANSWERS, NVMLError("not supported"))], ids=["old", "refuses"]
)
def test_what_a_gpu_or_an_old_package_does_not_tell_is_left_out(installed, unsupported):
    installed(nvml(**unsupported))
    watch = GpuWatch()
    assert watch.read() == GpuReading() and watch.joules() is None
    installed(nvml(**unsupported | {"Temperature": 41}))
    assert GpuWatch().read() == GpuReading(celsius=41)


def test_the_machine_names_its_gpus_their_driver_and_memory(installed):
    installed(nvml(**ANSWERS))
    (found,) = nvml_module.gpus.__wrapped__()
    assert found == {"name": "Made-up GPU", "driver": "600.12", "memory_gib": "139"}
    installed(nvml(initialises=False))
    assert nvml_module.gpus.__wrapped__() == ()


def test_without_nvml_s_package_the_driver_s_own_command_is_read(installed, monkeypatch):
    installed(None)
    answer = SimpleNamespace(stdout="NVIDIA Made-up, 600.12, 143771\nOther, with comma, 1, 2\nSecret, 600.12, [N/A]\n")
    monkeypatch.setattr("bench.host.nvml.subprocess.run", lambda *words, **how: answer)
    assert nvml_module.gpus.__wrapped__() == (
        {"name": "NVIDIA Made-up", "driver": "600.12", "memory_gib": "140"},
        {"name": "Secret", "driver": "600.12", "memory_gib": "?"},
    )

    def fails(*words, **how):
        raise FileNotFoundError("nvidia-smi")

    monkeypatch.setattr("bench.host.nvml.subprocess.run", fails)
    assert nvml_module.gpus.__wrapped__() == ()


# What keeps a framework from taking all of a GPU's memory at once; PyTorch and CuPy take what they need.
MODEST = {
    "jax": {"XLA_PYTHON_CLIENT_PREALLOCATE": "false"},
    "tensorflow": {"TF_FORCE_GPU_ALLOW_GROWTH": "true"},
    "keras": {"XLA_PYTHON_CLIENT_PREALLOCATE": "false", "TF_FORCE_GPU_ALLOW_GROWTH": "true"},
}


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("dtype", ["float32", "float64", "tf32", "bfloat16"])
def test_no_framework_may_grab_a_gpu_s_whole_memory_whatever_the_caller_s_shell_says(framework, dtype):
    net, shell = NetFile("net", Path("net.py"), imports=(framework,)), {}
    for variables in MODEST.values():
        shell |= dict.fromkeys(variables, "1")
    found = worker_environment(Cell("net", dtype=dtype, device="cuda"), net, Path(), "all", base=shell)
    assert found | MODEST.get(framework, {}) == found


def test_a_gpu_cell_sees_the_caller_s_gpus_and_a_cpu_cell_none():
    net, shell = NetFile("net", Path("net.py"), imports=("torch",)), {"CUDA_VISIBLE_DEVICES": "1"}
    for device, seen in (("cuda", "1"), ("cpu", "")):
        found = worker_environment(Cell("net", device=device), net, Path(), "all", base=shell)
        assert found["CUDA_VISIBLE_DEVICES"] == seen


def test_what_a_framework_has_taken_on_the_device_is_in_bytes():
    torch = SimpleNamespace(cuda=SimpleNamespace(max_memory_reserved=lambda: 17))
    info = SimpleNamespace(get_memory_info=lambda device: {"current": 1, "peak": 19})
    tensorflow = SimpleNamespace(config=SimpleNamespace(experimental=info))
    cupy = SimpleNamespace(get_default_memory_pool=lambda: SimpleNamespace(total_bytes=lambda: 29))
    stats = iter([{"peak_bytes_in_use": 23}, None])
    jax = SimpleNamespace(devices=lambda kind: [SimpleNamespace(memory_stats=lambda: next(stats))])
    asked = (("torch", torch), ("tensorflow", tensorflow), ("cupy", cupy), ("jax", jax), ("jax", jax))
    peaks = CUDA.allocated_bytes
    assert [peaks[name](module) for name, module in asked] == [17, 19, 29, 23, None]


def test_throttling_is_told_in_words_and_idling_is_none():
    assert reasons(0x1 | 0x2 | 0x100) == ()
    assert reasons(0x4 | 0x40) == ("power cap", "hardware thermal slowdown")


@pytest.mark.parametrize(("variable", "index"), [("", 0), ("2,3", 2), ("GPU-8f3a,GPU-1", "GPU-8f3a"), ("nonsense", 0)])
def test_the_gpu_that_is_watched_is_the_first_that_the_frameworks_see(variable, index):
    assert visible_index({"CUDA_VISIBLE_DEVICES": variable}) == index
