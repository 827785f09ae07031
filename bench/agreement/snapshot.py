"""A net in the course of its training, as arrays."""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

Arrays = Mapping[str, Any]

# Whole steps are compared after these and at the end.
CHECKPOINTS = (1, 2, 3, 4, 10, 50, 100, 200, 500)


@dataclass(frozen=True)
class Snapshot:
    """A net after `step` steps: the loss and gradients that step computed, and the parameters now."""

    step: int
    loss: float
    parameters: Arrays
    gradients: Arrays


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


def by_steps(net: Any, steps: int, seconds: float = math.inf) -> list[Snapshot]:
    """The net at the checkpoints of a training by `step()`, and at its end, which is after `seconds` at latest."""
    snapshots = []
    end = time.monotonic() + seconds
    for step in range(1, steps + 1):
        loss = net.step()
        over = time.monotonic() >= end
        if step in CHECKPOINTS or step == steps or over:
            net.wait()
            snapshots.append(Snapshot(step, float(loss), copied(net.parameters()), {}))
        if over:
            break
    return snapshots


def copied(arrays: Arrays) -> dict[str, Any]:
    """Copies, since a net may hand out the very arrays it goes on changing."""
    return {name: np.array(array) for name, array in arrays.items()}


def require_same_shapes(actual: Arrays, expected: Arrays) -> None:
    """Raises ValueError where names or shapes differ from the reference's."""
    have = {name: np.shape(array) for name, array in actual.items()}
    want = {name: np.shape(array) for name, array in expected.items()}
    if have != want:
        raise ValueError(f"arrays {have} where the reference has {want}")
