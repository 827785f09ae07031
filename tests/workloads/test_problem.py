"""What every net is given: the same numbers for all, scaled so that training stays stable."""

from itertools import islice

import numpy as np
import pytest

from bench.workloads.catalogue import TIMED, WORKLOADS
from bench.workloads.dtypes import DTYPES
from bench.workloads.problem import Problem
from bench.workloads.size import TUTORIAL, Size


def tutorial(workload, dtype="float64"):
    return Problem(workload, WORKLOADS[workload].size or TUTORIAL, dtype)


@pytest.mark.parametrize("workload", WORKLOADS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_every_array_is_of_its_dtype_or_float32_and_has_the_same_numbers_again(workload, dtype):
    problem, again = tutorial(workload, dtype), tutorial(workload, dtype)
    for array in (problem.x, problem.y, *problem.parameters.values()):
        assert array.dtype == ("float64" if dtype == "float64" else "float32")
    for name, array in problem.parameters.items():
        assert np.array_equal(array, again.parameters[name])


@pytest.mark.parametrize("workload", WORKLOADS)
def test_the_precise_twin_holds_the_rounded_numbers_in_float64(workload):
    problem = tutorial(workload, "float32")
    precise = problem.precise()
    assert precise.x.dtype == "float64"
    assert np.array_equal(problem.x, precise.x)
    for name, array in problem.parameters.items():
        assert np.array_equal(array, precise.parameters[name])
    assert precise.precise() == precise


def test_no_hidden_value_of_the_first_step_is_so_near_zero_that_rounding_could_flip_it():
    for workload in ("two_layer", "two_layer_bias", "two_layer_adam", "dynamic"):
        problem = tutorial(workload)
        p = problem.parameters
        h = problem.x @ p["w1"] + p.get("b1", 0)
        hidden = [h]
        while "w_middle" in p and len(hidden) <= 3:
            hidden.append(np.maximum(hidden[-1], 0) @ p["w_middle"] + p["b_middle"])
        for h in hidden:
            assert np.abs(h).min() > 1e-5 * h.std()


def test_every_block_of_four_steps_visits_every_depth():
    depths = list(islice(tutorial("dynamic").depths(), 4000))
    blocks = [tuple(depths[start : start + 4]) for start in range(0, 4000, 4)]
    assert all(sorted(block) == [0, 1, 2, 3] for block in blocks)
    assert len(set(blocks)) == 24
    assert depths == list(islice(tutorial("dynamic", "float32").precise().depths(), 4000))


def test_a_problem_can_be_held_at_one_depth():
    problem = tutorial("dynamic", "float32").at_depth(2)
    assert list(islice(problem.precise().depths(), 5)) == [2] * 5


def test_learning_rates_are_the_tutorials_at_its_size_and_shrink_where_gradients_grow():
    rates = {workload: tutorial(workload).learning_rate for workload in TIMED}
    assert rates == {
        "two_layer": 1e-6,
        "two_layer_bias": 1e-4,
        "two_layer_adam": 1e-4,
        "dynamic": 1e-4,
        "linear_regression": 1e-3,
        "linear_regression_1e-2": 1e-2,
        "linear_regression_full_batch": 1e-2,
        "many_steps": 1e-6,
    }
    double = Size(128, 1000, 100, 10)
    assert Problem("two_layer", double, "float64").learning_rate == pytest.approx(1e-6 / 4)
    assert Problem("two_layer_bias", double, "float64").learning_rate == pytest.approx(1e-4 / 2)
    assert Problem("dynamic", Size(64, 4000, 100, 10), "float64").learning_rate == pytest.approx(1e-4 / 4)
    assert Problem("two_layer_adam", double, "float64").learning_rate == 1e-4


def test_linear_layers_start_within_their_bound():
    for name, array in tutorial("dynamic").parameters.items():
        fan_in = 1000 if name.endswith("1") else 100
        assert np.abs(array).max() <= fan_in**-0.5
        assert np.abs(array).max() > 0.5 * fan_in**-0.5


def test_the_line_is_seven_x_plus_five():
    problem = tutorial("linear_regression")
    slope, intercept = np.polyfit(problem.x[:, 0], problem.y[:, 0], 1)
    assert problem.x.shape == problem.y.shape == (100, 1)
    assert abs(slope - 7) < 0.8
    assert abs(intercept - 5) < 0.8


def test_no_net_can_train_the_parameters_of_the_next_one_in_place():
    problem = Problem("two_layer", Size(4, 5, 6, 7), "float32")
    with pytest.raises(ValueError, match="read-only"):
        problem.parameters["w1"] -= 1
