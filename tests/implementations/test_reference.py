"""The NumPy net is the reference for all others, so its own gradients are proved here, two ways."""

import numpy as np
import pytest

from bench.workloads.catalogue import WORKLOADS
from bench.workloads.definitions.dynamic import DEPTHS
from bench.workloads.problem import Problem
from bench.workloads.size import TUTORIAL, Size
from implementations.two_layer.numpy_manual import NETS

ODD_SIZES = [Size(1, 3, 2, 1), Size(5, 7, 1, 3), Size(2, 3, 9, 1), Size(13, 11, 17, 5)]
TIMED_SIZES = [
    TUTORIAL,
    Size(8, 32, 16, 4),
    Size(512, 256, 128, 10),
    Size(64, 2048, 256, 10),
    Size(1024, 512, 1024, 10),
]


def problems(sizes):
    """Every workload of numpy_manual at every size, the dynamic net at every depth, in float64."""
    for workload in NETS:
        for size in WORKLOADS[workload].sizes(sizes):
            problem = Problem(workload, size, "float64")
            if workload == "dynamic":
                yield from (pytest.param(problem.at_depth(depth), id=f"{workload}-{size}-{depth}") for depth in DEPTHS)
            else:
                yield pytest.param(problem, id=f"{workload}-{size}")


def gradients_of(problem):
    net = NETS[problem.workload](problem, "cpu")
    net.forward()
    net.backward()
    return net.gradients()


def assert_close(actual, expected, limit):
    assert actual.keys() == expected.keys()
    for name in expected:
        error = np.linalg.norm(actual[name] - expected[name])
        assert error <= limit * np.linalg.norm(expected[name]), f"{name} is off by {error:.1e}"


@pytest.mark.parametrize("problem", list(problems(ODD_SIZES)))
def test_gradients_equal_central_differences(problem):
    shift = 1e-6

    def loss(name, index, change):
        net = NETS[problem.workload](problem, "cpu")
        net.parameters()[name][index] += change
        return net.forward()

    differences = {
        name: np.array(
            [
                (loss(name, index, shift) - loss(name, index, -shift)) / (2 * shift)
                for index in np.ndindex(parameter.shape)
            ]
        ).reshape(parameter.shape)
        for name, parameter in problem.parameters.items()
    }
    assert_close(gradients_of(problem), differences, 1e-6)


@pytest.mark.parametrize("problem", list(problems([*ODD_SIZES, TUTORIAL])))
def test_gradients_equal_those_of_jax(problem):
    jax = pytest.importorskip("jax")
    x, y = problem.x, problem.y

    def two_layer(p):
        return ((jax.nn.relu(x @ p["w1"]) @ p["w2"] - y) ** 2).sum()

    def with_biases(p):
        h = jax.nn.relu(x @ p["w1"] + p["b1"])
        for _ in range(problem.depth or 0):
            h = jax.nn.relu(h @ p["w_middle"] + p["b_middle"])
        return ((h @ p["w2"] + p["b2"] - y) ** 2).sum()

    def line(p):
        batch = problem.size.batch
        return ((x[:batch] @ p["w"] + p["b"] - y[:batch]) ** 2).mean()

    losses = {"two_layer": two_layer, "two_layer_bias": with_biases, "two_layer_adam": with_biases}
    loss = (losses | {"dynamic": with_biases}).get(problem.workload, line)
    with jax.enable_x64(True):
        expected = jax.device_get(jax.grad(loss)(dict(problem.parameters)))
    assert expected["w2" if "w2" in expected else "w"].dtype == "float64"
    assert_close(gradients_of(problem), expected, 1e-12)


def long_if_large(size):
    return pytest.param(size, marks=pytest.mark.slow if size.flops_per_step > 1e9 else (), id=str(size))


@pytest.mark.parametrize("size", [long_if_large(size) for size in TIMED_SIZES])
@pytest.mark.parametrize("workload", ["two_layer", "two_layer_bias", "two_layer_adam", "dynamic"])
def test_the_loss_falls_at_every_size_that_is_timed(workload, size):
    net = NETS[workload](Problem(workload, size, "float32"), "cpu")
    losses = [float(net.step()) for _ in range(20)]
    assert np.isfinite(losses).all()
    assert sum(losses[-4:]) < sum(losses[:4])


def recovered(workload, seed):
    problem = Problem(workload, WORKLOADS[workload].size, "float64", seed)
    net = NETS[workload](problem, "cpu")
    for _ in range(WORKLOADS[workload].steps):
        net.step()
    return float(net.parameters()["b"][0]), float(net.parameters()["w"][0, 0])


@pytest.mark.parametrize(
    ("workload", "intercept", "slope"),
    [("linear_regression", 1.7, 2.2), ("linear_regression_1e-2", 4.9, 6.8)],
)
def test_only_the_higher_rate_recovers_the_line(workload, intercept, slope):
    found = np.array([recovered(workload, seed) for seed in range(100)])
    assert np.abs(found.mean(axis=0) - [intercept, slope]).max() < 0.15
