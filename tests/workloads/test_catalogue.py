"""Workloads are found by existing: one file gives all that belongs to one."""

import sys

import numpy as np

from bench.workloads import catalogue, definitions
from bench.workloads.size import Size

CUBE = '''
"""A workload of one parameter."""

import numpy as np

from bench.workloads.size import Size
from bench.workloads.workload import Workload


class Cube(Workload):
    def parameters(self, draw, size):
        return {"w": np.full((size.d_in, size.d_out), 3.0)}

    def learning_rate(self, size):
        return self.rate / size.batch


WORKLOADS = (Cube("cube", 0.5, size=Size(2, 3, 0, 4), steps=7, reference="numpy_cube"),)
'''


def test_a_new_file_is_a_new_workload_with_its_data_parameters_rate_and_reference(tmp_path, monkeypatch):
    (tmp_path / "cube.py").write_text(CUBE)
    monkeypatch.setattr(definitions, "__path__", [*definitions.__path__, str(tmp_path)])
    monkeypatch.delitem(sys.modules, f"{definitions.__name__}.cube", raising=False)
    workloads = catalogue.discovered()
    assert workloads.keys() - catalogue.WORKLOADS.keys() == {"cube"}
    cube, size = workloads["cube"], Size(2, 3, 0, 4)
    assert (cube.sizes([Size(1, 1, 1, 1)]), cube.steps, cube.reference) == ((size,), 7, "numpy_cube")
    assert cube.learning_rate(size) == 0.25
    x, y = cube.data(np.random.default_rng(0), size)
    assert (x.shape, y.shape) == ((2, 3), (2, 4))
    assert np.array_equal(cube.parameters(np.random.default_rng(0), size)["w"], np.full((3, 4), 3.0))


def test_workloads_come_in_the_order_of_the_tutorial_s_lessons():
    assert list(catalogue.WORKLOADS) == [
        "two_layer",
        "two_layer_bias",
        "two_layer_adam",
        "dynamic",
        "linear_regression",
        "linear_regression_1e-2",
        "linear_regression_full_batch",
        "basics",
        "many_steps",
    ]
