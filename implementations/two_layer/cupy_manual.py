"""NumPy's nets on CuPy arrays: the same lines, run by the GPU."""

import cupy

from implementations.two_layer import numpy_manual

DEVICES = ("cuda",)
DTYPES = ("float32", "float64", "tf32")
VARIANTS = {
    "": {},
    # x and y come from the host at every step, as the tutorial feeds them to TensorFlow
    "fed": {"fed": True},
}
ONLY = {"fed": {"workloads": ("two_layer",)}}


class OnGpu:
    xp = cupy

    def wait(self):
        cupy.cuda.get_current_stream().synchronize()

    def parameters(self):
        return {name: cupy.asnumpy(array) for name, array in super().parameters().items()}

    def gradients(self):
        return {name: cupy.asnumpy(array) for name, array in super().gradients().items()}


class TwoLayer(OnGpu, numpy_manual.TwoLayer):
    def __init__(self, problem, device, fed=False):
        super().__init__(problem, device)
        self.feeds = (problem.x, problem.y) if fed else None

    def forward(self):
        if self.feeds:
            self.x, self.y = map(cupy.asarray, self.feeds)
        return super().forward()


class TwoLayerBias(OnGpu, numpy_manual.TwoLayerBias):
    pass


class TwoLayerAdam(OnGpu, numpy_manual.TwoLayerAdam):
    pass


class Dynamic(OnGpu, numpy_manual.Dynamic):
    pass


class LinearRegression(OnGpu, numpy_manual.LinearRegression):
    pass


NETS = {
    "two_layer": TwoLayer,
    "two_layer_bias": TwoLayerBias,
    "two_layer_adam": TwoLayerAdam,
    "dynamic": Dynamic,
    "linear_regression": LinearRegression,
    "linear_regression_1e-2": LinearRegression,
    "linear_regression_full_batch": LinearRegression,
}
