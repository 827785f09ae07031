"""Nets that are recorded on a GPU: the steps before the recording leave no trace. The GPU is made up."""

import os
import subprocess
import sys

import pytest

from bench.host.frameworks import missing
from bench.nets.net_file import discover
from tests.conftest import ROOT

# Puts onto the CPU what would be on the GPU, and in the place of a recording what it does: it has taken steps before,
# and its replay takes one more, which overwrites the loss
SCRIPT = """
import sys
from types import SimpleNamespace
import torch
from torch.overrides import TorchFunctionMode
from bench.agreement import check
from bench.workloads.problem import Problem
from bench.workloads.size import Size
from implementations.many_steps import numpy_loop
from implementations.two_layer import numpy_manual, torch_cuda_graph, triton_fused

class OnCpu(TorchFunctionMode):
    def __torch_function__(self, call, types, arguments=(), keywords=None):
        on_gpu = (keywords or {}).get("device") == "cuda"
        return call(*arguments, **{**(keywords or {}), **({"device": "cpu"} if on_gpu else {})})

def recorded(step):
    for _ in range(3):
        loss = step()
    return SimpleNamespace(replay=lambda: fill(loss, step())), loss

@torch.no_grad()
def fill(place, loss):
    if place is not None:
        place.copy_(loss)

OnCpu().__enter__()
torch.get_device_module = lambda device: torch.cpu
torch_cuda_graph.recorded = recorded
name, workload, variant = sys.argv[1:]
file = {"torch_cuda_graph": torch_cuda_graph, "triton_fused": triton_fused}[name]
keywords = file.VARIANTS[variant] if variant else {}
reference = (numpy_manual.NETS | numpy_loop.NETS)[workload]
found = check.check(
    lambda problem: file.NETS[workload](problem, "cuda", **keywords),
    lambda problem: reference(problem, "cpu"),
    Problem(workload, Size(16, 24, 12, 3), "float32"),
)
assert found.first_wrong is None, found.first_wrong
"""


@pytest.mark.parametrize(
    ("name", "workload", "variant"),
    [
        ("torch_cuda_graph", "two_layer", ""),
        ("torch_cuda_graph", "two_layer", "tensor"),
        ("torch_cuda_graph", "two_layer", "inplace"),
        ("torch_cuda_graph", "many_steps", "tensor"),
        ("torch_cuda_graph", "many_steps", "inplace"),
        ("triton_fused", "two_layer", ""),
    ],
)
def test_a_net_that_has_been_recorded_starts_from_the_very_parameters_it_was_given(name, workload, variant, tmp_path):
    if reason := missing(("triton", *discover()[name].imports)):
        pytest.skip(reason)
    variables = {"PYTHONPATH": str(ROOT), "TRITON_INTERPRET": "1", "TRITON_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-c", SCRIPT, name, workload, variant]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **variables}, timeout=600)
    assert done.returncode == 0, done.stderr
