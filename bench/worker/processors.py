"""Which processors the threads of a worker get, where they are fewer than there are."""

import os
from collections.abc import Callable, Collection
from itertools import zip_longest

from bench.host.processor import siblings


def in_turns(processors: Collection[int], siblings: Callable[[int], Collection[int]] = siblings) -> list[list[int]]:
    """One processor of each core, then one of their siblings each, and so on; CPU 0 after all others of its turn.

    Two threads on one core would share what is to be measured, and the system prefers CPU 0 for its own work. A
    processor whose siblings the system does not tell counts as a core.
    """
    cores: dict[frozenset[int], list[int]] = {}
    for processor in sorted(processors, key=lambda number: (number == 0, number)):
        cores.setdefault(frozenset(siblings(processor)) or frozenset([processor]), []).append(processor)
    turns = zip_longest(*sorted(cores.values(), key=lambda core: (0 in core, core[0])))
    return [[processor for processor in turn if processor is not None] for turn in turns]


# The processors this process may use at first, and the order in which threads get them.
TURNS = in_turns(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
ALLOWED = [processor for turn in TURNS for processor in turn]
