"""CuPy's basics: NumPy's, the same lines, run by the GPU."""

import cupy

from implementations.basics import numpy_basics

DEVICES = ("cuda",)
DTYPES = ("float32", "float64")


class Basics(numpy_basics.Basics):
    xp = cupy

    def operations(self):
        return {name: cupy.asnumpy(result) for name, result in super().operations().items()}


NETS = {"basics": Basics}
