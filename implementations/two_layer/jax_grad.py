"""JAX: `jax.value_and_grad` of a pure loss function, the whole step compiled as one."""

import math
from functools import cache, partial
from itertools import cycle
from typing import NamedTuple

import jax
import jax.numpy as jnp

DEVICES = ("cpu", "cuda")
DTYPES = ("float32", "float64", "tf32", "bfloat16")
VARIANTS = {
    "": {},
    # x and y come from the host at every step, as the tutorial feeds them to TensorFlow
    "fed": {"fed": True},
    # The old weights' memory is given to the new ones
    "donated": {"donated": True},
    # Compiled before it is called, so that no call looks up what to run
    "ahead_of_time": {"ahead_of_time": True},
}
ONLY = {
    "fed": {"workloads": ("two_layer",), "devices": ("cuda",)},
    "donated": {"workloads": ("two_layer",)},
    "ahead_of_time": {"workloads": ("two_layer",)},
}

# Forward passes, pure functions of the weights: x (N, D_in) -> y_pred (N, D_out), and the loss


def two_layer(weights, x, y):
    y_pred = jnp.maximum(x @ weights["w1"], 0) @ weights["w2"]
    return jnp.square(y_pred - y).sum()


def two_layer_bias(weights, x, y):
    h_relu = jnp.maximum(x @ weights["w1"] + weights["b1"], 0)
    y_pred = h_relu @ weights["w2"] + weights["b2"]
    return jnp.square(y_pred - y).sum()


def dynamic(weights, x, y, depth):
    def middle(times):
        def apply(h_relu):
            for _ in range(times):
                h_relu = jnp.maximum(h_relu @ weights["w_middle"] + weights["b_middle"], 0)
            return h_relu

        return apply

    # A compiled loop of unknown length has no backward pass; a choice among four lengths has
    h_relu = jnp.maximum(x @ weights["w1"] + weights["b1"], 0)
    h_relu = jax.lax.switch(depth, [middle(0), middle(1), middle(2), middle(3)], h_relu)
    y_pred = h_relu @ weights["w2"] + weights["b2"]
    return jnp.square(y_pred - y).sum()


def linear_regression(weights, x, y):
    return jnp.square(x @ weights["w"] + weights["b"] - y).mean()


@cache
def mixed(loss_of):
    # Mixed precision: the forward pass, and with it the backward pass, sees bfloat16; the weights stay float32
    def loss_of_rounded(weights, x, *others):
        weights, x = jax.tree.map(lambda array: array.astype(jnp.bfloat16), (weights, x))
        return loss_of(weights, x, *others)

    return loss_of_rounded


# Optimizers, pure functions too: the new weights, and what the optimizer remembers


class Constants(NamedTuple):
    rate: float
    momentum: float
    betas: tuple
    epsilon: float


def gradient_descent(weights, grads, memory, constants):
    return jax.tree.map(lambda w, grad: w - constants.rate * grad, weights, grads), memory


def momentum(weights, grads, velocity, constants):
    velocity = jax.tree.map(lambda u, grad: constants.momentum * u + grad, velocity, grads)
    return jax.tree.map(lambda w, u: w - constants.rate * u, weights, velocity), velocity


def adam(weights, grads, memory, constants):
    t, m, v = memory
    t, (beta1, beta2) = t + 1, constants.betas
    m = jax.tree.map(lambda m, grad: beta1 * m + (1 - beta1) * grad, m, grads)
    v = jax.tree.map(lambda v, grad: beta2 * v + (1 - beta2) * grad**2, v, grads)
    # 1 - beta**t, which in float32 would lose four digits
    correction1, correction2 = -jnp.expm1(t * math.log(beta1)), -jnp.expm1(t * math.log(beta2))

    def updated(w, m, v):
        return w - constants.rate * (m / correction1) / (jnp.sqrt(v / correction2) + constants.epsilon)

    return jax.tree.map(updated, weights, m, v), (t, m, v)


# What is compiled: the phases, and the whole step as one


@partial(jax.jit, static_argnums=0)
def forward(loss_of, weights, data):
    # The pulled-back function that vjp returns is data to JAX, so it may leave the compiled function
    return jax.vjp(lambda weights: loss_of(weights, *data), weights)


@jax.jit
def backward(pullback, loss):
    (grads,) = pullback(jnp.ones_like(loss))
    return grads


@partial(jax.jit, static_argnums=(0, 4))
def update(optimizer, weights, grads, memory, constants):
    return optimizer(weights, grads, memory, constants)


def whole_step(loss_of, optimizer, constants, weights, memory, data):
    loss, grads = jax.value_and_grad(loss_of)(weights, *data)
    return loss, *optimizer(weights, grads, memory, constants)


step = jax.jit(whole_step, static_argnums=(0, 1, 2))
step_donated = jax.jit(whole_step, static_argnums=(0, 1, 2), donate_argnums=(3, 4))


class TwoLayer:
    loss_of, optimizer = staticmethod(two_layer), staticmethod(gradient_descent)

    def __init__(self, problem, device, fed=False, donated=False, ahead_of_time=False):
        self.place = partial(jax.device_put, device=jax.devices(device)[0])
        # A compiled function copies NumPy's arrays to the device whenever it is called with them
        self.x, self.y = (problem.x, problem.y) if fed else self.place((problem.x, problem.y))
        self.weights = {name: self.place(weight) for name, weight in problem.parameters.items()}
        self.memory = self.place(self.remember(jax.tree.map(jnp.zeros_like, self.weights)))
        if problem.dtype == "bfloat16":
            self.loss_of = mixed(self.loss_of)
        self.constants = Constants(problem.learning_rate, problem.momentum, problem.betas, problem.epsilon)
        how = self.loss_of, self.optimizer, self.constants
        self.train = partial(step_donated if donated else step, *how)
        if ahead_of_time:
            self.train = step.lower(*how, self.weights, self.memory, self.data()).compile()

    def remember(self, zeros):
        return ()

    def data(self):
        return self.x, self.y

    def forward(self):
        self.loss, self.pullback = forward(self.loss_of, self.weights, self.data())
        return self.loss

    def backward(self):
        self.grads = backward(self.pullback, self.loss)

    def update(self):
        self.weights, self.memory = update(self.optimizer, self.weights, self.grads, self.memory, self.constants)

    def step(self):
        self.loss, self.weights, self.memory = self.train(self.weights, self.memory, self.data())
        return self.loss

    def wait(self):
        jax.block_until_ready(self.__dict__)

    def parameters(self):
        return jax.device_get(self.weights)

    def gradients(self):
        return jax.device_get(self.grads)


class TwoLayerBias(TwoLayer):
    loss_of = staticmethod(two_layer_bias)


class TwoLayerAdam(TwoLayerBias):
    optimizer = staticmethod(adam)

    def remember(self, zeros):
        return 0, zeros, zeros


class Dynamic(TwoLayer):
    loss_of, optimizer = staticmethod(dynamic), staticmethod(momentum)

    def __init__(self, problem, device):
        super().__init__(problem, device)
        self.depths = problem.depths()

    def remember(self, zeros):
        return zeros

    def data(self):
        return self.x, self.y, next(self.depths)


class LinearRegression(TwoLayer):
    loss_of = staticmethod(linear_regression)

    def __init__(self, problem, device):
        # x and y (100, 1); the points are taken in order, one minibatch a step
        super().__init__(problem, device)
        count = len(problem.x) // problem.size.batch
        self.batches = cycle(zip(jnp.split(self.x, count), jnp.split(self.y, count), strict=True))

    def data(self):
        return next(self.batches)


NETS = {
    "two_layer": TwoLayer,
    "two_layer_bias": TwoLayerBias,
    "two_layer_adam": TwoLayerAdam,
    "dynamic": Dynamic,
    "linear_regression": LinearRegression,
    "linear_regression_1e-2": LinearRegression,
    "linear_regression_full_batch": LinearRegression,
}
