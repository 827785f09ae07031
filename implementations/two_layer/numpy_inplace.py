"""NumPy without an allocation: numpy_manual's step with `out=`, into arrays made once."""

import numpy as np

DEVICES = ("cpu",)
DTYPES = ("float32", "float64")


class TwoLayer:
    def __init__(self, problem, device):
        # x (N, D_in), y (N, D_out), w1 (D_in, H), w2 (H, D_out)
        self.x, self.y = np.array(problem.x), np.array(problem.y)
        self.w1, self.w2 = np.array(problem.parameters["w1"]), np.array(problem.parameters["w2"])
        self.learning_rate = problem.learning_rate

        # Every result has its place: h and its gradient (N, H), the difference (N, D_out), the gradients
        self.h = np.empty((problem.size.batch, problem.size.hidden), self.x.dtype)
        self.positive = np.empty(self.h.shape, bool)
        self.grad_h = np.empty_like(self.h)
        self.difference = np.empty_like(self.y)
        self.grad_w1, self.grad_w2 = np.empty_like(self.w1), np.empty_like(self.w2)
        self.change_w1, self.change_w2 = np.empty_like(self.w1), np.empty_like(self.w2)

    def forward(self):
        # Forward pass: the difference of predicted y and y
        np.dot(self.x, self.w1, out=self.h)
        np.greater(self.h, 0, out=self.positive)
        np.maximum(self.h, 0, out=self.h)
        np.dot(self.h, self.w2, out=self.difference)
        np.subtract(self.difference, self.y, out=self.difference)

        # The loss: a sum of squares is a product of the difference with itself
        return np.vdot(self.difference, self.difference)

    def backward(self):
        # Backprop; from here on the difference is the gradient of predicted y
        np.multiply(self.difference, 2, out=self.difference)
        np.dot(self.h.T, self.difference, out=self.grad_w2)
        np.dot(self.difference, self.w2.T, out=self.grad_h)
        np.multiply(self.grad_h, self.positive, out=self.grad_h)
        np.dot(self.x.T, self.grad_h, out=self.grad_w1)

    def update(self):
        # Update weights using gradient descent
        np.multiply(self.grad_w1, self.learning_rate, out=self.change_w1)
        np.subtract(self.w1, self.change_w1, out=self.w1)
        np.multiply(self.grad_w2, self.learning_rate, out=self.change_w2)
        np.subtract(self.w2, self.change_w2, out=self.w2)

    def step(self):
        loss = self.forward()
        self.backward()
        self.update()
        return loss

    def wait(self):
        pass  # NumPy returns when the work is done

    def parameters(self):
        return {"w1": self.w1, "w2": self.w2}

    def gradients(self):
        return {"w1": self.grad_w1, "w2": self.grad_w2}


NETS = {"two_layer": TwoLayer}
