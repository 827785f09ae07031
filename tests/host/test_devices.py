"""Devices besides the CPU: which there are, why a cell cannot run on one, and what a worker is told."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench.errors import UserError
from bench.host import devices as device
from bench.host import frameworks
from bench.host.device import Device
from bench.host.devices import (
    DEVICES,
    absent,
    all_devices,
    has_apple_gpu,
    has_intel_gpu,
    present_devices,
)
from bench.host.frameworks import refused
from bench.nets.availability import obstacle
from bench.nets.net_file import NetFile, discover
from bench.nets.selection import select
from bench.records.cell import Cell, holds_lower_bounds
from bench.runner.choice import Choice, wanted_cells
from bench.worker.environment import worker_environment

NETS = discover()
NVIDIA = {"name": "Some GPU", "driver": "600.1", "memory_gib": "24"}


@pytest.fixture
def machine(monkeypatch):
    """Makes this machine one that has these devices."""

    def has(*names: str) -> None:
        monkeypatch.setattr("bench.host.cuda.gpus", lambda: (NVIDIA,) * ("cuda" in names))
        monkeypatch.setattr(device.platform, "system", lambda: "Darwin" if "mps" in names else "Linux")
        monkeypatch.setattr(device.platform, "machine", lambda: "arm64" if "mps" in names else "x86_64")
        monkeypatch.setattr(device, "find_library", lambda name: "libze_loader.so.1" if "xpu" in names else None)
        monkeypatch.setattr(
            device.Path, "glob", lambda path, pattern: iter([SimpleNamespace(read_text=lambda: "0x8086\n")])
        )

    return has


@pytest.mark.parametrize("names", [(), ("cuda",), ("mps",), ("xpu",), ("cuda", "xpu")])
def test_a_machine_has_its_processor_and_the_gpus_that_are_found(names, machine):
    machine(*names)
    assert present_devices() == ("cpu", *names)


def test_apple_silicon_counts_only_where_python_is_built_for_it(monkeypatch):
    monkeypatch.setattr(device.platform, "system", lambda: "Darwin")
    for processor, found in (("arm64", True), ("x86_64", False)):
        monkeypatch.setattr(device.platform, "machine", lambda processor=processor: processor)
        assert has_apple_gpu() == found


@pytest.mark.parametrize(
    ("maker", "loader", "found"), [("0x8086", "libze", True), ("0x8086", None, False), ("0x10de", "libze", False)]
)
def test_an_intel_gpu_counts_only_with_the_driver_that_computes(maker, loader, found, monkeypatch, tmp_path):
    monkeypatch.setattr(device, "find_library", lambda name: loader)
    card = tmp_path / "renderD128" / "device"
    card.mkdir(parents=True)
    (card / "vendor").write_text(f"{maker}\n")
    assert has_intel_gpu(tmp_path) == found


def test_a_cell_of_a_device_that_is_not_here_is_skipped_with_the_reason_and_the_remedy(machine):
    machine()
    net = NETS["numpy_manual"]
    reasons = {name: obstacle(Cell("numpy_manual", device=name), net) for name in ("cuda", "mps", "xpu")}
    assert {end.outcome for end in reasons.values()} == {"skipped"}
    assert {name: end.reason for name, end in reasons.items()} == {
        "cuda": "no NVIDIA GPU here: needs one and its driver (nvidia-smi shows both)",
        "mps": "no Apple GPU here: needs macOS on Apple silicon, and Python built for it",
        "xpu": "no Intel GPU here: needs one and its Level Zero driver (sycl-ls shows both)",
    }
    assert absent("cpu") is None


def test_without_triton_its_net_is_skipped_with_what_to_install(monkeypatch):
    monkeypatch.setattr("bench.host.frameworks.find_spec", lambda name: None if name == "triton" else name)
    end = obstacle(Cell("triton_fused", device="cuda"), NETS["triton_fused"])
    assert (end.outcome, end.reason) == ("skipped", "triton is not installed: pip install triton")


def test_all_devices_are_those_that_are_here_and_nvidia_s_in_any_case(machine):
    machine()
    assert all_devices() == ("cpu", "cuda")
    machine("mps")
    assert all_devices() == ("cpu", "cuda", "mps")
    cells = wanted_cells(Choice(nets=("torch_tensor",), devices=("all",)), NETS)
    assert [cell.device for cell in cells] == ["cpu", "cuda", "mps"]


def a_torch(seen: str = ""):
    def module(name):
        return SimpleNamespace(is_available=lambda: name == seen)

    return SimpleNamespace(cuda=module("cuda"), xpu=module("xpu"), backends=SimpleNamespace(mps=module("mps")))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("cuda", "NVIDIA GPU: pip install torch from an index with CUDA builds, and check the driver with nvidia-smi"),
        ("mps", "Apple GPU: pip install torch, and update macOS"),
        (
            "xpu",
            "Intel GPU: pip install torch --index-url https://download.pytorch.org/whl/xpu, "
            "and check the driver with sycl-ls",
        ),
    ],
)
def test_a_framework_that_does_not_see_the_gpu_is_told_with_what_to_install(name, reason, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", a_torch())
    assert refused("torch", name) == f"this build of torch sees no {reason}"
    assert refused("torch", "cpu") is None
    monkeypatch.setitem(sys.modules, "torch", a_torch(seen=name))
    assert refused("torch", name) is None


@pytest.mark.parametrize("backend", ["torch", "jax", "tensorflow"])
def test_keras_sees_what_its_backend_sees(backend, monkeypatch):
    monkeypatch.setitem(sys.modules, "keras", SimpleNamespace(backend=SimpleNamespace(backend=lambda: backend)))
    gpus = {"torch": a_torch("cuda"), "jax": a_jax("gpu"), "tensorflow": a_tensorflow("GPU:0")}
    none = {"torch": a_torch(), "jax": a_jax(), "tensorflow": a_tensorflow()}
    monkeypatch.setitem(sys.modules, backend, gpus[backend])
    assert refused("keras", "cuda") is None
    monkeypatch.setitem(sys.modules, backend, none[backend])
    assert refused("keras", "cuda").startswith('this build of keras sees no NVIDIA GPU: pip install keras "tensorflow')


def a_jax(*platforms):
    return SimpleNamespace(devices=lambda: [SimpleNamespace(platform=name) for name in ("cpu", *platforms)])


def a_tensorflow(*gpus):
    return SimpleNamespace(config=SimpleNamespace(list_physical_devices=lambda kind: list(gpus)))


def test_a_framework_that_is_not_known_is_taken_at_its_word():
    assert refused("nosuchframework", "cuda") is None


def test_apple_s_gpus_are_offered_no_float64_and_it_is_said_why():
    with pytest.raises(UserError, match=r"in float64 on mps, and Apple's GPUs \(mps\) know no float64: see"):
        select(NETS, ["torch_tensor"], dtypes=["float64"], devices=["mps"])
    cells = select(NETS, ["torch_tensor"], dtypes=["float32", "float64", "tf32"], devices=["mps", "xpu"])
    assert {(cell.dtype, cell.device) for cell in cells} == {("float32", "mps"), ("float32", "xpu"), ("float64", "xpu")}


def test_every_net_of_torch_that_is_not_recorded_or_compiled_runs_on_every_device():
    plain = {name for name, net in NETS.items() if name.startswith("torch_") and not holds_lower_bounds(name)}
    plain -= {"torch_cuda_graph", "torch_compile"}
    assert all(set(NETS[name].devices) == set(DEVICES) for name in plain)


MEMORY = {
    "jax": {"XLA_PYTHON_CLIENT_PREALLOCATE": "false"},
    "tensorflow": {"TF_FORCE_GPU_ALLOW_GROWTH": "true"},
    "keras": {"XLA_PYTHON_CLIENT_PREALLOCATE": "false", "TF_FORCE_GPU_ALLOW_GROWTH": "true"},
    "torch": {},
    "cupy": {},
}


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("framework", MEMORY)
def test_no_framework_takes_all_of_the_gpu_s_memory_whatever_the_caller_s_shell_says(framework, dtype):
    net = NetFile("net", Path("net.py"), imports=(framework,))
    grabbing = {"XLA_PYTHON_CLIENT_PREALLOCATE": "true", "TF_FORCE_GPU_ALLOW_GROWTH": "false"}
    found = worker_environment(Cell("net", dtype=dtype, device="cuda"), net, Path(), "all", base=grabbing)
    assert {name: found[name] for name in MEMORY[framework]} == MEMORY[framework]


@pytest.mark.parametrize("name", DEVICES)
def test_only_a_worker_of_the_cpu_is_kept_from_the_gpus(name):
    base = {"CUDA_VISIBLE_DEVICES": "1"}
    found = worker_environment(Cell("jax_grad", device=name), NETS["jax_grad"], Path(), "all", base=base)
    hidden = {"CUDA_VISIBLE_DEVICES": "", "JAX_PLATFORMS": "cpu"} if name == "cpu" else base
    assert {key: found[key] for key in ("CUDA_VISIBLE_DEVICES", "JAX_PLATFORMS") if key in found} == hidden


def test_a_new_kind_of_device_is_one_entry(monkeypatch, tmp_path):
    abacus = Device("abacus", "abacus", "Roman abacus", lambda: False, "beads", "oil it", dtypes=("float32",))
    monkeypatch.setattr("bench.nets.selection.DEVICES", known := {**DEVICES, "abacus": abacus})
    for module in ("bench.records.cell", "bench.host.devices", "bench.host.frameworks", "bench.nets.declarations"):
        monkeypatch.setattr(f"{module}.DEVICES", known)
    (tmp_path / "roman.py").write_text(
        'DEVICES = ("cpu", "abacus")\nDTYPES = ("float32", "float64")\nNETS = {"two_layer": object}'
    )
    nets = discover([tmp_path])
    cells = select(nets, ["roman"], dtypes=["float32", "float64"], devices=["abacus"])
    assert [(cell.dtype, cell.on_gpu, cell.runs_on.title) for cell in cells] == [("float32", True, "abacus")]
    assert obstacle(cells[0], nets["roman"]).reason == "no Roman abacus here: needs beads"


def test_keras_on_a_backend_that_is_not_known_is_taken_at_its_word(monkeypatch):
    monkeypatch.setitem(sys.modules, "keras", SimpleNamespace(backend=SimpleNamespace(backend=lambda: "nosuchbackend")))
    monkeypatch.setitem(sys.modules, "nosuchbackend", SimpleNamespace())
    assert refused("keras", "cuda") is None


def test_on_a_cpu_no_framework_is_imported_to_ask_for_its_events_or_its_memory(monkeypatch):
    monkeypatch.setattr("bench.host.frameworks.importlib.import_module", None)
    assert frameworks.events("torch", "cpu") is None
    assert frameworks.allocated_bytes("torch", "cpu") is None
    assert frameworks.wake("torch", "cpu")


@pytest.mark.parametrize("name", ["cuda", "mps", "xpu"])
def test_a_gpu_of_torch_is_woken_by_one_tiny_tensor_that_is_waited_for(name, monkeypatch):
    done = []
    side = SimpleNamespace(synchronize=lambda: done.append("wait"))
    torch = SimpleNamespace(zeros=lambda count, device: done.append((count, device)), **{name: side})
    monkeypatch.setitem(sys.modules, "torch", torch)
    assert frameworks.wake("torch", name)
    assert done == [(1, name), "wait"]


def test_a_device_of_a_framework_that_is_not_known_is_not_said_to_be_awake():
    assert not frameworks.wake("nosuchframework", "cuda")
