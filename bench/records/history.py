"""A history as data: its runs, the series of every cell, and what changed in them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.stats.changepoint import LEAST_RUNS
from bench.stats.holm import ERROR

# The share of years in which unchanged code is confirmed news though it is looked at every night; and so the chance of
# noise up to which a confirmed change is news at each look (Bonferroni over the looks of a year).
YEARLY_ERROR, LOOKS = 0.05, 365
LOOK_ERROR = YEARLY_ERROR / LOOKS
# The run in which a change appears, and four that confirm it: fewer are too often outliers in a row.
CONFIRMED_RUNS = 5
# How far a series moved is the difference of its medians over this many runs on either side.
BESIDE = 10


@dataclass(frozen=True)
class Past:
    """One run: when, of what, where, the seconds of its reference nets, and every other cell's over its reference's.

    `ratios` maps a cell's id to that ratio and the id of the reference, `frameworks` to the framework of its net.
    """

    path: str
    started: str
    commit: str
    machine: Mapping[str, Any]
    seconds: Mapping[str, float]
    ratios: Mapping[str, tuple[float, str]]
    frameworks: Mapping[str, str] = field(default_factory=dict)

    @property
    def conditions(self) -> tuple[str, str]:
        """Name and fingerprint of the machine: one series has both the same."""
        return self.machine["name"], self.machine["fingerprint"]


@dataclass(frozen=True)
class Change:
    """A new level of a series, which begins at position `at` and has lasted for `runs`; `ratio` is new over old.

    `chance` is how likely noise would look like it, corrected for all series; None for a change that is no news.
    `shared` says that most series moved along.
    """

    at: int
    ratio: float
    runs: int
    shared: bool = False
    chance: float | None = None

    @property
    def certain(self) -> bool:
        """Whether it is news; a provisional change is a hint, to which the rate of a year does not apply."""
        return self.chance is not None and self.chance <= (ERROR if self.provisional else LOOK_ERROR)

    @property
    def provisional(self) -> bool:
        return self.runs < CONFIRMED_RUNS

    @property
    def kind(self) -> str:
        """`slower` or `faster`; `provisionally slower` until it is confirmed."""
        direction = "slower" if self.ratio > 1 else "faster"
        return f"provisionally {direction}" if self.provisional else direction


@dataclass(frozen=True)
class Series:
    """One cell's seconds over its reference net's under one fingerprint; `runs` are places in the history."""

    cell: str
    reference: str
    conditions: tuple[str, str]
    runs: tuple[int, ...]
    ratios: tuple[float, ...]
    changes: tuple[Change, ...] = ()

    @cached_property
    def logs(self) -> NDArray[np.float64]:
        return np.log(self.ratios)

    @property
    def too_short(self) -> bool:
        return len(self.runs) < LEAST_RUNS

    def moved(self, run: int) -> float | None:
        """By what factor it lies higher from this run of the history on than before; None at either end."""
        place = int(np.searchsorted(self.runs, run))
        before, after = self.logs[max(0, place - BESIDE) : place], self.logs[place : place + BESIDE]
        return float(np.exp(np.median(after) - np.median(before))) if len(before) and len(after) else None


@dataclass(frozen=True)
class Event:
    """What happened to a machine, from this run of the history on, and the factor by which each series moved then."""

    run: int
    what: str
    moved: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Trend:
    """A judged history; changes below `margin` are ignored, `left_out` says which files could not be read, and why."""

    runs: tuple[Past, ...]
    series: tuple[Series, ...]
    events: tuple[Event, ...]
    margin: float
    left_out: tuple[str, ...] = ()

    @property
    def news(self) -> list[tuple[Series, Change]]:
        """What changed lately: confirmed changes first, of each kind the largest slowdown first."""
        news = [(series, change) for series in self.series for change in series.changes if change.certain]
        return sorted(news, key=lambda pair: (pair[1].provisional, -pair[1].ratio))

    @property
    def headline(self) -> str:
        """The answer in one sentence."""
        machines = {run.machine["name"] for run in self.runs}
        history = f"{counted(len(self.runs), 'run')} of {counted(len(machines), 'machine')}"
        judged = sum(not series.too_short for series in self.series)
        if not judged:
            return f"Nothing can be judged yet: {history}, and no cell has {LEAST_RUNS} of them under one fingerprint."
        kinds = Counter(change.kind for _, change in self.news)
        news = ", ".join(f"{count} {kind}" for kind, count in kinds.items()) or "Nothing changed lately"
        return f"{news}, of {judged:,} series in {history}."

    def summary(self, event: Event) -> str:
        """An event in a line: what happened, how many series it moved, and the one it moved most."""
        far = {cell: factor for cell, factor in event.moved.items() if max(factor, 1 / factor) > 1 + self.margin}
        if not far:
            return event.what
        most = max(far, key=lambda cell: max(far[cell], 1 / far[cell]))
        counts = f"{len(far)} of {len(event.moved)} series moved by more than {self.margin:.0%}"
        return f"{event.what}; {counts}, most of all {most}, {far[most] - 1:+.1%}"

    @property
    def slower(self) -> list[tuple[Series, Change]]:
        """The confirmed slowdowns among the news."""
        return [pair for pair in self.news if pair[1].ratio > 1 and not pair[1].provisional]

    @property
    def status(self) -> int:
        """The exit status: 1 where something became slower, 3 where every series is too short, else 0."""
        return 1 if self.slower else 3 if all(series.too_short for series in self.series) else 0


def counted(number: int, noun: str) -> str:
    """`1 run`, `2 runs`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
