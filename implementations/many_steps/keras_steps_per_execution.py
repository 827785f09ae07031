"""Keras with `steps_per_execution`: `fit`'s own function takes many batches at a call, here the same one again."""

import importlib

import keras

from implementations.two_layer import keras_model

DEVICES = ("cpu", "cuda")
DTYPES = ("float32", "float64")
VARIANTS = {"tensorflow": {}}
ENVIRONMENT = {"tensorflow": {"KERAS_BACKEND": "tensorflow"}}


class ManySteps(keras_model.TwoLayer):
    def __init__(self, problem, device):
        super().__init__(problem, device)
        self.model.compile(
            optimizer=keras.optimizers.SGD(problem.learning_rate),
            loss=keras_model.sum_of_squares,
            jit_compile=True,
            steps_per_execution=problem.steps_per_call,
        )

        # What fit() calls for every `steps_per_execution` batches, without what fit() does around it
        self.model.make_train_function()
        tensorflow = importlib.import_module("tensorflow")
        self.batches = iter(tensorflow.data.Dataset.from_tensors((self.x, self.y)).repeat())

    def step(self):
        # Keras' loss is the mean over the steps since its metrics were reset
        self.model.reset_metrics()
        return self.model.train_function(self.batches)["loss"]


NETS = {"many_steps": ManySteps}
