"""The step times of a run, cut out of its file.

A thousand runs of a hundred cells are more than a gigabyte, most of it phases, latencies and samples of no use to a
trend. So the file is not read as a run: only the entries of whole steps are cut out of `benchmarks[]`, and what is
needed of the rest is parsed. The numbers are those of `Run`, rounds that do not count left out alike.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.files.run_json import FORMAT, health_table
from bench.records.cell import Cell
from bench.records.health import Health
from bench.records.run import Settings
from bench.workloads.size import Size

Floats = NDArray[np.float64]
DECODER = json.JSONDecoder()
# Inside a JSON string a quotation mark has a backslash before it, so this is an entry's phase and nothing else.
STEP = re.compile(r'"phase":\s*"step"')
# What a slice is judged by; the rest of its health differs from slice to slice.
JUDGED = ("quiet", "stolen_cores", "others_cores", "gpu_throttled", "gpu_others")


@dataclass(frozen=True)
class StepTable:
    """Logarithms of the seconds per step: a line for each cell, a column for each round that counts, or NaN.

    `references` has the place of every cell's reference net, or -1 where it is not there; `restarts` the restart of
    each column.
    """

    cells: tuple[str, ...]
    references: NDArray[np.int64]
    restarts: NDArray[np.int64]
    logs: Floats
    least_rounds: int

    @classmethod
    def of(cls, text: str) -> "StepTable":
        """Reads a run file's text. What is not one raises ValueError, KeyError, TypeError or IndexError."""
        ours = value(text, "fiftyx")
        if ours["format"] != FORMAT:
            raise ValueError(f"format {ours['format']}")
        found = list(entries(text))
        works = {
            (restart, number): (restart, info["workload"], info["size"])
            for info, _ in found
            for restart, number in info["rounds"]
        }
        keys = sorted(works)
        column = {key: place for place, key in enumerate(keys)}
        logs = np.full((len(found), len(keys)), np.nan)
        for line, (info, data) in zip(logs, found, strict=True):
            line[[column[restart, number] for restart, number in info["rounds"]]] = np.log(data)
        cells = tuple(info["cell"] for info, _ in found)
        place = {name: number for number, name in enumerate(cells)}
        references = np.array([place.get(reference(info), -1) for info, _ in found], int)
        least_rounds = Settings(**ours["settings"]).least_rounds
        counted = counting(works, disturbed(ours["cells"]), least_rounds)
        restarts = np.array([restart for restart, _ in keys], int)[counted]
        return cls(cells, references, restarts, logs[:, counted], least_rounds)

    @property
    def seconds(self) -> dict[str, float]:
        """Seconds per step of each reference net."""
        times = np.exp(self.centre(self.logs))
        return {self.cells[place]: float(times[place]) for place in sorted(set(self.references) - {-1})}

    @property
    def ratios(self) -> dict[str, tuple[float, str]]:
        """Seconds of every other cell over those of its reference net, round by round, and the reference's name."""
        others = (self.references >= 0) & (self.references != np.arange(len(self.cells)))
        ratios = np.exp(self.centre(self.logs[others] - self.logs[self.references[others]]))
        places = zip(np.flatnonzero(others), ratios, strict=True)
        return {
            self.cells[place]: (float(ratio), self.cells[self.references[place]])
            for place, ratio in places
            if np.isfinite(ratio)
        }

    def centre(self, logs: Floats) -> Floats:
        """The mean over the restarts of each one's median, of every line; NaN where no restart has enough rounds."""
        total, restarts = np.zeros(len(logs)), np.zeros(len(logs))
        for restart in np.unique(self.restarts):
            rounds = np.sort(logs[:, self.restarts == restart], axis=1)  # NaN comes last
            count = np.sum(~np.isnan(rounds), axis=1)
            middle = np.stack([(count - 1) // 2, count // 2], axis=1)
            medians = np.take_along_axis(rounds, np.maximum(middle, 0), axis=1).mean(axis=1)
            enough = count >= self.least_rounds
            total += np.where(enough, medians, 0.0)
            restarts += enough
        with np.errstate(invalid="ignore"):
            return total / restarts


def value(text: str, key: str) -> Any:
    """The value of the document's first such key."""
    found = re.search(rf'"{key}":\s*', text)
    if found is None:
        raise KeyError(key)
    read, end = DECODER.raw_decode(text, found.end())
    if not text[end : end + 80].strip():
        raise ValueError("the document's own brace does not close")
    return read


def entries(text: str) -> Iterator[tuple[dict[str, Any], list[float]]]:
    """`extra_info` and `stats.data` of every entry of a whole step."""
    for found in STEP.finditer(text):
        begin = text.rindex('"extra_info"', 0, found.start())
        info, end = DECODER.raw_decode(text, text.index("{", begin))
        yield info, DECODER.raw_decode(text, text.index("[", text.index('"data"', end)))[0]


def reference(info: dict[str, Any]) -> str:
    return _reference(
        info["workload"], info["size"], info["dtype"], info["threads"], info.get("allocator", Cell.allocator)
    )


@cache
def _reference(workload: str, size: str, dtype: str, threads: str, allocator: str) -> str:
    cell = Cell("", "", workload, Size.parse(size), dtype, "cpu", threads, allocator)
    return cell.reference.id


def disturbed(cells: Sequence[dict[str, Any]]) -> set[tuple[int, int]]:
    """The rounds in which something from outside disturbed any slice."""
    found = set()
    for cell in cells:
        names, rows = health_table(cell["health"])
        restarts, numbers, *facts = zip(*rows, strict=True) if rows else ((), ())
        judged = {name: fact for name, fact in zip(names, facts, strict=False) if name in JUDGED}
        if any(judged.get("gpu_throttled", ())):
            judged["gpu_throttled"] = tuple(map(tuple, judged["gpu_throttled"]))
        else:
            judged.pop("gpu_throttled", None)
        labels = tuple(judged)
        for restart, number, *values in zip(restarts, numbers, *judged.values(), strict=True):
            if is_disturbed(labels, *values):
                found.add((restart, number))
    return found


@cache
def is_disturbed(names: tuple[str, ...], *values: Any) -> bool:
    return bool(Health(0, 0, **dict(zip(names, values, strict=True))).disturbances)


def counting(
    works: Mapping[tuple[int, int], tuple[Any, ...]], disturbed: set[tuple[int, int]], least_rounds: int
) -> NDArray[np.bool_]:
    """Which rounds count, in their order: undisturbed ones, and all of a restart that has too few of them of a work."""
    clean = Counter(work for key, work in works.items() if key not in disturbed)
    return np.array([key not in disturbed or clean[works[key]] < least_rounds for key in sorted(works)], bool)
