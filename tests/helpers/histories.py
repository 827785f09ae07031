"""Histories for tests of the trend: made up, as their names say, and never to be taken for results."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.records.history import Past
from tests.helpers.recorded import MACHINE

Floats = NDArray[np.float64]
KINDS = ("independent", "heavy-tailed", "bimodal", "correlated")
RUNS, SERIES = 60, 8
# The standard deviation of a ratio from run to run.
SCATTER = 0.012
UPDATED = {**MACHINE, "fingerprint": "ba9876543210", "packages": {"numpy": "2.4.6", "torch": "2.14.0"}}
REFERENCE = "numpy_manual-two_layer-64x1000x100x10-float32-cpu"


def name(number: int) -> str:
    return f"net_{number:03d}-two_layer-64x1000x100x10-float32-cpu"


def day(number: int) -> str:
    return (datetime(2026, 1, 1, 3, tzinfo=UTC) + timedelta(days=number)).isoformat()


def past(
    number: int, ratios: Mapping[str, float], machine: Mapping[str, Any] = MACHINE, reference_seconds: float = 3e-4
) -> Past:
    """The run of one night."""
    beside = {cell: (ratio, REFERENCE) for cell, ratio in ratios.items()}
    return Past(
        f"results/made-up/{number:04d}.json",
        day(number),
        f"{number:012x}",
        machine,
        {REFERENCE: reference_seconds},
        beside,
        {REFERENCE: "numpy", **dict.fromkeys(ratios, "torch")},
    )


def history(logs: Floats, machines: Callable[[int], Mapping[str, Any]] = lambda number: MACHINE) -> list[Past]:
    """A run for each row, a series for each column; logs are of the ratio to the reference net."""
    return [
        past(number, {name(series): float(ratio) for series, ratio in enumerate(np.exp(row))}, machines(number))
        for number, row in enumerate(logs)
    ]


def noise(kind: str, runs: int, series: int, generator: np.random.Generator) -> Floats:
    """Noise of one of KINDS, of standard deviation 1; the correlated one remembers half of the run before."""
    shape = (runs + 50, series)
    drawn = generator.normal(size=shape)
    if kind == "heavy-tailed":
        drawn = generator.standard_t(3, size=shape) / np.sqrt(3)
    elif kind == "bimodal":
        drawn = 0.3 * drawn + generator.choice([-1.0, 1.0], size=shape)
    elif kind == "correlated":
        for number in range(1, len(drawn)):
            drawn[number] = 0.5 * drawn[number - 1] + np.sqrt(0.75) * drawn[number]
    return drawn[50:]


def quiet(seed: int = 1, kind: str = "independent", runs: int = RUNS, series: int = SERIES) -> Floats:
    """The log ratios of a history without a change."""
    return SCATTER * noise(kind, runs, series, np.random.default_rng(seed))


def stepped(size: float, since: int, series: int = 0, seed: int = 1, kind: str = "independent") -> Floats:
    """The same with a step in one series, which has lasted for `since` runs."""
    logs = quiet(seed, kind)
    logs[-since:, series] += np.log1p(size)
    return logs
