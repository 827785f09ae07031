"""NumPy's nets on CuPy arrays: the same lines, run by the GPU."""

import cupy

from implementations import numpy_manual

DEVICES = ("cuda",)
DTYPES = ("float32", "float64", "tf32")


class OnGpu:
    xp = cupy

    def wait(self):
        cupy.cuda.get_current_stream().synchronize()

    def parameters(self):
        return {name: cupy.asnumpy(array) for name, array in super().parameters().items()}

    def gradients(self):
        return {name: cupy.asnumpy(array) for name, array in super().gradients().items()}


class TwoLayer(OnGpu, numpy_manual.TwoLayer):
    pass


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
