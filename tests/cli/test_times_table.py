"""What `fiftyx run` prints of a run's times."""

import io
from dataclasses import replace

from rich.console import Console

from bench.cli.times_table import remarks, tables
from tests.helpers.recorded import a_run, on_cpu
from tests.helpers.recorded_page import everything, floors, rich


def printed(run):
    console = Console(file=io.StringIO(), width=250)
    for table in tables(run):
        console.print(table)
    return console.file.getvalue()


def test_how_busy_the_device_is_stands_beside_the_cells_that_measured_it_and_nowhere_on_a_cpu():
    lines = printed(everything()).splitlines()
    assert [line.rstrip().endswith("device busy") for line in lines if line.startswith("net")] == [True, True]
    for line in lines:
        assert (" cuda " in line) == line.rstrip().endswith(" 25%")
    assert "device busy" not in printed(a_run(*on_cpu()))


def test_the_time_that_bringing_the_data_to_the_device_takes_is_named_where_it_was_measured():
    run = everything()
    floor = run.records["torch_floors-two_layer-64x1000x100x10-float32-cuda"]
    took = run.time(floor, "transfer").value * 1e6
    (line,) = [line for line in remarks(run) if "x and y" in line]
    assert f"{took:.1f} us at 64x1000x100x10" in line
    assert not [line for line in remarks(a_run(*on_cpu())) if "x and y" in line]


def test_a_net_much_faster_than_its_own_matrix_products_is_asked_whether_it_still_trains():
    idle = rich("torch_tensor", 2)
    run = a_run(rich("numpy_manual", 300), idle, floors("torch"))
    (line,) = [line for line in remarks(run) if line.startswith("torch_tensor")]
    assert "0.03" in line and line.endswith("does it still train?")


def test_a_run_says_whether_it_is_precise_and_what_would_help():
    precise = a_run(*on_cpu(restarts=8), settings=replace(a_run().settings, precision=0.1))
    assert "precise: each of 2 speedups is known within 10.0% on 5 restarts or more" in list(remarks(precise))
    few = a_run(*on_cpu(restarts=3), settings=replace(a_run().settings, precision=0.1))
    (line,) = [line for line in remarks(few) if "precise:" in line]
    assert line.startswith("not precise: 0 of 2 speedups are known") and "--seconds" in line


def test_the_machine_is_named_with_its_virtual_cpus():
    run = a_run(*on_cpu())
    assert "machine: Made-up CPU, 4 virtual CPUs" in remarks(replace(run, machine={**run.machine, "hypervisor": "KVM"}))


def test_a_worker_that_did_not_heed_the_allocator_s_settings_is_named():
    net = rich("torch_tensor", 200)
    unheeded = replace(net, runtime={**net.runtime, "keeps_freed_memory": False})
    (line,) = [line for line in remarks(a_run(rich("numpy_manual", 300), unheeded)) if line.startswith("allocator")]
    assert line == "allocator not pinned, its settings were not heeded: torch_tensor"
    assert not [line for line in remarks(a_run(rich("numpy_manual", 300), net)) if line.startswith("allocator")]
