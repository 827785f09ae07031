"""The line that leads every answer."""

from dataclasses import replace

import pytest

from bench.stats.estimate import Estimate
from bench.stats.stopping import seconds_until_precise
from reports.claims.fastest_here import fastest_here
from tests.helpers.recorded import a_run, on_both, timed

ON = "on two_layer at 64x1000x100x10 (the tutorial's size) in float32"


def of(*records, precision=0.1, **changes):
    run = a_run(*records, **changes)
    return fastest_here(replace(run, settings=replace(run.settings, precision=precision)))


def test_it_names_the_fastest_net_and_how_many_times_faster_than_numpy_it_is():
    said = of(timed("numpy_manual", 300), timed("torch_tensor", 200), timed("jax_grad", 280))
    assert said.startswith("Fastest here: torch_tensor, 1.5") and said.endswith(ON)
    assert "--seconds" not in said


def test_where_numpy_is_the_fastest_it_says_so_and_names_the_next():
    said = of(timed("numpy_manual", 200), timed("torch_tensor", 300))
    assert said.startswith("NumPy is the fastest here; next is torch_tensor, 0.6")


def test_where_the_interval_holds_1_neither_is_called_the_fastest():
    said = of(timed("numpy_manual", 200, noise=0.05), timed("torch_tensor", 200, noise=0.05), precision=1.0)
    assert said.startswith("Fastest here: torch_tensor or NumPy, ")


def test_a_provisional_answer_says_what_makes_it_firm():
    said = of(timed("numpy_manual", 300, 3), timed("torch_tensor", 200, 3))
    assert "provisional, 3 restarts: `--seconds " in said


def test_an_interval_that_says_nothing_is_not_printed_as_numbers():
    said = of(timed("numpy_manual", 300, noise=0.9), timed("torch_tensor", 200, noise=0.9))
    assert said.startswith("Fastest here: not known yet, torch_tensor perhaps")


def test_a_net_with_another_number_of_threads_or_on_a_gpu_is_named_with_it():
    run = a_run(timed("numpy_manual", 300), timed("torch_tensor", 250), timed("torch_tensor", 200, threads="1"))
    tuned = replace(run, settings=replace(run.settings, tune_threads=True))
    assert fastest_here(tuned).startswith("Fastest here: torch_tensor with 1 thread, 1.5")
    assert fastest_here(on_both(2.0)).startswith("Fastest here: cupy_manual on the GPU, 15")


def test_a_run_of_which_nothing_is_known_says_so():
    assert fastest_here(a_run()) == "Nothing was timed"
    assert of(timed("torch_tensor", 200)).startswith("Fastest here: torch_tensor, with nothing beside it")


@pytest.mark.parametrize(
    ("restarts", "half_width", "seconds"),
    [
        (5, 0.02, 200),  # it is firm already
        (3, 0.02, 340),  # two restarts more
        (10, 0.04, 800),  # half as wide takes four times as long
    ],
)
def test_how_long_a_run_should_take_follows_from_its_restarts_and_its_interval(restarts, half_width, seconds):
    estimate = Estimate(1.0, 1 / (1 + half_width), 1 + half_width, restarts)
    assert seconds_until_precise(200.0, estimate, 0.02) == seconds
