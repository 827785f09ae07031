"""Which processors the threads of a worker get, where they are fewer than there are."""

import os
import re
from collections.abc import Callable, Collection
from contextlib import suppress
from itertools import zip_longest
from pathlib import Path

SIBLINGS = "/sys/devices/system/cpu/cpu{}/topology/thread_siblings_list"


def siblings(processor: int) -> frozenset[int]:
    """The hardware threads of a processor's core, itself among them; itself alone where the system does not tell."""
    found = {processor}
    with suppress(OSError):
        for first, last in re.findall(r"(\d+)(?:-(\d+))?", Path(SIBLINGS.format(processor)).read_text()):
            found |= set(range(int(first), int(last or first) + 1))
    return frozenset(found)


def in_turns(processors: Collection[int], siblings: Callable[[int], Collection[int]] = siblings) -> list[list[int]]:
    """One processor of each core, then one of their siblings each, and so on; CPU 0 after all others of its turn.

    Two threads on one core would share what is to be measured, and the system prefers CPU 0 for its own work.
    """
    cores: dict[frozenset[int], list[int]] = {}
    for processor in sorted(processors, key=lambda number: (number == 0, number)):
        cores.setdefault(frozenset(siblings(processor)), []).append(processor)
    turns = zip_longest(*sorted(cores.values(), key=lambda core: (0 in core, core[0])))
    return [[processor for processor in turn if processor is not None] for turn in turns]


# The processors this process may use at first, and the order in which threads get them.
TURNS = in_turns(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
ALLOWED = [processor for turn in TURNS for processor in turn]
