"""Run files under `results/`: where they lie, writing them whole, reading them with a plain answer to any defect."""

import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from bench.errors import UserError
from bench.files.run_json import FORMAT, from_json, to_json
from bench.records.run import Run

RESULTS = Path("results")
# How the name of a run's file begins.
NAME = r"\d{8}T\d{6}Z"


def new_path(run: Run, folder: Path = RESULTS) -> Path:
    """`results/<machine>/<UTC time>-<commit>.json`."""
    moment = datetime.fromisoformat(run.started).strftime("%Y%m%dT%H%M%SZ")
    return folder / str(run.machine["name"]) / f"{moment}-{str(run.commit['id'])[:12]}.json"


def save(run: Run, path: Path) -> None:
    """Writes the run. Raises UserError where the place cannot be written."""
    write_whole(json.dumps(to_json(run), allow_nan=False, separators=(",", ":")), path)


def write_whole(text: str, path: Path) -> None:
    """Writes a file through a temporary one and a rename, so that a kill leaves the last whole version.

    Raises UserError where the place cannot be written.
    """
    temporary = path.parent / f".{path.name}.{os.getpid()}.tmp"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise UserError(f"cannot write {path} ({error.strerror}): choose another place with --out") from error


def load(path: Path) -> Run:
    """Raises UserError where the file is missing, empty, cut short, not JSON, or not a run of this format."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"cannot read {path} ({getattr(error, 'strerror', 'not text')}): name a run file") from error
    if not text.strip():
        raise UserError(f"{path} is empty: name a file that `fiftyx run` has written")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        cut = text.lstrip().startswith("{") and not text.rstrip().endswith("}")
        state = "is cut short" if cut else "is not JSON"
        raise UserError(f"{path} {state} ({error}): name a file that `fiftyx run` has written") from error
    if not isinstance(document, dict) or not isinstance(document.get("fiftyx"), dict):
        raise UserError(f"{path} is not a fiftyx run: name a file that `fiftyx run` has written")
    found = document["fiftyx"].get("format")
    if found != FORMAT:
        raise UserError(f"{path} has format {found}, this fiftyx reads format {FORMAT}: measure again or update fiftyx")
    try:
        return from_json(document)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise UserError(f"{path} is damaged ({type(error).__name__}: {error}): measure again") from error


def readable(paths: Iterable[Path]) -> Iterator[Run]:
    """Those of the runs that can be read, where nobody has asked for each of them."""
    for path in paths:
        with suppress(UserError):
            yield load(path)


def newest_beside(path: Path, count: int) -> list[Path]:
    """The latest other runs in a run's folder, which is that of one machine, so many at most."""
    runs = [other for other in path.parent.glob("*.json") if re.match(NAME, other.name) and other.name != path.name]
    return sorted(runs, key=lambda other: other.name, reverse=True)[:count]


def newest(folder: Path = RESULTS) -> Path:
    """The latest run under the folder, by the time in its name. Raises UserError where there is none."""
    return max(newest_of_each(folder), key=lambda path: path.name)


def newest_of_each(folder: Path = RESULTS) -> list[Path]:
    """The latest run of every machine, which has a folder of its own. Raises UserError where there is none."""
    runs = [path for path in folder.rglob("*.json") if re.match(NAME, path.name)]
    if not runs:
        raise UserError(f"no run under {folder}/: run `fiftyx run` first, or name a run file")
    latest = {path.parent: path for path in sorted(runs, key=lambda path: path.name)}
    return list(latest.values())
