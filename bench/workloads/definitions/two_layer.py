"""The tutorial's net: w1 (D_in, H) and w2 (H, D_out) without biases, trained by gradient descent."""

from collections.abc import Mapping

import numpy as np

from bench.workloads.size import TUTORIAL, Size
from bench.workloads.workload import Array, Workload


class TwoLayer(Workload):
    """All parameters start normally distributed, as the tutorial's do."""

    def parameters(self, draw: np.random.Generator, size: Size) -> Mapping[str, Array]:
        return {
            "w1": draw.standard_normal((size.d_in, size.hidden)),
            "w2": draw.standard_normal((size.hidden, size.d_out)),
        }

    def learning_rate(self, size: Size) -> float:
        """The tutorial's rate is at the edge of stability, so other sizes take half of what scales as it does."""
        if size == TUTORIAL:
            return self.rate
        tutorial_work = TUTORIAL.batch * TUTORIAL.d_in * TUTORIAL.hidden
        return self.rate * min(1.0, tutorial_work / (size.batch * size.d_in * size.hidden) / 2)


WORKLOADS = (TwoLayer("two_layer", 1e-6, lesson=1),)
