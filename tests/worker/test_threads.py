"""Whether a worker keeps to the threads it was given."""

import os
import subprocess
import sys

import pytest

from bench.records.health import Health
from bench.records.record import CellEnded
from bench.worker.processors import in_turns
from bench.worker.threads import require_threads
from tests.conftest import ROOT

WIDE = {"thread_pools": ["openblas 0.3 x2"], "widest_pool": 2}
NARROW = {"thread_pools": ["openblas 0.3 x1"], "widest_pool": 1}


def test_a_worker_that_keeps_to_its_threads_goes_on():
    require_threads("all", WIDE, Health(0, 0, own_cores=2.0))
    require_threads("2", WIDE, Health(0, 0, own_cores=2.1))


def test_a_thread_pool_that_is_wider_fails_the_cell():
    with pytest.raises(CellEnded, match="has 2 threads where --threads 1 was asked for"):
        require_threads("1", WIDE)


def test_threads_that_no_pool_shows_are_found_by_the_processors_they_keep_busy():
    with pytest.raises(CellEnded, match=r"2\.0 processors busy"):
        require_threads("1", NARROW, Health(0, 0, own_cores=2.0))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere processes cannot be bound to processors")
def test_workers_of_one_thread_are_timed_on_the_same_processor_wherever_they_have_loaded():
    code = """
import os, threading
from bench.worker.threads import confine
confine("1", loading=True)
threading.Thread(target=threading.Event().wait, daemon=True).start()  # such as a framework starts
confine("1")
print({cpu for task in os.listdir("/proc/self/task") for cpu in os.sched_getaffinity(int(task))})
"""
    first = {in_turns(os.sched_getaffinity(0))[0][0]}
    for _ in range(3):
        answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
        assert answer.stdout == f"{first}\n"
