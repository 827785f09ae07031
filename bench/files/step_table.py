"""The step times of a run, read from its file.

A thousand runs of a hundred cells are more than a gigabyte, most of it phases, latencies and samples of no use to a
trend. So a file is not read as a run: of `benchmarks[]` only the samples of whole steps are decoded, and of `fiftyx`
what they need. The numbers are those of `Run`, rounds that do not count left out alike.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any, Literal

import numpy as np
from msgspec import Struct, structs
from numpy.typing import NDArray

from bench.files.benchmark_entries import BenchmarkEntry
from bench.files.cell_schema import CellHead
from bench.files.damage import Damage, within
from bench.files.health_table import Table, rows
from bench.files.run_schema import Origin, SettingsFields
from bench.files.witness_schema import WitnessFields
from bench.records.counted_rounds import counted_rounds
from bench.records.health import disturbances
from bench.records.record import Round
from bench.records.settings import Settings

KEY = attrgetter("restart", "round")
Floats = NDArray[np.float64]
# What a slice is judged by.
JUDGED = ("quiet", "stolen_cores", "others_cores", "own_cores", "gpu_throttled", "gpu_others")


class HistoryCell(CellHead, frozen=True, kw_only=True):
    """What a history reads of a cell."""

    health: Table


class HistoryPart(Struct, frozen=True):
    """What a history reads of the key `fiftyx`."""

    format: Literal[1]
    settings: SettingsFields
    cells: list[HistoryCell]
    witness: WitnessFields = WitnessFields()


class HistoryDocument(Origin, frozen=True):
    """What a history reads of a run file."""

    benchmarks: list[BenchmarkEntry]
    fiftyx: HistoryPart


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

    @classmethod
    def of(cls, document: HistoryDocument) -> "StepTable":
        """The steps of a document. Raises Damage where parts of it contradict each other."""
        own = document.fiftyx
        cells = {entry.id: entry.cell.cell for entry in own.cells}
        steps = steps_of(document.benchmarks, cells)
        works = {key: work for name, samples in steps.items() for work in (cells[name].work,) for key in samples}
        least_rounds = Settings(**structs.asdict(own.settings)).least_rounds
        with within("fiftyx.witness"):
            witness = own.witness.witness
        gone = witness.disturbances if witness.rounds else disturbed(own.cells)
        keys = sorted(counted_rounds(works, gone, least_rounds, witness.rounds))
        column = {key: number for number, key in enumerate(keys)}
        logs = np.full((len(steps), len(keys)), np.nan)
        for line, samples in zip(logs, steps.values(), strict=True):
            counted = [(column[key], seconds) for key, seconds in samples.items() if key in column]
            if counted:
                columns, seconds = zip(*counted, strict=True)
                line[list(columns)] = np.log(seconds)
        lines = {name: number for number, name in enumerate(steps)}
        references = np.array([lines.get(cells[name].reference.id, -1) for name in steps], np.int64)
        restarts = np.array([key.restart for key in keys], np.int64)
        return cls(tuple(steps), references, restarts, logs)

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
        """The mean over the restarts of each one's median, of every line; NaN where no restart has any."""
        total, restarts = np.zeros(len(logs)), np.zeros(len(logs))
        for restart in np.unique(self.restarts):
            rounds = np.sort(logs[:, self.restarts == restart], axis=1)  # NaN comes last
            count = np.sum(~np.isnan(rounds), axis=1)
            middle = np.stack([(count - 1) // 2, count // 2], axis=1)
            medians = np.take_along_axis(rounds, np.maximum(middle, 0), axis=1).mean(axis=1)
            enough = count > 0
            total += np.where(enough, medians, 0.0)
            restarts += enough
        with np.errstate(invalid="ignore"):
            return total / restarts


def steps_of(entries: Iterable[BenchmarkEntry], cells: Container[str]) -> dict[str, dict[Round, float]]:
    """The seconds per step of every measured net, by its cell's id. Raises Damage."""
    steps: dict[str, dict[Round, float]] = {}
    for place, entry in enumerate(entries):
        cell, phase = entry.extra_info.cell, entry.extra_info.phase
        if phase == "step":
            with within(f"benchmarks[{place}]"):
                if cell not in cells:
                    raise Damage(f"extra_info.cell is {cell!r}, which is no cell of this run")
                if cell in steps:
                    raise Damage("extra_info.phase is that of an earlier entry of the cell")
                steps[cell] = entry.samples
    return steps


def disturbed(cells: Sequence[HistoryCell]) -> set[tuple[int, int]]:
    """The rounds in which something from outside disturbed any slice. Raises Damage."""
    keys = set()
    for place, cell in enumerate(cells):
        with within(f"fiftyx.cells[{place}]"):
            table = rows(cell.health)
        if table:
            columns = tuple(column for column in JUDGED if column in table[0].__struct_fields__)
            slices = zip(map(KEY, table), map(attrgetter(*columns), table), strict=True)
            keys |= {key for key, facts in slices if is_disturbed(columns, facts)}
    return keys


@lru_cache(2**16)  # most slices of a history were disturbed alike, which is not at all
def is_disturbed(columns: tuple[str, ...], facts: Any) -> bool:
    """By some columns of its health, of which a single one is not in a tuple."""
    return bool(disturbances(**dict(zip(columns, facts if len(columns) > 1 else (facts,), strict=True))))
