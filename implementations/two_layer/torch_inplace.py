"""PyTorch without an allocation: torch_tensor's step into arrays made once, the updates fused into the products."""

import torch

DEVICES = ("cpu", "cuda", "mps", "xpu")
DTYPES = ("float32", "float64", "tf32")


class TwoLayer:
    def __init__(self, problem, device):
        # x (N, D_in), y (N, D_out), w1 (D_in, H), w2 (H, D_out)
        self.x = torch.tensor(problem.x, device=device)
        self.y = torch.tensor(problem.y, device=device)
        self.w1 = torch.tensor(problem.parameters["w1"], device=device)
        self.w2 = torch.tensor(problem.parameters["w2"], device=device)
        self.learning_rate = problem.learning_rate
        self.wait = torch.get_device_module(device).synchronize  # on a CPU nothing is left to wait for

        # Every result has its place: h, its sign and its gradient (N, H), the difference (N, D_out)
        self.h = self.x.new_empty(problem.size.batch, problem.size.hidden)
        self.sign, self.grad_h = torch.empty_like(self.h), torch.empty_like(self.h)
        self.difference = torch.empty_like(self.y)
        self.loss = self.x.new_empty(())

    def step(self):
        # Forward pass: the difference of predicted y and y
        torch.mm(self.x, self.w1, out=self.h)
        self.h.clamp_(min=0)
        torch.mm(self.h, self.w2, out=self.difference)
        self.difference.sub_(self.y)

        # The loss: a sum of squares is a product of the difference with itself
        flat = self.difference.view(-1)
        torch.dot(flat, flat, out=self.loss)

        # Backprop as far as h, while w2 is still the old one; the factor 2 is left to the updates. The sign is 1
        # where h was positive, else 0, and unlike a mask of bools need not be converted to be multiplied with
        torch.mm(self.difference, self.w2.t(), out=self.grad_h)
        torch.sign(self.h, out=self.sign)
        self.grad_h.mul_(self.sign)

        # The gradients of the weights never exist: each product is subtracted as it is computed
        self.w2.addmm_(self.h.t(), self.difference, alpha=-2 * self.learning_rate)
        self.w1.addmm_(self.x.t(), self.grad_h, alpha=-2 * self.learning_rate)
        return self.loss

    def parameters(self):
        return {"w1": self.w1.numpy(force=True), "w2": self.w2.numpy(force=True)}


NETS = {"two_layer": TwoLayer}
