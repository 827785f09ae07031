"""What changed in a history of runs.

Judged is every cell's time over the reference net's of the same run, for one fingerprint of a machine at a time. The
newest changes of a series are news: those of the margin at least that noise could hardly make, corrected for the
number of series. What most series beside one reference net do together is no net's doing, and neither is what comes
with a new fingerprint: both are told as events.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from bench.host.machine import differences
from bench.records.history import BESIDE, Change, Event, Past, Series, Trend
from bench.stats.changepoint import chance, changes_of_level, levelled
from bench.stats.holm import ERROR, adjusted

MARGIN = 0.03
# So long, in runs of its machine, a change is news; later it is history.
NEWS_RUNS = 30
# So many runs before a change it is judged by: what came earlier came from another machine in all but name.
REACH = 150
# Of so many series at least it can be said that most of them moved; and so near each other, in runs, they may do it.
SEVERAL, TOGETHER = 3, 2


def judged(runs: Sequence[Past], left_out: Sequence[str] = (), margin: float = MARGIN) -> Trend:
    """The trend of a history, the oldest run first."""
    found = [replace(series, changes=tuple(changes(series, margin))) for series in collected(runs)]
    found = [replace(series, changes=tuple(marked(series, found))) for series in found]
    news = [(place, change) for place, series in enumerate(found) for change in newest(series, runs)]
    quiet = [1.0 for place, series in enumerate(found) if not series.too_short and place not in dict(news)]
    chances = [certainty(found[place], change, len(news) + len(quiet)) for place, change in news]
    told = dict(zip(news, map(float, adjusted([*chances, *quiet])), strict=False))
    found = [
        replace(series, changes=tuple(replace(one, chance=told.get((place, one))) for one in series.changes))
        for place, series in enumerate(found)
    ]
    happened = sorted([*fingerprints(runs, found), *movements(found)], key=lambda event: event.run)
    return Trend(tuple(runs), tuple(found), tuple(happened), margin, tuple(left_out))


def collected(runs: Sequence[Past]) -> list[Series]:
    """A series for each cell and conditions, in the order in which they first appear."""
    points: dict[tuple[tuple[str, str], str, str], list[tuple[int, float]]] = {}
    for place, run in enumerate(runs):
        for cell, (ratio, reference) in run.ratios.items():
            points.setdefault((run.conditions, cell, reference), []).append((place, ratio))
    return [
        Series(cell, reference, conditions, *zip(*found, strict=True))
        for (conditions, cell, reference), found in points.items()
    ]


def changes(series: Series, margin: float) -> list[Change]:
    """The changes of level, those below the margin joined to what they follow."""
    found = [] if series.too_short else changes_of_level(series.logs)
    while found:
        ends = [*found, len(series.runs)]
        levels = [float(np.median(series.logs[start:end])) for start, end in pairwise([0, *ends])]
        steps = [after - before for before, after in pairwise(levels)]
        smallest = min(range(len(steps)), key=lambda place: abs(steps[place]))
        if abs(steps[smallest]) >= math.log1p(margin):
            return [Change(at, math.exp(step), end - at) for at, step, end in zip(found, steps, ends[1:], strict=True)]
        del found[smallest]
    return []


def marked(series: Series, all_series: Sequence[Series]) -> Iterator[Change]:
    """The changes of a series, shared ones marked: most series beside the same reference net moved along.

    Along is at least half as far: noise rarely does that in most series at once.
    """
    group = beside(series, all_series)
    for change in series.changes:
        moves = [moved for other in group if (moved := other.moved(series.runs[change.at]))]
        half = math.log(change.ratio) / 2
        along = [moved for moved in moves if math.log(moved) / half >= 1]
        yield replace(change, shared=len(group) >= SEVERAL and 2 * len(along) > len(moves))


def beside(series: Series, all_series: Sequence[Series]) -> list[Series]:
    """The series that have its reference net and its conditions, itself among them."""
    mine = series.reference, series.conditions
    return [other for other in all_series if (other.reference, other.conditions) == mine]


def newest(series: Series, runs: Sequence[Past]) -> list[Change]:
    """The newest change that is confirmed, and what came after it, as far as they are recent and not shared."""
    name = series.conditions[0]
    of_machine = [place for place, run in enumerate(runs) if run.machine["name"] == name]
    since = of_machine[max(0, len(of_machine) - NEWS_RUNS)]
    found: list[Change] = []
    for change in reversed(series.changes):
        if series.runs[change.at] < since or (found and not found[-1].provisional):
            break
        if not change.shared:
            found.append(change)
    return found


def certainty(series: Series, change: Change, family: int) -> float:
    """How likely noise would look like this change, in a series that no other change disturbs."""
    others = [other.at for other in series.changes if other != change]
    start = max(0, change.at - REACH)
    # So many permutations tell the smallest chance that Holm's correction for the family asks for.
    return chance(levelled(series.logs, others)[start:], math.ceil(family / ERROR))


def fingerprints(runs: Sequence[Past], all_series: Sequence[Series]) -> Iterator[Event]:
    """An event for each fingerprint that a machine of some name shows for the first time, but for its first."""
    last: dict[str, Past] = {}
    seen: set[tuple[str, str]] = set()
    for place, run in enumerate(runs):
        name = run.machine["name"]
        if name in last and run.conditions not in seen:
            what = "; ".join(differences(last[name].machine, run.machine)) or "another fingerprint"
            yield Event(place, f"new conditions: {what}", moved_into(place, last[name], runs, all_series))
        seen.add(run.conditions)
        last[name] = run


def moved_into(place: int, last: Past, runs: Sequence[Past], all_series: Sequence[Series]) -> dict[str, float]:
    """By what factor each series lies higher under the conditions of a run than it did under the last ones."""
    before = {series.cell: series for series in all_series if series.conditions == last.conditions}
    found = {}
    for series in all_series:
        if series.conditions == runs[place].conditions and series.cell in before:
            earlier = before[series.cell]
            known = earlier.logs[: np.searchsorted(earlier.runs, place)][-BESIDE:]
            if len(known):
                found[series.cell] = math.exp(float(np.median(series.logs[:BESIDE]) - np.median(known)))
    return found


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
