"""Triton's kernels without a GPU: interpreted on the CPU, and compiled for an H200."""

import json
import os
import subprocess
import sys

import pytest

from bench.host.frameworks import missing
from bench.workloads.size import TUTORIAL, Size
from tests.conftest import ROOT

DTYPES = ("float32", "tf32", "bfloat16")
SIZES = (Size(1, 1, 1, 1), Size(3, 7, 5, 2))
MORE_THAN_A_TILE = Size(33, 40, 65, 17)  # in each direction
CASES = [
    *(("ByHand", size, dtype) for size in SIZES for dtype in DTYPES),
    # On a CPU no library multiplies in TF32
    *(("OnCublas", size, dtype) for size in SIZES for dtype in ("float32", "bfloat16")),
]
LONG_CASES = [
    *(("ByHand", MORE_THAN_A_TILE, dtype) for dtype in DTYPES),
    *(("OnCublas", MORE_THAN_A_TILE, dtype) for dtype in ("float32", "bfloat16")),
    # The loss has more parts than are added up at once
    ("OnCublas", Size(1, 2, 3, 1050000), "float32"),
    ("two_layer", TUTORIAL, "float32"),
]
LARGE = Size(64, 1000, 1100, 10)
BY_HAND, ON_CUBLAS = {"first_product", "there_and_back", "updates"}, {"compare", "mask"}
KERNELS = {TUTORIAL: BY_HAND, Size(1, 1, 1, 1): BY_HAND, LARGE: ON_CUBLAS}
COMPILED = [("two_layer", size, dtype) for size in KERNELS for dtype in DTYPES]
# What a program may have on an H200
SHARED_BYTES = 227 * 1024

pytestmark = pytest.mark.skipif(bool(missing(("torch", "triton"))), reason=str(missing(("torch", "triton"))))


def answers(cases, tmp_path, **variables):
    asked = json.dumps([(path, [size.batch, size.d_in, size.hidden, size.d_out], dtype) for path, size, dtype in cases])
    told = {name: value for name, value in os.environ.items() if not name.startswith("TRITON")}
    environment = {**told, "TRITON_CACHE_DIR": str(tmp_path), "PYTHONPATH": str(ROOT), **variables}
    command = [sys.executable, "-m", "tests.helpers.interpreted"]
    done = subprocess.run(command, input=asked, capture_output=True, text=True, env=environment, cwd=ROOT, timeout=600)
    assert done.returncode == 0, done.stderr
    return dict(zip(cases, json.loads(done.stdout), strict=True))


@pytest.fixture(scope="module")
def interpreted(tmp_path_factory):
    return answers(CASES, tmp_path_factory.mktemp("triton"), TRITON_INTERPRET="1")


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    return answers(COMPILED, tmp_path_factory.mktemp("triton"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(map(str, case)))
def test_a_step_agrees_with_numpy_and_gives_the_same_each_time(case, interpreted):
    assert interpreted[case] == [None, True]


@pytest.mark.slow
def test_long_steps_agree_with_numpy_and_give_the_same_each_time(tmp_path):
    found = answers(LONG_CASES, tmp_path, TRITON_INTERPRET="1")
    assert found == {case: [None, True] for case in LONG_CASES}


@pytest.mark.slow
@pytest.mark.parametrize("case", COMPILED, ids=lambda case: "-".join(map(str, case)))
def test_every_kernel_compiles_for_an_h200_and_fits_it(case, compiled):
    assert compiled[case].keys() == KERNELS[case[1]]
    assert max(kernel["shared"] for kernel in compiled[case].values()) <= SHARED_BYTES


@pytest.mark.slow
@pytest.mark.parametrize("dtype", DTYPES)
def test_products_use_tensor_cores_unless_they_are_to_be_strict(dtype, compiled):
    kernels = compiled["two_layer", TUTORIAL, dtype]
    multiplying = {name for name, kernel in kernels.items() if kernel["tensor cores"]}
    assert multiplying == (set() if dtype == "float32" else {"first_product", "updates"})
