"""What every file in `implementations/` promises. A new net is tested by existing."""

import sys
from pathlib import Path

import pytest

from bench.agreement import check
from bench.host.devices import DEVICES, absent
from bench.host.frameworks import FRAMEWORKS, missing
from bench.nets.net_file import discover
from bench.records.cell import Cell, holds_lower_bounds
from bench.records.record import CellEnded
from bench.worker.environment import worker_environment
from bench.worker.process import WorkerProcess
from bench.worker.protocol import CheckAgreement
from bench.workloads.catalogue import WORKLOADS
from bench.workloads.dtypes import DTYPES
from bench.workloads.problem import Problem
from bench.workloads.size import Size
from implementations.two_layer import numpy_manual

NETS = discover()
SMALL = Size(7, 13, 5, 3)


def cells_of(net, device):
    """The net's cells at a small size, those together that can share a process."""
    cells = [
        Cell(net.name, variant, workload, (WORKLOADS[workload].size or SMALL), dtype, device, threads="1")
        for variant in net.variants
        for workload in net.workloads
        for dtype in net.dtypes
        if device in net.devices_of(variant)
        and net.offers(variant, workload, dtype)
        and dtype in DEVICES[device].dtypes
    ]
    groups = {}
    for cell in cells:
        groups.setdefault(str(worker_environment(cell, net, Path(), cell.threads)), []).append(cell)
    return list(groups.values())


@pytest.mark.parametrize("net", NETS.values(), ids=NETS)
def test_declares_only_what_there_is(net):
    assert net.defect is None
    assert net.title
    assert set(net.workloads) <= set(WORKLOADS)
    assert set(net.dtypes) <= set(DTYPES)
    assert set(net.devices) <= set(DEVICES)
    assert set(net.environment) <= {*net.variants, *DTYPES, *DEVICES}
    assert set(net.only) <= set(net.variants)
    assert all(set(limits) <= {"workloads", "dtypes", "devices"} for limits in net.only.values())
    assert set(net.reference) <= set(net.workloads)


@pytest.mark.parametrize("net", NETS.values(), ids=NETS)
def test_imports_its_framework_and_numpy_and_nothing_else(net):
    known = FRAMEWORKS[net.framework]
    assert set(net.imports) <= {net.framework, "numpy", *known.packages, *known.gpu_packages}


ON_DEVICES = [
    pytest.param(net, device, id=f"{name}-{device}")
    for name, net in NETS.items()
    if not holds_lower_bounds(name)
    for device in net.devices
]


@pytest.mark.slow
@pytest.mark.parametrize(("net", "device"), ON_DEVICES)
def test_agrees_by_phases_and_by_steps_on_all_that_it_offers(net, device, tmp_path):
    for number, cells in enumerate(cells_of(net, device)):
        require_agreement(cells, net, tmp_path / str(number))


@pytest.mark.parametrize(("net", "device"), ON_DEVICES)
def test_agrees_on_every_workload_in_the_first_dtype_that_it_offers(net, device, tmp_path):
    first = {cell.workload: cell for cell in reversed(cells_of(net, device)[0])}
    require_agreement(list(first.values()), net, tmp_path / "worker")


def require_agreement(cells, net, folder):
    if reason := missing(net.imports) or absent(cells[0].device):
        pytest.skip(reason)
    wrong = []
    worker = WorkerProcess(cells[0], net, folder)
    try:
        worker.loaded(120)
        for cell in cells:
            worker.load(cell, net)
            worker.loaded(120)
            agreement = worker.ask(CheckAgreement(), 120)
            wrong += [f"{cell.id}: {deviation}" for deviation in agreement.deviations if not deviation.passes]
    except CellEnded as end:
        if end.outcome != "skipped":
            raise
        pytest.skip(end.reason)
    finally:
        worker.kill()
    assert not wrong


@pytest.mark.parametrize(
    ("name", "workload"), [*(("cupy_manual", workload) for workload in numpy_manual.NETS), ("cupy_fused", "two_layer")]
)
def test_cupys_net_is_numpys_on_another_array_module(name, workload, import_on_numpy):
    net = import_on_numpy(name).NETS[workload]
    problem = Problem(workload, WORKLOADS[workload].size or SMALL, "float64")
    reference = numpy_manual.NETS[workload]
    found = check.check(lambda p: net(p, "cuda"), lambda p: reference(p, "cpu"), problem)
    assert net.xp is sys.modules["cupy"]
    assert found.first_wrong is None
