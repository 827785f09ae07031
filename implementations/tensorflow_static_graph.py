"""TensorFlow's static graph: built once, then run again and again by a `Session` that feeds x and y."""

import tensorflow

tf = tensorflow.compat.v1
tf.disable_eager_execution()

DEVICES = ("cpu", "cuda")
DTYPES = ("float32", "float64")
VARIANTS = {
    "": {},
    # The tutorial draws x and y in float64 and feeds them to float32 placeholders: a cast at every step
    "float64_feeds": {"feeds": "float64"},
}
# Each phase runs the part of the graph that leads to it, so it repeats the phases before it
CUMULATIVE = True


class TwoLayer:
    def __init__(self, problem, device, feeds=None):
        with tf.Graph().as_default(), tf.device("/GPU:0" if device == "cuda" else "/CPU:0"):
            # Placeholders for x (N, D_in) and y (N, D_out), which every run feeds anew
            x = tf.placeholder(problem.x.dtype, problem.x.shape)
            y = tf.placeholder(problem.y.dtype, problem.y.shape)
            feeds = feeds or problem.x.dtype
            self.feeds = {x: problem.x.astype(feeds), y: problem.y.astype(feeds)}

            # Variables w1 (D_in, H) and w2 (H, D_out) live in the session between runs
            w1, w2 = tf.Variable(problem.parameters["w1"]), tf.Variable(problem.parameters["w2"])

            # Nodes of the forward pass and the loss; nothing is computed yet
            y_pred = tf.matmul(tf.maximum(tf.matmul(x, w1), 0), w2)
            self.loss = tf.reduce_sum((y - y_pred) ** 2.0)

            # Nodes of the gradients and of the update
            self.grad_w1, self.grad_w2 = tf.gradients(self.loss, [w1, w2])
            self.new_w1 = w1.assign(w1 - problem.learning_rate * self.grad_w1)
            self.new_w2 = w2.assign(w2 - problem.learning_rate * self.grad_w2)

            self.w1, self.w2 = w1, w2
            self.session = tf.Session()
            self.session.run(tf.global_variables_initializer())

    def forward(self):
        return self.session.run(self.loss, self.feeds)

    def backward(self):
        # Run the nodes (`op`), but do not fetch their arrays
        self.session.run([self.loss, self.grad_w1.op, self.grad_w2.op], self.feeds)

    def update(self):
        self.step()

    def step(self):
        loss, _, _ = self.session.run([self.loss, self.new_w1.op, self.new_w2.op], self.feeds)
        return loss

    def wait(self):
        pass  # Session.run returns when what it fetches has been computed

    def parameters(self):
        w1, w2 = self.session.run([self.w1, self.w2])
        return {"w1": w1, "w2": w2}

    def gradients(self):
        grad_w1, grad_w2 = self.session.run([self.grad_w1, self.grad_w2], self.feeds)
        return {"w1": grad_w1, "w2": grad_w2}


NETS = {"two_layer": TwoLayer}
