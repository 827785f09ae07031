"""NumPy's net with a race: threads add their parts of w1's gradient to w1, and may overwrite each other's sums.

One thread alone is right. `widened`, all threads read before any writes; else that happens only by chance.
"""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy

from implementations.two_layer import numpy_manual

DTYPES = ("float32", "float64")
VARIANTS = {"": {}, "widened": {"widened": True}}


class Racing(numpy_manual.TwoLayer):
    def __init__(self, problem, device, widened=False):
        super().__init__(problem, device)
        self.threads = int(os.environ.get("OMP_NUM_THREADS") or os.cpu_count() or 1)
        self.pool = ThreadPoolExecutor(self.threads)
        self.meanwhile = threading.Barrier(self.threads).wait if widened else lambda: None

    def backward(self):
        super().backward()
        grad_h = (2.0 * (self.y_pred - self.y)).dot(self.weights["w2"].T)
        grad_h[self.h < 0] = 0
        shares = zip(numpy.array_split(self.x, self.threads), numpy.array_split(grad_h, self.threads), strict=True)
        self.parts = [x.T.dot(grad_h) for x, grad_h in shares]

    def update(self):
        self.weights["w2"] -= self.learning_rate * self.grads["w2"]
        list(self.pool.map(self.add, self.parts))

    def add(self, part):
        w1 = self.weights["w1"] - self.learning_rate * part
        self.meanwhile()
        self.weights["w1"] = w1  # what another thread has written since is lost


NETS = {"two_layer": Racing}
