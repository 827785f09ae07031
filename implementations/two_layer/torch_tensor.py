"""PyTorch tensors without autograd: NumPy's net with `mm` and `clamp`, the backward pass by hand."""

import torch

DEVICES = ("cpu", "cuda", "mps", "xpu")
DTYPES = ("float32", "float64", "tf32")
VARIANTS = {
    "": {},
    # x and y come from the host at every step, as the tutorial feeds them to TensorFlow
    "fed": {"fed": True},
}
ONLY = {"fed": {"devices": ("cuda", "mps", "xpu")}}


class TwoLayer:
    def __init__(self, problem, device, fed=False):
        # x (N, D_in), y (N, D_out), w1 (D_in, H), w2 (H, D_out)
        self.x = torch.tensor(problem.x, device=device)
        self.y = torch.tensor(problem.y, device=device)
        self.w1 = torch.tensor(problem.parameters["w1"], device=device)
        self.w2 = torch.tensor(problem.parameters["w2"], device=device)
        self.learning_rate = problem.learning_rate
        self.wait = torch.get_device_module(device).synchronize  # on a CPU nothing is left to wait for

        # NumPy's own memory, without a copy
        self.feeds = (torch.from_numpy(problem.x), torch.from_numpy(problem.y)) if fed else None

    def forward(self):
        if self.feeds:
            self.x, self.y = (feed.to(self.w1.device) for feed in self.feeds)

        # Forward pass: compute predicted y, (N, D_out)
        self.h = self.x.mm(self.w1)
        self.h_relu = self.h.clamp(min=0)
        self.y_pred = self.h_relu.mm(self.w2)

        # Compute the loss
        return (self.y_pred - self.y).pow(2).sum()

    def backward(self):
        # Backprop to compute gradients of w1 and w2 with respect to loss
        grad_y_pred = 2.0 * (self.y_pred - self.y)
        self.grad_w2 = self.h_relu.t().mm(grad_y_pred)
        grad_h = grad_y_pred.mm(self.w2.t())
        grad_h[self.h < 0] = 0
        self.grad_w1 = self.x.t().mm(grad_h)

    def update(self):
        # Update weights using gradient descent
        self.w1 -= self.learning_rate * self.grad_w1
        self.w2 -= self.learning_rate * self.grad_w2

    def step(self):
        loss = self.forward()
        self.backward()
        self.update()
        return loss

    def parameters(self):
        return {"w1": self.w1.numpy(force=True), "w2": self.w2.numpy(force=True)}

    def gradients(self):
        return {"w1": self.grad_w1.numpy(force=True), "w2": self.grad_w2.numpy(force=True)}


NETS = {"two_layer": TwoLayer}
