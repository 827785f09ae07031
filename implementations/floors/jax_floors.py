"""JAX's yardsticks for unfused steps: the five matrix products alone, compiled as one."""

import jax
import jax.numpy as jnp

DEVICES = ("cpu", "cuda")
DTYPES = ("float32", "float64", "tf32", "bfloat16")


@jax.jit
def add(a, b):
    return a + b


@jax.jit
def products(x, g, w1, w2):
    # Each is a result, so that none can be left out: h, predicted y, and the gradients of w2, h and w1
    h = x @ w1
    grad_h = g @ w2.T
    return h, h @ w2, h.T @ g, grad_h, x.T @ grad_h


class Floors:
    def __init__(self, problem, device):
        # x (N, D_in), w1 (D_in, H), w2 (H, D_out), and y (N, D_out) for the gradient of predicted y
        dtype = jnp.bfloat16 if problem.dtype == "bfloat16" else problem.x.dtype
        arrays = problem.x, problem.y, problem.parameters["w1"], problem.parameters["w2"]
        self.operands = jax.device_put([array.astype(dtype) for array in arrays], jax.devices(device)[0])
        self.one = jax.device_put(jnp.ones(1, dtype), jax.devices(device)[0])
        self.work = {"products": problem.size.flops_per_step}

        if device == "cuda":
            # x and y in NumPy's pageable memory, and where they go
            self.fed, self.device = (problem.x, problem.y), jax.devices(device)[0]
            self.transfer = self.feed
            self.work["transfer"] = problem.x.nbytes + problem.y.nbytes

    def dispatch(self):
        # What a call costs before any arithmetic
        self.two = add(self.one, self.one)

    def products(self):
        self.h, self.y_pred, self.grad_w2, self.grad_h, self.grad_w1 = products(*self.operands)

    def feed(self):
        # What a net pays that is fed at every step
        self.received = jax.device_put(self.fed, self.device)

    def wait(self):
        jax.block_until_ready(self.__dict__)


NETS = {"two_layer": Floors, "two_layer_bias": Floors, "two_layer_adam": Floors}
