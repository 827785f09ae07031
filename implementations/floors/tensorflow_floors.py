"""TensorFlow's yardsticks for unfused steps: the five matrix products alone, as a graph."""

import tensorflow as tf

DEVICES = ("cpu", "cuda")
DTYPES = ("float32", "float64", "tf32")


class Floors:
    def __init__(self, problem, device):
        # On an NVIDIA GPU TensorFlow multiplies float32 matrices in TF32 unless told otherwise
        tf.config.experimental.enable_tensor_float_32_execution(problem.dtype == "tf32")

        # Constants x (N, D_in) and y (N, D_out) for the gradient of predicted y, variables w1 (D_in, H), w2 (H, D_out)
        with tf.device("/GPU:0" if device == "cuda" else "/CPU:0"):
            self.x, self.g = tf.constant(problem.x), tf.constant(problem.y)
            self.w1, self.w2 = tf.Variable(problem.parameters["w1"]), tf.Variable(problem.parameters["w2"])
            self.one = tf.constant([1], problem.x.dtype)
        self.work = {"products": problem.size.flops_per_step}

        if device == "cuda":
            # x and y in NumPy's pageable memory
            self.fed = problem.x, problem.y
            self.transfer = self.feed
            self.work["transfer"] = problem.x.nbytes + problem.y.nbytes

        # Traced when it is first called
        self.graph = tf.function(self.multiply)

    def multiply(self):
        # Each is a result, so that none can be left out: h, predicted y, and the gradients of w2, h and w1
        h = tf.matmul(self.x, self.w1)
        grad_h = tf.matmul(self.g, self.w2, transpose_b=True)
        grad_w2, grad_w1 = tf.matmul(h, self.g, transpose_a=True), tf.matmul(self.x, grad_h, transpose_a=True)
        return h, tf.matmul(h, self.w2), grad_w2, grad_h, grad_w1

    def dispatch(self):
        # What a call costs before any arithmetic
        self.two = self.one + self.one

    def products(self):
        self.h, self.y_pred, self.grad_w2, self.grad_h, self.grad_w1 = self.graph()

    def feed(self):
        # What a net pays that is fed at every step
        with tf.device("/GPU:0"):
            self.received = [tf.constant(array) for array in self.fed]

    def wait(self):
        tf.test.experimental.sync_devices()


NETS = {"two_layer": Floors, "two_layer_bias": Floors, "two_layer_adam": Floors}
