"""PyTorch autograd with a function of one's own: a ReLU that brings its own backward pass."""

import torch

from implementations.two_layer import torch_autograd

DEVICES = ("cpu", "cuda", "mps", "xpu")
DTYPES = ("float32", "float64", "tf32", "bfloat16")


class ReLU(torch.autograd.Function):
    @staticmethod
    def forward(context, h):
        # Keep what the backward pass will need
        context.save_for_backward(h)
        return h.clamp(min=0)

    @staticmethod
    def backward(context, grad_h_relu):
        # The gradient passes where h was positive
        (h,) = context.saved_tensors
        grad_h = grad_h_relu.clone()
        grad_h[h < 0] = 0
        return grad_h


class TwoLayer(torch_autograd.TwoLayer):
    def forward(self):
        # Forward pass: compute predicted y, (N, D_out); a function of one's own is used through `apply`
        w1, w2 = self.weights.values()
        y_pred = ReLU.apply(self.x.mm(w1)).mm(w2)
        self.loss = (y_pred - self.y).pow(2).sum()
        return self.loss


NETS = {"two_layer": TwoLayer}
