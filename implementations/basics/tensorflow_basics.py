"""TensorFlow's basics: what one does with a small tensor, and derivatives by `GradientTape`."""

import tensorflow as tf

DEVICES = ("cpu", "cuda")
DTYPES = ("float32", "float64")
VARIANTS = {"": {}, "graph": {"graph": True}}


def cube(x):
    return x**3


def branch(x):
    # Which formula is differentiated depends on the data; tf.function makes this `if` a node of its graph
    return x**2 if x > 0 else x**3


class Basics:
    def __init__(self, problem, device, graph=False):
        self.device = "/GPU:0" if device == "cuda" else "/CPU:0"
        with tf.device(self.device):
            self.x = tf.constant(problem.x)  # (3, 4)
        self.graph = graph

    def operations(self):
        x = self.x
        with tf.device(self.device):
            results = {
                "sum": tf.reduce_sum(x),
                "mean": tf.reduce_mean(x),
                "max": tf.reduce_max(x),
                "argmax": tf.argmax(tf.reshape(x, [-1])),  # by itself it counts along the first axis
                "variance": tf.math.reduce_variance(tf.range(1.0, 6.0)),  # of 1, 2, 3, 4, 5: divides by n
                "reshape": tf.reshape(x, [2, 6]),
                "transpose": tf.transpose(x),
                "flatten": tf.reshape(x, [-1]),
                "zeros": tf.zeros([3, 4]),
                "ones": tf.ones([3, 4]),
                "arange": tf.range(12),
            }
        return {name: result.numpy() for name, result in results.items()}

    def slopes(self):
        return {
            "x^3 at 2": self.slope(cube, 2.0),
            "branch at 2": self.slope(branch, 2.0),
            "branch at -2": self.slope(branch, -2.0),
        }

    def slope(self, function, at):
        if self.graph:
            function = tf.function(function)
        with tf.device(self.device), tf.GradientTape() as tape:
            x = tf.Variable(at, dtype=self.x.dtype)
            y = function(x)
        return tape.gradient(y, x).numpy()


NETS = {"basics": Basics}
