"""PyTorch `optim`: the model of torch_nn, its parameters updated by an optimizer."""

import torch

from implementations.two_layer import torch_nn

DEVICES = ("cpu", "cuda", "mps", "xpu")
DTYPES = ("float32", "float64", "tf32", "bfloat16")
# One kernel updates all parameters
VARIANTS = {"": {}, "fused": {"fused": True}}
ONLY = {"fused": {"devices": ("cpu", "cuda")}}


class TwoLayer(torch_nn.TwoLayer):
    def __init__(self, problem, device, fused=None):
        super().__init__(problem, device)
        self.fused = fused
        self.optimizer = self.choose_optimizer(problem)

    def choose_optimizer(self, problem):
        # The optimizer is told which parameters it shall update
        return torch.optim.SGD(self.model.parameters(), lr=problem.learning_rate, fused=self.fused)

    def backward(self):
        self.optimizer.zero_grad()
        self.loss.backward()

    def update(self):
        self.optimizer.step()


class TwoLayerBias(TwoLayer):
    bias = True


class TwoLayerAdam(TwoLayerBias):
    def choose_optimizer(self, problem):
        return torch.optim.Adam(
            self.model.parameters(),
            lr=problem.learning_rate,
            betas=problem.betas,
            eps=problem.epsilon,
            fused=self.fused,
        )


NETS = {"two_layer": TwoLayer, "two_layer_bias": TwoLayerBias, "two_layer_adam": TwoLayerAdam}
