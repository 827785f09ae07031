"""NumPy arrays, the backward pass worked out by hand. In float64 it is the reference for every other net."""

from itertools import cycle

import numpy

DEVICES = ("cpu",)
DTYPES = ("float32", "float64")


class TwoLayer:
    xp = numpy  # the array module; cupy_manual computes the same on another one

    def __init__(self, problem, device):
        # x (N, D_in), y (N, D_out), w1 (D_in, H), w2 (H, D_out)
        self.x, self.y = self.xp.array(problem.x), self.xp.array(problem.y)
        self.weights = {name: self.xp.array(weight) for name, weight in problem.parameters.items()}
        self.learning_rate = problem.learning_rate

    def forward(self):
        # Forward pass: compute predicted y, (N, D_out)
        w1, w2 = self.weights.values()
        self.h = self.x.dot(w1)
        self.h_relu = self.xp.maximum(self.h, 0)
        self.y_pred = self.h_relu.dot(w2)

        # Compute the loss
        return self.xp.square(self.y_pred - self.y).sum()

    def backward(self):
        # Backprop to compute gradients of w1 and w2 with respect to loss
        _, w2 = self.weights.values()
        grad_y_pred = 2.0 * (self.y_pred - self.y)
        grad_w2 = self.h_relu.T.dot(grad_y_pred)
        grad_h = grad_y_pred.dot(w2.T)
        grad_h[self.h < 0] = 0
        grad_w1 = self.x.T.dot(grad_h)
        self.grads = {"w1": grad_w1, "w2": grad_w2}

    def update(self):
        # Update weights using gradient descent
        for name, grad in self.grads.items():
            self.weights[name] -= self.learning_rate * grad

    def step(self):
        loss = self.forward()
        self.backward()
        self.update()
        return loss

    def wait(self):
        pass  # NumPy returns when the work is done

    def parameters(self):
        return self.weights

    def gradients(self):
        return self.grads


class TwoLayerBias(TwoLayer):
    def forward(self):
        # Forward pass: both layers add a bias, b1 (H,) and b2 (D_out,), to every row
        w1, b1, w2, b2 = self.weights.values()
        self.h = self.x.dot(w1) + b1
        self.h_relu = self.xp.maximum(self.h, 0)
        self.y_pred = self.h_relu.dot(w2) + b2
        return self.xp.square(self.y_pred - self.y).sum()

    def backward(self):
        # Backprop: what reaches a bias is summed over the rows it was added to
        _, _, w2, _ = self.weights.values()
        grad_y_pred = 2.0 * (self.y_pred - self.y)
        grad_w2, grad_b2 = self.h_relu.T.dot(grad_y_pred), grad_y_pred.sum(axis=0)
        grad_h = grad_y_pred.dot(w2.T)
        grad_h[self.h < 0] = 0
        grad_w1, grad_b1 = self.x.T.dot(grad_h), grad_h.sum(axis=0)
        self.grads = {"w1": grad_w1, "b1": grad_b1, "w2": grad_w2, "b2": grad_b2}


class TwoLayerAdam(TwoLayerBias):
    def __init__(self, problem, device, epsilon_hat=False):
        super().__init__(problem, device)
        self.betas, self.epsilon, self.epsilon_hat = problem.betas, problem.epsilon, epsilon_hat
        self.t = 0
        self.m = {name: self.xp.zeros_like(weight) for name, weight in self.weights.items()}
        self.v = {name: self.xp.zeros_like(weight) for name, weight in self.weights.items()}

    def update(self):
        # Adam (Kingma and Ba, 2015, algorithm 1): running means of the gradients and of their squares,
        # corrected for having started from zero
        (beta1, beta2), epsilon = self.betas, self.epsilon
        self.t += 1
        correction1, correction2 = 1 - beta1**self.t, 1 - beta2**self.t
        if self.epsilon_hat:
            # The paper's faster form (end of section 2) adds epsilon before v is corrected
            epsilon /= correction2**0.5
        for name, grad in self.grads.items():
            self.m[name] = beta1 * self.m[name] + (1 - beta1) * grad
            self.v[name] = beta2 * self.v[name] + (1 - beta2) * grad**2
            m_hat, v_hat = self.m[name] / correction1, self.v[name] / correction2
            self.weights[name] -= self.learning_rate * m_hat / (self.xp.sqrt(v_hat) + epsilon)


class Dynamic(TwoLayer):
    def __init__(self, problem, device):
        super().__init__(problem, device)
        self.depths, self.momentum = problem.depths(), problem.momentum
        self.velocity = {name: self.xp.zeros_like(weight) for name, weight in self.weights.items()}

    def forward(self):
        # Forward pass: the middle layer, w_middle (H, H), is used 0, 1, 2 or 3 times
        w1, b1, w_middle, b_middle, w2, b2 = self.weights.values()
        self.h = [self.x.dot(w1) + b1]
        self.h_relu = [self.xp.maximum(self.h[0], 0)]
        for _ in range(next(self.depths)):
            self.h.append(self.h_relu[-1].dot(w_middle) + b_middle)
            self.h_relu.append(self.xp.maximum(self.h[-1], 0))
        self.y_pred = self.h_relu[-1].dot(w2) + b2
        return self.xp.square(self.y_pred - self.y).sum()

    def backward(self):
        _, _, w_middle, b_middle, w2, _ = self.weights.values()
        grad_y_pred = 2.0 * (self.y_pred - self.y)
        grad_w2, grad_b2 = self.h_relu[-1].T.dot(grad_y_pred), grad_y_pred.sum(axis=0)
        grad_h = grad_y_pred.dot(w2.T)
        grad_h[self.h[-1] < 0] = 0

        # Every use of the middle layer, the last one first, adds to its gradients; no use leaves zeros
        grad_w_middle, grad_b_middle = self.xp.zeros_like(w_middle), self.xp.zeros_like(b_middle)
        for h, h_relu in zip(self.h[-2::-1], self.h_relu[-2::-1], strict=True):
            grad_w_middle += h_relu.T.dot(grad_h)
            grad_b_middle += grad_h.sum(axis=0)
            grad_h = grad_h.dot(w_middle.T)
            grad_h[h < 0] = 0

        grad_w1, grad_b1 = self.x.T.dot(grad_h), grad_h.sum(axis=0)
        self.grads = {"w1": grad_w1, "b1": grad_b1, "w_middle": grad_w_middle, "b_middle": grad_b_middle}
        self.grads |= {"w2": grad_w2, "b2": grad_b2}

    def update(self):
        # Gradient descent with momentum: a velocity decays and is pushed by the gradient
        for name, grad in self.grads.items():
            self.velocity[name] = self.momentum * self.velocity[name] + grad
            self.weights[name] -= self.learning_rate * self.velocity[name]


class LinearRegression(TwoLayer):
    def __init__(self, problem, device):
        # x and y (100, 1), w (1, 1), b (1,); the points are taken in order, one minibatch a step
        super().__init__(problem, device)
        count = len(self.x) // problem.size.batch
        self.batches = cycle(zip(self.xp.split(self.x, count), self.xp.split(self.y, count), strict=True))

    def forward(self):
        # Forward pass: points on the line, and the mean of their squared distances
        w, b = self.weights.values()
        self.x_batch, y_batch = next(self.batches)
        self.difference = self.x_batch.dot(w) + b - y_batch
        return self.xp.square(self.difference).mean()

    def backward(self):
        grad_y_pred = 2.0 * self.difference / len(self.difference)
        self.grads = {"w": self.x_batch.T.dot(grad_y_pred), "b": grad_y_pred.sum(axis=0)}


NETS = {
    "two_layer": TwoLayer,
    "two_layer_bias": TwoLayerBias,
    "two_layer_adam": TwoLayerAdam,
    "dynamic": Dynamic,
    "linear_regression": LinearRegression,
    "linear_regression_1e-2": LinearRegression,
    "linear_regression_full_batch": LinearRegression,
}
