"""Which slices count, with a scripted witness; and the real one beside a net that disturbs itself."""

import psutil
import pytest

from bench.errors import UserError
from bench.nets.net_file import discover
from bench.records.cell import Cell
from bench.records.record import Round
from bench.records.witness import SLOW, Witness, WitnessedRound
from bench.witness.process import WitnessProcess
from bench.witness.watch import FIRST_READINGS, Watch
from bench.worker.pool import WorkerPool
from bench.worker.protocol import Prepare, TakeSlice
from tests.conftest import SMALL
from tests.helpers.scripted import Clock

FAST = 1e-4
BOTH = range(2)


class Machine:
    """A witness whose readings are scripted, as multiples of the fast state; each takes 1 ms."""

    def __init__(self, *slowness):
        self.clock, self.slowness, self.read_so_far = Clock(), list(slowness), 0

    def read(self):
        self.clock.now += 1e-3
        self.read_so_far += 1
        if self.read_so_far <= FIRST_READINGS:
            return FAST, FAST
        return FAST, FAST * (self.slowness.pop(0) if self.slowness else 1.0)

    def watch(self):
        return Watch(self.read, self.clock)


@pytest.fixture
def act():
    """Numbers its calls."""
    numbers = iter(range(1, 1000))
    return lambda: next(numbers)


def test_a_slice_counts_where_the_witness_was_fast_before_and_after_it(act):
    watch = Machine(1.0).watch()
    answer, said = watch.measure(act, BOTH, 1.0)
    assert (answer, said.fast, said.slowness) == (1, True, 1.0)
    assert said.fast_seconds == pytest.approx(FAST)


def test_a_slice_after_which_the_witness_was_slow_is_repeated_once_it_is_fast_again(act):
    watch = Machine(1.5, 1.5, 1.5, 1.0, 1.0).watch()
    answer, said = watch.measure(act, BOTH, 1.0)
    assert (answer, said.fast) == (2, True)
    assert (watch.readings, watch.slow_readings) == (5, 3)
    assert watch.waiting_seconds > 0


def test_a_little_scatter_of_the_witness_is_its_fast_state(act):
    answer, said = Machine(SLOW - 0.01).watch().measure(act, BOTH, 1.0)
    assert (answer, said.fast) == (1, True)


def test_patience_ends_and_the_slice_is_given_as_it_is(act):
    watch = Machine(*[2.0] * 1000).watch()
    _, said = watch.measure(act, BOTH, 0.05)
    assert not said.fast and said.slowness == pytest.approx(2.0)
    assert watch.waiting_seconds == pytest.approx(0.05, abs=0.01)


def test_only_the_processors_that_a_cell_may_use_are_asked(act):
    watch = Machine(*[2.0] * 100).watch()
    answer, said = watch.measure(act, range(1), 1.0)
    assert (answer, said.fast) == (1, True)


def test_a_fast_state_that_is_learnt_later_judges_earlier_rounds_too():
    early, late = Round(0, 0), Round(0, 1)
    witness = Witness({early: WitnessedRound(1.0, 1.3 * FAST, 2, 0), late: WitnessedRound(1.0, FAST, 2, 0)})
    assert witness.disturbed(early) == ("the machine was busy",)
    assert witness.disturbed(late) == ()


def test_a_machine_that_was_faster_in_earlier_runs_was_busy_throughout():
    rounds = {Round(0, 0): WitnessedRound(1.0, 1.4 * FAST, 2, 0)}
    assert not Witness(rounds, known_seconds=1.2 * FAST).disturbed(Round(0, 0))
    assert Witness(rounds, known_seconds=FAST).disturbed(Round(0, 0)) == ("the machine was busy",)


def test_the_fast_state_is_one_number_for_all_processors_whichever_a_slice_may_use(act):
    class Unequal(Machine):
        def read(self):
            fast, other = super().read()
            return fast, 2 * other

    watch = Unequal().watch()
    _, alone = watch.measure(act, range(1), 1.0)
    _, both = watch.measure(act, BOTH, 1.0)
    assert alone.fast and both.fast
    assert alone.fast_seconds == both.fast_seconds == pytest.approx(1.5 * FAST)


def test_a_reading_that_is_no_longer_fresh_is_not_taken_for_what_comes_now(act):
    machine = Machine(2.0, 1.0)
    watch = machine.watch()
    machine.clock.now += 5.0  # a file was written meanwhile
    answer, said = watch.measure(act, BOTH, 1.0)
    assert (answer, said.fast, watch.slow_readings) == (1, True, 1)


def test_a_witness_that_dies_is_one_line_with_what_it_said():
    dead = WitnessProcess({"PATH": "", "PYTHONHOME": "/nowhere"})
    with dead as witness, pytest.raises(UserError, match="the witness's process died"):
        witness.read()


SPINNING = """
def __init__(self, problem, device):
    super().__init__(problem, device)
    threading.Thread(target=self.spin, daemon=True).start()
def spin(self):
    while True:
        end = time.perf_counter() + 0.02
        while time.perf_counter() < end:
            pass
        time.sleep(0.01)
"""


def test_a_net_that_disturbs_itself_is_stopped_while_the_witness_works(write_net):
    folder = write_net("spins", SPINNING)
    with WorkerPool(discover([folder])) as pool:
        worker = pool.open(Cell("spins", size=SMALL))
        worker.loaded(60)
        worker.ask(Prepare(suspect=False), 60)
        worker.stop()
        process = psutil.Process(worker._process.pid)
        assert process.status() == psutil.STATUS_STOPPED
        before = process.cpu_times()
        with WitnessProcess() as witness:
            readings = [witness.read() for _ in range(100)]
        assert process.cpu_times() == before
        assert all(second > 0 for reading in readings for second in reading)
        # What it does to itself is its own: it goes on with its next slice
        assert worker.ask(TakeSlice(("step",), 0.01), 60).seconds["step"] > 0


def test_the_witness_works_on_every_processor_and_ends_with_its_context():
    with WitnessProcess() as witness:
        reading = witness.read()
        process = psutil.Process(witness._process.pid)
        children = process.children(recursive=True)
        assert len(reading) == len(children) == len(psutil.Process().cpu_affinity())
        assert {tuple(child.cpu_affinity()) for child in children} == {
            (each,) for each in psutil.Process().cpu_affinity()
        }
    _, alive = psutil.wait_procs(children, timeout=5)
    assert not alive
