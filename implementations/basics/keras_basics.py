"""Keras' basics: NumPy's operations on any backend. Derivatives it leaves to the backend."""

import keras

DEVICES = ("cpu", "cuda")
DTYPES = ("float32", "float64")
VARIANTS = {"tensorflow": {}, "jax": {}, "torch": {}}
ENVIRONMENT = {
    "tensorflow": {"KERAS_BACKEND": "tensorflow"},
    "jax": {"KERAS_BACKEND": "jax"},
    "torch": {"KERAS_BACKEND": "torch"},
}
# Asked for the mean of float64 numbers, Keras computes in float32 on JAX and PyTorch
ONLY = {"jax": {"dtypes": ("float32",)}, "torch": {"dtypes": ("float32",)}}


class Basics:
    def __init__(self, problem, device):
        # On the GPU where there is one: Keras places everything itself
        keras.config.set_floatx(problem.dtype)
        self.x = keras.ops.convert_to_tensor(problem.x)  # (3, 4)

    def operations(self):
        x, ops = self.x, keras.ops
        results = {
            "sum": ops.sum(x),
            "mean": ops.mean(x),
            "max": ops.max(x),
            "argmax": ops.argmax(x),  # counted through the flattened tensor
            "variance": ops.var(ops.arange(1.0, 6.0)),  # of 1, 2, 3, 4, 5: divides by n, also on PyTorch
            "reshape": ops.reshape(x, (2, 6)),
            "transpose": ops.transpose(x),
            "flatten": ops.ravel(x),
            "zeros": ops.zeros((3, 4)),
            "ones": ops.ones((3, 4)),
            "arange": ops.arange(12),
        }
        return {name: ops.convert_to_numpy(result) for name, result in results.items()}


NETS = {"basics": Basics}
