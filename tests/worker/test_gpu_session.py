"""A worker of a GPU's cell, with a device, events and a counter that are made up."""

import gc
import time

import pytest

from bench.host.device import Events
from bench.records.record import DEVICE
from bench.timing import sampling
from bench.worker import __main__
from bench.workloads.size import TUTORIAL

FLOORS = """
work = {}
def empty(self):
    pass
def products(self):
    self.step()
"""


class Watch:
    """A GPU of 250 watts, or one that does not count."""

    def __init__(self, counts=True):
        self.joules = lambda: 250.0 * time.perf_counter() if counts else None


@pytest.fixture
def started(write_net, monkeypatch):
    """Starts a worker for a net on a made-up GPU, on which any steps take 20 us together; the worker and its start."""

    def start(events=True, counts=True, floors=False, queues=True, **asked):
        marks = iter(range(10**9))

        def milliseconds(first, last):
            return (last - first) * 0.02

        queue = Events(lambda: next(marks), lambda mark: not queues, milliseconds, lambda cycles: None)
        monkeypatch.setattr(__main__, "events", lambda framework: queue if events else None)
        monkeypatch.setattr(__main__, "GpuWatch", lambda: Watch(counts))
        monkeypatch.setattr(__main__, "device_bytes", lambda framework: 17)
        path = write_net("good", FLOORS if floors else "pass") / "good.py"
        path = path.rename(path.with_name("good_floors.py")) if floors else path
        net = {"path": str(path), "framework": "made up", "cumulative": False, "keywords": {}, "reference": {}}
        found = __main__.Worker("all")
        size = [TUTORIAL.batch, TUTORIAL.d_in, TUTORIAL.hidden, TUTORIAL.d_out]
        found.load(net, "two_layer", size, "float32", asked.pop("device", "cuda"))
        return found, found.start(suspect=False, **asked)["start"]

    yield start
    gc.unfreeze()


def test_a_gpu_s_cell_has_device_time_beside_the_host_s_and_when_metered_its_energy(started):
    found, start = started(metered=True)
    assert start["device_bytes"] == 17
    assert start["watts"] > 0 and start["joules_per_step"] > 0
    seconds = found.slice(0.01)["seconds"]
    queued = min(start["steps"], 10)
    assert seconds[DEVICE] == pytest.approx(20e-6 / queued)
    assert {"step", "forward", "backward", "update"} < seconds.keys()


def test_a_net_that_waits_within_its_step_has_no_device_time(started):
    found, _ = started(queues=False)
    assert DEVICE not in found.slice(0.01)["seconds"]


@pytest.mark.parametrize(
    ("events", "counts", "asked"),
    [
        (False, False, {"metered": True}),  # a framework without events, a GPU without a counter
        (True, True, {"step_only": True}),  # a duel
        (True, True, {"metered": True, "device": "cpu"}),
    ],
)
def test_where_there_is_nothing_to_tell_the_slice_and_the_start_say_nothing(events, counts, asked, started):
    found, start = started(events, counts, **asked)
    assert start["joules_per_step"] is None and start["watts"] is None
    assert DEVICE not in found.slice(0.01)["seconds"]


@pytest.mark.parametrize(("device", "seconds"), [("cuda", sampling.LEAD_SECONDS), ("cpu", 0.0)])
@pytest.mark.parametrize("floors", [False, True])
def test_a_slice_of_a_gpu_s_cell_begins_with_a_lead_in_of_real_work(device, seconds, floors, started, monkeypatch):
    found, _ = started(device=device, floors=floors)
    led = []
    monkeypatch.setattr(sampling, "lead_in", lambda *call: led.append(call))
    found.slice(0.01)
    [(net, steps, at_most)] = led
    assert at_most == seconds and (net, steps) == found.timed["products" if floors else "step"][:2]
