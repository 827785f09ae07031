"""A problem: the arrays and hyper-parameters that every net is given."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import repeat
from types import MappingProxyType
from typing import ClassVar

import numpy as np

from bench.workloads.catalogue import WORKLOADS
from bench.workloads.dtypes import storage
from bench.workloads.size import Size
from bench.workloads.workload import Array

# With this seed no hidden value of the first tutorial step, of any workload and at any depth, lies within
# 1e-5 standard deviations of zero, so no ReLU can flip between two correct nets there.
SEED = 3
# A power of two, which no dtype rounds.
SLOW_INPUTS = 1 / 32


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
    input_scale: float = 1.0  # what x is multiplied by
    x: Array = field(init=False, repr=False, compare=False)
    y: Array = field(init=False, repr=False, compare=False)
    parameters: Mapping[str, Array] = field(init=False, repr=False, compare=False)

    momentum: ClassVar[float] = 0.9
    betas: ClassVar[tuple[float, float]] = (0.9, 0.999)
    epsilon: ClassVar[float] = 1e-8

    def __post_init__(self) -> None:
        draw, workload = np.random.default_rng(self.seed), WORKLOADS[self.workload]
        x, y = workload.data(draw, self.size)
        parameters = {name: self._rounded(array) for name, array in workload.parameters(draw, self.size).items()}
        for array in parameters.values():
            array.setflags(write=False)  # a net that trained them in place would start the next one from there
        object.__setattr__(self, "x", self._rounded(self.input_scale * x))
        object.__setattr__(self, "y", self._rounded(y))
        object.__setattr__(self, "parameters", MappingProxyType(parameters))

    @property
    def storage(self) -> str:
        """The dtype of the arrays."""
        return storage(self.dtype)

    @property
    def learning_rate(self) -> float:
        return WORKLOADS[self.workload].learning_rate(self.size)

    @property
    def steps_per_call(self) -> int:
        """How many steps of training one `step()` is."""
        return WORKLOADS[self.workload].steps_per_call

    def depths(self) -> Iterator[int]:
        """The dynamic net's depth at each step, without end."""
        return WORKLOADS[self.workload].drawn_depths(self.seed) if self.depth is None else repeat(self.depth)

    def at_depth(self, depth: int) -> "Problem":
        """The same problem with the dynamic net held at one depth."""
        return replace(self, depth=depth)

    def slow(self) -> "Problem":
        """The same problem with inputs so small that 700 steps move all parameters and none has converged.

        Curvature falls with the square of the inputs, to 1/1000, as if the rate did; but the rate may be compiled in.
        """
        return replace(self, input_scale=SLOW_INPUTS)

    def precise(self) -> "Problem":
        """The same numbers, as rounded to `dtype`, in float64."""
        return replace(self, dtype="float64", rounding=self.rounding or self.storage)

    def _rounded(self, array: Array) -> Array:
        return array.astype(self.rounding or self.storage).astype(self.storage)
