"""PyTorch control flow: a forward pass with a Python loop, which uses one layer 0 to 3 times."""

import torch

from implementations.two_layer import torch_optim

DEVICES = ("cpu", "cuda", "mps", "xpu")
DTYPES = ("float32", "float64", "tf32", "bfloat16")


class DynamicNet(torch.nn.Module):
    def __init__(self, d_in, hidden, d_out):
        super().__init__()
        self.input_linear = torch.nn.Linear(d_in, hidden)
        self.middle_linear = torch.nn.Linear(hidden, hidden)
        self.output_linear = torch.nn.Linear(hidden, d_out)

    def forward(self, x, depth):
        # Each pass builds its own graph, so the loop is plain Python, and reusing a layer is safe
        h_relu = self.input_linear(x).clamp(min=0)
        for _ in range(depth):
            h_relu = self.middle_linear(h_relu).clamp(min=0)
        return self.output_linear(h_relu)


class Dynamic(torch_optim.TwoLayer):
    def __init__(self, problem, device):
        super().__init__(problem, device)
        self.depths = problem.depths()
        for parameter in self.model.parameters():
            parameter.grad = torch.zeros_like(parameter)

    def build(self, size):
        return DynamicNet(size.d_in, size.hidden, size.d_out)

    def choose_optimizer(self, problem):
        # Vanilla gradient descent hardly trains so strange a net; momentum helps
        return torch.optim.SGD(self.model.parameters(), lr=problem.learning_rate, momentum=problem.momentum)

    def forward(self):
        y_pred = self.model(self.x, next(self.depths))
        self.loss = self.loss_fn(y_pred, self.y)
        return self.loss

    def backward(self):
        # Zeros rather than None: the velocity of a layer that was not used still decays
        self.optimizer.zero_grad(set_to_none=False)
        self.loss.backward()


NETS = {"dynamic": Dynamic}
