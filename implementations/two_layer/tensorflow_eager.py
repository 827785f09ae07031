"""TensorFlow 2, run line by line: a `GradientTape` records the forward pass and plays it backwards."""

import tensorflow as tf

DEVICES = ("cpu", "cuda")
DTYPES = ("float32", "float64", "tf32")
VARIANTS = {
    "": {},
    # x and y come from the host at every step, as the tutorial feeds them to its static graph
    "fed": {"fed": True},
}
ONLY = {"fed": {"workloads": ("two_layer",), "devices": ("cuda",)}}


class TwoLayer:
    def __init__(self, problem, device, fed=False):
        # On an NVIDIA GPU TensorFlow multiplies float32 matrices in TF32 unless told otherwise
        tf.config.experimental.enable_tensor_float_32_execution(problem.dtype == "tf32")

        # Constants x (N, D_in) and y (N, D_out), variables w1 (D_in, H) and w2 (H, D_out)
        with tf.device("/GPU:0" if device == "cuda" else "/CPU:0"):
            self.x, self.y = tf.constant(problem.x), tf.constant(problem.y)
            self.weights = {name: tf.Variable(weight) for name, weight in problem.parameters.items()}
        self.feeds = (problem.x, problem.y) if fed else ()
        self.learning_rate = problem.learning_rate

    def predict(self, x, w1, w2):
        # Predicted y, (N, D_out)
        return tf.matmul(tf.nn.relu(tf.matmul(x, w1)), w2)

    def loss_of(self, *chosen):
        y_pred = self.predict(self.x, *self.weights.values(), *chosen)
        return tf.reduce_sum(tf.square(y_pred - self.y))

    def arguments(self):
        return ()

    def forward(self):
        if self.feeds:
            with tf.device(self.x.device):
                self.x, self.y = map(tf.constant, self.feeds)

        # Forward pass: the tape watches variables by itself
        with tf.GradientTape() as self.tape:
            self.loss = self.loss_of(*self.arguments())
        return self.loss

    def backward(self):
        # A layer that was not used has a gradient too: zeros
        self.grads = self.tape.gradient(self.loss, self.weights, unconnected_gradients="zero")

    def update(self):
        self.descend(self.grads)

    def descend(self, grads):
        # Update weights using gradient descent
        for name, weight in self.weights.items():
            weight.assign_sub(self.learning_rate * grads[name])

    def step(self):
        loss = self.forward()
        self.backward()
        self.update()
        return loss

    def wait(self):
        tf.test.experimental.sync_devices()

    def parameters(self):
        return {name: weight.numpy() for name, weight in self.weights.items()}

    def gradients(self):
        return {name: grad.numpy() for name, grad in self.grads.items()}


class Dynamic(TwoLayer):
    def __init__(self, problem, device):
        # Also b1 (H,), b2 (D_out,), w_middle (H, H), b_middle (H,), and a velocity for each
        super().__init__(problem, device)
        self.depths, self.momentum = problem.depths(), problem.momentum
        with tf.device(self.x.device):
            self.velocity = {name: tf.Variable(tf.zeros_like(weight)) for name, weight in self.weights.items()}

    def arguments(self):
        return (next(self.depths),)

    def predict(self, x, w1, b1, w_middle, b_middle, w2, b2, depth):
        h_relu = tf.nn.relu(tf.matmul(x, w1) + b1)
        for _ in range(depth):
            h_relu = tf.nn.relu(tf.matmul(h_relu, w_middle) + b_middle)
        return tf.matmul(h_relu, w2) + b2

    def descend(self, grads):
        # Gradient descent with momentum: a velocity decays and is pushed by the gradient
        for name, velocity in self.velocity.items():
            velocity.assign(self.momentum * velocity + grads[name])
            self.weights[name].assign_sub(self.learning_rate * velocity)


NETS = {"two_layer": TwoLayer, "dynamic": Dynamic}
