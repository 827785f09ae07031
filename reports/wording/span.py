"""A value with the ends of its interval, where it is computed from several estimates."""

from typing import NamedTuple


class Span(NamedTuple):
    """A positive value and the ends of its 95% interval; 0 and infinity where the runs do not bound it."""

    value: float
    low: float
    high: float
