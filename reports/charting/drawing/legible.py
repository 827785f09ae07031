"""How many rows a chart can show and still be read."""

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
LEGIBLE = 24


def first(rows: Sequence[T]) -> Sequence[T]:
    """The rows that a chart shows."""
    return rows[:LEGIBLE]


def rest(rows: Sequence[T]) -> tuple[str, ...]:
    """The note of a chart that does not show all rows."""
    note = f"Shown are the first {LEGIBLE} of {len(rows)}; the table has every number."
    return (note,) if len(rows) > LEGIBLE else ()
