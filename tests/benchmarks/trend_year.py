"""A year of nightly looks: how often noise alone is news, and after how many nights a step is.

    python tests/benchmarks/trend_year.py [SERIES]

Histories of 8 made-up series, looked at after each of the runs 30 to 395 as `trend` does. False alarms: the share of
years in which a confirmed change, slower or faster, is news in any series. Steps: how many nights after a step of so
many standard deviations, which comes after 60, 120 or 240 runs, it is confirmed news; "missed" has not become so
within 30 nights. Each series is judged alone, with the correction for 8, and without a margin, which
would hide false alarms of less than 3%.

For speed, permutations are left out where a split is so ordinary that they would not make it a candidate.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from bench.records.history import CONFIRMED_RUNS, LOOK_ERROR, LOOKS, Past
from bench.regression.trend import chance_of_noise, changes, collected, newest
from bench.stats import changepoint
from bench.stats.changepoint import LEAST_RUNS, OUTLYING, Floats, best_split, block_lengths, chance, kept_by_blocks
from tests.helpers.histories import KINDS, SCATTER, history, noise

SERIES, NIGHTS, NEAR = 8, 30, 3
# Chances in any of the series up to which a change is news: at each look alone, and a twentieth over a year.
LEVELS = {"1% a look": 0.01, "5% a year": LOOK_ERROR}
STEPS, AFTER = (2.5, 4.0), (60, 120, 240)
# Of an F below this the chance is more than 2% (599 permutations of 571 such series: 2.3% at least).
ORDINARY = 10.0


def remarkable(window: Floats) -> Floats:
    """Which series (rows) have a split that may be a candidate."""
    median = np.median(window, axis=1, keepdims=True)
    reach = OUTLYING * 1.4826 * np.median(abs(window - median), axis=1, keepdims=True)
    window, clear = np.clip(window, median - reach, median + reach), np.ones(len(window), bool)
    for length in block_lengths(window.shape[1]):
        blocks = window[:, window.shape[1] % length :].reshape(len(window), -1, length)
        places, statistics = best_split(blocks)
        for row in np.flatnonzero(clear):
            left = blocks[row].reshape(-1).copy()
            left[: places[row]] -= left[: places[row]].mean()
            left[places[row] :] -= left[places[row] :].mean()
            clear[row] = statistics[row] * kept_by_blocks(left, length) >= ORDINARY
    return clear


def windows(values: Floats) -> Iterator[Floats]:
    """All runs, their newer half, and the newer half of that, as `next_change` takes them."""
    begin, runs = 0, values.shape[1]
    while runs - begin >= LEAST_RUNS:
        yield values[:, begin:]
        begin = (begin + runs) // 2


def quick_chance(values: Floats, permutations: int) -> float:
    """`chance`, without permutations where there can be no candidate."""
    return chance(values, permutations) if remarkable(values[None])[0] else 1.0


def news(runs: list[Past]) -> Iterator[tuple[int, float]]:
    """Where each confirmed recent change of the only series begins, and its chance, corrected for 8 series."""
    (series,) = collected(runs)
    series = replace(series, changes=tuple(changes(series, 0.0)))
    for change in newest(series, runs):
        if not change.provisional:
            yield change.at, SERIES * chance_of_noise(series, change, SERIES)


def looks(values: Floats, nights: range) -> Iterator[tuple[int, int, int, float]]:
    """(series, night, where, chance) of each confirmed recent change at each look."""
    histories: dict[int, list[Past]] = {}
    for night in nights:
        candidates = np.any([remarkable(window) for window in windows(values[:, :night])], axis=0)
        for row in map(int, np.flatnonzero(candidates)):
            if row not in histories:
                histories[row] = history(SCATTER * values[row, :, None])
            with patch.object(changepoint, "chance", quick_chance):
                found = list(news(histories[row][:night]))
            yield from ((row, night, at, p_value) for at, p_value in found)


def false_alarms(kind: str, count: int) -> dict[str, float]:
    """For each level the share of years, of 8 series each, in which noise is news."""
    values = noise(kind, LEAST_RUNS + LOOKS, count, np.random.default_rng(7)).T
    least = np.ones(count)
    for row, _, _, p_value in looks(values, range(LEAST_RUNS, LEAST_RUNS + LOOKS + 1)):
        least[row] = min(least[row], p_value)
    return {name: float((least <= level).sum()) for name, level in LEVELS.items()}


def delays(kind: str, count: int, size: float, after: int) -> dict[str, Floats]:
    """For each level the nights until each step is confirmed news; infinite where that takes longer than NIGHTS."""
    values = noise(kind, after + NIGHTS, count, np.random.default_rng(11)).T
    values[:, after:] += size
    nights = {name: np.full(count, np.inf) for name in LEVELS}
    for row in range(count):
        night = after + CONFIRMED_RUNS
        while night <= after + NIGHTS and any(np.isinf(each[row]) for each in nights.values()):
            for _, _, at, p_value in looks(values[row : row + 1], range(night, night + 1)):
                for name, level in LEVELS.items():
                    if p_value <= level and abs(at - after) <= NEAR:
                        nights[name][row] = min(nights[name][row], night - after)
            night += 1
    return nights


def main() -> None:
    (count,) = map(int, sys.argv[1:] or ("400",))
    for kind in KINDS:
        for name, alarms in false_alarms(kind, count).items():
            yearly = 1 - (1 - alarms / count) ** SERIES
            print(
                f"{kind:13} {name}: {alarms:.0f} of {count} series alarm in a year, {yearly:.1%} of years", flush=True
            )
    for kind in KINDS:
        for size in STEPS:
            for after in AFTER:
                for name, nights in delays(kind, count // 8, size, after).items():
                    middle, late = np.quantile(nights, [0.5, 0.8], method="higher")
                    missed = np.isinf(nights).mean()
                    print(
                        f"{kind:13} {name}: a step of {size} sd after {after} runs is news after {middle:.0f} nights,"
                        f" in 80% after {late:.0f}; missed {missed:.0%}",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
