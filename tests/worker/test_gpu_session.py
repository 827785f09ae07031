"""A worker of a GPU's cell, with a device, events and a counter that are made up."""

import gc
import math
import sys
import time
from dataclasses import replace
from types import SimpleNamespace

import pytest

from bench.host import frameworks
from bench.host.device import Events
from bench.host.devices import DEVICES
from bench.records.record import DEVICE
from bench.timing.warmup import GPU_REWARM_SECONDS, REWARM_SECONDS
from bench.worker import prepared_net, session
from bench.worker.protocol import Load, Prepare, TakeSlice
from bench.workloads.size import TUTORIAL, Size

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
        offered = {"cuda": queue} if events else {}
        monkeypatch.setattr(prepared_net, "events", lambda framework, device: offered.get(device))
        monkeypatch.setattr(prepared_net, "GpuWatch", lambda: Watch(counts))
        monkeypatch.setattr(session, "allocated_bytes", lambda framework, device: 17)
        path = write_net("good", FLOORS if floors else "pass") / "good.py"
        path = path.rename(path.with_name("good_floors.py")) if floors else path
        device = asked.pop("device", "cuda")
        worker = session.Session("all")
        worker.answer(Load(str(path), "made up", False, {}, {}, "two_layer", TUTORIAL, "float32", device))
        return worker, worker.answer(Prepare(suspect=False, **asked))

    yield start
    gc.unfreeze()


def test_a_gpu_s_cell_has_device_time_beside_the_host_s_and_when_metered_its_energy(started):
    found, start = started(metered=True)
    assert start.device_bytes == 17
    assert start.watts > 0 and start.joules_per_step > 0
    assert {"step", "phases", DEVICE} <= set(start.offers)
    seconds = found.answer(TakeSlice((DEVICE, "phases", "step"), 0.01)).seconds
    queued = min(start.steps, 10)
    assert seconds[DEVICE] == pytest.approx(20e-6 / queued)
    assert seconds.keys() == {DEVICE, "step", "forward", "backward", "update"}


def test_a_net_that_waits_within_its_step_has_no_device_time(started):
    found, _ = started(queues=False)
    assert not found.answer(TakeSlice((DEVICE,), 0.01)).seconds


@pytest.mark.parametrize(
    ("events", "counts", "asked"),
    [
        (False, False, {"metered": True}),  # a framework without events, a GPU without a counter
        (True, True, {"step_only": True}),  # a duel
        (True, True, {"metered": True, "device": "cpu"}),
    ],
)
def test_where_there_is_nothing_to_tell_the_slice_and_the_start_say_nothing(events, counts, asked, started):
    _, start = started(events, counts, **asked)
    assert start.joules_per_step is None and start.watts is None
    assert DEVICE not in start.offers


@pytest.mark.parametrize(("device", "seconds"), [("cuda", GPU_REWARM_SECONDS), ("cpu", REWARM_SECONDS)])
@pytest.mark.parametrize("floors", [False, True])
def test_a_slice_begins_with_a_re_warm_up_by_real_work(device, seconds, floors, started, monkeypatch):
    monkeypatch.setattr(prepared_net, "LONG_SAMPLE_SECONDS", math.inf)  # on a busy machine a sample may be long
    found, _ = started(device=device, floors=floors)
    warmed = []
    monkeypatch.setattr(prepared_net, "rewarm", lambda *call: warmed.append(call))
    found.answer(TakeSlice(("products" if floors else "step",), 0.01))
    [(call, steps, at_most, *_)] = warmed
    assert at_most == seconds
    assert call is found._prepared.usual
    assert steps == found._prepared.steps if device == "cuda" else steps <= found._prepared.steps


def test_at_a_later_size_only_the_lower_bounds_that_depend_on_it_are_timed(started):
    worker, start = started(device="cpu", floors=True)
    assert set(start.offers) == {"empty", "products"}
    assert worker.answer(TakeSlice(start.offers, 0.01)).seconds.keys() == {"empty", "products"}
    first = worker._loaded.request
    worker.answer(replace(first, size=Size(8, 16, 4, 2)))
    assert worker.answer(Prepare(suspect=False)).offers == ("products",)


@pytest.mark.parametrize("known", [True, False])
def test_a_device_is_woken_before_the_set_up_of_its_net_is_timed(known, write_net, monkeypatch):
    events = SimpleNamespace(seen=[])
    monkeypatch.setitem(sys.modules, "abacus", events)
    monkeypatch.setitem(frameworks.FRAMEWORKS, "abacus", frameworks.Framework("pip install abacus", ()))
    waking = {"abacus": lambda module: module.seen.append("the device starts")} if known else {}
    slow = replace(DEVICES["cuda"], seen_by={"abacus": lambda module: True}, wake=waking, events={})
    monkeypatch.setitem(DEVICES, "cuda", replace(slow, allocated_bytes={}))
    body = (
        "def __init__(self, problem, device):\n"
        "    super().__init__(problem, device)\n"
        "    import sys\n"
        "    sys.modules['abacus'].seen.append('a net is built')"
    )
    path = write_net("good", body) / "good.py"
    worker = session.Session("all")
    loaded = worker.answer(Load(str(path), "abacus", False, {}, {}, "two_layer", TUTORIAL, "float32", "cuda"))
    start = worker.answer(Prepare(suspect=False))
    gc.unfreeze()
    assert loaded.runtime["awake"] == known
    assert events.seen == ["the device starts"] * known + ["a net is built"]
    assert 1 < start.early_steps <= 20 and start.early_seconds > start.first_step_seconds
