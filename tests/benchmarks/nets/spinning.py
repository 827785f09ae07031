"""NumPy's net, whose step lasts a set time: it spins for what its arithmetic leaves of it."""

import time

from implementations.two_layer import numpy_manual

VARIANTS = {"50us": {"seconds": 50e-6}, "1ms": {"seconds": 1e-3}, "100ms": {"seconds": 0.1}}


class TwoLayer(numpy_manual.TwoLayer):
    def __init__(self, problem, device, seconds):
        super().__init__(problem, device)
        self.seconds = seconds

    def step(self):
        end = time.perf_counter() + self.seconds
        loss = super().step()
        while time.perf_counter() < end:
            pass
        return loss


NETS = {"two_layer": TwoLayer}
