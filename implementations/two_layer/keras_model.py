"""Keras 3: a `Sequential` model and `train_on_batch`, on TensorFlow, JAX or PyTorch beneath."""

import importlib

import keras
import numpy

DEVICES = ("cpu", "cuda")
DTYPES = ("float32", "float64", "tf32", "bfloat16")
VARIANTS = {"tensorflow": {}, "jax": {}, "torch": {}}
ENVIRONMENT = {
    "tensorflow": {"KERAS_BACKEND": "tensorflow"},
    "jax": {"KERAS_BACKEND": "jax"},
    "torch": {"KERAS_BACKEND": "torch"},
}
# Asked for float64, Keras computes in float32 on PyTorch
ONLY = {"torch": {"dtypes": ("float32", "tf32", "bfloat16")}}
# Keras' Adam is the faster form at the end of the paper's section 2, whose epsilon is another
REFERENCE = {"two_layer_adam": {"epsilon_hat": True}}


def sum_of_squares(y, y_pred):
    # One number for the whole batch: Keras averages a loss that is given for each sample
    return keras.ops.sum(keras.ops.square(y_pred - y))


class TwoLayer:
    bias = False

    def __init__(self, problem, device):
        dtype = problem.x.dtype.name
        keras.config.set_floatx(dtype)
        # Mixed precision: the layers compute in bfloat16, their weights stay float32
        keras.config.set_dtype_policy("mixed_bfloat16" if problem.dtype == "bfloat16" else dtype)
        if keras.backend.backend() == "tensorflow":
            # On an NVIDIA GPU TensorFlow multiplies float32 matrices in TF32 unless told otherwise
            tensorflow = importlib.import_module("tensorflow")
            tensorflow.config.experimental.enable_tensor_float_32_execution(problem.dtype == "tf32")
        self.names = tuple(problem.parameters)
        # x (N, D_in), y (N, D_out), on the GPU where there is one: Keras places everything itself
        self.x, self.y = keras.ops.convert_to_tensor(problem.x), keras.ops.convert_to_tensor(problem.y)
        self.model = keras.Sequential(
            [
                keras.Input((problem.size.d_in,)),
                keras.layers.Dense(problem.size.hidden, activation="relu", use_bias=self.bias),
                keras.layers.Dense(problem.size.d_out, use_bias=self.bias),
            ]
        )
        # Start from the same parameters as every other net: w1, b1, w2, b2 in the order of the layers
        self.model.set_weights(list(problem.parameters.values()))
        self.model.compile(
            optimizer=self.choose_optimizer(problem),
            loss=sum_of_squares,
            # What "auto" comes to today: compiled by XLA, but on PyTorch run as it is
            jit_compile=keras.backend.backend() != "torch",
        )

    def choose_optimizer(self, problem):
        return keras.optimizers.SGD(problem.learning_rate)

    def step(self):
        # Forward pass, backward pass and update; the loss comes back as a Python number
        return self.model.train_on_batch(self.x, self.y)

    def wait(self):
        # No backend-independent way to wait but to read the result
        keras.ops.convert_to_numpy(self.model.trainable_variables[-1])

    def parameters(self):
        return dict(zip(self.names, self.model.get_weights(), strict=True))


class TwoLayerBias(TwoLayer):
    bias = True


class TwoLayerAdam(TwoLayerBias):
    def choose_optimizer(self, problem):
        # On TensorFlow a Python number is cast through float32, which a float64 model would notice
        number = numpy.float64 if problem.dtype == "float64" else float
        beta_1, beta_2 = (number(beta) for beta in problem.betas)
        return keras.optimizers.Adam(problem.learning_rate, beta_1, beta_2, problem.epsilon)


NETS = {"two_layer": TwoLayer, "two_layer_bias": TwoLayerBias, "two_layer_adam": TwoLayerAdam}
