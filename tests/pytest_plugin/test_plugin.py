"""`pytest --benchmark-only`: the same engine, its samples through pytest-benchmark."""

import json
import subprocess
import sys

import pytest

from bench.files import run_files
from bench.records.record import LATENCY, LOSS_READ
from tests.conftest import BRIEF_WORDS, ROOT


def test_the_samples_of_the_engine_come_out_of_pytest_benchmark_unchanged(door, tmp_path):
    path = tmp_path / "run.json"
    answer = door(
        "--benchmark-only", "-k", "numpy_manual and two_layer-64 and float32", *BRIEF_WORDS, f"--benchmark-json={path}"
    )
    assert answer.returncode == 0, answer.stdout
    document = json.loads(path.read_text())
    run = run_files.load(path)
    (record,) = [record for record in run.records.values() if record.cell.dtype == "float32"]
    entries = {entry["extra_info"]["phase"]: entry for entry in document["benchmarks"]}
    # Where a step is longer than a sample, as on a busy machine, a step is waited for as it is
    assert set(entries) - {LATENCY, LOSS_READ} == {"step", "forward", "backward", "update"}
    assert set(entries) == set(record.seconds)
    assert f"{len(entries)} passed" in answer.stdout
    for phase, entry in entries.items():
        assert entry["stats"]["data"] == list(record.seconds[phase].values())
        assert entry["fullname"] == f"numpy_manual::{phase}[two_layer-64x1000x100x10-float32-cpu]"
    assert document["machine_info"]["fingerprint"] == run.machine["fingerprint"]


@pytest.mark.slow
def test_the_file_holds_the_reference_that_joined_so_that_the_report_has_its_speedups(door, write_net, tmp_path):
    path, folder = tmp_path / "run.json", write_net("good", "pass")
    words = (
        "--benchmark-only",
        "-k",
        "good and step and float32 and two_layer-64",
        f"--nets={folder}",
        f"--benchmark-json={path}",
    )
    answer = door(*words, *BRIEF_WORDS)
    assert answer.returncode == 0, answer.stdout
    run = run_files.load(path)
    (record,) = [record for record in run.records.values() if record.cell.net == "good"]
    assert record.seconds["step"].keys() <= run.record(record.cell.reference).seconds["step"].keys()


def test_nets_from_outside_are_measured_and_a_wrong_one_fails_without_a_traceback(door, write_net):
    folder = write_net("good", "pass")
    write_net("halves", "def backward(self):\n    super().backward()\n    self.grads['w1'] = self.grads['w1'] / 2")
    answer = door("--benchmark-only", "-k", "(good or halves) and step and float32", f"--nets={folder}", *BRIEF_WORDS)
    assert answer.returncode == 1
    assert "1 failed, 1 passed" in answer.stdout
    assert "wrong: gradient of w1 is off by 5.0e-01" in answer.stdout
    assert "Traceback" not in answer.stdout
    assert "bench/pytest_plugin/" not in answer.stdout


def test_disabled_benchmarks_take_one_real_step_of_each_cell(door, write_net):
    folder = write_net(
        "good", "def step(self):\n    open(__file__ + '.stepped', 'a').write('x')\n    return super().step()"
    )
    answer = door("--benchmark-disable", "-k", "good and float32", f"--nets={folder}", "-p", "no:cacheprovider")
    assert answer.returncode == 0, answer.stdout
    assert "1 passed" in answer.stdout
    assert (folder / "good.py.stepped").read_text() == "x"


@pytest.mark.parametrize("words", [[], ["-p", "no:benchmark"]])
def test_plain_pytest_runs_no_benchmark_with_the_plugin_or_without(words, door):
    arguments = [*words, "--collect-only", "-q", "tests/test_rooms.py", "implementations"]
    command = [sys.executable, "-m", "pytest", *arguments]
    answer = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "step[" not in answer.stdout
    assert "test_a_net_imports_nothing_of_ours" in answer.stdout


def test_floors_are_no_items(door, write_net):
    folder = write_net("good", "pass")
    write_net("good_floors", "pass")
    answer = door("--benchmark-only", "--collect-only", "-q", "-k", "good or floors", f"--nets={folder}")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "good.py::step[" in answer.stdout
    assert "_floors" not in answer.stdout


def test_options_that_mean_nothing_here_are_warned_of(door):
    answer = door("--benchmark-only", "--benchmark-disable-gc", "--collect-only", "-q", "-k", "numpy_manual")
    assert "--benchmark-disable-gc has no meaning here" in answer.stdout + answer.stderr


def test_a_folder_of_nets_that_is_not_there_is_a_usage_error(door):
    answer = door("--benchmark-only", "--nets=nowhere")
    assert answer.returncode == 4
    assert "--nets nowhere is not a folder" in answer.stderr
