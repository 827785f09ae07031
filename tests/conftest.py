"""Nets that are wrong in every way a harness must survive, written to a folder like a user's own."""

import importlib
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy
import pytest

from bench.nets.net_file import discover
from bench.nets.selection import select, with_references
from bench.records.run import Run
from bench.records.settings import Settings
from bench.runner.job import new_run
from bench.runner.progress import Progress
from bench.runner.runner import Runner
from bench.workloads.size import Size

ROOT = Path(__file__).resolve().parent.parent
SMALL = Size(8, 16, 4, 2)
BRIEF = Settings(
    least_restarts=1, most_restarts=1, rounds=2, slice_seconds=0.002, timeout_seconds=20, patience_seconds=0.1
)
BRIEF_WORDS = ("--benchmark-min-rounds=2", "--benchmark-max-time=0.1", "-p", "no:cacheprovider")

NET = '''
"""NumPy's net, with a change."""

import os
import signal
import threading
import time

import numpy

from implementations.two_layer import numpy_manual

DTYPES = ("float32", "float64")


class TwoLayer(numpy_manual.TwoLayer):
{body}


NETS = {{"two_layer": TwoLayer}}
'''


# Rooms whose tests start commands, and take long.
LONG = ("pytest_plugin", "regression", "nets", "cli", "runner", "agreement")


def pytest_collection_modifyitems(items):
    """Long ones first, so that no process is left alone with them at the end."""
    items.sort(key=lambda item: item.path.parent.name not in LONG)


class StillMachine:
    """In place of the witness's process: a machine that is never slow, so that every round counts."""

    def __enter__(self):
        return self

    def read(self):
        return (1e-4,) * (os.cpu_count() or 1)

    def __exit__(self, *raised):
        pass


@pytest.fixture(autouse=True)
def still_machine(monkeypatch):
    monkeypatch.setattr("bench.witness.watch.WitnessProcess", StillMachine)


@pytest.fixture
def write_net(tmp_path: Path) -> Callable[..., Path]:
    """Writes a net that is NumPy's but for the given lines of its class body; returns its folder."""
    folder = tmp_path / "nets"
    folder.mkdir()

    def write(name: str, body: str) -> Path:
        indented = "\n".join(f"    {line}" for line in body.splitlines())
        (folder / f"{name}.py").write_text(NET.format(body=indented))
        return folder

    return write


class Silent(Progress):
    def __init__(self) -> None:
        pass

    def stage(self, name, cells):
        pass

    def left(self, seconds):
        pass

    def busy(self, slow_share):
        pass

    def left_out(self, records):
        pass

    def tell(self, record):
        pass


@pytest.fixture
def conduct() -> Callable[..., Run]:
    """Runs the engine on some nets, at a small size and briefly."""

    def run(
        folder: Path,
        *names: str,
        settings: Settings = BRIEF,
        sizes: Sequence[Size] = (SMALL,),
        save: Callable[[Run], None] = lambda run: None,
        checked: Sequence[str] = (),
    ) -> Run:
        nets = discover([folder])
        cells, besides = with_references(select(nets, names, sizes=sizes)), select(nets, checked, sizes=sizes)
        job = new_run(cells, settings, besides if checked else ())
        return Runner(job, nets, save, Silent()).check_and_time()

    return run


@pytest.fixture
def import_on_numpy(monkeypatch) -> Callable[[str], ModuleType]:
    """Imports one of CuPy's files with NumPy as its array module, since CuPy needs a GPU."""

    def load(name: str) -> ModuleType:
        dotted = f"implementations.{discover()[name].path.parent.name}.{name}"
        cupy = ModuleType("cupy")
        vars(cupy).update({name: value for name, value in vars(numpy).items() if not name.startswith("__")})
        stream = SimpleNamespace(synchronize=lambda: None)
        vars(cupy).update(fuse=lambda: lambda function: function)
        vars(cupy).update(asnumpy=numpy.asarray, cuda=SimpleNamespace(get_current_stream=lambda: stream))
        monkeypatch.setitem(sys.modules, "cupy", cupy)
        forget_cupys_files()
        module = importlib.import_module(dotted)
        forget_cupys_files()
        return module

    def forget_cupys_files() -> None:
        for name in [name for name in sys.modules if name.rpartition(".")[2].startswith("cupy_")]:
            folder, _, file = name.rpartition(".")
            monkeypatch.delitem(sys.modules, name)
            monkeypatch.delattr(sys.modules[folder], file)

    return load


@pytest.fixture
def fiftyx() -> Callable[..., subprocess.CompletedProcess[str]]:
    """The command as a user calls it, in a process of its own."""

    def call(*words: object, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "bench", *map(str, words)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment, timeout=300)

    return call


@pytest.fixture
def door(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """`pytest` as a user calls it at the root of the checkout, in a process of its own."""

    def call(*words: object) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
        command = [sys.executable, "-m", "pytest", *map(str, words), f"--benchmark-storage={tmp_path}"]
        return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, timeout=300)

    return call
