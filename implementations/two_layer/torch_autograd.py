"""PyTorch autograd: leaf tensors that require gradients, `loss.backward()`, the update under `no_grad`."""

from itertools import cycle

import torch

DEVICES = ("cpu", "cuda", "mps", "xpu")
DTYPES = ("float32", "float64", "tf32", "bfloat16")


class TwoLayer:
    def __init__(self, problem, device):
        # x (N, D_in) and y (N, D_out) want no gradients; w1 (D_in, H) and w2 (H, D_out) do
        self.x = torch.tensor(problem.x, device=device)
        self.y = torch.tensor(problem.y, device=device)
        self.weights = {
            name: torch.tensor(weight, device=device, requires_grad=True) for name, weight in problem.parameters.items()
        }
        self.learning_rate = problem.learning_rate
        self.wait = torch.get_device_module(device).synchronize  # on a CPU nothing is left to wait for

        if problem.dtype == "bfloat16":
            # Mixed precision: the products see bfloat16, in the backward pass too; the weights stay float32
            self.forward = torch.autocast(device, dtype=torch.bfloat16)(self.forward)

    def forward(self):
        # Forward pass: autograd remembers the operations, so h and h_relu need no names
        w1, w2 = self.weights.values()
        y_pred = self.x.mm(w1).clamp(min=0).mm(w2)
        self.loss = (y_pred - self.y).pow(2).sum()
        return self.loss

    def backward(self):
        # Gradients accumulate, so forget those of the step before
        for weight in self.weights.values():
            weight.grad = None
        self.loss.backward()

    def update(self):
        # Update weights; autograd need not track this
        with torch.no_grad():
            for weight in self.weights.values():
                weight -= self.learning_rate * weight.grad

    def step(self):
        loss = self.forward()
        self.backward()
        self.update()
        return loss

    def parameters(self):
        return {name: weight.numpy(force=True) for name, weight in self.weights.items()}

    def gradients(self):
        return {name: weight.grad.numpy(force=True) for name, weight in self.weights.items()}


class LinearRegression(TwoLayer):
    def __init__(self, problem, device):
        # x and y (100, 1), w (1, 1), b (1,); the points are taken in order, one minibatch a step
        super().__init__(problem, device)
        batch = problem.size.batch
        self.batches = cycle(zip(self.x.split(batch), self.y.split(batch), strict=True))

    def forward(self):
        # Forward pass: points on the line, and the mean of their squared distances
        w, b = self.weights.values()
        x, y = next(self.batches)
        self.loss = (x.mm(w) + b - y).pow(2).mean()
        return self.loss


NETS = {
    "two_layer": TwoLayer,
    "linear_regression": LinearRegression,
    "linear_regression_1e-2": LinearRegression,
    "linear_regression_full_batch": LinearRegression,
}
