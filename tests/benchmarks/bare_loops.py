"""What a net's class costs: its step() against the same computation as a bare loop over local variables.

    python tests/benchmarks/bare_loops.py [NET...]

Both run in one process, on one thread, in slices that alternate; the ratio is taken slice by slice, its interval is
Student's t over fresh processes. The aim is at most 1.02.
"""

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from bench.nets.net_file import discover  # noqa: E402
from bench.records.cell import Cell  # noqa: E402  (the path comes first)
from bench.stats.estimate import ratio_estimate  # noqa: E402
from bench.worker.environment import worker_environment  # noqa: E402
from bench.workloads.problem import Problem  # noqa: E402
from bench.workloads.size import TUTORIAL  # noqa: E402

PROCESSES, ROUNDS, SLICE_SECONDS = 6, 60, 0.02
Loop = Callable[[int], None]


def numpy_manual(problem: Any) -> Loop:
    import numpy as np

    x, y, w1, w2 = (np.array(array) for array in (problem.x, problem.y, *problem.parameters.values()))
    learning_rate = problem.learning_rate

    def loop(steps: int) -> None:
        for _ in range(steps):
            h = x.dot(w1)
            h_relu = np.maximum(h, 0)
            y_pred = h_relu.dot(w2)
            loss = np.square(y_pred - y).sum()  # noqa: F841
            grad_y_pred = 2.0 * (y_pred - y)
            grad_w2 = h_relu.T.dot(grad_y_pred)
            grad_h = grad_y_pred.dot(w2.T)
            grad_h[h < 0] = 0
            grad_w1 = x.T.dot(grad_h)
            w1[...] -= learning_rate * grad_w1
            w2[...] -= learning_rate * grad_w2

    return loop


def torch_tensor(problem: Any) -> Loop:
    import torch

    x, y, w1, w2 = (torch.tensor(array) for array in (problem.x, problem.y, *problem.parameters.values()))
    learning_rate = problem.learning_rate

    def loop(steps: int) -> None:
        weights1, weights2 = w1, w2
        for _ in range(steps):
            h = x.mm(weights1)
            h_relu = h.clamp(min=0)
            y_pred = h_relu.mm(weights2)
            loss = (y_pred - y).pow(2).sum()  # noqa: F841
            grad_y_pred = 2.0 * (y_pred - y)
            grad_w2 = h_relu.t().mm(grad_y_pred)
            grad_h = grad_y_pred.mm(weights2.t())
            grad_h[h < 0] = 0
            grad_w1 = x.t().mm(grad_h)
            weights1 -= learning_rate * grad_w1
            weights2 -= learning_rate * grad_w2

    return loop


def torch_autograd(problem: Any) -> Loop:
    import torch

    x, y = torch.tensor(problem.x), torch.tensor(problem.y)
    w1, w2 = (torch.tensor(array, requires_grad=True) for array in problem.parameters.values())
    learning_rate = problem.learning_rate

    def loop(steps: int) -> None:
        weights1, weights2 = w1, w2
        for _ in range(steps):
            loss = (x.mm(weights1).clamp(min=0).mm(weights2) - y).pow(2).sum()
            weights1.grad = weights2.grad = None
            loss.backward()
            with torch.no_grad():
                weights1 -= learning_rate * weights1.grad
                weights2 -= learning_rate * weights2.grad

    return loop


def jax_grad(problem: Any) -> Loop:
    import jax
    import jax.numpy as jnp

    def loss_of(weights: Any, x: Any, y: Any) -> Any:
        w1, w2 = weights
        return jnp.square(jnp.maximum(x @ w1, 0) @ w2 - y).sum()

    @jax.jit
    def step(weights: Any, x: Any, y: Any, learning_rate: float) -> Any:
        loss, gradients = jax.value_and_grad(loss_of)(weights, x, y)
        return loss, [w - learning_rate * g for w, g in zip(weights, gradients, strict=True)]

    x, y = jnp.array(problem.x), jnp.array(problem.y)
    state = [[jnp.array(problem.parameters["w1"]), jnp.array(problem.parameters["w2"])]]

    def loop(steps: int) -> None:
        weights = state[0]
        for _ in range(steps):
            loss, weights = step(weights, x, y, problem.learning_rate)
        jax.block_until_ready((loss, weights))
        state[0] = weights

    return loop


def tensorflow_static_graph(problem: Any) -> Loop:
    import tensorflow

    tf = tensorflow.compat.v1
    with tf.Graph().as_default(), tf.device("/CPU:0"):
        x = tf.placeholder(problem.x.dtype, problem.x.shape)
        y = tf.placeholder(problem.y.dtype, problem.y.shape)
        w1, w2 = tf.Variable(problem.parameters["w1"]), tf.Variable(problem.parameters["w2"])
        loss = tf.reduce_sum((y - tf.matmul(tf.maximum(tf.matmul(x, w1), 0), w2)) ** 2.0)
        grad_w1, grad_w2 = tf.gradients(loss, [w1, w2])
        fetches = [
            loss,
            w1.assign(w1 - problem.learning_rate * grad_w1).op,
            w2.assign(w2 - problem.learning_rate * grad_w2).op,
        ]
        session = tf.Session()
        session.run(tf.global_variables_initializer())

    def loop(steps: int) -> None:
        for _ in range(steps):
            session.run(fetches, {x: problem.x, y: problem.y})

    return loop


BARE = {loop.__name__: loop for loop in (numpy_manual, torch_tensor, torch_autograd, jax_grad, tensorflow_static_graph)}


def measure(name: str) -> list[list[float]]:
    """In this process: for each round the seconds per step of the net and of the bare loop."""
    problem = Problem("two_layer", TUTORIAL, "float32")
    net = import_module(f"implementations.two_layer.{name}").NETS["two_layer"](problem, "cpu")
    bare = BARE[name](problem)

    def stepping(steps: int) -> None:
        for _ in range(steps):
            net.step()
        net.wait()

    def seconds_per_step(run: Loop, steps: int) -> float:
        run(1)
        began = time.perf_counter()
        run(steps)
        return (time.perf_counter() - began) / steps

    for run in (stepping, bare):
        run(300)
    steps = max(1, round(SLICE_SECONDS / min(seconds_per_step(stepping, 20) for _ in range(5))))
    rounds = []
    for _ in range(ROUNDS):
        order = random.sample([0, 1], 2)
        taken = {which: seconds_per_step((stepping, bare)[which], steps) for which in order}
        rounds.append([taken[0], taken[1]])
    return rounds


def main() -> None:
    if sys.argv[1:2] == ["--in-process"]:
        print(json.dumps(measure(sys.argv[2])))
        return
    nets = discover()
    print(f"{'net':28}{'step / bare loop':>18}   95% interval")
    for name in sys.argv[1:] or BARE:
        net_rounds, bare_rounds = {}, {}
        for process in range(PROCESSES):
            environment = worker_environment(Cell(name), nets[name], Path("/nonexistent"), threads="1")
            command = [sys.executable, __file__, "--in-process", name]
            answer = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True)
            for number, (net_seconds, bare_seconds) in enumerate(json.loads(answer.stdout.splitlines()[-1])):
                net_rounds[process, number], bare_rounds[process, number] = net_seconds, bare_seconds
        found = ratio_estimate(net_rounds, bare_rounds)
        assert found is not None
        print(f"{name:28}{found.value:18.4f}   {found.low:.4f} to {found.high:.4f}", flush=True)


if __name__ == "__main__":
    main()
