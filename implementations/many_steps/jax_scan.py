"""JAX with the loop compiled too: `lax.scan` over jax_grad's step, or `lax.fori_loop`."""

from functools import partial

import jax
import jax.numpy as jnp

from implementations.two_layer import jax_grad

DEVICES = ("cpu", "cuda")
DTYPES = ("float32", "float64")
VARIANTS = {"": {}, "fori_loop": {"fori_loop": True}}


def one_step(weights, x, y, rate):
    loss, grads = jax.value_and_grad(jax_grad.two_layer)(weights, x, y)
    return jax.tree.map(lambda w, grad: w - rate * grad, weights, grads), loss


@partial(jax.jit, static_argnames=("steps", "rate"))
def scanned(weights, x, y, rate, steps):
    # The losses of all steps are stacked, since a scan may give something back at each
    weights, losses = jax.lax.scan(lambda weights, _: one_step(weights, x, y, rate), weights, length=steps)
    return weights, losses.mean()


@partial(jax.jit, static_argnames=("steps", "rate"))
def looped(weights, x, y, rate, steps):
    def body(_, carried):
        weights, total = carried
        weights, loss = one_step(weights, x, y, rate)
        return weights, total + loss

    weights, total = jax.lax.fori_loop(0, steps, body, (weights, jnp.zeros((), x.dtype)))
    return weights, total / steps


class ManySteps:
    def __init__(self, problem, device, fori_loop=False):
        place = partial(jax.device_put, device=jax.devices(device)[0])
        # x (N, D_in), y (N, D_out), w1 (D_in, H), w2 (H, D_out)
        self.x, self.y = place((problem.x, problem.y))
        self.weights = {name: place(weight) for name, weight in problem.parameters.items()}
        self.train = partial(looped if fori_loop else scanned, rate=problem.learning_rate, steps=problem.steps_per_call)

    def step(self):
        self.weights, self.loss = self.train(self.weights, self.x, self.y)
        return self.loss

    def wait(self):
        jax.block_until_ready(self.weights)

    def parameters(self):
        return jax.device_get(self.weights)


NETS = {"many_steps": ManySteps}
