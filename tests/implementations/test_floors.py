"""Each framework's floors: they compute the five products, and know how much they compute."""

import subprocess
import sys

import numpy
import pytest

from bench.host.frameworks import missing
from bench.nets.net_file import discover
from bench.records.cell import Cell, holds_lower_bounds
from bench.records.record import LOWER_BOUNDS
from bench.worker.environment import worker_environment
from bench.workloads.problem import Problem
from bench.workloads.size import Size

FILES = {name: net for name, net in discover().items() if holds_lower_bounds(name)}
SIZE = Size(7, 13, 5, 3)
LIMITS = {"float32": 1e-5, "float64": 1e-12, "bfloat16": 2e-2}

# Runs every floor once, as a worker does, and saves what came of it
RUN = """
import importlib, sys
import numpy
from bench.workloads.problem import Problem
from bench.workloads.size import Size
from bench.records.record import LOWER_BOUNDS

name, dtype, path = sys.argv[1:]
floors = importlib.import_module(f"implementations.floors.{name}").NETS["two_layer"](
    Problem("two_layer", Size(7, 13, 5, 3), dtype), "cpu"
)
found = [floor for floor in LOWER_BOUNDS if hasattr(floors, floor)]
for floor in found:
    getattr(floors, floor)()
floors.wait()
arrays = {}
for array in ("h", "y_pred", "grad_w2", "grad_h", "grad_w1", "two", "square", "squared"):
    if hasattr(floors, array):
        value = getattr(floors, array)
        arrays[array] = numpy.asarray(value.double() if hasattr(value, "double") else value).astype("float64")
if hasattr(floors, "there"):
    arrays["copied_bytes"] = floors.there.nbytes if (floors.there == floors.here).all() else 0
numpy.savez(path, floors=found, work=[(floor, str(work)) for floor, work in floors.work.items()], **arrays)
"""


def products_of(problem):
    """The five products of one step, in float64."""
    x, g = problem.x.astype("float64"), problem.y.astype("float64")
    w1, w2 = (problem.parameters[name].astype("float64") for name in ("w1", "w2"))
    h = numpy.einsum("nd,dh->nh", x, w1)
    grad_h = numpy.einsum("no,ho->nh", g, w2)
    return {
        "h": h,
        "y_pred": numpy.einsum("nh,ho->no", h, w2),
        "grad_w2": numpy.einsum("nh,no->ho", h, g),
        "grad_h": grad_h,
        "grad_w1": numpy.einsum("nd,nh->dh", x, grad_h),
    }


def require_products(found, problem, limit):
    for name, expected in products_of(problem).items():
        assert found[name].shape == expected.shape
        assert numpy.linalg.norm(found[name] - expected) <= limit * numpy.linalg.norm(expected), name


def test_every_framework_that_has_nets_has_floors_but_keras_which_has_those_beneath():
    frameworks = {net.framework for net in discover().values()}
    assert {net.framework for net in FILES.values()} == frameworks - {"keras"}


@pytest.mark.parametrize(
    ("name", "dtype"),
    [
        pytest.param(name, dtype, marks=[pytest.mark.slow] * (dtype != "float32"))
        for name, net in FILES.items()
        if "cpu" in net.devices
        for dtype in net.dtypes
        if dtype in LIMITS
    ],
)
def test_floors_compute_the_five_products_and_know_their_work(name, dtype, tmp_path):
    net, path = FILES[name], tmp_path / "floors.npz"
    if reason := missing(net.imports):
        pytest.skip(reason)
    environment = worker_environment(Cell(name, dtype=dtype), net, tmp_path, "1")
    subprocess.run([sys.executable, "-c", RUN, name, dtype, str(path)], env=environment, check=True, timeout=120)
    found = numpy.load(path)
    require_products(found, Problem("two_layer", SIZE, dtype), LIMITS[dtype])
    assert found["two"] == 2

    # Every floor has been run, and of each that computes it is known how much
    work = {floor: int(amount) for floor, amount in found["work"]}
    assert set(found["floors"]) == {"dispatch", *work} | ({"empty"} if name == "numpy_floors" else set())
    n, d_in, h, d_out = SIZE.batch, SIZE.d_in, SIZE.hidden, SIZE.d_out
    shapes = [(n, d_in, h), (n, h, d_out), (h, n, d_out), (n, d_out, h), (d_in, n, h)]
    assert work["products"] == sum(2 * rows * inner * columns for rows, inner, columns in shapes)
    if "peak" in work:
        (width, _), square = found["squared"].shape, found["square"]
        assert work["peak"] == 2 * width**3
        assert numpy.linalg.norm(found["squared"] - square @ square) <= LIMITS[dtype] * numpy.linalg.norm(square) ** 2
    if "copy" in work:
        assert work["copy"] == 2 * found["copied_bytes"]


# Puts onto the CPU what a framework would put onto a GPU
ON_CPU = {
    "torch_floors": """
from types import SimpleNamespace
import torch
from torch.overrides import TorchFunctionMode
from implementations.floors import torch_floors

class OnCpu(TorchFunctionMode):
    def __torch_function__(self, call, types, arguments=(), keywords=None):
        on_gpu = (keywords or {}).get("device") == "cuda"
        return call(*arguments, **{**(keywords or {}), **({"device": "cpu"} if on_gpu else {})})

torch_floors.WIDTH, torch_floors.COPIED_BYTES = {"cuda": 16}, {"cuda": 1 << 10}
torch_floors.recorded = lambda run: (SimpleNamespace(replay=run), None)
OnCpu().__enter__()
""",
    "jax_floors": """
import jax
cpus = jax.devices("cpu")
jax.devices = lambda kind: cpus
""",
    "tensorflow_floors": """
import tensorflow
on = tensorflow.device
tensorflow.device = lambda name: on("/CPU:0")
""",
}
FEED = """
import importlib, sys
import numpy
from bench.workloads.problem import Problem
from bench.workloads.size import Size

name, dtype = sys.argv[1:]
problem = Problem("two_layer", Size(7, 13, 5, 3), dtype)
floors = importlib.import_module(f"implementations.floors.{name}").NETS["two_layer"](problem, "cuda")
floors.transfer()
floors.wait()
for here, there in zip((problem.x, problem.y), floors.received, strict=True):
    assert numpy.array_equal(numpy.asarray(there), here) and numpy.asarray(there).dtype == here.dtype
print(floors.work["transfer"])
"""


@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16"])
@pytest.mark.parametrize("name", ON_CPU)
def test_on_a_gpu_a_transfer_brings_x_and_y_there_and_knows_its_bytes(name, dtype, tmp_path):
    net = FILES[name]
    if dtype not in net.dtypes:
        pytest.skip(f"{name} has no {dtype}")
    if reason := missing(net.imports):
        pytest.skip(reason)
    environment = worker_environment(Cell(name, dtype=dtype), net, tmp_path, "1")
    command = [sys.executable, "-W", "error::UserWarning", "-c", ON_CPU[name] + FEED, name, dtype]
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert answer.returncode == 0, answer.stderr
    width = 8 if dtype == "float64" else 4
    assert int(answer.stdout) == width * SIZE.batch * (SIZE.d_in + SIZE.d_out)


def test_cupys_floors_are_numpys_on_another_array_module(import_on_numpy):
    problem = Problem("two_layer", SIZE, "float64")
    module = import_on_numpy("cupy_floors")

    class Small(module.Floors):
        width, copied_bytes = 16, 1 << 10

    floors = Small(problem, "cuda")
    for floor in LOWER_BOUNDS:
        if hasattr(floors, floor):
            getattr(floors, floor)()
    floors.wait()
    assert floors.xp is sys.modules["cupy"]
    require_products(vars(floors), problem, 1e-12)
    fed = problem.x.nbytes + problem.y.nbytes
    assert floors.work == {"products": problem.size.flops_per_step, "peak": 2 * 16**3, "copy": 2 << 10, "transfer": fed}
    assert all(map(numpy.array_equal, floors.received, (problem.x, problem.y)))
    assert floors.there.all()
