"""PyTorch `nn`: layers and a loss function ready made, the parameters still updated by hand."""

import torch

DEVICES = ("cpu", "cuda", "mps", "xpu")
DTYPES = ("float32", "float64", "tf32", "bfloat16")


class TwoLayer:
    bias = False
    loss_fn = torch.nn.MSELoss(reduction="sum")

    def __init__(self, problem, device):
        # x (N, D_in), y (N, D_out)
        self.x = torch.tensor(problem.x, device=device)
        self.y = torch.tensor(problem.y, device=device)
        self.model = self.build(problem.size).to(device, self.x.dtype)
        self.learning_rate = problem.learning_rate
        self.wait = torch.get_device_module(device).synchronize  # on a CPU nothing is left to wait for

        # Start from the same parameters as every other net: w1, b1, w2, b2 in the order of the layers
        self.names = tuple(problem.parameters)
        with torch.no_grad():
            for parameter, start in zip(self.model.parameters(), problem.parameters.values(), strict=True):
                parameter.copy_(self.turned(torch.tensor(start)))

        if problem.dtype == "bfloat16":
            # Mixed precision: the products see bfloat16, in the backward pass too; the parameters stay float32
            self.forward = torch.autocast(device, dtype=torch.bfloat16)(self.forward)

    def build(self, size):
        return torch.nn.Sequential(
            torch.nn.Linear(size.d_in, size.hidden, bias=self.bias),
            torch.nn.ReLU(),
            torch.nn.Linear(size.hidden, size.d_out, bias=self.bias),
        )

    @staticmethod
    def turned(weight):
        # Linear keeps its weight as (out, in)
        return weight.t()

    def forward(self):
        # Forward pass: the model is called like a function
        y_pred = self.model(self.x)
        self.loss = self.loss_fn(y_pred, self.y)
        return self.loss

    def backward(self):
        self.model.zero_grad()
        self.loss.backward()

    def update(self):
        with torch.no_grad():
            for parameter in self.model.parameters():
                parameter -= self.learning_rate * parameter.grad

    def step(self):
        loss = self.forward()
        self.backward()
        self.update()
        return loss

    def parameters(self):
        parameters = [self.turned(parameter).numpy(force=True) for parameter in self.model.parameters()]
        return dict(zip(self.names, parameters, strict=True))

    def gradients(self):
        gradients = [self.turned(parameter.grad).numpy(force=True) for parameter in self.model.parameters()]
        return dict(zip(self.names, gradients, strict=True))


class TwoLayerBias(TwoLayer):
    bias = True


NETS = {"two_layer": TwoLayer, "two_layer_bias": TwoLayerBias}
