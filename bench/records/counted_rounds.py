"""Which rounds count, where something disturbed some of them."""

from collections import Counter
from collections.abc import Collection, Hashable, Mapping
from typing import TypeVar

# A round: its restart and its number within the run.
Key = TypeVar("Key", bound=tuple[int, int])


def counted_rounds(
    works: Mapping[Key, Hashable], disturbed: Collection[tuple[int, int]], least_rounds: int
) -> frozenset[Key]:
    """Of rounds with the work they did: the undisturbed ones, and all of a restart that has too few of these of a work.

    Too few are less than `least_rounds`. A round counts for all its cells or for none: leaving out one cell's slice
    would favour it.
    """
    clean = Counter((key[0], work) for key, work in works.items() if key not in disturbed)
    return frozenset(key for key, work in works.items() if key not in disturbed or clean[key[0], work] < least_rounds)
