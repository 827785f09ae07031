import re

import pytest

from bench.errors import UserError
from bench.nets.net_file import discover
from bench.nets.selection import select, with_lower_bounds
from bench.records.cell import Cell, holds_lower_bounds
from bench.runner.choice import default_nets
from bench.workloads.catalogue import TIMED
from bench.workloads.dtypes import DTYPES
from bench.workloads.problem import SEED, Problem
from bench.workloads.size import TUTORIAL, Size, parse_sizes

NETS = discover()


def test_the_tutorial_size_is_the_tutorial_s():
    assert parse_sizes(["tutorial"]) == parse_sizes(["64,1000,100,10"]) == (Size(64, 1000, 100, 10),) == (TUTORIAL,)
    assert Size.parse(str(TUTORIAL)) == TUTORIAL


@pytest.mark.parametrize(
    "text", ["", "64", "64,1000,100", "64,1000,100,0", "64,1000,100,-1", "a,b,c,d", "1,2,3,4,5", "1.5,2,3,4"]
)
def test_a_size_that_is_not_four_positive_integers_is_refused_with_what_to_give(text):
    with pytest.raises(UserError, match="is not four positive integers below 1e9: give N,D_in,H,D_out"):
        Size.parse(text)


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"names": ["torch_tensr"]}, "unknown net 'torch_tensr': did you mean torch_tensor?"),
        ({"names": ["tensorflow_static_graph:float64_fed"]}, "did you mean float64_feeds?"),
        ({"workloads": ["two_layers"]}, "unknown workload 'two_layers': did you mean two_layer?"),
        ({"devices": ["cudo"]}, "unknown device 'cudo': did you mean cuda?"),
        ({"dtypes": ["float23"]}, "unknown dtype 'float23': did you mean float32?"),
        ({"threads": "0"}, "--threads 0 is out of range: give all"),
        ({"names": ["cupy_manual"], "devices": ["cpu"]}, "no selected net offers"),
        ({"names": ["torch_floors"]}, "torch_floors holds yardsticks, not a net: name a net of torch"),
    ],
)
def test_an_unknown_choice_is_refused_with_the_nearest_known_one(choice, message):
    with pytest.raises(UserError, match=re.escape(message)):
        select(NETS, **choice)


def test_no_names_select_every_net_with_every_variant():
    labels = {cell.label for cell in select(NETS)}
    assert {"numpy_manual", "torch_tensor", "tensorflow_static_graph:float64_feeds"} <= labels


def test_no_names_and_no_default_select_floors(tmp_path):
    (tmp_path / "foreign_floors.py").write_text('import foreign\nNETS = {"two_layer": foreign.Floors}')
    (tmp_path / "broken_floors.py").write_text("NETS = ")
    nets = discover([tmp_path])
    assert {"torch_floors", "foreign_floors", "broken_floors"} <= set(filter(holds_lower_bounds, nets))
    everything = select(nets, workloads=TIMED, dtypes=DTYPES, devices=("cpu", "cuda"))
    assert not any(cell.is_lower_bound for cell in everything)
    assert not any(holds_lower_bounds(name.partition(":")[0]) for name in default_nets(nets, ()))


def floors_beside(*cells, nets=NETS):
    """The labels of the floors that ground the cells, each with its dtype and device."""
    together = with_lower_bounds(cells, nets)
    assert together[: len(cells)] == cells
    return {(cell.net, cell.dtype, cell.device) for cell in together[len(cells) :]}


def test_floors_are_those_of_the_cell_s_framework_and_on_a_cpu_numpy_s():
    assert floors_beside(Cell("torch_nn")) == {("torch_floors", "float32", "cpu"), ("numpy_floors", "float32", "cpu")}
    assert floors_beside(Cell("jax_grad", device="cuda")) == {("jax_floors", "float32", "cuda")}


def test_keras_is_limited_by_the_framework_beneath():
    assert floors_beside(Cell("keras_model", "jax", device="cuda")) == {("jax_floors", "float32", "cuda")}
    assert floors_beside(Cell("keras_model", "tensorflow", device="cuda")) == {("tensorflow_floors", "float32", "cuda")}


def test_no_floors_are_added_where_their_file_does_not_offer_the_work_the_dtype_or_the_device():
    assert not floors_beside(Cell("torch_dynamic", workload="dynamic"))
    assert not floors_beside(Cell("tensorflow_eager", dtype="bfloat16", device="cuda"))
    assert not floors_beside(Cell("numpy_manual", device="cuda"))


def test_floors_of_one_s_own_framework_are_found_by_their_name(tmp_path):
    for name in ("foreign_net", "foreign_floors"):
        (tmp_path / f"{name}.py").write_text('import foreign\nNETS = {"two_layer": foreign.Any}')
    nets = discover([tmp_path])
    beside = floors_beside(Cell("foreign_net"), nets=nets)
    assert beside == {("foreign_floors", "float32", "cpu"), ("numpy_floors", "float32", "cpu")}


def test_floors_differ_from_what_they_ground_in_the_net_alone():
    cell = Cell("torch_nn", workload="two_layer_adam", size=Size(8, 8, 8, 8), threads="1", allocator="system")
    for floor in with_lower_bounds([cell], NETS)[1:]:
        assert floor.is_lower_bound
        assert floor.bounds(cell)
        assert floor.table_key == cell.table_key


def test_cells_differ_in_their_ids():
    cells = [
        *select(NETS, dtypes=["float32", "float64"]),
        *select(NETS, threads="1"),
        *select(NETS, sizes=[Size(8, 8, 8, 8)]),
    ]
    assert len({cell.id for cell in cells}) == len(cells)


def test_numpy_under_other_settings_gets_no_floors_of_its_own():
    tutorial = Cell("numpy_manual", dtype="float64", allocator="system")
    floors = [cell for cell in with_lower_bounds([Cell("torch_tensor"), tutorial], NETS) if cell.is_lower_bound]
    assert {(floor.net, floor.dtype, floor.allocator) for floor in floors} == {
        ("torch_floors", "float32", "pinned"),
        ("numpy_floors", "float32", "pinned"),
    }


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
