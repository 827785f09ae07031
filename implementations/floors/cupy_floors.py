"""CuPy's yardsticks: NumPy's, the same lines, run by the GPU."""

import cupy

from implementations.floors import numpy_floors

DEVICES = ("cuda",)
DTYPES = ("float32", "float64", "tf32")


class Floors(numpy_floors.Floors):
    xp = cupy
    width, copied_bytes = 8192, 1 << 30

    def __init__(self, problem, device):
        super().__init__(problem, device)
        self.fed = problem.x, problem.y
        self.work["transfer"] = problem.x.nbytes + problem.y.nbytes

    def transfer(self):
        # What a net pays that is fed at every step: NumPy's arrays, through CuPy's own page-locked memory
        self.received = [cupy.asarray(array) for array in self.fed]

    def wait(self):
        cupy.cuda.get_current_stream().synchronize()


NETS = {"two_layer": Floors, "two_layer_bias": Floors, "two_layer_adam": Floors}
