"""NumPy's yardsticks for unfused steps: the five matrix products alone, and the machine's own rates."""

import numpy

DEVICES = ("cpu",)
DTYPES = ("float32", "float64")


class Floors:
    xp = numpy  # the array module; cupy_floors computes the same on another one
    width, copied_bytes = 1024, 1 << 27  # of the large product, and of the large copy

    def __init__(self, problem, device):
        # x (N, D_in), w1 (D_in, H), w2 (H, D_out), and y (N, D_out) for the gradient of predicted y
        self.x, self.g = self.xp.array(problem.x), self.xp.array(problem.y)
        self.w1, self.w2 = self.xp.array(problem.parameters["w1"]), self.xp.array(problem.parameters["w2"])

        # Every result has its place: h and its gradient (N, H), predicted y (N, D_out), the gradients
        self.h = self.xp.empty((problem.size.batch, problem.size.hidden), self.x.dtype)
        self.y_pred, self.grad_h = self.xp.empty_like(self.g), self.xp.empty_like(self.h)
        self.grad_w1, self.grad_w2 = self.xp.empty_like(self.w1), self.xp.empty_like(self.w2)

        # One number; a large square matrix; bytes, large against any cache, and ones: zeros would be one page of memory
        self.one = self.xp.ones(1, self.x.dtype)
        self.square = self.xp.random.standard_normal((self.width, self.width)).astype(self.x.dtype)
        self.squared = self.xp.empty_like(self.square)
        self.here = self.xp.ones(self.copied_bytes, "uint8")
        self.there = self.xp.empty_like(self.here)

        # Floating-point operations, and bytes read and written
        self.work = {
            "products": problem.size.flops_per_step,
            "peak": 2 * self.width**3,
            "copy": 2 * self.copied_bytes,
        }

    def empty(self):
        pass  # What the harness itself costs

    def dispatch(self):
        # What a call costs before any arithmetic
        self.two = self.one + self.one

    def products(self):
        # Forward pass
        self.xp.dot(self.x, self.w1, out=self.h)
        self.xp.dot(self.h, self.w2, out=self.y_pred)

        # Backprop
        self.xp.dot(self.h.T, self.g, out=self.grad_w2)
        self.xp.dot(self.g, self.w2.T, out=self.grad_h)
        self.xp.dot(self.x.T, self.grad_h, out=self.grad_w1)

    def peak(self):
        self.xp.dot(self.square, self.square, out=self.squared)

    def copy(self):
        self.xp.copyto(self.there, self.here)

    def wait(self):
        pass  # NumPy returns when the work is done


NETS = {"two_layer": Floors, "two_layer_bias": Floors, "two_layer_adam": Floors}
