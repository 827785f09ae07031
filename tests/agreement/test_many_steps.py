"""A call that is many steps: each of them is checked, by where the parameters are after it."""

from bench.agreement import check
from bench.workloads.problem import Problem
from bench.workloads.size import Size
from implementations.many_steps.numpy_loop import ManySteps
from implementations.two_layer import numpy_manual


class OneTooFew(ManySteps):
    def __init__(self, problem, device):
        super().__init__(problem, device)
        self.steps -= 1


def compared(net):
    problem = Problem("many_steps", Size(16, 24, 12, 3), "float32")
    return check.check(lambda p: net(p, "cpu"), lambda p: ManySteps(p, "cpu"), problem)


def test_a_call_that_leaves_out_one_step_is_wrong():
    assert compared(ManySteps).first_wrong is None
    assert compared(OneTooFew).first_wrong is not None


def test_a_call_of_the_reference_is_as_many_steps_of_the_tutorial_s_net():
    problem = Problem("many_steps", Size(16, 24, 12, 3), "float64")
    many, single = ManySteps(problem, "cpu"), numpy_manual.TwoLayer(problem, "cpu")
    loss = many.step()
    losses = [single.step() for _ in range(problem.steps_per_call)]
    assert problem.steps_per_call > 1
    assert loss == sum(losses) / len(losses)
    assert all((many.parameters()[name] == weight).all() for name, weight in single.parameters().items())
