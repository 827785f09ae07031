"""A timer that reads what has been measured already."""

from collections.abc import Iterable, Iterator


class Replay:
    """A timer that gives pedantic() the recorded samples: it reads its timer twice a round."""

    __name__ = "fiftyx_replay"

    def __init__(self) -> None:
        self._readings: Iterator[float] = iter(())

    def load(self, samples: Iterable[float]) -> None:
        self._readings = iter([reading for seconds in samples for reading in (0.0, seconds)])

    def __call__(self) -> float:
        return next(self._readings)
