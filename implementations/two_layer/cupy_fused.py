"""CuPy with `fuse`: cupy_manual's element-wise lines between the products, each compiled into one kernel."""

import cupy

from implementations.two_layer import cupy_manual

DEVICES = ("cuda",)
DTYPES = ("float32", "float64", "tf32")


@cupy.fuse()
def loss_of(y_pred, y):
    return cupy.sum(cupy.square(y_pred - y))


@cupy.fuse()
def gradient_of_loss(y_pred, y):
    return (y_pred - y) + (y_pred - y)


@cupy.fuse()
def gradient_of_relu(grad_h_relu, h):
    return grad_h_relu * (h >= 0)


@cupy.fuse()
def descended(weight, rate, grad):
    return weight - rate * grad


class TwoLayer(cupy_manual.TwoLayer):
    def __init__(self, problem, device):
        super().__init__(problem, device)
        # A Python number would make a fused kernel compute in float64
        self.rate = self.x.dtype.type(problem.learning_rate)

    def forward(self):
        # Forward pass: compute predicted y, (N, D_out), and the loss
        w1, w2 = self.weights.values()
        self.h = self.x.dot(w1)
        self.h_relu = cupy.maximum(self.h, 0)
        self.y_pred = self.h_relu.dot(w2)
        return loss_of(self.y_pred, self.y)

    def backward(self):
        # Backprop to compute gradients of w1 and w2 with respect to loss
        _, w2 = self.weights.values()
        grad_y_pred = gradient_of_loss(self.y_pred, self.y)
        grad_h = gradient_of_relu(grad_y_pred.dot(w2.T), self.h)
        self.grads = {"w1": self.x.T.dot(grad_h), "w2": self.h_relu.T.dot(grad_y_pred)}

    def update(self):
        # Update weights using gradient descent
        for name, grad in self.grads.items():
            self.weights[name] = descended(self.weights[name], self.rate, grad)


NETS = {"two_layer": TwoLayer}
