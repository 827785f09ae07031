"""A process of its own for Triton, which decides at its import whether it interprets: no pytest here.

`python -m tests.helpers.interpreted`, with TRITON_INTERPRET=1, reads cases as JSON and prints what agreement says of
each; without, what the kernels that each case launches compile to for an H200.
"""

import json
import os
import sys
from dataclasses import replace
from types import SimpleNamespace

import triton
from triton.backends.compiler import GPUTarget

from bench.agreement import check
from bench.agreement.tolerances import tolerances
from bench.workloads.problem import Problem
from bench.workloads.size import Size
from implementations.two_layer import numpy_manual, triton_fused

H200 = GPUTarget("cuda", 90, 32)
NO_DRIVER = {
    "get_current_target": lambda: H200,
    "get_current_device": lambda: 0,
    "get_current_stream": lambda device: 0,
}
RUN = triton.JITFunction.run
STEPS = 3  # interpreted, one at the tutorial's size takes as many seconds


def checked(make, problem):
    """The first deviation from float64 NumPy in words, or None; and whether another net's step gives the very same."""
    found = check.check(lambda trial: make(trial, "cpu"), lambda trial: numpy_manual.TwoLayer(trial, "cpu"), problem)
    return found.first_wrong and str(found.first_wrong), one_step(make, problem) == one_step(make, problem)


def one_step(make, problem):
    net = make(problem, "cpu")
    return float(net.step()), {name: array.tolist() for name, array in net.parameters().items()}


def compiled(make, problem):
    """Each kernel that a step launches: the bytes of shared memory it needs, and whether it uses tensor cores."""
    found = {}

    def compile_only(kernel, *arguments, warmup, **options):
        done = RUN(kernel, *arguments, warmup=True, **options)
        found[kernel.fn.__name__] = {"shared": done.metadata.shared, "tensor cores": "mma." in done.asm["ptx"]}

    triton.runtime.driver.set_active(SimpleNamespace(**NO_DRIVER))
    triton.JITFunction.run = compile_only
    make(problem, "cpu").step()
    return found


def main():
    interpreted = os.environ.get("TRITON_INTERPRET") == "1"
    check.tolerances = lambda problem: replace(tolerances(problem), steps=min(tolerances(problem).steps, STEPS))
    answers = []
    for path, size, dtype in json.load(sys.stdin):
        problem = Problem("two_layer", Size(*size), dtype)
        make = getattr(triton_fused, path)
        answers.append(checked(make, problem) if interpreted else compiled(make, problem))
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
