"""Device time with a scripted device: what it is at work, whatever the host needs to launch it."""

from types import SimpleNamespace

import pytest

from bench.host import frameworks
from bench.host.cuda import CUDA, cupy_events, torch_events
from bench.host.device import Events
from bench.timing.device_time import CYCLES_PER_SECOND, QUEUED_STEPS, time_on_device
from bench.timing.sampling import GPU_SAMPLE_SECONDS, steps_per_sample, time_steps


class Device:
    """A host that launches and a device that works off its queue, on one clock."""

    def __init__(self, launch_seconds, work_seconds, waits_within=False):
        self.launch_seconds, self.work_seconds, self.waits_within = launch_seconds, work_seconds, waits_within
        self.now = self.free = 0.0
        self.steps = 0
        self.events = Events(self.mark, self.happened, lambda first, last: (last - first) * 1e3, self.hold)

    def queue(self, seconds):
        self.free = max(self.free, self.now) + seconds
        return self.free

    def mark(self):
        return self.queue(0.0)

    def happened(self, mark):
        return mark <= self.now

    def hold(self, cycles):
        self.queue(cycles / CYCLES_PER_SECOND)

    def step(self):
        self.steps += 1
        self.now += self.launch_seconds
        self.queue(self.work_seconds)
        if self.waits_within:
            self.wait()

    def wait(self):
        self.now = max(self.now, self.free)

    def clock(self):
        return self.now

    def times(self, period=1):
        """Seconds per step by the host's clock and by the device's."""
        steps = steps_per_sample(self, period, GPU_SAMPLE_SECONDS, self.clock)
        on_host = time_steps(self, steps, 0.0, self.clock)[0]
        return on_host, time_on_device(self, self.events, steps, period, 0.05, self.clock)


@pytest.mark.parametrize(
    ("launch_seconds", "work_seconds"),
    [(100e-6, 30e-6), (1e-3, 20e-6), (5e-6, 1e-6), (10e-6, 200e-6), (1e-3, 0.1), (50e-6, 50e-6)],
)
def test_device_time_is_that_of_the_work_whether_launches_or_the_work_bound_the_step(launch_seconds, work_seconds):
    on_host, on_device = Device(launch_seconds, work_seconds).times()
    assert on_host == pytest.approx(max(launch_seconds, work_seconds), rel=0.1)
    assert on_device == pytest.approx([work_seconds] * len(on_device))


def test_a_step_that_waits_for_the_device_has_no_device_time_rather_than_the_host_s():
    on_host, on_device = Device(100e-6, 30e-6, waits_within=True).times()
    assert on_host == pytest.approx(130e-6) and on_device == []


def test_only_a_few_whole_periods_are_queued():
    for steps, period, queued in ((1000, 1, QUEUED_STEPS), (3, 1, 3), (400, 4, 12), (8, 4, 8), (50, 10, 10)):
        device = Device(1e-6, 1e-6)
        assert len(time_on_device(device, device.events, steps, period, 0.0, device.clock)) == 1
        assert device.steps == queued


def test_work_queued_before_a_sample_is_not_part_of_it():
    device = Device(1e-6, 1e-3)
    device.queue(1.0)
    assert time_on_device(device, device.events, 5, 1, 0.0, device.clock) == pytest.approx([1e-3])


class FakeEvent:
    def __init__(self, enable_timing):
        assert enable_timing
        self.recorded = False

    @property
    def done(self):
        return self.recorded

    def query(self):
        return self.recorded

    def record(self):
        self.recorded = True

    def elapsed_time(self, last):
        assert self.recorded and last.recorded
        return 2.5


def test_pytorch_s_events_are_recorded_and_keep_time():
    held = []
    events = torch_events(SimpleNamespace(cuda=SimpleNamespace(Event=FakeEvent, _sleep=held.append)))
    assert events.milliseconds(events.mark(), events.mark()) == 2.5
    assert events.happened(events.mark()) and not events.happened(FakeEvent(True))
    events.hold(7)
    assert held == [7]


def test_cupy_s_events_are_recorded_and_keep_time():
    launched = []

    def raw_kernel(code, name):
        assert f"void {name}(long long" in code
        return lambda *launch: launched.append(launch)

    cuda = SimpleNamespace(Event=lambda: FakeEvent(True), get_elapsed_time=FakeEvent.elapsed_time)
    events = cupy_events(SimpleNamespace(RawKernel=raw_kernel, cuda=cuda))
    assert events.milliseconds(events.mark(), events.mark()) == 2.5
    assert events.happened(events.mark()) and not events.happened(FakeEvent(True))
    events.hold(7)
    assert launched == [((1,), (1,), (7,))]


def test_steps_too_short_for_the_device_s_clock_have_no_device_time():
    device = Device(100e-6, 30e-6)
    stopped = device.events._replace(milliseconds=lambda first, last: 0.0)
    assert time_on_device(device, stopped, 50, 1, 0.05, device.clock) == []


def test_what_the_installed_pytorch_is_asked_for_is_there():
    torch = pytest.importorskip("torch")
    event = torch.cuda.Event
    assert callable(torch.cuda._sleep) and event.elapsed_time and event.record and event.query


def test_the_frameworks_with_events_are_pytorch_and_cupy_and_keras_has_those_beneath(monkeypatch):
    assert CUDA.events.keys() == {"torch", "cupy"}
    for backend, offered in (("torch", "torch's"), ("jax", None)):
        torch = SimpleNamespace(cuda=SimpleNamespace(max_memory_reserved=lambda: 17, Event=FakeEvent, _sleep="torch's"))
        jax = SimpleNamespace(devices=lambda kind: [SimpleNamespace(memory_stats=lambda: {"peak_bytes_in_use": 23})])
        keras = SimpleNamespace(backend=SimpleNamespace(backend=lambda backend=backend: backend))
        modules = {"torch": torch, "jax": jax, "keras": keras}
        monkeypatch.setattr(frameworks.importlib, "import_module", modules.__getitem__)
        found = frameworks.events("keras", "cuda")
        assert (found and found.hold) == offered
        assert frameworks.allocated_bytes("keras", "cuda") == {"torch": 17, "jax": 23}[backend]
