"""NumPy's basics: what one does with a small array."""

import numpy

DEVICES = ("cpu",)
DTYPES = ("float32", "float64")


class Basics:
    xp = numpy  # the array module; cupy_basics computes the same on another one

    def __init__(self, problem, device):
        self.x = self.xp.array(problem.x)  # (3, 4)

    def operations(self):
        x, xp = self.x, self.xp
        return {
            "sum": x.sum(),
            "mean": x.mean(),
            "max": x.max(),
            "argmax": x.argmax(),  # counted through the flattened array
            "variance": xp.arange(1, 6).var(),  # of 1, 2, 3, 4, 5: divides by n
            "reshape": x.reshape(2, 6),
            "transpose": x.T,
            "flatten": x.flatten(),
            "zeros": xp.zeros((3, 4)),
            "ones": xp.ones((3, 4)),
            "arange": xp.arange(12),
        }


NETS = {"basics": Basics}
