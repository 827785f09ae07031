"""A workload: the arrays, the rule and the rates of a training, and how exactly nets must agree on it."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.workloads.size import TUTORIAL, Size

Array = NDArray[Any]


@dataclass(frozen=True)
class Workload:
    """A workload with normally distributed x and y; a subclass gives its initial parameters, and data of its own.

    `rate` is the learning rate at the tutorial's size; after `period` steps the work repeats. `size` is the only
    one it has, where it cannot be chosen; `steps` is how long the tutorial trains it, in calls of `step()`, each of
    which is `steps_per_call` steps. What is not `timed` is not
    training either: it is checked, and never part of a run. `reference` is the net that defines what is right.
    `lesson` orders workloads in lists, as the tutorial comes to them.

    Of its agreement in float32: correct nets part after `float32_steps`, and `float32_limit` bounds the relative
    error of gradients and displacements where no ReLU can flip. `sign_allowance` is added to the displacement's
    limit in reduced precision, where the sign of a rounding error decides a step. A step shows w2's gradient where
    the rule is `proportional` to it. The net is checked at each of its `depths`, where it has several. Where it fits a
    `line`, that is the intercept and slope which the points scatter about.
    """

    name: str
    rate: float
    period: int = 1
    size: Size | None = None
    steps: int = 500
    steps_per_call: int = 1
    timed: bool = True
    reference: str = "numpy_manual"
    lesson: int = 9
    float32_steps: int | None = None
    float32_limit: float = 1e-4
    sign_allowance: float = 0.0
    proportional: bool = True
    depths: tuple[int, ...] = ()
    line: tuple[float, float] | None = None

    @property
    def reducible(self) -> bool:
        """Whether it multiplies matrices, whose precision can be reduced: a line has one weight, the basics none."""
        return self.size is None

    def sizes(self, chosen: Sequence[Size]) -> Sequence[Size]:
        """The chosen sizes, or the only one there is."""
        return chosen if self.size is None else (self.size,)

    def data(self, draw: np.random.Generator, size: Size) -> tuple[Array, Array]:
        """Inputs x (N, D_in) and targets y (N, D_out) in float64."""
        return draw.standard_normal((size.batch, size.d_in)), draw.standard_normal((size.batch, size.d_out))

    def parameters(self, draw: np.random.Generator, size: Size) -> Mapping[str, Array]:
        """The initial parameters by name, in float64; the data have been drawn before."""
        return {}

    def drawn_depths(self, seed: int) -> Iterator[int]:
        """The depth at each step, without end."""
        return repeat(0)

    def learning_rate(self, size: Size) -> float:
        """The rate at a size, which is smaller where gradients are larger than at the tutorial's size."""
        return self.rate


def linear_layers(draw: np.random.Generator, layers: Mapping[str, tuple[int, int]]) -> dict[str, Array]:
    """Weights w<name> (fan_in, fan_out) and biases b<name> (fan_out,) of each layer, as torch.nn.Linear starts.

    Kaiming-uniform with a = sqrt(5) comes to the bound 1 / sqrt(fan_in) for both.
    """
    parameters: dict[str, Array] = {}
    for name, (fan_in, fan_out) in layers.items():
        bound = 1 / math.sqrt(fan_in)
        parameters[f"w{name}"] = draw.uniform(-bound, bound, (fan_in, fan_out))
        parameters[f"b{name}"] = draw.uniform(-bound, bound, fan_out)
    return parameters


def shrunk(rate: float, size: Size) -> float:
    """The rate over by how much more values than at the tutorial's size add up to a gradient."""
    width = TUTORIAL.batch * TUTORIAL.hidden / (size.batch * size.hidden)
    return rate * min(1.0, width) * min(1.0, TUTORIAL.d_in / size.d_in)
