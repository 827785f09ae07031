"""My net: what it shows, in one line. `fiftyx list` prints the file's name; the report prints this line."""

# Replace NumPy by your framework. It must compute what this does, to the last step: `fiftyx check` compares them.
import numpy

# Where it runs (cpu, cuda, mps, xpu) and in which precisions (float32, float64, tf32, bfloat16). In the last two the
# arrays are float32, and problem.dtype says how to multiply them.
DEVICES = ("cpu",)
DTYPES = ("float32", "float64")


class TwoLayer:
    def __init__(self, problem, device):
        # NumPy arrays in the net's dtype: x (N, D_in), y (N, D_out), w1 (D_in, H), w2 (H, D_out). The parameters are
        # read-only and must be copied; everything belongs on the device before the first step.
        self.x, self.y = numpy.array(problem.x), numpy.array(problem.y)
        self.w1, self.w2 = (numpy.array(problem.parameters[name]) for name in ("w1", "w2"))
        self.learning_rate = problem.learning_rate

    # forward, backward and update are timed as phases. Leave out all three, and gradients, where the framework
    # has no such parts.

    def forward(self):
        # y_pred (N, D_out); the loss is the sum of squares over the batch and the outputs, not the mean
        self.h = self.x @ self.w1
        self.h_relu = numpy.maximum(self.h, 0)
        self.y_pred = self.h_relu @ self.w2
        return numpy.square(self.y_pred - self.y).sum()

    def backward(self):
        # The gradients of the loss that forward() has just computed, kept until update()
        grad_y_pred = 2.0 * (self.y_pred - self.y)
        self.grad_w2 = self.h_relu.T @ grad_y_pred
        grad_h = grad_y_pred @ self.w2.T
        grad_h[self.h < 0] = 0
        self.grad_w1 = self.x.T @ grad_h

    def update(self):
        # Gradient descent
        self.w1 -= self.learning_rate * self.grad_w1
        self.w2 -= self.learning_rate * self.grad_w2

    def step(self):
        # One step of training as a user of the framework would write it; this is what the times are of. Returns the
        # loss before the update, which may still be on the device and still be under way
        loss = self.forward()
        self.backward()
        self.update()
        return loss

    def wait(self):
        # Returns when everything that was asked of the device is done; NumPy never leaves anything under way
        pass

    def parameters(self):
        # NumPy arrays of the shapes that were given
        return {"w1": self.w1, "w2": self.w2}

    def gradients(self):
        # What the last backward() has computed, likewise
        return {"w1": self.grad_w1, "w2": self.grad_w2}


# The workloads that this file offers, each with its class; `fiftyx list` shows what others there are
NETS = {"two_layer": TwoLayer}
