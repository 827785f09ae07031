"""The peak of a process's memory since a moment, read by the process itself."""

import resource
import sys
from contextlib import suppress
from pathlib import Path

STATUS, RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")
# What resource.getrusage counts in.
RUSAGE_UNIT = 1 if sys.platform == "darwin" else 1024


class PeakMemory:
    """Counts from where it is made. Without /proc a peak before that moment hides a lower one after it."""

    def __init__(self) -> None:
        self.forget()
        self._at_first = self._peak()

    def forget(self) -> None:
        """The peak becomes what is held now, where the system allows it; what was held at first remains."""
        with suppress(OSError):
            RESET.write_text("5")

    @property
    def bytes(self) -> int:
        """How much higher the peak is than what was held at first."""
        return max(0, self._peak() - self._at_first)

    def _peak(self) -> int:
        with suppress(OSError):
            for line in STATUS.read_text().splitlines():
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RUSAGE_UNIT
