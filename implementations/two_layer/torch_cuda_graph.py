"""PyTorch CUDA graph: another net's whole step, or many, recorded once, then replayed with a single launch."""

import torch

from implementations.two_layer import torch_autograd, torch_inplace, torch_tensor

DEVICES = ("cuda",)
DTYPES = ("float32", "float64", "tf32", "bfloat16")
VARIANTS = {"": {}, "tensor": {"of": "tensor"}, "inplace": {"of": "inplace"}}
ONLY = {"tensor": {"dtypes": ("float32", "float64", "tf32")}, "inplace": {"dtypes": ("float32", "float64", "tf32")}}
RECORDED = {"autograd": torch_autograd, "tensor": torch_tensor, "inplace": torch_inplace}


def recorded(step):
    # Libraries allocate and choose their kernels in the first steps, which must not be recorded
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(side)

    # Recording runs nothing; every tensor of the step gets its fixed place in the graph's memory
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        loss = step()
    return graph, loss


class TwoLayer:
    def __init__(self, problem, device, of="autograd"):
        self.net = RECORDED[of].TwoLayer(problem, device)
        self.steps = problem.steps_per_call
        self.graph, loss = recorded(self.call)
        self.loss = loss.detach()
        self.wait = self.net.wait

        # The steps before the recording have trained: back to the start
        weights = getattr(self.net, "weights", None) or {"w1": self.net.w1, "w2": self.net.w2}
        with torch.no_grad():
            for name, weight in weights.items():
                weight.copy_(torch.tensor(problem.parameters[name]))

    def call(self):
        return self.net.step()

    def step(self):
        # A replay overwrites the loss of the one before
        self.graph.replay()
        return self.loss

    def parameters(self):
        return self.net.parameters()


class ManySteps(TwoLayer):
    def call(self):
        # One graph of many steps; its loss is the mean over them
        return sum(self.net.step().detach() for _ in range(self.steps)) / self.steps


NETS = {"two_layer": TwoLayer, "many_steps": ManySteps}
