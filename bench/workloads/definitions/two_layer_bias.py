"""The net as torch.nn writes it: with biases b1 (H,) and b2 (D_out,), trained by gradient descent or by Adam."""

from collections.abc import Mapping

import numpy as np

from bench.workloads.size import Size
from bench.workloads.workload import Array, Workload, linear_layers, shrunk


class Biased(Workload):
    """Trained by gradient descent."""

    def parameters(self, draw: np.random.Generator, size: Size) -> Mapping[str, Array]:
        return linear_layers(draw, {"1": (size.d_in, size.hidden), "2": (size.hidden, size.d_out)})

    def learning_rate(self, size: Size) -> float:
        return shrunk(self.rate, size)


class Adam(Biased):
    """Trained by Adam, whose step does not depend on the size of a gradient, so the rate is that of every size."""

    def learning_rate(self, size: Size) -> float:
        return self.rate


WORKLOADS = (
    Biased("two_layer_bias", 1e-4, lesson=2),
    # Adam divides by small roots, and the first steps take only the sign of a gradient.
    Adam("two_layer_adam", 1e-4, lesson=3, float32_steps=50, sign_allowance=0.2, proportional=False),
)
