"""JAX's basics: what one does with a small array, and derivatives by `jax.grad`."""

import jax
import jax.numpy as jnp

DEVICES = ("cpu", "cuda")
DTYPES = ("float32", "float64")
VARIANTS = {"": {}, "jit": {"compiled": True}}


def cube(x):
    return x**3


def branch(x):
    # Which formula is differentiated depends on the data
    return x**2 if x > 0 else x**3


def compiled_branch(x):
    # A compiled function does not know x, so the choice is part of what is compiled
    return jax.lax.cond(x > 0, lambda x: x**2, lambda x: x**3, x)


class Basics:
    def __init__(self, problem, device, compiled=False):
        self.place = jax.devices(device)[0]
        self.x = jax.device_put(problem.x, self.place)  # (3, 4)
        self.compiled = compiled

    def operations(self):
        x = self.x
        with jax.default_device(self.place):
            results = {
                "sum": x.sum(),
                "mean": x.mean(),
                "max": x.max(),
                "argmax": x.argmax(),  # counted through the flattened array
                "variance": jnp.arange(1, 6).var(),  # of 1, 2, 3, 4, 5: divides by n
                "reshape": x.reshape(2, 6),
                "transpose": x.T,
                "flatten": x.flatten(),
                "zeros": jnp.zeros((3, 4)),
                "ones": jnp.ones((3, 4)),
                "arange": jnp.arange(12),
            }
        return jax.device_get(results)

    def slopes(self):
        chosen = compiled_branch if self.compiled else branch
        return {
            "x^3 at 2": self.slope(cube, 2.0),
            "branch at 2": self.slope(chosen, 2.0),
            "branch at -2": self.slope(chosen, -2.0),
        }

    def slope(self, function, at):
        derivative = jax.grad(function)
        if self.compiled:
            derivative = jax.jit(derivative)
        return derivative(jax.device_put(self.x.dtype.type(at), self.place)).item()


NETS = {"basics": Basics}
