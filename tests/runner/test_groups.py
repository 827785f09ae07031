"""Which cells are measured side by side, and which of them share their workers."""

from dataclasses import replace

import pytest

from bench.nets.net_file import discover
from bench.nets.selection import select, with_lower_bounds, with_references
from bench.records.cell import Cell
from bench.runner.groups import worker_sets
from bench.workloads.size import TUTORIAL, Size

NETS = discover()


def test_every_group_holds_the_references_of_its_cells_and_does_one_work():
    sizes = [TUTORIAL, Size(8, 8, 8, 8)]
    cells = with_references(select(NETS, sizes=sizes, dtypes=["float32", "float64"]))
    plan = worker_sets(cells, 4)
    assert {cell for worker_set in plan for group in worker_set for cell in group} == set(cells)
    for worker_set in plan:
        assert len({cell.worker_key for group in worker_set for cell in group}) <= 4
        for group in worker_set:
            assert {cell.reference for cell in group} <= set(group)
            assert len({cell.work for cell in group}) == 1


@pytest.mark.parametrize("size", [TUTORIAL, Size(8, 16, 4, 2)])
def test_numpy_alone_is_one_group_with_its_floors(size):
    plain = Cell("numpy_manual", size=size)
    cells = with_lower_bounds([plain, replace(plain, dtype="float64", allocator="system")], NETS)
    assert {cell.net for cell in cells} == {"numpy_manual", "numpy_floors"}
    assert [set(group) for worker_set in worker_sets(cells, 24) for group in worker_set] == [set(cells)]


def test_sizes_share_their_workers_and_the_smallest_goes_first():
    big = Size(128, 1000, 100, 10)
    cells = with_references(select(NETS, ["torch_tensor"], sizes=[big, TUTORIAL]))
    (worker_set,) = worker_sets(cells, 8)
    assert [group[0].size for group in worker_set] == [TUTORIAL, big]
    assert {cell.worker_key for cell in worker_set[0]} == {cell.worker_key for cell in worker_set[1]}


def test_a_reference_that_is_wanted_for_itself_at_another_size_is_measured_too():
    alone = Cell("numpy_manual", size=Size(8, 8, 8, 8))
    cells = (*with_references(select(NETS, ["torch_tensor"])), alone)
    assert alone in {cell for worker_set in worker_sets(cells, 8) for group in worker_set for cell in group}


@pytest.mark.parametrize("workers", [1, 6, 9, 12, 1000])
def test_every_group_holds_the_lower_bounds_of_its_nets_and_no_others(workers):
    asked = select(NETS, dtypes=["float32", "float64"], devices=["cpu", "cuda"])
    cells = with_lower_bounds(with_references(asked), NETS)
    floors = {cell for cell in cells if cell.is_lower_bound}
    plan = [group for worker_set in worker_sets(cells, workers) for group in worker_set]
    assert {cell for group in plan for cell in group} == set(cells)
    for group in plan:
        assert len(set(group)) == len(group)
        assert {cell.reference for cell in group if not cell.is_lower_bound} <= set(group)
        nets = [cell for cell in group if not cell.is_lower_bound and not cell.is_reference]
        assert floors & set(group) == {floor for floor in floors if any(floor.bounds(net) for net in nets)}
        assert len(group) <= workers or len(nets) == 1
    assert len(plan) == 1 if workers == 1000 else len(plan) > 1
