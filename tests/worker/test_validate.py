"""A worker validates the net that it has timed: by values of a fresh one, where the memory has room for it."""

import gc

import pytest

from bench.worker.protocol import Load, Prepare, Validate
from bench.worker.session import Session
from bench.workloads.size import Size

# Only the first net of the class can be made.
SECOND_FAILS = """
made = 0
def __init__(self, problem, device):
    super().__init__(problem, device)
    type(self).made += 1
    if self.made > 1:
        raise {error}
"""
SECOND_FAILS_AT_ITS_STEPS = """
made = 0
def __init__(self, problem, device):
    super().__init__(problem, device)
    type(self).made += 1
    self.number = self.made
def step(self):
    if self.number > 1:
        raise {error}
    return super().step()
"""


@pytest.fixture
def timed(write_net):
    """A worker that has prepared a net of this body."""

    def start(body):
        worker = Session("all")
        path = write_net("timed", body) / "timed.py"
        worker.answer(Load(str(path), "numpy", False, {}, {}, "two_layer", Size(8, 16, 4, 2), "float32", "cpu"))
        worker.answer(Prepare(suspect=False))
        return worker

    yield start
    gc.unfreeze()


@pytest.mark.parametrize("body", [SECOND_FAILS, SECOND_FAILS_AT_ITS_STEPS])
@pytest.mark.parametrize("error", ["MemoryError()", 'RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")'])
def test_where_there_is_no_room_for_a_second_net_the_first_is_not_accused(body, error, timed):
    timed(body.format(error=error)).answer(Validate())


def test_a_second_net_that_fails_for_another_reason_acquits_nobody(timed):
    worker = timed(SECOND_FAILS.format(error='ValueError("once is enough")'))
    with pytest.raises(ValueError, match="once is enough"):
        worker.answer(Validate())
