"""PyTorch CUDA graph: torch_autograd's whole step is recorded once, then replayed with a single launch."""

import torch

from implementations.two_layer import torch_autograd

DEVICES = ("cuda",)
DTYPES = ("float32", "float64", "tf32", "bfloat16")


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
    def __init__(self, problem, device):
        self.net = torch_autograd.TwoLayer(problem, device)
        self.graph, loss = recorded(self.net.step)
        self.loss = loss.detach()
        self.wait = self.net.wait

        # The steps before the recording have trained: back to the start
        with torch.no_grad():
            for name, weight in self.net.weights.items():
                weight.copy_(torch.tensor(problem.parameters[name]))

    def step(self):
        # A replay overwrites the loss of the one before
        self.graph.replay()
        return self.loss

    def parameters(self):
        return self.net.parameters()


NETS = {"two_layer": TwoLayer}
