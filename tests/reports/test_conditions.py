"""The card of a cell's conditions, word for word."""

from dataclasses import replace

import pytest

from reports.analysis.conditions import setup
from reports.analysis.conditions.card import Card
from reports.analysis.rows import rows_of
from tests.helpers.recorded import timed
from tests.helpers.recorded_page import everything


def test_a_card_lists_every_condition_of_its_cell() -> None:
    run = everything()
    [row] = [row for row in rows_of(run) if row.label == "torch_cuda_graph" and row.time]
    card = Card.of(run, row, 1)
    assert card.left_out == 1
    assert dict(card.conditions) == {
        "Precision": "float32 throughout; TF32 and other reduced products are off",
        "Threads": "each framework's own number of threads; 1.9 of 4 CPUs kept busy",
        "Allocator": "pinned: freed memory is kept, by the same settings for all, as was seen in the worker",
        "Waiting": "7 steps, then one wait; one after every step for the latency; an idle wait takes 100 ns",
        "Host copies": "none: x, y and the parameters stay where the net computes",
        "Phases": "timed apart; their sum is 1.00x the whole step (1.00 to 1.00)",
        "Warm-up": "not steady in 1 of 6 restarts",
        "First step": "40.0 ms with cold caches, 43.0 ms with filled ones, 2.00 ms to build the net before it",
        "Evidence": "6 restarts, 23 of 24 rounds counted",
        "Left out": "time stolen by other virtual machines (1 round)",
        "A slice": "120 minor page faults, 3 involuntary context switches",
        "GPU": "1755 MHz, 41 °C, 180 W",
        "Device time": "5.06 µs a step by its own clock (4.72 to 5.41 µs), 25.0% of the host's (25.0% to 25.0%)",
        "Energy": "4.00 mJ a step, 200 W meanwhile, of the whole GPU; mean over 1 cold start",
        "Memory": "40.2 MB in the worker beyond its imports, 300 MB on the device",
        "Versions": "numpy 2.4.6, torch 2.13.0, Python 3.12.1",
        "Thread pools": "openblas x4, openmp x4",
        "Source": "00aa11bb22cc",
    }


def test_fused_phases_and_fed_inputs_are_said() -> None:
    run = everything()
    [row] = [row for row in rows_of(run) if row.label == "tensorflow_static_graph"]
    conditions = dict(Card.of(run, row, 1).conditions)
    assert conditions["Phases"].startswith("fused") and conditions["Host copies"].startswith("x and y fed")


@pytest.mark.parametrize(
    "kept, words",
    [(False, "not pinned: the same settings as for all were given, but"), (None, "was not verified in the worker")],
)
def test_a_card_claims_no_pinned_allocator_that_the_worker_did_not_show(kept: bool | None, words: str) -> None:
    record = timed("numpy_manual", 300)
    assert words in setup.allocator(replace(record, runtime={**record.runtime, "keeps_freed_memory": kept}))
    assert setup.allocator(timed("numpy_manual", 300, allocator="system")) == "the C library's own defaults"
