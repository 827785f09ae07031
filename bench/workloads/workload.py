"""A workload: what is trained, by which rule, and at which sizes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bench.errors import UserError


@dataclass(frozen=True, order=True)
class Size:
    """Batch N, input width D_in, hidden width H (0: no hidden layer) and output width D_out."""

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
        """Four positive integers: `64,1000,100,10` or `64x1000x100x10`. Raises UserError for anything else."""
        parts = text.replace("x", ",").split(",")
        if len(parts) == 4 and all(part.strip().isdecimal() and int(part) > 0 for part in parts):
            return cls(*(int(part) for part in parts))
        raise UserError(
            f"size {text!r} is not four positive integers: give N,D_in,H,D_out as 64,1000,100,10, or tutorial or sweep"
        )


TUTORIAL = Size(64, 1000, 100, 10)
# Batch and hidden width in factors of 4, up to steps of about 100 GFLOP.
SWEEP = tuple(Size(batch, 1000, hidden, 10) for batch in (64, 256, 1024, 4096) for hidden in (100, 400, 1600, 6400))


def parse_sizes(texts: Iterable[str]) -> tuple[Size, ...]:
    """What `--size` names: `tutorial`, `sweep`, or four integers each. Raises UserError for anything else."""
    named = {"tutorial": (TUTORIAL,), "sweep": SWEEP}
    return tuple(dict.fromkeys(size for text in texts for size in named.get(text) or (Size.parse(text),)))


@dataclass(frozen=True)
class Workload:
    """`learning_rate` is that of the tutorial size; `period` is the number of steps after which the work repeats.

    `size` is the only one it has, where it cannot be chosen; `steps` is how long the tutorial trains it.
    What is not `timed` is not training either: it is checked, and never part of a run.
    """

    learning_rate: float
    period: int = 1
    size: Size | None = None
    steps: int = 500
    timed: bool = True

    @property
    def reducible(self) -> bool:
        """Whether it multiplies matrices, whose precision can be reduced: a line has one weight, the basics none."""
        return self.size is None

    def sizes(self, chosen: Sequence[Size]) -> Sequence[Size]:
        """The chosen sizes, or the only one there is."""
        return chosen if self.size is None else (self.size,)


# Linear regression is three workloads: the introductions train it at different rates, and the rate decides
# whether the line is recovered. A rate is no variant of a net, which is given it like everything else.
WORKLOADS: Mapping[str, Workload] = {
    "two_layer": Workload(1e-6),
    "two_layer_bias": Workload(1e-4),
    "two_layer_adam": Workload(1e-4),
    "dynamic": Workload(1e-4, period=4),
    "linear_regression": Workload(1e-3, period=10, size=Size(10, 1, 0, 1), steps=200),
    "linear_regression_1e-2": Workload(1e-2, period=10, size=Size(10, 1, 0, 1), steps=200),
    "linear_regression_full_batch": Workload(1e-2, size=Size(100, 1, 0, 1), steps=100),
    # Tensor operations and derivatives, of a framework rather than of a net.
    "basics": Workload(0.0, size=Size(3, 4, 0, 0), steps=0, timed=False),
}
TIMED = tuple(name for name, workload in WORKLOADS.items() if workload.timed)
