import re

import pytest

from bench.batch import groups
from bench.cell import Cell, select, with_references
from bench.errors import UserError
from bench.netfile import discover
from bench.problem import SEED, TUTORIAL, Problem, Size
from bench.workload import parse_sizes

NETS = discover()


def test_the_tutorial_size_is_the_tutorial_s():
    assert parse_sizes(["tutorial"]) == parse_sizes(["64,1000,100,10"]) == (Size(64, 1000, 100, 10),) == (TUTORIAL,)
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


def test_every_batch_holds_the_references_of_its_cells_and_does_one_work():
    sizes = [TUTORIAL, Size(8, 8, 8, 8)]
    cells = with_references(select(NETS, sizes=sizes, dtypes=["float32", "float64"]))
    plan = groups(cells, 4)
    assert {cell for group in plan for batch in group for cell in batch} == set(cells)
    for group in plan:
        assert len({cell.process for batch in group for cell in batch}) <= 4
        for batch in group:
            assert {cell.reference for cell in batch} <= set(batch)
            assert len({cell.work for cell in batch}) == 1


def test_sizes_share_their_workers_and_the_smallest_goes_first():
    big = Size(128, 1000, 100, 10)
    cells = with_references(select(NETS, ["torch_tensor"], sizes=[big, TUTORIAL]))
    (group,) = groups(cells, 8)
    assert [batch[0].size for batch in group] == [TUTORIAL, big]
    assert {cell.process for cell in group[0]} == {cell.process for cell in group[1]}


def test_a_reference_that_is_wanted_for_itself_at_another_size_is_measured_too():
    alone = Cell("numpy_manual", size=Size(8, 8, 8, 8))
    cells = (*with_references(select(NETS, ["torch_tensor"])), alone)
    assert alone in {cell for group in groups(cells, 8) for batch in group for cell in batch}


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
