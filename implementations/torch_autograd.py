"""PyTorch autograd: leaf tensors that require gradients, `loss.backward()`, the update under `no_grad`."""

import torch

DEVICES = ("cpu", "cuda")
DTYPES = ("float32", "float64")


class TwoLayer:
    def __init__(self, problem, device):
        # x (N, D_in) and y (N, D_out) want no gradients; w1 (D_in, H) and w2 (H, D_out) do
        self.x = torch.tensor(problem.x, device=device)
        self.y = torch.tensor(problem.y, device=device)
        self.w1 = torch.tensor(problem.parameters["w1"], device=device, requires_grad=True)
        self.w2 = torch.tensor(problem.parameters["w2"], device=device, requires_grad=True)
        self.learning_rate = problem.learning_rate

    def forward(self):
        # Forward pass: autograd remembers the operations, so h and h_relu need no names
        y_pred = self.x.mm(self.w1).clamp(min=0).mm(self.w2)
        self.loss = (y_pred - self.y).pow(2).sum()
        return self.loss

    def backward(self):
        # Gradients accumulate, so forget those of the step before
        self.w1.grad = None
        self.w2.grad = None
        self.loss.backward()

    def update(self):
        # Update weights; autograd need not track this
        with torch.no_grad():
            self.w1 -= self.learning_rate * self.w1.grad
            self.w2 -= self.learning_rate * self.w2.grad

    def step(self):
        loss = self.forward()
        self.backward()
        self.update()
        return loss

    def wait(self):
        if self.x.is_cuda:
            torch.cuda.synchronize()

    def parameters(self):
        return {"w1": self.w1.numpy(force=True), "w2": self.w2.numpy(force=True)}

    def gradients(self):
        return {"w1": self.w1.grad.numpy(force=True), "w2": self.w2.grad.numpy(force=True)}


NETS = {"two_layer": TwoLayer}
