"""NumPy has no loop of its own: numpy_manual's step, again and again. The reference of nets that take many a call."""

from implementations.two_layer import numpy_manual

DEVICES = ("cpu",)
DTYPES = ("float32", "float64")


class ManySteps:
    def __init__(self, problem, device):
        self.net = numpy_manual.TwoLayer(problem, device)
        self.steps = problem.steps_per_call

    def step(self):
        # The loss of a call is the mean over its steps
        return sum(self.net.step() for _ in range(self.steps)) / self.steps

    def wait(self):
        self.net.wait()

    def parameters(self):
        return self.net.parameters()


NETS = {"many_steps": ManySteps}
