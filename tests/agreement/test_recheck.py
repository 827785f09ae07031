"""Fresh nets are compared with the reference once more: the checked steps, and at the tutorial's size later ones."""

import math

import pytest
from threadpoolctl import threadpool_limits

from bench.agreement import recheck
from bench.workloads.problem import Problem
from bench.workloads.size import TUTORIAL, Size
from implementations.two_layer import numpy_manual


def steps_of(problem):
    """The steps after which a correct net is compared, by what is compared."""
    net = numpy_manual.NETS[problem.workload]
    found = recheck.recheck(lambda problem: net(problem, "cpu"), lambda problem: net(problem, "cpu"), problem)
    assert all(deviation.passes for deviation in found), [str(each) for each in found if not each.passes]
    return {
        how: [each.step for each in found if each.what == f"displacement {how}" and each.array == "w1"]
        for how in ("once more", "past the checked steps")
    }


@pytest.mark.parametrize(("workload", "last"), [("two_layer", 700), ("two_layer_adam", 100), ("dynamic", 100)])
def test_at_the_tutorial_s_size_a_correct_net_agrees_far_past_the_checked_steps(workload, last, monkeypatch):
    monkeypatch.setattr(recheck, "MOST_SECONDS", math.inf)
    with threadpool_limits(1):
        assert steps_of(Problem(workload, TUTORIAL, "float32"))["past the checked steps"][-1] == last


def test_at_other_sizes_the_checked_steps_alone_are_compared():
    steps = steps_of(Problem("two_layer", Size(32, 64, 32, 8), "float32"))
    assert steps == {"once more": [1, 2, 3], "past the checked steps": []}


def test_a_net_whose_time_is_over_is_compared_as_far_as_it_came(monkeypatch):
    monkeypatch.setattr(recheck, "MOST_SECONDS", 0.0)
    steps = steps_of(Problem("two_layer", TUTORIAL, "float32"))
    assert steps == {"once more": [1], "past the checked steps": [1]}
