"""What `fiftyx run` prints of a run's times."""

import io
import re
from dataclasses import replace

import pytest
from rich.console import Console

from bench.cli.run_text.remarks import remarks
from bench.cli.run_text.speedup_bars import bars
from bench.cli.run_text.times_table import lines_of, table
from bench.files import run_files
from tests.helpers.committed import committed_runs
from tests.helpers.recorded import a_run, on_cpu
from tests.helpers.recorded_page import everything, floors, rich


def printed(run, width=250):
    console = Console(file=io.StringIO(), width=width)
    for title, lines in lines_of(run).items():
        console.print(table(title, lines, width), crop=False)
    return console.file.getvalue()


@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_at_any_width_every_number_is_one_of_the_run_s_and_stands_whole(width):
    runs = [everything(), a_run(*on_cpu(restarts=3)), *(run_files.load(path) for path in committed_runs())]
    for run in runs:
        text = printed(run, width)
        lines = [line for lines in lines_of(run).values() for line in lines]
        assert all(len(line) <= width for line in text.splitlines())
        times = [f"{line.took.value * 1e6:.1f} us" for line in lines]
        speedups = [line.speedup for line in lines if line.speedup]
        assert sorted(re.findall(r"[\d.]+ us", text)) == sorted(times)
        ratios = [f"{speedup.value:.2f}x" for speedup in speedups]
        multiples = [line.multiple for line in lines if line.multiple]
        assert sorted(re.findall(r"[\d.]+x(?!\d)", text)) == sorted(ratios + (multiples if width == 200 else []))
        intervals = [line.interval.rstrip("?") for line in lines if " to " in line.interval]
        assert sorted(re.findall(r"[\d.]+ to [\d.]+", text)) == sorted(intervals)
        for line in lines:
            assert all(part in text for part in line.net.split("_")[:1])


@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_the_bars_fit_and_mark_each_speedup_between_the_ends_of_its_interval(width):
    for run in (everything(), a_run(*on_cpu(restarts=3))):
        for lines in lines_of(run).values():
            heading, *drawn = bars(lines, width)
            assert "NumPy" in heading and all(len(line) <= width for line in drawn)
            shown = [line for line in lines if line.speedup and not line.speedup.is_wide]
            assert [line.split()[-1] for line in drawn] == [f"{line.speedup.value:.2f}x" for line in shown]
            # The faster a net, the further right its mark
            places = [line.rindex("o", 0, line.rindex(line.split()[-1])) for line in drawn]
            ranked = sorted(zip((line.speedup.value for line in shown), places, strict=True))
            assert [place for _, place in ranked] == sorted(places)


def test_two_nets_at_least_make_a_chart():
    (lines,) = lines_of(a_run(*on_cpu()[:2])).values()
    assert not list(bars(lines, 100))


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
