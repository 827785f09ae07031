"""Runs as JSON: the verdicts and the cells."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from bench.records.run import Run
from reports.claims.s1_fifty_times import fifty_times
from reports.claims.statements import statements
from reports.export.cells import cells
from reports.wording import phrases


def to_json(runs: Sequence[Run]) -> str:
    """For every run its machine, the verdicts, and the same cells as in CSV; what was not measured is null."""
    documents = [
        {
            "machine": phrases.machine(run),
            "fingerprint": run.machine["fingerprint"],
            "started": run.started,
            "fifty_times": asdict(fifty_times(run)),
            "statements": [asdict(statement) for statement in statements(run)],
            "cells": list(cells(run)),
        }
        for run in runs
    ]
    return json.dumps(documents, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
