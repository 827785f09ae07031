"""One live pair: fresh workers of base and head, and a second one of the base, measured in interleaved slices."""

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import fmean
from typing import Literal, NamedTuple

from bench.nets.net_file import NetFile
from bench.records.cell import Cell
from bench.records.record import CellEnded
from bench.regression.ended import Ended, SideEnded
from bench.witness.slices import take_slice
from bench.witness.watch import Watch
from bench.worker.launch import HERE, Launch
from bench.worker.pool import WorkerPool
from bench.worker.process import WorkerProcess
from bench.worker.protocol import Prepare, TakeSlice, Validate
from bench.worker.threads import require_threads

Arm = Literal["base", "head", "control"]


@dataclass(frozen=True)
class Side:
    """What is compared: nets, and how their workers are started; `label` names it in messages.

    `control` is a launch that ought to make no difference: the control environment. `packages` has the versions of the
    side's frameworks, where they matter.
    """

    label: str
    nets: Mapping[str, NetFile]
    launch: Launch = HERE
    control: Launch | None = None
    packages: Mapping[str, str] = field(default_factory=dict)


class ArmSlice(NamedTuple):
    """One slice of every round: whose, and slowed down by which share."""

    arm: Arm
    slowdown: float = 0.0


BASE, HEAD, CONTROL = ArmSlice("base"), ArmSlice("head"), ArmSlice("control")
SLICES = (BASE, HEAD, CONTROL)
# Where more of the rounds than this were taken although the machine was slow, for want of fast moments, it was busy.
MOSTLY = 0.5


@dataclass(frozen=True)
class Pace:
    """How a pair is measured: in many short slices that wait for nothing, since a slow state slows equal sides alike.

    The rounds in which the machine was fast count where there are `least_fast` of them, else all.
    """

    rounds: int = 150
    # Where steps are long there are fewer.
    least_rounds: int = 8
    most_seconds: float = 15.0
    slice_seconds: float = 0.002
    timeout_seconds: float = 120.0
    least_fast: int = 40


class LivePair:
    """Measures pairs of a base and a head; what the frameworks compile is kept for the next pair, each arm's apart.

    The steps of a sample are the same for all arms and pairs of a cell.
    """

    def __init__(self, base: Side, head: Side, caches: Path, watch: Watch, pace: Pace = Pace()) -> None:
        control = replace(base, launch=base.control or base.launch)
        self._sides: dict[Arm, Side] = {"base": base, "head": head, "control": control}
        self._caches = caches
        self._pace = pace
        self._random = random.Random()
        self._sources: dict[tuple[Arm, Cell], str] = {}
        self._watch = watch
        self._steps: dict[Cell, int] = {}
        self._said: list[bool] = []

    @property
    def disturbances(self) -> tuple[str, ...]:
        """What disturbed the slices so far, in words."""
        return ("the machine was busy",) if self._said and fmean(self._said) < MOSTLY else ()

    def measure(
        self, cell: Cell, slices: Sequence[ArmSlice] = SLICES, suspect: bool = False
    ) -> dict[ArmSlice, list[float]]:
        """Seconds per step of every slice, round by round.

        Nets that are still `suspect` must show that their wait waits, and that they still train when they have been
        timed. Raises SideEnded where an arm fails.
        """
        with ExitStack() as stack:
            pools = {arm: stack.enter_context(WorkerPool(side.nets, side.launch)) for arm, side in self._sides.items()}
            arms = self._random.sample(list(pools), len(pools))
            workers = {arm: pools[arm].open(cell, caches=self._folder(arm, cell)) for arm in arms}
            for arm in arms:
                with self._blamed_on(arm):
                    self._load(arm, workers[arm])
            # In a cell's first pair the base sets the steps: a head that does nothing would set millions of them
            for arm in arms if cell in self._steps else sorted(arms, key=lambda arm: arm != "base"):
                with self._blamed_on(arm):
                    request = Prepare(suspect, step_only=True, steps=self._steps.get(cell))
                    self._steps[cell] = workers[arm].ask(request, self._pace.timeout_seconds).steps
                    workers[arm].stop()
            end = time.monotonic() + self._pace.most_seconds
            rounds: list[tuple[dict[ArmSlice, float], bool]] = []
            while len(rounds) < self._pace.least_rounds or (len(rounds) < self._pace.rounds and time.monotonic() < end):
                rounds.append(self._round(workers, slices))
            counted = kept(rounds, self._pace.least_fast)
            seconds = {each: [taken[each] for taken in counted] for each in slices}
            for arm in arms if suspect else ():
                with self._blamed_on(arm):
                    workers[arm].ask(Validate(), self._pace.timeout_seconds)
            return seconds

    def _folder(self, arm: Arm, cell: Cell) -> Path:
        folder = self._caches / f"{arm}-{cell.id}"
        folder.mkdir(exist_ok=True)
        return folder

    @contextmanager
    def _blamed_on(self, arm: Arm) -> Iterator[None]:
        """Names the side of what ends the cell. Raises SideEnded."""
        try:
            yield
        except CellEnded as end:
            raise SideEnded(Ended(self._sides[arm].label, end.outcome, end.reason)) from end

    def _load(self, arm: Arm, worker: WorkerProcess) -> None:
        runtime = worker.loaded(self._pace.timeout_seconds)
        require_threads(worker.cell.threads, runtime)
        if runtime["source"] != self._sources.setdefault((arm, worker.cell), runtime["source"]):
            raise CellEnded("failed", "its file has changed since the first pair: leave it alone until the end")

    def _round(
        self, workers: Mapping[Arm, WorkerProcess], slices: Sequence[ArmSlice]
    ) -> tuple[dict[ArmSlice, float], bool]:
        """Seconds per step of each slice, and whether the machine was fast beside all. Raises SideEnded."""
        seconds, fast = {}, True
        for each in self._random.sample(slices, len(slices)):
            request = TakeSlice(("step",), self._pace.slice_seconds, each.slowdown)
            with self._blamed_on(each.arm):
                answer, said = take_slice(self._watch, workers[each.arm], request, self._pace.timeout_seconds, 0.0)
            seconds[each] = answer.seconds["step"]
            fast = fast and said.fast
        self._said.append(fast)
        return seconds, fast


def kept(rounds: Sequence[tuple[dict[ArmSlice, float], bool]], least_fast: int) -> list[dict[ArmSlice, float]]:
    """The rounds that count, of rounds with whether the machine was fast."""
    fast = [taken for taken, was_fast in rounds if was_fast]
    return fast if len(fast) >= least_fast else [taken for taken, _ in rounds]
