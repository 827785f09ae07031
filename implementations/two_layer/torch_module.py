"""PyTorch modules of one's own: a subclass of `nn.Module` says what its forward pass computes."""

from itertools import cycle

import torch

from implementations.two_layer import torch_optim

DEVICES = ("cpu", "cuda", "mps", "xpu")
DTYPES = ("float32", "float64", "tf32", "bfloat16")


class TwoLayerNet(torch.nn.Module):
    def __init__(self, d_in, hidden, d_out, bias):
        super().__init__()
        self.linear1 = torch.nn.Linear(d_in, hidden, bias=bias)
        self.linear2 = torch.nn.Linear(hidden, d_out, bias=bias)

    def forward(self, x):
        h_relu = self.linear1(x).clamp(min=0)
        return self.linear2(h_relu)


class Line(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = torch.nn.Linear(1, 1)

    def forward(self, x):
        return self.linear(x)


# The training is that of torch_optim; only the model is another


class TwoLayer(torch_optim.TwoLayer):
    def build(self, size):
        return TwoLayerNet(size.d_in, size.hidden, size.d_out, self.bias)


class TwoLayerBias(TwoLayer):
    bias = True


class LinearRegression(torch_optim.TwoLayer):
    loss_fn = torch.nn.MSELoss()

    def __init__(self, problem, device):
        # x and y (100, 1); the points are taken in order, one minibatch a step
        super().__init__(problem, device)
        batch = problem.size.batch
        self.batches = cycle(zip(self.x.split(batch), self.y.split(batch), strict=True))

    def build(self, size):
        return Line()

    def forward(self):
        x, y = next(self.batches)
        self.loss = self.loss_fn(self.model(x), y)
        return self.loss


NETS = {
    "two_layer": TwoLayer,
    "two_layer_bias": TwoLayerBias,
    "linear_regression": LinearRegression,
    "linear_regression_1e-2": LinearRegression,
    "linear_regression_full_batch": LinearRegression,
}
