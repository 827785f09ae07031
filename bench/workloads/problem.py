"""A problem: the arrays and hyper-parameters that every net is given."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import cycle
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bench.workloads.workload import TIMED, TUTORIAL, WORKLOADS, Size

__all__ = ["DTYPES", "REDUCED", "TIMED", "TUTORIAL", "WORKLOADS", "Problem", "Size"]

DTYPES = ("float32", "float64", "tf32", "bfloat16")
# Parameters, inputs and results in float32, but matrix products of numbers with 10 or 7 bits after the point.
REDUCED = ("tf32", "bfloat16")

# With this seed no hidden value of the first tutorial step, of any workload and at any depth, lies within
# 1e-5 standard deviations of zero, so no ReLU can flip between two correct nets there.
SEED = 3
DEPTHS = (0, 1, 2, 3)
# The depths repeat after this many shuffled blocks, so that drawing one costs a timed step nothing.
DEPTH_BLOCKS = 256
POINTS, SLOPE, INTERCEPT, NOISE = 100, 7.0, 5.0, 2.0


@dataclass(frozen=True)
class Problem:
    """Inputs x (N, D_in), targets y (N, D_out), the initial parameters by name, and hyper-parameters.

    Parameters: w1 (D_in, H), w2 (H, D_out), biases b1 (H,), b2 (D_out,) where the workload has them,
    w_middle (H, H) and b_middle (H,) of the dynamic net. Linear regression has w (1, 1), b (1,) and all
    100 points in x and y, of which each step takes the next `size.batch`. The basics have x (3, 4) alone.

    The arrays are drawn in float64 and rounded to `rounding`, which is `dtype` unless a float64 net
    shall start from the very numbers that a float32 net starts from (`precise`).
    """

    workload: str
    size: Size
    dtype: str
    seed: int = SEED
    depth: int | None = None  # the dynamic net's depth at every step, instead of one drawn anew
    rounding: str = ""
    x: NDArray[Any] = field(init=False, repr=False, compare=False)
    y: NDArray[Any] = field(init=False, repr=False, compare=False)
    parameters: Mapping[str, NDArray[Any]] = field(init=False, repr=False, compare=False)

    momentum: ClassVar[float] = 0.9
    betas: ClassVar[tuple[float, float]] = (0.9, 0.999)
    epsilon: ClassVar[float] = 1e-8

    def __post_init__(self) -> None:
        draw = np.random.default_rng(self.seed)
        x, y = self._data(draw)
        parameters = {name: self._rounded(array) for name, array in self._parameters(draw).items()}
        for array in parameters.values():
            array.setflags(write=False)  # a net that trained them in place would start the next one from there
        object.__setattr__(self, "x", self._rounded(x))
        object.__setattr__(self, "y", self._rounded(y))
        object.__setattr__(self, "parameters", MappingProxyType(parameters))

    @property
    def storage(self) -> str:
        """What the arrays are: the dtype, but float32 where only the products are of a reduced precision."""
        return "float32" if self.dtype in REDUCED else self.dtype

    @property
    def learning_rate(self) -> float:
        """The workload's, smaller where gradients are larger than at the tutorial size.

        The tutorial's rate for `two_layer` is at the edge of stability, so other sizes take half of what
        scales as it does. Adam's step does not depend on the size of a gradient.
        """
        rate, size = WORKLOADS[self.workload].learning_rate, self.size
        if self.workload == "two_layer" and size != TUTORIAL:
            tutorial_work = TUTORIAL.batch * TUTORIAL.d_in * TUTORIAL.hidden
            return rate * min(1.0, tutorial_work / (size.batch * size.d_in * size.hidden) / 2)
        if self.workload in ("two_layer_bias", "dynamic"):
            width = TUTORIAL.batch * TUTORIAL.hidden / (size.batch * size.hidden)
            return rate * min(1.0, width) * min(1.0, TUTORIAL.d_in / size.d_in)
        return rate

    def depths(self) -> Iterator[int]:
        """The dynamic net's depth at each step: without end, every block of four holds 0, 1, 2, 3 in random order."""
        if self.depth is not None:
            return cycle([self.depth])
        draw = np.random.default_rng([self.seed, len(DEPTHS)])
        return cycle([int(depth) for _ in range(DEPTH_BLOCKS) for depth in draw.permutation(DEPTHS)])

    def at_depth(self, depth: int) -> "Problem":
        """The same problem with the dynamic net held at one depth."""
        return replace(self, depth=depth)

    def precise(self) -> "Problem":
        """The same numbers, as rounded to `dtype`, in float64."""
        return replace(self, dtype="float64", rounding=self.rounding or self.storage)

    def _data(self, draw: np.random.Generator) -> tuple[NDArray[Any], NDArray[Any]]:
        if self.workload.startswith("linear_regression"):
            x = draw.standard_normal((POINTS, 1))
            return x, SLOPE * x + INTERCEPT + NOISE * draw.standard_normal((POINTS, 1))
        return draw.standard_normal((self.size.batch, self.size.d_in)), draw.standard_normal(
            (self.size.batch, self.size.d_out)
        )

    def _parameters(self, draw: np.random.Generator) -> dict[str, NDArray[Any]]:
        d_in, hidden, d_out = self.size.d_in, self.size.hidden, self.size.d_out
        if self.workload == "two_layer":
            return {"w1": draw.standard_normal((d_in, hidden)), "w2": draw.standard_normal((hidden, d_out))}
        if self.workload == "basics":
            return {}
        if self.workload == "dynamic":
            layers = {"1": (d_in, hidden), "_middle": (hidden, hidden), "2": (hidden, d_out)}
        elif self.workload in ("two_layer_bias", "two_layer_adam"):
            layers = {"1": (d_in, hidden), "2": (hidden, d_out)}
        else:
            layers = {"": (d_in, d_out)}
        parameters = {}
        for name, (fan_in, fan_out) in layers.items():
            # As torch.nn.Linear starts: Kaiming-uniform with a = sqrt(5), which comes to this bound for both
            bound = 1 / math.sqrt(fan_in)
            parameters[f"w{name}"] = draw.uniform(-bound, bound, (fan_in, fan_out))
            parameters[f"b{name}"] = draw.uniform(-bound, bound, fan_out)
        return parameters

    def _rounded(self, array: NDArray[Any]) -> NDArray[Any]:
        return array.astype(self.rounding or self.storage).astype(self.storage)
