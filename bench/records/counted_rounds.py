"""Which rounds count, where something disturbed some of them."""

from collections import Counter
from collections.abc import Collection, Hashable, Mapping

from bench.records.record import Round


def counted_rounds(
    works: Mapping[Round, Hashable], disturbed: Collection[tuple[int, int]], least_rounds: int
) -> frozenset[Round]:
    """The undisturbed rounds, and all of a restart that has fewer than `least_rounds` of these for some work.

    `works` is what each round did. A round counts for all its cells or for none: leaving out one cell's slice would
    favour it.
    """
    clean = Counter((key.restart, work) for key, work in works.items() if key not in disturbed)
    return frozenset(
        key for key, work in works.items() if key not in disturbed or clean[key.restart, work] < least_rounds
    )
