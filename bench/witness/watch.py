"""Measuring while the machine is fast, by the witness's word alone.

A slice counts where the witness was fast just before it and just after it. What the net's own time was plays no part:
a rule that looked at it would flatter a net that disturbs itself. While the witness works every net is stopped, so no
net can make the witness slow either.
"""

import math
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import NamedTuple, TypeVar

import numpy as np

from bench.records.witness import SLOW
from bench.timing.sampling import Clock
from bench.witness.process import Reading, WitnessProcess

Answer = TypeVar("Answer")
# Readings to learn the fast state from, before anything is measured.
FIRST_READINGS = 300
# What the fast state is: as fast as this share of all readings, and no fewer than so many, so that a fluke is none.
FAST_SHARE, FAST_READINGS = 0.01, 10
# It is learnt again after so many, from the latest: a processor's clock may settle lower when it has become hot.
RELEARN, KEPT_READINGS = 100, 5000
# A reading that is older says nothing of what comes now.
FRESH_SECONDS = 0.01


class Witnessed(NamedTuple):
    """What the witness says of a slice: the slower of its two readings over the fast state.

    `fast_seconds` is that state, the mean over all processors, whichever of them the slice could use.
    """

    slowness: float
    fast_seconds: float

    @property
    def fast(self) -> bool:
        return self.slowness <= SLOW


class Watch:
    """`read` gives the seconds of the witness's work on each processor.

    Counts all readings, and the slow ones; the seconds that were waited for fast moments, repeated slices included, and
    those of the witness's work beside slices that were kept.
    """

    def __init__(self, read: Callable[[], Reading], clock: Clock = time.monotonic) -> None:
        self._read, self._clock = read, clock
        self._readings = deque((read() for _ in range(FIRST_READINGS)), KEPT_READINGS)
        self._read_at = self._clock()
        self._learn()
        self.readings = self.slow_readings = 0
        self.waiting_seconds = self.working_seconds = 0.0

    @property
    def processors(self) -> int:
        return len(self._fast)

    def measure(
        self, act: Callable[[], Answer], processors: Collection[int], patience_seconds: float
    ) -> tuple[Answer, Witnessed]:
        """What `act` gives in a fast moment of these processors, and what the witness says of it.

        Waits and repeats for at most `patience_seconds`; then the last answer is given as it is.
        """
        began = self._clock()
        end = began + patience_seconds
        fresh = began - self._read_at <= FRESH_SECONDS
        before = self._slowness(self._readings[-1], processors) if fresh else self._look(processors)
        while True:
            asked = self._clock()
            impatient = asked >= end
            if before <= SLOW or impatient:
                answer = act()
                answered = self._clock()
                after = self._look(processors)
                if max(before, after) <= SLOW or impatient:
                    self.waiting_seconds += asked - began
                    self.working_seconds += self._clock() - answered
                    return answer, Witnessed(max(before, after), math.fsum(self._fast) / len(self._fast))
                before = after
            else:
                before = self._look(processors)

    def _look(self, processors: Collection[int]) -> float:
        """A new reading's slowness."""
        self._readings.append(self._read())
        self._read_at = self._clock()
        self.readings += 1
        if self.readings % RELEARN == 0:
            self._learn()
        slowness = self._slowness(self._readings[-1], processors)
        self.slow_readings += slowness > SLOW
        return slowness

    def _slowness(self, reading: Reading, processors: Collection[int]) -> float:
        return max(reading[place] / self._fast[place] for place in processors)

    def _learn(self) -> None:
        """The fast state of each processor, from the readings that are kept."""
        seconds = np.array(self._readings)
        place = min(max(FAST_READINGS, int(FAST_SHARE * len(seconds))), len(seconds)) - 1
        self._fast = tuple(float(each) for each in np.partition(seconds, place, axis=0)[place])


@contextmanager
def watching() -> Iterator[Watch]:
    """A watch with a witness's process of its own."""
    with WitnessProcess() as process:
        yield Watch(process.read)
