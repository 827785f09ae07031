"""Whether a net computes what float64 NumPy computes from the same numbers."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bench.agreement.norms import median_column, relative
from bench.agreement.precision import precision
from bench.agreement.snapshot import Snapshot, by_phases, by_steps, require_same_shapes
from bench.agreement.tolerances import Tolerances, tolerances
from bench.records.agreement import Agreement, Deviation
from bench.records.line import Recovery
from bench.workloads.catalogue import WORKLOADS
from bench.workloads.problem import Problem

MakeNet = Callable[[Problem], Any]

# Every depth of the dynamic net once.
PHASED_STEPS = 4
# Late losses vanish against the rounding of the first one, so they are judged on its scale.
LEAST_LOSS = 1e-6


@dataclass(frozen=True)
class Trial:
    """A training of a fresh net: `how` names it in messages, `limits` say for how many steps and how exactly."""

    how: str
    problem: Problem
    train: Callable[[Any, int], list[Snapshot]]
    limits: Tolerances


def check(make_net: MakeNet, make_reference: MakeNet, problem: Problem) -> Agreement:
    """Compares a net with the reference, which is made from the same numbers in float64.

    Fresh nets are tried: one by its phases (loss, every gradient, then the update), where it has them,
    for a few steps; the dynamic net so at every depth; and one by the `step()` that will be timed. The
    parameters must have moved as the reference's did. NaN and infinity never pass. Raises ValueError
    where names or shapes differ.
    """
    limits = tolerances(problem)
    trials = [
        Trial(" by phases", problem, by_phases, replace(limits, steps=min(limits.steps, PHASED_STEPS))),
        Trial("", problem, by_steps, limits),
    ]
    for depth in WORKLOADS[problem.workload].depths:
        trials.append(Trial(f" at depth {depth}", problem.at_depth(depth), by_phases, replace(limits, steps=1)))
    taken = [trial.train(make_net(trial.problem), trial.limits.steps) for trial in trials]
    deviations = tuple(compared(make_reference, trials, taken))
    return Agreement(deviations, limits.steps, Recovery.of(problem, taken[1][-1].parameters))


def compared(
    make_reference: MakeNet, trials: Sequence[Trial], taken: Sequence[Sequence[Snapshot]]
) -> Iterator[Deviation]:
    """How far each trial is from the reference's, for as many steps as were taken.

    The reference starts when the net has finished: two frameworks that take turns in one process fight over its
    threads and take ten times as long.
    """
    for trial, snapshots in zip(trials, taken, strict=True):
        steps = snapshots[-1].step if snapshots else trial.limits.steps
        expected = trial.train(make_reference(trial.problem.precise()), steps)
        for snapshot, truth in zip(snapshots, expected, strict=bool(snapshots)):
            yield from deviations(trial, snapshot, truth, expected[0].loss)


def deviations(trial: Trial, taken: Snapshot, expected: Snapshot, first_loss: float) -> Iterator[Deviation]:
    """The loss, the gradients, and how far each parameter has moved against how far the reference's has.

    Parameters themselves barely move at large sizes: a halved gradient would pass. What rounding the
    starting value alone may cost is allowed for.
    """
    how, problem, limits = trial.how, trial.problem, trial.limits
    require_same_shapes(taken.gradients, expected.gradients)
    require_same_shapes(taken.parameters, expected.parameters)
    loss_error = relative(taken.loss, expected.loss, least_scale=LEAST_LOSS * first_loss)
    loss_limit = limits.loss if expected.step == 1 else limits.displacement
    yield Deviation(f"loss{how}", "loss", expected.step, loss_error, loss_limit)
    for name, gradient in expected.gradients.items():
        error = relative(taken.gradients[name], gradient)
        # Only phases have gradients, which need not be said
        yield Deviation(f"gradient{how.removeprefix(' by phases')}", name, expected.step, error, limits.gradient)
    if limits.column and expected.gradients:
        error = median_column(taken.gradients["w1"], expected.gradients["w1"])
        yield Deviation("median column of the gradient", "w1", expected.step, error, limits.column)
    if expected.step == 1 and limits.angle:
        direction = precision(how, taken, expected, problem, limits.angle)
        if direction:
            yield direction
    for name, rounded in problem.parameters.items():
        origin = rounded.astype("float64")
        allowance = 4 * float(np.finfo(problem.storage).eps) * float(np.linalg.norm(origin))
        error = relative(taken.parameters[name] - origin, expected.parameters[name] - origin, allowance)
        yield Deviation(f"displacement{how}", name, expected.step, error, limits.displacement)
