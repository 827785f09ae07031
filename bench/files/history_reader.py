"""A history of runs: each reduced to what a trend needs."""

import re
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from pathlib import Path

import msgspec

from bench.errors import UserError
from bench.files import run_files
from bench.files.damage import Damage
from bench.files.run_text import damaged, decoded, text_of
from bench.files.step_table import HistoryDocument, StepTable
from bench.host.fingerprint import FINGERPRINTED
from bench.records.history import Past

# Reading fewer files than this takes less time than starting processes to read them.
WORTH_PROCESSES = 40
DOCUMENT = msgspec.json.Decoder(HistoryDocument)


def read_all(folder: Path) -> tuple[tuple[Past, ...], tuple[str, ...]]:
    """The runs under a folder, the oldest first, and why others were left out.

    Raises UserError where there is none that can be read.
    """
    paths = sorted(folder.rglob("*.json"))
    if len(paths) < WORTH_PROCESSES:
        answers = list(map(read_or_explain, paths))
    else:
        with ProcessPoolExecutor() as readers:
            answers = list(readers.map(read_or_explain, paths, chunksize=8))
    runs = sorted((one for one in answers if isinstance(one, Past)), key=lambda past: (past.started, past.path))
    left_out = tuple(one for one in answers if isinstance(one, str))
    if not runs:
        why = f" that can be read ({left_out[0]})" if left_out else ""
        raise UserError(f"no run under {folder}/{why}: run `fiftyx run` first, or name the folder of a history")
    return tuple(runs), left_out


def read_or_explain(path: Path) -> Past | str | None:
    """The run, or why its file cannot be read; None for a duel, a calibration, or another program's file."""
    try:
        return read(path)
    except UserError as error:
        with suppress(OSError):
            text = path.read_bytes()
            if b'"fiftyx_' in text or not (re.match(run_files.NAME, path.name) or b'"machine_info"' in text):
                return None
        return str(error)


def read(path: Path) -> Past:
    """Raises UserError where the file is missing or is no run that can be read."""
    document = decoded(path, text_of(path), DOCUMENT)
    try:
        table = StepTable.of(document)
    except Damage as error:
        raise damaged(path, error) from error
    known = document.machine_info
    machine = {key: known[key] for key in (*FINGERPRINTED, "name", "fingerprint") if key in known}
    frameworks = {cell.id: runtime["framework"] for cell in document.fiftyx.cells if (runtime := cell.whole_runtime)}
    commit = document.commit_info["id"]
    return Past(str(path), document.datetime, commit, machine, table.seconds, table.ratios, frameworks)
