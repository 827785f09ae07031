"""Whether a net computes what float64 NumPy computes from the same numbers. Runs inside a worker."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.problem import TUTORIAL, Problem, Size
from bench.record import Agreement, Deviation

Arrays = Mapping[str, Any]
MakeNet = Callable[[Problem], Any]

# The tutorial trains this many steps.
TUTORIAL_STEPS = 500
CHECKPOINTS = (1, 2, 3, 10, 50, 100, 250, 500)
# Late losses vanish against the rounding of the first one, so they are judged on its scale.
LOSS_FLOOR = 1e-6


@dataclass(frozen=True)
class Gate:
    """Frobenius-relative limits: first loss, first gradients, displacement of the parameters, and for how long."""

    loss: float
    gradient: float
    displacement: float
    steps: int


@dataclass(frozen=True)
class Snapshot:
    """A net after `step` steps: the loss that step computed (before its update) and the parameters now."""

    step: int
    loss: float
    parameters: Arrays


def gate(dtype: str, size: Size) -> Gate:
    """The limits for a dtype at a size.

    Beyond N*H = 1e6 some ReLU flips between two correct nets, which costs a gradient about 1e-2; there
    the gradients prove the structure and the loss proves the precision.
    """
    steps = TUTORIAL_STEPS if size == TUTORIAL else 3
    if dtype == "float64":
        return Gate(1e-9, 1e-9, 1e-9, steps)
    if size.batch * size.hidden > 1e6:
        return Gate(1e-5, 2e-2, 2e-2, steps)
    return Gate(1e-5, 1e-4, 1e-4, steps)


def check(make_net: MakeNet, make_reference: MakeNet, problem: Problem) -> Agreement:
    """Compares a net with the reference, which is made from the same numbers in float64.

    Two fresh nets are tried: one by its phases (loss, every gradient, then the update), where it has
    them, and one by the `step()` that will be timed, whose parameters must have moved as the
    reference's did. NaN and infinity never pass. Raises ValueError where names or shapes differ.

    The net finishes before the reference starts: two frameworks that take turns in one process fight
    over its threads and take ten times as long.
    """
    limits = gate(problem.dtype, problem.size)
    net = make_net(problem)
    phases = by_phases(net) if hasattr(net, "forward") else None
    steps = by_steps(make_net(problem), limits.steps)
    reference = make_reference(problem.precise())
    parameters = copied(reference.parameters())
    expected, expected_gradients = by_phases(reference)
    start = Snapshot(0, expected.loss, parameters)
    found: list[Deviation] = []
    if phases is not None:
        taken, gradients = phases
        require_same_shapes(gradients, expected_gradients)
        found += [
            Deviation("gradient", name, 1, relative(gradients[name], gradient), limits.gradient)
            for name, gradient in expected_gradients.items()
        ]
        found += deviations(" by phases", taken, expected, start, problem.dtype, limits)
    reference = make_reference(problem.precise())
    for taken, expected in zip(steps, by_steps(reference, limits.steps), strict=True):
        found += deviations("", taken, expected, start, problem.dtype, limits)
    return Agreement(tuple(found), limits.steps)


def by_phases(net: Any) -> tuple[Snapshot, dict[str, Any]]:
    """One step taken phase by phase, and its gradients."""
    loss = float(net.forward())
    net.backward()
    net.wait()
    gradients = copied(net.gradients())
    net.update()
    net.wait()
    return Snapshot(1, loss, copied(net.parameters())), gradients


def by_steps(net: Any, steps: int) -> list[Snapshot]:
    """The net at the checkpoints of a training by `step()`."""
    snapshots = []
    for step in range(1, steps + 1):
        loss = net.step()
        if step in CHECKPOINTS:
            net.wait()
            snapshots.append(Snapshot(step, float(loss), copied(net.parameters())))
    return snapshots


def deviations(
    how: str, taken: Snapshot, expected: Snapshot, start: Snapshot, dtype: str, limits: Gate
) -> Iterator[Deviation]:
    """The loss, and how far each parameter has moved against how far the reference's has.

    Parameters themselves barely move at large sizes: a halved gradient would pass. What rounding the
    starting value alone may cost is allowed for.
    """
    require_same_shapes(taken.parameters, expected.parameters)
    loss_error = relative(taken.loss, expected.loss, floor=LOSS_FLOOR * start.loss)
    loss_limit = limits.loss if expected.step == 1 else limits.displacement
    yield Deviation(f"loss{how}", "loss", expected.step, loss_error, loss_limit)
    for name, origin in start.parameters.items():
        allowance = 4 * float(np.finfo(dtype).eps) * float(np.linalg.norm(origin))
        error = relative(taken.parameters[name] - origin, expected.parameters[name] - origin, allowance)
        yield Deviation(f"displacement{how}", name, expected.step, error, limits.displacement)


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
