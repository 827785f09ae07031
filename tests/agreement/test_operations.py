"""Tensor operations and derivatives: checked in every framework, timed in none."""

import sys

import numpy
import pytest

from bench.agreement import operations
from bench.errors import UserError
from bench.host.frameworks import FRAMEWORKS
from bench.nets.net_file import discover
from bench.nets.selection import select
from bench.workloads.catalogue import WORKLOADS
from bench.workloads.problem import Problem
from implementations.basics import numpy_basics

PROBLEM = Problem("basics", WORKLOADS["basics"].size, "float64")
# Arrays without derivatives; Keras leaves them to its backends.
WITHOUT_SLOPES = {"numpy", "cupy", "keras"}

FOREIGN = '''
"""A framework of one file."""

from implementations.basics import numpy_basics


class Basics(numpy_basics.Basics):
    def slopes(self):
        return {"x^3 at 2": 12.0, "branch at 2": 4.0, "branch at -2": BRANCH}


NETS = {"basics": Basics}
'''


class Page(numpy_basics.Basics):
    """NumPy's page with other results and some slopes."""

    def __init__(self, slopes=operations.SLOPES, **results):
        super().__init__(PROBLEM, "cpu")
        self.results, self.found = results, dict(slopes)

    def operations(self):
        return {**super().operations(), **self.results}

    def slopes(self):
        return self.found


def test_every_framework_has_its_basics_and_those_with_autodiff_their_slopes():
    pages = {net.framework: net for net in discover().values() if "basics" in net.workloads}
    assert pages.keys() == FRAMEWORKS.keys()
    for framework, net in pages.items():
        assert ("def slopes" in net.path.read_text()) == (framework not in WITHOUT_SLOPES)


def test_a_page_that_is_right_agrees_in_every_operation_and_slope():
    found = operations.check(Page(), PROBLEM)
    assert found.first_wrong is None
    assert [deviation.array for deviation in found.deviations if deviation.what == "slope"] == list(operations.SLOPES)
    named = "sum mean max argmax variance reshape transpose flatten zeros ones arange"
    assert [deviation.array for deviation in found.deviations if deviation.what == "operation"] == named.split()


@pytest.mark.parametrize("name", operations.SLOPES)
def test_a_wrong_slope_is_caught_and_named(name):
    wrong = operations.check(Page({**operations.SLOPES, name: 6.0}), PROBLEM).first_wrong
    assert (wrong.what, wrong.array) == ("slope", name)
    assert str(wrong).startswith(f"slope of {name} is off by ")
    assert "step" not in str(wrong)


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("mean", numpy.nan),
        ("argmax", 0),
        ("variance", 2.4),
        ("transpose", PROBLEM.x.reshape(4, 3)),
        ("flatten", PROBLEM.x.T.flatten()),
        ("zeros", numpy.full((3, 4), 1e-6)),
        ("arange", numpy.arange(1, 13)),
    ],
)
def test_a_wrong_operation_is_caught_and_named(name, result):
    wrong = operations.check(Page(**{name: result}), PROBLEM).first_wrong
    assert (wrong.what, wrong.array) == ("operation", name)


def test_an_operation_of_another_shape_and_a_slope_left_out_are_refused():
    with pytest.raises(ValueError, match="where the reference has"):
        operations.check(Page(reshape=PROBLEM.x), PROBLEM)
    with pytest.raises(ValueError, match="branch at -2"):
        operations.check(Page({"x^3 at 2": 12.0, "branch at 2": 4.0}), PROBLEM)


def test_a_variance_that_divides_by_one_less_is_told_as_a_convention_and_is_no_error():
    found = operations.check(Page(variance=numpy.var([1, 2, 3, 4, 5], ddof=1)), PROBLEM)
    assert found.first_wrong is None
    (told,) = found.conventions
    assert "2.5" in told
    assert "NumPy's is 2.0" in told
    assert operations.check(Page(variance=numpy.var([1, 2, 3, 4, 5])), PROBLEM).conventions == ()


def test_check_tells_torchs_convention_below_its_line(fiftyx):
    answer = fiftyx("check", "torch_basics", "numpy_basics", "--dtype", "float32")
    lines = answer.stdout.splitlines()
    (torch,) = [number for number, line in enumerate(lines) if "torch_basics-" in line]
    if lines[torch].startswith("skipped"):
        pytest.skip(lines[torch])
    assert answer.returncode == 0
    assert lines[torch + 1].startswith("         variance of 1..5 is 2.5")
    assert answer.stdout.count("variance of 1..5") == 1


def test_a_new_framework_s_basics_are_one_file_and_its_wrong_slope_makes_check_fail(fiftyx, tmp_path):
    (tmp_path / "right.py").write_text(FOREIGN.replace("BRANCH", "12.0"))
    (tmp_path / "wrong.py").write_text(FOREIGN.replace("BRANCH", "-4.0"))
    assert fiftyx("check", "right", "--nets", tmp_path).returncode == 0
    answer = fiftyx("check", "wrong", "--nets", tmp_path)
    assert answer.returncode == 1
    assert "wrong    wrong-basics" in answer.stdout
    assert "slope of branch at -2 is off by" in answer.stdout


@pytest.mark.slow
def test_basics_are_refused_by_run_and_left_out_of_all_that_is_timed(fiftyx, tmp_path):
    answer = fiftyx("run", "--workload", "basics")
    assert answer.returncode == 2
    assert "only checked, not timed: use `fiftyx check" in answer.stderr
    (tmp_path / "foreign.py").write_text(FOREIGN.replace("BRANCH", "12.0"))
    out = tmp_path / "run.json"
    words = ("numpy_inplace", "numpy_basics", "foreign", "--nets", tmp_path, "--all", "--size", "8,16,4,2")
    answer = fiftyx("run", *words, "--seconds", 1, "--quick", "--out", out)
    assert answer.returncode == 0, answer.stderr
    assert "basics" not in out.read_text()
    with pytest.raises(UserError, match="no selected net offers"):
        select(discover([tmp_path]), ["foreign"])


def test_cupys_basics_are_numpys_on_another_array_module(import_on_numpy):
    page = import_on_numpy("cupy_basics").Basics
    assert page.xp is sys.modules["cupy"]
    assert operations.check(page(PROBLEM, "cuda"), PROBLEM).first_wrong is None
