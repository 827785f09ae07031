import re
from dataclasses import replace

import pytest

from bench.errors import UserError
from bench.nets.net_file import discover
from bench.nets.selection import select, with_floors, with_references
from bench.records.cell import Cell, is_floors
from bench.runner.groups import groups
from bench.runner.job import telling
from bench.workloads.problem import DTYPES, SEED, TIMED, TUTORIAL, Problem, Size
from bench.workloads.workload import parse_sizes

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
        ({"names": ["torch_floors"]}, "torch_floors holds floors, not a net: name a net of torch"),
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
    assert {"torch_floors", "foreign_floors", "broken_floors"} <= set(filter(is_floors, nets))
    everything = select(nets, workloads=TIMED, dtypes=DTYPES, devices=("cpu", "cuda"))
    assert not any(cell.is_floor for cell in everything)
    assert not any(is_floors(name.partition(":")[0]) for name in telling(nets, ()))


def floors_beside(*cells, nets=NETS):
    """The labels of the floors that ground the cells, each with its dtype and device."""
    together = with_floors(cells, nets)
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
    for floor in with_floors([cell], NETS)[1:]:
        assert floor.is_floor
        assert floor.grounds(cell)
        assert floor.question == cell.question


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


@pytest.mark.parametrize("size", [TUTORIAL, Size(8, 16, 4, 2)])
def test_numpy_alone_is_one_batch_with_its_floors(size):
    plain = Cell("numpy_manual", size=size)
    cells = with_floors([plain, replace(plain, dtype="float64", allocator="system")], NETS)
    assert {cell.net for cell in cells} == {"numpy_manual", "numpy_floors"}
    assert [set(batch) for group in groups(cells, 24) for batch in group] == [set(cells)]


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


@pytest.mark.parametrize("workers", [1, 6, 9, 12, 1000])
def test_every_batch_holds_the_floors_that_ground_its_nets_and_no_others(workers):
    asked = select(NETS, dtypes=["float32", "float64"], devices=["cpu", "cuda"])
    cells = with_floors(with_references(asked), NETS)
    floors = {cell for cell in cells if cell.is_floor}
    plan = [batch for group in groups(cells, workers) for batch in group]
    assert {cell for batch in plan for cell in batch} == set(cells)
    for batch in plan:
        assert len(set(batch)) == len(batch)
        assert {cell.reference for cell in batch if not cell.is_floor} <= set(batch)
        nets = [cell for cell in batch if not cell.is_floor and not cell.is_reference]
        assert floors & set(batch) == {floor for floor in floors if any(floor.grounds(net) for net in nets)}
        assert len(batch) <= workers or len(nets) == 1
    assert len(plan) == 1 if workers == 1000 else len(plan) > 1


def test_numpy_under_other_settings_gets_no_floors_of_its_own():
    tutorial = Cell("numpy_manual", dtype="float64", allocator="system")
    floors = [cell for cell in with_floors([Cell("torch_tensor"), tutorial], NETS) if cell.is_floor]
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
