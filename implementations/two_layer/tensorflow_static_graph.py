"""TensorFlow's static graph: built once, then run again and again by a `Session` that feeds x and y."""

import tensorflow

tf = tensorflow.compat.v1
tf.disable_eager_execution()

DEVICES = ("cpu", "cuda")
DTYPES = ("float32", "float64", "tf32")
VARIANTS = {
    "": {},
    # The tutorial draws x and y in float64 and feeds them to float32 placeholders: a cast at every step
    "float64_feeds": {"feeds": "float64"},
    # x and y are on the device already, part of the graph
    "resident": {"resident": True},
    # What a call of the session feeds and fetches is settled once, before the first
    "callable": {"callable": True},
    "resident_callable": {"resident": True, "callable": True},
}
ONLY = {
    "float64_feeds": {"dtypes": ("float32",)},
    "callable": {"workloads": ("two_layer",)},
    "resident_callable": {"workloads": ("two_layer",)},
}
# Each phase runs the part of the graph that leads to it, so it repeats the phases before it
CUMULATIVE = True


class TwoLayer:
    def __init__(self, problem, device, feeds=None, resident=False, callable=False):
        # On an NVIDIA GPU TensorFlow multiplies float32 matrices in TF32 unless told otherwise
        tensorflow.config.experimental.enable_tensor_float_32_execution(problem.dtype == "tf32")

        with tf.Graph().as_default(), tf.device("/GPU:0" if device == "cuda" else "/CPU:0"):
            if resident:
                self.x, self.y, self.feeds = tf.constant(problem.x), tf.constant(problem.y), {}
            else:
                # Placeholders for x (N, D_in) and y (N, D_out), which every run feeds anew
                self.x = tf.placeholder(problem.x.dtype, problem.x.shape)
                self.y = tf.placeholder(problem.y.dtype, problem.y.shape)
                feeds = feeds or problem.x.dtype
                self.feeds = {self.x: problem.x.astype(feeds), self.y: problem.y.astype(feeds)}

            # Variables w1 (D_in, H) and w2 (H, D_out) live in the session between runs
            self.weights = {name: tf.Variable(weight) for name, weight in problem.parameters.items()}

            # Nodes of the forward pass and the loss; nothing is computed yet
            self.loss = tf.reduce_sum((self.y - self.predict()) ** 2.0)

            # Nodes of the gradients and of the update
            grads = tf.gradients(self.loss, list(self.weights.values()))
            self.grads = dict(zip(self.weights, grads, strict=True))
            self.updates = self.descend(problem)

            self.session = tf.Session()
            self.session.run(tf.global_variables_initializer())

            self.call = None
            if callable:
                fetched = [self.loss, *(update.op for update in self.updates)]
                self.call = self.session.make_callable(fetched, list(self.feeds))

    def predict(self):
        # Predicted y, (N, D_out)
        w1, w2 = self.weights.values()
        return tf.matmul(tf.maximum(tf.matmul(self.x, w1), 0), w2)

    def descend(self, problem):
        return [w.assign(w - problem.learning_rate * self.grads[name]) for name, w in self.weights.items()]

    def feed(self):
        pass

    def forward(self):
        self.feed()
        return self.session.run(self.loss, self.feeds)

    def backward(self):
        # Run the nodes (`op`), but do not fetch their arrays
        self.session.run([self.loss, *(grad.op for grad in self.grads.values())], self.feeds)

    def update(self):
        if self.call:
            return self.call(*self.feeds.values())[0]
        return self.session.run([self.loss, *(update.op for update in self.updates)], self.feeds)[0]

    def step(self):
        self.feed()
        return self.update()

    def wait(self):
        pass  # Session.run returns when what it fetches has been computed

    def parameters(self):
        return self.session.run(self.weights)

    def gradients(self):
        return self.session.run(self.grads, self.feeds)


class Dynamic(TwoLayer):
    def __init__(self, problem, device, **feeding):
        super().__init__(problem, device, **feeding)
        self.depths = problem.depths()

    def predict(self):
        # The loop is a node of the graph, and how often it runs is fed like x and y
        self.depth = tf.placeholder("int32", ())
        w1, b1, w_middle, b_middle, w2, b2 = (tf.identity(weight) for weight in self.weights.values())
        _, h_relu = tf.while_loop(
            lambda i, _: i < self.depth,
            lambda i, h_relu: (i + 1, tf.maximum(tf.matmul(h_relu, w_middle) + b_middle, 0)),
            (0, tf.maximum(tf.matmul(self.x, w1) + b1, 0)),
        )
        return tf.matmul(h_relu, w2) + b2

    def descend(self, problem):
        # Gradient descent with momentum: a velocity decays and is pushed by the gradient
        updates = []
        for name, weight in self.weights.items():
            velocity = tf.Variable(tf.zeros_like(problem.parameters[name]))
            new_velocity = problem.momentum * velocity + self.grads[name]
            updates += [velocity.assign(new_velocity), weight.assign(weight - problem.learning_rate * new_velocity)]
        return updates

    def feed(self):
        self.feeds[self.depth] = next(self.depths)


NETS = {"two_layer": TwoLayer, "dynamic": Dynamic}
