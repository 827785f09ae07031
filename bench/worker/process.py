"""The parent's end of a worker process."""

import os
import select
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from bench.nets.net_file import NetFile
from bench.records.cell import Cell
from bench.records.record import CellEnded
from bench.worker.environment import worker_environment
from bench.worker.launch import HERE, Launch
from bench.worker.nuisances import padding
from bench.worker.protocol import Answer, Load, Request, answer_from_line, request_to_line

# Between closing its output and being gone a worker needs no longer than this.
CLOSING_SECONDS = 10.0


class WorkerProcess:
    """A fresh process for one cell, in a session of its own so that Ctrl-C reaches only the parent."""

    def __init__(
        self,
        cell: Cell,
        net: NetFile,
        folder: Path,
        threads: str | None = None,
        caches: Path | None = None,
        launch: Launch = HERE,
    ) -> None:
        """`threads` may be fewer than the cell's where nothing is timed; `caches` may be an earlier worker's."""
        folder.mkdir(parents=True)
        self._log = folder / "stderr"
        self._buffer = b""
        self._stopped = False
        variables = worker_environment(cell, net, caches or folder / "caches", threads or cell.threads, launch=launch)
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [launch.python, "-m", "bench.worker", str(os.getpid()), cell.threads],
                env={**variables, **padding(), "TMPDIR": str(folder.parent)},  # TensorFlow leaves files behind
                cwd=folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        self.load(cell, net)

    def load(self, cell: Cell, net: NetFile) -> None:
        """Makes the cell the worker's; a later one must need the same environment."""
        self.cell = cell
        self._loading = Load(
            path=str(net.path),
            framework=net.framework,
            cumulative=net.cumulative,
            keywords=net.variants[cell.variant],
            reference=net.reference.get(cell.workload, {}),
            workload=cell.workload,
            size=cell.size,
            dtype=cell.dtype,
            device=cell.device,
        )
        self.send(self._loading)

    def loaded(self, timeout_seconds: float) -> Mapping[str, Any]:
        """What the loaded frameworks say of their threads: the first answer. Raises CellEnded, also to skip."""
        return self.receive(self._loading, timeout_seconds).runtime

    def send(self, request: Request[Any]) -> None:
        """Queues a request, and wakes a worker that was stopped; the answers come in the order of the requests."""
        assert self._process.stdin is not None
        if self._stopped:
            self._signal(signal.SIGCONT)
            self._stopped = False
        with suppress(BrokenPipeError):  # it has died; receive() says of what
            self._process.stdin.write(request_to_line(request).encode() + b"\n")
            self._process.stdin.flush()

    def receive(self, request: Request[Answer], timeout_seconds: float) -> Answer:
        """The answer to the oldest request that has none yet.

        Raises CellEnded where the cell has come to an outcome, the net raised, the worker died, or time is up.
        """
        line = self._line(time.monotonic() + timeout_seconds)
        if line is None:
            self.kill()
            raise CellEnded("failed", f"no answer within {timeout_seconds:g} s; stopped")
        if not line:
            raise CellEnded("failed", self._cause_of_death())
        return answer_from_line(line, request)

    def ask(self, request: Request[Answer], timeout_seconds: float) -> Answer:
        """The answer to one request, where no other waits for its own. Raises CellEnded as receive() does."""
        self.send(request)
        return self.receive(request, timeout_seconds)

    def stop(self) -> None:
        """Keeps the worker from computing until its next request, with whatever it started.

        OpenBLAS's threads spin for about 90 ms after their last call, and would double the time of another worker's
        slice; a net may have threads of its own. Returns when the kernel has stopped the worker.
        """
        self._stopped = self._signal(signal.SIGSTOP)
        if self._stopped and hasattr(os, "waitid"):
            with suppress(ChildProcessError):
                os.waitid(os.P_PID, self._process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)

    def kill(self) -> None:
        """Ends the worker and whatever it started (compilers), and reaps it."""
        self._signal(signal.SIGKILL)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()

    def _signal(self, number: signal.Signals) -> bool:
        """To the worker and whatever it started; whether it was sent."""
        if self._process.returncode is None:  # a reaped process's number may be another's by now
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)
                return True
        return False

    def _line(self, deadline: float) -> bytes | None:
        """One line without its end; empty at the end of the stream, None when the deadline has passed."""
        assert self._process.stdout is not None
        descriptor = self._process.stdout.fileno()
        while b"\n" not in self._buffer:
            ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                return None
            chunk = os.read(descriptor, 1 << 16)
            if not chunk:
                return b""
            self._buffer += chunk
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line

    def _cause_of_death(self) -> str:
        try:
            code = self._process.wait(CLOSING_SECONDS)
        except subprocess.TimeoutExpired:
            return "the worker closed its end and went on"
        lines = self._log.read_text(errors="replace").strip().splitlines()
        last = f": {lines[-1].strip()}" if lines else ""
        if code < 0:
            known = {number.value: number.name for number in signal.Signals}
            return f"the worker died of signal {known.get(-code, -code)}{last}"
        return f"the worker exited with status {code}{last}"
