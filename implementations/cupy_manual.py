"""NumPy's net on CuPy arrays: the same lines, run by the GPU."""

import cupy

from implementations import numpy_manual

DEVICES = ("cuda",)
DTYPES = ("float32", "float64")


class TwoLayer(numpy_manual.TwoLayer):
    xp = cupy

    def wait(self):
        cupy.cuda.get_current_stream().synchronize()

    def parameters(self):
        return {name: cupy.asnumpy(array) for name, array in super().parameters().items()}

    def gradients(self):
        return {name: cupy.asnumpy(array) for name, array in super().gradients().items()}


NETS = {"two_layer": TwoLayer}
