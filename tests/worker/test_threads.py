"""Whether a worker keeps to the threads it was given."""

import pytest

from bench.records.health import Health
from bench.records.record import CellEnded
from bench.worker.threads import require_threads

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
