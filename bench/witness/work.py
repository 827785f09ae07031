"""The witness's work: on every processor the same small matrix product, by a process that is pinned there.

A product that stays in the second-level cache runs at one rate on a free core. It takes 1.2 to 2 times as long while a
neighbour computes on the core's other hardware thread, or while the process is switched off, which no counter of this
machine need show. The processes are forked, so that one import of NumPy serves them all, and they wait for a pipe in
between, so that they disturb nothing.
"""

import os
import struct
import time
from collections.abc import Sequence

import numpy as np

# 8 million floating-point operations: about 0.1 ms on one core.
ROWS, WIDTH = 1024, 64
# The first product of a reading fills the caches and is not timed.
PRODUCTS = 2


class Products:
    """The product on the processor that the process runs on."""

    def __init__(self) -> None:
        self._x, self._w = np.ones((ROWS, WIDTH), "float32"), np.ones((WIDTH, WIDTH), "float32")
        self._y = np.empty((ROWS, WIDTH), "float32")

    def seconds(self) -> float:
        """Of one product, the mean of a few."""
        np.dot(self._x, self._w, out=self._y)
        began = time.perf_counter()
        for _ in range(PRODUCTS):
            np.dot(self._x, self._w, out=self._y)
        return (time.perf_counter() - began) / PRODUCTS


class OnEveryProcessor:
    """Forks a process for each processor; those of one turn, on cores of their own, work at once.

    BLAS must have one thread.
    """

    def __init__(self, turns: Sequence[Sequence[int]]) -> None:
        self._turns = [[self._start(processor) for processor in turn] for turn in turns]

    def read(self) -> list[float]:
        """Seconds of a product on each processor, turn by turn."""
        seconds = []
        for turn in self._turns:
            for start, _ in turn:
                os.write(start, b"x")
            seconds += [struct.unpack("d", os.read(answer, 8))[0] for _, answer in turn]
        return seconds

    def _start(self, processor: int) -> tuple[int, int]:
        (asked, start), (answer, says) = os.pipe(), os.pipe()
        if os.fork():
            os.close(asked)
            os.close(says)
            return start, answer
        try:
            os.close(start)
            os.close(answer)
            if hasattr(os, "sched_setaffinity"):
                os.sched_setaffinity(0, {processor})
            products = Products()
            while os.read(asked, 1):  # nothing any more when the other end is gone
                os.write(says, struct.pack("d", products.seconds()))
        finally:
            os._exit(0)
