"""A child process that does not outlive its parent."""

import ctypes
import os
import signal
import sys
import threading
import time


def die_with(parent: int) -> None:
    """Ends this process with its parent, also while it hangs in native code and the parent is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # 1 is PR_SET_PDEATHSIG
        if os.getppid() != parent:
            os._exit(1)
        return

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
