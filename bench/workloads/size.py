"""The size of a two-layer net's step."""

import re
from collections.abc import Iterable
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
        """Four integers from 1 to below 1e9: `64,1000,100,10` or `64x1000x100x10`. Raises UserError for others."""
        parts = text.replace("x", ",").split(",")
        if len(parts) == 4 and all(re.fullmatch("[0-9]{1,9}", part.strip()) and int(part) for part in parts):
            return cls(*(int(part) for part in parts))
        raise UserError(
            f"size {text!r} is not four positive integers below 1e9: "
            "give N,D_in,H,D_out as 64,1000,100,10, or tutorial or sweep"
        )


TUTORIAL = Size(64, 1000, 100, 10)
# Batch and hidden width in factors of 4, up to steps of about 100 GFLOP.
SWEEP = tuple(Size(batch, 1000, hidden, 10) for batch in (64, 256, 1024, 4096) for hidden in (100, 400, 1600, 6400))


def parse_sizes(texts: Iterable[str]) -> tuple[Size, ...]:
    """What `--size` names: `tutorial`, `sweep`, or four integers each. Raises UserError for anything else."""
    named = {"tutorial": (TUTORIAL,), "sweep": SWEEP}
    return tuple(dict.fromkeys(size for text in texts for size in named.get(text) or (Size.parse(text),)))
