"""The parent's end of the witness's process."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType

from bench.errors import UserError
from bench.worker.environment import ROOT, THREAD_VARIABLES

# The processors' numbers are places in this: what this process may use.
Reading = tuple[float, ...]


class WitnessProcess:
    """A context in which a process of its own does the witness's work."""

    def __init__(self, base: Mapping[str, str] = os.environ) -> None:
        paths = os.pathsep.join(filter(None, [str(ROOT), base.get("PYTHONPATH")]))
        # The processes of the work are forked, so no library may have started threads before.
        self._variables = {**base, **dict.fromkeys(THREAD_VARIABLES, "1"), "PYTHONPATH": paths}

    def __enter__(self) -> "WitnessProcess":
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.witness", str(os.getpid())],
            env=self._variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        return self

    def read(self) -> Reading:
        """Seconds of the fixed work on each processor, now. Raises UserError where the process has died."""
        assert self._process.stdin is not None and self._process.stdout is not None
        line = b""
        with suppress(BrokenPipeError):
            self._process.stdin.write(b"\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        if not line:
            _, said = self._process.communicate()
            last = (said.decode(errors="replace").strip().splitlines() or ["it said nothing"])[-1]
            raise UserError(f"the witness's process died ({last}): run `{sys.executable} -m bench.witness` to see why")
        return tuple(json.loads(line))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()
