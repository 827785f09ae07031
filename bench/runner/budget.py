"""A budget of seconds, spent in units of work: another one begins only where the longest so far would still fit."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Budget:
    """Counts from the moment it is made. `clock` gives seconds; tests script it."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._clock = clock
        self._began = clock()
        self._longest = 0.0

    @property
    def spent(self) -> float:
        """Seconds since the budget was made."""
        return self._clock() - self._began

    @property
    def left(self) -> float:
        """Seconds that remain; negative where more was spent than there was."""
        return self.seconds - self.spent

    @property
    def longest(self) -> float:
        """Seconds of the longest unit so far; 0 before the first has ended."""
        return self._longest

    def room_for_another(self) -> bool:
        """Whether a unit as long as the longest so far would end within the budget."""
        return self.spent + self._longest <= self.seconds

    @contextmanager
    def unit(self) -> Iterator[None]:
        """Times one unit of work. One that raises does not count: it did not come to its end."""
        began = self._clock()
        yield
        self._longest = max(self._longest, self._clock() - began)
