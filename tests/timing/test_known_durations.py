"""Nets that time themselves, through the whole engine: it must report what their own clocks say.

No time is asserted: a busy machine lengthens a step for both clocks. What is reported of a round is compared with the
nearest of the net's own samples in that round (there are two or three, of which the first warms up); the median over
rounds forgives a process that was switched off after one clock was read and before the other.
"""

import statistics
from dataclasses import replace

import pytest

from bench.records.record import Round
from bench.records.run import Run
from tests.conftest import BRIEF

# A slice shorter than a sample is one sample, so that what is reported of a round is one of its samples.
SETTINGS = replace(BRIEF, rounds=11)

# At a wait each net notes how many steps it took since the last one, and the seconds of one by its own clock.
NOTING = """
notes, steps, seconds = open({notes!r}, "a", buffering=1), 0, 0.0
def note(self):
    if self.steps:
        self.notes.write(f"{{self.steps}} {{self.seconds / self.steps}}\\n")
    self.steps, self.seconds = 0, 0.0
def spin(self, began, seconds):
    while time.perf_counter() < began + seconds:
        pass
    self.steps, self.seconds = self.steps + 1, self.seconds + time.perf_counter() - began
"""

SPINNING = """
def step(self):
    began = time.perf_counter()
    loss = super().step()
    self.spin(began, {seconds})
    return loss
def wait(self):
    self.note()
"""

# The wait is as long as the phase; only the phase is noted.
SPINNING_FORWARD = """
def forward(self):
    began = time.perf_counter()
    loss = super().forward()
    self.spin(began, 0.0002)
    return loss
def wait(self):
    self.note()
    self.spin(time.perf_counter(), 0.0002)
    self.steps, self.seconds = 0, 0.0
"""

# A device of its own: a thread that works off a queue, 1 ms a step; reading the parameters waits for it.
ASYNCHRONOUS = """
def __init__(self, problem, device):
    import queue
    super().__init__(problem, device)
    self.jobs, self.began = queue.Queue(), None
    threading.Thread(target=self.work, daemon=True).start()
def work(self):
    while True:
        job = self.jobs.get()
        self.began = self.began or time.perf_counter()
        time.sleep(0.001)
        job()
        self.steps, self.seconds = self.steps + 1, time.perf_counter() - self.began
        self.jobs.task_done()
def step(self):
    self.jobs.put(super().step)
    return self
def __float__(self):
    self.jobs.join()
    return self.last
def update(self):
    self.last = float(numpy.square(self.y_pred - self.y).sum())
    super().update()
def parameters(self):
    self.jobs.join()
    return super().parameters()
"""
WAITING = """
def wait(self):
    self.jobs.join()
    self.note()
    self.began = None
"""


@pytest.fixture
def reported_over_own(write_net, conduct, tmp_path):
    """Times a net of this body; the median over rounds of what is reported over what the net noted in that round."""
    notes = tmp_path / "notes"
    notes.touch()

    def compare(body: str, phase: str = "step") -> float:
        ratios: dict[Round, float] = {}
        read = 0

        def save(run: Run) -> None:
            nonlocal read
            (record,) = [record for record in run.records.values() if record.cell.net == "timed"]
            lines = notes.read_text().splitlines()
            new, read = [line.split() for line in lines[read:]], len(lines)
            for key in record.seconds.get(phase, {}).keys() - ratios.keys():
                found, steps = record.seconds[phase][key], record.starts[0].steps
                if phase == "step":
                    own = [float(seconds) for count, seconds in new if int(count) == steps]
                else:  # as many of them, each waited for, are one sample
                    each = [float(seconds) for count, seconds in new if count == "1"]
                    own = [statistics.mean(each[end - steps : end]) for end in range(steps, len(each) + 1)]
                ratios[key] = min((found / seconds for seconds in own), key=lambda ratio: abs(ratio - 1))

        run = conduct(write_net("timed", NOTING.format(notes=str(notes)) + body), "timed", settings=SETTINGS, save=save)
        assert len(ratios) >= SETTINGS.rounds, [record.reason for record in run.records.values()]
        return statistics.median(ratios.values())

    return compare


@pytest.mark.parametrize("seconds", [50e-6, 1e-3, 20e-3])
def test_a_step_is_reported_as_long_as_it_knows_that_it_was(seconds, reported_over_own):
    assert reported_over_own(SPINNING.format(seconds=seconds)) == pytest.approx(1, abs=0.03)


def test_work_on_a_device_is_reported_as_long_as_the_device_took(reported_over_own):
    assert reported_over_own(ASYNCHRONOUS + WAITING) == pytest.approx(1, abs=0.15)


def test_a_net_that_does_not_wait_for_its_device_is_wrong_and_not_fast(write_net, conduct):
    run = conduct(write_net("hurries", NOTING.format(notes="/dev/null") + ASYNCHRONOUS), "hurries")
    (record,) = [record for record in run.records.values() if record.cell.net == "hurries"]
    assert record.outcome == "wrong", record.reason
    assert "of the work still under way" in record.reason
    assert not record.seconds
