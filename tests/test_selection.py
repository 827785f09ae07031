import re

import pytest

from bench.cell import Cell, batches, select, with_references
from bench.errors import UserError
from bench.netfile import discover
from bench.problem import SEED, TUTORIAL, Problem, Size

NETS = discover()


def test_the_tutorial_size_is_the_tutorial_s():
    assert Size.parse("tutorial") == Size(64, 1000, 100, 10) == Size.parse("64,1000,100,10")
    assert Size.parse(str(TUTORIAL)) == TUTORIAL


@pytest.mark.parametrize(
    "text", ["", "64", "64,1000,100", "64,1000,100,0", "64,1000,100,-1", "a,b,c,d", "1,2,3,4,5", "1.5,2,3,4"]
)
def test_a_size_that_is_not_four_positive_integers_is_refused_with_what_to_give(text):
    with pytest.raises(UserError, match="is not four positive integers: give N,D_in,H,D_out"):
        Size.parse(text)


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"names": ["torch_tensr"]}, "unknown net 'torch_tensr': did you mean torch_tensor?"),
        ({"names": ["tensorflow_static_graph:float64_fed"]}, "did you mean float64_feeds?"),
        ({"workloads": ["two_layers"]}, "unknown workload 'two_layers': did you mean two_layer?"),
        ({"devices": ["cudo"]}, "unknown device 'cudo': did you mean cuda?"),
        ({"dtypes": ["float23"]}, "unknown dtype 'float23': did you mean float32?"),
        ({"threads": "0"}, "is neither all nor from 1 to"),
        ({"names": ["cupy_manual"], "devices": ["cpu"]}, "no selected net offers"),
    ],
)
def test_an_unknown_choice_is_refused_with_the_nearest_known_one(choice, message):
    with pytest.raises(UserError, match=re.escape(message)):
        select(NETS, **choice)


def test_no_names_select_every_net_with_every_variant():
    labels = {cell.label for cell in select(NETS)}
    assert {"numpy_manual", "torch_tensor", "tensorflow_static_graph:float64_feeds"} <= labels


def test_cells_differ_in_their_ids():
    cells = [
        *select(NETS, dtypes=["float32", "float64"]),
        *select(NETS, threads="1"),
        *select(NETS, sizes=[Size(8, 8, 8, 8)]),
    ]
    assert len({cell.id for cell in cells}) == len(cells)


def test_every_batch_holds_the_references_of_its_cells_and_poses_one_question():
    sizes = [TUTORIAL, Size(8, 8, 8, 8)]
    cells = with_references(select(NETS, sizes=sizes, dtypes=["float32", "float64"]))
    plan = batches(cells, 4)
    assert {cell for batch in plan for cell in batch} == set(cells)
    for batch in plan:
        assert len(batch) <= 4
        assert {cell.reference for cell in batch} <= set(batch)
        assert len({cell.question for cell in batch}) == 1


def test_a_reference_is_numpy_in_the_same_dtype_on_the_cpu():
    cell = Cell("torch_tensor", dtype="float64", device="cuda", threads="1")
    assert cell.reference == Cell("numpy_manual", dtype="float64", device="cpu", threads="1")


def test_no_hidden_value_of_the_tutorial_s_first_step_is_near_zero():
    # A hidden value has a standard deviation of sqrt(D_in); nearer than this a ReLU could flip by rounding.
    for dtype in ("float32", "float64"):
        problem = Problem("two_layer", TUTORIAL, dtype, SEED)
        hidden = problem.x.astype("float64") @ problem.parameters["w1"].astype("float64")
        assert abs(hidden).min() > 1e-5 * TUTORIAL.d_in**0.5


def test_the_reference_starts_from_the_very_numbers_of_a_float32_net():
    problem = Problem("two_layer", Size(4, 3, 2, 1), "float32")
    assert (problem.precise().parameters["w1"] == problem.parameters["w1"]).all()
    assert problem.precise().parameters["w1"].dtype == "float64"
