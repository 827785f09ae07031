"""The pool of workers of one piece of work: none is left when it ends, however that comes about."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from bench.nets.net_file import NetFile
from bench.records.cell import Cell
from bench.worker.launch import HERE, Launch
from bench.worker.nuisances import folder_name
from bench.worker.process import WorkerProcess


@contextmanager
def temporary_caches() -> Iterator[Path]:
    """A folder for what frameworks compile, which outlives workers."""
    with tempfile.TemporaryDirectory(prefix="fiftyx-caches-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


class WorkerPool:
    """A context that opens workers, each in a temporary folder of its own."""

    def __init__(self, nets: Mapping[str, NetFile], launch: Launch = HERE) -> None:
        self._nets = nets
        self._launch = launch
        self._opened: list[WorkerProcess] = []

    def __enter__(self) -> "WorkerPool":
        self._folder = tempfile.TemporaryDirectory(prefix="fiftyx-", ignore_cleanup_errors=True)
        return self

    def open(self, cell: Cell, threads: str | None = None, caches: Path | None = None) -> WorkerProcess:
        """A fresh worker that loads the cell; see WorkerProcess."""
        place = Path(self._folder.name) / str(len(self._opened)) / folder_name()
        self._opened.append(WorkerProcess(cell, self._nets[cell.net], place, threads, caches, self._launch))
        return self._opened[-1]

    def load(self, worker: WorkerProcess, cell: Cell) -> None:
        """Has a worker go on to another cell of its process."""
        worker.load(cell, self._nets[cell.net])

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._opened:
            worker.kill()
        self._folder.cleanup()
