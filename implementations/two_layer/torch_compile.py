"""PyTorch compiled: torch_autograd's and torch_dynamic's forward pass under `torch.compile`, its backward with it."""

import torch

from implementations.two_layer import torch_autograd, torch_dynamic

DEVICES = ("cpu", "cuda")
DTYPES = ("float32", "float64", "tf32", "bfloat16")
VARIANTS = {
    "": {},
    # The gradient taken inside the compiled function, so that the whole step is one graph
    "one_graph": {"one_graph": True},
    # The same with products that are tuned too, and on a GPU recorded as a CUDA graph
    "max_autotune": {"one_graph": True, "mode": "max-autotune"},
    # CUDA graphs: recorded kernels are replayed with one launch
    "reduce_overhead": {"mode": "reduce-overhead"},
}
ONLY = {
    "one_graph": {"workloads": ("two_layer",), "dtypes": ("float32", "float64", "tf32")},
    "max_autotune": {"workloads": ("two_layer",), "dtypes": ("float32", "float64", "tf32")},
    "reduce_overhead": {"devices": ("cuda",)},
}


def loss_of(weights, x, y):
    # Compute predicted y, (N, D_out), and the loss
    y_pred = x.mm(weights["w1"]).clamp(min=0).mm(weights["w2"])
    return (y_pred - y).pow(2).sum()


def update(weights, grads, learning_rate):
    for name, weight in weights.items():
        weight -= learning_rate * grads[name]


def whole_step(weights, x, y, learning_rate):
    grads, loss = torch.func.grad_and_value(loss_of)(weights, x, y)
    update(weights, grads, learning_rate)
    return loss


class TwoLayer(torch_autograd.TwoLayer):
    def __init__(self, problem, device, mode=None, one_graph=False):
        super().__init__(problem, device)
        # Each is compiled at its first call, and what autograd needs of it too. The update is never recorded:
        # its gradients lie in the memory of the backward's recording, and torch 2.11 crashes on that
        self.compiled_loss = torch.compile(loss_of, mode=mode)
        self.compiled_update = torch.compile(update)
        self.compiled_step = torch.compile(whole_step, fullgraph=True, mode=mode) if one_graph else None

    def forward(self):
        self.loss = self.compiled_loss(self.weights, self.x, self.y)
        return self.loss

    def update(self):
        grads = {name: weight.grad for name, weight in self.weights.items()}
        with torch.no_grad():
            self.compiled_update(self.weights, grads, self.learning_rate)

    def step(self):
        if self.compiled_step is None:
            return super().step()
        with torch.no_grad():
            return self.compiled_step(self.weights, self.x, self.y, self.learning_rate)


class Dynamic(torch_dynamic.Dynamic):
    def __init__(self, problem, device, mode=None):
        # Compiled once for each depth: the loop is unrolled
        super().__init__(problem, device)
        self.model.compile(mode=mode)


NETS = {"two_layer": TwoLayer, "dynamic": Dynamic}
