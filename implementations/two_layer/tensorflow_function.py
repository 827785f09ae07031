"""TensorFlow 2 under `tf.function`: tensorflow_eager's lines, traced into a graph; or compiled by XLA."""

import tensorflow as tf

from implementations.two_layer import tensorflow_eager

DEVICES = ("cpu", "cuda")
DTYPES = ("float32", "float64", "tf32", "bfloat16")
VARIANTS = {
    "": {},
    "xla": {"jit_compile": True},
    # x and y come from the host at every step, as the tutorial feeds them to its static graph
    "fed": {"fed": True},
}
ONLY = {"fed": {"workloads": ("two_layer",), "devices": ("cuda",)}}
# Each phase is a graph of its own, which begins at the beginning
CUMULATIVE = True


class Traced:
    def __init__(self, problem, device, jit_compile=False, fed=False):
        super().__init__(problem, device)
        # A graph copies NumPy's arrays to the device whenever it is called with them
        self.feeds = (problem.x, problem.y) if fed else ()
        self.products = "bfloat16" if problem.dtype == "bfloat16" else problem.x.dtype

        # Each is traced when it is first called
        self.graph_of_loss = tf.function(self.loss_of, jit_compile=jit_compile)
        self.graph_of_gradients = tf.function(self.loss_and_gradients, jit_compile=jit_compile)
        self.graph_of_step = tf.function(self.train, jit_compile=jit_compile)

    def loss_of(self, *given):
        x, y, *chosen = given if self.feeds else (self.x, self.y, *given)
        # Mixed precision: the products see bfloat16, the weights stay float32; elsewhere these casts leave no trace
        rounded = [tf.cast(array, self.products) for array in (x, *self.weights.values())]
        y_pred = tf.cast(self.predict(*rounded, *chosen), y.dtype)
        return tf.reduce_sum(tf.square(y_pred - y))

    def arguments(self):
        return self.feeds

    def loss_and_gradients(self, *chosen):
        with tf.GradientTape() as tape:
            loss = self.loss_of(*chosen)
        return loss, tape.gradient(loss, self.weights, unconnected_gradients="zero")

    def train(self, *chosen):
        loss, grads = self.loss_and_gradients(*chosen)
        self.descend(grads)
        return loss

    def forward(self):
        self.chosen = self.arguments()
        return self.graph_of_loss(*self.chosen)

    def backward(self):
        _, self.grads = self.graph_of_gradients(*self.chosen)

    def update(self):
        self.graph_of_step(*self.chosen)

    def step(self):
        return self.graph_of_step(*self.arguments())


class TwoLayer(Traced, tensorflow_eager.TwoLayer):
    pass


class Dynamic(Traced, tensorflow_eager.Dynamic):
    def arguments(self):
        # A tensor, since a Python number would be traced into a graph for each depth
        return (tf.constant(next(self.depths)),)

    def predict(self, x, w1, b1, w_middle, b_middle, w2, b2, depth):
        # The loop has to be part of the graph; XLA must know how long it can get
        h_relu = tf.nn.relu(tf.matmul(x, w1) + b1)
        _, h_relu = tf.while_loop(
            lambda i, _: i < depth,
            lambda i, h_relu: (i + 1, tf.nn.relu(tf.matmul(h_relu, w_middle) + b_middle)),
            (0, h_relu),
            maximum_iterations=3,
        )
        return tf.matmul(h_relu, w2) + b2


NETS = {"two_layer": TwoLayer, "dynamic": Dynamic}
