"""Whether a net computes what float64 NumPy computes from the same numbers. Runs inside a worker."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bench.agreement.tolerances import ANGLES, COARSE, Gate, gate
from bench.records.agreement import Agreement, Deviation
from bench.records.line import Recovery
from bench.workloads.problem import DEPTHS, Problem

Arrays = Mapping[str, Any]
MakeNet = Callable[[Problem], Any]
Train = Callable[[Any, int], "list[Snapshot]"]

# One visit to every depth of the dynamic net.
PHASED_STEPS = 4
CHECKPOINTS = (1, 2, 3, 4, 10, 50, 100, 200, 500)
# Late losses vanish against the rounding of the first one, so they are judged on its scale.
LOSS_FLOOR = 1e-6


@dataclass(frozen=True)
class Snapshot:
    """A net after `step` steps: the loss and gradients that step computed, and the parameters now."""

    step: int
    loss: float
    parameters: Arrays
    gradients: Arrays


def check(make_net: MakeNet, make_reference: MakeNet, problem: Problem) -> Agreement:
    """Compares a net with the reference, which is made from the same numbers in float64.

    Fresh nets are tried: one by its phases (loss, every gradient, then the update), where it has them,
    for a few steps; the dynamic net so at every depth; and one by the `step()` that will be timed. The
    parameters must have moved as the reference's did. NaN and infinity never pass. Raises ValueError
    where names or shapes differ.

    The net finishes before the reference starts: two frameworks that take turns in one process fight
    over its threads and take ten times as long.
    """
    limits = gate(problem)
    trials: list[tuple[str, Problem, Train, int]] = [
        (" by phases", problem, by_phases, min(limits.steps, PHASED_STEPS)),
        ("", problem, by_steps, limits.steps),
    ]
    if problem.workload == "dynamic":
        trials += [(f" at depth {depth}", problem.at_depth(depth), by_phases, 1) for depth in DEPTHS]
    taken = [train(make_net(trial), steps) for _, trial, train, steps in trials]

    found: list[Deviation] = []
    for (how, trial, train, steps), snapshots in zip(trials, taken, strict=True):
        expected = train(make_reference(trial.precise()), steps)
        for snapshot, truth in zip(snapshots, expected, strict=bool(snapshots)):
            found += deviations(how, snapshot, truth, expected[0].loss, problem, limits)
    trained = taken[1][-1]
    return Agreement(tuple(found), limits.steps, Recovery.of(problem, trained.parameters))


def by_phases(net: Any, steps: int) -> list[Snapshot]:
    """Steps taken phase by phase, with their gradients; none where the net has no phases."""
    snapshots = []
    for step in range(1, steps + 1) if hasattr(net, "forward") else ():
        loss = float(net.forward())
        net.backward()
        net.wait()
        gradients = copied(net.gradients())
        net.update()
        net.wait()
        snapshots.append(Snapshot(step, loss, copied(net.parameters()), gradients))
    return snapshots


def by_steps(net: Any, steps: int) -> list[Snapshot]:
    """The net at the checkpoints of a training by `step()`."""
    snapshots = []
    for step in range(1, steps + 1):
        loss = net.step()
        if step in CHECKPOINTS:
            net.wait()
            snapshots.append(Snapshot(step, float(loss), copied(net.parameters()), {}))
    return snapshots


def deviations(
    how: str, taken: Snapshot, expected: Snapshot, first_loss: float, problem: Problem, limits: Gate
) -> Iterator[Deviation]:
    """The loss, the gradients, and how far each parameter has moved against how far the reference's has.

    Parameters themselves barely move at large sizes: a halved gradient would pass. What rounding the
    starting value alone may cost is allowed for.
    """
    require_same_shapes(taken.gradients, expected.gradients)
    require_same_shapes(taken.parameters, expected.parameters)
    loss_error = relative(taken.loss, expected.loss, floor=LOSS_FLOOR * first_loss)
    loss_limit = limits.loss if expected.step == 1 else limits.displacement
    yield Deviation(f"loss{how}", "loss", expected.step, loss_error, loss_limit)
    for name, gradient in expected.gradients.items():
        error = relative(taken.gradients[name], gradient)
        # Only phases have gradients, which need not be said
        yield Deviation(f"gradient{how.removeprefix(' by phases')}", name, expected.step, error, limits.gradient)
    if expected.step == 1 and limits.angle:
        yield from precision(how, taken, expected, problem, limits.angle)
    for name, rounded in problem.parameters.items():
        origin = rounded.astype("float64")
        allowance = 4 * float(np.finfo(problem.storage).eps) * float(np.linalg.norm(origin))
        error = relative(taken.parameters[name] - origin, expected.parameters[name] - origin, allowance)
        yield Deviation(f"displacement{how}", name, expected.step, error, limits.displacement)


def precision(
    how: str, taken: Snapshot, expected: Snapshot, problem: Problem, limits: tuple[float, float]
) -> Iterator[Deviation]:
    """Whether the products were as precise as the dtype claims, neither less nor more: by w2's first gradient.

    Where a step shows no gradient, how it has moved w2 tells the same, but for Adam's rule, and as far as the rounding
    of w2 itself does not hide it: where the products of the batch are added to w2 one after the other, each sum is
    rounded as w2 is, and the errors grow with the root of their number.
    """
    least, limit = limits
    if taken.gradients:
        error = angle(taken.gradients["w2"], expected.gradients["w2"])
    else:
        origin = problem.parameters["w2"].astype("float64")
        moved = expected.parameters["w2"] - origin
        rounding = np.finfo(problem.storage).eps * np.linalg.norm(origin) / np.linalg.norm(moved)
        rounding *= math.sqrt(problem.size.batch) / 2
        if problem.workload == "two_layer_adam" or rounding > (least or COARSE):
            return
        limit = max(limit, float(rounding))
        error = angle(taken.parameters["w2"] - origin, moved)
    found = Deviation(f"direction{how}", "w2", expected.step, error, limit, least)
    seen = next((dtype for dtype, (low, high) in ANGLES.items() if low <= error <= high), None)
    yield found if found.passes or not seen else replace(found, what=f"{seen}, not {problem.dtype}: {found.what}")


def angle(actual: Any, expected: Any) -> float:
    """The tangent of the angle between two arrays: their relative difference but for a common factor."""
    return relative(actual, expected * (np.vdot(actual, expected) / np.vdot(expected, expected)))


def relative(actual: Any, expected: Any, allowance: float = 0.0, floor: float = 0.0) -> float:
    """Frobenius norm of the difference over that of the expected array; NaN where anything is not finite.

    A zero reference needs a zero (1e-12).
    """
    actual, expected = np.asarray(actual, "float64"), np.asarray(expected, "float64")
    if not np.all(np.isfinite(actual)):
        return math.nan
    distance = max(0.0, float(np.linalg.norm(actual - expected)) - allowance)
    scale = max(float(np.linalg.norm(expected)), floor)
    if scale == 0:
        return 0.0 if distance <= 1e-12 else math.inf
    return distance / scale


def copied(arrays: Arrays) -> dict[str, Any]:
    """Copies, since a net may hand out the very arrays it goes on changing."""
    return {name: np.array(array) for name, array in arrays.items()}


def require_same_shapes(actual: Arrays, expected: Arrays) -> None:
    """Raises ValueError where names or shapes differ from the reference's."""
    have = {name: np.shape(array) for name, array in actual.items()}
    want = {name: np.shape(array) for name, array in expected.items()}
    if have != want:
        raise ValueError(f"arrays {have} where the reference has {want}")
