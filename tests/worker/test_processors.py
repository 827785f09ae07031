"""Which processors a worker's threads get, on machines that are made up."""

import pytest

from bench.worker.processors import in_turns

PAIRED = {0: {0, 4}, 4: {0, 4}, 1: {1, 5}, 5: {1, 5}, 2: {2, 6}, 6: {2, 6}, 3: {3, 7}, 7: {3, 7}}


@pytest.mark.parametrize(
    ("processors", "siblings", "expected"),
    [
        ([0, 1], {0: {0}, 1: {1}}, [[1, 0]]),
        (range(8), PAIRED, [[1, 2, 3, 4], [5, 6, 7, 0]]),
        ([0, 1, 2, 3], {0: {0, 1}, 1: {0, 1}, 2: {2, 3}, 3: {2, 3}}, [[2, 1], [3, 0]]),
        ([5], {5: {1, 5}}, [[5]]),
        ([0], {0: {0}}, [[0]]),
    ],
)
def test_distinct_cores_come_first_and_cpu_0_is_never_alone_where_there_is_another(processors, siblings, expected):
    assert in_turns(processors, lambda number: siblings[number]) == expected
