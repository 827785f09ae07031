"""What disturbs a slice, and what becomes of its round."""

import pytest

from bench.records.health import Health
from bench.records.record import Round
from tests.helpers.recorded import a_run, timed


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
