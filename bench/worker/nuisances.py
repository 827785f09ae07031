"""What ought to make no difference to a worker, and does: drawn anew for each, so that restarts sample it.

The size of the environment moves the stack, early allocations move the heap, and long paths do both: code and arrays
then lie otherwise against cache lines and pages, and steps take a few percent more or less (Mytkowicz et al.,
"Producing wrong data without doing anything obviously wrong", 2009).
"""

import random
from collections.abc import Mapping

MOST_PADDING, MOST_NAME, MOST_ALLOCATION = 4096, 64, 1 << 20


def padding() -> Mapping[str, str]:
    """A variable that makes the environment larger by some bytes."""
    return {"FIFTYX_PADDING": "x" * random.randrange(MOST_PADDING)}


def folder_name() -> str:
    """The name of a worker's folder, of some length."""
    return "x" * random.randrange(1, MOST_NAME)


def allocation() -> bytearray:
    """Some memory, to be held for as long as the worker lives."""
    return bytearray(random.randrange(MOST_ALLOCATION))
