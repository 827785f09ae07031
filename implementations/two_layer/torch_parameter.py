"""PyTorch parameters: a linear layer built from nothing but `nn.Parameter`."""

import torch

from implementations.two_layer import torch_module

DEVICES = ("cpu", "cuda", "mps", "xpu")
DTYPES = ("float32", "float64", "tf32", "bfloat16")


class Linear(torch.nn.Module):
    def __init__(self, d_in, d_out, bias):
        super().__init__()
        # A parameter assigned to a module is found by its optimizer. The weight is kept as (in, out)
        self.weight = torch.nn.Parameter(torch.empty(d_in, d_out))
        self.bias = torch.nn.Parameter(torch.empty(d_out)) if bias else None

    def forward(self, x):
        y = x @ self.weight
        return y if self.bias is None else y + self.bias


# The training is that of torch_module; only the layers are others


class TwoLayer(torch_module.TwoLayer):
    def build(self, size):
        return torch.nn.Sequential(
            Linear(size.d_in, size.hidden, self.bias),
            torch.nn.ReLU(),
            Linear(size.hidden, size.d_out, self.bias),
        )

    @staticmethod
    def turned(weight):
        return weight


class TwoLayerBias(TwoLayer):
    bias = True


class LinearRegression(torch_module.LinearRegression):
    def build(self, size):
        return Linear(1, 1, bias=True)

    @staticmethod
    def turned(weight):
        return weight


NETS = {
    "two_layer": TwoLayer,
    "two_layer_bias": TwoLayerBias,
    "linear_regression": LinearRegression,
    "linear_regression_1e-2": LinearRegression,
    "linear_regression_full_batch": LinearRegression,
}
