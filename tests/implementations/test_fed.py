"""Nets that are fed x and y from the host at every step: the same numbers, more copies, no competitors."""

import os
import subprocess
import sys

import pytest

from bench.agreement import check
from bench.host.frameworks import missing
from bench.nets.net_file import discover
from bench.workloads.problem import Problem
from bench.workloads.size import Size
from implementations.two_layer import numpy_manual
from reports.analysis.abstractions import abstractions
from reports.analysis.break_even import break_evens
from reports.analysis.competitors import all_competitors
from reports.analysis.conditions.card import Card
from reports.analysis.ladder import ladder
from reports.analysis.rows import rows_of
from reports.claims.s1_fifty_times import fifty_times
from tests.conftest import ROOT
from tests.helpers.recorded import a_run, timed

NETS = discover()
FED = {name: net for name, net in NETS.items() if "fed" in net.variants}
SIZE = Size(7, 13, 5, 3)

# A step must see what the host's arrays hold now: without inputs, predicted y is zero
SCRIPT = """
import sys
from bench.agreement import check
from bench.nets.net_file import own
from bench.workloads.problem import Problem
from bench.workloads.size import Size
from bench.worker.loaded_net import imported
from implementations.two_layer import numpy_manual

make = imported(own(sys.argv[1])).NETS["two_layer"]
problem = Problem("two_layer", Size(7, 13, 5, 3), "float32")
wrong = check.check(
    lambda p: make(p, "cpu", fed=True), lambda p: numpy_manual.TwoLayer(p, "cpu"), problem
).first_wrong
net = make(problem, "cpu", fed=True)
problem.x[...] = 0
loss = float(net.step())
assert wrong is None, wrong
assert abs(loss / float((problem.y**2).sum()) - 1) < 1e-5, loss
"""


@pytest.mark.parametrize("name", sorted(set(FED) - {"cupy_manual"}))
def test_a_fed_net_agrees_with_numpy_and_sees_what_the_host_s_arrays_hold(name):
    if reason := missing(FED[name].imports):
        pytest.skip(reason)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CUDA_VISIBLE_DEVICES": "", "JAX_PLATFORMS": "cpu"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, name], capture_output=True, text=True, env=environment, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr


def test_a_fed_net_of_cupy_agrees_too_with_numpy_as_its_array_module(import_on_numpy):
    make = import_on_numpy("cupy_manual").NETS["two_layer"]
    problem = Problem("two_layer", SIZE, "float64")
    found = check.check(lambda p: make(p, "cuda", fed=True), lambda p: numpy_manual.TwoLayer(p, "cpu"), problem)
    assert found.first_wrong is None
    net = make(problem, "cuda", fed=True)
    problem.x[...] = 0
    assert float(net.step()) == pytest.approx((problem.y**2).sum())


def test_nets_are_fed_where_that_means_a_copy():
    assert {"torch_tensor", "jax_grad", "cupy_manual", "tensorflow_function"} <= FED.keys()
    for net in FED.values():
        assert "cpu" not in net.devices_of("fed")
        assert net.offers("fed", "two_layer", "float32")


def a_fed_run():
    """One in which what is fed happens to be fastest."""
    nets = {"torch_tensor": 300, "torch_autograd": 400, "torch_cuda_graph": 200}
    return a_run(
        timed("numpy_manual", 900),
        timed("numpy_manual", 1500, dtype="float64"),
        timed("torch_tensor", 500),
        *(timed(net, microseconds, device="cuda") for net, microseconds in nets.items()),
        timed("torch_tensor", 50, variant="fed", device="cuda"),
        timed("jax_grad", 60, variant="fed", device="cuda"),
        gpus=1,
    )


def test_what_is_fed_never_stands_for_a_net_whose_data_are_on_the_device():
    run = a_fed_run()
    found = [record.cell.label for competitors in all_competitors(run) for record in competitors]
    found += [cost.record.cell.label for cost in abstractions(run)]
    found += [found.record.cell.label for found in break_evens(run)]
    climbed = ladder(run)
    assert climbed is not None
    found += [cell.label for rung in climbed.rungs for cell in (rung.slower.cell, rung.faster.cell)]
    assert "torch_cuda_graph" in found and not any("fed" in label for label in found)
    assert "torch_cuda_graph on Made-up GPU" in fifty_times(run).sentence


def test_what_is_fed_is_in_the_table_and_its_card_says_so():
    run = a_fed_run()
    told = {row.label: dict(Card.of(run, row, 0).conditions)["Host copies"] for row in rows_of(run)}
    assert told["torch_tensor:fed"] == told["jax_grad:fed"] == "x and y copied from the host at every step"
    assert told["torch_tensor"].startswith("none: x, y and the parameters")


@pytest.mark.parametrize(
    ("variant", "copies"), [("", "x and y fed"), ("float64_feeds", "x and y fed"), ("resident", "none of x")]
)
def test_a_static_graph_is_fed_but_for_the_variant_whose_data_are_part_of_the_graph(variant, copies):
    run = a_run(timed("tensorflow_static_graph", 700, variant=variant))
    (row,) = rows_of(run)
    assert dict(Card.of(run, row, 0).conditions)["Host copies"].startswith(copies)
