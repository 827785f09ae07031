"""A worker's allocator: the same settings for all, and seen to be heeded."""

import os
import platform
import subprocess
import sys
from collections.abc import Mapping

import pytest

from bench.nets.net_file import discover
from bench.records.cell import Cell
from bench.worker.allocator import PINNED
from bench.worker.environment import worker_environment
from bench.worker.launch import HERE, Launch
from bench.worker.pool import WorkerPool
from tests.conftest import ROOT, SMALL

GLIBC = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the settings are glibc's")
# A launch's variables win over the settings for all.
OVERRULED = Launch(variables={"MALLOC_MMAP_MAX_": "65536"})


def probed(variables: Mapping[str, str]) -> str:
    """What a fresh process with these variables says of its allocator."""
    code = "from bench.worker.allocator import keeps_freed_memory; print(keeps_freed_memory())"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    answer = subprocess.run(
        [sys.executable, "-c", code], env={**clean, **variables}, capture_output=True, text=True, cwd=ROOT, check=True
    )
    return answer.stdout.strip()


@GLIBC
def test_only_all_settings_together_keep_an_array_that_is_freed_and_allocated_again():
    assert probed(PINNED) == "True"
    assert probed({}) == "False"
    for alone in PINNED:
        assert probed({alone: PINNED[alone]}) == "False"


@GLIBC
def test_the_highest_documented_mapping_threshold_does_not_keep_larger_arrays():
    assert probed({"MALLOC_TRIM_THRESHOLD_": "-1", "MALLOC_MMAP_THRESHOLD_": str(32 << 20)}) == "False"


def test_the_caller_s_own_allocator_settings_do_not_reach_a_worker(write_net, tmp_path):
    net = discover([write_net("plain", "pass")])["plain"]
    caller = {"MALLOC_MMAP_THRESHOLD_": "1", "MALLOC_ARENA_MAX": "1", "GLIBC_TUNABLES": "glibc.malloc.top_pad=1"}
    for allocator, expected in {"pinned": PINNED, "system": {}}.items():
        found = worker_environment(Cell("plain", allocator=allocator), net, tmp_path, "all", caller)
        assert {name: value for name, value in found.items() if "MALLOC" in name or name in caller} == expected


@GLIBC
@pytest.mark.parametrize(
    "allocator, launch, kept", [("pinned", HERE, True), ("system", HERE, False), ("pinned", OVERRULED, False)]
)
def test_a_worker_says_whether_its_allocator_keeps_freed_memory(allocator, launch, kept, write_net):
    with WorkerPool(discover([write_net("plain", "pass")]), launch) as pool:
        worker = pool.open(Cell("plain", size=SMALL, allocator=allocator))
        assert worker.loaded(60)["keeps_freed_memory"] is kept
