"""TF32 and bfloat16: set by the environment, proved by the error of the products."""

from pathlib import Path

import numpy
import pytest

from bench.agreement import check
from bench.errors import UserError
from bench.host.frameworks import PRECISION_VARIABLES
from bench.host.nvml import gpus
from bench.nets.net_file import NetFile, discover
from bench.nets.selection import select
from bench.records.cell import Cell
from bench.worker.environment import worker_environment
from bench.workloads.dtypes import DTYPES, REDUCED
from bench.workloads.problem import Problem
from bench.workloads.size import TUTORIAL, Size
from implementations.two_layer import numpy_manual

NETS = discover()
# Of a few steps, unlike the tutorial size in float32.
MEDIUM = Size(64, 500, 100, 10)
# Here the limits on the structure are wide, because ReLUs flip.
LARGE = Size(1100, 32, 1000, 4)


def rounded(array, bits):
    """Float32 with so many bits after the point, to the nearest, as hardware or a cast does it."""
    spare = 23 - bits
    whole = numpy.ascontiguousarray(array).view("uint32")
    whole = whole + ((1 << (spare - 1)) - 1) + ((whole >> spare) & 1)
    return (whole >> spare << spare).astype("uint32").view("float32")


def truncated(array, bits):
    """The same by cutting off, as tensor cores do it that read numbers from memory."""
    spare = 23 - bits
    return (numpy.ascontiguousarray(array).view("uint32") >> spare << spare).view("float32")


ROUND = {
    "float32": lambda array: array,
    "tf32": lambda array: rounded(array, 10),
    "tf32 cut off": lambda array: truncated(array, 10),
    "bfloat16": lambda array: rounded(array, 7),
}


class Coarse(numpy.ndarray):
    """An array whose products round both operands first, in the way that is set in the class."""

    round = staticmethod(ROUND["float32"])

    def dot(self, other):
        product = numpy.dot(self.round(numpy.asarray(self)), self.round(numpy.asarray(other)))
        return product.view(type(self))


def emulation(way, workload="two_layer"):
    """NumPy's net with products in that way, and float32 for all the rest."""

    class Products(Coarse):
        round = staticmethod(ROUND[way])

    class Net(numpy_manual.NETS[workload]):
        def __init__(self, problem):
            super().__init__(problem, "cpu")
            self.x = self.x.view(Products)
            self.weights = {name: weight.view(Products) for name, weight in self.weights.items()}

    return Net


def checked(net, dtype, size=TUTORIAL, workload="two_layer"):
    """The net's agreement as one of that dtype."""
    reference = numpy_manual.NETS[workload]
    return check.check(net, lambda problem: reference(problem, "cpu"), Problem(workload, size, dtype))


class StepAlone:
    """A net that shows nothing but its step."""

    def __init__(self, net):
        self.step, self.wait, self.parameters = net.step, net.wait, net.parameters


@pytest.mark.parametrize("claimed", ["float32", "tf32", "bfloat16"])
@pytest.mark.parametrize("way", ROUND)
@pytest.mark.parametrize("shown", ["phases", "step alone"])
def test_a_net_agrees_only_as_the_precision_it_computes_in(way, claimed, shown):
    net = emulation(way)
    wrong = checked(net if shown == "phases" else lambda problem: StepAlone(net(problem)), claimed, MEDIUM).first_wrong
    assert (wrong is None) == way.startswith(claimed), wrong


@pytest.mark.parametrize("workload", ["two_layer_bias", "two_layer_adam", "dynamic"])
@pytest.mark.parametrize("way", ["tf32", "tf32 cut off", "bfloat16"])
def test_an_honest_net_of_reduced_precision_agrees_on_every_workload(way, workload):
    assert checked(emulation(way, workload), way.split()[0], workload=workload).first_wrong is None


@pytest.mark.parametrize("size", [Size(7, 13, 5, 3), Size(256, 1000, 400, 10), LARGE], ids=str)
@pytest.mark.parametrize("way", ["tf32", "tf32 cut off", "bfloat16"])
def test_an_honest_net_of_reduced_precision_agrees_at_every_size(way, size):
    assert checked(emulation(way), way.split()[0], size).first_wrong is None


@pytest.mark.parametrize("size", [Size(1024, 1000, 1600, 10), Size(4096, 1000, 100, 10)], ids=str)
def test_rounding_sums_in_the_weights_themselves_is_not_taken_for_reduced_precision(size):
    from implementations.two_layer import torch_inplace

    found = checked(lambda problem: torch_inplace.NETS["two_layer"](problem, "cpu"), "float32", size)
    assert found.first_wrong is None


def test_tf32_in_a_net_that_shows_nothing_but_its_step_is_caught_where_sums_are_rounded_too():
    net = emulation("tf32")
    found = checked(lambda problem: StepAlone(net(problem)), "float32", Size(1024, 200, 1600, 10))
    named = [str(deviation) for deviation in found.deviations if not deviation.passes]
    assert any(text.startswith("tf32, not float32: direction of w2") for text in named), named


@pytest.mark.parametrize("workload", ["two_layer", "two_layer_bias"])
def test_tf32_passed_off_as_float32_is_named_where_flips_have_widened_the_other_limits(workload):
    wrong = checked(emulation("tf32", workload), "float32", LARGE, workload)
    named = [str(deviation) for deviation in wrong.deviations if not deviation.passes]
    assert any(text.startswith("tf32, not float32: direction by phases of w2 is off by") for text in named), named


def test_products_more_exact_than_claimed_are_named_by_what_they_are():
    for way, claimed in (("float32", "bfloat16"), ("float32", "tf32"), ("tf32", "bfloat16")):
        wrong = str(checked(emulation(way), claimed).first_wrong)
        assert wrong.startswith(f"{way}, not {claimed}: direction by phases of w2 is off by only"), wrong


@pytest.mark.parametrize("dtype", REDUCED)
def test_a_wrong_formula_is_caught_in_reduced_precision_too(dtype):
    class Halved(emulation(dtype)):
        def backward(self):
            super().backward()
            self.grads["w1"] = self.grads["w1"] / 2

    wrong = checked(Halved, dtype).first_wrong
    assert (wrong.what, wrong.array, wrong.step) == ("gradient", "w1", 1)


FLOAT32 = {"TORCH_ALLOW_TF32_CUBLAS_OVERRIDE": "0"}
JAX = {"JAX_ENABLE_X64": "0", "JAX_DEFAULT_MATMUL_PRECISION": "highest"}
ENVIRONMENTS = {
    ("torch", "float32"): FLOAT32,
    ("torch", "float64"): FLOAT32,
    ("torch", "bfloat16"): FLOAT32,
    ("torch", "tf32"): {"TORCH_ALLOW_TF32_CUBLAS_OVERRIDE": "1"},
    ("jax", "float32"): JAX,
    ("jax", "float64"): {**JAX, "JAX_ENABLE_X64": "1"},
    ("jax", "tf32"): {**JAX, "JAX_DEFAULT_MATMUL_PRECISION": "TF32_TF32_F32"},
    ("jax", "bfloat16"): {**JAX, "JAX_DEFAULT_MATMUL_PRECISION": "bfloat16"},
    ("cupy", "float32"): {"CUPY_TF32": "0"},
    ("cupy", "float64"): {"CUPY_TF32": "0"},
    ("cupy", "tf32"): {"CUPY_TF32": "1"},
    ("keras", "float32"): {**FLOAT32, **JAX},
    ("keras", "tf32"): {
        "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE": "1",
        "JAX_ENABLE_X64": "0",
        "JAX_DEFAULT_MATMUL_PRECISION": "TF32_TF32_F32",
    },
    ("tensorflow", "tf32"): {},
    ("numpy", "float32"): {},
    ("another", "float32"): {},
}


@pytest.mark.parametrize(("framework", "dtype"), ENVIRONMENTS)
def test_a_worker_is_told_its_precision_whatever_the_caller_s_shell_says(framework, dtype):
    net = NetFile("net", Path("net.py"), imports=(framework,))
    leaks = dict.fromkeys(PRECISION_VARIABLES, "1")
    found = worker_environment(Cell("net", dtype=dtype, device="cuda"), net, Path(), "all", base=leaks)
    assert {name: found[name] for name in PRECISION_VARIABLES & found.keys()} == ENVIRONMENTS[framework, dtype]
    assert {"NVIDIA_TF32_OVERRIDE", "ONEDNN_DEFAULT_FPMATH_MODE"} <= PRECISION_VARIABLES


def test_no_page_sets_by_a_variable_what_its_framework_is_told_anyway():
    for net in NETS.values():
        assert not PRECISION_VARIABLES & {name for told in net.environment.values() for name in told}


def test_tf32_exists_on_nvidia_gpus_only():
    both = select(NETS, dtypes=DTYPES, devices=("cpu", "cuda"))
    assert {cell.device for cell in both if cell.dtype == "tf32"} == {"cuda"}
    assert {cell.device for cell in both if cell.dtype == "bfloat16"} == {"cpu", "cuda"}
    with pytest.raises(UserError, match="in tf32 on cpu, and tf32 needs an NVIDIA GPU: see `fiftyx list`"):
        select(NETS, dtypes=("tf32",))
    (cell,) = select(NETS, ["torch_tensor"], dtypes=("tf32",), fallback=True)
    assert cell.device == "cuda"


def test_only_matrix_products_are_reduced():
    for cell in select(NETS, workloads=["two_layer", "linear_regression", "basics"], dtypes=REDUCED, devices=["cuda"]):
        assert cell.workload == "two_layer"


def test_every_framework_offers_a_net_in_tf32_and_those_with_mixed_precision_one_in_bfloat16():
    offered = {
        dtype: {NETS[cell.net].framework for cell in select(NETS, dtypes=[dtype], devices=["cuda"])}
        for dtype in REDUCED
    }
    assert {"torch", "tensorflow", "keras", "jax", "cupy"} <= offered["tf32"]
    assert {"torch", "tensorflow", "keras", "jax"} <= offered["bfloat16"]


def test_check_takes_bfloat16_and_calls_a_net_wrong_that_computes_in_float32_instead(fiftyx, write_net):
    folder = write_net("exact", "pass")
    path = folder / "exact.py"
    path.write_text(path.read_text().replace('("float32", "float64")', '("bfloat16",)'))
    answer = fiftyx(
        "check", "torch_autograd", "jax_grad", "exact", "--nets", folder, "--dtype", "bfloat16", "--device", "cpu"
    )
    assert answer.returncode == 1, answer.stderr
    outcomes = {line.split()[1].partition("-")[0]: line for line in answer.stdout.splitlines()}
    assert outcomes["exact"].startswith("wrong    exact-two_layer-64x1000x100x10-bfloat16-cpu: float32, not bfloat16")
    for name in ("torch_autograd", "jax_grad"):
        assert outcomes[name].split()[0] in ("agrees", "skipped")


def test_tf32_without_a_gpu_is_skipped_with_what_is_missing_and_on_a_cpu_refused(fiftyx, tmp_path):
    if gpus():
        pytest.skip("there is an NVIDIA GPU here")
    (tmp_path / "coarse.py").write_text(
        'import numpy\nDEVICES = ("cpu", "cuda")\nDTYPES = ("float32", "tf32")\nNETS = {"two_layer": numpy.array}'
    )
    answer = fiftyx("check", "coarse", "--nets", tmp_path, "--dtype", "tf32")
    assert answer.returncode == 3
    assert "skipped  coarse-two_layer-64x1000x100x10-tf32-cuda: no NVIDIA GPU here" in answer.stdout
    answer = fiftyx("check", "coarse", "--nets", tmp_path, "--dtype", "tf32", "--device", "cpu")
    assert answer.returncode == 2
    assert len(answer.stderr.splitlines()) == 1
    assert "tf32 needs an NVIDIA GPU" in answer.stderr
