"""A made-up run that has something of everything, and recorded ones reduced to a few cells and rounds."""

import json
import math
from dataclasses import replace
from typing import Any

from bench.files.run_json import to_json
from bench.records.agreement import Agreement, Deviation
from bench.records.health import Health
from bench.records.line import Line, Recovery
from bench.records.record import DEVICE, LATENCY, LOSS_READ, Record
from bench.records.run import Run
from bench.records.witness import Witness, WitnessedRound
from bench.workloads.problem import WORKLOADS, Size
from tests.helpers.committed import committed_runs
from tests.helpers.recorded import a_run, ended, timed

LARGE = Size(256, 1000, 400, 10)
LINE = WORKLOADS["linear_regression"].size
RESTARTS = 2
DISTURBED = Health(3, 120, False, 0.5, 0.1, 1.2, 1500, 40, ("power cap",), 0, 300.0)


def a_whole_run() -> Run:
    """Both devices, two sizes, floors, a line, and cells that came to nothing."""
    line = Recovery(Line(1.75, 2.25), Line(4.875, 7.125), Line(5.0, 7.0))
    fitted = timed("torch_autograd", 5, RESTARTS, workload="linear_regression", size=LINE)
    no_number = Agreement((Deviation("gradient", "w1", 1, math.nan, 1e-4, 1e-5),), 1)
    return a_run(
        timed("numpy_manual", 300, RESTARTS),
        timed("numpy_manual", 900, RESTARTS, dtype="float64", allocator="system"),
        with_all(timed("torch_tensor", 200, RESTARTS)),
        with_all(timed("torch_tensor", 20, RESTARTS, device="cuda")),
        timed("tensorflow_static_graph", 600, RESTARTS, cumulative=True),
        timed("numpy_manual", 3000, RESTARTS, size=LARGE),
        timed("torch_tensor", 50, RESTARTS, size=LARGE, device="cuda"),
        timed("numpy_manual", 9, RESTARTS, workload="linear_regression", size=LINE),
        replace(fitted, agreement=replace(fitted.agreement, recovery=line, conventions=("its own epsilon",))),
        floors("numpy_floors"),
        floors("torch_floors", device="cuda"),
        replace(timed("jax_grad", 90, RESTARTS), outcome="wrong", reason="not finite", agreement=no_number),
        ended("keras_model", "skipped", "tensorflow is not installed"),
        gpus=1,
    )


def floors(net: str, **cell: Any) -> Record:
    """A record of floors, each a part of what a step takes."""
    record = timed(net, 20, RESTARTS, **cell)
    rounds = record.seconds["step"]
    names = ("empty", "products", "peak", "copy")
    seconds = {name: {key: value / 4 for key, value in rounds.items()} for name in names}
    return replace(record, seconds=seconds, agreement=None, work={"products": 25_800_000, "peak": 1e9, "copy": 1e8})


def with_all(record: Record) -> Record:
    """The record with every phase, and every fact of its health and starts."""
    steps = record.seconds["step"]
    more = {phase: {key: value * 1.1 for key, value in steps.items()} for phase in (LATENCY, LOSS_READ, DEVICE)}
    facts = {"memory_bytes": 10**8, "device_bytes": 10**7, "joules_per_step": 4e-3, "watts": 210.0}
    starts = tuple(replace(start, cold=start.restart % 2 == 0, **facts) for start in record.starts)
    health = dict.fromkeys(steps, replace(DISTURBED, quiet=True, stolen_cores=0.0))
    health |= dict.fromkeys(list(steps)[:1], DISTURBED)
    return replace(record, seconds={**record.seconds, **more}, health=health, starts=starts)


def reduced(document: dict[str, Any], cells: int, rounds: int) -> dict[str, Any]:
    """A run's document with its first cells and their first rounds."""
    document["fiftyx"]["cells"] = document["fiftyx"]["cells"][:cells]
    kept = {cell["id"] for cell in document["fiftyx"]["cells"]}
    document["benchmarks"] = [entry for entry in document["benchmarks"] if entry["extra_info"]["cell"] in kept]
    for entry in document["benchmarks"]:
        del entry["extra_info"]["rounds"][rounds:], entry["stats"]["data"][rounds:]
    for cell in document["fiftyx"]["cells"]:
        health = cell["health"]  # the first files had a list of rows
        del (health if isinstance(health, list) else health["rows"])[rounds:]
        if cell["agreement"]:
            del cell["agreement"]["deviations"][6:]
    return document


def with_witness(run: Run) -> Run:
    """The run with a witness in each round, slow in every third."""
    keys = sorted({key for record in run.records.values() for rounds in record.seconds.values() for key in rounds})
    rounds = {
        key: WitnessedRound(1.5 if place % 3 == 2 else 1.01, 1e-4, 9, 2, ("GPU slowed down",) * (place == 0))
        for place, key in enumerate(keys)
    }
    return replace(run, witness=Witness(rounds, 9.5e-5))


def texts() -> list[str]:
    """The run files that are damaged: the made-up run, without and with a witness, and two recorded ones."""
    recorded = [json.loads(path.read_text()) for path in committed_runs()]
    some = [reduced(document, 4, 6) for document in (*recorded[:1], *recorded[-1:])]
    whole = reduced(to_json(a_whole_run()), 99, 4), reduced(to_json(with_witness(a_whole_run())), 4, 4)
    return [json.dumps(document) for document in (whole[0], *some, whole[1])]
