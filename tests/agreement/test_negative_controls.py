"""Nets that are wrong on purpose: each must be caught, with the array and the step where it goes wrong."""

import re
from dataclasses import dataclass
from textwrap import dedent, indent

import pytest

from bench.nets.net_file import read
from bench.records.cell import Cell
from bench.records.record import CellEnded
from bench.runner import check_stage
from bench.runner.choice import PROCESSORS
from bench.worker.process import WorkerProcess
from bench.worker.protocol import CheckAgreement, Prepare, TakeSlice, Validate
from bench.workloads.size import TUTORIAL, Size
from tests.conftest import ROOT

SMALL = Size(7, 13, 5, 5)
# Here correct nets differ by a few ReLU flips, so that the limits are wide.
LARGE = Size(1100, 32, 1000, 4)
SWEPT = Size(1024, 1000, 1600, 10)


@dataclass(frozen=True)
class Control:
    """A mistake: what overrides NumPy's correct net, and how agreement must name it."""

    mistake: str
    parent: str
    body: str
    what: str
    array: str
    step: int
    size: Size = SMALL
    dtype: str = "float32"

    @property
    def workload(self):
        return {"TwoLayer": "two_layer", "TwoLayerAdam": "two_layer_adam", "Dynamic": "dynamic"}[self.parent]


CONTROLS = [
    Control(
        "a transposed gradient",
        "TwoLayer",
        """
        def backward(self):
            super().backward()
            self.grads["w2"] = self.grads["w2"].T
        """,
        *("gradient", "w2", 1),
    ),
    Control(
        "the factor 2 forgotten",
        "TwoLayer",
        """
        def backward(self):
            super().backward()
            self.grads = {name: grad / 2 for name, grad in self.grads.items()}
        """,
        *("gradient", "w1", 1),
    ),
    Control(
        "the ReLU's mask inverted",
        "TwoLayer",
        """
        def backward(self):
            self.h = -self.h
            super().backward()
        """,
        *("gradient", "w1", 1),
    ),
    Control(
        "a halved gradient at a large size",
        "TwoLayer",
        """
        def update(self):
            self.weights["w1"] -= self.learning_rate * self.grads["w1"] / 2
            self.weights["w2"] -= self.learning_rate * self.grads["w2"]
        """,
        *("displacement by phases", "w1", 1),
        size=LARGE,
    ),
    Control(
        "an update by the gradient of the step before",
        "TwoLayer",
        """
        def update(self):
            fresh, self.grads = self.grads, getattr(self, "stale", self.grads)
            super().update()
            self.stale = fresh
        """,
        *("displacement by phases", "w1", 2),
        size=TUTORIAL,
    ),
    Control(
        "gradients that accumulate",
        "TwoLayer",
        """
        def backward(self):
            before = getattr(self, "grads", {"w1": 0, "w2": 0})
            super().backward()
            self.grads = {name: grad + before[name] for name, grad in self.grads.items()}
        """,
        *("gradient", "w1", 2),
    ),
    Control(
        "two updates racing: w1's reads the new w2",
        "TwoLayer",
        """
        def step(self):
            loss = self.forward()
            self.backward()
            self.weights["w2"] -= self.learning_rate * self.grads["w2"]
            self.backward()
            self.weights["w1"] -= self.learning_rate * self.grads["w1"]
            return loss
        """,
        *("displacement", "w1", 1),
        size=TUTORIAL,
    ),
    Control(
        "Adam without bias correction",
        "TwoLayerAdam",
        """
        def update(self):
            self.t = 10**6
            super().update()
        """,
        *("displacement by phases", "w1", 1),
    ),
    Control(
        "a shared layer whose gradient counts only its last use",
        "Dynamic",
        """
        def backward(self):
            super().backward()
            if len(self.h) > 1:
                grad_h = 2 * (self.y_pred - self.y) @ self.weights["w2"].T
                grad_h[self.h[-1] < 0] = 0
                self.grads["w_middle"] = self.h_relu[-2].T @ grad_h
        """,
        *("gradient", "w_middle", 1),
    ),
    Control(
        "a middle layer that stands still at depth 0",
        "Dynamic",
        """
        def update(self):
            used = self.grads
            if len(self.h) == 1:
                self.grads = {name: grad for name, grad in used.items() if "middle" not in name}
            super().update()
            self.grads = used
        """,
        *("displacement by phases", "w_middle", 2),
    ),
    Control(
        "a loss averaged instead of summed",
        "TwoLayer",
        """
        def forward(self):
            return super().forward() / self.y.size
        """,
        *("loss by phases", "loss", 1),
    ),
    Control(
        "float16 passed off as float32",
        "TwoLayer",
        """
        def forward(self):
            w1, w2 = (weight.astype("float16") for weight in self.weights.values())
            self.h = (self.x.astype("float16") @ w1).astype("float32")
            self.h_relu = self.xp.maximum(self.h, 0)
            self.y_pred = (self.h_relu.astype("float16") @ w2).astype("float32")
            return self.xp.square(self.y_pred - self.y).sum()
        """,
        *("loss by phases", "loss", 1),
    ),
    Control(
        "bfloat16 in the one product for w1's gradient",
        "TwoLayer",
        """
        def backward(self):
            super().backward()
            grad_h = (2 * (self.y_pred - self.y)).dot(self.weights["w2"].T)
            grad_h[self.h < 0] = 0
            self.grads["w1"] = self.rounded(self.x).T.dot(self.rounded(grad_h))

        def rounded(self, array):
            bits = array.view("uint32")
            return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16 << 16).astype("uint32").view("float32")
        """,
        *("median column of the gradient", "w1", 1),
        size=SWEPT,
    ),
    Control(
        "a net that blows up late",
        "TwoLayer",
        """
        def update(self):
            self.steps = getattr(self, "steps", 0) + 1
            super().update()
            if self.steps == 3:
                self.weights["w2"][0, 0] = self.xp.nan
        """,
        *("displacement by phases", "w2", 3),
    ),
]

NEVER_WAITS = """
    def __init__(self, problem, device):
        super().__init__(problem, device)
        self.queue = ThreadPoolExecutor(1)

    def step(self):
        self.pending = self.queue.submit(super().step)

    def parameters(self):
        self.pending.result()
        return super().parameters()
"""


@pytest.fixture
def worker_of(tmp_path):
    """Writes a net that overrides NumPy's and starts a worker for it."""
    opened = []

    def start(parent, body, workload, size, dtype):
        path = tmp_path / f"wrong{len(opened)}.py"
        path.write_text(
            '"""Wrong on purpose."""\n\n'
            "import time\n"
            "from concurrent.futures import ThreadPoolExecutor\n\n"
            "from implementations.two_layer import numpy_manual\n\n"
            'DTYPES = ("float32", "float64")\n\n\n'
            f"class Wrong(numpy_manual.{parent}):\n{indent(dedent(body), '    ')}\n\n"
            f'NETS = {{"{workload}": Wrong}}\n'
        )
        net = read(path)
        assert net.defect is None
        cell = Cell(net.name, "", workload, size, dtype, threads="1")
        opened.append(WorkerProcess(cell, net, tmp_path / f"worker{len(opened)}"))
        opened[-1].loaded(60)
        return opened[-1]

    yield start
    for worker in opened:
        worker.kill()


def agreement_of(worker):
    return worker.ask(CheckAgreement(), 60)


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.mistake)
def test_is_caught_and_named(control, worker_of):
    worker = worker_of(control.parent, control.body, control.workload, control.size, control.dtype)
    found = agreement_of(worker).first_wrong
    assert found is not None
    assert (found.what, found.array, found.step) == (control.what, control.array, control.step)


@pytest.mark.parametrize("size", [SMALL, LARGE, TUTORIAL, SWEPT], ids=str)
def test_the_same_net_without_a_mistake_is_not_caught(size, worker_of):
    assert agreement_of(worker_of("TwoLayer", "pass", "two_layer", size, "float32")).first_wrong is None


LEAVES_A_FIFTH = """
    def __init__(self, problem, device):
        super().__init__(problem, device)
        self.queue, self.pending = ThreadPoolExecutor(1), []

    def step(self):
        jobs = [lambda: None] * 4 + [super().step]
        self.pending += [self.queue.submit(self.do_slowly, job) for job in jobs]
        return self

    def do_slowly(self, job):
        time.sleep(0.002)
        return job()

    def __float__(self):
        return float(self.pending[-1].result())

    def wait(self, left=5):
        done = len(self.pending) - (len(self.pending) // left if left else 0)
        for job in self.pending[:done]:
            job.result()
        self.pending = self.pending[done:]

    def parameters(self):
        self.wait(left=0)
        return super().parameters()
"""


@pytest.mark.parametrize("body", [NEVER_WAITS, LEAVES_A_FIFTH], ids=["never waits", "leaves a fifth"])
def test_a_net_that_does_not_wait_for_all_of_its_work_is_caught(body, worker_of):
    worker = worker_of("TwoLayer", body, "two_layer", Size(32, 64, 32, 8), "float32")
    with pytest.raises(CellEnded, match="of the work still under way") as ended:
        worker.ask(Prepare(suspect=True), 60)
    assert ended.value.outcome == "wrong"


SKIPS_LATER = """
    def update(self):
        self.steps = getattr(self, "steps", 0) + 1
        if self.steps > 500 and self.steps % 2:
            self.grads["w1"] = 0 * self.grads["w1"]
        super().update()
"""
STOPS_LATER = """
    def step(self):
        self.steps = getattr(self, "steps", 0) + 1
        return super().step() if self.steps <= 720 else 0.0
"""
BLOWS_UP_LATER = """
    def step(self):
        self.steps = getattr(self, "steps", 0) + 1
        if self.steps == 600:
            self.weights["w2"][0, 0] = self.xp.nan
        return super().step()
"""


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (SKIPS_LATER, "displacement past the checked steps of w1 is off by .* at step 700, under the conditions"),
        (STOPS_LATER, "shorter than a fresh net's: it may have stopped training"),
        (BLOWS_UP_LATER, "is not finite after the timed steps"),
        ("pass", ""),
    ],
    ids=["skips every second gradient of w1", "stops", "blows up", "trains on"],
)
def test_a_net_that_no_longer_trains_once_it_has_been_checked_is_caught_after_its_slices(body, reason, worker_of):
    worker = worker_of("TwoLayer", body, "two_layer", TUTORIAL, "float32")
    assert agreement_of(worker).first_wrong is None
    worker.ask(Prepare(suspect=True), 60)
    worker.ask(TakeSlice(("step",), 2.0), 60)  # past 720 steps on a busy machine too
    if not reason:
        worker.ask(Validate(), 60)
        return
    with pytest.raises(CellEnded, match=reason) as ended:
        worker.ask(Validate(), 60)
    assert ended.value.outcome == "wrong"


@pytest.mark.skipif(PROCESSORS < 2, reason="two threads need two processors")
def test_a_race_that_needs_two_threads_is_caught_where_the_check_had_one(conduct, monkeypatch):
    monkeypatch.setattr(check_stage, "CHECKER_THREADS", "1")
    run = conduct(ROOT / "tests" / "benchmarks" / "nets", "racing:widened", sizes=[Size(64, 100, 20, 5)])
    (record,) = [record for record in run.records.values() if record.cell.net == "racing"]
    assert record.agreement.first_wrong is None
    assert record.outcome == "wrong", record.reason
    assert re.match(r"displacement once more of w1 is off by .*, under the conditions", record.reason)
