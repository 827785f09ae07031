"""A budget that is spent unit by unit, by a scripted clock."""

import pytest

from bench.runner.budget import Budget
from tests.helpers.scripted import Clock


@pytest.fixture
def clock():
    return Clock()


def take(budget: Budget, clock: Clock, seconds: float) -> None:
    with budget.unit():
        clock.now += seconds


def test_a_first_unit_has_room_in_any_budget(clock):
    assert Budget(0.0, clock).room_for_another()


def test_another_unit_has_room_as_long_as_the_longest_so_far_would_fit(clock):
    budget = Budget(10.0, clock)
    take(budget, clock, 4.0)
    take(budget, clock, 2.0)
    assert budget.longest == 4.0
    assert budget.room_for_another()
    clock.now += 0.5
    assert not budget.room_for_another()


def test_what_passes_between_units_is_spent_too(clock):
    clock.now = 100.0
    budget = Budget(10.0, clock)
    clock.now += 3.0
    take(budget, clock, 1.0)
    assert (budget.spent, budget.left, budget.longest) == (4.0, 6.0, 1.0)


def test_a_unit_that_raises_does_not_count(clock):
    budget = Budget(10.0, clock)
    with pytest.raises(ValueError), budget.unit():
        clock.now += 9.0
        raise ValueError
    assert (budget.spent, budget.longest) == (9.0, 0.0)
