"""The dynamic net: at each step 0 to 3 uses, drawn anew, of one middle layer w_middle (H, H) and b_middle (H,)."""

from collections.abc import Iterator, Mapping
from itertools import cycle

import numpy as np

from bench.workloads.size import Size
from bench.workloads.workload import Array, Workload, linear_layers, shrunk

DEPTHS = (0, 1, 2, 3)
# The depths repeat after this many shuffled blocks, so that drawing one costs a timed step nothing.
DEPTH_BLOCKS = 256


class Dynamic(Workload):
    """With biases, trained by gradient descent with momentum."""

    def parameters(self, draw: np.random.Generator, size: Size) -> Mapping[str, Array]:
        middle = {"_middle": (size.hidden, size.hidden)}
        return linear_layers(draw, {"1": (size.d_in, size.hidden)} | middle | {"2": (size.hidden, size.d_out)})

    def drawn_depths(self, seed: int) -> Iterator[int]:
        """Without end: every block of four holds 0, 1, 2, 3 in random order."""
        draw = np.random.default_rng([seed, len(DEPTHS)])
        return cycle([int(depth) for _ in range(DEPTH_BLOCKS) for depth in draw.permutation(DEPTHS)])

    def learning_rate(self, size: Size) -> float:
        return shrunk(self.rate, size)


# After 50 steps a ReLU flips in one of two correct nets.
WORKLOADS = (
    Dynamic("dynamic", 1e-4, lesson=4, period=len(DEPTHS), float32_steps=50, float32_limit=1e-5, depths=DEPTHS),
)
