"""A history of runs: each reduced to what a trend needs."""

import re
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from pathlib import Path

from bench.errors import UserError
from bench.files import run_files
from bench.files.step_table import StepTable, value
from bench.host.machine import FINGERPRINTED
from bench.records.history import Past

# Reading fewer files than this takes less time than starting processes to read them.
WORTH_PROCESSES = 40


def read_all(folder: Path) -> tuple[tuple[Past, ...], tuple[str, ...]]:
    """The runs under a folder, the oldest first, and why others were left out.

    Raises UserError where there is none that can be read.
    """
    paths = sorted(folder.rglob("*.json"))
    if len(paths) < WORTH_PROCESSES:
        found = list(map(read_or_tell, paths))
    else:
        with ProcessPoolExecutor() as readers:
            found = list(readers.map(read_or_tell, paths, chunksize=8))
    runs = sorted((one for one in found if isinstance(one, Past)), key=lambda past: (past.started, past.path))
    left_out = tuple(one for one in found if isinstance(one, str))
    if not runs:
        what = f" that can be read ({left_out[0]})" if left_out else ""
        raise UserError(f"no run under {folder}/{what}: run `fiftyx run` first, or name the folder of a history")
    return tuple(runs), left_out


def read_or_tell(path: Path) -> Past | str | None:
    """The run, or what is wrong with its file; None for a duel, a calibration and what is no file of ours."""
    try:
        return read(path)
    except UserError as error:
        with suppress(OSError):
            text = path.read_bytes()
            if b'"fiftyx_' in text or not (re.match(run_files.NAME, path.name) or b'"machine_info"' in text):
                return None
        return str(error)


def read(path: Path) -> Past:
    """Raises UserError where the file is not a run."""
    try:
        text = path.read_bytes().decode()
        machine, commit, started = (value(text, key) for key in ("machine_info", "commit_info", "datetime"))
        table = StepTable.of(text)
        known = {key: machine[key] for key in (*FINGERPRINTED, "name", "fingerprint")}
        return Past(str(path), started, commit["id"], known, table.seconds, table.ratios)
    except (OSError, LookupError, TypeError, ValueError, AttributeError, UserError) as error:
        run_files.load(path)  # says what is wrong with it
        raise UserError(f"{path} is damaged ({type(error).__name__}: {error}): measure again") from error
