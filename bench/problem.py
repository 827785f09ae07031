"""A problem: the arrays and hyper-parameters that every net is given."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.errors import UserError

WORKLOADS = ("two_layer",)
DTYPES = ("float32", "float64")

# With this seed no hidden value of the first tutorial step lies within 1e-5 standard deviations of
# zero, so no ReLU can flip between two correct nets there.
SEED = 0


@dataclass(frozen=True, order=True)
class Size:
    """Batch N, input width D_in, hidden width H and output width D_out."""

    batch: int
    d_in: int
    hidden: int
    d_out: int

    def __str__(self) -> str:
        return f"{self.batch}x{self.d_in}x{self.hidden}x{self.d_out}"

    @property
    def flops_per_step(self) -> int:
        """Floating-point operations of the five matrix products of one training step."""
        first, second = self.batch * self.d_in * self.hidden, self.batch * self.hidden * self.d_out
        return 2 * (2 * first + 3 * second)

    @classmethod
    def parse(cls, text: str) -> "Size":
        """`tutorial`, or four positive integers: `64,1000,100,10` or `64x1000x100x10`.

        Raises UserError for anything else.
        """
        if text == "tutorial":
            return TUTORIAL
        parts = text.replace("x", ",").split(",")
        if len(parts) == 4 and all(part.strip().isdecimal() and int(part) > 0 for part in parts):
            return cls(*(int(part) for part in parts))
        raise UserError(
            f"size {text!r} is not four positive integers: give N,D_in,H,D_out such as 64,1000,100,10, or tutorial"
        )


TUTORIAL = Size(64, 1000, 100, 10)


@dataclass(frozen=True)
class Problem:
    """Inputs x (N, D_in), targets y (N, D_out), initial weights w1 (D_in, H) and w2 (H, D_out), learning rate.

    The arrays are drawn in float64 and rounded to `dtype`, so that the float64 reference can start
    from the very numbers that a float32 net starts from (`precise`).
    """

    workload: str
    size: Size
    dtype: str
    seed: int = SEED
    x: NDArray[Any] = field(init=False, repr=False, compare=False)
    y: NDArray[Any] = field(init=False, repr=False, compare=False)
    w1: NDArray[Any] = field(init=False, repr=False, compare=False)
    w2: NDArray[Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        draw = np.random.default_rng(self.seed).standard_normal
        batch, d_in, hidden, d_out = self.size.batch, self.size.d_in, self.size.hidden, self.size.d_out
        shapes = {"x": (batch, d_in), "y": (batch, d_out), "w1": (d_in, hidden), "w2": (hidden, d_out)}
        for name, shape in shapes.items():
            object.__setattr__(self, name, draw(shape).astype(self.dtype))

    @property
    def learning_rate(self) -> float:
        """1e-6 at the tutorial size, which is at the edge of stability; smaller where gradients are larger."""
        if self.size == TUTORIAL:
            return 1e-6
        work = self.size.batch * self.size.d_in * self.size.hidden
        return 1e-6 * min(1.0, TUTORIAL.batch * TUTORIAL.d_in * TUTORIAL.hidden / work / 2)

    def precise(self) -> "Problem":
        """The same numbers, as rounded to `dtype`, in float64."""
        twin = Problem(self.workload, self.size, "float64", self.seed)
        for name in ("x", "y", "w1", "w2"):
            object.__setattr__(twin, name, getattr(self, name).astype("float64"))
        return twin
