"""PyTorch's basics: what one does with a small tensor, and derivatives by autograd."""

import torch

DEVICES = ("cpu", "cuda", "mps", "xpu")
DTYPES = ("float32", "float64")


def cube(x):
    return x**3


def branch(x):
    # Which formula is differentiated depends on the data
    return x**2 if x > 0 else x**3


class Basics:
    def __init__(self, problem, device):
        self.x = torch.tensor(problem.x, device=device)  # (3, 4)
        self.device = device

    def operations(self):
        x, device = self.x, self.device
        results = {
            "sum": x.sum(),
            "mean": x.mean(),
            "max": x.max(),
            "argmax": x.argmax(),  # counted through the flattened tensor
            "variance": torch.arange(1.0, 6.0, device=device).var(),  # of 1, 2, 3, 4, 5: divides by n - 1
            "reshape": x.reshape(2, 6),
            "transpose": x.t(),
            "flatten": x.flatten(),
            "zeros": torch.zeros(3, 4, device=device),
            "ones": torch.ones(3, 4, device=device),
            "arange": torch.arange(12, device=device),
        }
        return {name: result.numpy(force=True) for name, result in results.items()}

    def slopes(self):
        return {
            "x^3 at 2": self.slope(cube, 2.0),
            "branch at 2": self.slope(branch, 2.0),
            "branch at -2": self.slope(branch, -2.0),
        }

    def slope(self, function, at):
        x = torch.tensor(at, dtype=self.x.dtype, device=self.device, requires_grad=True)
        function(x).backward()
        return x.grad.item()


NETS = {"basics": Basics}
