from collections import defaultdict
from dataclasses import replace
from itertools import chain, repeat
from pathlib import Path

import pytest

from bench.cli.run_text.remarks import remarks
from bench.files import run_files
from bench.files.benchmark_entries import benchmark_entries
from bench.records.record import LATENCY, LOSS_READ
from bench.records.run import Run
from bench.witness.watch import FIRST_READINGS
from bench.worker.process import WorkerProcess
from bench.worker.protocol import Prepare
from bench.workloads.size import Size
from tests.conftest import BRIEF, SMALL, Silent, StillMachine

GOOD = "pass"
FAILURES = {
    "raises": (
        "def step(self):\n    raise RuntimeError('the flux has no capacitor')",
        "failed",
        "RuntimeError: the flux",
    ),
    "raises_in_constructor": (
        "def __init__(self, problem, device):\n    raise ValueError('too small')",
        "failed",
        "too small",
    ),
    "returns_nan": (
        "def step(self):\n    super().step()\n    return float('nan')",
        "wrong",
        "loss is not finite",
    ),
    "poisons_a_weight": (
        "def update(self):\n    super().update()\n    self.weights['w1'][0, 0] = numpy.inf",
        "wrong",
        "w1 is not finite",
    ),
    "hangs": ("def step(self):\n    time.sleep(1000)", "failed", "no answer within 3 s"),
    "dies_of_a_signal": ("def step(self):\n    os.kill(os.getpid(), signal.SIGSEGV)", "failed", "signal SIGSEGV"),
    "exits": ("def step(self):\n    print('goodbye')\n    os._exit(7)", "failed", "status 7: goodbye"),
    "has_the_wrong_shape": (
        "def parameters(self):\n    return {**self.weights, 'w1': self.weights['w1'].T}",
        "failed",
        "(4, 16)",
    ),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_net_that_goes_wrong_gets_its_outcome_and_the_others_finish(name, write_net, conduct):
    body, outcome, reason = FAILURES[name]
    folder = write_net(name, body)
    write_net("good", GOOD)
    run = conduct(folder, name, "good", settings=replace(BRIEF, timeout_seconds=3))
    outcomes = {record.cell.net: record for record in run.records.values()}
    assert outcomes[name].outcome == outcome
    assert reason in outcomes[name].reason
    assert not outcomes[name].seconds
    assert outcomes["good"].outcome == outcomes["numpy_manual"].outcome == "measured"


def test_a_net_that_fails_only_while_it_is_timed_has_failed_and_the_others_finish(write_net, conduct):
    folder = write_net(
        "tires",
        "calls = 0\ndef step(self):\n    TwoLayer.calls += 1\n"
        "    if self.calls > 200:\n        raise OSError('worn out')\n    return super().step()",
    )
    run = conduct(folder, "tires")
    assert {record.cell.net: record.outcome for record in run.records.values()} == {
        "tires": "failed",
        "numpy_manual": "measured",
    }


def test_a_net_that_stops_training_while_it_is_timed_is_wrong_and_the_others_finish(write_net, conduct):
    folder = write_net(
        "rests",
        "def __init__(self, problem, device):\n    super().__init__(problem, device)\n    self.calls = 0\n"
        "def step(self):\n    self.calls += 1\n    return super().step() if self.calls <= 100 else 0.0",
    )
    run = conduct(folder, "rests")
    rests = run.records["rests-two_layer-8x16x4x2-float32-cpu"]
    assert rests.outcome == "wrong"
    assert "shorter than a fresh net's" in rests.reason
    assert run.record(rests.cell.reference).outcome == "measured"


def test_what_a_net_prints_does_not_reach_the_harness(write_net, conduct):
    folder = write_net("chatty", "def step(self):\n    print('{\"value\": 0}', flush=True)\n    return super().step()")
    run = conduct(folder, "chatty")
    assert all(record.outcome == "measured" for record in run.records.values())


def test_a_round_times_the_step_of_every_cell_and_one_thing_more(write_net, conduct):
    run = conduct(write_net("good", GOOD), "good", settings=replace(BRIEF, rounds=6))
    taken = set(run.records["good-two_layer-8x16x4x2-float32-cpu"].seconds["step"])
    assert sorted(key.round for key in taken) == list(range(6))
    for record in run.records.values():
        assert set(record.seconds) == {"step", LATENCY, LOSS_READ, "forward", "backward", "update"}
        assert set(record.seconds["step"]) == taken
        besides = [set(record.seconds[name]) for name in ("forward", LATENCY, LOSS_READ)]
        assert set.union(*besides) == taken and all(len(rounds) == 2 for rounds in besides)
        assert record.starts[0].first_step_seconds > 0
        assert all(seconds > 0 for seconds in record.seconds["step"].values())


def test_a_net_file_that_cannot_be_read_is_failed_and_one_without_its_framework_skipped(tmp_path: Path, conduct):
    (tmp_path / "half.py").write_text("NETS = {")
    (tmp_path / "empty.py").write_text('"""Nothing."""')
    (tmp_path / "foreign.py").write_text('import nosuchframework\nNETS = {"two_layer": nosuchframework.Net}')
    (tmp_path / "lazy.py").write_text(
        "class Net:\n    def __init__(self, p, d):\n        pass\nimport importlib\n"
        'importlib.import_module("nosuchmodule")\nNETS = {"two_layer": Net}'
    )
    run = conduct(tmp_path, "half", "empty", "foreign", "lazy")
    found = {record.cell.net: (record.outcome, record.reason) for record in run.records.values()}
    assert found["half"][0] == found["empty"][0] == "failed"
    assert "does not define NETS" in found["empty"][1]
    assert found["foreign"] == ("skipped", "nosuchframework is not installed: pip install nosuchframework")
    assert found["lazy"] == ("skipped", "nosuchmodule is not installed: pip install nosuchmodule")
    assert found["numpy_manual"][0] == "measured"


def test_a_gpu_cell_without_a_gpu_is_skipped_with_what_is_missing(monkeypatch, tmp_path, conduct):
    monkeypatch.setattr("bench.host.cuda.gpus", lambda: ())
    (tmp_path / "on_gpu.py").write_text('import numpy\nDEVICES = ("cuda",)\nNETS = {"two_layer": numpy.array}')
    from bench.nets.availability import obstacle
    from bench.nets.net_file import discover
    from bench.nets.selection import select

    nets = discover([tmp_path])
    (cell,) = select(nets, ["on_gpu"], fallback=True)
    end = obstacle(cell, nets["on_gpu"])
    assert (end.outcome, end.reason.split(":")[0]) == ("skipped", "no NVIDIA GPU here")


def test_every_batch_is_timed_even_where_the_budget_is_spent_before_its_turn(write_net, conduct):
    folder = write_net("good", GOOD)
    for name in ("second", "third", "fourth"):
        write_net(name, GOOD)
    settings = replace(BRIEF, workers=2, least_restarts=2, most_restarts=3, budget_seconds=0.001)
    run = conduct(folder, "good", "second", "third", "fourth", settings=settings)
    assert run.finished
    assert {record.outcome for record in run.records.values()} == {"measured"}
    for record in run.records.values():
        assert run.speedup(record) is not None
    # The reference shares every batch, and a speedup only ever uses the rounds it shared with the cell.
    assert run.time(run.records["good-two_layer-8x16x4x2-float32-cpu"]).restarts == 1
    assert run.time(run.records["numpy_manual-two_layer-8x16x4x2-float32-cpu"]).restarts == 4


def test_what_a_cell_had_measured_before_it_failed_is_kept_but_is_no_benchmark(write_net, conduct, tmp_path):
    body = "def step(self):\n    if os.path.exists(FLAG):\n        raise OSError('worn out')\n    return super().step()"
    folder = write_net("tires", body.replace("FLAG", repr(str(tmp_path / "flag"))))

    def save(run):
        if any(record.seconds for record in run.records.values()):
            (tmp_path / "flag").touch()

    run = conduct(folder, "tires", save=save)
    (record,) = [record for record in run.records.values() if record.cell.net == "tires"]
    assert record.outcome == "failed"
    run_files.save(run, tmp_path / "run.json")
    assert run_files.load(tmp_path / "run.json") == run
    assert len(record.seconds["step"]) == 1
    assert not list(benchmark_entries(record))


@pytest.mark.parametrize(("disturbed", "taken"), [({0}, 5), (set(), 4)])
def test_a_disturbed_round_is_made_up_for(disturbed, taken, write_net, conduct, monkeypatch):
    monkeypatch.setattr(Run, "disturbed", lambda run, key: ("noise",) if key.round in disturbed else ())
    run = conduct(write_net("good", GOOD), "good", settings=replace(BRIEF, rounds=4))
    for record in run.records.values():
        assert [key.round for key in record.seconds["step"]] == list(range(taken))


def test_on_a_machine_that_is_never_fast_a_restart_ends_and_nothing_is_known(write_net, conduct, monkeypatch, tmp_path):
    readings = chain(repeat((1e-4,) * 64, FIRST_READINGS), repeat((1.5e-4,) * 64))
    monkeypatch.setattr(StillMachine, "read", lambda witness: next(readings))
    told = []
    monkeypatch.setattr(Silent, "busy", lambda progress, slow_share: told.append(slow_share))
    settings = replace(BRIEF, rounds=4, budget_seconds=2.0, most_restarts=3, patience_seconds=0.01)
    run = conduct(write_net("good", GOOD), "good", settings=settings)
    assert run.finished
    for record in run.records.values():
        assert record.outcome == "measured" and record.seconds["step"]
        assert run.time(record) is None and run.speedup(record) is None
    assert run.witness.slow_share == 1
    assert told and set(told) == {1.0}, "after each restart, not only in the end"
    run_files.save(run, tmp_path / "run.json")
    assert run_files.load(tmp_path / "run.json") == run
    assert any(line.startswith("not known yet, the machine was busy: numpy_manual, good") for line in remarks(run))


@pytest.mark.slow
def test_one_restart_in_four_is_cold_and_the_others_find_its_caches(write_net, conduct, monkeypatch):
    body = """
def step(self):
    folder = os.environ["CUPY_CACHE_DIR"]
    if not os.path.exists(folder):
        time.sleep(0.3)  # compiles
        os.makedirs(folder)
    return super().step()
"""
    metered = defaultdict(list)

    def send(worker, request):
        if isinstance(request, Prepare):
            metered[worker.cell.net].append(request.metered)
        really_send(worker, request)

    really_send = WorkerProcess.send
    monkeypatch.setattr(WorkerProcess, "send", send)
    settings = replace(BRIEF, least_restarts=5, most_restarts=5, rounds=1)
    run = conduct(write_net("compiles", body), "compiles", settings=settings)
    starts = run.records["compiles-two_layer-8x16x4x2-float32-cpu"].starts
    assert [start.cold for start in starts] == [True, False, False, False, True]
    assert metered["compiles"] == [True, False, False, False, True]
    assert [start.first_step_seconds > 0.3 for start in starts] == [start.cold for start in starts]


def test_a_worker_goes_on_to_the_next_size_and_one_that_fails_there_keeps_what_it_has(write_net, conduct):
    body = """
def __init__(self, problem, device):
    if problem.size.batch > 8:
        raise MemoryError("too large")
    super().__init__(problem, device)
"""
    larger = Size(16, 16, 4, 2)
    run = conduct(write_net("small_only", body), "small_only", sizes=(SMALL, larger))
    outcomes = {(record.cell.net, record.cell.size): record.outcome for record in run.records.values()}
    assert outcomes == {
        ("numpy_manual", SMALL): "measured",
        ("numpy_manual", larger): "measured",
        ("small_only", SMALL): "measured",
        ("small_only", larger): "failed",
    }
    rounds = [set(record.seconds["step"]) for record in run.records.values() if record.cell.net == "numpy_manual"]
    assert not rounds[0] & rounds[1], "rounds of different sizes are different rounds"


def test_memory_beyond_the_imports_is_what_the_net_holds(write_net, conduct):
    body = """
def __init__(self, problem, device):
    super().__init__(problem, device)
    self.ballast = numpy.ones(40_000_000, "float32")
"""
    run = conduct(write_net("heavy", body), "heavy")
    (heavy,) = [record for record in run.records.values() if record.cell.net == "heavy"]
    assert 160e6 <= heavy.starts[0].memory_bytes < 320e6


def test_the_first_size_comes_first_and_every_size_gets_a_restart(write_net, conduct):
    order = []

    def save(run):
        for record in run.records.values():
            if record.cell.net == "good" and record.seconds and record.cell.size not in order:
                order.append(record.cell.size)

    larger, settings = Size(16, 32, 8, 4), replace(BRIEF, least_restarts=2, most_restarts=3, budget_seconds=0.001)
    run = conduct(write_net("good", GOOD), "good", settings=settings, sizes=(SMALL, larger), save=save)
    assert order == [SMALL, larger]
    assert all(run.time(record).restarts == 1 for record in run.records.values())


def test_a_restart_takes_no_more_rounds_than_its_share_of_the_budget_allows(write_net, conduct):
    slow = "def step(self):\n    time.sleep(0.1)\n    return super().step()"
    run = conduct(write_net("slow", slow), "slow", settings=replace(BRIEF, rounds=30, budget_seconds=5.0))
    (record,) = [record for record in run.records.values() if record.cell.net == "slow"]
    assert 1 <= len(record.seconds["step"]) < 30


def test_the_steps_of_a_sample_are_those_of_the_first_restart(write_net, conduct):
    run = conduct(write_net("good", GOOD), "good", settings=replace(BRIEF, least_restarts=3, most_restarts=3))
    for record in run.records.values():
        assert len({start.steps for start in record.starts}) == 1


def test_a_cell_that_is_only_checked_gets_no_time_and_may_be_wrong_all_the_same(write_net, conduct, tmp_path):
    folder = write_net("good", GOOD)
    write_net("right", GOOD)
    write_net("wrong", "def update(self):\n    self.grads['w1'] *= 2\n    super().update()")
    run = conduct(folder, "good", checked=("right", "wrong"))
    found = {record.cell.net: record for record in run.records.values()}
    assert {name: record.outcome for name, record in found.items()} == {
        "right": "checked",
        "wrong": "wrong",
        "good": "measured",
        "numpy_manual": "measured",
    }
    assert found["right"].agreement.steps == 3 and not found["right"].seconds and not found["right"].starts
    run_files.save(run, tmp_path / "run.json")
    assert run_files.load(tmp_path / "run.json").records == run.records
