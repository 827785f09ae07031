"""PyTorch's yardsticks for unfused steps: the five matrix products alone, and the device's own rates."""

import torch

from implementations.two_layer.torch_cuda_graph import recorded

DEVICES = ("cpu", "cuda")
DTYPES = ("float32", "float64", "tf32", "bfloat16")

# Of the large product, and of the large copy
WIDTH = {"cpu": 1024, "cuda": 8192}
COPIED_BYTES = {"cpu": 1 << 27, "cuda": 1 << 30}


class Floors:
    def __init__(self, problem, device):
        # x (N, D_in), w1 (D_in, H), w2 (H, D_out), and y (N, D_out) for the gradient of predicted y
        dtype = torch.bfloat16 if problem.dtype == "bfloat16" else None
        self.x = torch.tensor(problem.x, dtype=dtype, device=device)
        self.g = torch.tensor(problem.y, dtype=dtype, device=device)
        self.w1 = torch.tensor(problem.parameters["w1"], dtype=dtype, device=device)
        self.w2 = torch.tensor(problem.parameters["w2"], dtype=dtype, device=device)

        # Every result has its place: h and its gradient (N, H), predicted y (N, D_out), the gradients
        self.h = self.x.new_empty(problem.size.batch, problem.size.hidden)
        self.y_pred, self.grad_h = torch.empty_like(self.g), torch.empty_like(self.h)
        self.grad_w1, self.grad_w2 = torch.empty_like(self.w1), torch.empty_like(self.w2)

        # One number; a large square matrix; bytes, large against any cache, and ones: zeros would be one page of memory
        self.one = self.x.new_ones(1)
        self.square = torch.randn(WIDTH[device], WIDTH[device], dtype=self.x.dtype, device=device)
        self.squared = torch.empty_like(self.square)
        self.here = torch.ones(COPIED_BYTES[device], dtype=torch.uint8, device=device)
        self.there = torch.empty_like(self.here)

        # Floating-point operations, and bytes read and written
        self.work = {
            "products": problem.size.flops_per_step,
            "peak": 2 * WIDTH[device] ** 3,
            "copy": 2 * COPIED_BYTES[device],
        }

        if device == "cuda":
            # A recorded graph spares a net all launches but one, and so the floors too
            self.replay = recorded(self.dispatch)[0].replay
            self.products = recorded(self.products)[0].replay

            # x and y in NumPy's pageable memory, and their places on the device
            self.fed = [torch.from_numpy(array) for array in (problem.x, problem.y)]
            self.received = [torch.empty_like(array, device=device) for array in self.fed]
            self.transfer = self.feed
            self.work["transfer"] = problem.x.nbytes + problem.y.nbytes

    def dispatch(self):
        # What a call costs before any arithmetic
        self.two = self.one + self.one

    def products(self):
        # Forward pass
        torch.mm(self.x, self.w1, out=self.h)
        torch.mm(self.h, self.w2, out=self.y_pred)

        # Backprop
        torch.mm(self.h.t(), self.g, out=self.grad_w2)
        torch.mm(self.g, self.w2.t(), out=self.grad_h)
        torch.mm(self.x.t(), self.grad_h, out=self.grad_w1)

    def peak(self):
        torch.mm(self.square, self.square, out=self.squared)

    def copy(self):
        self.there.copy_(self.here)

    def feed(self):
        # What a net pays that is fed at every step
        for there, here in zip(self.received, self.fed, strict=True):
            there.copy_(here)

    def wait(self):
        if self.x.is_cuda:
            torch.cuda.synchronize()


NETS = {"two_layer": Floors, "two_layer_bias": Floors, "two_layer_adam": Floors}
