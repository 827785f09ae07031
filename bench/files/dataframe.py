"""Runs as one tidy pandas table, for plots of one's own."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

import pandas as pd

from bench.records.record import Record
from bench.records.run import Run

COLUMNS = (
    *("machine", "fingerprint", "started", "cell"),
    *("net", "variant", "workload", "size", "batch", "d_in", "hidden", "d_out", "dtype", "device"),
    *("threads", "allocator", "phase", "restart", "round", "seconds", "disturbed", "counted"),
)


def frame(runs: Iterable[Run]) -> pd.DataFrame:
    """Every measured time: a row for each machine, cell, phase, restart and round, in COLUMNS.

    `machine` and `fingerprint` distinguish machines, `started` the runs of one; `cell` is a cell's identifier,
    whose coordinates follow, `size` also as its four widths. `phase` is "step", "latency", "loss_read", "device", a
    phase as it was measured, or a yardstick; `seconds` are per step (of yardsticks, per operation). `disturbed` names
    what disturbed the round, "" if nothing did, and `counted` is whether it is part of the run's estimates.

    The rounds of one run as boxes:
    `frame([run_files.load(path)]).query("phase == 'step'").boxplot("seconds", by="cell")`.
    """
    rows = (row for run in runs for record in run.records.values() for row in _rows(run, record))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _rows(run: Run, record: Record) -> Iterator[dict[str, Any]]:
    coordinates = {
        "machine": run.machine["name"],
        "fingerprint": run.machine["fingerprint"],
        "started": run.started,
        "cell": record.cell.id,
        **asdict(record.cell),
        **asdict(record.cell.size),
        "size": str(record.cell.size),
    }
    for phase, rounds in record.seconds.items():
        counted = run.counted(rounds)
        for key, seconds in rounds.items():
            yield {
                **coordinates,
                "phase": phase,
                **key._asdict(),
                "seconds": seconds,
                "disturbed": ", ".join(run.disturbed(key)),
                "counted": key in counted,
            }
