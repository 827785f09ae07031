"""One live pair: fresh workers of base and head, and a second one of the base, measured in interleaved slices."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from bench.cell import Cell
from bench.launch import HERE, Launch
from bench.netfile import NetFile
from bench.process import CellEnded
from bench.threads import overshoot
from bench.workshop import Workshop

Arm = Literal["base", "head", "control"]


@dataclass(frozen=True)
class Side:
    """What is compared: nets, and how their workers are started; `label` names it in messages."""

    label: str
    nets: Mapping[str, NetFile]
    launch: Launch = HERE


class Visit(NamedTuple):
    """One slice of every round: whose, and slowed down by which share."""

    arm: Arm
    planted: float = 0.0


BASE, HEAD, CONTROL = Visit("base"), Visit("head"), Visit("control")
VISITS = (BASE, HEAD, CONTROL)


@dataclass(frozen=True)
class Pace:
    """How a pair is measured: short slices, since what moves its value lies between pairs and not within one."""

    rounds: int = 8
    slice_seconds: float = 0.02
    timeout_seconds: float = 120.0


class LivePair:
    """Measures pairs of a base and a head; what the frameworks compile is kept for the next pair, each arm's apart."""

    def __init__(self, base: Side, head: Side, caches: Path, pace: Pace = Pace()) -> None:
        self._sides: dict[Arm, Side] = {"base": base, "head": head, "control": base}
        self._caches = caches
        self._pace = pace
        self._random = random.Random()

    def measure(self, cell: Cell, visits: Sequence[Visit] = VISITS, suspect: bool = False) -> dict[Visit, list[float]]:
        """Seconds per step of every visit, round by round.

        Nets that are still `suspect` must show that their wait waits. Raises CellEnded where an arm fails.
        """
        base, head = self._sides["base"], self._sides["head"]
        with Workshop(base.nets, base.launch) as at_base, Workshop(head.nets, head.launch) as at_head:
            shops = {"base": at_base, "head": at_head, "control": at_base}
            arms = self._random.sample(list(self._sides), len(self._sides))
            workers = {arm: shops[arm].open(cell, caches=self._folder(arm, cell)) for arm in arms}

            def told(arm: Arm, question: str = "", **arguments: Any) -> Any:
                """An arm's next answer."""
                try:
                    if not question:
                        return workers[arm].loaded(self._pace.timeout_seconds)
                    workers[arm].send(question, **arguments)
                    return workers[arm].receive(self._pace.timeout_seconds)
                except CellEnded as end:
                    raise CellEnded(end.outcome, f"{self._sides[arm].label}: {end.reason}") from end

            for arm in arms:
                if reason := overshoot(cell.threads, told(arm)):
                    raise CellEnded("failed", f"{self._sides[arm].label}: {reason}")
            for arm in arms:
                if "late" in told(arm, "start", suspect=suspect, step_only=True):
                    raise CellEnded("wrong", f"{self._sides[arm].label}: wait() returned before the work was done")
            seconds: dict[Visit, list[float]] = {visit: [] for visit in visits}
            for _ in range(self._pace.rounds):
                for visit in self._random.sample(visits, len(visits)):
                    answer = told(visit.arm, "slice", seconds=self._pace.slice_seconds, planted=visit.planted)
                    seconds[visit].append(answer["seconds"]["step"])
            return seconds

    def _folder(self, arm: Arm, cell: Cell) -> Path:
        folder = self._caches / f"{arm}-{cell.id}"
        folder.mkdir(exist_ok=True)
        return folder
