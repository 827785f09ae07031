"""What disturbs a slice, and what becomes of its round."""

import pytest

from bench.host.nvml import reasons, visible_index
from bench.records.health import Health, Reading
from bench.records.record import Round
from bench.worker.threads import overshoot
from tests.helpers.recorded import a_run, timed


def reading(clock=0.0, own=0.0, busy=0.0, stolen=0.0, switches=0, faults=0):
    return Reading(clock, own, busy, stolen, switches, faults)


def test_a_slice_is_what_the_counters_grew_by():
    before, after = reading(10, 1, 100, 5, 7, 70), reading(10.1, 1.2, 100.25, 5.02, 9, 75)
    found = Health.between(before, after, quiet=True)
    assert (found.involuntary_switches, found.minor_faults) == (2, 5)
    assert found.own_cores == pytest.approx(2.0)
    assert found.others_cores == pytest.approx(0.5)
    assert found.stolen_cores == pytest.approx(0.2)


def test_kernel_ticks_never_make_others_busy_by_less_than_nothing():
    assert Health.between(reading(), reading(clock=0.1, own=0.2, busy=0.1), quiet=True).others_cores == 0


@pytest.mark.parametrize(
    ("health", "label"),
    [
        (Health(0, 0, stolen_cores=0.5), "time stolen by other virtual machines"),
        (Health(0, 0, others_cores=0.5), "other processes busy"),
        (Health(0, 0, quiet=False), "a worker still busy after its slice"),
        (Health(0, 0, gpu_throttled=("thermal slowdown",)), "GPU slowed down"),
        (Health(0, 0, gpu_others=1), "other processes on the GPU"),
    ],
)
def test_what_comes_from_outside_is_a_disturbance(health, label):
    assert health.disturbances == (label,)


def test_what_a_net_does_to_itself_is_no_disturbance():
    own = Health(5000, 90000, own_cores=2.0, gpu_throttled=("power cap",))
    assert own.disturbances == ()


def disturbed(record, *rounds):
    """The record with time stolen in the given rounds of every restart."""
    stolen = {key: Health(0, 0, stolen_cores=1.0) for key in record.health if key.round in rounds}
    return type(record)(**{**vars(record), "health": {**record.health, **stolen}})


def test_a_disturbed_round_counts_for_no_cell():
    numpy, torch = timed("numpy_manual", 300), timed("torch_tensor", 200)
    slow = {key: value * (10 if key.round == 0 else 1) for key, value in torch.seconds["step"].items()}
    torch = type(torch)(**{**vars(torch), "seconds": {**torch.seconds, "step": slow}})
    run = a_run(disturbed(numpy, 0), torch)
    assert run.disturbed(Round(0, 0)) == ("time stolen by other virtual machines",)
    assert {key.round for key in run.counted(torch.seconds["step"])} == {1, 2, 3}


def test_a_restart_with_too_few_clean_rounds_counts_with_all_it_has():
    torch = timed("torch_tensor", 200)
    run = a_run(disturbed(torch, 0, 1, 2), timed("numpy_manual", 300))
    assert {key.round for key in run.counted(torch.seconds["step"])} == {0, 1, 2, 3}


def test_throttling_is_told_in_words_and_idling_is_none():
    assert reasons(0x1 | 0x2 | 0x100) == ()
    assert reasons(0x4 | 0x40) == ("power cap", "hardware thermal slowdown")


@pytest.mark.parametrize(("variable", "index"), [("", 0), ("2,3", 2), ("GPU-8f3a,GPU-1", "GPU-8f3a"), ("nonsense", 0)])
def test_the_gpu_that_is_watched_is_the_first_that_the_frameworks_see(variable, index):
    assert visible_index({"CUDA_VISIBLE_DEVICES": variable}) == index


def test_a_worker_is_held_to_the_threads_it_was_given():
    runtime = {"thread_pools": ["openblas 0.3 x2"], "widest_pool": 2}
    assert overshoot("all", runtime, Health(0, 0, own_cores=2.0)) is None
    assert overshoot("2", runtime, Health(0, 0, own_cores=2.1)) is None
    assert "has 2 threads where --threads 1 was asked for" in str(overshoot("1", runtime))
    narrow = {"thread_pools": ["openblas 0.3 x1"], "widest_pool": 1}
    assert "2.0 processors busy" in str(overshoot("1", narrow, Health(0, 0, own_cores=2.0)))
