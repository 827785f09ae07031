"""How long `fiftyx trend` takes over a thousand runs of a hundred series, reading and the page included.

    python tests/benchmarks/trend_speed.py [RUNS SERIES]

The run files are made up, but whole: every phase, 5 restarts of 6 rounds, the health of every slice. In three of the
series a step of 5% is injected at the end. The files lie in a temporary folder, which takes 1.5 GB for the defaults.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from bench.files.benchmark_entries import statistics
from bench.files.run_json import to_json
from bench.records.cell import Cell
from bench.records.health import Health
from bench.records.record import LATENCY, LOSS_READ, SEPARATE_PHASES, Record, Round
from bench.records.run import Run
from tests.helpers.recorded import a_run, timed

ROOT = Path(__file__).resolve().parent.parent.parent
RESTARTS, ROUNDS, CHANGED, SINCE = 5, 6, 3, 20
KEYS = [Round(restart, number) for restart in range(RESTARTS) for number in range(ROUNDS)]


def whole_run(series: int, generator: np.random.Generator) -> Run:
    """A run with all that the engine records of each cell."""
    nets = ("numpy_manual", *(f"net_{one:03d}" for one in range(series)))
    return a_run(*(whole_record(net, generator) for net in nets))


def whole_record(net: str, generator: np.random.Generator) -> Record:
    phases = ("step", LATENCY, LOSS_READ, *SEPARATE_PHASES)
    seconds = {phase: dict(zip(KEYS, generator.uniform(2e-4, 3e-4, len(KEYS)), strict=True)) for phase in phases}
    busy = generator.uniform(0, 0.05, len(KEYS)).round(3)
    health = {key: Health(3, 120, True, 0.0, float(other), 0.998) for key, other in zip(KEYS, busy, strict=True)}
    plain = timed(net, 250)
    return Record(Cell(net), "measured", "", plain.agreement, plain.starts, seconds, health, plain.runtime)


def write_history(folder: Path, runs: int, series: int) -> None:
    """A file a night; only the steps differ from one to the next."""
    generator = np.random.default_rng(1)
    document = to_json(whole_run(series, generator))
    steps = [entry for entry in document["benchmarks"] if entry["extra_info"]["phase"] == "step"]
    for night in range(runs):
        document["datetime"] = (datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=night)).isoformat()
        levels = 2.5e-4 * np.exp(generator.normal(0, 0.015, len(steps)))
        if night >= runs - SINCE:
            levels[1 : 1 + CHANGED] *= 1.05
        for entry, level in zip(steps, levels, strict=True):
            entry["stats"] = statistics([float(value) for value in level * generator.normal(1, 0.005, len(KEYS))])
        text = json.dumps(document, separators=(",", ":"))
        (folder / f"{datetime.fromisoformat(document['datetime']):%Y%m%dT%H%M%SZ}-made.json").write_text(text)


def main() -> None:
    runs, series = (int(word) for word in sys.argv[1:] or ("1000", "100"))
    with tempfile.TemporaryDirectory(prefix="fiftyx-") as name:
        folder = Path(name) / "made-up"
        folder.mkdir()
        write_history(folder, runs, series)
        size = sum(path.stat().st_size for path in folder.iterdir())
        page = Path(name) / "trend.html"
        command = [sys.executable, "-m", "bench", "trend", str(folder), "--out", str(page)]
        begin = time.perf_counter()
        answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        took = time.perf_counter() - begin
        print(answer.stdout, answer.stderr, sep="")
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        processor = used.ru_utime + used.ru_stime
        print(f"{runs} runs of {series} series, {size / 1e9:.2f} GB: {took:.1f} s, {processor:.1f} s of processor time")


if __name__ == "__main__":
    main()
