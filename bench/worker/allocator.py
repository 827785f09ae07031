"""The C library's allocator: the settings that are alike for all workers, and whether a worker's heeds them."""

import ctypes
import resource
from collections.abc import Mapping

# By default glibc returns the freed top of the heap to the system, and maps large arrays anew at every step, or not,
# depending on what was freed before: NumPy's step is 1.8 times slower or faster by luck. -1 disables trimming and 0
# mapping (mallopt(3): M_TRIM_THRESHOLD, M_MMAP_MAX), for arrays of any size. A high M_MMAP_THRESHOLD would not do: it
# ends at 32 MiB, beyond which an older glibc refuses it, and then maps every array from 128 KiB on.
PINNED: Mapping[str, str] = {"MALLOC_TRIM_THRESHOLD_": "-1", "MALLOC_MMAP_MAX_": "0"}

# Larger than any threshold that glibc documents, and touched so seldom that huge pages are no fewer.
PROBE_BYTES, TOUCHED_EVERY = 40 << 20, 2 << 20
TRIALS = 5


def sets_allocator(variable: str) -> bool:
    """Whether an environment variable configures glibc's allocator; GLIBC_TUNABLES may."""
    return variable.startswith("MALLOC_") or variable == "GLIBC_TUNABLES"


def keeps_freed_memory() -> bool:
    """Whether an array that is freed and allocated again causes no page faults, at 40 MiB.

    Found by trying: a C library may know no such settings, and another allocator may be loaded in its place. Leaves
    the heap as it was.
    """
    library = ctypes.CDLL(None)
    library.malloc.restype, library.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
    library.free.argtypes = [ctypes.c_void_p]

    def allocate_and_free() -> None:
        address = library.malloc(PROBE_BYTES)
        for offset in range(0, PROBE_BYTES, TOUCHED_EVERY):
            ctypes.memset(address + offset, 1, 1)
        library.free(address)

    allocate_and_free()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(TRIALS):
        allocate_and_free()
    faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
    if hasattr(library, "malloc_trim"):
        library.malloc_trim(0)
    return faults < TRIALS * PROBE_BYTES / TOUCHED_EVERY / 2
