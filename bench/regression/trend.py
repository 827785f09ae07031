"""What changed in a history of runs.

Each cell's time over the reference net's of the same run is judged, for one fingerprint of a machine at a time. The
newest changes of a series are news if they are at least the margin and unlikely to be noise, corrected for the number
of series and for the looks of a year: of unchanged code that is looked at every night, at most one year in twenty has
a confirmed change among its news (Bonferroni; noise with heavy tails is beyond what permutations can tell and had 7% in
simulations, tests/benchmarks/trend_year.py). A change that most series beside one reference net
share is caused by no net, and neither is one that comes with a new fingerprint: both are reported as events.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from bench.host.fingerprint import differences
from bench.records.history import BESIDE, LOOK_ERROR, Change, Event, Past, Series, Trend
from bench.stats.changepoint import chance, changes_of_level, levelled
from bench.stats.holm import adjusted

MARGIN = 0.03
# For this many runs of its machine a change is news; later it is history.
NEWS_RUNS = 30
# A change is judged by at most this many runs before it: earlier ones may as well be another machine's.
REACH = 150
# "Most series" are most of at least this many, which move within this many runs of each other.
SEVERAL, TOGETHER = 3, 2


def judged(runs: Sequence[Past], left_out: Sequence[str] = (), margin: float = MARGIN) -> Trend:
    """The trend of a history, the oldest run first."""
    levels = [replace(series, changes=tuple(changes(series, margin))) for series in collected(runs)]
    marked = [replace(series, changes=tuple(with_shared(series, levels))) for series in levels]
    series = with_chances(marked, runs)
    events = sorted([*fingerprints(runs, series), *movements(series)], key=lambda event: event.run)
    return Trend(tuple(runs), tuple(series), tuple(events), margin, tuple(left_out))


def collected(runs: Sequence[Past]) -> list[Series]:
    """A series for each cell and conditions, in the order in which they first appear."""
    points: dict[tuple[tuple[str, str], str, str], list[tuple[int, float]]] = {}
    for place, run in enumerate(runs):
        for cell, (ratio, reference) in run.ratios.items():
            points.setdefault((run.conditions, cell, reference), []).append((place, ratio))
    return [
        Series(cell, reference, conditions, *zip(*ratios, strict=True))
        for (conditions, cell, reference), ratios in points.items()
    ]


def changes(series: Series, margin: float) -> list[Change]:
    """The changes of level, those below the margin joined to what they follow."""
    starts = [] if series.too_short else changes_of_level(series.logs)
    while starts:
        ends = [*starts, len(series.runs)]
        levels = [float(np.median(series.logs[start:end])) for start, end in pairwise([0, *ends])]
        steps = [after - before for before, after in pairwise(levels)]
        smallest = min(range(len(steps)), key=lambda place: abs(steps[place]))
        if abs(steps[smallest]) >= math.log1p(margin):
            return [Change(at, math.exp(step), end - at) for at, step, end in zip(starts, steps, ends[1:], strict=True)]
        del starts[smallest]
    return []


def with_shared(series: Series, all_series: Sequence[Series]) -> Iterator[Change]:
    """The changes of a series, shared ones marked: most series beside the same reference net moved along.

    Along is at least half as far: noise rarely does that in most series at once.
    """
    group = beside(series, all_series)
    for change in series.changes:
        moves = [moved for other in group if (moved := other.moved(series.runs[change.at]))]
        half = math.log(change.ratio) / 2
        along = [moved for moved in moves if math.log(moved) / half >= 1]
        yield replace(change, shared=len(group) >= SEVERAL and 2 * len(along) > len(moves))


def with_chances(all_series: Sequence[Series], runs: Sequence[Past]) -> list[Series]:
    """The series, with the chance of noise for each change that may be news, corrected for all series (Holm)."""
    news = [(place, change) for place, series in enumerate(all_series) for change in newest(series, runs)]
    without_news = set(range(len(all_series))) - {place for place, _ in news}
    # A series without news is a test too, whose answer is that it shows noise
    quiet = [1.0 for place in without_news if not all_series[place].too_short]
    tests = len(news) + len(quiet)
    corrected = adjusted([*(chance_of_noise(all_series[place], change, tests) for place, change in news), *quiet])
    chances = dict(zip(news, map(float, corrected), strict=False))
    return [
        replace(series, changes=tuple(replace(one, chance=chances.get((place, one))) for one in series.changes))
        for place, series in enumerate(all_series)
    ]


def beside(series: Series, all_series: Sequence[Series]) -> list[Series]:
    """The series that have its reference net and its conditions, itself among them."""
    mine = series.reference, series.conditions
    return [other for other in all_series if (other.reference, other.conditions) == mine]


def newest(series: Series, runs: Sequence[Past]) -> list[Change]:
    """The newest confirmed change, and those after it; only recent ones that are not shared."""
    name = series.conditions[0]
    of_machine = [place for place, run in enumerate(runs) if run.machine["name"] == name]
    since = of_machine[max(0, len(of_machine) - NEWS_RUNS)]
    recent: list[Change] = []
    for change in reversed(series.changes):
        if series.runs[change.at] < since or (recent and not recent[-1].provisional):
            break
        if not change.shared:
            recent.append(change)
    return recent


def chance_of_noise(series: Series, change: Change, tests: int) -> float:
    """How likely noise would look like this change, in a series that no other change disturbs."""
    others = [other.at for other in series.changes if other != change]
    start = max(0, change.at - REACH)
    # Enough permutations for the smallest chance that Holm's correction for this many tests asks for.
    return chance(levelled(series.logs, others)[start:], math.ceil(tests / LOOK_ERROR))


def fingerprints(runs: Sequence[Past], all_series: Sequence[Series]) -> Iterator[Event]:
    """An event for each fingerprint that a machine shows for the first time, except its first one."""
    last: dict[str, Past] = {}
    seen: set[tuple[str, str]] = set()
    for place, run in enumerate(runs):
        name = run.machine["name"]
        if name in last and run.conditions not in seen:
            changed = "; ".join(differences(last[name].machine, run.machine)) or "another fingerprint"
            yield Event(place, f"new conditions: {changed}", moved_into(place, last[name], runs, all_series))
        seen.add(run.conditions)
        last[name] = run


def moved_into(place: int, last: Past, runs: Sequence[Past], all_series: Sequence[Series]) -> dict[str, float]:
    """By what factor each series lies higher under the conditions of a run than it did under the last ones."""
    before = {series.cell: series for series in all_series if series.conditions == last.conditions}
    factors = {}
    for series in all_series:
        if series.conditions == runs[place].conditions and series.cell in before:
            earlier = before[series.cell]
            known = earlier.logs[: np.searchsorted(earlier.runs, place)][-BESIDE:]
            if len(known):
                factors[series.cell] = math.exp(float(np.median(series.logs[:BESIDE]) - np.median(known)))
    return factors


def movements(all_series: Sequence[Series]) -> Iterator[Event]:
    """An event for each time that most series beside one reference net moved together."""
    for first in {(series.reference, series.conditions): series for series in all_series}.values():
        group = beside(first, all_series)
        places = Counter(one.runs[change.at] for one in group for change in one.changes if change.shared)
        while places:
            run = max(places, key=lambda place: places[place])
            moved = {one.cell: factor for one in group if (factor := one.moved(run))}
            yield Event(run, f"most of {len(group)} series beside {first.reference} moved together", moved)
            places = Counter({place: count for place, count in places.items() if abs(place - run) > TOGETHER})
