"""One live pair: fresh workers of base and head, and a second one of the base, measured in interleaved slices."""

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import fmean
from typing import Literal, NamedTuple

from bench.nets.net_file import NetFile
from bench.records.cell import Cell
from bench.records.health import Health, disturbances
from bench.records.record import CellEnded
from bench.regression.ended import Ended, SideEnded
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
# The share of workers that are quiet after their slice where nothing is wrong.
MOSTLY = 0.9


@dataclass(frozen=True)
class Pace:
    """How a pair is measured: short slices, since what moves its value lies between pairs and not within one."""

    rounds: int = 8
    slice_seconds: float = 0.02
    timeout_seconds: float = 120.0


class LivePair:
    """Measures pairs of a base and a head; what the frameworks compile is kept for the next pair, each arm's apart."""

    def __init__(self, base: Side, head: Side, caches: Path, pace: Pace = Pace()) -> None:
        control = replace(base, launch=base.control or base.launch)
        self._sides: dict[Arm, Side] = {"base": base, "head": head, "control": control}
        self._caches = caches
        self._pace = pace
        self._random = random.Random()
        self._sources: dict[tuple[Arm, Cell], str] = {}
        self._healths: list[Health] = []

    @property
    def disturbances(self) -> tuple[str, ...]:
        """What disturbed the slices so far, taken together: one alone is too short to tell."""
        seen = self._healths
        if not seen:
            return ()
        stolen, others = fmean(health.stolen_cores for health in seen), fmean(health.others_cores for health in seen)
        return disturbances(fmean(health.quiet for health in seen) > MOSTLY, stolen, others)

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
            for arm in arms:
                with self._blamed_on(arm):
                    workers[arm].ask(Prepare(suspect, step_only=True), self._pace.timeout_seconds)
            seconds: dict[ArmSlice, list[float]] = {each: [] for each in slices}
            for _ in range(self._pace.rounds):
                for each in self._random.sample(slices, len(slices)):
                    with self._blamed_on(each.arm):
                        seconds[each].append(self._slice(workers[each.arm], each.slowdown))
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

    def _slice(self, worker: WorkerProcess, slowdown: float) -> float:
        answer = worker.ask(TakeSlice(self._pace.slice_seconds, slowdown), self._pace.timeout_seconds)
        self._healths.append(answer.health)
        return answer.seconds["step"]
