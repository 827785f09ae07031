"""Which rounds count, where something disturbed some of them."""

from collections import Counter
from collections.abc import Collection, Hashable, Mapping

from bench.records.record import Round


def counted_rounds(
    works: Mapping[Round, Hashable],
    disturbed: Collection[tuple[int, int]],
    least_rounds: int,
    witnessed: Collection[Round] = (),
) -> frozenset[Round]:
    """The undisturbed rounds of every restart that has `least_rounds` of these for a work.

    `works` is what each round did. A round counts for all its cells or for none: leaving out one cell's slice would
    favour it. Where there was a witness, a round without one was cut short, and a restart that has fewer does not
    count; in files from before it all its rounds do, if they are enough.
    """
    works = {key: work for key, work in works.items() if key in witnessed} if witnessed else works
    taken = Counter((key.restart, work) for key, work in works.items())
    clean = Counter((key.restart, work) for key, work in works.items() if key not in disturbed)

    def counts(key: Round) -> bool:
        restart = key.restart, works[key]
        if clean[restart] >= least_rounds:
            return key not in disturbed
        return not witnessed and taken[restart] >= least_rounds

    return frozenset(key for key in works if counts(key))
