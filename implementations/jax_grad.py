"""JAX: `jax.value_and_grad` of a pure loss function, the whole step compiled as one."""

import jax
import jax.numpy as jnp

DEVICES = ("cpu", "cuda")
DTYPES = ("float32", "float64")
ENVIRONMENT = {
    "float64": {"JAX_ENABLE_X64": "1"},
    # On an NVIDIA GPU JAX multiplies float32 matrices in TF32 unless told otherwise.
    "float32": {"JAX_DEFAULT_MATMUL_PRECISION": "highest"},
}


def loss_of(weights, x, y):
    # Forward pass: compute predicted y, (N, D_out), and the loss
    w1, w2 = weights
    y_pred = jnp.maximum(x @ w1, 0) @ w2
    return jnp.square(y_pred - y).sum()


def updated(weights, gradients, learning_rate):
    return [w - learning_rate * gradient for w, gradient in zip(weights, gradients, strict=True)]


@jax.jit
def forward(weights, x, y):
    # The pulled-back function that vjp returns is data to JAX, so it may leave the compiled function
    return jax.vjp(lambda weights: loss_of(weights, x, y), weights)


@jax.jit
def backward(pullback, loss):
    (gradients,) = pullback(jnp.ones_like(loss))
    return gradients


update = jax.jit(updated)


@jax.jit
def step(weights, x, y, learning_rate):
    loss, gradients = jax.value_and_grad(loss_of)(weights, x, y)
    return loss, updated(weights, gradients, learning_rate)


class TwoLayer:
    def __init__(self, problem, device):
        # x (N, D_in), y (N, D_out), weights w1 (D_in, H) and w2 (H, D_out)
        where = jax.devices(device)[0]
        self.x, self.y = jax.device_put(problem.x, where), jax.device_put(problem.y, where)
        self.weights = [jax.device_put(w, where) for w in problem.parameters.values()]
        self.learning_rate = problem.learning_rate

    def forward(self):
        self.loss, self.pullback = forward(self.weights, self.x, self.y)
        return self.loss

    def backward(self):
        self.grads = backward(self.pullback, self.loss)

    def update(self):
        self.weights = update(self.weights, self.grads, self.learning_rate)

    def step(self):
        # One compiled function does all three
        self.loss, self.weights = step(self.weights, self.x, self.y, self.learning_rate)
        return self.loss

    def wait(self):
        jax.block_until_ready(self.__dict__)

    def parameters(self):
        return {"w1": jax.device_get(self.weights[0]), "w2": jax.device_get(self.weights[1])}

    def gradients(self):
        return {"w1": jax.device_get(self.grads[0]), "w2": jax.device_get(self.grads[1])}


NETS = {"two_layer": TwoLayer}
