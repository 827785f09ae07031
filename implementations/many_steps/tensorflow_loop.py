"""TensorFlow with the loop inside the graph: a `for` over `tf.range` that tf.function turns into a node."""

import tensorflow as tf

from implementations.two_layer import tensorflow_eager

DEVICES = ("cpu", "cuda")
DTYPES = ("float32", "float64")
VARIANTS = {"": {}, "xla": {"jit_compile": True}}


class ManySteps:
    def __init__(self, problem, device, jit_compile=False):
        self.net = tensorflow_eager.TwoLayer(problem, device)
        self.steps = problem.steps_per_call
        self.wait, self.parameters = self.net.wait, self.net.parameters
        self.graph = tf.function(self.train, jit_compile=jit_compile)

    def train(self):
        total = tf.zeros((), self.net.x.dtype)
        for _ in tf.range(self.steps):
            with tf.GradientTape() as tape:
                loss = self.net.loss_of()
            self.net.descend(tape.gradient(loss, self.net.weights))
            total += loss
        return total / self.steps

    def step(self):
        return self.graph()


NETS = {"many_steps": ManySteps}
