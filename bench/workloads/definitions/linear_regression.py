"""A line through 100 points: w (1, 1) and b (1,), trained on ten points a step or on all.

It is three workloads: the introductions train it at different rates, and the rate decides whether the line is
recovered. A rate is no variant of a net, which is given it like everything else.
"""

from collections.abc import Mapping

import numpy as np

from bench.workloads.size import Size
from bench.workloads.workload import Array, Workload, linear_layers

POINTS, NOISE = 100, 2.0
LINE = INTERCEPT, SLOPE = 5.0, 7.0
TEN, ALL = Size(10, 1, 0, 1), Size(POINTS, 1, 0, 1)
PERIOD = POINTS // TEN.batch


class LinearRegression(Workload):
    """x and y hold all points (100, 1), of which each step takes the next `size.batch`."""

    def data(self, draw: np.random.Generator, size: Size) -> tuple[Array, Array]:
        x = draw.standard_normal((POINTS, 1))
        return x, SLOPE * x + INTERCEPT + NOISE * draw.standard_normal((POINTS, 1))

    def parameters(self, draw: np.random.Generator, size: Size) -> Mapping[str, Array]:
        return linear_layers(draw, {"": (size.d_in, size.d_out)})


WORKLOADS = (
    LinearRegression("linear_regression", 1e-3, line=LINE, lesson=5, period=PERIOD, size=TEN, steps=200),
    LinearRegression("linear_regression_1e-2", 1e-2, line=LINE, lesson=5, period=PERIOD, size=TEN, steps=200),
    LinearRegression("linear_regression_full_batch", 1e-2, line=LINE, lesson=5, size=ALL, steps=100),
)
