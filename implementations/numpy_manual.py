"""NumPy arrays, the backward pass worked out by hand. In float64 it is the reference for every other net."""

import numpy

DEVICES = ("cpu",)
DTYPES = ("float32", "float64")


class TwoLayer:
    xp = numpy  # the array module; cupy_manual computes the same on another one

    def __init__(self, problem, device):
        # x (N, D_in), y (N, D_out), w1 (D_in, H), w2 (H, D_out)
        self.x, self.y = self.xp.array(problem.x), self.xp.array(problem.y)
        self.w1, self.w2 = self.xp.array(problem.w1), self.xp.array(problem.w2)
        self.learning_rate = problem.learning_rate

    def forward(self):
        # Forward pass: compute predicted y, (N, D_out)
        self.h = self.x.dot(self.w1)
        self.h_relu = self.xp.maximum(self.h, 0)
        self.y_pred = self.h_relu.dot(self.w2)

        # Compute the loss
        return self.xp.square(self.y_pred - self.y).sum()

    def backward(self):
        # Backprop to compute gradients of w1 and w2 with respect to loss
        grad_y_pred = 2.0 * (self.y_pred - self.y)
        self.grad_w2 = self.h_relu.T.dot(grad_y_pred)
        grad_h = grad_y_pred.dot(self.w2.T)
        grad_h[self.h < 0] = 0
        self.grad_w1 = self.x.T.dot(grad_h)

    def update(self):
        # Update weights using gradient descent
        self.w1 -= self.learning_rate * self.grad_w1
        self.w2 -= self.learning_rate * self.grad_w2

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
